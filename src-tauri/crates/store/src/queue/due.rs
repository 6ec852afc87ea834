//! What may be worked on now, and what was under way.

use std::sync::LazyLock;

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::ActionRecord;
use crate::{
    StoreError,
    moments::{maybe_time, micros},
    rows::{all, one, value},
};

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

/// Another action `b` stands before `a` at a resource: it has it, it is between two of its steps, or it is older. One
/// that waits for something it depends on keeps nobody waiting: what it needs may stand behind it in the same line.
/// `{{key}}` is the condition on the keys.
const BEFORE: &str = "SELECT 1 FROM action AS b
    WHERE {{key}} AND b.id <> a.id AND b.state IN ('ready', 'running', 'retryable', 'unknown')
      AND (b.state IN ('running', 'unknown') OR b.stage > a.stage OR (b.stage = a.stage AND b.id < a.id))
      AND (b.state IN ('running', 'unknown') OR NOT EXISTS (
          SELECT 1 FROM action_need AS m JOIN action AS q ON q.id = m.needs_id
          WHERE m.action_id = b.id AND q.state <> 'succeeded'))";

/// How the keys of two actions meet: what both act on, and what they hold beside it.
const MEETINGS: [&str; 4] = [
    "b.resource_key = a.resource_key",
    "b.also_key = a.resource_key AND b.also_key IS NOT NULL",
    "a.also_key IS NOT NULL AND b.resource_key = a.also_key",
    "a.also_key IS NOT NULL AND b.also_key = a.also_key AND b.also_key IS NOT NULL",
];

/// An action is next in line when nobody holds what it needs, none between two of its steps waits for it, no older one
/// does, and everything it depends on has succeeded. A held one waits for nobody, and nobody for it.
static NEXT_IN_LINE: LazyLock<String> = LazyLock::new(|| {
    let nobody = MEETINGS.map(|key| format!("NOT EXISTS ({})", BEFORE.replace("{{key}}", key))).join(" AND ");
    format!(
        "{nobody} AND NOT EXISTS (
             SELECT 1 FROM action_need AS n JOIN action AS p ON p.id = n.needs_id
             WHERE n.action_id = a.id AND p.state <> 'succeeded')"
    )
});

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
        let next = &*NEXT_IN_LINE;
        let sql = format!(
            "SELECT a.id FROM action AS a
             WHERE a.lane = ?1 AND a.state IN ('ready', 'retryable') AND (a.next_at IS NULL OR a.next_at <= ?2)
                 AND {next}
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
    let next = &*NEXT_IN_LINE;
    let sql = format!("SELECT 1 FROM action AS a WHERE a.id = ?1 AND {next}");
    Ok(c.prepare_cached(&sql)?.exists([id])?)
}

/// The open action that the given one waits for, because both need the same, if any.
///
/// # Errors
/// When the queue cannot be read.
pub fn line_before(c: &Connection, action: &ActionRecord) -> Result<Option<i64>, StoreError> {
    static SQL: LazyLock<String> = LazyLock::new(|| {
        let before = BEFORE.replacen("SELECT 1", "SELECT b.id, b.state", 1);
        let parts = MEETINGS.map(|key| before.replace("{{key}}", key)).join(" UNION ALL ");
        let found = format!("WITH a AS MATERIALIZED (SELECT * FROM action WHERE id = ?1) SELECT id FROM ({parts})");
        format!("{found} ORDER BY state IN ('running', 'unknown') DESC, id DESC LIMIT 1")
            .replace("FROM action AS b\n", "FROM a, action AS b\n")
    });
    one(c, &SQL, [action.id], |row| row.get(0))
}

/// The actions of a lane that wait to be started, in the order in which they will be, at most `limit`.
///
/// # Errors
/// When the queue cannot be read.
pub fn lane_order(c: &Connection, lane: &str, limit: usize) -> Result<Vec<i64>, StoreError> {
    let most = i64::try_from(limit).unwrap_or(i64::MAX);
    // The first condition says nothing new; it lets SQLite see that the lane's index has all of them, in order.
    let sql = "SELECT id FROM action WHERE state IN ('ready', 'retryable') AND state = 'ready' AND lane = ?1
         ORDER BY priority DESC, id LIMIT ?2";
    all(c, sql, params![lane, most], |row| row.get(0))
}

/// When the next thing becomes due by itself that is not due yet.
///
/// # Errors
/// When the queue cannot be read.
pub fn next_due(c: &Connection, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
    // Along the index of moments, in which those without one stand at its end; a plus keeps the states from leading.
    let sql = "SELECT next_at FROM action
         WHERE coalesce(next_at, 9223372036854775807) > ?1 AND coalesce(next_at, 9223372036854775807) < 9223372036854775807
             AND (+state IN ('ready', 'retryable') OR (+state IN ('running', 'unknown') AND lease_holder IS NULL))
         ORDER BY coalesce(next_at, 9223372036854775807) LIMIT 1";
    // What a damaged row holds is no moment to wait for.
    Ok(one(c, sql, [micros(now)], |row| Ok(maybe_time(row, "next_at").unwrap_or(None)))?.flatten())
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
    let moving: u32 = value(
        c,
        "SELECT count(*) FROM action WHERE state IN ('running', 'unknown')
             AND (state = 'running' OR next_at IS NOT NULL OR lease_holder IS NOT NULL)",
        [],
    )?;
    let waiting: u32 = value(
        c,
        "WITH RECURSIVE still (resource_key, also_key) AS (
             SELECT resource_key, also_key FROM action
             WHERE state = 'unknown' AND next_at IS NULL AND lease_holder IS NULL),
         stuck (id) AS (
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
                 SELECT 1 FROM still AS s
                 WHERE s.resource_key IN (a.resource_key, a.also_key) OR s.also_key IN (a.resource_key, a.also_key))",
        [],
    )?;
    Ok(moving + waiting)
}
