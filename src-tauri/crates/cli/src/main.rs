//! rackdeskctl: Rackdesk without a window, for servers, schedules, scripts and tests.
//!
//! Every command works on the same core as the desktop app. Secrets come from standard input, the keychain or a
//! credentials directory, never from the command line.
//!
//! Exit codes: see [`exit`].

mod args;
mod exit;
mod output;
mod run;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let args = args::Args::parse();
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::try_from_env("RACKDESK_LOG").unwrap_or_else(|_| "warn".into()))
        .with_writer(std::io::stderr)
        .init();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(e) => return exit::report(&e.into(), args.json),
    };
    match runtime.block_on(run::run(&args)) {
        Ok(code) => code,
        Err(e) => exit::report(&e, args.json),
    }
}
