//! The core's events on their way to the window.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use rackdesk_commands::{Event as CoreEvent, Progress, Tag, TagsChanged};
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::AppHandle;
use tauri_specta::Event;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};

/// A sync changes thousands of rows one by one. Events of this span are told as one, short enough not to be seen.
const SPAN: Duration = Duration::from_millis(50);

/// Views that show these tags should read again.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
#[tauri_specta(event_name = "tags-changed")]
pub(crate) struct TagsChangedEvent(pub(crate) TagsChanged);

/// A job moved.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
#[tauri_specta(event_name = "progress")]
pub(crate) struct ProgressEvent(pub(crate) Progress);

/// Forwards until the core is gone.
pub(crate) async fn forward(app: &AppHandle, mut events: Receiver<CoreEvent>) {
    loop {
        let mut batch = Batch::default();
        match events.recv().await {
            Ok(event) => batch.add(event),
            Err(RecvError::Lagged(_)) => batch.everything(),
            Err(RecvError::Closed) => return,
        }
        tokio::time::sleep(SPAN).await;
        loop {
            match events.try_recv() {
                Ok(event) => batch.add(event),
                Err(TryRecvError::Lagged(_)) => batch.everything(),
                Err(TryRecvError::Empty | TryRecvError::Closed) => break,
            }
        }
        batch.emit(app);
    }
}

/// Events of one span: each tag once, of each job the latest.
#[derive(Debug, Default, PartialEq, Eq)]
struct Batch {
    tags: BTreeSet<Tag>,
    progress: BTreeMap<String, Progress>,
}

impl Batch {
    fn add(&mut self, event: CoreEvent) {
        match event {
            CoreEvent::TagsChanged(changed) => self.tags.extend(changed.tags),
            CoreEvent::Progress(progress) => {
                self.progress.insert(progress.job.clone(), progress);
            }
        }
    }

    /// Some events were lost: every view reads again.
    fn everything(&mut self) {
        self.tags.extend(Tag::ALL);
    }

    fn emit(self, app: &AppHandle) {
        let told = |result: tauri::Result<()>| {
            if let Err(error) = result {
                tracing::warn!("an event did not reach the window: {error}");
            }
        };
        for progress in self.progress.into_values() {
            told(ProgressEvent(progress).emit(app));
        }
        if !self.tags.is_empty() {
            told(TagsChangedEvent(TagsChanged { tags: self.tags.into_iter().collect() }).emit(app));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rackdesk_commands::{COMMANDS, ProgressState};

    fn progress(job: &str, done: u32, state: ProgressState) -> CoreEvent {
        CoreEvent::Progress(Progress { job: job.into(), done, total: Some(10), seconds_left: None, state })
    }

    #[test]
    fn a_burst_becomes_each_tag_once_and_the_latest_of_each_job() {
        let mut batch = Batch::default();
        for done in 1..=1000 {
            batch.add(CoreEvent::TagsChanged(TagsChanged { tags: vec![Tag::Invoices, Tag::Clients] }));
            batch.add(progress("sync:invoices", done, ProgressState::Running));
        }
        batch.add(progress("sync:clients", 3, ProgressState::Running));
        batch.add(progress("sync:invoices", 1000, ProgressState::Done));
        assert_eq!(batch.tags, BTreeSet::from([Tag::Clients, Tag::Invoices]));
        assert_eq!(batch.progress.len(), 2);
        assert_eq!(batch.progress["sync:invoices"].state, ProgressState::Done);
    }

    #[test]
    fn after_lost_events_every_view_reads_again() {
        let mut batch = Batch::default();
        batch.everything();
        for command in COMMANDS {
            assert!(command.shows.iter().all(|tag| batch.tags.contains(tag)), "{} would stay stale", command.name);
        }
    }
}
