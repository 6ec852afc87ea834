//! Writing actions, attempts, events, evidence, plans and switches.

use jiff::Timestamp;
use rusqlite::{Connection, Row, params, params_from_iter, types::Value};

use super::{
    ActionRecord, ControlRecord, EvidenceRecord, Lease, NewAction, NewAttempt, NewEvent, PlanRecord, board::SERVER_KEY,
};
use crate::{
    StoreError,
    moments::{maybe_micros, micros},
    rows::one,
    text::{fold, words},
};

/// What became of an action that was to be enqueued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Enqueued {
    /// It is in the queue under this number.
    New(i64),
    /// An open action has the same wish, with the same input.
    Open(i64),
    /// An open action has the same wish with another input.
    Differs(i64),
}

/// The open action that has this wish already, if any.
///
/// # Errors
/// When the queue cannot be read.
pub fn open_wish(c: &Connection, unique_key: &str) -> Result<Option<i64>, StoreError> {
    one(c, "SELECT id FROM action WHERE unique_key = ?1 AND ended_at IS NULL", [unique_key], |row| row.get(0))
}

/// Puts an action into the queue with its first event, unless an open one has the same wish.
///
/// # Errors
/// When a rule of the schema forbids the row.
pub fn enqueue(c: &Connection, new: &NewAction) -> Result<Enqueued, StoreError> {
    // An open one is always the newest of its wish: nothing comes after it before it has ended.
    let newest = "SELECT id, input, generation, ended_at IS NULL FROM action WHERE unique_key = ?1
         ORDER BY generation DESC LIMIT 1";
    type Newest = (i64, String, i64, bool);
    let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
    let generation = match one::<Newest, _>(c, newest, [&new.unique_key], read)? {
        Some((id, input, _, true)) if input == new.input => return Ok(Enqueued::Open(id)),
        Some((id, _, _, true)) => return Ok(Enqueued::Differs(id)),
        Some((_, _, generation, false)) => generation + 1,
        None => 1,
    };
    let target = new.target.id.to_string();
    let texts = [&new.kind, &new.target.name, &target, &new.by].into_iter().chain(&new.target.client_name).cloned();
    let texts: Vec<String> = texts.collect();
    c.prepare_cached(
        "INSERT INTO action (kind, input, target_kind, target_id, target_name, service_id, client_id, client_name,
             resource_key, unique_key, generation, lane, priority, plan_id, change_index, by_operator, reason,
             created_at, updated_at, state, step, deadline, target_key, words, stage, carried, next_at, also_key)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?18, ?19, ?20, ?21,
             ?22, ?23, ?24, ?25, ?26, ?27)",
    )?
    .execute(params![
        new.kind,
        new.input,
        new.target.kind,
        new.target.id,
        new.target.name,
        new.target.service_id,
        new.target.client_id,
        new.target.client_name,
        new.resource_key,
        new.unique_key,
        generation,
        new.lane,
        new.priority,
        new.plan.map(|p| p.0),
        new.plan.map(|p| p.1),
        new.by,
        new.reason,
        micros(new.at),
        new.state,
        new.step,
        maybe_micros(new.deadline),
        fold(&new.target.name),
        words(texts.iter().map(String::as_str)),
        new.stage,
        new.carried,
        maybe_micros(new.not_before),
        server_behind(c, new)?,
    ])?;
    let id = c.last_insert_rowid();
    let first =
        NewEvent { name: "enqueue".into(), by: Some(new.by.clone()), attempt: None, detail: new.detail.clone() };
    add_event(c, id, 1, new.at, &first, "", &new.state)?;
    Ok(Enqueued::New(id))
}

/// The key of the server behind a service, which an action on the service holds, too: the one that was read when the
/// action was planned, or the one the mirror knows.
fn server_behind(c: &Connection, new: &NewAction) -> Result<Option<String>, StoreError> {
    if new.target.kind != "service" {
        return Ok(None);
    }
    let sql = "SELECT coalesce(json_extract(?2, '$.gathered.instance_id'),
             (SELECT instance_id FROM service WHERE id = ?1))";
    let server: Option<i64> =
        c.prepare_cached(sql)?.query_row(params![new.target.id, new.carried], |row| row.get(0))?;
    Ok(server.map(|id| format!("{SERVER_KEY}{id}")))
}

