//! The English sentence and hint of each code, for the command line and the log. The UI has its own translations.

use std::collections::BTreeMap;

use rackdesk_console::{phrases::english, plan::Phrase};

use crate::ErrorCode;

fn or<'a>(params: &'a BTreeMap<String, String>, name: &str, otherwise: &'a str) -> &'a str {
    params.get(name).map_or(otherwise, |v| if v.is_empty() { otherwise } else { v.as_str() })
}

/// One sentence: what happened.
pub(crate) fn sentence(code: ErrorCode, p: &BTreeMap<String, String>) -> String {
    let who = or(p, "provider", "The provider");
    match code {
        ErrorCode::NoProfile => "No profile is open.".into(),
        ErrorCode::NotFound => format!("{} is not here.", or(p, "what", "This")),
        ErrorCode::InvalidInput => format!("{}: {}.", or(p, "field", "Input"), or(p, "problem", "not acceptable")),
        ErrorCode::KeychainUnavailable => "This machine has no keychain that answers.".into(),
        ErrorCode::KeychainLocked => "The keychain is locked.".into(),
        ErrorCode::StoreWrongKey => "The database does not open with the key in the keychain.".into(),
        ErrorCode::StoreCorrupt => {
            format!("The database is damaged; it was set aside as {}.", or(p, "aside", "a copy"))
        }
        ErrorCode::StoreNewer => "The database was written by a newer Rackdesk.".into(),
        ErrorCode::DiskFull => "The disk is full.".into(),
        ErrorCode::StoreFailed => format!("The data directory cannot be used: {}.", or(p, "detail", "unknown reason")),
        ErrorCode::Dns => format!("{} has no address.", or(p, "host", "The host")),
        ErrorCode::Connect => format!("Nobody answers at {}.", or(p, "host", "this address")),
        ErrorCode::Tls => format!("No secure connection to {}.", or(p, "host", "the host")),
        ErrorCode::Timeout => format!("{who} did not answer in time."),
        ErrorCode::Cut => "The line was cut before the answer was whole.".into(),
        ErrorCode::TooLarge => format!("{who} answered more than Rackdesk accepts."),
        ErrorCode::Redirected => format!("The address sends us on to {}.", or(p, "to", "somewhere else")),
        ErrorCode::PlainHttp => "Plain http would show your credentials to everyone on the way.".into(),
        ErrorCode::NotJson => format!("A web page came instead of data: “{}”.", or(p, "title", "no title")),
        ErrorCode::EmptyAnswer => format!("{who} answered nothing."),
        ErrorCode::Unreadable => format!("The answer could not be understood at {}.", or(p, "path", "its start")),
        ErrorCode::WhmcsCredential => "WHMCS does not accept identifier and secret.".into(),
        ErrorCode::IpNotAllowed => {
            format!("WHMCS does not allow calls from {}.", or(p, "ip", "this machine's address"))
        }
        ErrorCode::ActionNotPermitted => {
            format!("The API role does not allow {}.", or(p, "action", "this action"))
        }
        ErrorCode::Maintenance => "WHMCS is in maintenance mode.".into(),
        ErrorCode::Licence => "WHMCS shows its licence page.".into(),
        ErrorCode::ContaboClient if or(p, "reason", "") == "wrong_secret" => {
            "Contabo knows the client id and does not accept the client secret.".into()
        }
        ErrorCode::ContaboClient => "Contabo does not accept client id and client secret.".into(),
        ErrorCode::ContaboUser => match or(p, "reason", "") {
            "no_api_access" => {
                format!("The account may not use the API; Contabo says “{}”.", or(p, "detail", "nothing more"))
            }
            "token_refused" => "Contabo's API refuses the token that its sign-in has just given.".into(),
            _ => "Contabo does not accept API user and API password.".into(),
        },
        ErrorCode::PermissionDenied => {
            format!(
                "The Contabo user may not do this{}.",
                p.get("permission").map_or(String::new(), |x| format!(" ({x})"))
            )
        }
        ErrorCode::ClockSkew => format!("This machine's clock is {} s off.", or(p, "seconds", "some")),
        ErrorCode::Throttled => format!("{who} asks us to slow down."),
        ErrorCode::ProviderFailed => {
            format!("{who} failed{}.", p.get("status").map_or(String::new(), |s| format!(" with {s}")))
        }
        ErrorCode::Rejected => format!("{who} refused: {}", or(p, "text", "no reason given")),
        ErrorCode::PaymentRequired => {
            format!("{who} wants something booked first: {}", or(p, "text", "no details given"))
        }
        ErrorCode::Conflict => {
            format!("{who} says it conflicts with the present state: {}", or(p, "text", "no details"))
        }
        ErrorCode::BasisMoved if p.contains_key("gone") => {
            format!("{} is not there any more since this plan was made.", or(p, "gone", "Something"))
        }
        ErrorCode::BasisMoved => format!("Facts changed since this plan was made: {}.", or(p, "moved", "see the plan")),
        ErrorCode::Blocked if p.contains_key("why") => {
            let reason = Phrase { code: or(p, "why", "").to_owned(), params: p.clone() };
            format!("Blocked by a guardrail ({}): {}.", or(p, "guardrail", "policy"), english(&reason))
        }
        ErrorCode::Blocked => format!("Blocked by a guardrail: {}.", or(p, "guardrail", "policy")),
        ErrorCode::ConfirmationWrong => "What was typed does not match.".into(),
        ErrorCode::StateForbids if p.contains_key("why") => {
            format!("{}.", english(&Phrase { code: or(p, "why", "").to_owned(), params: p.clone() }))
        }
        ErrorCode::StateForbids => format!("That cannot be done while it is {}.", or(p, "state", "in this state")),
        ErrorCode::AnotherWorker => "Another Rackdesk on this machine works this profile's queue.".into(),
        ErrorCode::Cancelled => "It was given up before it finished.".into(),
        ErrorCode::Internal => format!("Something went wrong inside Rackdesk: {}.", or(p, "detail", "no details")),
    }
}

