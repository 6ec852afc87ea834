//! What the providers and the way to them did, as codes that people can act on.

use rackdesk_contabo as contabo;
use rackdesk_whmcs as whmcs;
use rackdesk_wire as wire;

use super::{ErrorCode, Fault};

fn provider_name(operation_provider: &str) -> String {
    match operation_provider {
        "whmcs" => "WHMCS".into(),
        "contabo" => "Contabo".into(),
        other => other.to_owned(),
    }
}

/// An exchange that failed below the meaning of any provider's answer.
fn from_wire(provider: &str, host: &str, e: &wire::Error) -> Fault {
    from_cause(provider, host, &e.cause).request(e.request_id)
}

fn from_cause(provider: &str, host: &str, cause: &wire::Cause) -> Fault {
    let who = ("provider", provider_name(provider));
    let host = ("host", host.to_owned());
    match cause {
        wire::Cause::Dns => Fault::with(ErrorCode::Dns, [who, host]),
        wire::Cause::Connect => Fault::with(ErrorCode::Connect, [who, host]),
        wire::Cause::Tls => Fault::with(ErrorCode::Tls, [who, host]),
        wire::Cause::Timeout => Fault::with(ErrorCode::Timeout, [who, host]),
        wire::Cause::Cut => Fault::with(ErrorCode::Cut, [who, host]),
        wire::Cause::TooLarge { .. } => Fault::with(ErrorCode::TooLarge, [who]),
        wire::Cause::Redirect { to } => Fault::with(ErrorCode::Redirected, [who, ("to", to.clone())]),
        wire::Cause::RefusedUrl => Fault::with(ErrorCode::PlainHttp, [host]),
        wire::Cause::Budget => Fault::with(ErrorCode::Throttled, [who]),
        wire::Cause::Dropped => Fault::of(ErrorCode::Cancelled),
        wire::Cause::Status { code: 429 } => Fault::with(ErrorCode::Throttled, [who]),
        wire::Cause::Status { code } if *code >= 500 => {
            Fault::with(ErrorCode::ProviderFailed, [who, ("status", code.to_string())])
        }
        wire::Cause::Status { code } => {
            Fault::with(ErrorCode::Rejected, [who, ("text", format!("status {code}")), ("status", code.to_string())])
        }
        wire::Cause::Other => Fault::with(ErrorCode::Connect, [who, host]),
    }
}

impl Fault {
    /// Names the host that was spoken to, for the sentences that say where.
    #[must_use]
    pub fn at(mut self, host: Option<&str>) -> Self {
        if let Some(host) = host.filter(|h| !h.is_empty()) {
            self.params.insert("host".into(), host.to_owned());
        }
        self
    }
}

fn contabo_credential(credential: &contabo::Credential) -> Fault {
    let who = ("provider", "Contabo".to_owned());
    match credential {
        contabo::Credential::InvalidClient => Fault::of(ErrorCode::ContaboClient),
        contabo::Credential::WrongClientSecret => {
            Fault::with(ErrorCode::ContaboClient, [("reason", "wrong_secret".to_owned())])
        }
        contabo::Credential::InvalidUser => Fault::of(ErrorCode::ContaboUser),
        contabo::Credential::TokenRefused => {
            Fault::with(ErrorCode::ContaboUser, [("reason", "token_refused".to_owned())])
        }
        contabo::Credential::NoApiAccess { detail } => {
            Fault::with(ErrorCode::ContaboUser, [("reason", "no_api_access".to_owned()), ("detail", detail.clone())])
        }
        contabo::Credential::ClockSkew { seconds } => {
            Fault::with(ErrorCode::ClockSkew, [("seconds", seconds.to_string())])
        }
        contabo::Credential::Refused { error, detail } => {
            Fault::with(ErrorCode::Rejected, [who, ("text", format!("{error} {detail}"))])
        }
        contabo::Credential::NotASignIn { detail } => Fault::with(ErrorCode::NotJson, [who, ("title", detail.clone())]),
    }
}

