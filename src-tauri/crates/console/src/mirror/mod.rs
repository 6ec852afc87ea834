//! What WHMCS and Contabo said, kept on this machine, with when they said it.
//!
//! A refresh reads whole lists page by page and writes each page as it comes, so that views fill while it runs and a
//! line that is cut loses nothing. A list that was read to its end is a *sweep*: rows it did not name are marked gone.
//! To mirror one more kind: its record in the store, its conversion and its arm in [`source`].

mod contabo;
mod fresh;
mod schedule;
mod source;
pub mod usage;
mod whmcs;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

pub use fresh::{KindFreshness, ProviderFreshness};
use jiff::{Timestamp, tz::TimeZone};
pub use rackdesk_store::mirror::Kind;
use rackdesk_store::{Store, StoreError, mirror};
use tokio_util::sync::CancellationToken;
pub(crate) use whmcs::INSTANCE_FIELD;

use crate::{fault::Fault, session::Clients};

/// How far a refresh of one kind is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// What is read.
    pub kind: Kind,
    /// Rows read.
    pub done: u32,
    /// Rows there are, when the provider says so.
    pub total: Option<u32>,
    /// Estimated time left, when the total is known.
    pub left: Option<Duration>,
    /// Where it stands.
    pub state: ProgressState,
}

/// Where a refresh stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProgressState {
    /// Reading.
    Running,
    /// Read to the end.
    Done,
    /// Stopped by a person.
    Stopped,
    /// Failed; the kind's freshness says why.
    Failed,
}

/// Receives progress. Called often; must return at once.
pub type Tell<'a> = &'a (dyn Fn(Progress) + Send + Sync);

/// Keeps what the providers said. Cheap to clone; clones share it.
#[derive(Clone)]
pub struct Mirror {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    clients: Clients,
    hosts: [Option<String>; 2],
    /// One refresh per provider at a time.
    whmcs: tokio::sync::Mutex<()>,
    contabo: tokio::sync::Mutex<()>,
    running: std::sync::Mutex<Vec<Kind>>,
}

impl Mirror {
    /// A mirror of these two into this store. `hosts` names WHMCS's and Contabo's for people.
    pub fn new(store: Store, clients: Clients, hosts: [Option<String>; 2]) -> Self {
        Self {
            inner: Arc::new(Inner {
                store,
                clients,
                hosts,
                whmcs: tokio::sync::Mutex::default(),
                contabo: tokio::sync::Mutex::default(),
                running: std::sync::Mutex::default(),
            }),
        }
    }

    /// Kinds whose provider this profile has.
    fn available(&self, kinds: &[Kind], provider: &str) -> Vec<Kind> {
        let there = match provider {
            "whmcs" => self.inner.clients.whmcs.is_some(),
            _ => self.inner.clients.contabo.is_some(),
        };
        kinds.iter().copied().filter(|kind| there && kind.provider() == provider).collect()
    }

    /// Reads these kinds whole, both providers at the same time.
    ///
    /// # Errors
    /// What the first provider that failed said, WHMCS before Contabo. Everything that was read is kept.
    pub async fn sync(&self, kinds: &[Kind], stop: &CancellationToken, tell: Tell<'_>) -> Result<(), Fault> {
        let (whmcs, contabo) = tokio::join!(
            self.sync_provider(self.available(kinds, "whmcs"), &self.inner.whmcs, stop, tell),
            self.sync_provider(self.available(kinds, "contabo"), &self.inner.contabo, stop, tell),
        );
        whmcs.and(contabo)
    }

    async fn sync_provider(
        &self,
        kinds: Vec<Kind>,
        turn: &tokio::sync::Mutex<()>,
        stop: &CancellationToken,
        tell: Tell<'_>,
    ) -> Result<(), Fault> {
        let _turn = turn.lock().await;
        for kind in kinds {
            if stop.is_cancelled() {
                break;
            }
            self.sweep(kind, stop, tell).await?;
        }
        Ok(())
    }

