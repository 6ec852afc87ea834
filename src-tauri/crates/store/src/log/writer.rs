//! The way of an exchange from the task that made it into the database: over a bounded channel, in batches.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread::JoinHandle,
    time::Duration,
};

use super::ExchangeRecord;
use crate::StoreError;

/// Exchanges that wait at most. Each may hold two bodies of some 100 KiB.
const WAITING: usize = 2_048;
/// Exchanges per transaction at most.
const BATCH: usize = 256;
/// How long a batch is collected: a person who looks at the log sees a call about this late.
const COLLECT: Duration = Duration::from_millis(60);

/// Takes finished exchanges. Clones share one queue.
#[derive(Clone)]
pub struct LogWriter {
    shared: Arc<Shared>,
}

struct Shared {
    sender: Mutex<Option<SyncSender<Message>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    dropped: Arc<AtomicU64>,
}

/// Makes a record out of what the caller had at hand.
type Make = Box<dyn FnOnce() -> ExchangeRecord + Send>;

enum Message {
    Record(Make),
    Flush(SyncSender<()>),
}

impl LogWriter {
    /// `write` commits one batch.
    pub(crate) fn start(
        write: impl Fn(Vec<ExchangeRecord>) -> Result<(), StoreError> + Send + 'static,
    ) -> std::io::Result<Self> {
        let (sender, receiver) = sync_channel(WAITING);
        let dropped = Arc::new(AtomicU64::new(0));
        let lost = dropped.clone();
        let thread = std::thread::Builder::new().name("store-log".into()).spawn(move || {
            work(&receiver, &write, &lost);
        })?;
        let shared = Shared { sender: Mutex::new(Some(sender)), thread: Mutex::new(Some(thread)), dropped };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Hands an exchange over and returns at once; `make` is called on the log's thread. When more come than can be
    /// written, or after the store was closed, it is dropped and counted.
    pub fn push(&self, make: impl FnOnce() -> ExchangeRecord + Send + 'static) {
        let message = Message::Record(Box::new(make));
        let sender = self.shared.sender.lock().unwrap_or_else(PoisonError::into_inner);
        let outcome = match &*sender {
            Some(sender) => sender.try_send(message),
            None => Err(TrySendError::Disconnected(message)),
        };
        if outcome.is_err() {
            self.shared.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Exchanges that could not be kept since the store was opened.
    pub fn dropped(&self) -> u64 {
        self.shared.dropped.load(Ordering::Relaxed)
    }

    /// Waits until everything pushed so far is in the database. Blocks.
    pub fn flush(&self) {
        let sender = self.shared.sender.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let (done, wait) = sync_channel(1);
        if let Some(sender) = sender
            && sender.send(Message::Flush(done)).is_ok()
        {
            wait.recv().ok();
        }
    }

    /// Writes what waits and ends.
    pub(crate) fn close(&self) {
        self.shared.sender.lock().unwrap_or_else(PoisonError::into_inner).take();
        let thread = self.shared.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread
            && thread.join().is_err()
        {
            tracing::error!("the log's thread ended in a panic");
        }
    }
}

impl std::fmt::Debug for LogWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LogWriter").field("dropped", &self.dropped()).finish_non_exhaustive()
    }
}

fn work(
    receiver: &Receiver<Message>,
    write: &impl Fn(Vec<ExchangeRecord>) -> Result<(), StoreError>,
    dropped: &AtomicU64,
) {
    let mut told = 0;
    loop {
        let Ok(first) = receiver.recv() else { break };
        let (mut batch, mut waiting) = (Vec::new(), Vec::new());
        let mut next = Some(first);
        while let Some(message) = next.take() {
            match message {
                // One exchange that cannot be made into a record must not end the log.
                Message::Record(make) => match catch_unwind(AssertUnwindSafe(make)) {
                    Ok(record) => batch.push(record),
                    Err(_) => _ = dropped.fetch_add(1, Ordering::Relaxed),
                },
                Message::Flush(done) => waiting.push(done),
            }
            if batch.len() >= BATCH {
                break;
            }
            // Who waits for a flush does not wait for a batch to fill.
            let patience = if waiting.is_empty() { COLLECT } else { Duration::ZERO };
            next = receiver.recv_timeout(patience).ok();
        }
        let size = batch.len() as u64;
        if size > 0
            && let Err(error) = write(batch)
        {
            dropped.fetch_add(size, Ordering::Relaxed);
            tracing::error!(%error, exchanges = size, "exchanges could not be logged");
        }
        for done in waiting {
            done.send(()).ok();
        }
        let lost = dropped.load(Ordering::Relaxed);
        if lost > told {
            tracing::warn!(dropped = lost - told, "exchanges were dropped from the request log");
            told = lost;
        }
    }
}