impl From<&contabo::Error> for Fault {
    fn from(e: &contabo::Error) -> Self {
        use contabo::Problem as P;
        let who = ("provider", "Contabo".to_owned());
        let text = |m: &str| ("text", m.to_owned());
        let fault = match &e.problem {
            P::Credential(credential) => contabo_credential(credential),
            P::PermissionDenied { needs, .. } => {
                Fault::with(ErrorCode::PermissionDenied, [("permission", format!("{} {}", needs.action, needs.api))])
            }
            P::NotFound { message } => Fault::with(ErrorCode::NotFound, [("what", what_is_missing(message))]),
            P::PaymentRequired { message } => Fault::with(ErrorCode::PaymentRequired, [who, text(message)]),
            P::Conflict { message } => Fault::with(ErrorCode::Conflict, [who, text(message)]),
            P::Validation { messages } => Fault::with(ErrorCode::Rejected, [who, text(&messages.join("; "))]),
            P::NotCancellable { message } | P::UnsupportedMedia { message } | P::Refused { message } => {
                Fault::with(ErrorCode::Rejected, [who, text(message)])
            }
            P::Throttled { .. } => Fault::with(ErrorCode::Throttled, [who]),
            P::ProviderFailed { .. } => {
                let status = e.status.map_or_else(String::new, |s| s.to_string());
                Fault::with(ErrorCode::ProviderFailed, [who, ("status", status)])
            }
            P::Html { title } => Fault::with(ErrorCode::NotJson, [who, ("title", title.clone())]),
            P::Unreadable { path, .. } => Fault::with(ErrorCode::Unreadable, [who, ("path", path.clone())]),
            P::Unsendable { detail } => {
                Fault::with(ErrorCode::InvalidInput, [("field", e.operation.to_string()), ("problem", detail.clone())])
            }
            P::Stuck { page, .. } => Fault::with(ErrorCode::Unreadable, [who, ("path", format!("page {page}"))]),
            P::Wire(wire) => from_wire("contabo", "", wire),
        };
        fault.request(e.request_id)
    }
}

/// "Invoice ID Not Found", "Instance not found" name the thing; that it is missing is said by the code.
fn what_is_missing(message: &str) -> String {
    let said = message.trim().trim_end_matches('.');
    let end = said.len().saturating_sub(" not found".len());
    match said.get(end..) {
        Some(words) if end > 0 && words.eq_ignore_ascii_case(" not found") => said[..end].to_owned(),
        _ => said.to_owned(),
    }
}

impl From<&whmcs::Error> for Fault {
    fn from(e: &whmcs::Error) -> Self {
        use whmcs::Problem as P;
        let who = ("provider", "WHMCS".to_owned());
        let text = ("text", e.message.clone());
        let fault = match &e.problem {
            P::Credential => Fault::of(ErrorCode::WhmcsCredential),
            P::IpNotAllowed { ip } => {
                let ip = ip.iter().map(|ip| ("ip".to_owned(), ip.clone())).collect();
                Fault { code: ErrorCode::IpNotAllowed, params: ip, request_id: None }
            }
            P::ActionNotPermitted { action } => {
                Fault::with(ErrorCode::ActionNotPermitted, [("action", action.clone())])
            }
            P::NotFound => Fault::with(ErrorCode::NotFound, [("what", what_is_missing(&e.message))]),
            P::Duplicate | P::State => Fault::with(ErrorCode::Conflict, [who, text]),
            P::Validation { .. } | P::Module | P::Refused | P::UnknownAction => {
                Fault::with(ErrorCode::Rejected, [who, text])
            }
            P::Throttled { .. } => Fault::with(ErrorCode::Throttled, [who]),
            P::Maintenance => Fault::of(ErrorCode::Maintenance),
            P::Licence => Fault::of(ErrorCode::Licence),
            P::Html { title } => Fault::with(ErrorCode::NotJson, [who, ("title", title.clone())]),
            P::Empty => Fault::with(ErrorCode::EmptyAnswer, [who]),
            P::Unreadable { path } => Fault::with(ErrorCode::Unreadable, [who, ("path", path.clone())]),
            P::Parameter(problem) => {
                Fault::with(ErrorCode::InvalidInput, [("field", e.action.clone()), ("problem", problem.to_string())])
            }
            P::NoProgress { received } => {
                Fault::with(ErrorCode::Unreadable, [who, ("path", format!("row {received}"))])
            }
            P::Wire(cause) => from_cause("whmcs", "", cause),
        };
        fault.request(e.request_id)
    }
}
