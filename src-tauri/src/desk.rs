//! The program around its window: shows what `rackdesk_commands::desk` decides.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rackdesk_commands::Core;
use rackdesk_commands::desk::{self, Desk, Notice, TrayState, TrayView};
use tauri::{AppHandle, Manager};

use crate::{notice, panel, tray, window};

/// After a refusal an icon is offered again only at the next look that nothing else caused.
const AGAIN: Duration = Duration::from_secs(25);

/// Whether closing the window only hides it.
#[derive(Debug, Default)]
pub(crate) struct ClosingHides(AtomicBool);

impl ClosingHides {
    /// At this moment: a panel that is gone shows no icon, and nobody would see that the program works on.
    pub(crate) fn now(app: &AppHandle) -> bool {
        app.try_state::<Self>().is_some_and(|hides| hides.0.load(Ordering::SeqCst)) && panel::takes_icons()
    }
}

/// Keeps everything around the window up to date until the core is gone.
pub(crate) async fn keep(app: AppHandle, core: &Core) {
    desk::keep(core, Arc::new(Desktop { app, place: Mutex::default() })).await;
}

struct Desktop {
    app: AppHandle,
    place: Mutex<Place>,
}

/// The place beside the clock.
#[derive(Default)]
struct Place {
    icon: Option<tray::Icon>,
    refused: Option<Instant>,
}

impl Place {
    fn show(&mut self, app: &AppHandle, view: &TrayView) -> TrayState {
        if !panel::takes_icons() {
            if let Some(icon) = self.icon.take() {
                icon.remove(app);
            }
            return TrayState::Missing;
        }
        if self.refused.is_some_and(|at| at.elapsed() < AGAIN) {
            return TrayState::Missing;
        }
        let shown = match self.icon.as_mut() {
            Some(icon) => icon.show(app, view),
            None => tray::Icon::new(app, view).map(|made| self.icon = Some(made)),
        };
        self.refused = (shown.is_err() && self.icon.is_none()).then(Instant::now);
        match shown {
            Ok(()) => TrayState::Shown,
            Err(error) => {
                tracing::debug!("no icon beside the clock: {error}");
                TrayState::Missing
            }
        }
    }
}

impl Desk for Desktop {
    fn is_looked_at(&self) -> bool {
        window::is_looked_at(&self.app)
    }

    fn tray(&self, view: &TrayView) -> TrayState {
        self.place.lock().unwrap_or_else(PoisonError::into_inner).show(&self.app, view)
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
