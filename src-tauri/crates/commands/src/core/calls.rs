//! Any typed operation of either provider by its name, for `rackdeskctl call`.

use rackdesk_contabo::{
    OperationInfo, RunError,
    argument::Kind,
    edits::{self, Edit, EditEffect},
};
use rackdesk_whmcs::{ActionInfo, Given};
use rackdesk_wire::{Call, Effect, Sent};
use serde_json::{Map, Value};

use super::Core;
use crate::{AppError, ErrorCode, policy::BareCall};

/// A call that has been checked and not yet been sent.
#[derive(Clone)]
pub struct ProviderCall(Checked);

#[derive(Clone)]
enum Checked {
    Contabo(&'static OperationInfo, Map<String, Value>),
    Whmcs(&'static ActionInfo, Given),
}

impl ProviderCall {
    fn effect(&self) -> Effect {
        match &self.0 {
            Checked::Contabo(operation, _) => operation.effect,
            Checked::Whmcs(action, _) => action.effect,
        }
    }

    fn name(&self) -> &'static str {
        match &self.0 {
            Checked::Contabo(operation, _) => operation.id,
            Checked::Whmcs(action, _) => action.name,
        }
    }

    /// Whether the provider's state may differ afterwards.
    pub fn writes(&self) -> bool {
        self.effect().writes()
    }

    /// What it does, before anybody says yes.
    pub fn consequence(&self) -> String {
        let what = match self.effect() {
            Effect::Read => "only reads",
            Effect::Idempotent => "writes; a second time changes nothing more",
            Effect::Once => "acts; a second time would act again",
            Effect::Billable => "COSTS MONEY",
            Effect::Destructive => "DESTROYS DATA that cannot be brought back",
        };
        let mut told = format!("{} {what}.", self.name());
        if let Checked::Contabo(operation, arguments) = &self.0 {
            let members: Vec<&str> = arguments.keys().map(String::as_str).collect();
            for edit in edits::edits(operation.id, &members) {
                told.push_str(&line_of(&edit));
            }
        }
        told
    }

    /// What the policy has to know about it.
    fn about(&self) -> BareCall {
        let whole = |value: &Value| value.as_i64().or_else(|| value.as_str()?.parse().ok());
        let (contabo, instance) = match &self.0 {
            Checked::Contabo(_, arguments) => (true, arguments.get("instanceId").and_then(whole)),
            Checked::Whmcs(..) => (false, None),
        };
        BareCall { name: self.name(), effect: self.effect(), contabo, instance }
    }

    /// Notes on the error of a write whether it may have been done all the same.
    fn failed(&self, mut error: AppError, sent: Sent) -> AppError {
        if self.writes() && matches!(sent, Sent::MaybeSent | Sent::Unreadable) {
            error.params.insert("outcome".into(), "unknown".into());
        }
        error
    }
}

impl Core {
    /// Checks a call's name and parameters. Nothing is sent.
    ///
    /// # Errors
    /// When there is no such operation or parameter; the nearest known name is told.
    pub fn operation(&self, provider: &str, name: &str, params: &[(String, String)]) -> Result<ProviderCall, AppError> {
        let pairs = || params.iter().map(|(k, v)| (k.as_str(), v.as_str()));
        match provider {
            "contabo" => {
                let operation = rackdesk_contabo::registry::find(name).map_err(unknown)?;
                let arguments = operation.arguments(pairs()).map_err(unknown)?;
                Ok(ProviderCall(Checked::Contabo(operation, arguments)))
            }
            _ => {
                let action = rackdesk_whmcs::find(name).map_err(unknown)?;
                let given = Given::from_pairs(params.iter().cloned()).map_err(unknown)?;
                Ok(ProviderCall(Checked::Whmcs(action, given)))
            }
        }
    }

