//! The one error that crosses IPC.

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
