//! The window: opened once, remembered, and kept on its own pages.

use std::hash::{DefaultHasher, Hash, Hasher};

use tauri::plugin::TauriPlugin;
use tauri::webview::NewWindowResponse;
use tauri::{App, AppHandle, Manager, RunEvent, Url, WebviewWindowBuilder, WindowEvent, Wry};
use tauri_plugin_window_state::StateFlags;

use crate::desk::ClosingHides;
use crate::launch::{Launch, Refusal};

const MAIN: &str = "main";

/// Asks for a display first: the window library would panic without one.
pub(crate) fn need_display() -> Result<(), Refusal> {
    #[cfg(target_os = "linux")]
    if gtk::init().is_err() {
        return Err(Refusal::cannot(
            "Rackdesk needs a display to open its window, and there is none here \
             (DISPLAY and WAYLAND_DISPLAY). Without a window there is rackdeskctl.",
        ));
    }
    Ok(())
}

/// A second start brings the first window to the front. A data directory that somebody chose is a Rackdesk of its own.
pub(crate) fn single_instance(launch: &Launch) -> TauriPlugin<Wry> {
    let plugin = tauri_plugin_single_instance::Builder::new().callback(|app, _, _| focus(app));
    if launch.chosen {
        let mut hash = DefaultHasher::new();
        launch.data_dir.hash(&mut hash);
        return plugin.dbus_id(format!("io.rackdesk.console.at{:016x}", hash.finish())).build();
    }
    plugin.build()
}

/// Size and place of the window survive a restart. Whether it was visible does not: a hidden window would stay so.
pub(crate) fn remembered_state(launch: &Launch) -> TauriPlugin<Wry> {
    tauri_plugin_window_state::Builder::new()
        .with_filename(launch.data_dir.join("window.json").to_string_lossy())
        .with_state_flags(StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED | StateFlags::FULLSCREEN)
        .build()
}

/// Opens the main window as tauri.conf.json describes it.
pub(crate) fn open(app: &App, launch: &Launch) -> tauri::Result<()> {
    let windows = &app.config().app.windows;
    let config = windows.iter().find(|window| window.label == MAIN).cloned().unwrap_or_default();
    WebviewWindowBuilder::from_config(app, &config)?
        .data_directory(launch.data_dir.join("webview"))
        .on_navigation(is_own_page)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .build()?;
    Ok(())
}

/// A link in a ticket must not lead the window, with its commands, to somebody else's page.
fn is_own_page(url: &Url) -> bool {
    match (url.scheme(), url.host_str()) {
        ("tauri", Some("localhost")) | ("http" | "https", Some("tauri.localhost")) => true,
        // Vite's server, when the UI is being worked on.
        ("http", Some("127.0.0.1")) => tauri::is_dev() && url.port() == Some(5173),
        _ => false,
    }
}

/// Looks at an event of the event loop: closing may only hide the window, and the dock brings it back.
pub(crate) fn on(app: &AppHandle, event: &RunEvent) {
    match event {
        RunEvent::WindowEvent { label, event: WindowEvent::CloseRequested { api, .. }, .. } if label == MAIN => {
            let hidden = ClosingHides::now(app) && app.get_webview_window(MAIN).is_some_and(|w| w.hide().is_ok());
            if hidden {
                api.prevent_close();
            }
        }
        #[cfg(target_os = "macos")]
        RunEvent::Reopen { .. } => focus(app),
        _ => {}
    }
}

/// Whether a person looks at the window now.
pub(crate) fn is_looked_at(app: &AppHandle) -> bool {
    let Some(window) = app.get_webview_window(MAIN) else { return false };
    window.is_visible().unwrap_or(false) && window.is_focused().unwrap_or(false)
}

/// Brings the window to the front, wherever it is.
pub(crate) fn focus(app: &AppHandle) {
    let Some(window) = app.get_webview_window(MAIN) else { return };
    let shown = window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus());
    if let Err(error) = shown {
        tracing::warn!("the window could not be brought to the front: {error}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_stays_on_its_own_pages() {
        let own = |url: &str| is_own_page(&url.parse().unwrap());
        assert!(own("tauri://localhost/"), "Linux and macOS");
        assert!(own("http://tauri.localhost/index.html#/clients"), "Windows");
        for foreign in [
            "https://example.com/",
            "http://127.0.0.1:8080/",
            "http://localhost/",
            "file:///etc/passwd",
            "tauri://example.com/",
            "https://tauri.localhost.example.com/",
            "javascript:alert(1)",
            "data:text/html,hello",
        ] {
            assert!(!own(foreign), "{foreign} would be shown inside the window");
        }
    }
}
