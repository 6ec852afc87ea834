//! The queue as lists show it.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::{ActionRecord, rows::read_action};
use crate::{
    StoreError, TableGroup,
    list::{Column, ColumnKind, ListQuery, ListSpec, Today, WindowRows, window},
    moments::{maybe_time, micros},
    policy::Lately,
    rows::{all, one, value},
};

/// How the key of a server begins.
pub(super) const SERVER_KEY: &str = "contabo:instance:";

/// One state's figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardCount {
    /// State.
    pub state: String,
    /// Actions in it.
    pub count: u32,
    /// Those that a worker has in its hands this moment.
    pub at_work: u32,
    /// Those that do not go on by themselves.
    pub stuck: u32,
    /// When the oldest of them came into the queue.
    pub oldest_at: Option<Timestamp>,
    /// When the first of them goes on by itself.
    pub next_at: Option<Timestamp>,
}

/// The queue. `state` sorts in the board's own order: what waits for a person first, what ended last.
pub static ACTIONS: ListSpec = ListSpec {
    name: "actions",
    group: TableGroup::Queue,
    table: "action",
    select: "t.*",
    joins: "",
    base: "1",
    columns: &[
        Column::new("id", ColumnKind::Number, "t.id").indexed(),
        Column::new("state", ColumnKind::Text, "t.state").sorted_by("t.board_order").indexed().facet(),
        Column::new("kind", ColumnKind::Text, "t.kind").indexed().facet(),
        Column::name("target", "t.target_name", "t.target_key"),
        Column::new("target_id", ColumnKind::Number, "t.target_id").indexed().unsorted(),
        Column::new("client_id", ColumnKind::Number, "t.client_id").indexed().unsorted(),
        Column::new("service_id", ColumnKind::Number, "t.service_id").indexed().unsorted(),
        Column::new("lane", ColumnKind::Text, "t.lane").indexed().unsorted().facet(),
        Column::new("by", ColumnKind::Text, "t.by_operator").indexed().unsorted().facet(),
        Column::new("plan", ColumnKind::Number, "t.plan_id").indexed().unsorted(),
        Column::new("next_try", ColumnKind::Moment, "t.next_at").sorted_by("coalesce(t.next_at, 9223372036854775807)"),
        Column::new("tries", ColumnKind::Number, "t.tries").indexed(),
        Column::new("created", ColumnKind::Moment, "t.created_at").indexed(),
        Column::new("updated", ColumnKind::Moment, "t.updated_at").indexed(),
        Column::flag("open", "t.ended_at IS NULL").indexed(),
    ],
    order: ("state", false),
    ordered: &[
        ("target_id", &["id"]),
        ("client_id", &["id"]),
        ("service_id", &["id"]),
        ("by", &["id"]),
        ("kind", &["id"]),
        ("state", &["state"]),
        ("lane", &["id"]),
    ],
    text: Some(("action_text", "t.words || ' a ' || t.id")),
    sums: &[],
};

/// One window of the queue.
///
/// # Errors
/// [`StoreError::Input`] when the question is wrong.
pub fn board_window(c: &Connection, query: &ListQuery, today: &Today) -> Result<WindowRows<ActionRecord>, StoreError> {
    window(c, &ACTIONS, query, today, read_action)
}

/// Figures of all open states, and of the ended ones since a moment.
///
/// # Errors
/// When the queue cannot be read.
pub fn board_counts(c: &Connection, ended_since: Timestamp) -> Result<Vec<BoardCount>, StoreError> {
    let sql = "SELECT state, count(*) AS n, count(lease_holder) AS at_work,
                sum(lease_holder IS NULL AND next_at IS NULL) AS stuck,
                min(created_at) AS oldest_at, min(next_at) AS next_at FROM action
         WHERE state IN ('held', 'ready', 'running', 'retryable', 'unknown') GROUP BY state
         UNION ALL
         SELECT state, count(*), 0, 0, min(ended_at), NULL FROM action
         WHERE state IN ('succeeded', 'failed', 'cancelled') AND ended_at IS NOT NULL AND ended_at >= ?1 GROUP BY state";
    all(c, sql, [micros(ended_since)], |row| {
        Ok(BoardCount {
            state: row.get("state")?,
            count: row.get("n")?,
            at_work: row.get("at_work")?,
            stuck: row.get("stuck")?,
            // A damaged row may hold the first of all moments, and is told of in its own place.
            oldest_at: maybe_time(row, "oldest_at").unwrap_or(None),
            next_at: maybe_time(row, "next_at").unwrap_or(None),
        })
    })
}

