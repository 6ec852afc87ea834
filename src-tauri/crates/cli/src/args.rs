//! What can be typed.

pub(crate) mod daily;
pub(crate) mod policy;
pub(crate) mod record;

use std::path::PathBuf;

use clap::{Args as Group, Parser, Subcommand, ValueEnum};

/// Rackdesk without a window.
#[derive(Debug, Parser)]
#[command(name = "rackdeskctl", version, about, after_help = crate::exit::HELP)]
pub(crate) struct Args {
    /// Where profiles, databases and preferences are.
    #[arg(long, global = true, env = "RACKDESK_DATA_DIR", value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Profile by id or name; the one opened last when left out.
    #[arg(long, global = true, env = "RACKDESK_PROFILE", value_name = "PROFILE")]
    pub(crate) profile: Option<String>,
    /// Answer in JSON.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Profiles: add, list, test, credentials, remove.
    #[command(subcommand)]
    Profile(ProfileCommand),
    /// Fetch what both providers say into the local mirror.
    Sync {
        /// Only these kinds: clients, services, invoices, tickets, instances, images, data_centers, tags.
        kinds: Vec<String>,
    },
    /// Clients in the mirror.
    #[command(subcommand)]
    Clients(ListCommand),
    /// Servers: list, start, stop, shutdown, restart.
    #[command(subcommand)]
    Servers(ServersCommand),
    /// Plans: kinds, make, show, approve.
    #[command(subcommand)]
    Plan(PlanCommand),
    /// What the profile allows: spending, rates, windows, what is protected, who has to agree.
    #[command(subcommand)]
    Policy(policy::PolicyCommand),
    /// The action queue.
    #[command(subcommand)]
    Queue(QueueCommand),
    /// The request log.
    #[command(subcommand)]
    Log(LogCommand),
    /// Receipts: what was done, chained so that a later change shows.
    #[command(subcommand)]
    Receipts(record::ReceiptsCommand),
    /// WHMCS's own queue of module runs that failed.
    Modules {
        /// Ask WHMCS first.
        #[arg(long)]
        read: bool,
    },
    /// What others did at Contabo.
    #[command(subcommand)]
    Strangers(record::StrangersCommand),
    /// What Contabo's object storages hold, day by day.
    #[command(subcommand)]
    Usage(daily::UsageCommand),
    /// Prices and rates that moved.
    #[command(subcommand)]
    Prices(daily::PricesCommand),
    /// What runs by itself.
    #[command(subcommand)]
    Schedule(record::ScheduleCommand),
    /// Call one operation of a provider.
    #[command(subcommand)]
    Call(CallCommand),
    /// Both providers on this machine, for demos, training and tests.
    #[command(subcommand)]
    Sandbox(SandboxCommand),
    /// Serve the whole UI to a browser on this machine, with a one-time token.
    Bridge {
        /// Port on 127.0.0.1; a free one when left out.
        #[arg(long, default_value_t = 0)]
        port: u16,
        /// Folder with the built UI.
        #[arg(long, default_value = "ui/dist")]
        ui: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ProfileCommand {
    /// Add a profile. Secrets are read as JSON from standard input, in the shape that `sandbox serve` prints.
    Add(ProfileAdd),
    /// All profiles.
    List,
    /// Say whether both sides can be used, and if not, why.
    Test,
    /// Give the profile new credentials, in the shape that `sandbox serve` prints, on standard input. What is left out
    /// stays. Actions that waited for them go on.
    Credentials {
        /// Keep them even when the connection test fails.
        #[arg(long)]
        no_test: bool,
    },
    /// Remove a profile with its data and keychain items.
    Remove {
        /// Do not ask.
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Debug, Group)]
pub(crate) struct ProfileAdd {
    /// Company.
    #[arg(long)]
    pub(crate) name: String,
    /// Colour name.
    #[arg(long, default_value = "petrol")]
    pub(crate) colour: String,
    /// What stands behind it.
    #[arg(long, value_enum, default_value_t = Env::Production)]
    pub(crate) environment: Env,
    /// WHMCS address, when standard input does not name it.
    #[arg(long)]
    pub(crate) whmcs_url: Option<String>,
    /// Contabo API address, when it is not Contabo's own.
    #[arg(long)]
    pub(crate) contabo_api_url: Option<String>,
    /// Contabo token address, when it is not Contabo's own.
    #[arg(long)]
    pub(crate) contabo_token_url: Option<String>,
    /// Contabo API user.
    #[arg(long)]
    pub(crate) contabo_user: Option<String>,
    /// Seconds after which a missing audit row proves that a call which costs nothing did not happen.
    #[arg(long)]
    pub(crate) grace_seconds: Option<u32>,
    /// Add it even when the connection test fails.
    #[arg(long)]
    pub(crate) no_test: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Env {
    Production,
    Staging,
    Demo,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ListCommand {
    /// List them.
    List(ListArgs),
}

#[derive(Debug, Group)]
pub(crate) struct ListArgs {
    /// Text to look for.
    #[arg(default_value = "")]
    pub(crate) text: String,
    /// Chips: `field=value`, `field!=value`, `field~text`, `field>=value`, `field<=value`, `field within 6h`.
    #[arg(long = "where", value_name = "CHIP")]
    pub(crate) filters: Vec<String>,
    /// Column to sort by; a leading minus means largest first.
    #[arg(long, allow_hyphen_values = true)]
    pub(crate) sort: Option<String>,
    /// Most rows.
    #[arg(long, default_value_t = 100)]
    pub(crate) limit: u32,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ServersCommand {
    /// List them.
    List(ListArgs),
    /// One server.
    Show {
        /// Instance id.
        id: i64,
    },
    /// Start servers.
    Start(PowerArgs),
    /// Power servers off.
    Stop(PowerArgs),
    /// Shut servers down (ACPI).
    Shutdown(PowerArgs),
    /// Restart servers.
    Restart(PowerArgs),
}

#[derive(Debug, Group)]
pub(crate) struct PowerArgs {
    /// Instance ids.
    #[arg(required = true)]
    pub(crate) ids: Vec<i64>,
    /// Approve the plan without asking.
    #[arg(long)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) saying: policy::SayingArgs,
    /// Only make and show the plan.
    #[arg(long)]
    pub(crate) plan: bool,
    /// Put it into the queue and return at once.
    #[arg(long)]
    pub(crate) no_wait: bool,
    /// Why, kept with the action.
    #[arg(long)]
    pub(crate) reason: Option<String>,
}

#[derive(Debug, Group)]
pub(crate) struct MakeArgs {
    /// Kind, as `plan kinds` names it.
    pub(crate) kind: String,
    /// On what: ids, with commas between; several make one plan with a row each.
    #[arg(long = "target", required = true, value_delimiter = ',')]
    pub(crate) targets: Vec<i64>,
    /// Values as `field=value`. Never a secret: those are stored at the provider first and named by id.
    pub(crate) values: Vec<String>,
    /// Approve it at once, without asking.
    #[arg(long)]
    pub(crate) yes: bool,
    /// What the plan asks to be typed, when it is approved at once.
    #[arg(long)]
    pub(crate) typed: Option<String>,
    #[command(flatten)]
    pub(crate) saying: policy::SayingArgs,
    /// Put it into the queue and return at once.
    #[arg(long)]
    pub(crate) no_wait: bool,
    /// Why, kept with the actions.
    #[arg(long)]
    pub(crate) reason: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PlanCommand {
    /// The kinds of action, with what they take.
    Kinds {
        /// Only kinds about this: instance, service, client, invoice, ticket, order.
        #[arg(long)]
        about: Option<String>,
    },
    /// Make a plan of any kind. Nothing is written to a provider before it is approved.
    Make(MakeArgs),
    /// Show a plan.
    Show {
        /// Number, with or without `PL-`.
        id: String,
    },
    /// Approve a plan.
    Apply {
        /// Number, with or without `PL-`.
        id: String,
        /// Rows to leave out.
        #[arg(long)]
        exclude: Vec<u32>,
        /// What the plan asks to be typed.
        #[arg(long)]
        typed: Option<String>,
        #[command(flatten)]
        saying: policy::SayingArgs,
        /// Why, kept with the actions.
        #[arg(long)]
        reason: Option<String>,
        /// Seconds for which nothing is started yet, so that it can be taken back.
        #[arg(long)]
        delay: Option<u32>,
        /// Actions that must have succeeded first, with or without `A-`.
        #[arg(long)]
        after: Vec<String>,
        /// Put it into the queue and return at once.
        #[arg(long)]
        no_wait: bool,
        /// Do not ask.
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum QueueCommand {
    /// List actions.
    List(ListArgs),
    /// One action with its whole story.
    Show {
        /// Number, with or without `A-`.
        id: String,
    },
    /// Work the queue in this process.
    Work {
        /// End when nothing is left that can go on by itself.
        #[arg(long)]
        until_idle: bool,
        /// End after so many seconds in any case.
        #[arg(long)]
        seconds: Option<u64>,
    },
    /// Do something with actions: hold, release, retry-now, retry-from, skip, cancel, look-again, mark-done,
    /// mark-not-done.
    Act {
        /// Verb.
        verb: String,
        /// Numbers, with or without `A-`.
        #[arg(required = true)]
        ids: Vec<String>,
        /// Why; skip, mark-done and mark-not-done ask for it.
        #[arg(long)]
        reason: Option<String>,
        /// For retry-from: the step to begin at, as `queue show` names it.
        #[arg(long)]
        step: Option<String>,
    },
    /// Start nothing new.
    Pause {
        /// Only on this lane: contabo or whmcs.
        #[arg(long)]
        lane: Option<String>,
    },
    /// Go on.
    Resume {
        /// Only with this lane: contabo or whmcs.
        #[arg(long)]
        lane: Option<String>,
    },
    /// Stop every write within a second.
    Stop,
}

#[derive(Debug, Subcommand)]
pub(crate) enum LogCommand {
    /// Look for exchanges.
    Search(ListArgs),
    /// One exchange, secrets hidden.
    Show {
        /// Row id.
        id: i64,
    },
    /// Write exchanges as JSON lines, as a table or as an HTTP archive.
    Export(record::LogExportArgs),
    /// Questions that were saved under a name.
    Filters,
    /// Save a question under a name.
    Save {
        /// Name.
        name: String,
        #[command(flatten)]
        list: ListArgs,
    },
    /// Forget a saved question.
    Drop {
        /// Name.
        name: String,
    },
    /// How long the log is kept.
    Retention(record::RetentionArgs),
}

#[derive(Debug, Subcommand)]
pub(crate) enum CallCommand {
    /// A WHMCS action.
    Whmcs(CallArgs),
    /// A Contabo operation.
    Contabo(CallArgs),
}

#[derive(Debug, Group)]
pub(crate) struct CallArgs {
    /// Name as the provider's documentation has it.
    pub(crate) name: String,
    /// Parameters as `name=value`; a value may be JSON.
    pub(crate) params: Vec<String>,
    /// Read further parameters from standard input, as a JSON object of texts. The only way in for secrets.
    #[arg(long)]
    pub(crate) stdin: bool,
    /// Do not ask before a call that writes.
    #[arg(long)]
    pub(crate) yes: bool,
    /// Show the provider's own body, secrets hidden, in place of the typed answer.
    #[arg(long)]
    pub(crate) raw: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SandboxCommand {
    /// Serve both providers on 127.0.0.1 until interrupted; prints one JSON line with addresses and credentials.
    Serve {
        /// The same seed gives the same company.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Size: 1 is about 250 clients, 900 services, 300 servers.
        #[arg(long, default_value_t = 1.0)]
        scale: f64,
        /// Port of WHMCS; a free one when left out.
        #[arg(long)]
        whmcs_port: Option<u16>,
        /// Port of Contabo; a free one when left out.
        #[arg(long)]
        contabo_port: Option<u16>,
        /// Port of the control interface; a free one when left out.
        #[arg(long)]
        control_port: Option<u16>,
    },
}
