//! What runs by itself: named jobs, each with a cadence, one at a time on a profile.
//!
//! [`cadence`] says when; it is pure and the clock is a parameter. [`jobs`] says what there is. [`Schedule`] keeps what
//! became of it, and lets one process at a time run one job: a lock file that the kernel releases stands for the right to
//! run, and under it the job's state is read again, so that two programs that find the same job due run it once.
//!
//! A machine that slept through ten quarters of an hour runs the job once, not ten times.
//! To add a job: its line in [`jobs`], and its work where the use cases are (`commands::schedule`).

pub mod cadence;
pub mod jobs;

use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
};

use cadence::Due;
use jiff::{Timestamp, tz::TimeZone};
pub use jobs::{JOBS, Job, Work};
use rackdesk_store::{
    Store, StoreError,
    schedule::{self, ALL_JOBS, JobRecord, RunRecord},
};
use serde_json::Value;

/// Name of the lock file in the profile's folder.
pub const LOCK_FILE: &str = "schedule.lock";

/// What a run brought: figures by name, e.g. `rows`.
pub type Counts = BTreeMap<String, u64>;

/// How a job's work ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Worked {
    /// It came to its end.
    Done(Counts),
    /// It failed: what it brought all the same, and why (JSON).
    Failed(Counts, Value),
    /// Somebody stopped it.
    Stopped(Counts),
}

/// Why a job was not run.
#[derive(Debug, thiserror::Error)]
pub enum ScheduleError {
    /// Another process, or this one, runs a job of this profile at this moment.
    #[error("another job of this profile is running")]
    Busy,
    /// There is no such job, or not in this profile.
    #[error("there is no job {0}")]
    Unknown(String),
    /// The lock file.
    #[error("schedule lock: {0}")]
    Lock(#[from] io::Error),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A job and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct JobState {
    /// Which.
    pub job: &'static Job,
    /// When it runs next; `None` when it is paused or goes on all the time.
    pub next_at: Option<Timestamp>,
    /// Failures in a row.
    pub failures: u32,
    /// Who paused it, and when.
    pub paused: Option<(String, Timestamp)>,
    /// It runs now.
    pub running: bool,
    /// Its last run, or the one that goes on.
    pub last: Option<RunRecord>,
}

/// Why a job runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// It was due.
    Due,
    /// A person asked for it.
    Asked(String),
}

/// The schedule of one profile.
#[derive(Debug, Clone)]
pub struct Schedule {
    store: Store,
    dir: PathBuf,
    /// `app` or `rackdeskctl`.
    place: &'static str,
    /// Which providers there are: WHMCS, Contabo.
    has: [bool; 2],
    /// Moves this profile's jobs a little, so that not every Rackdesk asks at the full hour.
    phase: jiff::SignedDuration,
    zone: TimeZone,
}

impl Schedule {
    /// The schedule of a profile. `has` says which of WHMCS and Contabo it has, `place` what runs it.
    pub fn new(store: Store, dir: &Path, profile: &str, has: [bool; 2], place: &'static str) -> Self {
        let phase = cadence::phase(profile);
        Self { store, dir: dir.to_owned(), place, has, phase, zone: TimeZone::system() }
    }