    /// Reads one kind to its end.
    async fn sweep(&self, kind: Kind, stop: &CancellationToken, tell: Tell<'_>) -> Result<(), Fault> {
        let running = fresh::Running::mark(&self.inner.running, kind);
        let begun = (Timestamp::now(), Instant::now());
        let mut meter = Meter { kind, begun: begun.1, done: 0, total: None };
        let mut on_page = |page, total| {
            meter.add(page, total);
            tell(meter.progress(ProgressState::Running));
        };
        let outcome = stop.run_until_cancelled(source::read(self, kind, begun.0, &mut on_page)).await;
        drop(running);
        let state = match &outcome {
            None => ProgressState::Stopped,
            Some(Ok(())) => ProgressState::Done,
            Some(Err(_)) => ProgressState::Failed,
        };
        let outcome = outcome.unwrap_or(Ok(())).map_err(|fault| fault.at(self.host(kind)));
        self.note(kind, begun.0, state, outcome.as_ref().err()).await?;
        tell(meter.progress(state));
        outcome
    }

    fn host(&self, kind: Kind) -> Option<&str> {
        self.inner.hosts[usize::from(kind.provider() != "whmcs")].as_deref()
    }

    /// Keeps how a sweep ended.
    async fn note(
        &self,
        kind: Kind,
        begun: Timestamp,
        state: ProgressState,
        fault: Option<&Fault>,
    ) -> Result<(), Fault> {
        let fault = fault.cloned();
        self.write(move |tx| {
            let mut sync = mirror::sync_state(tx, kind)?;
            match (state, &fault) {
                (ProgressState::Done, _) => {
                    mirror::forget_unseen(tx, kind, begun)?;
                    mirror::settle(tx, Timestamp::now().to_zoned(TimeZone::system()).date())?;
                    sync.last_whole = Some(begun);
                    sync.last_answer = Some(Timestamp::now());
                    (sync.error, sync.error_code, sync.next_try) = (None, None, None);
                }
                (_, Some(fault)) => {
                    sync.next_try = Some(schedule::next_try(sync.next_try, Timestamp::now()));
                    sync.error = serde_json::to_value(fault).ok();
                    sync.error_code = serde_json::to_value(fault.code).ok().and_then(|v| v.as_str().map(str::to_owned));
                }
                _ => {}
            }
            mirror::save_sync_state(tx, &sync)
        })
        .await
        .map_err(Fault::from)
    }

    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&rackdesk_store::rusqlite::Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.inner.store.write_async(work).await
    }

    /// Keeps the mirror fresh until it is dropped: what is due is read, a provider that fails is asked less often.
    pub async fn keep_fresh(&self, tell: Tell<'_>) {
        let never = CancellationToken::new();
        loop {
            let due = match self.states().await {
                Ok(states) => schedule::due(&states, Timestamp::now()),
                Err(_) => Vec::new(),
            };
            // A failure is kept with the kind and shown; the schedule asks again.
            self.sync(&due, &never, tell).await.ok();
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    async fn states(&self) -> Result<Vec<mirror::SyncState>, StoreError> {
        self.inner.store.read_async(mirror::sync_states).await
    }

    /// How fresh everything is.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn freshness(&self) -> Result<Vec<ProviderFreshness>, StoreError> {
        let states = self.states().await?;
        let running = self.inner.running.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
        let has = [self.inner.clients.whmcs.is_some(), self.inner.clients.contabo.is_some()];
        Ok(fresh::freshness(&states, &running, has))
    }
}

/// Counts rows and estimates what is left.
struct Meter {
    kind: Kind,
    begun: Instant,
    done: u32,
    total: Option<u32>,
}

impl Meter {
    fn add(&mut self, rows: usize, total: Option<u32>) {
        self.done = self.done.saturating_add(u32::try_from(rows).unwrap_or(u32::MAX));
        self.total = total.or(self.total);
    }

    fn progress(&self, state: ProgressState) -> Progress {
        let left = self.total.filter(|_| self.done > 0 && state == ProgressState::Running).map(|total| {
            let each = self.begun.elapsed() / self.done;
            each.saturating_mul(total.saturating_sub(self.done))
        });
        Progress { kind: self.kind, done: self.done, total: self.total, left, state }
    }
}

impl crate::act::MirrorSink for Mirror {
    fn instance_seen<'a>(
        &'a self,
        instance: &'a rackdesk_contabo::api::instances::Instance,
        at: Timestamp,
    ) -> futures::future::BoxFuture<'a, ()> {
        let record = contabo::instance(instance);
        Box::pin(async move {
            // The next sweep brings what could not be kept now; the action's own journal has it in any case.
            if let Err(e) = source::keep(self, vec![record], at).await {
                tracing::warn!(fault = %e, "an instance could not be kept in the mirror");
            }
        })
    }
}
