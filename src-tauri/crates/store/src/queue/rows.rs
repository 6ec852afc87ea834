//! Reading one action, plan, attempt and their histories.

use jiff::Timestamp;
use rusqlite::{
    Connection, OptionalExtension, Row, params,
    types::{FromSql, Type},
};

use super::{
    ActionRecord, AttemptRecord, ControlRecord, EventRecord, EvidenceRecord, Lease, PausedLaneRecord, PlanRecord,
    TargetRecord,
};
use crate::StoreError;

/// Reads a column of microseconds.
pub(super) fn time(row: &Row<'_>, column: &str) -> rusqlite::Result<Timestamp> {
    let micros: i64 = row.get(column)?;
    Timestamp::from_microsecond(micros)
        .map_err(|e| rusqlite::Error::FromSqlConversionFailure(0, Type::Integer, Box::new(e)))
}

/// Reads a column of microseconds that may be empty.
pub(super) fn maybe_time(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<Timestamp>> {
    match row.get::<_, Option<i64>>(column)? {
        Some(_) => time(row, column).map(Some),
        None => Ok(None),
    }
}

/// The last microsecond that can be read back; the very last moment of all lies a little behind it.
const LAST: i64 = 253_402_207_200_000_000;

/// Microseconds of a moment.
pub(super) fn micros(at: Timestamp) -> i64 {
    at.as_microsecond().min(LAST)
}

/// Microseconds of a moment, when there is one.
pub(super) fn maybe_micros(at: Option<Timestamp>) -> Option<i64> {
    at.map(micros)
}

/// Reads a row whose cells may be damaged: what cannot be read is named, and something harmless stands in its place.
struct Cells<'r, 's> {
    row: &'r Row<'s>,
    damage: Option<String>,
}

impl Cells<'_, '_> {
    fn sound<T>(&mut self, column: &str, read: rusqlite::Result<T>, otherwise: T) -> T {
        read.unwrap_or_else(|_| {
            self.damage.get_or_insert_with(|| column.to_owned());
            otherwise
        })
    }

    fn get<T: FromSql + Default>(&mut self, column: &str) -> T {
        self.sound(column, self.row.get(column), T::default())
    }

    fn time(&mut self, column: &str) -> Timestamp {
        self.sound(column, time(self.row, column), Timestamp::UNIX_EPOCH)
    }

    fn maybe_time(&mut self, column: &str) -> Option<Timestamp> {
        self.sound(column, maybe_time(self.row, column), None)
    }
}

/// Reads an action. One damaged row must not hide the others: see [`ActionRecord::damage`].
pub(super) fn read_action(row: &Row<'_>) -> rusqlite::Result<ActionRecord> {
    let mut cells = Cells { row, damage: None };
    let cells = &mut cells;
    let holder: Option<String> = cells.get("lease_holder");
    let lease = match (holder, cells.maybe_time("lease_until")) {
        (Some(holder), Some(until)) => Some(Lease { holder, until }),
        _ => None,
    };
    let plan: Option<i64> = cells.get("plan_id");
    let index: Option<i64> = cells.get("change_index");
    Ok(ActionRecord {
        id: row.get("id")?,
        kind: cells.get("kind"),
        input: cells.get("input"),
        target: TargetRecord {
            kind: cells.get("target_kind"),
            id: cells.get("target_id"),
            name: cells.get("target_name"),
            service_id: cells.get("service_id"),
            client_id: cells.get("client_id"),
            client_name: cells.get("client_name"),
        },
        resource_key: cells.get("resource_key"),
        unique_key: cells.get("unique_key"),
        generation: cells.get("generation"),
        lane: cells.get("lane"),
        priority: cells.get("priority"),
        plan: plan.zip(index),
        by: cells.get("by_operator"),
        reason: cells.get("reason"),
        created_at: cells.time("created_at"),
        revision: row.get("revision")?,
        state: row.get("state")?,
        step: cells.get("step"),
        stage: cells.get("stage"),
        carried: cells.get("carried"),
        next_at: cells.maybe_time("next_at"),
        deadline: cells.maybe_time("deadline"),
        lease,
        lease_token: row.get("lease_token")?,
        tries: cells.get("tries"),
        failures: cells.get("failures"),
        looks: cells.get("looks"),
        absences: cells.get("absences"),
        unknown_since: cells.maybe_time("unknown_since"),
        waits: cells.get("waits"),
        result: cells.get("result"),
        updated_at: cells.time("updated_at"),
        ended_at: cells.maybe_time("ended_at"),
        damage: cells.damage.take(),
    })
}

fn read_attempt(row: &Row<'_>) -> rusqlite::Result<AttemptRecord> {
    Ok(AttemptRecord {
        action_id: row.get("action_id")?,
        number: row.get("number")?,
        step: row.get("step")?,
        request_id: row.get("request_id")?,
        call: row.get("call")?,
        effect: row.get("effect")?,
        body_sha256: row.get("body_sha256")?,
        lease_token: row.get("lease_token")?,
        journalled_at: time(row, "journalled_at")?,
        sent_at: maybe_time(row, "sent_at")?,
        answered_at: maybe_time(row, "answered_at")?,
        outcome: row.get("outcome")?,
        status: row.get("status")?,
        cause: row.get("cause")?,
        evidence: row.get("evidence")?,
    })
}

fn read_event(row: &Row<'_>) -> rusqlite::Result<EventRecord> {
    Ok(EventRecord {
        id: row.get("id")?,
        action_id: row.get("action_id")?,
        revision: row.get("revision")?,
        at: time(row, "at")?,
        name: row.get("name")?,
        from: row.get("from_state")?,
        to: row.get("to_state")?,
        by: row.get("by_operator")?,
        attempt: row.get("attempt")?,
        detail: row.get("detail")?,
    })
}

/// One action; `None` when there is none of that number.
///
/// # Errors
/// When the row cannot be read.
pub fn action(c: &Connection, id: i64) -> Result<Option<ActionRecord>, StoreError> {
    Ok(c.prepare_cached("SELECT * FROM action WHERE id = ?1")?.query_row([id], read_action).optional()?)
}

/// The actions of a plan in the order of its rows; repeated ones (a later generation) after the first.
///
/// # Errors
/// When a row cannot be read.
pub fn actions_of_plan(c: &Connection, plan_id: i64) -> Result<Vec<ActionRecord>, StoreError> {
    let mut statement =
        c.prepare_cached("SELECT * FROM action WHERE plan_id = ?1 ORDER BY change_index, generation")?;
    Ok(statement.query_map([plan_id], read_action)?.collect::<Result<_, _>>()?)
}

/// The attempts of an action, oldest first.
///
/// # Errors
/// When a row cannot be read.
pub fn attempts(c: &Connection, action_id: i64) -> Result<Vec<AttemptRecord>, StoreError> {
    let mut statement = c.prepare_cached("SELECT * FROM action_attempt WHERE action_id = ?1 ORDER BY number")?;
    Ok(statement.query_map([action_id], read_attempt)?.collect::<Result<_, _>>()?)
}

/// One attempt.
///
/// # Errors
/// When the row cannot be read.
pub fn attempt(c: &Connection, action_id: i64, number: i64) -> Result<Option<AttemptRecord>, StoreError> {
    Ok(c.prepare_cached("SELECT * FROM action_attempt WHERE action_id = ?1 AND number = ?2")?
        .query_row([action_id, number], read_attempt)
        .optional()?)
}

/// The newest attempt of an action.
///
/// # Errors
/// When the row cannot be read.
pub fn last_attempt(c: &Connection, action_id: i64) -> Result<Option<AttemptRecord>, StoreError> {
    Ok(c.prepare_cached("SELECT * FROM action_attempt WHERE action_id = ?1 ORDER BY number DESC LIMIT 1")?
        .query_row([action_id], read_attempt)
        .optional()?)
}

/// The attempt that carried this `x-request-id`, in any letter case.
///
/// # Errors
/// When the row cannot be read.
pub fn attempt_by_request(c: &Connection, request_id: &str) -> Result<Option<AttemptRecord>, StoreError> {
    Ok(c.prepare_cached("SELECT * FROM action_attempt WHERE request_id = ?1")?
        .query_row([request_id.to_ascii_lowercase()], read_attempt)
        .optional()?)
}

/// The events of an action, oldest first.
///
/// # Errors
/// When a row cannot be read.
pub fn events(c: &Connection, action_id: i64) -> Result<Vec<EventRecord>, StoreError> {
    let mut statement = c.prepare_cached("SELECT * FROM action_event WHERE action_id = ?1 ORDER BY revision")?;
    Ok(statement.query_map([action_id], read_event)?.collect::<Result<_, _>>()?)
}

/// The newest `limit` actions on a target with their last events, newest first: a page's timeline.
///
/// # Errors
/// When a row cannot be read.
pub fn events_of_target(
    c: &Connection,
    target_kind: &str,
    target_id: i64,
    limit: u32,
) -> Result<Vec<(ActionRecord, Vec<EventRecord>)>, StoreError> {
    let mut statement =
        c.prepare_cached("SELECT * FROM action WHERE target_kind = ?1 AND target_id = ?2 ORDER BY id DESC LIMIT ?3")?;
    let found: Vec<ActionRecord> =
        statement.query_map(params![target_kind, target_id, limit], read_action)?.collect::<Result<_, _>>()?;
    found.into_iter().map(|a| Ok((events(c, a.id)?, a))).map(|r| r.map(|(e, a)| (a, e))).collect()
}

/// What was said about an action's attempts, oldest first.
///
/// # Errors
/// When a row cannot be read.
pub fn evidence(c: &Connection, action_id: i64) -> Result<Vec<EvidenceRecord>, StoreError> {
    let mut statement = c.prepare_cached("SELECT * FROM evidence WHERE action_id = ?1 ORDER BY id")?;
    let rows = statement.query_map([action_id], |row| {
        Ok(EvidenceRecord {
            action_id: row.get("action_id")?,
            attempt: row.get("attempt")?,
            at: time(row, "at")?,
            source: row.get("source")?,
            speaks_for: row.get("speaks_for")?,
            says: row.get("says")?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// One plan; `None` when there is none of that number.
///
/// # Errors
/// When the row cannot be read.
pub fn plan(c: &Connection, id: i64) -> Result<Option<PlanRecord>, StoreError> {
    let mut statement = c.prepare_cached("SELECT * FROM plan WHERE id = ?1")?;
    Ok(statement.query_row([id], plan_record).optional()?)
}

/// Open plans that somebody said yes to and that wait for a second person, newest first.
///
/// # Errors
/// When a row cannot be read.
pub fn plans_waiting(c: &Connection, limit: u32) -> Result<Vec<PlanRecord>, StoreError> {
    let mut statement =
        c.prepare_cached("SELECT * FROM plan WHERE state = 'open' AND approval IS NOT NULL ORDER BY id DESC LIMIT ?1")?;
    Ok(statement.query_map([limit], plan_record)?.collect::<Result<_, _>>()?)
}

fn plan_record(row: &Row<'_>) -> rusqlite::Result<PlanRecord> {
    Ok(PlanRecord {
        id: row.get("id")?,
        kind: row.get("kind")?,
        state: row.get("state")?,
        body: row.get("body")?,
        ask: row.get("ask")?,
        by: row.get("by_operator")?,
        approval: row.get("approval")?,
        created_at: time(row, "created_at")?,
        settled_at: maybe_time(row, "settled_at")?,
    })
}

/// The switches.
///
/// # Errors
/// When the row cannot be read.
pub fn control(c: &Connection) -> Result<ControlRecord, StoreError> {
    let mut statement = c.prepare_cached("SELECT * FROM queue_control WHERE id = 1")?;
    let read = |row: &Row<'_>| {
        Ok(ControlRecord {
            paused: row.get("paused")?,
            stopped: row.get("stopped")?,
            since: maybe_time(row, "since")?,
            by: row.get("by_operator")?,
            lanes: Vec::new(),
        })
    };
    let mut control = statement.query_row([], read).optional()?.unwrap_or_default();
    let mut lanes = c.prepare_cached("SELECT lane, by_operator, since FROM queue_lane ORDER BY lane")?;
    let paused = |row: &Row<'_>| {
        Ok(PausedLaneRecord { lane: row.get("lane")?, by: row.get("by_operator")?, since: time(row, "since")? })
    };
    control.lanes = lanes.query_map([], paused)?.collect::<Result<_, _>>()?;
    Ok(control)
}

/// What an action needs to have succeeded, and has not: those actions, oldest first.
///
/// # Errors
/// When a row cannot be read.
pub fn needs(c: &Connection, action_id: i64) -> Result<Vec<ActionRecord>, StoreError> {
    let mut statement = c.prepare_cached(
        "SELECT p.* FROM action_need AS n JOIN action AS p ON p.id = n.needs_id
         WHERE n.action_id = ?1 AND p.state <> 'succeeded' ORDER BY p.id",
    )?;
    Ok(statement.query_map([action_id], read_action)?.collect::<Result<_, _>>()?)
}

/// The open actions that need this one.
///
/// # Errors
/// When a row cannot be read.
pub fn needed_by(c: &Connection, action_id: i64) -> Result<Vec<ActionRecord>, StoreError> {
    let mut statement = c.prepare_cached(
        "SELECT a.* FROM action_need AS n JOIN action AS a ON a.id = n.action_id
         WHERE n.needs_id = ?1 AND a.ended_at IS NULL ORDER BY a.id",
    )?;
    Ok(statement.query_map([action_id], read_action)?.collect::<Result<_, _>>()?)
}