/// The open actions on some targets, oldest first.
///
/// # Errors
/// When the queue cannot be read.
pub fn open_on_targets(c: &Connection, target_kind: &str, ids: &[i64]) -> Result<Vec<ActionRecord>, StoreError> {
    let sql = "SELECT * FROM action WHERE target_id = ?2 AND target_kind = ?1 AND ended_at IS NULL ORDER BY id";
    let mut found = Vec::new();
    for id in ids {
        found.extend(all(c, sql, params![target_kind, id], read_action)?);
    }
    Ok(found)
}

/// The open actions that have to do with a target, oldest first: those on it, those on a service that hold the server
/// behind it, and those on the server behind a service.
///
/// # Errors
/// When the queue cannot be read.
pub fn open_about(c: &Connection, target_kind: &str, id: i64) -> Result<Vec<ActionRecord>, StoreError> {
    let mut found = open_on_targets(c, target_kind, &[id])?;
    let server = match target_kind {
        "instance" => Some(id),
        "service" => one(c, "SELECT instance_id FROM service WHERE id = ?1", [id], |row| row.get(0))?.flatten(),
        _ => None,
    };
    if let Some(server) = server {
        let key = format!("{SERVER_KEY}{server}");
        let held = "SELECT * FROM action WHERE also_key = ?1 AND also_key IS NOT NULL
             AND state IN ('ready', 'running', 'retryable', 'unknown') ORDER BY id";
        found.extend(all(c, held, [&key], read_action)?);
        if target_kind == "service" {
            found.extend(open_on_targets(c, "instance", &[server])?);
        }
    }
    found.sort_by_key(|action| action.id);
    found.dedup_by_key(|action| action.id);
    Ok(found)
}

/// The actions of a kind on a target that have ended, oldest first.
///
/// # Errors
/// When the queue cannot be read.
pub fn ended_on_target(
    c: &Connection,
    kind: &str,
    target_kind: &str,
    id: i64,
) -> Result<Vec<ActionRecord>, StoreError> {
    let sql = "SELECT * FROM action
         WHERE target_id = ?2 AND target_kind = ?1 AND kind = ?3 AND ended_at IS NOT NULL ORDER BY id";
    all(c, sql, params![target_kind, id, kind], read_action)
}

/// The actions of a kind on other targets than one, open and ended, that hold `input` in their input or `noted` in what
/// they brought, oldest first. Both are looked for as plain text: who asks has to look closer.
///
/// # Errors
/// When the queue cannot be read.
pub fn mentioning(
    c: &Connection,
    kind: &str,
    besides: (&str, i64),
    input: &str,
    noted: &str,
) -> Result<Vec<ActionRecord>, StoreError> {
    let sql = "SELECT * FROM action
         WHERE kind = ?1 AND NOT (target_kind = ?2 AND target_id = ?3)
             AND (instr(input, ?4) > 0 OR instr(coalesce(carried, ''), ?5) > 0 OR instr(coalesce(result, ''), ?5) > 0)
         ORDER BY id";
    all(c, sql, params![kind, besides.0, besides.1, input, noted], read_action)
}

/// How many actions of kinds that start with `prefix` came into the queue lately and were not taken back.
///
/// # Errors
/// When the queue cannot be read.
pub fn enqueued_since(c: &Connection, prefix: &str, lately: Lately) -> Result<u32, StoreError> {
    let sql = "SELECT count(*) FROM action
         WHERE created_at BETWEEN ?1 AND ?3 AND substr(kind, 1, length(?2)) = ?2 AND state <> 'cancelled'";
    value(c, sql, params![micros(lately.since), prefix, micros(lately.until)])
}

/// The results (JSON) of the newest succeeded actions of a kind, newest first.
///
/// # Errors
/// When the queue cannot be read.
pub fn recent_results(c: &Connection, kind: &str, limit: u32) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT result FROM action WHERE kind = ?1 AND state = 'succeeded' AND result IS NOT NULL
         ORDER BY id DESC LIMIT ?2";
    all(c, sql, params![kind, limit], |row| row.get(0))
}

/// How many calls each provider got since a moment, by the request log.
///
/// # Errors
/// When the log cannot be read.
pub fn calls_since(c: &Connection, since: Timestamp) -> Result<Vec<(String, u32)>, StoreError> {
    let sql = "SELECT provider, count(*) FROM exchange WHERE at >= ?1 GROUP BY provider";
    all(c, sql, [micros(since)], |row| Ok((row.get(0)?, row.get(1)?)))
}
