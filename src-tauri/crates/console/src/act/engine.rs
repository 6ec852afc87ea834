//! The worker of one profile: takes what is due, keeps within the limits of each provider, stops at once when told to.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use futures::future::BoxFuture;
use jiff::Timestamp;
use rackdesk_contabo::api::instances::Instance;
use rackdesk_store::{
    Store, StoreError,
    queue::{self, ControlRecord, Due},
};
use rand::{SeedableRng, rngs::StdRng};
use tokio::{
    sync::Notify,
    task::{JoinHandle, JoinSet},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{kinds::Lane, lock::WorkerLock, policy::EnginePolicy, reconcile::later, recover, worker::Worker};

/// What time it is.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// How long something has been running: only ever grows, whatever becomes of the machine's clock.
pub type Steady = Arc<dyn Fn() -> Duration + Send + Sync>;

/// Takes what the engine reads of a resource, so that views follow at once.
pub trait MirrorSink: Send + Sync {
    /// The provider just said this of an instance.
    fn instance_seen<'a>(&'a self, instance: &'a Instance, at: Timestamp) -> BoxFuture<'a, ()>;
}

/// Keeps nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoMirror;

impl MirrorSink for NoMirror {
    fn instance_seen<'a>(&'a self, _: &'a Instance, _: Timestamp) -> BoxFuture<'a, ()> {
        Box::pin(std::future::ready(()))
    }
}

/// What the engine works on.
#[derive(Clone)]
pub struct Deps {
    /// The profile's database.
    pub store: Store,
    /// Contabo, when the profile has an account.
    pub contabo: Option<rackdesk_contabo::Client>,
    /// WHMCS, when the profile has an installation.
    pub whmcs: Option<rackdesk_whmcs::Client>,
    /// Takes what is read.
    pub mirror: Arc<dyn MirrorSink>,
    /// What time it is.
    pub clock: Clock,
    /// How time passes, when the clock is set meanwhile.
    pub steady: Steady,
    /// Request ids. Must never repeat, also not after a restart.
    pub ids: Arc<dyn Fn() -> Uuid + Send + Sync>,
}

impl Deps {
    /// With the machine's clock and random ids.
    pub fn new(store: Store, contabo: Option<rackdesk_contabo::Client>, mirror: Arc<dyn MirrorSink>) -> Self {
        let began = Instant::now();
        Self {
            store,
            contabo,
            whmcs: None,
            mirror,
            clock: Arc::new(Timestamp::now),
            steady: Arc::new(move || began.elapsed()),
            ids: Arc::new(Uuid::new_v4),
        }
    }

    /// The same with a WHMCS installation.
    #[must_use]
    pub fn with_whmcs(self, whmcs: Option<rackdesk_whmcs::Client>) -> Self {
        Self { whmcs, ..self }
    }
}

/// How the engine works.
#[derive(Debug, Clone)]
pub struct EngineOptions {
    /// The profile's folder, which holds the lock file.
    pub profile_dir: PathBuf,
    /// How patient it is.
    pub policy: EnginePolicy,
    /// Makes the jitter of the back-off repeatable.
    pub seed: Option<u64>,
}

/// Why the engine does not start.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// Another process, or another engine of this one, works this profile's queue.
    #[error("another worker has this profile's queue")]
    AnotherWorker,
    /// The lock file cannot be used.
    #[error("the worker lock: {0}")]
    Lock(#[from] std::io::Error),
    /// The queue cannot be read or put in order.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Starts workers.
#[derive(Debug)]
pub struct Engine;

/// How long calls in flight may take to finish when the engine ends. Then they are given up.
const PATIENCE: Duration = Duration::from_secs(3);

/// How often a worker looks at least: for actions and switches of other processes.
const LOOK: Duration = Duration::from_millis(250);

/// By how much a clock may be put back without anybody minding.
const CLOCK_SLACK: Duration = Duration::from_secs(1);

/// Longer than any pause that a worker makes by itself.
fn longest_pause(policy: &EnginePolicy) -> Duration {
    policy.backoff.longest.max(policy.evidence.longest_ask).max(policy.wait.longest_look) * 2
}

impl Engine {
    /// Takes the profile's lock, settles what an earlier worker left behind, and begins to work.
    ///
    /// # Errors
    /// See [`EngineError`]; nothing runs then.
    pub async fn start(deps: Deps, options: EngineOptions) -> Result<EngineHandle, EngineError> {
        let dir = options.profile_dir.clone();
        let taken = tokio::task::spawn_blocking(move || WorkerLock::try_take(&dir)).await;
        let lock = taken.map_err(std::io::Error::other)??.ok_or(EngineError::AnotherWorker)?;
        let now = (deps.clock)();
        let latest = later(now, longest_pause(&options.policy));
        let recover = move |c: &_| {
            queue::wait_no_longer_than(c, now, latest)?;
            recover::all(c, now)
        };
        let left = deps.store.write_durable_async(move |c| recover(c)).await?;
        if left != recover::Recovered::default() {
            tracing::info!(?left, "what the last worker left behind is in order");
        }
        let dice = options.seed.map_or_else(StdRng::from_os_rng, StdRng::seed_from_u64);
        let shared = Arc::new(Shared {
            wake: Notify::new(),
            closing: CancellationToken::new(),
            halt: Mutex::new(CancellationToken::new()),
            in_flight: Mutex::new(HashMap::new()),
        });
        let worker = Arc::new(Worker {
            holder: format!("{}:{}", std::process::id(), Uuid::new_v4().simple()),
            deps,
            policy: options.policy,
            dice: Mutex::new(dice),
            linked: super::linked::Remembered::default(),
            watches: Mutex::default(),
        });
        let dispatcher = Dispatcher { worker: Arc::clone(&worker), shared: Arc::clone(&shared), _lock: lock };
        let task = tokio::spawn(dispatcher.run());
        Ok(EngineHandle { shared, worker, task: Mutex::new(Some(task)) })
    }
}

struct Shared {
    wake: Notify,
    closing: CancellationToken,
    /// Cancelled to give up every call in flight; a fresh one takes its place.
    halt: Mutex<CancellationToken>,
    in_flight: Mutex<HashMap<i64, Lane>>,
}

impl Shared {
    fn halt_token(&self) -> CancellationToken {
        self.halt.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn halt(&self) {
        let mut halt = self.halt.lock().unwrap_or_else(PoisonError::into_inner);
        halt.cancel();
        *halt = CancellationToken::new();
    }

    fn count(&self, lane: Lane) -> usize {
        self.in_flight().values().filter(|l| **l == lane).count()
    }

    fn in_flight(&self) -> std::sync::MutexGuard<'_, HashMap<i64, Lane>> {
        self.in_flight.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A running engine. Dropping it lets the work go on; [`EngineHandle::stop`] ends it in order.
pub struct EngineHandle {
    shared: Arc<Shared>,
    worker: Arc<Worker>,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl EngineHandle {
    /// Lets the worker look at once.
    pub fn wake(&self) {
        self.shared.wake.notify_one();
    }

    /// Ends the work: nothing new starts, calls in flight get a moment to finish, then they are given up and journalled
    /// as unknown where they had been sent; the lock is released.
    pub async fn stop(&self) {
        self.shared.closing.cancel();
        self.wake();
        let task = self.task.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(mut task) = task else { return };
        let ended = match tokio::time::timeout(PATIENCE, &mut task).await {
            Ok(ended) => ended,
            Err(_) => {
                self.shared.halt();
                task.await
            }
        };
        if ended.is_err() {
            tracing::error!("the queue's worker ended in a panic");
        }
    }

    /// Gives up every call in flight at once, and sends nothing more until [`resume`] is called. The switch itself is
    /// on the disk before this returns.
    ///
    /// # Errors
    /// When the switch cannot be written; calls in flight were given up all the same.
    pub async fn stop_everything(&self, by: &str) -> Result<(), StoreError> {
        self.shared.halt();
        let switched = stop_everything(&self.worker.deps, by).await;
        // What slipped through between the two is caught by the second.
        self.shared.halt();
        self.wake();
        switched
    }

    /// Waits until nothing is left that would go on by itself. Paused or stopped, that is everything that waits to be
    /// started.
    ///
    /// # Errors
    /// When the queue cannot be read.
    pub async fn run_until_idle(&self) -> Result<(), StoreError> {
        loop {
            self.wake();
            let idle = self.worker.deps.store.peek_async(is_idle).await?;
            if idle && self.shared.in_flight().is_empty() {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

fn is_idle(c: &rackdesk_store::rusqlite::Connection) -> Result<bool, StoreError> {
    Ok(queue::still_open(c)? == 0)
}

async fn switch(deps: &Deps, control: ControlRecord) -> Result<(), StoreError> {
    deps.store.write_durable_async(move |c| queue::set_control(c, &control)).await
}

/// Starts nothing new. What runs goes on.
///
/// # Errors
/// When the switch cannot be written.
pub async fn pause(deps: &Deps, by: &str) -> Result<(), StoreError> {
    let since = Some((deps.clock)());
    switch(deps, ControlRecord { paused: true, since, by: Some(by.to_owned()), ..ControlRecord::default() }).await
}

/// Writes nothing to a provider any more. A worker of another process gives up its calls within [`LOOK`].
///
/// # Errors
/// When the switch cannot be written.
pub async fn stop_everything(deps: &Deps, by: &str) -> Result<(), StoreError> {
    let since = Some((deps.clock)());
    let by = Some(by.to_owned());
    switch(deps, ControlRecord { paused: true, stopped: true, since, by, ..ControlRecord::default() }).await
}

/// Goes on.
///
/// # Errors
/// When the switch cannot be written.
pub async fn resume(deps: &Deps, by: &str) -> Result<(), StoreError> {
    let since = Some((deps.clock)());
    switch(deps, ControlRecord { since, by: Some(by.to_owned()), ..ControlRecord::default() }).await
}

/// Starts nothing new on one lane. What runs goes on, the other lane too.
///
/// # Errors
/// When the switch cannot be written.
pub async fn pause_lane(deps: &Deps, lane: Lane, by: &str) -> Result<(), StoreError> {
    let (by, since) = (by.to_owned(), (deps.clock)());
    deps.store.write_durable_async(move |c| queue::set_lane(c, lane.name(), Some((&by, since)))).await
}

/// Goes on with one lane.
///
/// # Errors
/// When the switch cannot be written.
pub async fn resume_lane(deps: &Deps, lane: Lane) -> Result<(), StoreError> {
    deps.store.write_durable_async(move |c| queue::set_lane(c, lane.name(), None)).await
}

struct Dispatcher {
    worker: Arc<Worker>,
    shared: Arc<Shared>,
    /// Held as long as work is done, released with the dispatcher.
    _lock: WorkerLock,
}

/// What one look at the queue found.
struct Found {
    due: Vec<(Lane, Due)>,
    stopped: bool,
    next: Option<Timestamp>,
}

impl Dispatcher {
    async fn run(self) {
        let mut tasks = Tasks::new();
        let mut running: HashMap<tokio::task::Id, i64> = HashMap::new();
        let mut stranded: Vec<i64> = Vec::new();
        let mut stopped = false;
        let mut newest = (self.worker.deps.clock)();
        let (worker, shared) = (Arc::clone(&self.worker), Arc::clone(&self.shared));
        let left = tokio::spawn(async move { worker.take_left_locks(|| shared.halt_token(), &shared.closing).await });
        while !self.shared.closing.is_cancelled() {
            self.rescue(&mut stranded).await;
            self.mind_the_clock(&mut newest).await;
            let pause = match self.look().await {
                Ok(found) => {
                    if found.stopped && !stopped {
                        self.shared.halt();
                    }
                    stopped = found.stopped;
                    for (lane, due) in found.due {
                        self.begin(&mut tasks, &mut running, lane, due);
                    }
                    self.until(found.next)
                }
                Err(StoreError::Closed) => break,
                Err(error) => {
                    tracing::warn!(%error, "the queue cannot be read");
                    LOOK * 4
                }
            };
            tokio::select! {
                () = self.shared.wake.notified() => {}
                () = self.shared.closing.cancelled() => {}
                () = tokio::time::sleep(pause) => {}
                Some(ended) = tasks.join_next_with_id(), if !tasks.is_empty() => {
                    stranded.extend(self.ended(&mut running, ended));
                }
            }
        }
        while let Some(ended) = tasks.join_next_with_id().await {
            stranded.extend(self.ended(&mut running, ended));
        }
        self.rescue(&mut stranded).await;
        if left.await.is_err() {
            tracing::error!("what takes left locks away ended in a panic");
        }
    }

    /// When the clock was put back, what waits for a moment of the old time is looked at now.
    async fn mind_the_clock(&self, newest: &mut Timestamp) {
        let now = (self.worker.deps.clock)();
        if later(now, CLOCK_SLACK) < *newest {
            let latest = later(now, longest_pause(&self.worker.policy));
            let waits = move |c: &_| queue::wait_no_longer_than(c, now, latest);
            match self.worker.deps.store.write_async(move |c| waits(c)).await {
                Ok(waited) => tracing::warn!(waited, "the clock was put back"),
                // Asked again at the next look.
                Err(error) => return tracing::warn!(%error, "the clock was put back, and the queue cannot be written"),
            }
        }
        *newest = now;
    }

    fn until(&self, next: Option<Timestamp>) -> Duration {
        let now = (self.worker.deps.clock)();
        let wait = next.map_or(LOOK, |next| Duration::try_from(next.duration_since(now)).unwrap_or_default());
        // What is due already and was not begun waits for a slot or a resource, and whoever frees it wakes us.
        wait.clamp(Duration::from_millis(2), LOOK)
    }

    async fn look(&self) -> Result<Found, StoreError> {
        let now = (self.worker.deps.clock)();
        let policy = &self.worker.policy;
        let busy: Vec<i64> = self.shared.in_flight().keys().copied().collect();
        let free = [
            (Lane::Contabo, policy.contabo_slots.saturating_sub(self.shared.count(Lane::Contabo))),
            (Lane::Whmcs, policy.whmcs_slots.saturating_sub(self.shared.count(Lane::Whmcs))),
        ];
        self.worker
            .deps
            .store
            .peek_async(move |c| {
                let control = queue::control(c)?;
                let mut due = Vec::new();
                for (lane, slots) in free {
                    if slots == 0 {
                        continue;
                    }
                    // What is in a worker's hands already may still look due here.
                    let starts = !control.keeps(lane.name());
                    let found = queue::due(c, lane.name(), now, starts, slots + busy.len())?;
                    due.extend(found.into_iter().filter(|d| !busy.contains(&d.id)).take(slots).map(|d| (lane, d)));
                }
                Ok(Found { due, stopped: control.stopped, next: queue::next_due(c, now)? })
            })
            .await
    }

    fn begin(&self, tasks: &mut Tasks, running: &mut HashMap<tokio::task::Id, i64>, lane: Lane, due: Due) {
        self.shared.in_flight().insert(due.id, lane);
        let worker = Arc::clone(&self.worker);
        let halt = self.shared.halt_token();
        let closing = self.shared.closing.clone();
        let id = due.id;
        let task = tasks.spawn(async move { worker.work(&due, &halt, &closing).await });
        running.insert(task.id(), id);
    }

    /// Takes note of a step that ended; the action's number when it is not in order.
    fn ended(&self, running: &mut HashMap<tokio::task::Id, i64>, ended: Ended) -> Option<i64> {
        let (task, trouble) = match ended {
            Ok((task, Ok(()))) => (task, None),
            Ok((task, Err(error))) => (task, Some(error.to_string())),
            Err(error) => (error.id(), Some(error.to_string())),
        };
        let id = running.remove(&task)?;
        match trouble {
            None => {
                self.shared.in_flight().remove(&id);
                None
            }
            Some(trouble) => {
                tracing::error!(action = id, trouble, "an action's step could not be finished");
                Some(id)
            }
        }
    }

    /// Puts actions in order whose step was not written down. Until that works they stay locked.
    async fn rescue(&self, stranded: &mut Vec<i64>) {
        for id in std::mem::take(stranded) {
            let (now, worker) = (self.worker.now(), Arc::clone(&self.worker));
            let next = move |failures| Some(later(now, worker.pause(failures, None)));
            match self.worker.deps.store.write_durable_async(move |c| recover::one(c, id, now, next)).await {
                Ok(()) | Err(StoreError::Closed) => {
                    self.shared.in_flight().remove(&id);
                }
                // It makes no sense and will not: it keeps its lease, so nobody takes it up, and nobody's place.
                Err(error @ (StoreError::Row { .. } | StoreError::Constraint { .. } | StoreError::NotFound)) => {
                    tracing::error!(action = id, %error, "it cannot be put in order");
                    self.shared.in_flight().remove(&id);
                }
                Err(error) => {
                    tracing::warn!(action = id, %error, "it cannot be put in order yet");
                    stranded.push(id);
                }
            }
        }
    }
}

type Tasks = JoinSet<Result<(), StoreError>>;
type Ended = Result<(tokio::task::Id, Result<(), StoreError>), tokio::task::JoinError>;