fn add_event(
    c: &Connection,
    action_id: i64,
    revision: i64,
    at: Timestamp,
    event: &NewEvent,
    from: &str,
    to: &str,
) -> Result<(), StoreError> {
    c.prepare_cached(
        "INSERT INTO action_event (action_id, revision, at, name, from_state, to_state, by_operator, attempt, detail)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![
        action_id,
        revision,
        micros(at),
        event.name,
        from,
        to,
        event.by,
        event.attempt,
        event.detail
    ])?;
    Ok(())
}

/// Writes a moved action together with its event. `before` is the row as it was read in this same transaction.
///
/// # Errors
/// When a rule of the schema forbids the move.
pub fn save(
    c: &Connection,
    before: &ActionRecord,
    after: &mut ActionRecord,
    event: &NewEvent,
) -> Result<(), StoreError> {
    after.revision = before.revision + 1;
    add_event(c, before.id, after.revision, after.updated_at, event, &before.state, &after.state)?;
    // Only what changed: each column that is set has its indexes written again, whatever it held. Of a damaged row
    // everything is, because what was read of it is not what stands there.
    let (old, new) = (columns(before), columns(after));
    let changed = old.iter().zip(&new).filter(|(old, new)| before.damage.is_some() || old != new);
    let changed: Vec<_> = changed.map(|(_, new)| new).collect();
    let names: Vec<String> =
        changed.iter().enumerate().map(|(at, (name, _))| format!("{name} = ?{}", at + 4)).collect();
    let sql = format!("UPDATE action SET {} WHERE id = ?1 AND revision = ?2 AND lease_token = ?3", names.join(", "));
    let keys = [before.id, before.revision, before.lease_token].map(Value::from);
    let values = keys.into_iter().chain(changed.into_iter().map(|(_, value)| value.clone()));
    let written = c.prepare_cached(&sql)?.execute(params_from_iter(values))?;
    if written == 1 { Ok(()) } else { Err(StoreError::NotFound) }
}

