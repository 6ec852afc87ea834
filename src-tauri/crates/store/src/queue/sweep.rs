//! What a worker left in its hands, put in order all at once: each function is one of the moves that the console decides
//! on, made for every action it fits, with the same rows and events as if it were made one by one.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::NewEvent;
use crate::{StoreError, moments::micros};

/// The action stands where the provider's work is waited for: its newest attempt happened, or nothing had to be sent at
/// this step. It keeps the time that it has for it.
const WAITS: &str = "step = 'wait' AND NOT EXISTS (SELECT 1 FROM action_attempt AS t
    WHERE t.action_id = action.id AND t.outcome IN ('open', 'unknown') AND t.outcome = 'open')";

/// Running ones whose newest attempt was sent and not answered become unknown, to be looked at now. The event names
/// their attempt. Returns how many.
///
/// # Errors
/// When a rule of the schema forbids it.
pub fn lose_track_of_sent(c: &Connection, now: Timestamp, cause: &str, event: &NewEvent) -> Result<usize, StoreError> {
    let now = micros(now);
    // The first condition says nothing new; it lets SQLite see that the index of unsettled attempts has all of them.
    let lost = c
        .prepare_cached(
            "UPDATE action_attempt SET outcome = 'unknown', cause = ?1
             WHERE outcome IN ('open', 'unknown') AND outcome = 'open' AND sent_at IS NOT NULL
                 AND (SELECT a.state FROM action AS a WHERE a.id = action_attempt.action_id) = 'running'",
        )?
        .execute([cause])?;
    if lost == 0 {
        return Ok(0);
    }
    c.prepare_cached(
        "INSERT INTO action_event (action_id, revision, at, name, from_state, to_state, attempt, detail)
         SELECT a.id, a.revision + 1, ?1, ?2, 'running', 'unknown', t.number, ?3
         FROM action_attempt AS t JOIN action AS a ON a.id = t.action_id
         WHERE t.outcome IN ('open', 'unknown') AND t.outcome = 'unknown' AND a.state = 'running' ORDER BY a.id",
    )?
    .execute(params![now, event.name, event.detail])?;
    let moved = c
        .prepare_cached(
            "UPDATE action SET revision = revision + 1, state = 'unknown', lease_holder = NULL, lease_until = NULL,
                 next_at = ?1, waits = NULL, looks = 0, absences = 0, unknown_since = ?1, updated_at = ?1
             WHERE state = 'running' AND id IN (
                 SELECT action_id FROM action_attempt
                 WHERE outcome IN ('open', 'unknown') AND outcome = 'unknown')",
        )?
        .execute([now])?;
    Ok(moved)
}

/// Running ones of which nothing is on its way become ready, from `step` on; what was journalled and not sent did not
/// happen. To be called after [`lose_track_of_sent`]. Returns how many.
///
/// # Errors
/// When a rule of the schema forbids it.
pub fn put_back_unsent(
    c: &Connection,
    now: Timestamp,
    step: &str,
    cause: &str,
    event: &NewEvent,
) -> Result<usize, StoreError> {
    let now = micros(now);
    c.prepare_cached(
        "UPDATE action_attempt SET outcome = 'not_applied', cause = ?1
         WHERE outcome IN ('open', 'unknown') AND outcome = 'open' AND sent_at IS NULL
             AND (SELECT a.state FROM action AS a WHERE a.id = action_attempt.action_id) = 'running'",
    )?
    .execute([cause])?;
    let added = c
        .prepare_cached(&format!(
            "INSERT INTO action_event (action_id, revision, at, name, from_state, to_state, detail)
             SELECT id, revision + 1, ?1, ?2, 'running', 'ready', ?3 FROM action
             WHERE state = 'running' AND NOT coalesce({WAITS}, 0) ORDER BY id"
        ))?
        .execute(params![now, event.name, event.detail])?;
    if added == 0 {
        return Ok(0);
    }
    let moved = c
        .prepare_cached(&format!(
            "UPDATE action SET revision = revision + 1, state = 'ready', step = ?2, lease_holder = NULL,
                 lease_until = NULL, next_at = NULL, waits = NULL, looks = 0, absences = 0, updated_at = ?1
             WHERE state = 'running' AND NOT coalesce({WAITS}, 0)"
        ))?
        .execute(params![now, step])?;
    Ok(moved)
}

/// Those that wait for the provider, or for evidence, are let go of: the first to be looked at now, the others when it
/// was said. No state moves, so no event. Returns how many wait.
///
/// # Errors
/// When the rows cannot be written.
pub fn let_go_of_waiting(c: &Connection, now: Timestamp) -> Result<usize, StoreError> {
    c.prepare_cached(
        "UPDATE action SET lease_holder = NULL, lease_until = NULL, next_at = iif(state = 'running', ?1, next_at)
         WHERE state IN ('running', 'unknown') AND lease_holder IS NOT NULL",
    )?
    .execute([micros(now)])?;
    let sql = "SELECT count(*) FROM action WHERE state = 'running'";
    let waiting: i64 = c.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
    Ok(usize::try_from(waiting).unwrap_or_default())
}
