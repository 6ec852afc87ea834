//! The locks that this database's actions set in services' fields in WHMCS, and what tells this database from others.
//!
//! A lock is written down before WHMCS is told of it, so that it can still be taken away when the action ends where
//! nobody can reach WHMCS: cancelled in a window, not started in time, done while WHMCS did not answer.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use crate::{
    StoreError,
    moments::micros,
    rows::{all, value},
};

/// A lock whose action has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeftLock {
    /// Action.
    pub action_id: i64,
    /// How often it was tried in vain to take it away since.
    pub tries: i64,
}

/// 32 hex digits that were drawn when this database was made, and are those of no other one but its copies.
///
/// # Errors
/// When they cannot be read.
pub fn database_id(c: &Connection) -> Result<String, StoreError> {
    value(c, "SELECT id FROM store_identity WHERE only = 1", [])
}

/// Writes down that an action is about to set a lock that holds until then.
///
/// # Errors
/// When there is no such action.
pub fn note(c: &Connection, action_id: i64, until: Timestamp) -> Result<(), StoreError> {
    c.prepare_cached("INSERT OR REPLACE INTO whmcs_lock (action_id, until) VALUES (?1, ?2)")?
        .execute(params![action_id, micros(until)])?;
    Ok(())
}

/// An action's lock does not stand there any more. Saying it twice is no error.
///
/// # Errors
/// When it cannot be written.
pub fn forget(c: &Connection, action_id: i64) -> Result<(), StoreError> {
    c.prepare_cached("DELETE FROM whmcs_lock WHERE action_id = ?1")?.execute([action_id])?;
    Ok(())
}

/// Forgets the locks that nobody minds any more. Returns how many.
///
/// # Errors
/// When they cannot be written.
pub fn forget_old(c: &Connection, now: Timestamp) -> Result<usize, StoreError> {
    Ok(c.prepare_cached("DELETE FROM whmcs_lock WHERE until <= ?1")?.execute([micros(now)])?)
}

/// Whether there are locks that nobody minds any more.
///
/// # Errors
/// When they cannot be read.
pub fn some_old(c: &Connection, now: Timestamp) -> Result<bool, StoreError> {
    Ok(c.prepare_cached("SELECT 1 FROM whmcs_lock WHERE until <= ?1")?.exists([micros(now)])?)
}

/// The locks that may be taken away now: of actions that are done, and of those that ended before anything of them
/// happened. What broke off half-way keeps its lock for its time, and so does a wish that is open again.
///
/// # Errors
/// When they cannot be read.
pub fn left(c: &Connection, now: Timestamp, limit: u32) -> Result<Vec<LeftLock>, StoreError> {
    let sql = "SELECT l.action_id, l.tries FROM whmcs_lock AS l JOIN action AS a ON a.id = l.action_id
         WHERE a.ended_at IS NOT NULL AND l.until > ?1 AND (l.next_at IS NULL OR l.next_at <= ?1)
             AND (a.state = 'succeeded' OR (a.stage = 0 AND NOT EXISTS (
                 SELECT 1 FROM action_attempt AS t
                 WHERE t.action_id = a.id AND t.outcome NOT IN ('open', 'not_applied', 'unknown'))))
             AND NOT EXISTS (SELECT 1 FROM action AS b WHERE b.unique_key = a.unique_key AND b.ended_at IS NULL)
         ORDER BY l.action_id LIMIT ?2";
    all(c, sql, params![micros(now), limit], |row| Ok(LeftLock { action_id: row.get(0)?, tries: row.get(1)? }))
}

/// A lock could not be taken away: it is tried again then.
///
/// # Errors
/// When it cannot be written.
pub fn put_off(c: &Connection, action_id: i64, next_at: Timestamp) -> Result<(), StoreError> {
    c.prepare_cached("UPDATE whmcs_lock SET tries = tries + 1, next_at = ?2 WHERE action_id = ?1")?
        .execute(params![action_id, micros(next_at)])?;
    Ok(())
}
