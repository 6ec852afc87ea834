//! The one core of this process: opened beside the window, closed before the program ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rackdesk_commands::{AppError, Core, CoreOptions, ErrorCode};
use tauri::{AppHandle, Manager, RunEvent};
use tokio::sync::watch;

use crate::launch::Launch;
use crate::{desk, events};

/// How long the core may take to settle what it is doing before the program ends anyway. What is in flight then is
/// journalled as unknown and settled at the next start.
const CLOSING_TIME: Duration = Duration::from_secs(5);

type Opened = Option<Result<Core, AppError>>;

/// The core while it opens and ever after. Opening a database takes longer than opening a window: the window does not
/// wait, commands do.
pub(crate) struct Opening {
    core: watch::Receiver<Opened>,
}

impl Opening {
    /// Begins to open the core and, once it is open, to forward its events.
    pub(crate) fn begin(app: AppHandle, launch: &Launch) -> Self {
        let (tell, core) = watch::channel(None);
        let options = CoreOptions { data_dir: launch.data_dir.clone(), background: true, profile: None };
        tauri::async_runtime::spawn(async move {
            let opened = Core::open(options).await;
            if let Err(error) = &opened {
                tracing::error!(code = ?error.code, "the data directory does not open: {error}");
            }
            // Subscribed before the first command can run, so that no event of it is missed.
            let open = opened.as_ref().ok().map(|core| (core.events(), core.clone()));
            tell.send_replace(Some(opened));
            if let Some((events, core)) = open {
                tokio::join!(events::forward(&app, events), desk::keep(app.clone(), &core));
            }
            // Held to the end: a receiver without a sender would no longer answer.
            tell.closed().await;
        });
        Self { core }
    }

    /// The core, as soon as it is open.
    ///
    /// # Errors
    /// Why it did not open.
    pub(crate) async fn core(&self) -> Result<Core, AppError> {
        let mut core = self.core.clone();
        let opened = core.wait_for(Option::is_some).await;
        match opened.map(|opened| opened.clone()) {
            Ok(Some(opened)) => opened,
            _ => Err(AppError::new(ErrorCode::Cancelled, "Rackdesk is shutting down")),
        }
    }

    /// The core if it is open already.
    fn now(&self) -> Option<Core> {
        self.core.borrow().as_ref()?.as_ref().ok().cloned()
    }
}

/// A logout or a service manager asks by signal: the program ends as if its window had been closed.
pub(crate) fn end_on_signals(app: AppHandle) {
    #[cfg(unix)]
    tauri::async_runtime::spawn(async move {
        use tokio::signal::unix::{SignalKind, signal};

        let kinds = [SignalKind::terminate(), SignalKind::interrupt(), SignalKind::hangup()];
        let [Ok(mut terminate), Ok(mut interrupt), Ok(mut hangup)] = kinds.map(signal) else {
            tracing::warn!("signals cannot be listened to; one would end the program at once");
            return;
        };
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            _ = hangup.recv() => {}
        }
        app.exit(0);
    });
    #[cfg(not(unix))]
    drop(app);
}

/// Ends in order: the last window may be gone while the core still settles.
#[derive(Debug, Default)]
pub(crate) struct Closing {
    begun: AtomicBool,
    settled: Arc<AtomicBool>,
}

/// What to do about a wish to end.
#[derive(Debug, PartialEq, Eq)]
enum Ending {
    /// Nothing is left to settle: the program may go.
    Now,
    /// The core is closed first, from now on.
    Begin,
    /// That is under way; whoever asks again does not cut it short.
    UnderWay,
}

impl Closing {
    /// Looks at an event of the event loop.
    pub(crate) fn on(&self, app: &AppHandle, event: &RunEvent) {
        let RunEvent::ExitRequested { api, code, .. } = event else { return };
        let core = app.try_state::<Opening>().and_then(|opening| opening.now());
        let ending = self.ending(core.is_some());
        if ending != Ending::Now {
            api.prevent_exit();
        }
        let (Ending::Begin, Some(core)) = (ending, core) else { return };
        let (app, code, settled) = (app.clone(), code.unwrap_or(0), Arc::clone(&self.settled));
        tauri::async_runtime::spawn(async move {
            if tokio::time::timeout(CLOSING_TIME, core.close()).await.is_err() {
                tracing::warn!("the core did not settle in {CLOSING_TIME:?}; the next start settles the rest");
            }
            settled.store(true, Ordering::SeqCst);
            app.exit(code);
        });
    }

    fn ending(&self, core_is_open: bool) -> Ending {
        if self.settled.load(Ordering::SeqCst) || !core_is_open {
            return Ending::Now;
        }
        if self.begun.swap(true, Ordering::SeqCst) { Ending::UnderWay } else { Ending::Begin }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_quits_twice_does_not_cut_the_closing_short() {
        let closing = Closing::default();
        assert_eq!(closing.ending(false), Ending::Now, "nothing was opened yet");
        assert_eq!(closing.ending(true), Ending::Begin);
        assert_eq!(closing.ending(true), Ending::UnderWay);
        assert_eq!(closing.ending(true), Ending::UnderWay);
        closing.settled.store(true, Ordering::SeqCst);
        assert_eq!(closing.ending(true), Ending::Now);
    }
}
