//! What every kind on Contabo needs: words for failures, and the audit look-up.

use rackdesk_contabo::{Doubt, Error, Problem, Settled, settle};
use rackdesk_wire::{Call, Sent};
use uuid::Uuid;

use super::Trouble;
use crate::{act::reconcile::AuditLook, fault::Fault, plan::Phrase};

/// A failed call in the engine's terms.
pub(super) fn trouble(error: &Error) -> Trouble {
    let (lasting, retry_after) = match &error.problem {
        // 404, 400, 403 …: the provider has looked at it and will say the same again.
        Problem::PermissionDenied { .. }
        | Problem::NotFound { .. }
        | Problem::PaymentRequired { .. }
        | Problem::Validation { .. }
        | Problem::NotCancellable { .. }
        | Problem::UnsupportedMedia { .. }
        | Problem::Refused { .. }
        | Problem::Unsendable { .. } => (true, None),
        Problem::Throttled { retry_after } => (false, *retry_after),
        Problem::Wire(wire) => (false, wire.retry_after),
        // A wrong password is put right by a person while the action waits; a conflict may pass.
        Problem::Credential(_)
        | Problem::Conflict { .. }
        | Problem::ProviderFailed { .. }
        | Problem::Html { .. }
        | Problem::Unreadable { .. }
        | Problem::Stuck { .. } => (false, None),
    };
    Trouble {
        sent: error.sent(),
        says: Phrase::from(&Fault::from(error)),
        status: error.status,
        cause: error.problem.to_string(),
        retry_after,
        lasting,
    }
}

/// Nobody to ask: the profile has no Contabo account.
pub(super) fn no_account() -> Trouble {
    Trouble {
        sent: Sent::NotSent,
        says: Phrase::new("fault.no_contabo", []),
        status: None,
        cause: "the profile has no Contabo account".into(),
        retry_after: None,
        lasting: true,
    }
}

/// Asks the audits about one of our calls: the operation, what it named by the provider's names, and its request id. The
/// look-ups are recorded for `action`.
pub(super) async fn audit(
    client: &rackdesk_contabo::Client,
    operation: &str,
    resource: &[(&str, &str)],
    request_id: &str,
    action: i64,
) -> AuditLook {
    let Ok(request_id) = Uuid::try_parse(request_id) else { return AuditLook::Incomplete };
    let asker = Call { action_id: Some(action), ..Call::fresh() };
    match settle(client, operation, resource, request_id, &asker).await {
        Settled::Applied { rows, .. } => {
            let first = rows.into_iter().next();
            AuditLook::Seen {
                at: first.as_ref().and_then(|row| row.timestamp.as_ref()).and_then(|stamp| stamp.at()),
                by: first.map(|row| row.username).unwrap_or_default(),
            }
        }
        Settled::NotSeen => AuditLook::Absent,
        Settled::Unknown(Doubt::FilterIgnored) => AuditLook::Incomplete,
        Settled::Unknown(Doubt::OtherResource { rows }) => {
            let named = rows.into_iter().flat_map(|row| row.resource).map(|(name, value)| format!("{name} {value}"));
            AuditLook::Elsewhere { resource: named.collect::<Vec<_>>().join(", ") }
        }
        Settled::Unknown(Doubt::Unreachable(error)) => {
            AuditLook::Unreadable { why: Phrase::from(&Fault::from(&error)) }
        }
        Settled::Unknown(Doubt::NoMutation | Doubt::NoAuditList { .. }) => {
            AuditLook::Unreadable { why: Phrase::new("evidence.no_audit_list", []) }
        }
    }
}
