use jiff::Timestamp;

/// One finished exchange as it is kept: redacted, bodies already cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExchangeRecord {
    /// When it began.
    pub at: Timestamp,
    /// `whmcs` or `contabo`.
    pub provider: String,
    /// The operation as the provider's documentation names it.
    pub operation: String,
    /// `read`, `idempotent`, `once`, `billable`, `destructive`.
    pub effect: String,
    /// HTTP method.
    pub method: String,
    /// Path with query; the action's name for WHMCS.
    pub path: String,
    /// Whole URL.
    pub url: String,
    /// Request headers.
    pub request_headers: Vec<(String, String)>,
    /// Request body.
    pub request_body: String,
    /// Status of the answer.
    pub status: Option<u16>,
    /// Headers of the answer.
    pub reply_headers: Vec<(String, String)>,
    /// Body of the answer.
    pub reply_body: String,
    /// Size of the answer's body in bytes before it was cut.
    pub reply_bytes: u64,
    /// Microseconds.
    pub duration_us: u64,
    /// `ok`, `rejected`, `throttled`, `failed`, `cut`, `timeout`, `not_sent`, `unreadable`.
    pub outcome: String,
    /// Technical words of a failure.
    pub detail: Option<String>,
    /// The attempt's `x-request-id`.
    pub request_id: String,
    /// `x-trace-id`.
    pub trace_id: Option<String>,
    /// The console's action it belongs to.
    pub action_id: Option<i64>,
}

/// An exchange in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogRow {
    /// Row id.
    pub id: i64,
    /// When it began.
    pub at: Timestamp,
    /// `whmcs` or `contabo`.
    pub provider: String,
    /// Operation.
    pub operation: String,
    /// `read`, …
    pub effect: String,
    /// HTTP method.
    pub method: String,
    /// Path with query; the action's name for WHMCS.
    pub path: String,
    /// Status of the answer.
    pub status: Option<u16>,
    /// `ok`, `rejected`, …
    pub outcome: String,
    /// Microseconds.
    pub duration_us: u64,
    /// `x-request-id`.
    pub request_id: String,
    /// Its action.
    pub action_id: Option<i64>,
    /// A few words around the first hit of a search.
    pub snippet: Option<String>,
}

impl LogRow {
    /// Reads the columns of [`super::EXCHANGES`].
    pub(super) fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get("_id")?,
            at: Timestamp::from_microsecond(row.get("at")?).unwrap_or(Timestamp::UNIX_EPOCH),
            provider: row.get("provider")?,
            operation: row.get("operation")?,
            effect: row.get("effect")?,
            method: row.get("method")?,
            path: row.get("path")?,
            status: Some(row.get("status")?).filter(|status| *status != 0),
            outcome: row.get("outcome")?,
            duration_us: row.get::<_, i64>("duration_us")?.unsigned_abs(),
            request_id: row.get("request_id")?,
            action_id: Some(row.get("action_id")?).filter(|id| *id != 0),
            snippet: None,
        })
    }
}
