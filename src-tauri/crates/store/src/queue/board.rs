//! The queue as lists show it.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::{
    ActionRecord,
    rows::{maybe_time, micros, read_action},
};
use crate::{
    StoreError, TableGroup,
    list::{Column, ColumnKind, ListQuery, ListSpec, Today, WindowRows, window},
};

/// One state's figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardCount {
    /// State.
    pub state: String,
    /// Actions in it.
    pub count: u32,
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
        Column::new("id", ColumnKind::Number, "t.id"),
        Column::new("state", ColumnKind::Text, "t.state").sorted_by("t.board_order").facet(),
        Column::new("kind", ColumnKind::Text, "t.kind").facet(),
        Column::name("target", "t.target_name", "t.target_key"),
        Column::new("target_id", ColumnKind::Number, "t.target_id").unsorted(),
        Column::new("client_id", ColumnKind::Number, "t.client_id").unsorted(),
        Column::new("service_id", ColumnKind::Number, "t.service_id").unsorted(),
        Column::new("lane", ColumnKind::Text, "t.lane").unsorted().facet(),
        Column::new("by", ColumnKind::Text, "t.by_operator").unsorted().facet(),
        Column::new("plan", ColumnKind::Number, "t.plan_id").unsorted(),
        Column::new("next_try", ColumnKind::Moment, "t.next_at").sorted_by("coalesce(t.next_at, 9223372036854775807)"),
        Column::new("tries", ColumnKind::Number, "t.tries"),
        Column::new("created", ColumnKind::Moment, "t.created_at"),
        Column::new("updated", ColumnKind::Moment, "t.updated_at"),
        Column::flag("open", "t.ended_at IS NULL"),
    ],
    order: ("state", false),
    ordered: &[],
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
    let mut statement = c.prepare_cached(
        "SELECT state, count(*) AS n, min(created_at) AS oldest_at, min(next_at) AS next_at FROM action
         WHERE state IN ('held', 'ready', 'running', 'retryable', 'unknown') GROUP BY state
         UNION ALL
         SELECT state, count(*), min(ended_at), NULL FROM action WHERE ended_at >= ?1 GROUP BY state",
    )?;
    let rows = statement.query_map([micros(ended_since)], |row| {
        Ok(BoardCount {
            state: row.get("state")?,
            count: row.get("n")?,
            // A damaged row may hold the first of all moments, and is told of in its own place.
            oldest_at: maybe_time(row, "oldest_at").unwrap_or(None),
            next_at: maybe_time(row, "next_at").unwrap_or(None),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The open actions on some targets, oldest first.
///
/// # Errors
/// When the queue cannot be read.
pub fn open_on_targets(c: &Connection, target_kind: &str, ids: &[i64]) -> Result<Vec<ActionRecord>, StoreError> {
    let mut found = Vec::new();
    let mut statement = c.prepare_cached(
        "SELECT * FROM action WHERE target_kind = ?1 AND target_id = ?2 AND ended_at IS NULL ORDER BY id",
    )?;
    for id in ids {
        for row in statement.query_map(params![target_kind, id], read_action)? {
            found.push(row?);
        }
    }
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
    let mut statement = c.prepare_cached(
        "SELECT * FROM action
         WHERE target_kind = ?1 AND target_id = ?2 AND kind = ?3 AND ended_at IS NOT NULL ORDER BY id",
    )?;
    Ok(statement.query_map(params![target_kind, id, kind], read_action)?.collect::<Result<_, _>>()?)
}

/// How many actions of kinds that start with `prefix` came into the queue since a moment and were not taken back.
///
/// # Errors
/// When the queue cannot be read.
pub fn enqueued_since(c: &Connection, prefix: &str, since: Timestamp) -> Result<u32, StoreError> {
    Ok(c.prepare_cached(
        "SELECT count(*) FROM action WHERE created_at >= ?1 AND substr(kind, 1, length(?2)) = ?2 AND state <> 'cancelled'",
    )?
    .query_row(params![micros(since), prefix], |row| row.get(0))?)
}

/// The results (JSON) of the newest succeeded actions of a kind, newest first.
///
/// # Errors
/// When the queue cannot be read.
pub fn recent_results(c: &Connection, kind: &str, limit: u32) -> Result<Vec<String>, StoreError> {
    let mut statement = c.prepare_cached(
        "SELECT result FROM action WHERE kind = ?1 AND state = 'succeeded' AND result IS NOT NULL
         ORDER BY id DESC LIMIT ?2",
    )?;
    Ok(statement.query_map(params![kind, limit], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

/// How many calls each provider got since a moment, by the request log.
///
/// # Errors
/// When the log cannot be read.
pub fn calls_since(c: &Connection, since: Timestamp) -> Result<Vec<(String, u32)>, StoreError> {
    let mut statement = c.prepare_cached("SELECT provider, count(*) FROM exchange WHERE at >= ?1 GROUP BY provider")?;
    Ok(statement.query_map([micros(since)], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?)
}
