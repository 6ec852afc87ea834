//! From what WHMCS says to what is wrong (quirks 13 to 20). The same condition is worded differently by each action,
//! so texts are compared without case, by parts, and in this order; what matches nothing keeps its text.

use std::net::IpAddr;

use crate::error::Problem;
use crate::param::ParamInfo;
use crate::registry;

/// An action as far as its errors go.
pub(crate) struct Speaker {
    pub(crate) action: &'static str,
    pub(crate) parameters: &'static [ParamInfo],
}

impl Speaker {
    /// Whether its errors may be the words of a module, a registrar or a gateway (quirk 19).
    fn is_foreign(&self) -> bool {
        match self.action {
            "DomainWhois" => false,
            // An action that is not known here may be anybody's.
            "" | "AcceptOrder" | "CapturePayment" | "OrderFraudCheck" | "UpdateClientDomain" => true,
            name => name.starts_with("Module") || name.starts_with("Domain"),
        }
    }
}

const CREDENTIAL: &[&str] = &[
    "authentication failed",
    "invalid or missing credentials",
    "administrator account disabled",
    "invalid password provided",
    "invalid username or password",
    "access denied",
    "account is disabled",
];

const MODULE: &[&str] = &[
    "an unexpected error occurred",
    "failed to activate:",
    "failed to deactivate:",
    "error creating remote token",
    "error updating remote pay method",
    "error deleting remote pay method",
    "module configuration update failed",
    "client delete failed",
    "payment attempt failed",
    "registrar error message",
    "server response message",
    "registrar response message",
    "token could not be provisioned",
    "subscription cancellation failed",
    "sending failed",
    "unable to generate ticket number",
    "an invalid configuration was detected with the registrar module",
];

const DUPLICATE: &[&str] = &[
    "already exists",
    "duplicate",
    "must be unique",
    "already associated",
    "existing cancellation request exists",
    "not available for use",
    "already in use",
    "already taken",
];

const STATE: &[&str] = &[
    "or status not pending",
    "or not unpaid",
    "not in unpaid status",
    "must be in draft",
    "that is cancelled",
    "status must be",
    "status is set to",
    "cannot be renewed",
    "can not be renewed",
    "is not active",
    "is disabled",
    "status is closed",
    "exceeds",
    "still unpaid",
    "cannot remove the account owner",
    "cannot be set on a client owner",
    "blocked for",
    "cannot be blocked",
    "pay methods found",
    "no active",
    "no local credit card",
    "not supported",
    "unsupported",
    "not assigned to a module",
    "no items added",
    "nothing to update",
    "no details provided",
    "cannot create and send",
    "unable to update",
    "at least one email address enabled",
];

const NOT_FOUND: &[&str] = &[
    "not found",
    "cannot find",
    "does not exist",
    "no attachments",
    "attachments deleted",
    "invalid attachment index",
    "not owned by",
    "does not belong",
    "does not own",
    "is not associated",
    "not associated with",
    "invalid client id",
    "invalid client_id",
    "invalid user id",
    "invalid user_id",
    "invalid owner user id",
    "invalid pay method id",
    "invalid credential id",
    "invalid client identifier",
    "invalid merge ticket ids",
    "addon id invalid",
    "ticket id invalid",
    "invalid name for parameter setting",
];

const VALIDATION: &[&str] = &[
    "required",
    "invalid",
    "not valid",
    "must be",
    "must have",
    "must supply",
    "must provide",
    "must specify",
    "did not enter",
    "did not provide",
    "missing",
    "expecting parameter",
    "please ",
    "no amount provided",
    "can not be empty",
    "cannot be empty",
    "not entered",
    "not set",
    "can only be",
    "should be",
    "only one",
    "does not match",
    "cannot be in the future",
    "maximum ",
    "requires a",
    "require a",
    "to be passed",
    "to be provided",
];

