//! One worker per profile and machine: a file lock that the kernel releases, also when the process is killed.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io,
    path::Path,
};

/// Name of the lock file in the profile's folder.
pub const LOCK_FILE: &str = "worker.lock";

/// Whoever holds it works the queue. Released by dropping it, and by the kernel when the process ends in any way.
#[derive(Debug)]
pub struct WorkerLock {
    _file: File,
}

impl WorkerLock {
    /// Takes the lock, or says that somebody else has it (`None`).
    ///
    /// # Errors
    /// When the file cannot be made or locked.
    pub fn try_take(profile_dir: &Path) -> io::Result<Option<Self>> {
        let file = open(profile_dir)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Whether somebody works the queue. A shared lock is tried and let go at once, so askers do not disturb each
    /// other; a worker that meets one of them tries again.
    ///
    /// # Errors
    /// When the file cannot be made or locked.
    pub fn is_taken(profile_dir: &Path) -> io::Result<bool> {
        match open(profile_dir)?.try_lock_shared() {
            Ok(()) => Ok(false),
            Err(TryLockError::WouldBlock) => Ok(true),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

fn open(profile_dir: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).open(profile_dir.join(LOCK_FILE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_worker_at_a_time_and_the_next_one_at_once() {
        let dir = tempfile::tempdir().unwrap();
        assert!(!WorkerLock::is_taken(dir.path()).unwrap());
        let first = WorkerLock::try_take(dir.path()).unwrap().expect("nobody works");
        assert!(WorkerLock::is_taken(dir.path()).unwrap());
        assert!(WorkerLock::try_take(dir.path()).unwrap().is_none(), "a second worker stands by");
        drop(first);
        assert!(WorkerLock::try_take(dir.path()).unwrap().is_some());
    }

    #[test]
    fn a_profile_folder_that_is_gone_is_an_error_and_not_a_free_lock() {
        let dir = tempfile::tempdir().unwrap();
        assert!(WorkerLock::try_take(&dir.path().join("gone")).is_err());
    }
}
