//! The program itself: what it is, how fresh it is, what a person prefers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::profiles::ProfileSummary;

/// What the window needs to start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AppState {
    /// Version of Rackdesk.
    pub version: String,
    /// All profiles.
    pub profiles: Vec<ProfileSummary>,
    /// The open one.
    pub current: Option<ProfileSummary>,
    /// The operator's name, from the operating system.
    pub operator: String,
    /// Where secrets are kept.
    pub keychain: KeychainState,
    /// Why the profile that was open last time could not be opened.
    pub problem: Option<crate::AppError>,
}

/// Whether secrets can be kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum KeychainState {
    /// In the keychain of the operating system.
    Available {
        /// `Secret Service`, `macOS Keychain`, `Windows Credential Manager`.
        name: String,
    },
    /// No keychain: only "this session only" is possible.
    Unavailable {
        /// Why, and how to get one.
        error: crate::AppError,
    },
    /// In a read-only credentials directory.
    Directory,
}

/// How old one provider's data is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ProviderFreshness {
    /// `whmcs` or `contabo`.
    pub provider: String,
    /// When everything was last known to be whole (RFC 3339, UTC), `None` before the first sync.
    pub as_of: Option<String>,
    /// When it last answered at all.
    pub last_answer: Option<String>,
    /// A sync runs now.
    pub syncing: bool,
    /// Cannot be reached; the last good rows stay.
    pub offline: bool,
    /// Why the last sync failed.
    pub error: Option<crate::AppError>,
    /// When it is tried next.
    pub next_try: Option<String>,
    /// Each kind's own age.
    pub kinds: Vec<KindFreshness>,
}

/// How old one kind of row is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct KindFreshness {
    /// `clients`, `services`, `invoices`, `tickets`, `instances`, `images`, `data_centers`, `tags`.
    pub kind: String,
    /// When it was last whole.
    pub as_of: Option<String>,
    /// Rows kept.
    pub rows: u32,
}

/// The status bar and the sidebar's counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Status {
    /// Both providers.
    pub freshness: Vec<ProviderFreshness>,
    /// Actions running or ready.
    pub queue_open: u32,
    /// Actions running.
    pub queue_running: u32,
    /// Actions that wait for a person (unknown, failed since the last look).
    pub needs_you: u32,
    /// The queue is paused or stopped.
    pub paused: bool,
    /// Tickets that wait for an answer.
    pub tickets_waiting: u32,
    /// Overdue invoices.
    pub invoices_overdue: u32,
    /// Another process works the queue.
    pub other_worker: bool,
}

/// A preference: a small text under a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Preference {
    /// Name, e.g. `theme`.
    pub name: String,
    /// Value; `None` removes it.
    pub value: Option<String>,
}

/// All preferences.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Preferences {
    /// By name.
    pub values: BTreeMap<String, String>,
}

/// What to refresh.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SyncRequest {
    /// Kinds as in [`KindFreshness::kind`]; empty means all.
    pub kinds: Vec<String>,
}

/// A question to the palette.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PaletteQuery {
    /// What was typed.
    pub text: String,
    /// Most hits wanted.
    pub limit: u32,
}

/// A record the palette found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PaletteHit {
    /// `client`, `server`, `service`, `invoice`, `ticket`, `action`.
    pub kind: String,
    /// Its id.
    pub id: i64,
    /// Name.
    pub title: String,
    /// What tells it apart.
    pub aside: String,
    /// State word, when it has one.
    pub state: Option<String>,
    /// Positions in `title` (characters) that matched.
    pub hits: Vec<u32>,
}

/// See the list of commands.
pub async fn app_state(core: &crate::Core, input: ()) -> Result<crate::app::AppState, crate::AppError> {
    let _ = (core, input);
    Err(crate::AppError::new(crate::ErrorCode::NoProfile, "no profile is open"))
}

/// See the list of commands.
pub async fn status(core: &crate::Core, input: ()) -> Result<crate::app::Status, crate::AppError> {
    let _ = (core, input);
    Err(crate::AppError::new(crate::ErrorCode::NoProfile, "no profile is open"))
}

/// See the list of commands.
pub async fn preferences(core: &crate::Core, input: ()) -> Result<crate::app::Preferences, crate::AppError> {
    let _ = (core, input);
    Err(crate::AppError::new(crate::ErrorCode::NoProfile, "no profile is open"))
}

/// See the list of commands.
pub async fn preference_set(core: &crate::Core, input: crate::app::Preference) -> Result<(), crate::AppError> {
    let _ = (core, input);
    Err(crate::AppError::new(crate::ErrorCode::NoProfile, "no profile is open"))
}

/// See the list of commands.
pub async fn sync_now(core: &crate::Core, input: crate::app::SyncRequest) -> Result<(), crate::AppError> {
    let _ = (core, input);
    Err(crate::AppError::new(crate::ErrorCode::NoProfile, "no profile is open"))
}

/// See the list of commands.
pub async fn sync_stop(core: &crate::Core, input: ()) -> Result<(), crate::AppError> {
    let _ = (core, input);
    Err(crate::AppError::new(crate::ErrorCode::NoProfile, "no profile is open"))
}

/// See the list of commands.
pub async fn palette_search(core: &crate::Core, input: crate::app::PaletteQuery) -> Result<Vec<crate::app::PaletteHit>, crate::AppError> {
    let _ = (core, input);
    Err(crate::AppError::new(crate::ErrorCode::NoProfile, "no profile is open"))
}
