//! One opened profile: its store, its two clients, and what works on them.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use jiff::{Timestamp, tz::TimeZone};
use rackdesk_store::{DatabaseKey, OpenError, Store, StoreError, mirror, queue};
use rackdesk_whmcs::ConfigError;
use rackdesk_wire::{Budget, Recorder, Wire, WireOptions};
use secrecy::SecretString;

use crate::{
    act::{Deps, Engine, EngineError, EngineHandle, EngineOptions, policy::EnginePolicy},
    mirror::Mirror,
    profile::Profile,
    record::LogRecorder,
};

/// WHMCS credentials.
#[derive(Clone)]
pub struct WhmcsSecrets {
    /// API identifier.
    pub identifier: SecretString,
    /// API secret.
    pub secret: SecretString,
    /// API access key.
    pub access_key: Option<SecretString>,
}

/// Contabo credentials beside the user's name.
#[derive(Clone)]
pub struct ContaboSecrets {
    /// OAuth2 client id.
    pub client_id: SecretString,
    /// OAuth2 client secret.
    pub client_secret: SecretString,
    /// API password.
    pub password: SecretString,
}

/// Both sides' credentials, as far as the profile has them.
#[derive(Clone, Default)]
pub struct Secrets {
    /// WHMCS.
    pub whmcs: Option<WhmcsSecrets>,
    /// Contabo.
    pub contabo: Option<ContaboSecrets>,
}

/// The two clients of a profile.
#[derive(Clone)]
pub struct Clients {
    /// WHMCS, when the profile has one.
    pub whmcs: Option<rackdesk_whmcs::Client>,
    /// Contabo, when the profile has one.
    pub contabo: Option<rackdesk_contabo::Client>,
}

/// How much each provider may be asked. WHMCS shares its machine with the shop; neither documents a limit.
fn wire_options() -> WireOptions {
    WireOptions {
        budgets: vec![
            ("whmcs", Budget { per_minute: 600, burst: 20, concurrent: 4, ..Budget::default() }),
            (
                "contabo",
                Budget {
                    per_minute: 600,
                    burst: 40,
                    concurrent: 8,
                    longest_wait: Duration::from_secs(30),
                    ..Budget::default()
                },
            ),
        ],
        ..WireOptions::default()
    }
}

/// Builds the clients of a profile. Nothing is sent.
///
/// # Errors
/// When the address or the access key is none that WHMCS could have.
pub fn clients(profile: &Profile, secrets: &Secrets, recorder: Arc<dyn Recorder>) -> Result<Clients, ConfigError> {
    let wire = Wire::new(wire_options(), recorder);
    let whmcs = profile.whmcs.as_ref().zip(secrets.whmcs.as_ref()).map(|(side, secrets)| {
        let mut config =
            rackdesk_whmcs::Config::new(side.url.clone(), secrets.identifier.clone(), secrets.secret.clone());
        config.access_key = secrets.access_key.clone();
        rackdesk_whmcs::Client::new(wire.clone(), config)
    });
    let contabo = profile.contabo.as_ref().zip(secrets.contabo.as_ref()).map(|(side, secrets)| {
        use secrecy::ExposeSecret;
        rackdesk_contabo::Client::new(
            wire,
            rackdesk_contabo::Config {
                api_url: side.api_url.clone(),
                token_url: side.token_url.clone(),
                client_id: secrets.client_id.expose_secret().to_owned(),
                client_secret: secrets.client_secret.clone(),
                user: side.user.clone(),
                password: secrets.password.clone(),
            },
        )
    });
    Ok(Clients { whmcs: whmcs.transpose()?, contabo })
}

