//! The request log.

use serde::{Deserialize, Serialize};
use specta::Type;

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

/// See the list of commands.
pub async fn log_window(core: &crate::Core, input: crate::list::ListQuery) -> Result<crate::list::Window<crate::log::LogRow>, crate::AppError> {
    let _ = (core, input);
    Err(crate::AppError::new(crate::ErrorCode::NoProfile, "no profile is open"))
}

/// See the list of commands.
pub async fn log_entry(core: &crate::Core, input: crate::clients::RecordRef) -> Result<crate::log::LogEntry, crate::AppError> {
    let _ = (core, input);
    Err(crate::AppError::new(crate::ErrorCode::NoProfile, "no profile is open"))
}

/// See the list of commands.
pub async fn log_histogram(core: &crate::Core, input: crate::list::ListQuery) -> Result<crate::log::LogHistogram, crate::AppError> {
    let _ = (core, input);
    Err(crate::AppError::new(crate::ErrorCode::NoProfile, "no profile is open"))
}
