//! Rows of the provider's audits that carry no request id of ours.

use jiff::{Timestamp, civil::Date};
use rusqlite::{Connection, Row, params};

use crate::{
    StoreError, TableGroup,
    list::{Column, ColumnKind, ListQuery, ListSpec, Today, WindowRows, window},
    moments::{maybe_micros, maybe_time, micros, time},
    rows::{one, value},
    text::words,
};

/// A change that somebody else made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StrangerRecord {
    /// Row; 0 before it is kept.
    pub id: i64,
    /// Audit list, e.g. `instances`.
    pub list: String,
    /// Id in that list.
    pub audit_id: i64,
    /// When it was made.
    pub at: Option<Timestamp>,
    /// `CREATED`, `UPDATED`, `DELETED`.
    pub action: String,
    /// Provider's id of who did it.
    pub user_id: String,
    /// Name of who did it.
    pub username: String,
    /// The call's request id.
    pub request_id: String,
    /// The call's trace id.
    pub trace_id: String,
    /// On what (JSON object by the provider's names).
    pub resource: String,
    /// Names of what changed (JSON array), never values.
    pub changed: String,
    /// The instance, when it is about one.
    pub instance_id: Option<i64>,
    /// When it was found.
    pub found_at: Timestamp,
    /// Who has taken note, when, and why it is all right.
    pub acknowledged: Option<Acknowledged>,
}

/// Somebody has taken note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledged {
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Why it is all right.
    pub reason: String,
}

/// How far a list was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListRecord {
    /// Audit list.
    pub list: String,
    /// Day from which it is read again.
    pub from_day: Date,
    /// When it was last read to its end.
    pub read_at: Option<Timestamp>,
    /// Why the last read failed (JSON).
    pub error: Option<String>,
}

/// The strangers.
pub static STRANGERS: ListSpec = ListSpec {
    name: "strangers",
    group: TableGroup::Strangers,
    table: "stranger",
    select: "t.*",
    joins: "",
    base: "1",
    columns: &[
        Column::new("id", ColumnKind::Number, "t.id").indexed(),
        Column::new("at", ColumnKind::Moment, "coalesce(t.at, t.found_at)").indexed(),
        Column::new("list", ColumnKind::Text, "t.list").facet(),
        Column::new("action", ColumnKind::Text, "t.action").facet(),
        Column::new("username", ColumnKind::Text, "t.username").facet(),
        Column::new("user_id", ColumnKind::Text, "t.user_id").unsorted(),
        Column::new("request_id", ColumnKind::Text, "t.request_id").indexed().unsorted(),
        Column::new("instance_id", ColumnKind::Number, "t.instance_id").unsorted(),
        Column::flag("open", "t.acknowledged_at IS NULL"),
    ],
    order: ("at", true),
    ordered: &[],
    text: Some(("stranger_text", "t.words")),
    sums: &[],
};

fn read(row: &Row<'_>) -> rusqlite::Result<StrangerRecord> {
    let by: Option<String> = row.get("acknowledged_by")?;
    let reason: Option<String> = row.get("reason")?;
    let acknowledged = match (by, maybe_time(row, "acknowledged_at")?, reason) {
        (Some(by), Some(at), Some(reason)) => Some(Acknowledged { by, at, reason }),
        _ => None,
    };
    Ok(StrangerRecord {
        id: row.get("id")?,
        list: row.get("list")?,
        audit_id: row.get("audit_id")?,
        at: maybe_time(row, "at")?,
        action: row.get("action")?,
        user_id: row.get("user_id")?,
        username: row.get("username")?,
        request_id: row.get("request_id")?,
        trace_id: row.get("trace_id")?,
        resource: row.get("resource")?,
        changed: row.get("changed")?,
        instance_id: row.get("instance_id")?,
        found_at: time(row, "found_at")?,
        acknowledged,
    })
}

/// Whether a request id is one of ours: of an attempt, or of any exchange in the log.
///
/// # Errors
/// When the tables cannot be read.
pub fn is_ours(c: &Connection, request_id: &str) -> Result<bool, StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM action_attempt WHERE request_id = ?1)
             OR EXISTS (SELECT 1 FROM exchange WHERE request_id = ?1)";
    value(c, sql, [request_id.to_ascii_lowercase()])
}

