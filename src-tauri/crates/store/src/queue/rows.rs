//! Reading one action, plan, attempt and their histories.

use jiff::Timestamp;
use rusqlite::{Connection, Row, params, types::FromSql};

use super::{
    ActionRecord, AttemptRecord, ControlRecord, EventRecord, EvidenceRecord, Lease, PausedLaneRecord, PlanRecord,
    TargetRecord,
};
use crate::{
    StoreError,
    moments::{maybe_time, moment, time},
    rows::{all, one},
};

/// Reads a row whose columns may be damaged: what cannot be read is named, and something harmless stands in its place.
/// Columns are asked for about as they stand in the table, so that each is looked for where the one before it was found.
struct Columns<'r> {
    row: &'r Row<'r>,
    next: usize,
    damage: Option<&'static str>,
}

impl<'r> Columns<'r> {
    fn of(row: &'r Row<'r>) -> Self {
        Self { row, next: 0, damage: None }
    }

    fn get<T: FromSql + Default>(&mut self, name: &'static str) -> T {
        match self.place(name).and_then(|at| self.row.get(at).ok()) {
            Some(value) => value,
            None => self.damaged(name),
        }
    }

    fn time(&mut self, name: &'static str) -> Timestamp {
        self.maybe_time(name).unwrap_or_else(|| self.damaged(name))
    }

    fn maybe_time(&mut self, name: &'static str) -> Option<Timestamp> {
        let micros: Option<i64> = self.get(name);
        let time = moment(micros?);
        if time.is_none() {
            self.damage.get_or_insert(name);
        }
        time
    }

    fn place(&mut self, name: &str) -> Option<usize> {
        let columns = self.row.as_ref();
        let many = columns.column_count();
        let found = (self.next..many)
            .chain(0..self.next)
            .find(|at| columns.column_name(*at).is_ok_and(|found| found == name))?;
        self.next = found + 1;
        Some(found)
    }

    fn damaged<T: Default>(&mut self, name: &'static str) -> T {
        self.damage.get_or_insert(name);
        T::default()
    }
}

/// Reads an action. One damaged row must not hide the others: see [`ActionRecord::damage`].
pub(super) fn read_action(row: &Row<'_>) -> rusqlite::Result<ActionRecord> {
    let mut of = Columns::of(row);
    let lease = of.get::<Option<String>>("lease_holder").zip(of.maybe_time("lease_until"));
    let plan = of.get::<Option<i64>>("plan_id").zip(of.get("change_index"));
    let record = ActionRecord {
        id: of.get("id"),
        kind: of.get("kind"),
        input: of.get("input"),
        target: TargetRecord {
            kind: of.get("target_kind"),
            id: of.get("target_id"),
            name: of.get("target_name"),
            service_id: of.get("service_id"),
            client_id: of.get("client_id"),
            client_name: of.get("client_name"),
        },
        resource_key: of.get("resource_key"),
        unique_key: of.get("unique_key"),
        generation: of.get("generation"),
        lane: of.get("lane"),
        priority: of.get("priority"),
        plan,
        by: of.get("by_operator"),
        reason: of.get("reason"),
        created_at: of.time("created_at"),
        revision: of.get("revision"),
        state: of.get("state"),
        step: of.get("step"),
        stage: of.get("stage"),
        carried: of.get("carried"),
        next_at: of.maybe_time("next_at"),
        deadline: of.maybe_time("deadline"),
        lease: lease.map(|(holder, until)| Lease { holder, until }),
        lease_token: of.get("lease_token"),
        tries: of.get("tries"),
        failures: of.get("failures"),
        looks: of.get("looks"),
        absences: of.get("absences"),
        unknown_since: of.maybe_time("unknown_since"),
        waits: of.get("waits"),
        result: of.get("result"),
        updated_at: of.time("updated_at"),
        ended_at: of.maybe_time("ended_at"),
        damage: None,
    };
    Ok(ActionRecord { damage: of.damage.map(str::to_owned), ..record })
}

/// Reads a row of which every column must make sense.
fn whole<T>(row: &Row<'_>, read: fn(&mut Columns<'_>) -> T) -> rusqlite::Result<T> {
    match legible(row, read)? {
        (record, None) => Ok(record),
        (_, Some(column)) => {
            let kind = row.get_ref(column)?.data_type();
            Err(rusqlite::Error::InvalidColumnType(0, column.to_owned(), kind))
        }
    }
}

/// Reads a row as far as it makes sense, with the first column that does not.
fn legible<T>(row: &Row<'_>, read: fn(&mut Columns<'_>) -> T) -> rusqlite::Result<(T, Option<&'static str>)> {
    let mut of = Columns::of(row);
    let record = read(&mut of);
    Ok((record, of.damage))
}

