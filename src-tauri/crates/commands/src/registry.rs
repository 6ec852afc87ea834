use std::collections::BTreeMap;

use crate::{AppError, Core, Tag};

/// Calls a macro with the list of all commands. Each entry is
/// `module::function(Input) -> Output { shows: [tags], changes: [tags] };`
/// where types are written as seen from this crate's root.
#[macro_export]
macro_rules! for_each_command {
    ($with:ident) => {
        $with! {
            app::app_state(()) -> app::AppState { shows: [Profiles, Preferences], changes: [] };
            app::status(()) -> app::Status { shows: [Profiles, Freshness, Queue, Tickets, Invoices], changes: [] };
            app::preferences(()) -> app::Preferences { shows: [Preferences], changes: [] };
            app::preference_set(app::Preference) -> () { shows: [], changes: [Preferences] };
            app::sync_now(app::SyncRequest) -> () { shows: [], changes: [Freshness] };
            app::sync_stop(()) -> () { shows: [], changes: [Freshness] };
            app::palette_search(app::PaletteQuery) -> Vec<app::PaletteHit> { shows: [Profiles, Clients, Servers, Services, Invoices, Tickets, Queue], changes: [] };
            profiles::demo_start(()) -> profiles::ProfileSummary { shows: [], changes: [Profiles] };
            profiles::connection_test(profiles::ProfileDraft) -> profiles::ConnectionReport { shows: [], changes: [] };
            profiles::profile_save(profiles::ProfileDraft) -> profiles::ProfileSummary { shows: [], changes: [Profiles] };
            profiles::profile_open(profiles::ProfileRef) -> profiles::ProfileSummary { shows: [], changes: [Profiles] };
            profiles::profile_remove(profiles::ProfileRef) -> () { shows: [], changes: [Profiles] };
            list::list_totals(list::TotalsQuery) -> list::ListTotals { shows: [Profiles, Clients, Services, Servers, Invoices, Tickets, Queue, Log, Strangers, Receipts, Usage, Prices], changes: [] };
            list::list_ids(list::TotalsQuery) -> Vec<i64> { shows: [Profiles, Clients, Services, Servers, Invoices, Tickets, Queue, Log, Strangers, Receipts, Usage, Prices], changes: [] };
            clients::clients_window(list::ListQuery) -> list::Window<clients::ClientRow> { shows: [Profiles, Clients, Services, Invoices, Tickets], changes: [] };
            clients::client_page(clients::RecordRef) -> clients::ClientPage { shows: [Profiles, Clients, Services, Invoices, Tickets], changes: [] };
            clients::services_window(list::ListQuery) -> list::Window<clients::ServiceRow> { shows: [Profiles, Services, Servers], changes: [] };
            clients::invoices_window(list::ListQuery) -> list::Window<clients::InvoiceRow> { shows: [Profiles, Invoices], changes: [] };
            clients::tickets_window(list::ListQuery) -> list::Window<clients::TicketRow> { shows: [Profiles, Tickets], changes: [] };
            servers::servers_window(list::ListQuery) -> list::Window<servers::ServerRow> { shows: [Profiles, Servers, Services, Queue], changes: [] };
            servers::server_page(clients::RecordRef) -> servers::ServerPage { shows: [Profiles, Servers, Services, Queue, Catalogue], changes: [] };
            servers::timeline(servers::Subject) -> Vec<servers::TimelineEntry> { shows: [Profiles, Queue, Servers, Invoices, Tickets], changes: [] };
            audits::server_audits(clients::RecordRef) -> Vec<servers::TimelineEntry> { shows: [Profiles, Servers], changes: [] };
            rights::rights_report(()) -> rights::RightsReport { shows: [Profiles, Rights], changes: [] };
            rights::rights_check(()) -> () { shows: [], changes: [Rights] };
            rights::rights_stop(()) -> () { shows: [], changes: [] };
            plans::action_kinds(plans::KindsRequest) -> Vec<plans::KindInfo> { shows: [Servers, Services, Invoices, Tickets, Queue], changes: [] };
            plans::plan_action(plans::ActionRequest) -> $crate::Plan { shows: [], changes: [Plans] };
            choices::field_choices(choices::ChoicesRequest) -> Vec<choices::FieldChoice> { shows: [Profiles, Catalogue, Servers], changes: [] };
            choices::server_snapshots(clients::RecordRef) -> Vec<choices::SnapshotRow> { shows: [Profiles, Servers], changes: [] };
            plans::plan_power(plans::PowerRequest) -> $crate::Plan { shows: [], changes: [Plans] };
            plans::plan_show(plans::PlanRef) -> $crate::Plan { shows: [Profiles, Plans, Servers, Queue], changes: [] };
            plans::plans_waiting(()) -> Vec<$crate::Plan> { shows: [Profiles, Plans], changes: [] };
            plans::plan_refresh(plans::PlanRef) -> $crate::Plan { shows: [], changes: [Plans] };
            plans::plan_approve(plans::Approval) -> plans::Approved { shows: [], changes: [Plans, Queue, Servers] };
            plans::plan_dismiss(plans::PlanRef) -> () { shows: [], changes: [Plans] };
            policy::policy_get(()) -> policy::PolicyView { shows: [Profiles, Policy], changes: [] };
            policy::policy_set(policy::PolicyDraft) -> policy::PolicyView { shows: [], changes: [Policy, Profiles, Plans, Queue] };
            queue::queue_board(()) -> queue::QueueBoard { shows: [Profiles, Queue, Log], changes: [] };
            queue::queue_window(list::ListQuery) -> list::Window<queue::ActionRow> { shows: [Profiles, Queue], changes: [] };
            queue::action_detail(clients::RecordRef) -> queue::ActionDetail { shows: [Profiles, Queue, Log], changes: [] };
            queue::action_verb(queue::VerbRequest) -> Vec<queue::VerbResult> { shows: [], changes: [Queue, Servers] };
            preview::verbs_preview(preview::ActionsRef) -> Vec<preview::VerbPreview> { shows: [Profiles, Queue], changes: [] };
            queue::queue_switch(queue::SwitchRequest) -> () { shows: [], changes: [Queue] };
            log::log_window(list::ListQuery) -> list::Window<log::LogRow> { shows: [Profiles, Log], changes: [] };
            log::log_entry(clients::RecordRef) -> log::LogEntry { shows: [Profiles, Log], changes: [] };
            log::log_histogram(list::ListQuery) -> log::LogHistogram { shows: [Profiles, Log], changes: [] };
            exports::log_export(exports::LogExport) -> exports::WrittenFile { shows: [], changes: [] };
            exports::log_export_stop(()) -> () { shows: [], changes: [] };
            exports::log_links(clients::RecordRef) -> exports::LogLinks { shows: [Profiles, Log, Queue, Receipts], changes: [] };
            exports::log_filters(()) -> Vec<exports::LogFilter> { shows: [Profiles, Log], changes: [] };
            exports::log_filter_save(exports::LogFilterDraft) -> () { shows: [], changes: [Log] };
            exports::log_filter_drop(exports::LogFilterRef) -> () { shows: [], changes: [Log] };
            exports::log_retention(()) -> exports::LogRetention { shows: [Profiles, Log], changes: [] };
            exports::log_retention_set(exports::RetentionDraft) -> () { shows: [], changes: [Log] };
            exports::log_would_forget(exports::RetentionDraft) -> exports::Forgetting { shows: [Profiles, Log], changes: [] };
            exports::log_forget(exports::RetentionDraft) -> exports::Forgotten { shows: [], changes: [Log] };
            modules::module_queue(()) -> modules::ModuleQueue { shows: [Profiles, Queue], changes: [] };
            modules::module_queue_read(()) -> modules::ModuleQueue { shows: [], changes: [Queue] };
            receipts::receipts_window(list::ListQuery) -> list::Window<receipts::ReceiptRow> { shows: [Profiles, Receipts], changes: [] };
            receipts::receipt_show(clients::RecordRef) -> receipts::ReceiptDetail { shows: [Profiles, Receipts], changes: [] };
            receipts::receipt_of_action(clients::RecordRef) -> Option<receipts::ReceiptDetail> { shows: [Profiles, Receipts, Queue], changes: [] };
            receipts::receipts_verify(receipts::VerifyRequest) -> receipts::ReceiptReport { shows: [Profiles, Receipts], changes: [] };
            receipts::receipts_export(receipts::ReceiptExport) -> exports::WrittenFile { shows: [], changes: [] };
            receipts::receipts_export_stop(()) -> () { shows: [], changes: [] };
            schedule::schedule_list(()) -> schedule::ScheduleState { shows: [Profiles, Schedule], changes: [] };
            schedule::schedule_runs(schedule::RunsQuery) -> Vec<schedule::JobRun> { shows: [Profiles, Schedule], changes: [] };
            schedule::schedule_run(schedule::JobRef) -> schedule::JobRun { shows: [], changes: [Schedule] };
            schedule::schedule_pause(schedule::PauseRequest) -> () { shows: [], changes: [Schedule] };
            strangers::strangers_window(list::ListQuery) -> list::Window<strangers::StrangerRow> { shows: [Profiles, Strangers], changes: [] };
            strangers::strangers_state(()) -> strangers::StrangersState { shows: [Profiles, Strangers], changes: [] };
            strangers::strangers_read(strangers::StrangersRequest) -> strangers::StrangersRead { shows: [], changes: [Strangers] };
            strangers::strangers_acknowledge(strangers::Acknowledgement) -> Vec<queue::VerbResult> { shows: [], changes: [Strangers] };
            usage::usage_window(list::ListQuery) -> list::Window<usage::UsageRow> { shows: [Profiles, Usage], changes: [] };
            usage::usage_state(()) -> usage::UsageState { shows: [Profiles, Usage], changes: [] };
            prices::prices_window(list::ListQuery) -> list::Window<prices::PriceMove> { shows: [Profiles, Prices], changes: [] };
            prices::prices_state(()) -> prices::PricesState { shows: [Profiles, Prices], changes: [] };
        }
    };
}