/// Keeps a stranger. False when it was known.
///
/// # Errors
/// When the row cannot be written.
pub fn add(c: &Connection, new: &StrangerRecord) -> Result<bool, StoreError> {
    let texts = [&new.list, &new.action, &new.username, &new.user_id, &new.request_id, &new.resource, &new.changed];
    let written = c
        .prepare_cached(
            "INSERT INTO stranger (list, audit_id, at, action, user_id, username, request_id, trace_id, resource,
                 changed, instance_id, found_at, words)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) ON CONFLICT DO NOTHING",
        )?
        .execute(params![
            new.list,
            new.audit_id,
            maybe_micros(new.at),
            new.action,
            new.user_id,
            new.username,
            new.request_id,
            new.trace_id,
            new.resource,
            new.changed,
            new.instance_id,
            micros(new.found_at),
            words(texts.into_iter().map(String::as_str)),
        ])?;
    Ok(written == 1)
}

/// Drops those that turned out to be ours and that nobody has taken note of.
///
/// # Errors
/// When the table cannot be written.
pub fn drop_ours(c: &Connection) -> Result<usize, StoreError> {
    Ok(c.prepare_cached(
        "DELETE FROM stranger WHERE acknowledged_at IS NULL AND (
             EXISTS (SELECT 1 FROM action_attempt AS a WHERE a.request_id = lower(stranger.request_id))
             OR EXISTS (SELECT 1 FROM exchange AS x WHERE x.request_id = lower(stranger.request_id)))",
    )?
    .execute([])?)
}

/// Takes note of a stranger. False when somebody did before, or there is none of that number.
///
/// # Errors
/// When the row cannot be written.
pub fn acknowledge(c: &Connection, id: i64, note: &Acknowledged) -> Result<bool, StoreError> {
    let written = c
        .prepare_cached(
            "UPDATE stranger SET acknowledged_at = ?2, acknowledged_by = ?3, reason = ?4
             WHERE id = ?1 AND acknowledged_at IS NULL",
        )?
        .execute(params![id, micros(note.at), note.by, note.reason])?;
    Ok(written == 1)
}

/// One window of the strangers, newest first unless asked otherwise.
///
/// # Errors
/// [`StoreError::Input`] when the question is wrong.
pub fn stranger_window(
    c: &Connection,
    query: &ListQuery,
    today: &Today,
) -> Result<WindowRows<StrangerRecord>, StoreError> {
    window(c, &STRANGERS, query, today, read)
}

/// How many nobody has taken note of.
///
/// # Errors
/// When the table cannot be read.
pub fn open_count(c: &Connection) -> Result<u32, StoreError> {
    value(c, "SELECT count(*) FROM stranger WHERE acknowledged_at IS NULL", [])
}

/// How far a list was read.
///
/// # Errors
/// When the row cannot be read.
pub fn list_state(c: &Connection, list: &str) -> Result<Option<ListRecord>, StoreError> {
    let read = |row: &Row<'_>| Ok((row.get::<_, String>("from_day")?, maybe_time(row, "read_at")?, row.get("error")?));
    one(c, "SELECT * FROM stranger_list WHERE list = ?1", [list], read)?
        .map(|(day, read_at, error)| {
            let from_day = day.parse().map_err(|_| StoreError::row("stranger_list.from_day is no day"))?;
            Ok(ListRecord { list: list.to_owned(), from_day, read_at, error })
        })
        .transpose()
}

/// Writes how far a list was read.
///
/// # Errors
/// When the row cannot be written.
pub fn save_list(c: &Connection, state: &ListRecord) -> Result<(), StoreError> {
    c.prepare_cached("INSERT OR REPLACE INTO stranger_list (list, from_day, read_at, error) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![state.list, state.from_day.to_string(), maybe_micros(state.read_at), state.error])?;
    Ok(())
}

/// When the first exchange with a provider was recorded.
///
/// # Errors
/// When the log cannot be read.
pub fn first_exchange(c: &Connection) -> Result<Option<Timestamp>, StoreError> {
    let at: Option<i64> = one(c, "SELECT at FROM exchange ORDER BY id LIMIT 1", [], |row| row.get(0))?;
    Ok(at.and_then(|at| Timestamp::from_microsecond(at).ok()))
}
