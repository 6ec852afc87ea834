//! What runs by itself: when each job is next, whether it is paused, and what its runs brought.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::{
    StoreError,
    moments::{maybe_micros, maybe_time, micros, time},
};

/// Stands for all jobs.
pub const ALL_JOBS: &str = "*";

/// Runs kept of each job.
const KEPT_RUNS: i64 = 500;

/// A job's state.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JobRecord {
    /// Name.
    pub name: String,
    /// When it runs next.
    pub next_at: Option<Timestamp>,
    /// Failures in a row.
    pub failures: u32,
    /// Who paused it, and when.
    pub paused: Option<(String, Timestamp)>,
}

/// One run of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunRecord {
    /// Row.
    pub id: i64,
    /// Job.
    pub job: String,
    /// When it was due; `None` when a person asked for it.
    pub due_at: Option<Timestamp>,
    /// Who asked for it.
    pub by: Option<String>,
    /// `app` or `rackdeskctl`.
    pub place: String,
    /// When it began.
    pub began_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// `done`, `failed`, `stopped`, `interrupted`; `None` while it runs.
    pub outcome: Option<String>,
    /// What it brought (JSON object of numbers).
    pub counts: String,
    /// Why it failed (JSON).
    pub error: Option<String>,
}

fn read_run(row: &Row<'_>) -> rusqlite::Result<RunRecord> {
    Ok(RunRecord {
        id: row.get("id")?,
        job: row.get("job")?,
        due_at: maybe_time(row, "due_at")?,
        by: row.get("by_operator")?,
        place: row.get("place")?,
        began_at: time(row, "began_at")?,
        ended_at: maybe_time(row, "ended_at")?,
        outcome: row.get("outcome")?,
        counts: row.get("counts")?,
        error: row.get("error")?,
    })
}

/// A job's state; a job that never ran has none yet.
///
/// # Errors
/// When the row cannot be read.
pub fn job(c: &Connection, name: &str) -> Result<Option<JobRecord>, StoreError> {
    let read = |row: &Row<'_>| {
        let by: Option<String> = row.get("paused_by")?;
        Ok(JobRecord {
            name: row.get("name")?,
            next_at: maybe_time(row, "next_at")?,
            failures: row.get("failures")?,
            paused: by.zip(maybe_time(row, "paused_at")?),
        })
    };
    Ok(c.prepare_cached("SELECT * FROM schedule_job WHERE name = ?1")?.query_row([name], read).optional()?)
}

/// Writes a job's state.
///
/// # Errors
/// When the row cannot be written.
pub fn save_job(c: &Connection, job: &JobRecord) -> Result<(), StoreError> {
    let (by, at) = job.paused.clone().unzip();
    c.prepare_cached(
        "INSERT OR REPLACE INTO schedule_job (name, next_at, failures, paused_by, paused_at)
         VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![job.name, maybe_micros(job.next_at), job.failures, by, maybe_micros(at)])?;
    Ok(())
}

/// Writes down that a run begins. Its number.
///
/// # Errors
/// When the row cannot be written.
pub fn begin_run(
    c: &Connection,
    job: &str,
    due_at: Option<Timestamp>,
    by: Option<&str>,
    place: &str,
    at: Timestamp,
) -> Result<i64, StoreError> {
    c.prepare_cached(
        "INSERT INTO schedule_run (job, due_at, by_operator, place, began_at) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![job, maybe_micros(due_at), by, place, micros(at)])?;
    let id = c.last_insert_rowid();
    c.prepare_cached(
        "DELETE FROM schedule_run WHERE job = ?1 AND id <= (
             SELECT id FROM schedule_run WHERE job = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
    )?
    .execute(params![job, KEPT_RUNS])?;
    Ok(id)
}

/// Writes down how a run ended.
///
/// # Errors
/// [`StoreError::NotFound`] when it ended before.
pub fn end_run(
    c: &Connection,
    id: i64,
    at: Timestamp,
    outcome: &str,
    counts: &str,
    error: Option<&str>,
) -> Result<(), StoreError> {
    let written = c
        .prepare_cached(
            "UPDATE schedule_run SET ended_at = max(?2, began_at), outcome = ?3, counts = ?4, error = ?5
             WHERE id = ?1 AND ended_at IS NULL",
        )?
        .execute(params![id, micros(at), outcome, counts, error])?;
    if written == 1 { Ok(()) } else { Err(StoreError::NotFound) }
}

/// Closes the runs that nobody ended: whoever holds the schedule knows that none of them is still at work.
///
/// # Errors
/// When the table cannot be written.
pub fn close_abandoned(c: &Connection, at: Timestamp) -> Result<usize, StoreError> {
    Ok(c.prepare_cached(
        "UPDATE schedule_run SET ended_at = max(?1, began_at), outcome = 'interrupted' WHERE ended_at IS NULL",
    )?
    .execute([micros(at)])?)
}

/// The newest runs of a job, or of all, newest first.
///
/// # Errors
/// When a row cannot be read.
pub fn runs(c: &Connection, job: Option<&str>, most: u32) -> Result<Vec<RunRecord>, StoreError> {
    let mut statement =
        c.prepare_cached("SELECT * FROM schedule_run WHERE ?1 IS NULL OR job = ?1 ORDER BY id DESC LIMIT ?2")?;
    Ok(statement.query_map(params![job, most], read_run)?.collect::<Result<_, _>>()?)
}