/// A command's name and cache tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandInfo {
    /// Name over IPC.
    pub name: &'static str,
    /// What its answer shows.
    pub shows: &'static [Tag],
    /// What it changes.
    pub changes: &'static [Tag],
}

macro_rules! infos {
    ($($module:ident::$name:ident($input:ty) -> $output:ty { shows: [$($shows:ident),*], changes: [$($changes:ident),*] };)*) => {
        /// Every command.
        pub const COMMANDS: &[CommandInfo] = &[
            $(CommandInfo { name: stringify!($name), shows: &[$(Tag::$shows),*], changes: &[$(Tag::$changes),*] },)*
        ];
    };
}

mod types {
    //! The list names types from the crate's root.
    #[allow(unused_imports)]
    pub(super) use crate::{
        app, audits, choices, clients, exports, list, log, modules, plans, policy, preview, prices, profiles, queue,
        receipts, rights, schedule, servers, strangers, usage,
    };
}
#[allow(unused_imports)]
use types::*;

for_each_command!(infos);

macro_rules! dispatcher {
    ($($module:ident::$name:ident($input:ty) -> $output:ty { shows: $shows:tt, changes: [$($changes:ident),*] };)*) => {
        /// Runs a command by its name, for the bridge. `args` is the object that the generated TypeScript sends:
        /// `{"input": …}`.
        ///
        /// # Errors
        /// The command's own, or `InvalidInput` for an unknown name or an input of the wrong shape.
        pub async fn dispatch(core: &Core, command: &str, args: serde_json::Value) -> Result<serde_json::Value, AppError> {
            let input = match args {
                serde_json::Value::Object(mut fields) => fields.remove("input").unwrap_or_default(),
                other => other,
            };
            match command {
                $(stringify!($name) => {
                    // The parser's words could quote a secret: only the place is told.
                    let input: $input = serde_json::from_value(input)
                        .map_err(|_| AppError::invalid(command, "the input has the wrong shape"))?;
                    let output = $module::$name(core, input).await?;
                    serde_json::to_value(output).map_err(AppError::internal)
                })*
                _ => Err(AppError::invalid("command", "there is no such command")),
            }
        }
    };
}

for_each_command!(dispatcher);

/// What each command shows, for the UI's cache.
pub fn command_tags() -> BTreeMap<&'static str, &'static [Tag]> {
    COMMANDS.iter().map(|c| (c.name, c.shows)).collect()
}
