//! What the commands work on: the data directory, the vault, and the one open profile.

mod background;
mod calls;
mod demo;
mod headless;
mod opening;
mod secrets;

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, RwLock},
};

pub use calls::ProviderCall;
pub use headless::OpenAction;
use rackdesk_console::{
    profile::{Profile, ProfileBook},
    session::Session,
};
use rackdesk_vault::Vault;
use tokio::sync::broadcast;

use crate::{AppError, ErrorCode, Event, Progress, Tag, TagsChanged, desk::TrayState, profiles::ProfileSummary};

/// How a core is opened.
#[derive(Debug, Clone)]
pub struct CoreOptions {
    /// Where profiles, databases and preferences are.
    pub data_dir: PathBuf,
    /// Whether this process works the queue and keeps the mirror fresh by itself.
    pub background: bool,
    /// The profile to open, by id or name; the one opened last when `None`.
    pub profile: Option<String>,
}

/// Where data is when nobody says otherwise: the folder that the operating system keeps for it.
pub fn default_data_dir() -> Option<PathBuf> {
    let env = |name| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let base = if cfg!(windows) {
        env("APPDATA")
    } else if cfg!(target_os = "macos") {
        env("HOME").map(|h| h.join("Library/Application Support"))
    } else {
        env("XDG_DATA_HOME").or_else(|| env("HOME").map(|h| h.join(".local/share")))
    };
    base.map(|b| b.join("io.rackdesk.console"))
}

/// Everything the commands work on. One per process; clones share it.
#[derive(Clone)]
pub struct Core {
    inner: Arc<Inner>,
}

struct Inner {
    options: CoreOptions,
    vault: Vault,
    /// Secrets of profiles that are kept for this session only.
    memory: Vault,
    book: Mutex<ProfileBook>,
    open: RwLock<Option<Arc<Open>>>,
    problem: Mutex<Option<AppError>>,
    demo: tokio::sync::Mutex<Option<rackdesk_sandbox::Running>>,
    preferences: tokio::sync::Mutex<()>,
    tray: Mutex<TrayState>,
    /// Opening, closing and removing profiles happen one at a time.
    turn: tokio::sync::Mutex<()>,
    events: broadcast::Sender<Event>,
}

/// The open profile with its background work.
pub(crate) struct Open {
    pub(crate) session: Session,
    pub(crate) background: background::Background,
    pub(crate) audits: crate::audits::Recent,
    pub(crate) rights: crate::rights::Keeper,
    pub(crate) exports: crate::writing::Exports,
}

impl Core {
    /// Opens the data directory and the profile.
    ///
    /// # Errors
    /// When the directory cannot be made or its list of profiles not be read, or when a profile was named that is not
    /// there. A profile that cannot be opened is no error here: `app_state` tells it.
    pub async fn open(options: CoreOptions) -> Result<Self, AppError> {
        std::fs::create_dir_all(&options.data_dir)?;
        let book = ProfileBook::read(&options.data_dir)?;
        let wanted = match &options.profile {
            Some(named) => Some(named_profile(&book, named)?),
            None => book.current.as_ref().and_then(|id| book.get(id)).cloned(),
        };
        let core = Self {
            inner: Arc::new(Inner {
                vault: Vault::system(),
                memory: Vault::memory(),
                options,
                book: Mutex::new(book),
                open: RwLock::new(None),
                problem: Mutex::new(None),
                demo: tokio::sync::Mutex::new(None),
                preferences: tokio::sync::Mutex::default(),
                tray: Mutex::default(),
                turn: tokio::sync::Mutex::new(()),
                events: broadcast::channel(1024).0,
            }),
        };
        if let Some(profile) = wanted
            && let Err(problem) = core.open_profile(profile).await
        {
            *core.inner.problem.lock().unwrap_or_else(PoisonError::into_inner) = Some(problem);
        }
        Ok(core)
    }

    /// Where everything is.
    pub fn data_dir(&self) -> &Path {
        &self.inner.options.data_dir
    }

