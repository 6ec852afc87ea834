use rusqlite::Connection;

use super::{EXCHANGES, LogRow};
use crate::StoreError;

/// A whole exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The row.
    pub row: LogRow,
    /// Whole URL.
    pub url: String,
    /// `x-trace-id`.
    pub trace_id: Option<String>,
    /// Request headers.
    pub request_headers: Vec<(String, String)>,
    /// Request body.
    pub request_body: String,
    /// Reply headers.
    pub reply_headers: Vec<(String, String)>,
    /// Reply body.
    pub reply_body: String,
    /// Size of the reply in bytes before it was cut.
    pub reply_bytes: u64,
    /// Technical words of a failure.
    pub detail: Option<String>,
}

/// One exchange.
///
/// # Errors
/// [`StoreError::NotFound`] when it was never there or is no longer kept.
pub fn entry(connection: &Connection, id: i64) -> Result<Entry, StoreError> {
    let sql = format!(
        "SELECT t.id AS _id, {}, b.* FROM exchange t JOIN exchange_body b ON b.id = t.id WHERE t.id = ?1",
        EXCHANGES.select
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let (row, headers, entry) = statement.query_row([id], |row| {
        let headers: (String, String) = (row.get("request_headers")?, row.get("reply_headers")?);
        let read = Entry {
            row: LogRow::read(row)?,
            url: row.get("url")?,
            trace_id: row.get("trace_id")?,
            request_headers: Vec::new(),
            request_body: row.get("request_body")?,
            reply_headers: Vec::new(),
            reply_body: row.get("reply_body")?,
            reply_bytes: row.get::<_, i64>("reply_bytes")?.unsigned_abs(),
            detail: row.get("detail")?,
        };
        Ok((id, headers, read))
    })?;
    let parse = |json: &str| -> Result<Vec<(String, String)>, StoreError> {
        serde_json::from_str(json).map_err(|e| StoreError::row(format!("headers of exchange {row}: {e}")))
    };
    Ok(Entry { request_headers: parse(&headers.0)?, reply_headers: parse(&headers.1)?, ..entry })
}
