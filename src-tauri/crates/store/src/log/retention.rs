//! Forgetting by age and size, from the old end and in small steps.

use std::collections::HashMap;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction};

use super::{insert::add_counts, segments};
use crate::StoreError;

/// Rows that one step removes at most; a step holds the writer for a moment only.
const STEP: i64 = 5_000;

/// Exchanges that may go: those of no action, or of one that has ended. What an open action sent and was answered is
/// evidence that somebody may still need.
const MAY_GO: &str = "action_id NOT IN (SELECT id FROM action
    WHERE state IN ('held', 'ready', 'running', 'retryable', 'unknown'))";

/// How much the log holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Kept {
    /// Exchanges.
    pub rows: u64,
    /// Their texts in bytes; the file also holds the index over them.
    pub bytes: u64,
}

/// What a step removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Exchanges removed.
    pub rows: u64,
    /// Whether there is more to remove: call again.
    pub more: bool,
}

/// How much the log holds.
///
/// # Errors
/// When the database fails.
pub fn kept(connection: &Connection) -> Result<Kept, StoreError> {
    let mut statement = connection.prepare_cached("SELECT n FROM exchange_count WHERE field = '' AND value = ?1")?;
    let mut figure = |name: &str| -> Result<u64, StoreError> {
        let n: Option<i64> = statement.query_row([name], |row| row.get(0)).optional()?;
        Ok(n.unwrap_or(0).unsigned_abs())
    };
    Ok(Kept { rows: figure("rows")?, bytes: figure("bytes")? })
}

/// By how many bytes the log holds more than it may.
fn over(c: &Connection, most_bytes: Option<u64>) -> Result<u64, StoreError> {
    most_bytes.map_or(Ok(0), |most| Ok(kept(c)?.bytes.saturating_sub(most)))
}

/// What forgetting would remove.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Going {
    /// Exchanges.
    pub rows: u64,
    /// Their texts in bytes.
    pub bytes: u64,
    /// When the last of them began.
    pub until: Option<Timestamp>,
}

/// What [`prune`] would remove by the same bounds, called until it has no more. It reads row by row and stops where
/// that stops.
///
/// # Errors
/// When the database fails.
pub fn going(c: &Connection, before: Option<Timestamp>, most_bytes: Option<u64>) -> Result<Going, StoreError> {
    let over = over(c, most_bytes)?;
    let before = before.map_or(i64::MIN, Timestamp::as_microsecond);
    let mut oldest = c.prepare_cached(&format!("SELECT at, bytes FROM exchange WHERE {MAY_GO} ORDER BY id"))?;
    let mut rows = oldest.query([])?;
    let (mut going, mut last) = (Going::default(), i64::MIN);
    while let Some(row) = rows.next()? {
        let (at, bytes): (i64, i64) = (row.get(0)?, row.get(1)?);
        if at >= before && going.bytes >= over {
            break;
        }
        going.rows += 1;
        going.bytes += bytes.unsigned_abs();
        last = last.max(at);
    }
    going.until = (going.rows > 0).then(|| Timestamp::from_microsecond(last).ok()).flatten();
    Ok(going)
}

/// Removes exchanges that began before a moment, and the oldest ones while the log holds more than so many bytes.
/// Those of actions that have not ended stay, whatever their age.
///
/// # Errors
/// When the database fails.
pub fn prune(tx: &Transaction<'_>, before: Option<Timestamp>, most_bytes: Option<u64>) -> Result<Pruned, StoreError> {
    let over = over(tx, most_bytes)?;
    let before = before.map_or(i64::MIN, Timestamp::as_microsecond);
    let sql = format!("SELECT id, at, bytes FROM exchange WHERE {MAY_GO} ORDER BY id LIMIT ?1");
    let mut oldest = tx.prepare_cached(&sql)?;
    let mut rows = oldest.query([STEP + 1])?;
    let (mut last, mut freed, mut seen) = (None, 0_u64, 0);
    while let Some(row) = rows.next()? {
        let (id, at, bytes): (i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        if at >= before && freed >= over || seen == STEP {
            break;
        }
        seen += 1;
        freed += bytes.unsigned_abs();
        last = Some(id);
    }
    drop(rows);
    let Some(last) = last else { return Ok(Pruned::default()) };
    uncount(tx, last)?;
    let bodies = format!("DELETE FROM exchange_body WHERE id IN (SELECT id FROM exchange WHERE id <= ?1 AND {MAY_GO})");
    tx.execute(&bodies, [last])?;
    tx.execute(&format!("DELETE FROM exchange WHERE id <= ?1 AND {MAY_GO}"), [last])?;
    segments::drop_before(tx, last + 1)?;
    // Each step of this statement gives one page back to the disk.
    let mut vacuum = tx.prepare("PRAGMA incremental_vacuum(4000)")?;
    let mut pages = vacuum.query([])?;
    while pages.next()?.is_some() {}
    Ok(Pruned { rows: seen.unsigned_abs(), more: seen == STEP })
}

fn uncount(tx: &Transaction<'_>, last: i64) -> Result<(), StoreError> {
    let mut counts: HashMap<(&'static str, String), i64> = HashMap::new();
    for (field, value) in [
        ("provider", "provider"),
        ("call", "operation"),
        ("effect", "effect"),
        ("outcome", "outcome"),
        ("status", "nullif(CAST(status AS TEXT), '0')"),
    ] {
        let sql = format!(
            "SELECT {value}, count(*) FROM exchange
             WHERE id <= ?1 AND {MAY_GO} AND {value} IS NOT NULL GROUP BY 1"
        );
        let mut statement = tx.prepare_cached(&sql)?;
        let mut rows = statement.query([last])?;
        while let Some(row) = rows.next()? {
            counts.insert((field, row.get(0)?), -row.get::<_, i64>(1)?);
        }
    }
    let sums = format!("SELECT count(*), coalesce(sum(bytes), 0) FROM exchange WHERE id <= ?1 AND {MAY_GO}");
    let (rows, bytes): (i64, i64) = tx.query_row(&sums, [last], |row| Ok((row.get(0)?, row.get(1)?)))?;
    counts.insert(("", "rows".into()), -rows);
    counts.insert(("", "bytes".into()), -bytes);
    add_counts(tx, counts)?;
    tx.execute("DELETE FROM exchange_count WHERE n <= 0", [])?;
    Ok(())
}
