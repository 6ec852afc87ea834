//! WHMCS's own module queue, as it was when it was last read.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use crate::{
    StoreError,
    moments::{micros, time},
};

/// A run of a module that failed and that WHMCS keeps for another try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedRun {
    /// Id in WHMCS's queue.
    pub id: i64,
    /// `service`, `addon`, `domain`.
    pub subject: String,
    /// Its id.
    pub subject_id: i64,
    /// Module.
    pub module: String,
    /// What it was told, e.g. `CreateAccount`.
    pub action: String,
    /// The module's own words; foreign text.
    pub error: String,
    /// How often WHMCS tried again.
    pub retries: i64,
    /// When it last tried, in WHMCS's own zone.
    pub last_attempt: String,
    /// When it first failed, in WHMCS's own zone.
    pub created: String,
}

/// A failed run with what the mirror knows of the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownRun {
    /// The run.
    pub run: FailedRun,
    /// The service's client.
    pub client_id: Option<i64>,
    /// The service's name.
    pub name: Option<String>,
}

/// Puts what was read in the place of what was there.
///
/// # Errors
/// When the tables cannot be written.
pub fn replace(c: &Connection, runs: &[FailedRun], read_at: Timestamp) -> Result<(), StoreError> {
    c.execute("DELETE FROM queue_module", [])?;
    let mut add = c.prepare_cached(
        "INSERT OR REPLACE INTO queue_module (id, subject, subject_id, module, action, error, retries, last_attempt,
             created) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    for run in runs {
        add.execute(params![
            run.id,
            run.subject,
            run.subject_id,
            run.module,
            run.action,
            run.error,
            run.retries,
            run.last_attempt,
            run.created,
        ])?;
    }
    c.prepare_cached("INSERT OR REPLACE INTO queue_module_state (only, read_at) VALUES (1, ?1)")?
        .execute([micros(read_at)])?;
    Ok(())
}

/// What it held, newest first, and when it was read; `None` when it never was.
///
/// # Errors
/// When the tables cannot be read.
pub fn runs(c: &Connection) -> Result<(Vec<KnownRun>, Option<Timestamp>), StoreError> {
    let mut statement = c.prepare_cached(
        "SELECT q.*, s.client_id, s.domain, s.product FROM queue_module AS q
         LEFT JOIN service AS s ON q.subject = 'service' AND s.id = q.subject_id ORDER BY q.id DESC",
    )?;
    let rows = statement.query_map([], |row| {
        let names: [Option<String>; 2] = [row.get("domain")?, row.get("product")?];
        Ok(KnownRun {
            run: FailedRun {
                id: row.get("id")?,
                subject: row.get("subject")?,
                subject_id: row.get("subject_id")?,
                module: row.get("module")?,
                action: row.get("action")?,
                error: row.get("error")?,
                retries: row.get("retries")?,
                last_attempt: row.get("last_attempt")?,
                created: row.get("created")?,
            },
            client_id: row.get("client_id")?,
            name: names.into_iter().flatten().find(|name| !name.is_empty()),
        })
    })?;
    let rows = rows.collect::<Result<_, _>>()?;
    let read_at = c
        .prepare_cached("SELECT read_at FROM queue_module_state WHERE only = 1")?
        .query_row([], |row| time(row, "read_at"))
        .optional()?;
    Ok((rows, read_at))
}
