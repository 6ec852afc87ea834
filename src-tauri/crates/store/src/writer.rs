//! The one thread that writes.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, atomic::AtomicBool, mpsc},
    time::{Duration, Instant},
};

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::broadcast;

use crate::{Changed, Groups, StoreError, TableGroup, notice::Touched};

/// A write, boxed with the channel its result goes to.
pub(crate) type Job = Box<dyn FnOnce(&mut Writer) + Send>;

/// How long the disk is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sync {
    /// In the journal; a power cut may lose the newest commits, never half of one.
    Normal,
    /// On the disk before the call returns.
    Full,
}

const POLL: Duration = Duration::from_millis(500);

pub(crate) struct Writer {
    connection: Connection,
    touched: Arc<Touched>,
    notices: broadcast::Sender<Changed>,
    elsewhere: Arc<AtomicBool>,
    sync: Option<Sync>,
    data_version: i64,
    marks: [i64; TableGroup::ALL.len()],
}

impl Writer {
    pub(crate) fn new(
        mut connection: Connection,
        notices: broadcast::Sender<Changed>,
        elsewhere: Arc<AtomicBool>,
    ) -> rusqlite::Result<Self> {
        let touched = Arc::new(Touched::default());
        let hook = touched.clone();
        connection.update_hook(Some(move |_, _: &str, table: &str, _| hook.table(table)))?;
        let data_version = data_version(&connection)?;
        let marks = read_marks(&connection)?;
        Ok(Self { connection, touched, notices, elsewhere, sync: None, data_version, marks })
    }

    /// Works until every sender is gone.
    pub(crate) fn run(mut self, jobs: &mpsc::Receiver<Job>) {
        let mut looked = Instant::now();
        loop {
            match jobs.recv_timeout(POLL.saturating_sub(looked.elapsed())) {
                Ok(job) => job(&mut self),
                Err(mpsc::RecvTimeoutError::Timeout) => {}
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
            }
            if looked.elapsed() >= POLL {
                looked = Instant::now();
                if let Err(error) = self.look_elsewhere() {
                    tracing::warn!(%error, "cannot see what other processes changed");
                }
            }
        }
        // Fresh statistics keep the windows on their indexes; SQLite limits itself to what it needs.
        self.connection.execute_batch("PRAGMA optimize;").ok();
    }

    /// One transaction. On any error, also a panic, nothing of it stays.
    pub(crate) fn transaction<T>(
        &mut self,
        sync: Sync,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.set_sync(sync)?;
        self.touched.take();
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let outcome = catch_unwind(AssertUnwindSafe(|| work(&transaction))).unwrap_or(Err(StoreError::Panicked))?;
        let groups = self.touched.peek();
        for group in groups.iter() {
            transaction
                .prepare_cached("INSERT INTO change_mark (grp, n) VALUES (?1, 1) ON CONFLICT DO UPDATE SET n = n + 1")?
                .execute([group as u32])?;
        }
        transaction.commit()?;
        for group in groups.iter() {
            self.marks[group as usize] += 1;
        }
        self.tell(groups, false);
        Ok(outcome)
    }

    /// Reads one state of the database. What the closure should write is taken back.
    pub(crate) fn peek<T>(&mut self, work: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let snapshot = self.connection.transaction_with_behavior(TransactionBehavior::Deferred)?;
        catch_unwind(AssertUnwindSafe(|| work(&snapshot))).unwrap_or(Err(StoreError::Panicked))
    }

    fn set_sync(&mut self, sync: Sync) -> Result<(), StoreError> {
        if self.sync != Some(sync) {
            self.connection.execute_batch(match sync {
                Sync::Normal => "PRAGMA synchronous = NORMAL;",
                Sync::Full => "PRAGMA synchronous = FULL;",
            })?;
            self.sync = Some(sync);
        }
        Ok(())
    }

    /// This connection makes all commits of this process, so a moved data version is another process's commit.
    fn look_elsewhere(&mut self) -> Result<(), StoreError> {
        let now = data_version(&self.connection)?;
        if now == self.data_version {
            return Ok(());
        }
        self.data_version = now;
        let marks = read_marks(&self.connection)?;
        let groups: Groups =
            TableGroup::ALL.into_iter().filter(|g| marks[*g as usize] != self.marks[*g as usize]).collect();
        self.marks = marks;
        if !groups.is_empty() {
            self.elsewhere.store(true, std::sync::atomic::Ordering::Relaxed);
            self.tell(groups, true);
        }
        Ok(())
    }

    fn tell(&self, groups: Groups, elsewhere: bool) {
        if !groups.is_empty() {
            // Nobody listening is fine.
            self.notices.send(Changed { groups, elsewhere }).ok();
        }
    }
}

fn data_version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("PRAGMA data_version", [], |row| row.get(0))
}

fn read_marks(connection: &Connection) -> rusqlite::Result<[i64; TableGroup::ALL.len()]> {
    let mut marks = [0; TableGroup::ALL.len()];
    let mut statement = connection.prepare_cached("SELECT grp, n FROM change_mark")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if let Some(mark) = marks.get_mut(row.get::<_, u32>(0)? as usize) {
            *mark = row.get(1)?;
        }
    }
    Ok(marks)
}
