//! How a file is written: whole or not at all, as a job that tells how far it is and can be stopped.

use std::{
    collections::{HashMap, HashSet},
    fs::OpenOptions,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
    sync::{LazyLock, Mutex, PoisonError},
};

use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{AppError, Core, ErrorCode, Progress, ProgressState, exports::WrittenFile};

/// The files that this process is writing.
static UNDER_WAY: LazyLock<Mutex<HashSet<PathBuf>>> = LazyLock::new(Mutex::default);

/// A file that nobody else in this process writes as long as this is there.
struct Taken(PathBuf);

impl Taken {
    /// Two ways to write one path are one file: its folder is looked up as the system knows it.
    fn take(file: &Path) -> Result<Self, AppError> {
        let folder = file.parent().and_then(|folder| folder.canonicalize().ok());
        let plain = folder.zip(file.file_name()).map_or_else(|| file.to_owned(), |(folder, name)| folder.join(name));
        match UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner).insert(plain.clone()) {
            true => Ok(Self(plain)),
            false => Err(AppError::invalid("path", "is being written by another export")),
        }
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.0);
    }
}

/// Where a file grows until it is whole: beside it, under a name that nobody else uses (another process may be writing
/// the same file).
fn beside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(format!(".{}.part", Uuid::new_v4().simple()));
    PathBuf::from(name)
}

/// Writes a file whole or not at all.
async fn to_file(
    path: String,
    write: impl FnOnce(&mut dyn Write) -> Result<u64, AppError> + Send + 'static,
) -> Result<WrittenFile, AppError> {
    if path.trim().is_empty() || !Path::new(&path).is_absolute() {
        return Err(AppError::invalid("path", "must name a file with its whole path"));
    }
    tokio::task::spawn_blocking(move || {
        let file = PathBuf::from(&path);
        let _taken = Taken::take(&file)?;
        let beside = beside(&file);
        let mut out = BufWriter::new(OpenOptions::new().write(true).create_new(true).open(&beside)?);
        let written = (|| {
            let entries = write(&mut out)?;
            let file = out.into_inner().map_err(std::io::IntoInnerError::into_error)?;
            file.sync_all()?;
            let bytes = file.metadata()?.len();
            Ok((entries, bytes))
        })();
        let kept =
            written.and_then(|written| std::fs::rename(&beside, &file).map(|()| written).map_err(AppError::from));
        if kept.is_err() {
            std::fs::remove_file(&beside).ok();
        }
        let (entries, bytes) = kept?;
        let number = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
        Ok(WrittenFile { path, entries: number(entries), kilobytes: number(bytes.div_ceil(1024)) })
    })
    .await
    .map_err(AppError::internal)?
}

/// What stops the exports that are under way, by the name of their job.
#[derive(Debug, Default)]
pub(crate) struct Exports(Mutex<HashMap<&'static str, CancellationToken>>);

impl Exports {
    fn begin(&self, job: &'static str) -> CancellationToken {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(job).or_default().child_token()
    }

    /// Stops all of this job that began so far.
    pub(crate) fn stop(&self, job: &'static str) {
        if let Some(begun) = self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(job) {
            begun.cancel();
        }
    }

    /// Stops all that began so far.
    pub(crate) fn stop_all(&self) {
        for (_, begun) in self.0.lock().unwrap_or_else(PoisonError::into_inner).drain() {
            begun.cancel();
        }
    }
}

/// An export while it writes.
#[derive(Clone)]
pub(crate) struct Writing {
    core: Core,
    job: &'static str,
    total: Option<u32>,
    stop: CancellationToken,
}

impl Writing {
    /// How many records were written so far.
    pub(crate) fn tell(&self, done: u64) {
        self.told(done, ProgressState::Running);
    }

    /// What says that somebody asked it to stop.
    pub(crate) fn stop(&self) -> &CancellationToken {
        &self.stop
    }

    fn told(&self, done: u64, state: ProgressState) {
        let done = u32::try_from(done).unwrap_or(u32::MAX);
        self.core.progressed(Progress { job: self.job.into(), done, total: self.total, seconds_left: None, state });
    }
}

/// Writes a file whole or not at all, as a job that tells how far it is and can be stopped. `write` answers how many
/// records there are, or `Cancelled` when it was stopped.
pub(crate) async fn as_job(
    core: &Core,
    job: &'static str,
    total: Option<u32>,
    path: String,
    write: impl FnOnce(&Writing, &mut dyn Write) -> Result<u64, AppError> + Send + 'static,
) -> Result<WrittenFile, AppError> {
    let stop = core.opened()?.exports.begin(job);
    let writing = Writing { core: core.clone(), job, total, stop };
    let told = writing.clone();
    let written = to_file(path, move |out| write(&writing, out)).await;
    match &written {
        Ok(file) => told.told(u64::from(file.entries), ProgressState::Done),
        Err(e) if e.code == ErrorCode::Cancelled => told.told(0, ProgressState::Stopped),
        Err(_) => told.told(0, ProgressState::Failed),
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stopping_ends_what_began_before_and_nothing_that_begins_later() {
        let exports = Exports::default();
        let (one, other, receipts) =
            (exports.begin("log:export"), exports.begin("log:export"), exports.begin("receipts:export"));
        exports.stop("log:export");
        let later = exports.begin("log:export");
        assert!(one.is_cancelled() && other.is_cancelled() && !later.is_cancelled());
        assert!(!receipts.is_cancelled(), "of the other job nobody spoke");
        exports.stop_all();
        assert!(later.is_cancelled() && receipts.is_cancelled());
    }

    #[tokio::test]
    async fn two_exports_to_one_file_never_mix_and_a_stranger_s_part_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("log.jsonl");
        std::fs::write(dir.path().join("log.jsonl.part"), "of another program").unwrap();
        let (go, wait) = std::sync::mpsc::channel::<()>();
        let (began, seen) = tokio::sync::oneshot::channel();
        let first = tokio::spawn(to_file(file.display().to_string(), move |out| {
            out.write_all(b"one, ")?;
            began.send(()).unwrap();
            wait.recv().unwrap();
            out.write_all(b"whole")?;
            Ok(1)
        }));
        seen.await.unwrap();
        let name = dir.path().file_name().unwrap().to_owned();
        let roundabout = dir.path().join("..").join(name).join("log.jsonl").display().to_string();
        for path in [file.display().to_string(), roundabout] {
            let second = to_file(path, |out| out.write_all(b"two").map(|()| 1).map_err(AppError::from)).await;
            assert_eq!(second.unwrap_err().code, ErrorCode::InvalidInput);
        }
        go.send(()).unwrap();
        first.await.unwrap().unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "one, whole");
        to_file(file.display().to_string(), |out| out.write_all(b"two").map(|()| 1).map_err(AppError::from))
            .await
            .unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "two", "after the first it may be written again");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 2, "nothing else is left behind");
    }

    #[tokio::test]
    async fn a_stopped_export_leaves_no_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("log.jsonl");
        let refused = to_file(path.display().to_string(), |out| {
            out.write_all(b"half")?;
            Err(AppError::of(ErrorCode::Cancelled))
        })
        .await
        .unwrap_err();
        assert_eq!(refused.code, ErrorCode::Cancelled);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    }
}