/// The columns that a move may change, with what they hold.
fn columns(action: &ActionRecord) -> [(&'static str, Value); 20] {
    let lease = action.lease.as_ref();
    [
        ("revision", action.revision.into()),
        ("state", action.state.clone().into()),
        ("step", action.step.clone().into()),
        ("stage", action.stage.into()),
        ("carried", action.carried.clone().into()),
        ("lane", action.lane.clone().into()),
        ("next_at", maybe_micros(action.next_at).into()),
        ("deadline", maybe_micros(action.deadline).into()),
        ("lease_holder", lease.map(|lease| lease.holder.clone()).into()),
        ("lease_until", lease.map(|lease| micros(lease.until)).into()),
        ("lease_token", action.lease_token.into()),
        ("tries", action.tries.into()),
        ("failures", action.failures.into()),
        ("looks", action.looks.into()),
        ("absences", action.absences.into()),
        ("unknown_since", maybe_micros(action.unknown_since).into()),
        ("waits", action.waits.clone().into()),
        ("result", action.result.clone().into()),
        ("updated_at", micros(action.updated_at).into()),
        ("ended_at", maybe_micros(action.ended_at).into()),
    ]
}

/// Takes a lease on an action that waits or is unknown, and keeps what a look changed. No state moves, so no event.
///
/// # Errors
/// [`StoreError::NotFound`] when somebody moved it since it was read.
pub fn lease(c: &Connection, action: &mut ActionRecord, lease: Lease) -> Result<(), StoreError> {
    action.lease_token += 1;
    action.lease = Some(lease);
    let lease = action.lease.as_ref();
    let written = c
        .prepare_cached(
            "UPDATE action SET lease_holder = ?3, lease_until = ?4, lease_token = ?5
             WHERE id = ?1 AND revision = ?2 AND lease_token = ?5 - 1",
        )?
        .execute(params![
            action.id,
            action.revision,
            lease.map(|l| l.holder.as_str()),
            lease.map(|l| micros(l.until)),
            action.lease_token,
        ])?;
    if written == 1 { Ok(()) } else { Err(StoreError::NotFound) }
}

/// Lets go of a lease after a look that moved nothing, or prolongs it (`until`). False when the lease is lost.
///
/// # Errors
/// When the row cannot be written.
pub fn renew(c: &Connection, action: &ActionRecord, until: Option<Timestamp>) -> Result<bool, StoreError> {
    let holder = until.and(action.lease.as_ref()).map(|l| l.holder.as_str());
    let written = c
        .prepare_cached(
            "UPDATE action SET lease_holder = ?3, lease_until = ?4, next_at = ?5, looks = ?6, absences = ?7, waits = ?8,
                 result = ?9
             WHERE id = ?1 AND lease_token = ?2 AND lease_holder IS NOT NULL",
        )?
        .execute(params![
            action.id,
            action.lease_token,
            holder,
            holder.and(maybe_micros(until)),
            maybe_micros(action.next_at),
            action.looks,
            action.absences,
            action.waits,
            action.result,
        ])?;
    Ok(written == 1)
}

fn add_attempt(c: &Connection, new: &NewAttempt) -> Result<(), StoreError> {
    c.prepare_cached(
        "INSERT INTO action_attempt (action_id, number, step, request_id, call, effect, body_sha256, lease_token,
             journalled_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![
        new.action_id,
        new.number,
        new.step,
        new.request_id,
        new.call,
        new.effect,
        new.body_sha256,
        new.lease_token,
        micros(new.at)
    ])?;
    Ok(())
}

/// Prolongs the lease of its holder. False when the lease is lost.
///
/// # Errors
/// When the row cannot be written.
pub fn prolong(c: &Connection, action_id: i64, token: i64, until: Timestamp) -> Result<bool, StoreError> {
    let written = c
        .prepare_cached(
            "UPDATE action SET lease_until = ?3 WHERE id = ?1 AND lease_token = ?2 AND lease_holder IS NOT NULL",
        )?
        .execute(params![action_id, token, micros(until)])?;
    Ok(written == 1)
}

/// Counts and journals an attempt for the holder of the lease, with what it was like before (JSON). False when the
/// lease is lost; then nothing was written.
///
/// # Errors
/// [`StoreError::Constraint`] when an earlier attempt is not settled.
pub fn begin_attempt(c: &Connection, new: &NewAttempt, before: Option<&str>) -> Result<bool, StoreError> {
    let counted = c
        .prepare_cached(
            "UPDATE action SET tries = ?3, step = 'send', result = coalesce(?4, result)
             WHERE id = ?1 AND lease_token = ?2 AND lease_holder IS NOT NULL AND state = 'running'",
        )?
        .execute(params![new.action_id, new.lease_token, new.number, before])?;
    if counted == 1 {
        add_attempt(c, new)?;
    }
    Ok(counted == 1)
}

/// Writes down that bytes are about to leave. False when the attempt is not open, or was sent before.
///
/// # Errors
/// When the row cannot be written.
pub fn mark_sent(c: &Connection, action_id: i64, number: i64, at: Timestamp) -> Result<bool, StoreError> {
    let written = c
        .prepare_cached(
            "UPDATE action_attempt SET sent_at = ?3
             WHERE action_id = ?1 AND number = ?2 AND outcome = 'open' AND sent_at IS NULL",
        )?
        .execute(params![action_id, number, micros(at)])?;
    Ok(written == 1)
}

/// Writes down a whole answer: its time and status.
///
/// # Errors
/// When the row cannot be written.
pub fn answer_attempt(
    c: &Connection,
    action_id: i64,
    number: i64,
    at: Timestamp,
    status: Option<u16>,
) -> Result<(), StoreError> {
    c.prepare_cached("UPDATE action_attempt SET answered_at = ?3, status = ?4 WHERE action_id = ?1 AND number = ?2")?
        .execute(params![action_id, number, micros(at), status])?;
    Ok(())
}

/// Writes down how an attempt ended, as far as it is known.
///
/// # Errors
/// [`StoreError::Constraint`] when it was settled otherwise before.
pub fn settle_attempt(
    c: &Connection,
    action_id: i64,
    number: i64,
    outcome: &str,
    cause: Option<&str>,
    evidence: Option<&str>,
) -> Result<(), StoreError> {
    c.prepare_cached(
        "UPDATE action_attempt SET outcome = ?3, cause = coalesce(?4, cause), evidence = coalesce(?5, evidence)
         WHERE action_id = ?1 AND number = ?2",
    )?
    .execute(params![action_id, number, outcome, cause, evidence])?;
    Ok(())
}

/// Keeps something that was said about an attempt.
///
/// # Errors
/// When there is no such attempt.
pub fn add_evidence(c: &Connection, new: &EvidenceRecord) -> Result<(), StoreError> {
    c.prepare_cached(
        "INSERT INTO evidence (action_id, attempt, at, source, speaks_for, says) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![new.action_id, new.attempt, micros(new.at), new.source, new.speaks_for, new.says])?;
    Ok(())
}

/// Keeps a new plan whose body is made once its number is known.
///
/// # Errors
/// What `body` returns, or when a rule of the schema forbids the row.
pub fn add_plan(
    c: &Connection,
    kind: &str,
    ask: &str,
    by: &str,
    at: Timestamp,
    body: impl FnOnce(i64) -> Result<String, StoreError>,
) -> Result<i64, StoreError> {
    c.prepare_cached(
        "INSERT INTO plan (kind, state, body, by_operator, created_at, ask) VALUES (?1, 'open', '{}', ?2, ?3, ?4)",
    )?
    .execute(params![kind, by, micros(at), ask])?;
    let id = c.last_insert_rowid();
    let body = body(id)?;
    c.prepare_cached("UPDATE plan SET body = ?2 WHERE id = ?1")?.execute(params![id, body])?;
    Ok(id)
}

/// Writes a plan's body, state and approval.
///
/// # Errors
/// [`StoreError::NotFound`] when there is no such plan.
pub fn save_plan(c: &Connection, plan: &PlanRecord) -> Result<(), StoreError> {
    let written = c
        .prepare_cached(
            "UPDATE plan SET state = ?2, body = ?3, approval = ?4, settled_at = ?5, ask = ?6 WHERE id = ?1",
        )?
        .execute(params![plan.id, plan.state, plan.body, plan.approval, maybe_micros(plan.settled_at), plan.ask])?;
    if written == 1 { Ok(()) } else { Err(StoreError::NotFound) }
}

/// Throws the switches.
///
/// # Errors
/// When a rule of the schema forbids it (stopped is always paused, too).
pub fn set_control(c: &Connection, control: &ControlRecord) -> Result<(), StoreError> {
    c.prepare_cached("UPDATE queue_control SET paused = ?1, stopped = ?2, since = ?3, by_operator = ?4 WHERE id = 1")?
        .execute(params![control.paused, control.stopped, maybe_micros(control.since), control.by])?;
    Ok(())
}

/// Starts nothing new on a lane, or goes on with it (`by` is `None`).
///
/// # Errors
/// When there is no such lane.
pub fn set_lane(c: &Connection, lane: &str, by: Option<(&str, Timestamp)>) -> Result<(), StoreError> {
    match by {
        Some((by, since)) => c
            .prepare_cached("INSERT OR REPLACE INTO queue_lane (lane, since, by_operator) VALUES (?1, ?2, ?3)")?
            .execute(params![lane, micros(since), by])?,
        None => c.prepare_cached("DELETE FROM queue_lane WHERE lane = ?1")?.execute([lane])?,
    };
    Ok(())
}

/// Lets an action wait until another one has succeeded. Saying it twice is no error.
///
/// # Errors
/// When one of them does not exist, or both are the same.
pub fn add_need(c: &Connection, action_id: i64, needs_id: i64) -> Result<(), StoreError> {
    c.prepare_cached("INSERT OR IGNORE INTO action_need (action_id, needs_id) VALUES (?1, ?2)")?
        .execute([action_id, needs_id])?;
    Ok(())
}

/// Lets what needed an action need the one that repeats it.
///
/// # Errors
/// When one of them does not exist.
pub fn move_needs(c: &Connection, from: i64, to: i64) -> Result<(), StoreError> {
    c.prepare_cached(
        "INSERT OR IGNORE INTO action_need (action_id, needs_id)
         SELECT n.action_id, ?2 FROM action_need AS n JOIN action AS a ON a.id = n.action_id
         WHERE n.needs_id = ?1 AND a.ended_at IS NULL AND n.action_id <> ?2",
    )?
    .execute([from, to])?;
    c.prepare_cached("DELETE FROM action_need WHERE needs_id = ?1")?.execute([from])?;
    Ok(())
}
