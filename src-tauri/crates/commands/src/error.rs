//! The one error that crosses IPC.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use specta::Type;

pub use rackdesk_console::fault::ErrorCode;

/// An error with everything a person needs. `message` and `hint` are English and serve the command line and logs;
/// the UI translates `code` and `params` itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type, thiserror::Error)]
#[serde(rename_all = "camelCase")]
#[error("{message}")]
pub struct AppError {
    /// What.
    pub code: ErrorCode,
    /// One sentence.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// Whether the same call may succeed later without a change.
    pub retryable: bool,
    /// The provider call's `x-request-id`, when there was one.
    pub request_id: Option<String>,
    /// Values for the translated sentence.
    pub params: BTreeMap<String, String>,
}
