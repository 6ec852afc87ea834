//! The program around its window: shows what `rackdesk_commands::desk` decides.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rackdesk_commands::Core;
use rackdesk_commands::desk::{self, Desk, Notice, TrayState, TrayView};
use tauri::{AppHandle, Manager};

use crate::{notice, tray, window};

/// Whether closing the window only hides it.
#[derive(Debug, Default)]
pub(crate) struct ClosingHides(AtomicBool);

impl ClosingHides {
    /// At this moment.
    pub(crate) fn now(app: &AppHandle) -> bool {
        app.try_state::<Self>().is_some_and(|hides| hides.0.load(Ordering::SeqCst))
    }
}

/// Keeps everything around the window up to date until the core is gone.
pub(crate) async fn keep(app: AppHandle, core: &Core) {
    desk::keep(core, Arc::new(Desktop { app, icon: Mutex::default() })).await;
}

struct Desktop {
    app: AppHandle,
    icon: Mutex<Option<tray::Icon>>,
}

impl Desk for Desktop {
    fn is_looked_at(&self) -> bool {
        window::is_looked_at(&self.app)
    }

    fn tray(&self, view: &TrayView) -> TrayState {
        let mut icon = self.icon.lock().unwrap_or_else(PoisonError::into_inner);
        let shown = match icon.as_mut() {
            Some(icon) => icon.show(&self.app, view),
            None => tray::Icon::new(&self.app, view).map(|made| *icon = Some(made)),
        };
        match shown {
            Ok(()) => TrayState::Shown,
            Err(error) => {
                tracing::debug!("no icon beside the clock: {error}");
                TrayState::Missing
            }
        }
    }

    fn closing_hides(&self, hides: bool) {
        if let Some(closing) = self.app.try_state::<ClosingHides>() {
            closing.0.store(hides, Ordering::SeqCst);
        }
    }

    fn tell(&self, told: &Notice) {
        notice::show(&self.app, told);
    }
}
