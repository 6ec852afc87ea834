//! Exit codes, so that scripts can tell failures apart.

use std::process::ExitCode;

use rackdesk_commands::{AppError, ErrorCode};

use crate::output;

/// Shown at the end of `--help`.
pub(crate) const HELP: &str = "\
Exit codes:
  0  done
  1  failed: the provider refused, or Rackdesk has a fault
  2  wrong usage or input
  3  no such profile, record, action or operation
  4  the outcome is unknown or waits for a person
  5  a provider cannot be reached or is failing; try later
  6  not done: the plan moved, a guardrail blocks it, or nobody said yes
  7  keychain, database or disk
  8  another process works this profile's queue
  9  credentials, address list or rights";

/// Outcome unknown, or a person is needed.
pub(crate) const WAITS: u8 = 4;
/// Not done: nobody said yes.
pub(crate) const NOT_DONE: u8 = 6;
/// Failed.
pub(crate) const FAILED: u8 = 1;

/// The exit code of an error.
pub(crate) const fn code(error: ErrorCode) -> u8 {
    match error {
        ErrorCode::InvalidInput | ErrorCode::PlainHttp => 2,
        ErrorCode::NoProfile | ErrorCode::NotFound => 3,
        ErrorCode::Dns
        | ErrorCode::Connect
        | ErrorCode::Tls
        | ErrorCode::Timeout
        | ErrorCode::Cut
        | ErrorCode::TooLarge
        | ErrorCode::Redirected
        | ErrorCode::NotJson
        | ErrorCode::EmptyAnswer
        | ErrorCode::Unreadable
        | ErrorCode::Maintenance
        | ErrorCode::Licence
        | ErrorCode::Throttled
        | ErrorCode::ProviderFailed => 5,
        ErrorCode::BasisMoved | ErrorCode::Blocked | ErrorCode::ConfirmationWrong | ErrorCode::StateForbids => NOT_DONE,
        ErrorCode::KeychainUnavailable
        | ErrorCode::KeychainLocked
        | ErrorCode::StoreWrongKey
        | ErrorCode::StoreCorrupt
        | ErrorCode::StoreNewer
        | ErrorCode::DiskFull
        | ErrorCode::StoreFailed => 7,
        ErrorCode::AnotherWorker => 8,
        ErrorCode::WhmcsCredential
        | ErrorCode::IpNotAllowed
        | ErrorCode::ActionNotPermitted
        | ErrorCode::ContaboClient
        | ErrorCode::ContaboUser
        | ErrorCode::PermissionDenied
        | ErrorCode::ClockSkew => 9,
        ErrorCode::Rejected
        | ErrorCode::PaymentRequired
        | ErrorCode::Conflict
        | ErrorCode::Cancelled
        | ErrorCode::Internal => FAILED,
    }
}

/// Prints an error (JSON on standard output when asked for, sentence and hint on standard error otherwise).
pub(crate) fn report(error: &AppError, json: bool) -> ExitCode {
    if json {
        output::json(&serde_json::json!({ "error": error }));
    } else {
        output::error(error);
    }
    ExitCode::from(code(error.code))
}
