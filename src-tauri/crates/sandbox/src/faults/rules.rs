//! What a rule says.

use serde::{Deserialize, Serialize};

use crate::journal::Provider;

/// The kinds of trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Too many requests, with `retry_after` seconds when the rule gives them.
    #[serde(rename = "429")]
    TooMany,
    /// Internal error, no work done.
    #[serde(rename = "500")]
    Internal,
    /// Bad gateway, no work done.
    #[serde(rename = "502")]
    BadGateway,
    /// Unavailable, no work done.
    #[serde(rename = "503")]
    Unavailable,
    /// The work is done, then 500.
    #[serde(rename = "500_after_success")]
    InternalAfterSuccess,
    /// A maintenance page in HTML, with the rule's `status` (200 when none is given).
    Html,
    /// Status 200 and no body.
    Empty,
    /// The connection is closed before any work and without a byte.
    CutBefore,
    /// The work is done, the connection is closed without a byte.
    CutAfter,
    /// The work is done, half of the answer's bytes arrive, then the connection is closed.
    CutMiddle,
    /// The work is done, the answer comes `delay_ms` later.
    Slow,
    /// No answer, ever; the connection stays open.
    Hang,
    /// The work is done, the JSON is broken.
    Malformed,
    /// The work is done, the body ends in the middle (as a complete HTTP message).
    Truncated,
    /// Reads are answered from a state at least `age_s` seconds old.
    Stale,
    /// The work is done, the body holds bytes that are not UTF-8.
    InvalidUtf8,
    /// The caller's address is not on the allow-list.
    IpDenied,
    /// The work is done, a PHP notice stands before the JSON.
    Noise,
    /// A body of `bytes` bytes is streamed.
    Huge,
}

impl Kind {
    /// Whether the call's work is done when the rule does not say.
    fn works(self) -> bool {
        match self {
            Self::TooMany
            | Self::Internal
            | Self::BadGateway
            | Self::Unavailable
            | Self::Html
            | Self::Empty
            | Self::CutBefore
            | Self::Hang
            | Self::IpDenied
            | Self::Huge => false,
            Self::InternalAfterSuccess
            | Self::CutAfter
            | Self::CutMiddle
            | Self::Slow
            | Self::Malformed
            | Self::Truncated
            | Self::Stale
            | Self::InvalidUtf8
            | Self::Noise => true,
        }
    }
}

/// A rule as it is posted.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Which provider.
    pub provider: Provider,
    /// Action or operation name, in any letter case; `*` for all. The token endpoint is called `token`.
    #[serde(default = "any")]
    pub operation: String,
    /// What goes wrong.
    pub kind: Kind,
    /// How many times it fires; `null` for ever.
    #[serde(default)]
    pub times: Option<u64>,
    /// The chance that it fires on a call it concerns; `null` always.
    #[serde(default)]
    pub probability: Option<f64>,
    /// How many calls pass untouched before.
    #[serde(default)]
    pub after: u64,
    /// Seconds for the `Retry-After` header of 429 and 503.
    #[serde(default)]
    pub retry_after: Option<u64>,
    /// Milliseconds before the answer (any kind; `slow` without it waits 5,000).
    #[serde(default)]
    pub delay_ms: Option<u64>,
    /// Whether the work is done, where the kind's own habit is not wanted.
    #[serde(default)]
    pub work: Option<bool>,
    /// Status of the `html` and `empty` kinds.
    #[serde(default)]
    pub status: Option<u16>,
    /// For `stale`: the least age of the state shown, in seconds.
    #[serde(default = "minute")]
    pub age_s: i64,
    /// For `huge`: the size of the body.
    #[serde(default = "quarter_gibibyte")]
    pub bytes: u64,
}

fn any() -> String {
    "*".to_owned()
}

fn minute() -> i64 {
    60
}

fn quarter_gibibyte() -> u64 {
    256 * 1024 * 1024
}

impl Fault {
    /// Whether the call is one this rule speaks of. Staleness only ever concerns reads.
    pub(crate) fn concerns(&self, provider: Provider, operation: &str) -> bool {
        self.provider == provider
            && (self.operation == "*" || self.operation.eq_ignore_ascii_case(operation))
            && (self.kind != Kind::Stale || is_read(operation))
    }

    /// Whether the call's work is done.
    pub(crate) fn works(&self) -> bool {
        self.work.unwrap_or_else(|| self.kind.works())
    }

    /// How long the answer is held back, in milliseconds.
    pub(crate) fn delay_ms(&self) -> u64 {
        self.delay_ms.unwrap_or(if self.kind == Kind::Slow { 5_000 } else { 0 })
    }
}

/// Both providers name their reads so that the name tells.
fn is_read(operation: &str) -> bool {
    let lower = operation.to_ascii_lowercase();
    ["get", "retrieve", "list"].iter().any(|start| lower.starts_with(start))
}

/// A rule in force.
#[derive(Debug, Clone, Serialize)]
pub struct Rule {
    /// Its id, for `DELETE /faults/{id}`.
    pub id: u64,
    /// What it says.
    #[serde(flatten)]
    pub fault: Fault,
    /// How many calls it concerned.
    pub seen: u64,
    /// How many times it fired.
    pub fired: u64,
}
