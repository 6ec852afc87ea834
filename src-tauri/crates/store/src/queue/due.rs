//! What may be worked on now, and what was under way.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::{
    ActionRecord,
    rows::{maybe_time, micros, read_action},
};
use crate::StoreError;

/// Why an action is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Watch {
    /// It waits for the provider, or nobody knows whether it happened: the provider is to be asked. Reads only.
    Look,
    /// It may be started.
    Start,
}

/// An action that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// Action.
    pub id: i64,
    /// Why.
    pub watch: Watch,
}

/// An action is next in line when nobody holds its resource, none between two of its steps waits for it, no older one
/// does, and everything it needs has succeeded. A held one waits for nobody, and nobody for it.
const NEXT_IN_LINE: &str = "NOT EXISTS (
    SELECT 1 FROM action AS b
    WHERE b.resource_key = a.resource_key AND b.id <> a.id AND b.state IN ('ready', 'running', 'retryable', 'unknown')
      AND (b.state IN ('running', 'unknown') OR b.stage > a.stage OR (b.stage = a.stage AND b.id < a.id)))
  AND NOT EXISTS (
    SELECT 1 FROM action_need AS n JOIN action AS p ON p.id = n.needs_id
    WHERE n.action_id = a.id AND p.state <> 'succeeded')";

/// The actions of a lane that are due, looks first, then starts by priority and age.
///
/// # Errors
/// When the queue cannot be read.
pub fn due(c: &Connection, lane: &str, now: Timestamp, starts: bool, limit: usize) -> Result<Vec<Due>, StoreError> {
    let most = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut found: Vec<Due> = c
        .prepare_cached(
            "SELECT id FROM action WHERE lane = ?1 AND state IN ('running', 'unknown') AND lease_holder IS NULL
                 AND next_at <= ?2
             ORDER BY next_at, id LIMIT ?3",
        )?
        .query_map(params![lane, micros(now), most], |row| row.get(0))?
        .map(|id| id.map(|id| Due { id, watch: Watch::Look }))
        .collect::<Result<_, _>>()?;
    if starts && found.len() < limit {
        let left = most - i64::try_from(found.len()).unwrap_or(0);
        let sql = format!(
            "SELECT a.id FROM action AS a
             WHERE a.lane = ?1 AND a.state IN ('ready', 'retryable') AND (a.next_at IS NULL OR a.next_at <= ?2)
                 AND {NEXT_IN_LINE}
             ORDER BY a.priority DESC, a.id LIMIT ?3"
        );
        let mut statement = c.prepare_cached(&sql)?;
        for id in statement.query_map(params![lane, micros(now), left], |row| row.get(0))? {
            found.push(Due { id: id?, watch: Watch::Start });
        }
    }
    Ok(found)
}

/// Whether nobody else holds, or waits longer for, the action's resource.
///
/// # Errors
/// When the queue cannot be read.
pub fn is_next_in_line(c: &Connection, id: i64) -> Result<bool, StoreError> {
    let sql = format!("SELECT 1 FROM action AS a WHERE a.id = ?1 AND {NEXT_IN_LINE}");
    Ok(c.prepare_cached(&sql)?.exists([id])?)
}

/// The open action on the same resource that the given one waits for, if any.
///
/// # Errors
/// When the queue cannot be read.
pub fn line_before(c: &Connection, action: &ActionRecord) -> Result<Option<i64>, StoreError> {
    Ok(c.prepare_cached(
        "SELECT id FROM action WHERE resource_key = ?1 AND id <> ?2
             AND state IN ('ready', 'running', 'retryable', 'unknown')
             AND (state IN ('running', 'unknown') OR stage > ?3 OR (stage = ?3 AND id < ?2))
         ORDER BY state IN ('running', 'unknown') DESC, id DESC LIMIT 1",
    )?
    .query_row(params![action.resource_key, action.id, action.stage], |row| row.get(0))
    .optional()?)
}