    /// The jobs of this profile.
    pub fn jobs(&self) -> impl Iterator<Item = &'static Job> {
        let [whmcs, contabo] = self.has;
        JOBS.iter().filter(move |job| match job.needs {
            jobs::Needs::Nothing => true,
            jobs::Needs::Either => whmcs || contabo,
            jobs::Needs::Whmcs => whmcs,
            jobs::Needs::Contabo => contabo,
        })
    }

    /// The job of that name.
    ///
    /// # Errors
    /// `Unknown` when this profile has none.
    pub fn named(&self, name: &str) -> Result<&'static Job, ScheduleError> {
        self.jobs().find(|job| job.name == name).ok_or_else(|| ScheduleError::Unknown(name.to_owned()))
    }

    fn due(&self, job: &Job, state: Option<&JobRecord>, now: Timestamp) -> Due {
        cadence::due(job.cadence, self.phase, &self.zone, state.and_then(|s| s.next_at), now)
    }

    /// Every job and where it stands, and who paused them all.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn list(&self, now: Timestamp) -> Result<(Vec<JobState>, Option<(String, Timestamp)>), ScheduleError> {
        let this = self.clone();
        // A run without an end is one that goes on only while somebody holds the lock.
        let at_work = ScheduleLock::is_taken(&self.dir)?;
        let read = self.store.read_async(move |c| {
            let all = schedule::job(c, ALL_JOBS)?.and_then(|all| all.paused);
            let mut states = Vec::new();
            for job in this.jobs() {
                let kept = schedule::job(c, job.name)?;
                let last = schedule::runs(c, Some(job.name), 1)?.pop();
                let paused = kept.as_ref().and_then(|k| k.paused.clone());
                let next = match this.due(job, kept.as_ref(), now) {
                    _ if paused.is_some() || all.is_some() => None,
                    Due::Always => None,
                    Due::Now(at) | Due::At(at) => Some(at),
                };
                let running = at_work && last.as_ref().is_some_and(|run| run.ended_at.is_none());
                let failures = kept.map_or(0, |k| k.failures);
                states.push(JobState { job, next_at: next, failures, paused, running, last });
            }
            Ok((states, all))
        });
        Ok(read.await?)
    }

    /// The jobs that are due, in their order. Those that go on all the time only when asked for (`always`).
    ///
    /// # Errors
    /// When the store cannot be read or written.
    pub async fn due_now(&self, now: Timestamp, always: bool) -> Result<Vec<&'static Job>, ScheduleError> {
        let this = self.clone();
        let found = self.store.read_async(move |c| {
            let (mut due, mut plan) = (Vec::new(), Vec::new());
            if schedule::job(c, ALL_JOBS)?.is_some_and(|all| all.paused.is_some()) {
                return Ok((due, plan));
            }
            for job in this.jobs() {
                let kept = schedule::job(c, job.name)?;
                if kept.as_ref().is_some_and(|k| k.paused.is_some()) {
                    continue;
                }
                match this.due(job, kept.as_ref(), now) {
                    Due::Now(_) => due.push(job),
                    Due::Always if always => due.push(job),
                    Due::Always => {}
                    // Seen for the first time, or the clock went back: from now on it is known when.
                    Due::At(at) if kept.as_ref().and_then(|k| k.next_at) != Some(at) => plan.push((job.name, at)),
                    Due::At(_) => {}
                }
            }
            Ok((due, plan))
        });
        let (due, plan) = found.await?;
        if !plan.is_empty() {
            self.store
                .write_async(move |tx| {
                    for (name, at) in plan {
                        let kept = schedule::job(tx, name)?;
                        let mut job = kept.unwrap_or_else(|| JobRecord { name: name.into(), ..JobRecord::default() });
                        job.next_at = Some(at);
                        schedule::save_job(tx, &job)?;
                    }
                    Ok(())
                })
                .await?;
        }
        Ok(due)
    }

    /// Runs one job. `None` when it was due and is no longer: another process ran it meanwhile, or paused it.
    ///
    /// # Errors
    /// `Busy` when a job of this profile runs somewhere.
    pub async fn run<F>(
        &self,
        job: &'static Job,
        why: Why,
        work: impl FnOnce() -> F,
    ) -> Result<Option<RunRecord>, ScheduleError>
    where
        F: Future<Output = Worked>,
    {
        let Some(lock) = ScheduleLock::try_take(&self.dir)? else { return Err(ScheduleError::Busy) };
        let Some(id) = self.begin(job, &why).await? else { return Ok(None) };
        let worked = work().await;
        let run = self.end(job, id, worked).await?;
        drop(lock);
        Ok(run)
    }

    async fn begin(&self, job: &'static Job, why: &Why) -> Result<Option<i64>, StoreError> {
        let (this, why, now) = (self.clone(), why.clone(), Timestamp::now());
        self.store
            .write_async(move |tx| {
                schedule::close_abandoned(tx, now)?;
                let kept = schedule::job(tx, job.name)?;
                let paused = kept.as_ref().is_some_and(|k| k.paused.is_some())
                    || schedule::job(tx, ALL_JOBS)?.is_some_and(|all| all.paused.is_some());
                let (due_at, by) = match (why, this.due(job, kept.as_ref(), now)) {
                    // Who asks for it gets it, paused or not.
                    (Why::Asked(by), _) => (None, Some(by)),
                    (Why::Due, Due::Now(at)) if !paused => (Some(at), None),
                    (Why::Due, Due::Always) if !paused => (Some(now), None),
                    (Why::Due, _) => return Ok(None),
                };
                schedule::begin_run(tx, job.name, due_at, by.as_deref(), this.place, now).map(Some)
            })
            .await
    }

    async fn end(&self, job: &'static Job, id: i64, worked: Worked) -> Result<Option<RunRecord>, StoreError> {
        let (this, now) = (self.clone(), Timestamp::now());
        let (outcome, counts, error) = match worked {
            Worked::Done(counts) => ("done", counts, None),
            Worked::Failed(counts, why) => ("failed", counts, Some(why.to_string())),
            Worked::Stopped(counts) => ("stopped", counts, None),
        };
        let counts = serde_json::to_string(&counts).unwrap_or_else(|_| "{}".into());
        self.store
            .write_async(move |tx| {
                schedule::end_run(tx, id, now, outcome, &counts, error.as_deref())?;
                let kept = schedule::job(tx, job.name)?;
                let mut state = kept.unwrap_or_else(|| JobRecord { name: job.name.into(), ..JobRecord::default() });
                state.failures = if outcome == "failed" { state.failures.saturating_add(1) } else { 0 };
                state.next_at = cadence::after_run(job.cadence, this.phase, &this.zone, state.failures, now);
                schedule::save_job(tx, &state)?;
                Ok(schedule::runs(tx, Some(job.name), 1)?.into_iter().find(|run| run.id == id))
            })
            .await
    }

    /// Pauses a job, or all of them (`None`), or lets them go on.
    ///
    /// # Errors
    /// `Unknown` when this profile has no such job.
    pub async fn pause(&self, name: Option<&str>, by: &str, paused: bool) -> Result<(), ScheduleError> {
        let name = match name {
            Some(name) => self.named(name)?.name,
            None => ALL_JOBS,
        };
        let (by, now) = (by.to_owned(), Timestamp::now());
        self.store
            .write_async(move |tx| {
                let kept = schedule::job(tx, name)?;
                let mut job = kept.unwrap_or_else(|| JobRecord { name: name.into(), ..JobRecord::default() });
                job.paused = paused.then_some((by, now));
                schedule::save_job(tx, &job)
            })
            .await?;
        Ok(())
    }
}

/// The right to run a job of a profile. Released by dropping it, and by the kernel when the process ends in any way.
#[derive(Debug)]
struct ScheduleLock {
    _file: File,
}

impl ScheduleLock {
    fn try_take(dir: &Path) -> io::Result<Option<Self>> {
        let file = open(dir)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    fn is_taken(dir: &Path) -> io::Result<bool> {
        match open(dir)?.try_lock_shared() {
            Ok(()) => Ok(false),
            Err(TryLockError::WouldBlock) => Ok(true),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

fn open(dir: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).open(dir.join(LOCK_FILE))
}

#[cfg(test)]
mod tests;
