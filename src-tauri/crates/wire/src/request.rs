use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use secrecy::SecretString;
use url::Url;
use uuid::Uuid;

use crate::Effect;

/// How long a call may take in all. The numbers are settings of [`crate::Wire`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TimeoutClass {
    /// A look-up (default 30 s).
    Quick,
    /// A long list page (default 60 s).
    List,
    /// The provider calls somebody else: a registrar, a module, a gateway (default 120 s).
    External,
}

/// The bytes to send.
#[derive(Clone)]
pub enum Body {
    /// None.
    Empty,
    /// `application/x-www-form-urlencoded`.
    Form(Bytes),
    /// `application/json`.
    Json(Bytes),
}

/// What must be hidden before an exchange is recorded. Matching is case-insensitive; header values of
/// `authorization`, `cookie`, `set-cookie` are always hidden.
#[derive(Debug, Clone, Default)]
pub struct Redaction {
    /// Names of form fields and JSON members (at any depth) whose value is hidden, in request and reply.
    pub fields: &'static [&'static str],
    /// The whole reply is secret (a token endpoint). A failed answer holds no token: of it only fields and
    /// literals are hidden, so that the reason stays readable.
    pub whole_reply: bool,
    /// Literal values to hide wherever they appear, at least 4 bytes long (this profile's own credentials).
    pub literals: Arc<[SecretString]>,
}

/// Who asks, so that an exchange can be found again. Chosen by the caller before anything is sent.
#[derive(Debug, Clone)]
pub struct Call {
    /// Sent as `x-request-id` (to providers that take it) and kept in the record.
    pub request_id: Uuid,
    /// Sent as `x-trace-id`; names the console's action and attempt, e.g. `rackdesk-A-17-2`.
    pub trace_id: Option<String>,
    /// The console's action this belongs to.
    pub action_id: Option<i64>,
}

impl Call {
    /// A call that belongs to no action, with a fresh request id.
    pub fn fresh() -> Self {
        Self { request_id: Uuid::new_v4(), trace_id: None, action_id: None }
    }
}

/// One request, built without I/O.
#[derive(Clone)]
pub struct Request {
    /// `"whmcs"` or `"contabo"`; names the budget and the record.
    pub provider: &'static str,
    /// The operation as the provider's documentation names it.
    pub operation: String,
    /// HTTP method.
    pub method: Method,
    /// Full URL with query.
    pub url: Url,
    /// Headers beside the ids, which [`crate::Wire`] adds.
    pub headers: HeaderMap,
    /// Body.
    pub body: Body,
    /// What it does.
    pub effect: Effect,
    /// How long it may take.
    pub timeout: TimeoutClass,
    /// Largest acceptable answer in bytes.
    pub max_reply: u64,
    /// What is hidden in the record.
    pub redaction: Redaction,
    /// Ids.
    pub call: Call,
}

/// A whole answer with a 2xx status. Anything else is an [`crate::Error`], which carries the redacted body.
#[derive(Debug, Clone)]
pub struct Response {
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Body, at most `max_reply` bytes.
    pub body: Bytes,
    /// The attempt's `x-request-id`.
    pub request_id: Uuid,
}
