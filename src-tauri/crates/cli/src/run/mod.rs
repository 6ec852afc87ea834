//! What each command does. All of it goes through the same use cases as the desktop app.

mod bridge;
mod call;
mod daily;
mod lists;
mod policy;
mod power;
mod profile;
mod query;
mod queue;
mod record;
mod sandbox;
mod schedule;

use std::{path::PathBuf, process::ExitCode};

use rackdesk_commands::{AppError, Core, CoreOptions};

use crate::args::{Args, CallCommand, Command, ListCommand, LogCommand, SandboxCommand, ServersCommand};

type Done = Result<ExitCode, AppError>;

/// Carries out one command line.
pub(crate) async fn run(args: &Args) -> Done {
    if let Command::Sandbox(SandboxCommand::Serve { seed, scale, whmcs_port, contabo_port, control_port }) =
        &args.command
    {
        return sandbox::serve(*seed, *scale, *whmcs_port, *contabo_port, *control_port).await;
    }
    let background = matches!(args.command, Command::Bridge { .. });
    let core = Core::open(CoreOptions {
        data_dir: args.data_dir.clone().map_or_else(default_data_dir, Ok)?,
        background,
        profile: args.profile.clone(),
    })
    .await?;
    let done = dispatch(&core, args).await;
    core.close().await;
    done
}

async fn dispatch(core: &Core, args: &Args) -> Done {
    let json = args.json;
    match &args.command {
        Command::Profile(command) => profile::run(core, command, json).await,
        Command::Sync { kinds } => lists::sync(core, kinds, json).await,
        Command::Clients(ListCommand::List(list)) => lists::clients(core, list, json).await,
        Command::Servers(ServersCommand::List(list)) => lists::servers(core, list, json).await,
        Command::Servers(ServersCommand::Show { id }) => lists::server(core, *id, json).await,
        Command::Servers(ServersCommand::Start(a)) => power::run(core, "power.start", a, json).await,
        Command::Servers(ServersCommand::Stop(a)) => power::run(core, "power.stop", a, json).await,
        Command::Servers(ServersCommand::Shutdown(a)) => power::run(core, "power.shutdown", a, json).await,
        Command::Servers(ServersCommand::Restart(a)) => power::run(core, "power.restart", a, json).await,
        Command::Plan(command) => power::plan(core, command, json).await,
        Command::Policy(command) => policy::run(core, command, json).await,
        Command::Queue(command) => queue::run(core, command, json).await,
        Command::Log(LogCommand::Search(list)) => lists::log(core, list, json).await,
        Command::Log(LogCommand::Show { id }) => lists::log_entry(core, *id, json).await,
        Command::Log(LogCommand::Export(args)) => record::export(core, args).await,
        Command::Log(LogCommand::Filters) => record::filters(core, json).await,
        Command::Log(LogCommand::Save { name, list }) => record::save(core, name, list).await,
        Command::Log(LogCommand::Drop { name }) => record::drop(core, name).await,
        Command::Log(LogCommand::Retention(args)) => record::retention(core, args, json).await,
        Command::Receipts(command) => record::receipts(core, command, json).await,
        Command::Modules { read } => record::modules(core, *read, json).await,
        Command::Strangers(command) => record::strangers(core, command, json).await,
        Command::Usage(command) => daily::usage(core, command, json).await,
        Command::Prices(command) => daily::prices(core, command, json).await,
        Command::Schedule(command) => schedule::run(core, command, json).await,
        Command::Call(CallCommand::Whmcs(call)) => call::run(core, "whmcs", call, json).await,
        Command::Call(CallCommand::Contabo(call)) => call::run(core, "contabo", call, json).await,
        Command::Bridge { port, ui } => bridge::serve(core, *port, ui).await,
        // Served before a core is opened.
        Command::Sandbox(_) => Ok(ExitCode::SUCCESS),
    }
}

/// Where the desktop app keeps its data, so that both see the same profiles.
fn default_data_dir() -> Result<PathBuf, AppError> {
    rackdesk_commands::default_data_dir()
        .ok_or_else(|| AppError::invalid("--data-dir", "this account has no home directory; name a folder"))
}
