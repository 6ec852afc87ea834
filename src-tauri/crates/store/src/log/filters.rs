//! Questions to the log that a person gave a name, and how long the log is kept.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::{
    StoreError,
    moments::{maybe_micros, maybe_time, micros, time},
};

/// Names kept at most.
const MOST: u32 = 200;

/// A question with a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedFilter {
    /// Number.
    pub id: i64,
    /// Name, unique whatever its letter case.
    pub name: String,
    /// The question (JSON).
    pub query: String,
    /// Who saved it.
    pub by: String,
    /// When.
    pub saved_at: Timestamp,
}

/// All of them, by name.
///
/// # Errors
/// When a row cannot be read.
pub fn saved_filters(c: &Connection) -> Result<Vec<SavedFilter>, StoreError> {
    let mut statement = c.prepare_cached("SELECT * FROM exchange_filter ORDER BY name")?;
    let read = |row: &Row<'_>| {
        Ok(SavedFilter {
            id: row.get("id")?,
            name: row.get("name")?,
            query: row.get("query")?,
            by: row.get("by_operator")?,
            saved_at: time(row, "saved_at")?,
        })
    };
    Ok(statement.query_map([], read)?.collect::<Result<_, _>>()?)
}

/// Keeps a question under a name, in place of the one that had it. Its number.
///
/// # Errors
/// [`StoreError::Input`] when there are too many, [`StoreError::Constraint`] for a name that is none.
pub fn save_filter(c: &Connection, name: &str, query: &str, by: &str, at: Timestamp) -> Result<i64, StoreError> {
    let count: u32 = c
        .prepare_cached("SELECT count(*) FROM exchange_filter WHERE name <> ?1 COLLATE NOCASE")?
        .query_row([name], |row| row.get(0))?;
    if count >= MOST {
        return Err(StoreError::input("name", "would be one saved filter too many (200)"));
    }
    Ok(c.prepare_cached(
        "INSERT INTO exchange_filter (name, query, by_operator, saved_at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (name) DO UPDATE SET name = excluded.name, query = excluded.query,
             by_operator = excluded.by_operator, saved_at = excluded.saved_at
         RETURNING id",
    )?
    .query_row(params![name, query, by, micros(at)], |row| row.get(0))?)
}

/// Forgets a saved question. False when there is none of that name.
///
/// # Errors
/// When the row cannot be removed.
pub fn drop_filter(c: &Connection, name: &str) -> Result<bool, StoreError> {
    Ok(c.prepare_cached("DELETE FROM exchange_filter WHERE name = ?1")?.execute([name])? == 1)
}

/// How long the log is kept; what is `None` has no bound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retention {
    /// Days.
    pub days: Option<u32>,
    /// Size of the texts.
    pub megabytes: Option<u32>,
    /// Who said so last.
    pub by: Option<String>,
    /// When.
    pub changed_at: Option<Timestamp>,
}

/// How long the log is kept.
///
/// # Errors
/// When the row cannot be read.
pub fn retention(c: &Connection) -> Result<Retention, StoreError> {
    let read = |row: &Row<'_>| {
        Ok(Retention {
            days: row.get("days")?,
            megabytes: row.get("megabytes")?,
            by: row.get("by_operator")?,
            changed_at: maybe_time(row, "changed_at")?,
        })
    };
    let found = c.prepare_cached("SELECT * FROM exchange_retention WHERE only = 1")?.query_row([], read).optional()?;
    found.ok_or(StoreError::NotFound)
}

/// Says how long the log is kept.
///
/// # Errors
/// [`StoreError::Constraint`] for bounds outside 7 to 3650 days and 16 to 1048576 MiB.
pub fn set_retention(c: &Connection, retention: &Retention) -> Result<(), StoreError> {
    c.prepare_cached(
        "UPDATE exchange_retention SET days = ?1, megabytes = ?2, by_operator = ?3, changed_at = ?4 WHERE only = 1",
    )?
    .execute(params![retention.days, retention.megabytes, retention.by, maybe_micros(retention.changed_at)])?;
    Ok(())
}