fn read_attempt(of: &mut Columns<'_>) -> AttemptRecord {
    AttemptRecord {
        action_id: of.get("action_id"),
        number: of.get("number"),
        step: of.get("step"),
        request_id: of.get("request_id"),
        call: of.get("call"),
        effect: of.get("effect"),
        body_sha256: of.get("body_sha256"),
        lease_token: of.get("lease_token"),
        journalled_at: of.time("journalled_at"),
        sent_at: of.maybe_time("sent_at"),
        answered_at: of.maybe_time("answered_at"),
        outcome: of.get("outcome"),
        status: of.get("status"),
        cause: of.get("cause"),
        evidence: of.get("evidence"),
    }
}

fn read_event(of: &mut Columns<'_>) -> EventRecord {
    EventRecord {
        id: of.get("id"),
        action_id: of.get("action_id"),
        revision: of.get("revision"),
        at: of.time("at"),
        name: of.get("name"),
        from: of.get("from_state"),
        to: of.get("to_state"),
        by: of.get("by_operator"),
        attempt: of.get("attempt"),
        detail: of.get("detail"),
    }
}

fn read_evidence(of: &mut Columns<'_>) -> EvidenceRecord {
    EvidenceRecord {
        action_id: of.get("action_id"),
        attempt: of.get("attempt"),
        at: of.time("at"),
        source: of.get("source"),
        speaks_for: of.get("speaks_for"),
        says: of.get("says"),
    }
}

/// One action; `None` when there is none of that number.
///
/// # Errors
/// When the queue cannot be read.
pub fn action(c: &Connection, id: i64) -> Result<Option<ActionRecord>, StoreError> {
    one(c, "SELECT * FROM action WHERE id = ?1", [id], read_action)
}

/// The actions of a plan in the order of its rows; repeated ones (a later generation) after the first.
///
/// # Errors
/// When a row cannot be read.
pub fn actions_of_plan(c: &Connection, plan_id: i64) -> Result<Vec<ActionRecord>, StoreError> {
    all(c, "SELECT * FROM action WHERE plan_id = ?1 ORDER BY change_index, generation", [plan_id], read_action)
}

/// The attempts of an action, oldest first.
///
/// # Errors
/// When a row cannot be read.
pub fn attempts(c: &Connection, action_id: i64) -> Result<Vec<AttemptRecord>, StoreError> {
    all(c, ATTEMPTS, [action_id], |row| whole(row, read_attempt))
}

/// One attempt.
///
/// # Errors
/// When the row cannot be read.
pub fn attempt(c: &Connection, action_id: i64, number: i64) -> Result<Option<AttemptRecord>, StoreError> {
    one(c, "SELECT * FROM action_attempt WHERE action_id = ?1 AND number = ?2", [action_id, number], |row| {
        whole(row, read_attempt)
    })
}

/// The newest attempt of an action.
///
/// # Errors
/// When the row cannot be read.
pub fn last_attempt(c: &Connection, action_id: i64) -> Result<Option<AttemptRecord>, StoreError> {
    let sql = "SELECT * FROM action_attempt WHERE action_id = ?1 ORDER BY number DESC LIMIT 1";
    one(c, sql, [action_id], |row| whole(row, read_attempt))
}

/// The attempt that carried this `x-request-id`, in any letter case.
///
/// # Errors
/// When the row cannot be read.
pub fn attempt_by_request(c: &Connection, request_id: &str) -> Result<Option<AttemptRecord>, StoreError> {
    let sql = "SELECT * FROM action_attempt WHERE request_id = ?1";
    one(c, sql, [request_id.to_ascii_lowercase()], |row| whole(row, read_attempt))
}

/// The events of an action, oldest first.
///
/// # Errors
/// When a row cannot be read.
pub fn events(c: &Connection, action_id: i64) -> Result<Vec<EventRecord>, StoreError> {
    all(c, EVENTS, [action_id], |row| whole(row, read_event))
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
    let sql = "SELECT * FROM action WHERE target_kind = ?1 AND target_id = ?2 ORDER BY id DESC LIMIT ?3";
    let found = all(c, sql, params![target_kind, target_id, limit], read_action)?;
    found.into_iter().map(|a| events(c, a.id).map(|events| (a, events))).collect()
}

/// What was said about an action's attempts, oldest first.
///
/// # Errors
/// When a row cannot be read.
pub fn evidence(c: &Connection, action_id: i64) -> Result<Vec<EvidenceRecord>, StoreError> {
    all(c, EVIDENCE, [action_id], |row| whole(row, read_evidence))
}

