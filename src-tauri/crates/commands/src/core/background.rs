//! What goes on by itself while a profile is open: the mirror, the queue, and telling views what changed.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use rackdesk_console::{
    act::{EngineHandle, engine},
    record::receipts,
    session::Session,
};
use rackdesk_store::{Store, TableGroup};
use tokio::{sync::broadcast::error::RecvError, task::JoinSet};
use tokio_util::sync::CancellationToken;

use super::{Core, Open};
use crate::{AppError, Tag};

/// Views are told at most this often: a sync writes thousands of rows.
const TELL_EVERY: Duration = Duration::from_millis(150);

/// The background work of one open profile.
pub(crate) struct Background {
    cancel: CancellationToken,
    tasks: Mutex<JoinSet<()>>,
    engine: tokio::sync::Mutex<Option<EngineHandle>>,
    /// What ended gets its receipt before the profile is closed.
    store: Store,
    /// The person's own refreshes can be stopped without ending the rest.
    sync: Mutex<CancellationToken>,
}

impl Background {
    /// Tells views what changes from the start; works only when started.
    pub(super) fn new(core: &Core, session: &Session) -> Self {
        let background = Self {
            cancel: CancellationToken::new(),
            tasks: Mutex::new(JoinSet::new()),
            engine: tokio::sync::Mutex::new(None),
            store: session.store.clone(),
            sync: Mutex::new(CancellationToken::new()),
        };
        background.tell_changes(core.clone(), session);
        background.spawn(receipts::keep_writing(session.store.clone()));
        background
    }

    fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let cancel = self.cancel.clone();
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).spawn(async move {
            cancel.run_until_cancelled(work).await;
        });
    }

    fn tell_changes(&self, core: Core, session: &Session) {
        let mut changes = session.store.subscribe();
        let told = core.clone();
        self.spawn(async move {
            loop {
                let mut tags = match changes.recv().await {
                    Ok(changed) => changed.groups.iter().map(tag).collect::<Vec<_>>(),
                    Err(RecvError::Lagged(_)) => Tag::ALL.to_vec(),
                    Err(RecvError::Closed) => return,
                };
                tokio::time::sleep(TELL_EVERY).await;
                while let Ok(changed) = changes.try_recv() {
                    tags.extend(changed.groups.iter().map(tag));
                }
                tags.sort_unstable();
                tags.dedup();
                told.changed(&tags);
            }
        });
    }

    /// Starts the queue's worker and the mirror's own refreshing.
    pub(super) fn start(&self, core: &Core, open: &Arc<Open>) {
        let worker = Arc::downgrade(open);
        self.spawn(async move {
            loop {
                let Some(open) = worker.upgrade() else { return };
                // Another process may have the queue; when it ends, this one takes over.
                open.background.engine(&open.session).await.ok();
                drop(open);
                tokio::time::sleep(Duration::from_secs(2)).await;
            }
        });
        let mirror = open.session.mirror.clone();
        let (scheduled, opened) = (core.clone(), Arc::downgrade(open));
        self.spawn(crate::schedule::keep(scheduled, opened));
        let core = core.clone();
        self.spawn(async move { mirror.keep_fresh(&|progress| core.progressed(progress.into())).await });
    }

    /// Works the queue in this process, unless another process does.
    ///
    /// # Errors
    /// `AnotherWorker` when another process has it.
    pub(crate) async fn engine(&self, session: &Session) -> Result<(), AppError> {
        let mut engine = self.engine.lock().await;
        if engine.is_none() {
            *engine = Some(session.start_engine().await?);
        }
        Ok(())
    }

    /// Whether this process works the queue.
    pub(crate) async fn works(&self) -> bool {
        self.engine.lock().await.is_some()
    }

    /// Lets the worker look at once.
    pub(crate) async fn wake(&self) {
        if let Some(engine) = self.engine.lock().await.as_ref() {
            engine.wake();
        }
    }

    /// Stops every write within a second: what is in flight is given up and settled later by evidence.
    ///
    /// # Errors
    /// When the switch cannot be written; what this process had in flight was given up all the same.
    pub(crate) async fn stop_everything(&self, session: &Session, by: &str) -> Result<(), AppError> {
        match self.engine.lock().await.as_ref() {
            Some(engine) => engine.stop_everything(by).await?,
            // A worker of another process reads the switch.
            None => engine::stop_everything(&session.deps(), by).await?,
        }
        Ok(())
    }

    /// A token for a refresh that a person asked for.
    pub(crate) fn new_sync(&self) -> CancellationToken {
        let token = self.cancel.child_token();
        *self.sync.lock().unwrap_or_else(PoisonError::into_inner) = token.clone();
        token
    }

    /// Stops the refresh that a person asked for.
    pub(crate) fn stop_sync(&self) {
        self.sync.lock().unwrap_or_else(PoisonError::into_inner).cancel();
    }

    /// Ends everything in order.
    pub(super) async fn stop(&self) {
        self.cancel.cancel();
        if let Some(engine) = self.engine.lock().await.take() {
            engine.stop().await;
        }
        let mut tasks = std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        while tasks.join_next().await.is_some() {}
        // Whatever is missing is written at the next start at the latest.
        receipts::write_missing(&self.store).await.ok();
    }
}

fn tag(group: TableGroup) -> Tag {
    match group {
        TableGroup::Clients => Tag::Clients,
        TableGroup::Services => Tag::Services,
        TableGroup::Servers => Tag::Servers,
        TableGroup::Invoices => Tag::Invoices,
        TableGroup::Tickets => Tag::Tickets,
        TableGroup::Catalogue => Tag::Catalogue,
        TableGroup::Freshness => Tag::Freshness,
        TableGroup::Plans => Tag::Plans,
        TableGroup::Queue => Tag::Queue,
        TableGroup::Log => Tag::Log,
        TableGroup::Receipts => Tag::Receipts,
        TableGroup::Schedule => Tag::Schedule,
        TableGroup::Strangers => Tag::Strangers,
        TableGroup::Policy => Tag::Policy,
        TableGroup::Usage => Tag::Usage,
        TableGroup::Prices => Tag::Prices,
    }
}