/// Why a profile cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// Its database.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// Its request log.
    #[error(transparent)]
    Log(#[from] StoreError),
    /// What it says of WHMCS.
    #[error(transparent)]
    Config(#[from] ConfigError),
}

/// An opened profile.
pub struct Session {
    /// The profile as it was when it was opened, with the policy that was in force then.
    pub profile: Profile,
    /// The profile's folder.
    pub dir: PathBuf,
    /// The encrypted database.
    pub store: Store,
    /// The two clients.
    pub clients: Clients,
    /// What both said, kept fresh.
    pub mirror: Mirror,
}

impl Session {
    /// Opens the profile's database and builds its clients. Nothing is sent.
    ///
    /// # Errors
    /// See [`SessionError`].
    pub fn open(profile: Profile, dir: &Path, key: &DatabaseKey, secrets: &Secrets) -> Result<Self, SessionError> {
        std::fs::create_dir_all(dir).map_err(|source| OpenError::Io { what: dir.display().to_string(), source })?;
        let store = Store::open(&dir.join("rackdesk.db"), key)?;
        let recorder: Arc<dyn Recorder> = Arc::new(LogRecorder::new(store.log_writer()?));
        let clients = clients(&profile, secrets, recorder)?;
        let host = |url: Option<&url::Url>| url.and_then(url::Url::host_str).map(str::to_owned);
        let hosts = [host(profile.whmcs.as_ref().map(|w| &w.url)), host(profile.contabo.as_ref().map(|c| &c.api_url))];
        let mirror = Mirror::new(store.clone(), clients.clone(), hosts);
        let began = profile.policy.clone();
        let policy = store.read(move |c| crate::policy::kept::current(c, &began))?;
        let profile = Profile { policy, ..profile };
        Ok(Self { profile, dir: dir.to_path_buf(), store, clients, mirror })
    }

    /// What plans and the queue work on.
    pub fn deps(&self) -> Deps {
        Deps::new(self.store.clone(), self.clients.contabo.clone(), Arc::new(self.mirror.clone()))
            .with_whmcs(self.clients.whmcs.clone())
    }

    /// Begins to work the queue in this process.
    ///
    /// # Errors
    /// When another process works it, or it cannot be read.
    pub async fn start_engine(&self) -> Result<EngineHandle, EngineError> {
        let options =
            EngineOptions { profile_dir: self.dir.clone(), policy: EnginePolicy::of(&self.profile.policy), seed: None };
        Engine::start(self.deps(), options).await
    }
}

/// Counts for the frame of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figures {
    /// Actions that have not ended.
    pub queue_open: u32,
    /// Actions running.
    pub queue_running: u32,
    /// Actions that wait for a person: unknown ones that nothing settles any more, and those that failed today.
    pub needs_you: u32,
    /// Nothing new is started.
    pub paused: bool,
    /// Tickets that wait for an answer.
    pub tickets_waiting: u32,
    /// Overdue invoices.
    pub invoices_overdue: u32,
}

impl Session {
    /// Counts for the frame of the window.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn figures(&self) -> Result<Figures, StoreError> {
        let midnight = Timestamp::now()
            .to_zoned(TimeZone::system())
            .start_of_day()
            .map_or(Timestamp::UNIX_EPOCH, |z| z.timestamp());
        self.store
            .read_async(move |c| {
                let counts = queue::board_counts(c, midnight)?;
                let of = |states: &[&str]| -> u32 {
                    counts.iter().filter(|n| states.contains(&n.state.as_str())).map(|n| n.count).sum()
                };
                let control = queue::control(c)?;
                Ok(Figures {
                    queue_open: of(&["held", "ready", "running", "retryable", "unknown"]),
                    queue_running: of(&["running"]),
                    needs_you: counts.iter().filter(|n| n.state == "unknown").map(|n| n.stuck).sum::<u32>()
                        + of(&["failed"]),
                    paused: control.paused || control.stopped,
                    tickets_waiting: mirror::waiting_tickets(c)?,
                    invoices_overdue: mirror::overdue_invoices(c, midnight.to_zoned(TimeZone::system()).date())?,
                })
            })
            .await
    }
}
