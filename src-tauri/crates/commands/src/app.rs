//! The program itself: what it is, how fresh it is, what a person prefers.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rackdesk_console::{
    act::lock::WorkerLock,
    mirror::{self, Kind as MirrorKind},
    profile::write_whole,
    session::Figures,
};
use rackdesk_store::list::Today;
use rackdesk_vault::VaultState;
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{AppError, Core, ErrorCode, Tag, desk::TrayState, palette, profiles::ProfileSummary};

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
    /// Whether the program has an icon beside the clock.
    pub tray: TrayState,
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

/// What the window needs to start.
///
/// # Errors
/// None that concern one profile: those are in the answer.
pub async fn app_state(core: &Core, (): ()) -> Result<AppState, AppError> {
    let current = core.opened().ok().map(|open| crate::core::summary(&open.session.profile));
    Ok(AppState {
        version: env!("CARGO_PKG_VERSION").into(),
        profiles: core.profiles(),
        current,
        operator: operator(),
        keychain: keychain(core).await,
        problem: core.problem(),
        tray: core.tray(),
    })
}

async fn keychain(core: &Core) -> KeychainState {
    match core.vault().state().await {
        Ok(VaultState::Keychain { name }) => KeychainState::Available { name },
        Ok(VaultState::Directory) => KeychainState::Directory,
        Ok(VaultState::Memory) => KeychainState::Unavailable { error: AppError::of(ErrorCode::KeychainUnavailable) },
        Err(e) => KeychainState::Unavailable { error: e.into() },
    }
}

/// The name of the account that runs Rackdesk; kept with everything that is approved.
pub(crate) fn operator() -> String {
    ["USER", "LOGNAME", "USERNAME"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()))
        .unwrap_or_else(|| "operator".into())
}

/// Status bar and sidebar.
///
/// # Errors
/// When no profile is open, or its store cannot be read.
pub async fn status(core: &Core, (): ()) -> Result<Status, AppError> {
    let session = core.session()?;
    let freshness = session.mirror.freshness().await?;
    let figures: Figures = session.figures().await?;
    let works = session.background().works().await;
    Ok(Status {
        freshness: freshness.into_iter().map(ProviderFreshness::from).collect(),
        queue_open: figures.queue_open,
        queue_running: figures.queue_running,
        needs_you: figures.needs_you,
        paused: figures.paused,
        tickets_waiting: figures.tickets_waiting,
        invoices_overdue: figures.invoices_overdue,
        other_worker: !works && WorkerLock::is_taken(&session.dir)?,
    })
}

impl From<mirror::ProviderFreshness> for ProviderFreshness {
    fn from(f: mirror::ProviderFreshness) -> Self {
        let text = |at: Option<Timestamp>| at.map(|at| at.to_string());
        Self {
            provider: f.provider.into(),
            as_of: text(f.as_of),
            last_answer: text(f.last_answer),
            syncing: f.syncing,
            offline: f.offline,
            error: f.error.map(AppError::from),
            next_try: text(f.next_try),
            kinds: f
                .kinds
                .into_iter()
                .map(|k| KindFreshness { kind: k.kind.name().into(), as_of: text(k.as_of), rows: k.rows })
                .collect(),
        }
    }
}

fn preferences_file(core: &Core) -> std::path::PathBuf {
    core.data_dir().join("preferences.json")
}

/// All preferences. A damaged file is as good as none: nothing in it is more than a convenience.
///
/// # Errors
/// When the file cannot be read.
pub async fn preferences(core: &Core, (): ()) -> Result<Preferences, AppError> {
    match tokio::fs::read(preferences_file(core)).await {
        Ok(bytes) => Ok(Preferences { values: serde_json::from_slice(&bytes).unwrap_or_default() }),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Preferences::default()),
        Err(e) => Err(e.into()),
    }
}

/// Keeps one preference.
///
/// # Errors
/// When the file cannot be written; the old one is then still whole.
pub async fn preference_set(core: &Core, input: Preference) -> Result<(), AppError> {
    if input.name.is_empty() || input.name.len() > 100 {
        return Err(AppError::invalid("name", "must have 1 to 100 characters"));
    }
    if input.value.as_ref().is_some_and(|v| v.len() > 64 * 1024) {
        return Err(AppError::invalid("value", "is longer than 64 KiB"));
    }
    let _turn = core.preferences_turn().await;
    let mut all = preferences(core, ()).await?.values;
    match input.value {
        Some(value) => all.insert(input.name, value),
        None => all.remove(&input.name),
    };
    write_whole(&preferences_file(core), &serde_json::to_vec_pretty(&all).map_err(AppError::internal)?)?;
    core.changed(&[Tag::Preferences]);
    Ok(())
}

/// The kinds of a refresh; none named means all.
pub(crate) fn kinds(request: &SyncRequest) -> Result<Vec<MirrorKind>, AppError> {
    if request.kinds.is_empty() {
        return Ok(MirrorKind::ALL.to_vec());
    }
    let kind = |name: &String| {
        MirrorKind::ALL.into_iter().find(|k| k.name() == name).ok_or_else(|| {
            let known: Vec<_> = MirrorKind::ALL.iter().map(|k| k.name()).collect();
            AppError::invalid("kind", format!("{name} is not one of {}", known.join(", ")))
        })
    };
    request.kinds.iter().map(kind).collect()
}

/// Starts a refresh that goes on when the view closes; events tell how it goes.
///
/// # Errors
/// When no profile is open or a kind is unknown.
pub async fn sync_now(core: &Core, input: SyncRequest) -> Result<(), AppError> {
    core.session()?;
    kinds(&input)?;
    let core = core.clone();
    tokio::spawn(async move {
        // Its failure is kept with the freshness of each kind.
        core.sync(&input).await.ok();
        core.changed(&[Tag::Freshness]);
    });
    Ok(())
}

/// Stops the refresh that a person asked for; what was read is kept.
///
/// # Errors
/// When no profile is open.
pub async fn sync_stop(core: &Core, (): ()) -> Result<(), AppError> {
    core.session()?.background().stop_sync();
    Ok(())
}

/// Finds records of every kind by what was typed.
///
/// # Errors
/// When no profile is open, or its store cannot be read.
pub async fn palette_search(core: &Core, input: PaletteQuery) -> Result<Vec<PaletteHit>, AppError> {
    let session = core.session()?;
    let limit = input.limit.clamp(1, 50) as usize;
    Ok(session.store.read_async(move |c| palette::search(c, &input.text, limit, &Today::local())).await?)
}