    /// Parameters of an operation that hold secrets.
    ///
    /// # Errors
    /// When there is no such operation; the nearest known name is told.
    pub fn secret_parameters(&self, provider: &str, name: &str) -> Result<Vec<String>, AppError> {
        if provider == "contabo" {
            let operation = rackdesk_contabo::registry::find(name).map_err(unknown)?;
            let secret = operation.parameters.iter().filter(|p| matches!(p.kind, Kind::Secret));
            return Ok(secret.map(|p| p.name.clone()).collect());
        }
        let action = rackdesk_whmcs::find(name).map_err(unknown)?;
        let names = action.parameters.iter().flat_map(|p| p.wire_names());
        let secret = names.filter(|name| action.secret_fields.iter().any(|s| s.eq_ignore_ascii_case(name)));
        Ok(secret.map(|name| (*name).to_owned()).collect())
    }

    /// Sends a call, when the policy allows it: what a plan may not do, a bare call may not do either.
    ///
    /// # Errors
    /// `Blocked` with the guardrail's words; what the provider or the way to it said. Where a write may have happened all the same, its parameter `outcome`
    /// is `unknown`.
    pub async fn call(&self, call: &ProviderCall, raw: bool) -> Result<Value, AppError> {
        let session = self.session()?;
        if call.writes() {
            crate::policy::about_call(&session, &call.about()).await?;
        }
        let ids = Call::fresh();
        let request_id = ids.request_id;
        let answer = match &call.0 {
            Checked::Contabo(operation, arguments) => {
                let client = session.clients.contabo.as_ref().ok_or_else(|| AppError::of(ErrorCode::NoProfile))?;
                (operation.run_json)(client, arguments.clone(), ids).await.map_err(|e| match e {
                    RunError::Argument(e) => unknown(e),
                    RunError::Call(e) => call.failed(AppError::from(&e), e.sent()),
                })
            }
            Checked::Whmcs(action, given) => {
                let client = session.clients.whmcs.as_ref().ok_or_else(|| AppError::of(ErrorCode::NoProfile))?;
                let answer = (action.run_json)(client, given.clone(), ids).await;
                answer.map(|answer| answer.value).map_err(|e| call.failed(AppError::from(&e), e.sent()))
            }
        };
        if raw { self.recorded(request_id).await } else { answer }
    }
}

/// What one member does to a running server, and who says so.
fn line_of(edit: &Edit) -> String {
    let does = match edit.effect {
        EditEffect::Keep => "keeps running",
        EditEffect::Restart => "INTERRUPTS the server",
        EditEffect::Wipe => "LOSES THE DISK",
    };
    let member = if edit.field == "*" { String::new() } else { format!("{}: ", edit.field) };
    let when = if edit.when.is_empty() { String::new() } else { format!(", {}", edit.when) };
    format!("\n  {member}{does}{when} ({})", edit.source)
}

fn unknown(e: impl std::fmt::Display) -> AppError {
    AppError::invalid("call", e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn consequence(name: &str, params: &[(&str, &str)]) -> String {
        let operation = rackdesk_contabo::registry::find(name).unwrap();
        let arguments = operation.arguments(params.iter().copied()).unwrap();
        ProviderCall(Checked::Contabo(operation, arguments)).consequence()
    }

    #[test]
    fn a_write_says_what_it_costs_and_what_it_does_to_the_disk_before_anybody_agrees() {
        let reinstall = consequence("reinstallInstance", &[("instanceId", "7"), ("imageId", "0f0e")]);
        assert!(reinstall.starts_with("reinstallInstance DESTROYS DATA"), "{reinstall}");
        assert!(reinstall.contains("LOSES THE DISK"), "{reinstall}");
        let renamed = consequence("patchInstance", &[("instanceId", "7"), ("displayName", "web")]);
        assert!(renamed.contains("displayName: keeps running"), "{renamed}");
        let joined = consequence("assignInstancePrivateNetwork", &[("privateNetworkId", "3"), ("instanceId", "7")]);
        assert!(joined.contains("LOSES THE DISK, first network of the server"), "{joined}");
        assert!(joined.contains("INTERRUPTS the server, further network"), "{joined}");
    }
}
