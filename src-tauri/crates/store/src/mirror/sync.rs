//! How fresh each kind is, and where its sync goes on.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, Transaction};
use serde_json::Value as Json;

use super::Kind;
use crate::StoreError;

/// Where the sync of one kind stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncState {
    /// Which kind.
    pub kind: Kind,
    /// When everything was last known to be whole.
    pub last_whole: Option<Timestamp>,
    /// When the provider last answered for this kind.
    pub last_answer: Option<Timestamp>,
    /// Why the last try failed, `None` after a good one: a stable code.
    pub error_code: Option<String>,
    /// The same with everything a view shows.
    pub error: Option<Json>,
    /// When it is tried next.
    pub next_try: Option<Timestamp>,
    /// Where the sync goes on after a restart; its own business.
    pub cursor: Option<Json>,
    /// Rows that are not gone. Kept as they come and go; ignored when saving.
    pub rows: u32,
}

impl SyncState {
    /// Never tried.
    pub const fn new(kind: Kind) -> Self {
        Self {
            kind,
            last_whole: None,
            last_answer: None,
            error_code: None,
            error: None,
            next_try: None,
            cursor: None,
            rows: 0,
        }
    }
}

const COLUMNS: &str = "kind, last_whole, last_answer, error_code, error, next_try, cursor, row_count";

/// One kind's state; a fresh one when it was never saved.
///
/// # Errors
/// When the database fails or holds what cannot be read.
pub fn sync_state(connection: &Connection, kind: Kind) -> Result<SyncState, StoreError> {
    let mut statement =
        connection.prepare_cached(&format!("SELECT {COLUMNS} FROM sync_state WHERE provider = ?1 AND kind = ?2"))?;
    let found = statement.query_row((kind.provider(), kind.name()), |row| Ok(read(row))).optional()?;
    Ok(found.transpose()?.flatten().unwrap_or(SyncState::new(kind)))
}

/// All kinds, also those that were never saved.
///
/// # Errors
/// As [`sync_state`].
pub fn sync_states(connection: &Connection) -> Result<Vec<SyncState>, StoreError> {
    Kind::ALL.into_iter().map(|kind| sync_state(connection, kind)).collect()
}

/// Saves a state.
///
/// # Errors
/// When the database fails.
pub fn save_sync_state(tx: &Transaction<'_>, state: &SyncState) -> Result<(), StoreError> {
    let micros = |at: Option<Timestamp>| at.map(Timestamp::as_microsecond);
    tx.prepare_cached(
        "INSERT INTO sync_state (provider, kind, last_whole, last_answer, error_code, error, next_try, cursor)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (provider, kind) DO UPDATE SET last_whole = excluded.last_whole,
         last_answer = excluded.last_answer, error_code = excluded.error_code, error = excluded.error,
         next_try = excluded.next_try, cursor = excluded.cursor",
    )?
    .execute((
        state.kind.provider(),
        state.kind.name(),
        micros(state.last_whole),
        micros(state.last_answer),
        &state.error_code,
        state.error.as_ref().map(Json::to_string),
        micros(state.next_try),
        state.cursor.as_ref().map(Json::to_string),
    ))?;
    Ok(())
}

/// Keeps the figure of a kind's rows as rows come and go: counting a million of them with each page would not do.
pub(super) fn add_rows(tx: &Transaction<'_>, kind: Kind, more: i64) -> Result<(), StoreError> {
    if more != 0 {
        tx.prepare_cached(
            "INSERT INTO sync_state (provider, kind, row_count) VALUES (?1, ?2, max(?3, 0))
             ON CONFLICT (provider, kind) DO UPDATE SET row_count = max(row_count + ?3, 0)",
        )?
        .execute((kind.provider(), kind.name(), more))?;
    }
    Ok(())
}

fn read(row: &Row<'_>) -> Result<Option<SyncState>, StoreError> {
    let Some(kind) = Kind::by_name(&row.get::<_, String>(0)?) else { return Ok(None) };
    let moment = |column: usize| -> Result<Option<Timestamp>, StoreError> {
        let micros: Option<i64> = row.get(column)?;
        micros.map(Timestamp::from_microsecond).transpose().map_err(|e| StoreError::row(format!("sync_state: {e}")))
    };
    let json = |column: usize| -> Result<Option<Json>, StoreError> {
        let text: Option<String> = row.get(column)?;
        text.map(|t| serde_json::from_str(&t)).transpose().map_err(|e| StoreError::row(format!("sync_state: {e}")))
    };
    Ok(Some(SyncState {
        kind,
        last_whole: moment(1)?,
        last_answer: moment(2)?,
        error_code: row.get(3)?,
        error: json(4)?,
        next_try: moment(5)?,
        cursor: json(6)?,
        rows: row.get(7)?,
    }))
}