/// What a message says.
pub(crate) fn message(text: &str, speaker: &Speaker) -> Problem {
    let said = text.trim().to_lowercase();
    let any = |parts: &[&str]| parts.iter().any(|part| said.contains(part));

    if said.contains("invalid ip") {
        return Problem::IpNotAllowed { ip: address(text) };
    }
    if said.contains("invalid permissions") || said.contains("restricted to internal api") {
        return Problem::ActionNotPermitted { action: quoted(text).map_or_else(|| speaker.action.into(), spelled) };
    }
    if said.contains("requested api action") || said.contains("command not found") {
        return Problem::UnknownAction;
    }
    if any(CREDENTIAL) {
        return Problem::Credential;
    }
    if is_licence(&said) {
        return Problem::Licence;
    }
    if said.contains("maintenance mode") || said.contains("down for maintenance") {
        return Problem::Maintenance;
    }
    if any(MODULE) {
        return Problem::Module;
    }
    if any(DUPLICATE) {
        return Problem::Duplicate;
    }
    if any(STATE) {
        return Problem::State;
    }
    if any(NOT_FOUND) {
        return Problem::NotFound;
    }
    let field = field(text, &said, speaker.parameters);
    // A module may say anything, and "invalid" from its mouth is not about our parameters unless it names one.
    let ours = !speaker.is_foreign() || said.ends_with("required") || field.is_some();
    if ours && any(VALIDATION) {
        return Problem::Validation { field };
    }
    if speaker.is_foreign() { Problem::Module } else { Problem::Refused }
}

/// A page instead of an answer.
pub(crate) fn page(html: &str) -> Problem {
    let title = title(html);
    let start: String = html.chars().take(8 * 1024).collect::<String>().to_lowercase();
    let heading = title.to_lowercase();
    if heading.contains("maintenance") || start.contains("down for maintenance") || start.contains("maintenance mode") {
        Problem::Maintenance
    } else if is_licence(&heading) || is_licence(&start) {
        Problem::Licence
    } else {
        Problem::Html { title }
    }
}

fn is_licence(said: &str) -> bool {
    ["license", "licence"].iter().any(|word| {
        said.contains(word)
            && ["invalid", "expired", "suspended", "error", "check failed"].iter().any(|state| said.contains(state))
    })
}

/// Longest title that is kept, in characters.
const LONGEST_TITLE: usize = 200;

fn title(html: &str) -> String {
    let lower = html.to_ascii_lowercase();
    let inside = |tag: &str| {
        let open = lower.find(&format!("<{tag}"))?;
        let start = open + lower[open..].find('>')? + 1;
        let end = start + lower[start..].find(&format!("</{tag}"))?;
        Some(html[start..end].to_owned())
    };
    let text = inside("title").or_else(|| inside("h1")).unwrap_or_default();
    let plain = crate::text::decode_entities(&text);
    plain.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST_TITLE).collect()
}

fn address(text: &str) -> Option<String> {
    text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '"' | '\'' | '(' | ')'))
        .map(|word| word.trim_end_matches('.'))
        .find(|word| word.parse::<IpAddr>().is_ok())
        .map(str::to_owned)
}

/// The first part in quotation marks.
fn quoted(text: &str) -> Option<&str> {
    let (mark, start) = text.char_indices().find_map(|(at, c)| matches!(c, '"' | '\'' | '`').then_some((c, at + 1)))?;
    let end = start + text[start..].find(mark)?;
    (end > start).then(|| &text[start..end])
}

/// WHMCS answers with the name in lower case (quirk 7).
fn spelled(action: &str) -> String {
    let known = registry::registry().iter().find(|info| info.name.eq_ignore_ascii_case(action));
    known.map_or_else(|| action.to_owned(), |info| info.name.to_owned())
}

