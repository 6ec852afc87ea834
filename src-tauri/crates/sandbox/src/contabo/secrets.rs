//! Secrets: passwords and public keys, named in other calls by their id.

use http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::Account;
use super::answer::{Outcome, Refusal, no_content};
use super::audits::List;
use super::call::{Call, Change};
use super::listing::{Frame, Key, Order};
use super::operation::{Operation, delete, get, patch, post};
use super::query::contains;
use super::text::moment;

const API: &str = "/v1/secrets";
const KIND: &str = "secret";
const TYPES: &[&str] = &["password", "ssh"];

/// One secret.
#[derive(Debug, Clone)]
pub(super) struct Secret {
    pub(super) id: i64,
    pub(super) name: String,
    /// `password` or `ssh`.
    pub(super) kind: &'static str,
    pub(super) value: String,
    pub(super) created: Timestamp,
    pub(super) updated: Timestamp,
}

impl Secret {
    /// The value shows only where a single secret is read; the document wants at least one character elsewhere.
    pub(super) fn view(&self, account: &Account, reveal: bool) -> Value {
        account.owned(json!({
            "secretId": self.id,
            "name": self.name,
            "type": self.kind,
            "value": if reveal { self.value.as_str() } else { "********" },
            "createdAt": moment(self.created),
            "updatedAt": moment(self.updated),
        }))
    }
}

/// Characters that count as special.
const SPECIAL: &str = "!@#$^&*?_~";

/// The rule as the document words it: its printed expression has lost its backslashes.
fn is_good_password(text: &str) -> bool {
    let count = |test: &dyn Fn(char) -> bool| text.chars().filter(|c| test(*c)).count();
    let digits = count(&|c| c.is_ascii_digit());
    let special = count(&|c| SPECIAL.contains(c));
    text.chars().count() >= 8
        && count(&|c| c.is_ascii_uppercase()) > 0
        && count(&|c| c.is_ascii_lowercase()) > 0
        && ((digits >= 1 && special >= 2) || (digits >= 3 && special >= 1))
}

/// Types of public keys that OpenSSH writes.
const KEY_TYPES: &[&str] = &["ssh-rsa", "ssh-ed25519", "ecdsa-sha2-", "sk-ssh-ed25519", "sk-ecdsa-sha2-", "ssh-dss"];

fn check_value(kind: &str, value: &str) -> Result<(), Refusal> {
    let good = match kind {
        "ssh" => KEY_TYPES.iter().any(|start| value.trim_start().starts_with(start)),
        _ => is_good_password(value),
    };
    let problem = match kind {
        "ssh" => "value must be a public SSH key",
        _ => "value must contain upper and lower case characters, and numbers and special characters !@#$^&*?_~",
    };
    if good { Ok(()) } else { Err(Refusal::fields(vec![problem.to_owned()])) }
}

const ORDER: Order<Secret> = &[
    ("secretId", |one| Key::Number(one.id)),
    ("name", |one| Key::text(&one.name)),
    ("type", |one| Key::text(one.kind)),
    ("createdAt", |one| Key::time(one.created)),
    ("updatedAt", |one| Key::time(one.updated)),
];

fn retrieve_list(call: &mut Call<'_>) -> Outcome {
    let kinds = call.query.choices("type", TYPES)?;
    let name = call.query.text("name");
    let items = call
        .state
        .secrets
        .values()
        .filter(|one| contains(&one.name, name) && kinds.as_ref().is_none_or(|kinds| kinds.contains(&one.kind)))
        .collect();
    call.list(Frame::Full, items, ORDER, |one| one.view(&call.state.account, false))
}

fn wanted(call: &Call<'_>) -> Result<i64, Refusal> {
    let id = call.id("secretId")?;
    if call.state.secrets.contains_key(&id) { Ok(id) } else { Err(Refusal::missing("Secret", id)) }
}

fn retrieve(call: &mut Call<'_>) -> Outcome {
    let id = wanted(call)?;
    let view = call.state.secrets.get(&id).map_or(Value::Null, |one| one.view(&call.state.account, true));
    call.one(StatusCode::OK, view)
}

fn changed(change: Change, id: i64) -> Change {
    change.audited(List::Secrets, vec![("secretId", json!(id))])
}

fn create(call: &mut Call<'_>) -> Outcome {
    let mut fields = call.fields()?;
    let name = fields.need_text("name", 1..=255);
    let value = fields.need_text("value", 8..=usize::MAX);
    let kind = fields.need_choice("type", TYPES);
    fields.done()?;
    check_value(kind, &value)?;
    let id = call.state.serial("secret");
    let secret = Secret { id, name: name.clone(), kind, value, created: call.now, updated: call.now };
    let view = secret.view(&call.state.account, false);
    call.state.secrets.insert(id, secret);
    call.record(changed(Change::created(KIND, id), id).with(json!({"new": {"name": name, "type": kind}})));
    call.one(StatusCode::CREATED, view)
}

fn update(call: &mut Call<'_>) -> Outcome {
    let id = wanted(call)?;
    let mut fields = call.fields()?;
    let name = fields.text("name", 1..=255);
    let value = fields.text("value", 8..=usize::MAX);
    fields.done()?;
    let kind = call.state.secrets.get(&id).map_or("", |one| one.kind);
    if let Some(value) = &value {
        check_value(kind, value)?;
    }
    let detail = json!({"new": {"name": name, "value": value.as_ref().map(|_| "********")}});
    let now = call.now;
    if let Some(one) = call.state.secrets.get_mut(&id) {
        one.name = name.unwrap_or_else(|| one.name.clone());
        one.value = value.unwrap_or_else(|| one.value.clone());
        one.updated = now;
    }
    call.record(changed(Change::updated(KIND, id), id).with(detail));
    call.links(StatusCode::OK, &[])
}

fn remove(call: &mut Call<'_>) -> Outcome {
    let id = wanted(call)?;
    call.state.secrets.remove(&id);
    call.record(changed(Change::deleted(KIND, id), id));
    no_content()
}

/// The operations of this area.
pub(super) const OPERATIONS: &[Operation] = &[
    get("retrieveSecretList", "/v1/secrets", API, retrieve_list),
    post("createSecret", "/v1/secrets", API, create),
    get("retrieveSecret", "/v1/secrets/{secretId}", API, retrieve),
    patch("updateSecret", "/v1/secrets/{secretId}", API, update),
    delete("deleteSecret", "/v1/secrets/{secretId}", API, remove),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_rule_is_the_sentence_and_not_the_broken_expression() {
        for good in ["PwdA?2092w#", "aB1!!xyz", "aB123!xyz"] {
            assert!(is_good_password(good), "{good}");
        }
        for bad in ["aB1!xyzw", "ab1!!xyz", "aB!!xyzw", "aB12!!x", "AB123!XYZ"] {
            assert!(!is_good_password(bad), "{bad}");
        }
    }
}
