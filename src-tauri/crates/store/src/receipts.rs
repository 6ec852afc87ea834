//! Receipts: one for each action that ended, chained by hashes. What is in them and what makes them true is decided by
//! the console; here they are only added, never changed (`migrations/0005_record.sql`).

use jiff::Timestamp;
use rusqlite::{Connection, Row, params};

use crate::{
    StoreError, TableGroup,
    list::{Column, ColumnKind, ListQuery, ListSpec, Today, WindowRows, window},
    moments::{maybe_micros, maybe_time, micros, time},
    rows::{all, one, value},
    text::words,
};

/// A receipt as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptRecord {
    /// Number, from 1 without gaps.
    pub id: i64,
    /// The event that ended the action.
    pub event_id: i64,
    /// The action.
    pub action_id: i64,
    /// When it ended.
    pub at: Timestamp,
    /// Its kind.
    pub kind: String,
    /// `succeeded`, `failed`, `cancelled`.
    pub state: String,
    /// What it was about.
    pub target_kind: String,
    /// Its id.
    pub target_id: i64,
    /// Its name.
    pub target_name: String,
    /// WHMCS client.
    pub client_id: Option<i64>,
    /// Who approved it.
    pub by: String,
    /// Hash of the receipt before.
    pub prev: String,
    /// SHA-256 of the body, in hex.
    pub hash: String,
    /// What was hashed, byte for byte.
    pub body: String,
}

/// Where the chain ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Number of the last receipt; 0 when there is none.
    pub last_id: i64,
    /// Its hash; zeros when there is none.
    pub last_hash: String,
    /// Everything that ended up to this event has its receipt.
    pub event_id: i64,
}

/// An action that ended, and the event that ended it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    /// Event.
    pub event_id: i64,
    /// Action.
    pub action_id: i64,
}

/// The receipts.
pub static RECEIPTS: ListSpec = ListSpec {
    name: "receipts",
    group: TableGroup::Receipts,
    table: "receipt",
    select: "t.*",
    joins: "",
    base: "1",
    columns: &[
        Column::new("id", ColumnKind::Number, "t.id").indexed(),
        Column::new("action_id", ColumnKind::Number, "t.action_id").indexed(),
        Column::new("at", ColumnKind::Moment, "t.at").indexed(),
        Column::new("kind", ColumnKind::Text, "t.kind").indexed().facet(),
        Column::new("state", ColumnKind::Text, "t.state").facet(),
        Column::new("target", ColumnKind::Text, "t.target_name"),
        Column::new("target_id", ColumnKind::Number, "t.target_id").indexed().unsorted(),
        Column::new("client_id", ColumnKind::Number, "t.client_id").indexed().unsorted(),
        Column::new("by", ColumnKind::Text, "t.by_operator").facet(),
        Column::new("hash", ColumnKind::Text, "t.hash").unsorted(),
    ],
    order: ("id", true),
    ordered: &[("kind", &["id"]), ("target_id", &["id"])],
    text: Some(("receipt_text", "t.words")),
    sums: &[],
};

fn read(row: &Row<'_>) -> rusqlite::Result<ReceiptRecord> {
    Ok(ReceiptRecord {
        id: row.get("id")?,
        event_id: row.get("event_id")?,
        action_id: row.get("action_id")?,
        at: time(row, "at")?,
        kind: row.get("kind")?,
        state: row.get("state")?,
        target_kind: row.get("target_kind")?,
        target_id: row.get("target_id")?,
        target_name: row.get("target_name")?,
        client_id: row.get("client_id")?,
        by: row.get("by_operator")?,
        prev: row.get("prev")?,
        hash: row.get("hash")?,
        body: row.get("body")?,
    })
}

fn read_ended(row: &Row<'_>) -> rusqlite::Result<Ended> {
    Ok(Ended { event_id: row.get(0)?, action_id: row.get(1)? })
}

/// Where the chain ends.
///
/// # Errors
/// When the row cannot be read.
pub fn head(c: &Connection) -> Result<Head, StoreError> {
    let read = |row: &Row<'_>| {
        Ok(Head { last_id: row.get("last_id")?, last_hash: row.get("last_hash")?, event_id: row.get("event_id")? })
    };
    Ok(c.prepare_cached("SELECT * FROM receipt_head WHERE only = 1")?.query_row([], read)?)
}

