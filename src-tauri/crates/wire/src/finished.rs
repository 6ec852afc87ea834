//! A finished attempt on its way to the record.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use url::Url;
use uuid::Uuid;

use crate::redact::{KEPT, MARK, Redactor};
use crate::{Body, Effect, Exchange, Outcome};

/// A finished attempt with its secrets still in it. It can be neither printed nor serialised; all that can be had
/// from it is the redacted [`Exchange`].
///
/// Redaction reads every byte that is kept. It is left to whoever keeps the exchange, on a thread of his own, so that
/// the caller has his answer meanwhile.
pub struct Finished {
    pub(crate) at: Timestamp,
    pub(crate) provider: &'static str,
    pub(crate) operation: String,
    pub(crate) effect: Effect,
    pub(crate) method: http::Method,
    pub(crate) url: Url,
    pub(crate) request_headers: HeaderMap,
    pub(crate) request_body: Body,
    pub(crate) reply: Option<(StatusCode, HeaderMap)>,
    pub(crate) reply_body: Kept,
    pub(crate) reply_bytes: u64,
    pub(crate) duration_us: u64,
    pub(crate) outcome: Outcome,
    pub(crate) request_id: Uuid,
    pub(crate) trace_id: Option<String>,
    pub(crate) action_id: Option<i64>,
    pub(crate) redactor: Arc<Redactor>,
}

/// What of an answer's body waits for its record.
pub(crate) enum Kept {
    /// As it came.
    Whole(Bytes),
    /// Already redacted and cut.
    Redacted(String),
}

impl Kept {
    /// Holds on to bodies of the usual sizes. A large one is cut at once, so that it does not stay in memory for the
    /// sake of its first 64 KiB; `secret` hides it altogether.
    pub(crate) fn of(body: &Bytes, secret: bool, redactor: &Redactor) -> Self {
        if secret && !body.is_empty() {
            Self::Redacted(MARK.to_owned())
        } else if body.len() > 2 * KEPT {
            Self::Redacted(redactor.text(body))
        } else {
            Self::Whole(body.clone())
        }
    }
}

impl Finished {
    /// The exchange as it may be kept: secrets hidden, bodies cut.
    pub fn exchange(self) -> Exchange {
        let redactor = &self.redactor;
        Exchange {
            at: self.at,
            provider: self.provider.to_owned(),
            operation: self.operation,
            effect: self.effect,
            method: self.method.as_str().to_owned(),
            url: redactor.url(&self.url),
            request_headers: redactor.headers(&self.request_headers),
            request_body: match &self.request_body {
                Body::Empty => String::new(),
                Body::Form(bytes) => redactor.form(bytes),
                Body::Json(bytes) => redactor.text(bytes),
            },
            status: self.reply.as_ref().map(|(status, _)| status.as_u16()),
            reply_headers: self.reply.as_ref().map(|(_, headers)| redactor.headers(headers)).unwrap_or_default(),
            reply_body: match self.reply_body {
                Kept::Whole(bytes) => redactor.text(&bytes),
                Kept::Redacted(text) => text,
            },
            reply_bytes: self.reply_bytes,
            duration_us: self.duration_us,
            outcome: self.outcome,
            request_id: self.request_id,
            trace_id: self.trace_id,
            action_id: self.action_id,
        }
    }
}

/// Receives each finished attempt. Called on the request's task: must hand over and return at once.
pub trait Recorder: Send + Sync {
    /// Takes one attempt. An implementation that cannot keep it must say so elsewhere, never block.
    fn record(&self, finished: Finished);
}

/// Keeps nothing. For connection tests before a profile exists.
#[derive(Debug, Default, Clone, Copy)]
pub struct NoRecorder;

impl Recorder for NoRecorder {
    fn record(&self, _: Finished) {}
}
