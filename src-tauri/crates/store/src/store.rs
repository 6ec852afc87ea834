use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread::JoinHandle,
};

use rusqlite::{Connection, Transaction};
use tokio::sync::{broadcast, oneshot};

use crate::{
    Changed, DatabaseKey, OpenError, StoreError,
    identity::Identity,
    list::TotalsCache,
    log::{LogWriter, insert_many},
    open,
    readers::Readers,
    writer::{Job, Sync, Writer},
};

/// The open database of one profile. Cloning is cheap; the file is closed with the last clone or by
/// [`Store::close`].
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    path: PathBuf,
    jobs: Mutex<Option<mpsc::Sender<Job>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    readers: Readers,
    slow_readers: Readers,
    notices: broadcast::Sender<Changed>,
    elsewhere: Arc<AtomicBool>,
    suspect: AtomicBool,
    totals: TotalsCache,
    log: OnceLock<LogWriter>,
}

impl Store {
    /// Opens the database at `path`, making it when there is none, and brings its schema forward. Blocks: an older
    /// file is copied first.
    ///
    /// # Errors
    /// See [`OpenError`]; whatever goes wrong, no byte of an existing database is lost.
    pub fn open(path: &Path, key: &DatabaseKey) -> Result<Self, OpenError> {
        let connection = open::open(path, key)?;
        let notices = broadcast::channel(1024).0;
        let elsewhere = Arc::new(AtomicBool::new(false));
        let writer = Writer::new(connection, notices.clone(), elsewhere.clone())?;
        let (sender, receiver) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || writer.run(&receiver))
            .map_err(|source| OpenError::Io { what: "cannot start the writer thread".into(), source })?;
        let inner = Inner {
            path: path.to_owned(),
            jobs: Mutex::new(Some(sender)),
            thread: Mutex::new(Some(thread)),
            readers: Readers::new(path.to_owned(), key.clone(), 4),
            slow_readers: Readers::new(path.to_owned(), key.clone(), 2),
            notices,
            elsewhere,
            suspect: AtomicBool::new(false),
            totals: TotalsCache::default(),
            log: OnceLock::new(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    /// Runs one transaction on the writer thread and waits for it. Committed means: survives a crash of the program;
    /// a power cut may take the newest commits back, as a whole. For the mirror and the log.
    ///
    /// # Errors
    /// What the closure returns, or why the commit failed; then nothing was changed.
    pub fn write<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        self.wait(Sync::Normal, work)
    }

    /// Like [`Store::write`], but it returns only once the disk has it. For the journal of the queue.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub fn write_durable<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        self.wait(Sync::Full, work)
    }