    /// Listens to the core's events. A listener that lags should read everything again.
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.inner.events.subscribe()
    }

    /// Tells listeners that views showing these tags should read again.
    pub fn changed(&self, tags: &[Tag]) {
        // No listener is no error: the command line has none.
        self.inner.events.send(Event::TagsChanged(TagsChanged { tags: tags.to_vec() })).ok();
    }

    /// Tells listeners how a long job goes.
    pub fn progressed(&self, progress: Progress) {
        self.inner.events.send(Event::Progress(progress)).ok();
    }

    /// Ends background work in order: nothing new starts, what is in flight is journalled.
    pub async fn close(&self) {
        let _turn = self.inner.turn.lock().await;
        self.close_profile().await;
        if let Some(sandbox) = self.inner.demo.lock().await.take() {
            sandbox.shutdown().await;
        }
    }

    /// The open profile with its background work.
    pub(crate) fn opened(&self) -> Result<Arc<Open>, AppError> {
        let open = self.inner.open.read().unwrap_or_else(PoisonError::into_inner).clone();
        open.ok_or_else(|| {
            let problem = self.inner.problem.lock().unwrap_or_else(PoisonError::into_inner).clone();
            problem.unwrap_or_else(|| AppError::of(ErrorCode::NoProfile))
        })
    }

    /// The open profile's store and clients.
    pub(crate) fn session(&self) -> Result<SessionRef, AppError> {
        self.opened().map(SessionRef)
    }

    /// Why the profile could not be opened.
    pub(crate) fn problem(&self) -> Option<AppError> {
        self.inner.problem.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether the program has an icon beside the clock.
    pub(crate) fn tray(&self) -> TrayState {
        *self.inner.tray.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps whether it has, and tells views: those of what a person prefers, not every list there is.
    pub(crate) fn tray_is(&self, tray: TrayState) {
        *self.inner.tray.lock().unwrap_or_else(PoisonError::into_inner) = tray;
        self.changed(&[Tag::Preferences]);
    }

    /// Preferences are changed one at a time.
    pub(crate) async fn preferences_turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.inner.preferences.lock().await
    }

    pub(crate) fn vault(&self) -> &Vault {
        &self.inner.vault
    }

    /// Whether this process works the queue and runs the schedule by itself.
    pub(crate) fn works_by_itself(&self) -> bool {
        self.inner.options.background
    }

    /// All profiles.
    pub fn profiles(&self) -> Vec<ProfileSummary> {
        self.book(|book| book.profiles.iter().map(summary).collect())
    }

    /// The open profile.
    ///
    /// # Errors
    /// `NoProfile`, or why it could not be opened.
    pub fn current_profile(&self) -> Result<ProfileSummary, AppError> {
        match self.opened() {
            Ok(open) => Ok(summary(&open.session.profile)),
            // A profile that cannot be opened can still be named, tested and removed.
            Err(problem) => self
                .book(|book| {
                    let named = self.inner.options.profile.as_ref();
                    match named {
                        Some(named) => named_profile(book, named).ok(),
                        None => book.current.as_ref().and_then(|id| book.get(id)).cloned(),
                    }
                })
                .map(|p| summary(&p))
                .ok_or(problem),
        }
    }

    pub(crate) fn book<T>(&self, read: impl FnOnce(&ProfileBook) -> T) -> T {
        read(&self.inner.book.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the list of profiles and writes it, whole or not at all.
    pub(crate) fn change_book(&self, change: impl FnOnce(&mut ProfileBook)) -> Result<(), AppError> {
        let mut book = self.inner.book.lock().unwrap_or_else(PoisonError::into_inner);
        let mut next = book.clone();
        change(&mut next);
        next.write(&self.inner.options.data_dir)?;
        *book = next;
        Ok(())
    }
}

/// Keeps the open profile alive while a command works on it.
pub(crate) struct SessionRef(Arc<Open>);

impl std::ops::Deref for SessionRef {
    type Target = Session;

    fn deref(&self) -> &Session {
        &self.0.session
    }
}

impl SessionRef {
    /// What keeps the mirror fresh and works the queue.
    pub(crate) fn background(&self) -> &background::Background {
        &self.0.background
    }

    /// What Contabo's audits said a moment ago.
    pub(crate) fn audits(&self) -> &crate::audits::Recent {
        &self.0.audits
    }

    /// The rights matrix.
    pub(crate) fn rights(&self) -> &crate::rights::Keeper {
        &self.0.rights
    }
}

fn named_profile(book: &ProfileBook, named: &str) -> Result<Profile, AppError> {
    let by_name = || {
        let mut same = book.profiles.iter().filter(|p| p.name == named);
        same.next().filter(|_| same.next().is_none())
    };
    book.get(named).or_else(by_name).cloned().ok_or_else(|| {
        let known: Vec<_> = book.profiles.iter().map(|p| p.id.as_str()).collect();
        AppError {
            hint: Some(format!("Known: {}", known.join(", "))),
            ..AppError::missing(format!("The profile {named}"))
        }
    })
}

/// A profile as the UI shows it.
pub(crate) fn summary(profile: &Profile) -> ProfileSummary {
    ProfileSummary {
        id: profile.id.clone(),
        name: profile.name.clone(),
        colour: profile.colour.clone(),
        environment: profile.environment,
        whmcs_url: profile.whmcs.as_ref().map(|w| w.url.to_string()),
        contabo_url: profile.contabo.as_ref().map(|c| c.api_url.to_string()),
        contabo_user: profile.contabo.as_ref().map(|c| c.user.clone()),
        session_only: profile.session_only,
    }
}