/// The parameter a message is about: one it quotes, or the longest whose letters it contains in a row
/// (`Client ID is Required` → `clientid`).
fn field(text: &str, said: &str, parameters: &[ParamInfo]) -> Option<String> {
    let names = || parameters.iter().map(|parameter| parameter.name);
    if let Some(quoted) = quoted(text)
        && let Some(name) = names().find(|name| name.eq_ignore_ascii_case(quoted))
    {
        return Some(name.to_owned());
    }
    let squashed: String = said.chars().filter(|c| c.is_alphanumeric()).collect();
    let squash = |name: &str| name.to_lowercase().replace(['_', '-'], "");
    names()
        .filter(|name| name.len() > 2 && squashed.contains(&squash(name)))
        .max_by_key(|name| name.len())
        .or_else(|| names().find(|name| *name == "email" && squashed.contains("emailaddress")))
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Problem {
        let parameters = crate::registry::find("AddClient").unwrap().parameters;
        message(text, &Speaker { action: "AddClient", parameters })
    }

    #[test]
    fn the_gate_says_why_it_stays_shut() {
        let ip = |ip: &str| Problem::IpNotAllowed { ip: Some(ip.into()) };
        assert_eq!(said("Invalid IP 203.0.113.9"), ip("203.0.113.9"));
        assert_eq!(said("Invalid IP 2001:db8::7."), ip("2001:db8::7"));
        assert_eq!(said("invalid ip"), Problem::IpNotAllowed { ip: None });
        let denied = said("Invalid Permissions: API action \"mergeticket\" is not allowed");
        assert_eq!(denied, Problem::ActionNotPermitted { action: "MergeTicket".into() });
        assert_eq!(
            said("API Command Restricted to Internal API"),
            Problem::ActionNotPermitted { action: "AddClient".into() }
        );
        assert_eq!(said("The requested API Action could not be found."), Problem::UnknownAction);
        for text in [
            "Authentication Failed",
            "Invalid or missing credentials",
            "Administrator Account Disabled",
            "ACCESS DENIED",
        ] {
            assert_eq!(said(text), Problem::Credential, "{text}");
        }
    }

    #[test]
    fn one_condition_in_many_wordings_is_one_problem() {
        for text in
            ["Client ID Not Found", "Client ID not found", "Client Not Found", "Invalid client id", "Invalid Client ID"]
        {
            assert_eq!(said(text), Problem::NotFound, "{text}");
        }
        for text in ["Duplicate Email Address", "A user already exists with that email address"] {
            assert_eq!(said(text), Problem::Duplicate, "{text}");
        }
        for text in ["Order ID not found or Status not Pending", "Invoice Not in Unpaid Status", "Nothing to Update"] {
            assert_eq!(said(text), Problem::State, "{text}");
        }
        assert_eq!(said("The moon is full"), Problem::Refused);
    }

    #[test]
    fn a_complaint_about_a_parameter_names_it() {
        let field = |text: &str| match said(text) {
            Problem::Validation { field } => field,
            other => panic!("{text}: {other:?}"),
        };
        assert_eq!(field("You did not enter your first name").as_deref(), Some("firstname"));
        assert_eq!(field("You did not enter your postcode").as_deref(), Some("postcode"));
        assert_eq!(field("The email address entered is not valid").as_deref(), Some("email"));
        assert_eq!(field("Expecting parameter 'currency' to be an array").as_deref(), Some("currency"));
        assert_eq!(field("Something is required"), None);
    }

    #[test]
    fn what_a_module_says_is_never_taken_for_our_own_mistake() {
        let speaker = Speaker { action: "ModuleCreate", parameters: &[] };
        assert_eq!(message("Invalid API key for node 7", &speaker), Problem::Module);
        assert_eq!(message("Service ID is required", &speaker), Problem::Validation { field: None });
    }

    #[test]
    fn pages_tell_what_they_are() {
        let page = |html: &str| super::page(html);
        assert_eq!(page("<html><title>Down for Maintenance (Err 3)</title>"), Problem::Maintenance);
        assert_eq!(page("<h1>License Invalid</h1>"), Problem::Licence);
        let login = page("<!DOCTYPE html><TITLE>\n Acme &amp; Co \n- Login</TITLE><body>");
        assert_eq!(login, Problem::Html { title: "Acme & Co - Login".into() });
        assert_eq!(page("<html><body>x"), Problem::Html { title: String::new() });
        assert_eq!(page("<title"), Problem::Html { title: String::new() });
    }
}