/// Actions that ended after an event, in the order in which they ended.
///
/// # Errors
/// When a row cannot be read.
pub fn ended_after(c: &Connection, event_id: i64, most: u32) -> Result<Vec<Ended>, StoreError> {
    let sql = "SELECT id, action_id FROM action_event
         WHERE id > ?1 AND to_state IN ('succeeded', 'failed', 'cancelled') AND from_state <> to_state
         ORDER BY id LIMIT ?2";
    all(c, sql, params![event_id, most], read_ended)
}

/// The number that the next receipt gets: behind everything that is there, also behind what does not belong there.
///
/// # Errors
/// When the table cannot be read.
pub fn next_id(c: &Connection) -> Result<i64, StoreError> {
    value(c, "SELECT max(coalesce((SELECT max(id) FROM receipt), 0), last_id) + 1 FROM receipt_head", [])
}

/// Adds a receipt and moves the head to it.
///
/// # Errors
/// When the action has one, or the database fails.
pub fn add(c: &Connection, receipt: &ReceiptRecord) -> Result<(), StoreError> {
    let numbers = [receipt.id, receipt.action_id, receipt.target_id].map(|n| n.to_string());
    let texts = [&receipt.kind, &receipt.target_name, &receipt.by, &receipt.state, &receipt.hash];
    let texts = texts.into_iter().chain(&numbers).map(String::as_str);
    c.prepare_cached(
        "INSERT INTO receipt (id, event_id, action_id, at, kind, state, target_kind, target_id, target_name, client_id,
             by_operator, prev, hash, body, words)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
    )?
    .execute(params![
        receipt.id,
        receipt.event_id,
        receipt.action_id,
        micros(receipt.at),
        receipt.kind,
        receipt.state,
        receipt.target_kind,
        receipt.target_id,
        receipt.target_name,
        receipt.client_id,
        receipt.by,
        receipt.prev,
        receipt.hash,
        receipt.body,
        words(texts),
    ])?;
    c.prepare_cached("UPDATE receipt_head SET last_id = ?1, last_hash = ?2, event_id = ?3 WHERE only = 1")?
        .execute(params![receipt.id, receipt.hash, receipt.event_id])?;
    Ok(())
}

/// Receipts after a number, in order.
///
/// # Errors
/// When a row cannot be read.
pub fn after(c: &Connection, id: i64, most: u32) -> Result<Vec<ReceiptRecord>, StoreError> {
    all(c, "SELECT * FROM receipt WHERE id > ?1 ORDER BY id LIMIT ?2", params![id, most], read)
}

/// One receipt.
///
/// # Errors
/// When the row cannot be read.
pub fn receipt(c: &Connection, id: i64) -> Result<Option<ReceiptRecord>, StoreError> {
    one(c, "SELECT * FROM receipt WHERE id = ?1", [id], read)
}

/// The receipt of an action.
///
/// # Errors
/// When the row cannot be read.
pub fn of_action(c: &Connection, action_id: i64) -> Result<Option<ReceiptRecord>, StoreError> {
    one(c, "SELECT * FROM receipt WHERE action_id = ?1", [action_id], read)
}

/// The number of the receipt with a hash.
///
/// # Errors
/// When the table cannot be read.
pub fn with_hash(c: &Connection, hash: &str) -> Result<Option<i64>, StoreError> {
    one(c, "SELECT id FROM receipt WHERE hash = ?1", [hash], |row| row.get(0))
}

/// Actions that ended up to an event and have no receipt.
///
/// # Errors
/// When a row cannot be read.
pub fn without(c: &Connection, up_to_event: i64) -> Result<Vec<Ended>, StoreError> {
    let sql = "SELECT e.id, e.action_id FROM action_event AS e
         WHERE e.id <= ?1 AND e.to_state IN ('succeeded', 'failed', 'cancelled') AND e.from_state <> e.to_state
           AND NOT EXISTS (SELECT 1 FROM receipt AS r WHERE r.event_id = e.id AND r.action_id = e.action_id)
         ORDER BY e.id";
    all(c, sql, [up_to_event], read_ended)
}