/// The actions of a lane that wait to be started, in the order in which they will be, at most `limit`.
///
/// # Errors
/// When the queue cannot be read.
pub fn lane_order(c: &Connection, lane: &str, limit: usize) -> Result<Vec<i64>, StoreError> {
    let most = i64::try_from(limit).unwrap_or(i64::MAX);
    // The first condition says nothing new; it lets SQLite see that the lane's index has all of them, in order.
    let mut statement = c.prepare_cached(
        "SELECT id FROM action WHERE state IN ('ready', 'retryable') AND state = 'ready' AND lane = ?1
         ORDER BY priority DESC, id LIMIT ?2",
    )?;
    Ok(statement.query_map(params![lane, most], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

/// When the next thing becomes due by itself that is not due yet.
///
/// # Errors
/// When the queue cannot be read.
pub fn next_due(c: &Connection, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
    Ok(c.prepare_cached(
        "SELECT min(next_at) AS next_at FROM (
             SELECT min(next_at) AS next_at FROM action
             WHERE state IN ('running', 'unknown') AND lease_holder IS NULL AND next_at > ?1
             UNION ALL
             SELECT min(next_at) FROM action WHERE state IN ('ready', 'retryable') AND next_at > ?1)",
    )?
    // What a damaged row holds is no moment to wait for.
    .query_row([micros(now)], |row| Ok(maybe_time(row, "next_at").unwrap_or(None)))?)
}

/// What a worker that ended had in its hands: everything running, and unknown ones under a lease.
///
/// # Errors
/// When the queue cannot be read.
pub fn open_in_flight(c: &Connection) -> Result<Vec<ActionRecord>, StoreError> {
    let mut statement = c.prepare_cached(
        "SELECT * FROM action WHERE state IN ('running', 'unknown') AND (state = 'running' OR lease_holder IS NOT NULL)
         ORDER BY id",
    )?;
    Ok(statement.query_map([], read_action)?.collect::<Result<_, _>>()?)
}

/// Lets everything be looked at now that waits for a moment after `latest`, which no pause of ours reaches: such a moment
/// was named by a clock that was ahead. Nobody has been unknown since a time to come, either. Returns how many waited.
///
/// # Errors
/// When the queue cannot be written.
pub fn wait_no_longer_than(c: &Connection, now: Timestamp, latest: Timestamp) -> Result<usize, StoreError> {
    c.prepare_cached("UPDATE action SET unknown_since = ?1 WHERE state = 'unknown' AND unknown_since > ?1")?
        .execute([micros(now)])?;
    Ok(c.prepare_cached(
        "UPDATE action SET next_at = ?1 WHERE state IN ('running', 'unknown', 'retryable') AND next_at > ?2",
    )?
    .execute(params![micros(now), micros(latest)])?)
}

/// How many actions will go on by themselves: neither ended, nor waiting for a person, nor behind one that does, nor on
/// a lane on which nothing is started.
///
/// # Errors
/// When the queue cannot be read.
pub fn still_open(c: &Connection) -> Result<u32, StoreError> {
    let moving: u32 = c
        .prepare_cached(
            "SELECT count(*) FROM action WHERE state IN ('running', 'unknown')
                 AND (state = 'running' OR next_at IS NOT NULL OR lease_holder IS NOT NULL)",
        )?
        .query_row([], |row| row.get(0))?;
    let waiting: u32 = c
        .prepare_cached(
            "WITH RECURSIVE stuck (id) AS (
                 SELECT n.action_id FROM action_need AS n JOIN action AS p ON p.id = n.needs_id
                 WHERE p.state IN ('held', 'failed', 'cancelled') OR (p.state = 'unknown' AND p.next_at IS NULL)
                 UNION
                 SELECT n.action_id FROM action_need AS n JOIN stuck AS s ON s.id = n.needs_id)
             SELECT count(*) FROM action AS a
             WHERE a.state IN ('ready', 'retryable')
                 AND (SELECT paused FROM queue_control WHERE id = 1) = 0
                 AND a.lane NOT IN (SELECT lane FROM queue_lane)
                 AND a.id NOT IN (SELECT id FROM stuck)
                 AND NOT EXISTS (
                     SELECT 1 FROM action AS b
                     WHERE b.resource_key = a.resource_key AND b.state = 'unknown' AND b.next_at IS NULL
                         AND b.lease_holder IS NULL)",
        )?
        .query_row([], |row| row.get(0))?;
    Ok(moving + waiting)
}
