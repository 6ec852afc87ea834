use std::time::Duration;

use rackdesk_wire::{Effect, Sent};
use uuid::Uuid;

use crate::given::ParamError;

/// Why a call gave no answer.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{action}: {message}")]
pub struct Error {
    /// What is wrong, so that a caller can act on it.
    pub problem: Problem,
    /// The action.
    pub action: String,
    /// What WHMCS said, or technical words. Foreign text: it may come from a module, a registrar or a customer.
    pub message: String,
    /// HTTP status, when there was an answer.
    pub status: Option<u16>,
    /// The attempt's `x-request-id`.
    pub request_id: Uuid,
    /// See [`Error::sent`].
    pub(crate) sent: Sent,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// Identifier and secret (or the legacy pair) are not accepted, or their admin is disabled.
    Credential,
    /// This machine's address is not on the allow-list.
    IpNotAllowed {
        /// The address WHMCS saw.
        ip: Option<String>,
    },
    /// The credential's role does not include the action.
    ActionNotPermitted {
        /// The action as the registry spells it.
        action: String,
    },
    /// This version of WHMCS does not know the action.
    UnknownAction,
    /// A record that the call names does not exist or belongs to somebody else.
    NotFound,
    /// What should be new exists already.
    Duplicate,
    /// A parameter is missing or not accepted.
    Validation {
        /// The parameter, when the message allows to tell.
        field: Option<String>,
    },
    /// The record is not in a state that allows it.
    State,
    /// A module, registrar or gateway failed; the message is its own text.
    Module,
    /// WHMCS refused for a reason that is not among the known ones.
    Refused,
    /// Too many requests: theirs, or our own budget.
    Throttled {
        /// How long to wait.
        retry_after: Option<Duration>,
    },
    /// The maintenance page.
    Maintenance,
    /// The licence page.
    Licence,
    /// Some other web page in place of an answer: a wrong URL, a login, a firewall, a fatal error.
    Html {
        /// Its title.
        title: String,
    },
    /// An answer without content.
    Empty,
    /// An answer that makes no sense.
    Unreadable {
        /// Path of the first part that does not, empty for the whole.
        path: String,
    },
    /// The parameters do not fit the action; nothing was sent.
    Parameter(Box<ParamError>),
    /// A list that gave the same rows again although there should be others.
    NoProgress {
        /// Rows received before.
        received: u64,
    },
    /// No answer, or not one from WHMCS.
    Wire(rackdesk_wire::Cause),
}

impl Error {
    /// Whether WHMCS may have acted.
    pub const fn sent(&self) -> Sent {
        self.sent
    }

    /// What it proves about the credential's right to call the action: a complaint about the content comes from
    /// the action itself, so it was allowed to run. `None` when it proves nothing.
    pub const fn proves_right(&self) -> Option<bool> {
        match self.problem {
            Problem::ActionNotPermitted { .. } => Some(false),
            Problem::NotFound | Problem::Duplicate | Problem::Validation { .. } | Problem::State | Problem::Module => {
                Some(true)
            }
            _ => None,
        }
    }

    pub(crate) fn parameter(action: &str, error: ParamError) -> Self {
        Self {
            message: error.to_string(),
            problem: Problem::Parameter(Box::new(error)),
            action: action.to_owned(),
            status: None,
            request_id: Uuid::nil(),
            sent: Sent::NotSent,
        }
    }
}

impl Problem {
    /// Whether a call that met it may have happened. `wire` is what the exchange itself says.
    pub(crate) const fn sent(&self, effect: Effect, wire: Sent) -> Sent {
        match self {
            // Part of the work may be done before a module fails.
            Self::Module if effect.writes() => Sent::MaybeSent,
            Self::Credential
            | Self::IpNotAllowed { .. }
            | Self::ActionNotPermitted { .. }
            | Self::UnknownAction
            | Self::NotFound
            | Self::Duplicate
            | Self::Validation { .. }
            | Self::State
            | Self::Module
            | Self::Refused => Sent::Rejected,
            Self::Parameter(_) => Sent::NotSent,
            Self::Throttled { .. } => Sent::Throttled,
            Self::Maintenance
            | Self::Licence
            | Self::Html { .. }
            | Self::Empty
            | Self::Unreadable { .. }
            | Self::NoProgress { .. }
            | Self::Wire(_) => wire,
        }
    }
}