    /// [`Store::write`] for async callers. Once called the write happens, also when the future is dropped.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub async fn write_async<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        self.wait_async(Sync::Normal, work).await
    }

    /// [`Store::write_durable`] for async callers. Once called the write happens, also when the future is dropped.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub async fn write_durable_async<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        self.wait_async(Sync::Full, work).await
    }

    /// Runs queries on one of the readers; all of them see the same commit. Must not be called while another `read`
    /// of the same thread is running.
    ///
    /// # Errors
    /// What the closure returns; [`StoreError::Busy`] when no reader came free.
    pub fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.watch(self.inner.readers.read(work))
    }

    /// [`Store::read`] on a blocking thread, for async callers.
    ///
    /// # Errors
    /// As [`Store::read`].
    pub async fn read_async<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let store = self.clone();
        tokio::task::spawn_blocking(move || store.read(work)).await.map_err(|_| StoreError::Panicked)?
    }

    /// Reads on the writer's own connection, in turn with the writes. Any commit makes the readers forget what they had
    /// decrypted, but not the writer: for who writes again and again and reads a few rows in between.
    ///
    /// # Errors
    /// What the closure returns. What it should write is taken back.
    pub async fn peek_async<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        self.submit(move |writer| drop(sender.send(writer.peek(work))))?;
        self.watch(receiver.await.unwrap_or(Err(StoreError::Closed)))
    }

    /// For questions that read whole tables: has readers of its own, so that windows never wait for it.
    ///
    /// # Errors
    /// As [`Store::read`].
    pub fn read_slow<T>(&self, work: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.watch(self.inner.slow_readers.read(work))
    }

    /// [`Store::read_slow`] on a blocking thread, for async callers.
    ///
    /// # Errors
    /// As [`Store::read`].
    pub async fn read_slow_async<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let store = self.clone();
        tokio::task::spawn_blocking(move || store.read_slow(work)).await.map_err(|_| StoreError::Panicked)?
    }

    /// The way into the request log; the same one for every caller.
    ///
    /// # Errors
    /// When its thread cannot be started.
    pub fn log_writer(&self) -> Result<LogWriter, StoreError> {
        if let Some(writer) = self.inner.log.get() {
            return Ok(writer.clone());
        }
        // The thread must not keep the store open: it ends with the last one that uses it.
        let inner = Arc::downgrade(&self.inner);
        let writer = LogWriter::start(move |records| {
            let store = Self { inner: inner.upgrade().ok_or(StoreError::Closed)? };
            store.write(move |tx| insert_many(tx, &records))
        })
        .map_err(|e| StoreError::Io { detail: format!("cannot start the log's thread: {e}") })?;
        Ok(self.inner.log.get_or_init(|| writer).clone())
    }

    /// Totals that were counted before and still hold; for [`crate::list::totals`].
    pub fn totals_cache(&self) -> &TotalsCache {
        &self.inner.totals
    }

    /// Told after each commit, of this process at once and of others within about half a second. A listener that
    /// lags should take everything as changed.
    pub fn subscribe(&self) -> broadcast::Receiver<Changed> {
        self.inner.notices.subscribe()
    }

    /// Whether another process committed something since the last call.
    pub fn changes_elsewhere(&self) -> bool {
        self.inner.elsewhere.swap(false, Ordering::Relaxed)
    }

    /// Finishes the writes that were called for, then closes the file. Later calls fail with
    /// [`StoreError::Closed`].
    pub fn close(&self) {
        if let Some(log) = self.inner.log.get() {
            log.close();
        }
        self.inner.stop();
    }

    fn wait<T, F>(&self, sync: Sync, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        let (sender, receiver) = mpsc::sync_channel(1);
        // The caller may have gone; the write counts all the same.
        self.submit(move |writer| drop(sender.send(writer.transaction(sync, work))))?;
        self.watch(receiver.recv().unwrap_or(Err(StoreError::Closed)))
    }

    async fn wait_async<T, F>(&self, sync: Sync, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        self.submit(move |writer| drop(sender.send(writer.transaction(sync, work))))?;
        self.watch(receiver.await.unwrap_or(Err(StoreError::Closed)))
    }

    fn submit(&self, job: impl FnOnce(&mut Writer) + Send + 'static) -> Result<(), StoreError> {
        let jobs = self.inner.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        jobs.as_ref().ok_or(StoreError::Closed)?.send(Box::new(job)).map_err(|_| StoreError::Closed)
    }

    /// Remembers damage, so that the next open looks at the whole file.
    fn watch<T>(&self, outcome: Result<T, StoreError>) -> Result<T, StoreError> {
        if let Err(StoreError::Corrupt { detail }) = &outcome
            && !self.inner.suspect.swap(true, Ordering::Relaxed)
        {
            tracing::error!(detail, "the database is damaged");
            if let Some(mut identity) = Identity::load(&self.inner.path) {
                identity.suspect = true;
                identity.save(&self.inner.path).ok();
            }
        }
        outcome
    }
}

impl Inner {
    /// Ends the writer after the writes that were called for, and closes every connection. What is used of OpenSSL is
    /// taken down when the process ends, so no thread of ours may still be at work then.
    fn stop(&self) {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner).take();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.readers.close();
        self.slow_readers.close();
        // The last clone may have been part of a write and go with it: the writer cannot wait for itself.
        if let Some(thread) = thread.filter(|thread| thread.thread().id() != std::thread::current().id())
            && thread.join().is_err()
        {
            tracing::error!("the writer thread ended in a panic");
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.stop();
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("path", &self.inner.path).finish_non_exhaustive()
    }
}