const ATTEMPTS: &str = "SELECT * FROM action_attempt WHERE action_id = ?1 ORDER BY number";
const EVENTS: &str = "SELECT * FROM action_event WHERE action_id = ?1 ORDER BY revision";
const EVIDENCE: &str = "SELECT * FROM evidence WHERE action_id = ?1 ORDER BY id";

/// A row that was read as far as it makes sense, and the first column that does not.
pub type Legible<T> = (T, Option<&'static str>);

/// Everything that happened to an action, damaged rows and all: for who tells of it and decides nothing by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Story {
    /// Its events, oldest first.
    pub events: Vec<Legible<EventRecord>>,
    /// Its attempts, oldest first.
    pub attempts: Vec<Legible<AttemptRecord>>,
    /// What was said about them, oldest first.
    pub evidence: Vec<Legible<EvidenceRecord>>,
}

/// Everything that happened to an action. A row that is damaged does not hide the others.
///
/// # Errors
/// When the queue cannot be read.
pub fn story(c: &Connection, action_id: i64) -> Result<Story, StoreError> {
    Ok(Story {
        events: all(c, EVENTS, [action_id], |row| legible(row, read_event))?,
        attempts: all(c, ATTEMPTS, [action_id], |row| legible(row, read_attempt))?,
        evidence: all(c, EVIDENCE, [action_id], |row| legible(row, read_evidence))?,
    })
}

/// What tells whether an attempt may have happened: the columns that the schema itself keeps in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stand {
    /// Number of the attempt.
    pub number: i64,
    /// Whether bytes may have left.
    pub sent: bool,
    /// How it ended, as far as is known.
    pub outcome: String,
}

/// Where the newest attempt of an action stands, whatever else of its row is damaged.
///
/// # Errors
/// When the queue cannot be read.
pub fn last_stand(c: &Connection, action_id: i64) -> Result<Option<Stand>, StoreError> {
    let sql = "SELECT number, sent_at IS NOT NULL, outcome FROM action_attempt
         WHERE action_id = ?1 ORDER BY number DESC LIMIT 1";
    one(c, sql, [action_id], |row| Ok(Stand { number: row.get(0)?, sent: row.get(1)?, outcome: row.get(2)? }))
}

/// One plan; `None` when there is none of that number.
///
/// # Errors
/// When the row cannot be read.
pub fn plan(c: &Connection, id: i64) -> Result<Option<PlanRecord>, StoreError> {
    one(c, "SELECT * FROM plan WHERE id = ?1", [id], plan_record)
}

/// Open plans that somebody said yes to and that wait for a second person, newest first.
///
/// # Errors
/// When a row cannot be read.
pub fn plans_waiting(c: &Connection, limit: u32) -> Result<Vec<PlanRecord>, StoreError> {
    let sql = "SELECT * FROM plan WHERE state = 'open' AND approval IS NOT NULL ORDER BY id DESC LIMIT ?1";
    all(c, sql, [limit], plan_record)
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
    let read = |row: &Row<'_>| {
        Ok(ControlRecord {
            paused: row.get("paused")?,
            stopped: row.get("stopped")?,
            since: maybe_time(row, "since")?,
            by: row.get("by_operator")?,
            lanes: Vec::new(),
        })
    };
    let paused = |row: &Row<'_>| {
        Ok(PausedLaneRecord { lane: row.get("lane")?, by: row.get("by_operator")?, since: time(row, "since")? })
    };
    let control = one(c, "SELECT * FROM queue_control WHERE id = 1", [], read)?.unwrap_or_default();
    let lanes = all(c, "SELECT lane, by_operator, since FROM queue_lane ORDER BY lane", [], paused)?;
    Ok(ControlRecord { lanes, ..control })
}

/// What an action needs to have succeeded, and has not: those actions, oldest first.
///
/// # Errors
/// When the queue cannot be read.
pub fn needs(c: &Connection, action_id: i64) -> Result<Vec<i64>, StoreError> {
    let sql = "SELECT p.id FROM action_need AS n JOIN action AS p ON p.id = n.needs_id
         WHERE n.action_id = ?1 AND p.state <> 'succeeded' ORDER BY p.id";
    all(c, sql, [action_id], |row| row.get(0))
}

/// The open actions that need this one.
///
/// # Errors
/// When the queue cannot be read.
pub fn needed_by(c: &Connection, action_id: i64) -> Result<Vec<i64>, StoreError> {
    let sql = "SELECT a.id FROM action_need AS n JOIN action AS a ON a.id = n.action_id
         WHERE n.needs_id = ?1 AND a.ended_at IS NULL ORDER BY a.id";
    all(c, sql, [action_id], |row| row.get(0))
}
