//! The least that this program could be: a window of its size, with its configuration and one painted word. The
//! figures of a start (`cargo xtask bench start`) are taken against it.

use std::process::ExitCode;

use tauri::http::{Response, header::CONTENT_TYPE};
use tauri::{WebviewUrl, WebviewWindowBuilder};

const PAGE: &str = "<!doctype html><meta charset=utf-8><title>Empty</title>\
    <style>body{margin:0;background:#fff}p{margin:30vh 20vw;height:30vh;background:#123;color:#fff;font:8vh sans-serif}\
    </style><p>Empty";

fn main() -> ExitCode {
    let built = tauri::Builder::default()
        .register_uri_scheme_protocol("empty", |_, _| {
            let page = Response::builder().header(CONTENT_TYPE, "text/html");
            page.body(PAGE.as_bytes().to_vec()).unwrap_or_default()
        })
        .setup(|app| {
            let config = app.config().app.windows.first().cloned().unwrap_or_default();
            let address = "empty://localhost/".parse()?;
            let mut window = WebviewWindowBuilder::from_config(
                app,
                &tauri::utils::config::WindowConfig { url: WebviewUrl::CustomProtocol(address), ..config },
            )?;
            if let Some(dir) = std::env::var_os("RACKDESK_DATA_DIR") {
                window = window.data_directory(std::path::PathBuf::from(dir).join("webview"));
            }
            window.build()?;
            Ok(())
        })
        .run(tauri::generate_context!());
    if built.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
