//! What went wrong, as a closed code with parameters. People's sentences are made from it in one place above.

mod provider;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use specta::Type;

/// What went wrong, as far as a person or the UI acts on it. Closed: the UI switches on it exhaustively.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// No profile is open.
    NoProfile,
    /// The thing asked for is not in the store.
    NotFound,
    /// An input is wrong; `params.field` names it, `params.problem` says why.
    InvalidInput,
    /// This machine has no keychain, or it does not answer.
    KeychainUnavailable,
    /// The keychain is locked and nobody unlocked it.
    KeychainLocked,
    /// The database does not open with the key in the keychain.
    StoreWrongKey,
    /// The database is damaged; the file was set aside (`params.aside`).
    StoreCorrupt,
    /// The database was written by a newer Rackdesk.
    StoreNewer,
    /// No room left on the disk.
    DiskFull,
    /// Reading or writing the data directory failed.
    StoreFailed,
    /// The host name has no address (`params.host`).
    Dns,
    /// Nobody answers at that address.
    Connect,
    /// The TLS handshake failed.
    Tls,
    /// No whole answer in time.
    Timeout,
    /// The line was cut before the answer was whole.
    Cut,
    /// The answer is larger than the cap.
    TooLarge,
    /// The address redirects elsewhere (`params.to`).
    Redirected,
    /// Plain http is refused except to this machine.
    PlainHttp,
    /// A web page came instead of data (`params.title`).
    NotJson,
    /// An empty answer.
    EmptyAnswer,
    /// The answer could not be understood (`params.path`).
    Unreadable,
    /// WHMCS refused identifier and secret.
    WhmcsCredential,
    /// WHMCS does not allow this machine's address (`params.ip`).
    IpNotAllowed,
    /// The credential's role lacks the action (`params.action`).
    ActionNotPermitted,
    /// WHMCS is in maintenance.
    Maintenance,
    /// WHMCS shows its licence page.
    Licence,
    /// Contabo refused client id or client secret.
    ContaboClient,
    /// Contabo refused API user or password.
    ContaboUser,
    /// The Contabo user lacks a permission (`params.permission`).
    PermissionDenied,
    /// This machine's clock is off (`params.seconds`).
    ClockSkew,
    /// The provider asks us to slow down.
    Throttled,
    /// The provider failed (5xx).
    ProviderFailed,
    /// The provider refused, in its own words (`params.text`, untrusted).
    Rejected,
    /// The provider wants something paid or booked first.
    PaymentRequired,
    /// The thing is in a state that forbids it, or exists already.
    Conflict,
    /// Facts changed since the plan was computed (`params.moved`).
    BasisMoved,
    /// A guardrail blocks it (`params.guardrail`).
    Blocked,
    /// The typed confirmation does not match.
    ConfirmationWrong,
    /// The action's state does not allow the verb (`params.state`).
    StateForbids,
    /// Another process works this profile's queue.
    AnotherWorker,
    /// The core is shutting down or the call was given up.
    Cancelled,
    /// A fault in Rackdesk itself.
    Internal,
}

/// A failure as it is kept and passed on: no sentence, nothing secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{code:?} {params:?}")]
pub struct Fault {
    /// What.
    pub code: ErrorCode,
    /// Values for the sentence.
    pub params: BTreeMap<String, String>,
    /// The provider call's `x-request-id`, when there was one.
    pub request_id: Option<String>,
}

impl Fault {
    /// A failure with parameters.
    pub fn with<const N: usize>(code: ErrorCode, params: [(&str, String); N]) -> Self {
        let params = params.into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
        Self { code, params, request_id: None }
    }

    /// A failure without parameters.
    pub fn of(code: ErrorCode) -> Self {
        Self::with(code, [])
    }

    /// Names the provider call it came from.
    #[must_use]
    pub fn request(mut self, id: impl ToString) -> Self {
        self.request_id = Some(id.to_string());
        self
    }
}

impl From<rackdesk_store::StoreError> for Fault {
    fn from(e: rackdesk_store::StoreError) -> Self {
        use rackdesk_store::StoreError as S;
        match e {
            S::DiskFull => Self::of(ErrorCode::DiskFull),
            S::NotFound => Self::of(ErrorCode::NotFound),
            S::Input { field, problem } => {
                Self::with(ErrorCode::InvalidInput, [("field", field), ("problem", problem)])
            }
            S::Closed => Self::of(ErrorCode::Cancelled),
            other => Self::with(ErrorCode::StoreFailed, [("detail", other.to_string())]),
        }
    }
}

impl From<rackdesk_store::OpenError> for Fault {
    fn from(e: rackdesk_store::OpenError) -> Self {
        use rackdesk_store::OpenError as O;
        match e {
            O::WrongKey => Self::of(ErrorCode::StoreWrongKey),
            O::Corrupt { aside } => Self::with(ErrorCode::StoreCorrupt, [("aside", aside.display().to_string())]),
            O::Newer { found, known } => {
                Self::with(ErrorCode::StoreNewer, [("found", found.to_string()), ("known", known.to_string())])
            }
            O::DiskFull => Self::of(ErrorCode::DiskFull),
            other => Self::with(ErrorCode::StoreFailed, [("detail", other.to_string())]),
        }
    }
}

impl From<rackdesk_vault::VaultError> for Fault {
    fn from(e: rackdesk_vault::VaultError) -> Self {
        use rackdesk_vault::VaultError as V;
        match e {
            V::Unavailable { cause } => Self::with(ErrorCode::KeychainUnavailable, [("detail", cause)]),
            V::Locked => Self::of(ErrorCode::KeychainLocked),
            V::Denied { cause } => Self::with(ErrorCode::KeychainUnavailable, [("detail", cause)]),
            V::ReadOnly => Self::with(
                ErrorCode::InvalidInput,
                [("field", "vault".to_owned()), ("problem", "is a read-only credentials directory".to_owned())],
            ),
            V::NotText { item } => {
                Self::with(ErrorCode::InvalidInput, [("field", item), ("problem", "holds no text".to_owned())])
            }
        }
    }
}
