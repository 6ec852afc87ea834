//! Rackdesk's desktop shell: one window, an icon beside the clock, notices, the commands as Tauri commands, the core's
//! events as Tauri events.
//!
//! No rule lives here. The commands are listed once, in `rackdesk_commands`; what a person sees is in `ui/`.

#![cfg_attr(all(not(debug_assertions), windows), windows_subsystem = "windows")]

mod desk;
mod events;
#[cfg(test)]
mod generated;
mod ipc;
mod launch;
mod notice;
mod panel;
#[cfg(test)]
mod security;
mod state;
mod tray;
mod window;

use std::io::Write;
use std::process::ExitCode;

use launch::{Launch, Refusal};
use tauri::Manager;

fn main() -> ExitCode {
    match launch::read(std::env::args_os().skip(1), std::env::var_os(launch::DATA_DIR)) {
        Ok(launch) => start(launch),
        Err(refusal) => say(&refusal),
    }
}

fn start(launch: Launch) -> ExitCode {
    init_log();
    if let Err(refusal) = window::need_display() {
        return say(&refusal);
    }
    match build(launch).and_then(|builder| builder.build(tauri::generate_context!())) {
        Ok(app) => {
            let closing = state::Closing::default();
            let code = app.run_return(move |app, event| {
                window::on(app, &event);
                closing.on(app, &event);
            });
            ExitCode::from(u8::try_from(code).unwrap_or(1))
        }
        Err(error) => say(&Refusal::failure(format!("Rackdesk could not start: {error}"))),
    }
}

fn build(launch: Launch) -> tauri::Result<tauri::Builder<tauri::Wry>> {
    let specta = ipc::builder();
    let handler = specta.invoke_handler();
    Ok(tauri::Builder::default()
        .plugin(window::single_instance(&launch))
        .plugin(window::remembered_state(&launch))
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_opener::init())
        .invoke_handler(handler)
        .setup(move |app| {
            specta.mount_events(app);
            app.manage(desk::ClosingHides::default());
            app.manage(state::Opening::begin(app.handle().clone(), &launch));
            state::end_on_signals(app.handle().clone());
            window::open(app, &launch)?;
            Ok(())
        }))
}

/// What happens inside goes to standard error, for whoever asks for it by `RACKDESK_LOG=debug`.
fn init_log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("RACKDESK_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}

fn say(refusal: &Refusal) -> ExitCode {
    // Nobody is left to tell when standard error is closed.
    writeln!(std::io::stderr(), "{}", refusal.text).ok();
    ExitCode::from(refusal.code)
}
