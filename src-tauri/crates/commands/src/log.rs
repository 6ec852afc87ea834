//! The request log.

use rackdesk_console::record::curl;
use rackdesk_store::{StoreError, list::Today, log};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{
    AppError, Core,
    clients::RecordRef,
    list::{ListQuery, Window},
};

/// One exchange in the list. Columns: at, provider, call, status, ms, request_id, action_id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct LogRow {
    /// Row id.
    pub id: i64,
    /// When it began (RFC 3339, UTC).
    pub at: String,
    /// `whmcs` or `contabo`.
    pub provider: String,
    /// Operation.
    pub operation: String,
    /// HTTP method.
    pub method: String,
    /// Path with query; the action's name for WHMCS.
    pub path: String,
    /// Status of the answer.
    pub status: Option<u16>,
    /// `ok`, `rejected`, `throttled`, `failed`, `cut`, `timeout`, `not_sent`, `unreadable`.
    pub outcome: String,
    /// Milliseconds.
    pub ms: u32,
    /// `x-request-id`.
    pub request_id: String,
    /// Its action.
    pub action_id: Option<i64>,
    /// A few words around the hit of a full-text search.
    pub snippet: Option<String>,
}

/// Name and value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct NameValue {
    /// Name.
    pub name: String,
    /// Value, secrets hidden.
    pub value: String,
}

/// A whole exchange, secrets hidden before it was stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct LogEntry {
    /// The row.
    pub row: LogRow,
    /// Full address.
    pub url: String,
    /// What the call does: `read`, `idempotent`, `once`, `billable`, `destructive`.
    pub effect: String,
    /// `x-trace-id`.
    pub trace_id: Option<String>,
    /// Request headers.
    pub request_headers: Vec<NameValue>,
    /// Request body.
    pub request_body: String,
    /// Reply headers.
    pub reply_headers: Vec<NameValue>,
    /// Reply body, at most 64 KiB.
    pub reply_body: String,
    /// Size of the reply in bytes.
    pub reply_bytes: u32,
    /// Technical words of a failure.
    pub detail: Option<String>,
    /// The same call as a cURL command line, credentials left out.
    pub curl: String,
}

/// A bar of the histogram.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct LogBar {
    /// Start (RFC 3339, UTC).
    pub from: String,
    /// Calls.
    pub calls: u32,
    /// Failed calls among them.
    pub failed: u32,
}

/// The histogram of a query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct LogHistogram {
    /// Seconds per bar.
    pub seconds: u32,
    /// Bars, oldest first, at most 90.
    pub bars: Vec<LogBar>,
}

/// A window of the request log, newest first unless asked otherwise.
///
/// # Errors
/// When the question makes no sense, or the store fails.
pub async fn log_window(core: &Core, input: ListQuery) -> Result<Window<LogRow>, AppError> {
    let session = core.session()?;
    let query = input.into();
    let found = session.store.read_async(move |c| log::search(c, &query, &Today::local())).await?;
    Ok(Window { rows: found.rows.into_iter().map(LogRow::from).collect(), next: found.next })
}

/// One exchange with its bodies.
///
/// # Errors
/// `NotFound` when it was never there or is no longer kept.
pub async fn log_entry(core: &Core, input: RecordRef) -> Result<LogEntry, AppError> {
    let session = core.session()?;
    let id = input.id;
    match session.store.read_async(move |c| log::entry(c, id)).await {
        Ok(entry) => Ok(entry.into()),
        Err(StoreError::NotFound) => Err(AppError::missing(format!("Log entry {id}"))),
        Err(e) => Err(e.into()),
    }
}

/// Calls over time for a question.
///
/// # Errors
/// As [`log_window`].
pub async fn log_histogram(core: &Core, input: ListQuery) -> Result<LogHistogram, AppError> {
    let session = core.session()?;
    let query = input.into();
    let drawn = session.store.read_slow_async(move |c| log::histogram(c, &query, &Today::local())).await?;
    let bar = |bar: log::Bar| LogBar { from: bar.from.to_string(), calls: bar.calls, failed: bar.failed };
    Ok(LogHistogram { seconds: drawn.seconds, bars: drawn.bars.into_iter().map(bar).collect() })
}

impl From<log::LogRow> for LogRow {
    fn from(row: log::LogRow) -> Self {
        Self {
            id: row.id,
            at: row.at.to_string(),
            provider: row.provider,
            operation: row.operation,
            method: row.method,
            path: row.path,
            status: row.status,
            outcome: row.outcome,
            ms: u32::try_from(row.duration_us / 1_000).unwrap_or(u32::MAX),
            request_id: row.request_id,
            action_id: row.action_id,
            snippet: row.snippet,
        }
    }
}

impl From<log::Entry> for LogEntry {
    fn from(entry: log::Entry) -> Self {
        let headers = |headers: Vec<(String, String)>| {
            headers.into_iter().map(|(name, value)| NameValue { name, value }).collect()
        };
        let curl = curl(&entry);
        Self {
            url: entry.url,
            effect: entry.row.effect.clone(),
            row: entry.row.into(),
            trace_id: entry.trace_id,
            request_headers: headers(entry.request_headers),
            request_body: entry.request_body,
            reply_headers: headers(entry.reply_headers),
            reply_body: entry.reply_body,
            reply_bytes: u32::try_from(entry.reply_bytes).unwrap_or(u32::MAX),
            detail: entry.detail,
            curl,
        }
    }
}