/// One window of the receipts, newest first unless asked otherwise.
///
/// # Errors
/// [`StoreError::Input`] when the question is wrong.
pub fn receipt_window(
    c: &Connection,
    query: &ListQuery,
    today: &Today,
) -> Result<WindowRows<ReceiptRecord>, StoreError> {
    window(c, &RECEIPTS, query, today, read)
}

/// A line for WHMCS's activity log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineRecord {
    /// Receipt it is about.
    pub receipt_id: i64,
    /// WHMCS client it is filed under.
    pub client_id: Option<i64>,
    /// The line.
    pub line: String,
    /// What stands in it and nowhere else.
    pub mark: String,
    /// `waiting`, `sent`, `proven`, `unproven`, `refused`.
    pub state: String,
    /// How often it was sent.
    pub tries: i64,
    /// How often it was looked for since.
    pub looks: i64,
    /// Request id of the last try.
    pub request_id: Option<String>,
    /// When the last try left.
    pub sent_at: Option<Timestamp>,
    /// When it goes on.
    pub next_at: Option<Timestamp>,
    /// Its id in WHMCS.
    pub entry_id: Option<i64>,
    /// Why it went wrong (JSON).
    pub error: Option<String>,
    /// When it last moved.
    pub updated_at: Timestamp,
}

fn read_line(row: &Row<'_>) -> rusqlite::Result<LineRecord> {
    Ok(LineRecord {
        receipt_id: row.get("receipt_id")?,
        client_id: row.get("client_id")?,
        line: row.get("line")?,
        mark: row.get("mark")?,
        state: row.get("state")?,
        tries: row.get("tries")?,
        looks: row.get("looks")?,
        request_id: row.get("request_id")?,
        sent_at: maybe_time(row, "sent_at")?,
        next_at: maybe_time(row, "next_at")?,
        entry_id: row.get("entry_id")?,
        error: row.get("error")?,
        updated_at: time(row, "updated_at")?,
    })
}

/// Adds a line, or writes it as it is now.
///
/// # Errors
/// When a rule of the schema forbids it.
pub fn save_line(c: &Connection, line: &LineRecord) -> Result<(), StoreError> {
    c.prepare_cached(
        "INSERT INTO receipt_line (receipt_id, client_id, line, mark, state, tries, looks, request_id, sent_at, next_at,
             entry_id, error, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
         ON CONFLICT (receipt_id) DO UPDATE SET state = excluded.state, tries = excluded.tries, looks = excluded.looks,
             request_id = excluded.request_id, sent_at = excluded.sent_at, next_at = excluded.next_at,
             entry_id = excluded.entry_id, error = excluded.error, updated_at = excluded.updated_at",
    )?
    .execute(params![
        line.receipt_id,
        line.client_id,
        line.line,
        line.mark,
        line.state,
        line.tries,
        line.looks,
        line.request_id,
        maybe_micros(line.sent_at),
        maybe_micros(line.next_at),
        line.entry_id,
        line.error,
        micros(line.updated_at),
    ])?;
    Ok(())
}

/// Lines that are due, oldest receipt first.
///
/// # Errors
/// When a row cannot be read.
pub fn lines_due(c: &Connection, now: Timestamp, most: u32) -> Result<Vec<LineRecord>, StoreError> {
    let sql = "SELECT * FROM receipt_line WHERE next_at <= ?1 ORDER BY receipt_id LIMIT ?2";
    all(c, sql, params![micros(now), most], read_line)
}

/// The line of a receipt.
///
/// # Errors
/// When the row cannot be read.
pub fn line_of(c: &Connection, receipt_id: i64) -> Result<Option<LineRecord>, StoreError> {
    one(c, "SELECT * FROM receipt_line WHERE receipt_id = ?1", [receipt_id], read_line)
}

/// How many lines stand where.
///
/// # Errors
/// When the table cannot be read.
pub fn line_counts(c: &Connection) -> Result<Vec<(String, u32)>, StoreError> {
    let sql = "SELECT state, count(*) FROM receipt_line GROUP BY state ORDER BY state";
    all(c, sql, [], |row| Ok((row.get(0)?, row.get(1)?)))
}
