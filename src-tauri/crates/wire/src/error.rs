use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Whether the provider may have acted on a call that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sent {
    /// No byte of the request left this machine (name look-up, connection, TLS, refused by us).
    NotSent,
    /// Bytes left and no whole answer came back, or a 5xx did: it may have happened.
    MaybeSent,
    /// The provider answered that it did not do it (4xx).
    Rejected,
    /// A whole answer came, but it could not be understood: it may have happened.
    Unreadable,
    /// 429 or our own budget: not done, ask again later.
    Throttled,
}

/// What went wrong with one attempt. Closed: callers explain each of them to a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Cause {
    /// The host name has no address.
    Dns,
    /// Nobody listens, or the network is unreachable.
    Connect,
    /// The TLS handshake failed: wrong name, expired or unknown certificate, or no TLS at all.
    Tls,
    /// No whole answer within the time-out of the call's class.
    Timeout,
    /// The connection was closed before the answer was whole.
    Cut,
    /// The answer is larger than the cap (bytes).
    TooLarge {
        /// The cap in bytes.
        limit: u64,
    },
    /// A redirect, which is not followed because it would carry credentials elsewhere.
    Redirect {
        /// Host of the `Location` header, empty when there is none.
        to: String,
    },
    /// An HTTP status that means failure.
    Status {
        /// The status code.
        code: u16,
    },
    /// Plain http to a host that is not loopback, or a URL we do not send to.
    RefusedUrl,
    /// Our own budget for this host is used up for longer than a call may wait; nothing was sent.
    Budget,
    /// The caller gave up (the future was dropped) before the answer was whole.
    Dropped,
    /// Something else; `Error::detail` has the words.
    Other,
}

/// A failed attempt.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{operation}: {detail}")]
pub struct Error {
    /// Whether it may have happened.
    pub sent: Sent,
    /// What went wrong.
    pub cause: Cause,
    /// The operation as the client crate named it.
    pub operation: String,
    /// Technical words, redacted.
    pub detail: String,
    /// Status of the answer, when there was one.
    pub status: Option<u16>,
    /// The redacted start of an answer's body (at most 64 KiB), for the client crate to classify further.
    pub body: Option<String>,
    /// How long the provider asked us to wait.
    pub retry_after: Option<Duration>,
    /// What the provider's clock showed when it answered, to whole seconds.
    pub date: Option<Timestamp>,
    /// The `x-request-id` of the attempt.
    pub request_id: Uuid,
}
