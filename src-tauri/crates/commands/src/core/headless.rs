//! What only the command line needs: a refresh or a queue that is waited for.

use std::time::Duration;

use rackdesk_console::{
    act::ActionState,
    profile::{Policy, Profile},
};

use super::Core;
use crate::{
    AppError, ErrorCode,
    app::SyncRequest,
    connection,
    list::{Filter, FilterOp, ListQuery},
    profiles::ConnectionReport,
    queue::{self, ActionRow},
};

/// How often the queue is looked at while it is waited for.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// An open action as the command line sees it.
#[derive(Debug, Clone)]
pub struct OpenAction {
    /// Number.
    pub id: i64,
    /// It will not go on by itself: it ended, or it waits for a person.
    pub settled: bool,
}

impl Core {
    /// Refreshes the mirror and waits for it.
    ///
    /// # Errors
    /// What the first provider that failed said; everything that could be read was kept.
    pub async fn sync(&self, request: &SyncRequest) -> Result<(), AppError> {
        let session = self.session()?;
        let kinds = crate::app::kinds(request)?;
        let stop = session.background().new_sync();
        let told = self.clone();
        session.mirror.sync(&kinds, &stop, &|progress| told.progressed(progress.into())).await.map_err(AppError::from)
    }

    /// Works the queue until `done` says so. When another process works it, its progress is watched.
    ///
    /// # Errors
    /// When the profile or its queue cannot be used.
    pub async fn work_until(&self, done: impl Fn(&[OpenAction]) -> bool) -> Result<(), AppError> {
        let session = self.session()?;
        match session.background().engine(&session).await {
            Ok(()) => session.background().wake().await,
            Err(e) if e.code == ErrorCode::AnotherWorker => {}
            Err(e) => return Err(e),
        }
        loop {
            if done(&self.open_actions().await?) {
                return Ok(());
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Actions that have not ended.
    ///
    /// # Errors
    /// When the profile's queue cannot be read.
    pub async fn open_actions(&self) -> Result<Vec<OpenAction>, AppError> {
        let open = ["held", "ready", "running", "retryable", "unknown"].map(str::to_owned).to_vec();
        let mut query = ListQuery {
            filters: vec![Filter { field: "state".into(), op: FilterOp::Is, values: open }],
            limit: 500,
            ..ListQuery::default()
        };
        let mut actions = Vec::new();
        loop {
            let window = queue::queue_window(self, query.clone()).await?;
            actions.extend(window.rows.iter().map(|row| OpenAction { id: row.id, settled: waits_for_person(row) }));
            match window.next {
                Some(next) => query.after = Some(next),
                None => return Ok(actions),
            }
        }
    }

    /// The provider's own answer to a call of this process, secrets hidden, as the record has it.
    pub(super) async fn recorded(&self, request_id: uuid::Uuid) -> Result<serde_json::Value, AppError> {
        let query = ListQuery { text: request_id.to_string(), limit: 1, ..ListQuery::default() };
        // The record is written beside the calls.
        for _ in 0..50 {
            if let Some(row) = crate::log::log_window(self, query.clone()).await?.rows.first() {
                let entry = crate::log::log_entry(self, crate::clients::RecordRef { id: row.id }).await?;
                return Ok(
                    serde_json::from_str(&entry.reply_body).unwrap_or(serde_json::Value::String(entry.reply_body))
                );
            }
            tokio::time::sleep(LOOK_EVERY / 2).await;
        }
        Err(AppError::missing(format!("The record of {request_id}")))
    }

    /// Tests the open profile with its stored credentials, also when its database cannot be opened.
    ///
    /// # Errors
    /// When there is no profile, or the vault does not answer.
    pub async fn test_current(&self) -> Result<ConnectionReport, AppError> {
        let id = self.current_profile()?.id;
        let profile = self.book(|book| book.get(&id).cloned()).ok_or_else(|| AppError::of(ErrorCode::NoProfile))?;
        let secrets = self.stored_secrets(&profile).await?;
        connection::test(&profile, &secrets).await
    }

    /// Where a profile's Contabo gives its tokens; `None` when it has no Contabo.
    pub fn token_url(&self, id: &str) -> Option<String> {
        self.book(|book| Some(book.get(id)?.contabo.as_ref()?.token_url.to_string()))
    }

    /// Keeps a copy of a policy in the profile's file and opens the profile anew, so that its queue follows.
    ///
    /// # Errors
    /// When there is no such profile, or it cannot be opened.
    pub(crate) async fn keep_policy(&self, id: &str, policy: Policy) -> Result<(), AppError> {
        let known = self.book(|book| book.get(id).cloned());
        let profile = known.ok_or_else(|| AppError::missing(format!("The profile {id}")))?;
        let profile = Profile { policy, ..profile };
        let kept = profile.clone();
        if let Err(error) = self.change_book(|book| book.put(kept)) {
            // In force is what the database says; the copy serves a profile whose database was lost.
            tracing::warn!(%error, "the profile's file has no copy of the policy in force");
        }
        // What is kept for this session only would not outlive being closed: its queue goes on with the times it has,
        // and the policy in force is read from the database anyway.
        if profile.session_only {
            return Ok(());
        }
        if self.opened().is_ok_and(|open| open.session.profile.id == id) {
            self.open_profile(profile).await?;
        }
        Ok(())
    }
}

/// Held actions wait for a person; unknown ones only when nothing more is asked by itself; and what a guardrail lets
/// through later waits for longer than anybody sits before it.
fn waits_for_person(row: &ActionRow) -> bool {
    let guarded = |code: &str| ["waits.window", "waits.freeze", "waits.rate", "waits.bought"].contains(&code);
    match row.state {
        ActionState::Held => true,
        ActionState::Ready => row.waits.as_ref().is_some_and(|waits| guarded(&waits.code)),
        ActionState::Unknown => row.next_try.is_none(),
        state => state.is_final(),
    }
}