/// What to do about it.
pub(crate) fn hint(code: ErrorCode, p: &BTreeMap<String, String>) -> Option<String> {
    let text = match code {
        ErrorCode::NoProfile => "Add a profile or start the demo first.".into(),
        ErrorCode::NotFound => "It may have been removed; refresh the list.".into(),
        ErrorCode::KeychainUnavailable => {
            "On Linux install and start gnome-keyring or KWallet; or keep the secrets for this session only.".into()
        }
        ErrorCode::KeychainLocked => "Unlock it and try again.".into(),
        ErrorCode::StoreWrongKey => {
            "Restore the profile's keychain item, or remove the profile and connect again; the file is untouched."
                .into()
        }
        ErrorCode::StoreCorrupt => {
            "Start again: a fresh database is filled from the providers. Open actions are in the file set aside.".into()
        }
        ErrorCode::StoreNewer => "Update Rackdesk; the file is untouched.".into(),
        ErrorCode::DiskFull => "Free some space; nothing was lost, and work goes on by itself.".into(),
        ErrorCode::StoreFailed => "Check that the data directory exists and that you may write to it.".into(),
        ErrorCode::Dns => "Check the spelling of the address and the network connection.".into(),
        ErrorCode::Connect => "Check address and port, VPN and firewall.".into(),
        ErrorCode::Tls => "Check that the certificate is valid for this host name.".into(),
        ErrorCode::Timeout | ErrorCode::Cut => {
            "Try again; a write is settled by evidence before it is sent again.".into()
        }
        ErrorCode::Redirected => format!("Use {} as the address if you trust it.", or(p, "to", "the target")),
        ErrorCode::PlainHttp => "Use https:// in the address.".into(),
        ErrorCode::NotJson => {
            "Check the address: it should be the root of WHMCS. It may also be maintenance or a firewall page.".into()
        }
        ErrorCode::EmptyAnswer => "Look into the error log of the WHMCS server.".into(),
        ErrorCode::WhmcsCredential => {
            "Make a new pair under System Settings → API Credentials and paste both parts.".into()
        }
        ErrorCode::IpNotAllowed => format!(
            "Add {} under System Settings → General Settings → Security → API IP Access Restriction, or use an access key.",
            or(p, "ip", "the address")
        ),
        ErrorCode::ActionNotPermitted => {
            "Tick the action in the credential's API role under System Settings → API Credentials → API Roles.".into()
        }
        ErrorCode::Maintenance => "Wait, or switch maintenance mode off in General Settings.".into(),
        ErrorCode::Licence => "Renew or reissue the WHMCS licence.".into(),
        ErrorCode::ContaboClient if or(p, "reason", "") == "wrong_secret" => {
            "Copy the secret from the API page of the customer panel; a new one there ends the old one.".into()
        }
        ErrorCode::ContaboClient => {
            "Contabo does not say which of the two is wrong: copy both from the API page of the customer panel.".into()
        }
        ErrorCode::ContaboUser => match or(p, "reason", "") {
            "no_api_access" => {
                "Finish setting up the account in the customer panel, and set an API password there.".into()
            }
            "token_refused" => "Check that API address and token address belong to the same Contabo.".into(),
            _ => "Client id and client secret are right. Contabo says the same for a wrong user, a wrong API password \
                  (it is not the panel's) and an account without an API password; set one on the API page."
                .into(),
        },
        ErrorCode::PermissionDenied => "Give the user a role with this permission.".into(),
        ErrorCode::ClockSkew => "Switch on automatic time.".into(),
        ErrorCode::Throttled => "It goes on by itself after a pause.".into(),
        ErrorCode::ProviderFailed => "Try again later.".into(),
        ErrorCode::BasisMoved if p.contains_key("gone") => {
            "Nothing was applied. Look again, or leave the row out; refresh the list if it should be there.".into()
        }
        ErrorCode::BasisMoved => "Look at the plan again; it was not applied.".into(),
        ErrorCode::Blocked if or(p, "guardrail", "") == "second_approver" => {
            "Somebody else gives their own name to the plan; it waits until then.".into()
        }
        ErrorCode::Blocked if or(p, "overridable", "") == "yes" => {
            "Whoever answers for it can approve it over the guardrail, with a reason; or change the policy in Settings."
                .into()
        }
        ErrorCode::Blocked => blocked_hint(or(p, "guardrail", "")).into(),
        ErrorCode::ConfirmationWrong if p.contains_key("text") => {
            format!("The plan asks for: {}", or(p, "text", ""))
        }
        ErrorCode::AnotherWorker => "Leave it working, or close it first.".into(),
        ErrorCode::Internal => "The log has the details; please report it.".into(),
        _ => return None,
    };
    Some(text)
}

/// What to do about a guardrail that nobody can set themselves over.
fn blocked_hint(guardrail: &str) -> &'static str {
    match guardrail {
        "missing" => "Refresh the list and check the number: it is the provider's own.",
        "busy" => "Wait until it has ended, or take it back.",
        "state" => "Look again when its state has changed; refresh it if it should have.",
        "destructive" | "protected" | "networks" | "ssh_key" | "cloud_init" => {
            "Nobody can set themselves over it; an admin can change the policy in Settings."
        }
        _ => "Change what was asked for, or refresh and look again.",
    }
}

/// Whether the same call may succeed later without anybody changing anything.
pub(crate) const fn retryable(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::Dns
            | ErrorCode::Connect
            | ErrorCode::Timeout
            | ErrorCode::Cut
            | ErrorCode::EmptyAnswer
            | ErrorCode::Maintenance
            | ErrorCode::Throttled
            | ErrorCode::ProviderFailed
            | ErrorCode::DiskFull
            | ErrorCode::AnotherWorker
            | ErrorCode::KeychainLocked
    )
}
