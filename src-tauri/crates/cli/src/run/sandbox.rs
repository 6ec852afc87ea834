use std::process::ExitCode;

use rackdesk_commands::AppError;
use rackdesk_sandbox::Options;

use super::Done;
use crate::output;

/// Serves until interrupted.
pub(super) async fn serve(
    seed: u64,
    scale: f64,
    whmcs_port: Option<u16>,
    contabo_port: Option<u16>,
    control_port: Option<u16>,
) -> Done {
    let options = Options { seed, scale, whmcs_port, contabo_port, control_port, ..Options::default() };
    let running = rackdesk_sandbox::start(options).await.map_err(AppError::internal)?;
    output::json(&running.line);
    interrupted().await;
    running.shutdown().await;
    Ok(ExitCode::SUCCESS)
}

#[cfg(unix)]
async fn interrupted() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        },
        Err(_) => {
            tokio::signal::ctrl_c().await.ok();
        }
    }
}

#[cfg(not(unix))]
async fn interrupted() {
    tokio::signal::ctrl_c().await.ok();
}
