//! Notices of the operating system. Where there is nobody to show them, nothing happens.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use notify_rust::Notification;
use rackdesk_commands::desk::Notice;
use tauri::AppHandle;

/// Notices that were not answered yet; each keeps a thread. One more takes the place of the last of them and says how
/// many it stands for.
static LYING: AtomicUsize = AtomicUsize::new(0);
const MOST_LYING: usize = 16;

/// The last notice that lies there.
static LAST: Mutex<Last> = Mutex::new(Last { id: None, stands_for: 0 });

struct Last {
    /// The system's number of it.
    id: Option<u32>,
    /// How many others it took the place of.
    stands_for: usize,
}

/// Shows one. A click on it brings the window to the front, where the system tells of clicks.
pub(crate) fn show(app: &AppHandle, notice: &Notice) {
    if LYING.fetch_add(1, Ordering::SeqCst) >= MOST_LYING {
        LYING.fetch_sub(1, Ordering::SeqCst);
        replace_last(app, notice);
        return;
    }
    let (app, notification) = (app.clone(), notification(app, notice));
    // Showing waits for the bus, and an answer may take hours.
    let waiting = std::thread::Builder::new().name("notice".into()).spawn(move || {
        if let Err(error) = until_answered(&app, &notification) {
            tracing::debug!("a notice could not be shown: {error}");
        }
        LYING.fetch_sub(1, Ordering::SeqCst);
    });
    if let Err(error) = waiting {
        LYING.fetch_sub(1, Ordering::SeqCst);
        tracing::debug!("a notice could not be shown: {error}");
    }
}

/// Shows one in the place of the last. Whoever waits for a click on that one waits on: the number stays.
fn replace_last(app: &AppHandle, notice: &Notice) {
    let (id, others) = {
        let mut last = last();
        last.stands_for += 1;
        (last.id, last.stands_for)
    };
    let mut notification = notification(app, &notice.standing_for(others));
    if let Some(id) = id {
        notification.id(id);
    }
    let showing = std::thread::Builder::new().name("notice".into()).spawn(move || notification.show().map(drop));
    if let Err(error) = showing {
        tracing::debug!("a notice could not be shown: {error}");
    }
}

fn last() -> MutexGuard<'static, Last> {
    LAST.lock().unwrap_or_else(PoisonError::into_inner)
}

fn notification(app: &AppHandle, notice: &Notice) -> Notification {
    let mut notification = Notification::new();
    notification.appname("Rackdesk").summary(&notice.title).body(&body(&notice.body));
    #[cfg(target_os = "linux")]
    notification.icon("rackdesk").hint(notify_rust::Hint::DesktopEntry("Rackdesk".into())).action("default", "Open");
    // A program that was not installed is not known to the system, which then would show nothing at all.
    #[cfg(windows)]
    if !was_just_built() {
        notification.app_id(&app.config().identifier);
    }
    #[cfg(target_os = "macos")]
    notify_rust::set_application(&app.config().identifier).ok();
    #[cfg(not(any(windows, target_os = "macos")))]
    let _ = app;
    notification
}

/// On Linux a body may hold markup, and names are foreign: a customer's server must not draw a link.
fn body(text: &str) -> String {
    if !cfg!(target_os = "linux") {
        return text.to_owned();
    }
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(target_os = "linux")]
fn until_answered(app: &AppHandle, notification: &Notification) -> Result<(), notify_rust::error::Error> {
    let shown = notification.show()?;
    let id = shown.id();
    *last() = Last { id: Some(id), stands_for: 0 };
    shown.wait_for_action(|action| {
        if action == "default" {
            crate::window::focus(app);
        }
    });
    let mut last = last();
    if last.id == Some(id) {
        *last = Last { id: None, stands_for: 0 };
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn until_answered(_: &AppHandle, notification: &Notification) -> Result<(), notify_rust::error::Error> {
    notification.show().map(drop)
}

#[cfg(windows)]
fn was_just_built() -> bool {
    let program = std::env::current_exe().unwrap_or_default();
    let folder = program.parent().and_then(|folder| folder.file_name());
    folder.is_some_and(|name| name == "debug" || name == "release")
}

#[cfg(test)]
mod tests {
    #[test]
    #[cfg(target_os = "linux")]
    fn a_customers_server_draws_no_link() {
        let name = "<a href=\"https://evil.example\">web&1</a>";
        assert_eq!(super::body(name), "&lt;a href=\"https://evil.example\"&gt;web&amp;1&lt;/a&gt;");
    }
}
