use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Cause, Effect, Sent};

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Outcome {
    /// A whole answer with a status that is no failure.
    Answered,
    /// Anything else.
    Failed {
        /// Whether it may have happened.
        sent: Sent,
        /// What went wrong.
        cause: Cause,
        /// Technical words, redacted.
        detail: String,
    },
}

/// One finished attempt as it is kept: redacted, bodies cut at 64 KiB.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    /// When the attempt began.
    pub at: Timestamp,
    /// `"whmcs"` or `"contabo"`.
    pub provider: String,
    /// The operation as the provider's documentation names it.
    pub operation: String,
    /// What the call does.
    pub effect: Effect,
    /// HTTP method.
    pub method: String,
    /// URL with the query, secrets hidden.
    pub url: String,
    /// Request headers, secrets hidden.
    pub request_headers: Vec<(String, String)>,
    /// Request body, secrets hidden.
    pub request_body: String,
    /// Status of the answer.
    pub status: Option<u16>,
    /// Headers of the answer, secrets hidden.
    pub reply_headers: Vec<(String, String)>,
    /// Body of the answer, secrets hidden; binary and invalid UTF-8 shown lossily.
    pub reply_body: String,
    /// Size of the answer's body in bytes before it was cut.
    pub reply_bytes: u64,
    /// From the first byte out to the last byte in, microseconds.
    pub duration_us: u64,
    /// How it ended.
    pub outcome: Outcome,
    /// The attempt's own `x-request-id`.
    pub request_id: Uuid,
    /// `x-trace-id`.
    pub trace_id: Option<String>,
    /// The console's action this belongs to.
    pub action_id: Option<i64>,
}
