//! A small pool of connections that only read.

use std::{
    path::PathBuf,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use rusqlite::Connection;

use crate::{
    DatabaseKey, StoreError,
    open::{Role, connect},
};

/// A view that waited longer than this will not be waited for any more.
const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) struct Readers {
    path: PathBuf,
    key: DatabaseKey,
    most: usize,
    state: Mutex<State>,
    returned: Condvar,
}

#[derive(Default)]
struct State {
    idle: Vec<Connection>,
    open: usize,
    closed: bool,
}

impl Readers {
    pub(crate) fn new(path: PathBuf, key: DatabaseKey, most: usize) -> Self {
        Self { path, key, most, state: Mutex::default(), returned: Condvar::new() }
    }

    /// Lends a connection inside a transaction, so that all its queries see the same commit.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let loan = self.borrow()?;
        let connection = loan.connection()?;
        let snapshot = connection.unchecked_transaction()?;
        let answer = work(connection);
        drop(snapshot);
        answer
    }

    pub(crate) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.idle.clear();
        drop(state);
        self.returned.notify_all();
    }

    fn borrow(&self) -> Result<Loan<'_>, StoreError> {
        let started = Instant::now();
        let mut state = self.lock();
        loop {
            if state.closed {
                return Err(StoreError::Closed);
            }
            if let Some(connection) = state.idle.pop() {
                return Ok(Loan { readers: self, connection: Some(connection) });
            }
            if state.open < self.most {
                state.open += 1;
                drop(state);
                // From here on the loan gives the place back, also when connecting fails.
                let mut loan = Loan { readers: self, connection: None };
                loan.connection = Some(connect(&self.path, &self.key, Role::Reader)?);
                return Ok(loan);
            }
            let left = PATIENCE.saturating_sub(started.elapsed());
            if left.is_zero() {
                return Err(StoreError::Busy);
            }
            state = self.returned.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panicking reader leaves nothing half-done here.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Loan<'a> {
    readers: &'a Readers,
    connection: Option<Connection>,
}

impl Loan<'_> {
    fn connection(&self) -> Result<&Connection, StoreError> {
        self.connection.as_ref().ok_or(StoreError::Closed)
    }
}

impl Drop for Loan<'_> {
    fn drop(&mut self) {
        let mut state = self.readers.lock();
        match self.connection.take() {
            Some(connection) if !state.closed => state.idle.push(connection),
            _ => state.open -= 1,
        }
        drop(state);
        self.readers.returned.notify_one();
    }
}
