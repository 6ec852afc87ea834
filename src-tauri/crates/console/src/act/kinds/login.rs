//! How somebody gets into a server afterwards: a password and keys, each by its id among Contabo's secrets. Their values
//! never come here.

use std::collections::BTreeMap;

use rackdesk_contabo::api::secrets::{RetrieveSecretList, SecretType};
use serde::{Deserialize, Serialize};

use super::{Field, Holds, Row, Trouble, contabo, may};
use crate::{
    act::engine::Deps,
    plan::{Phrase, Verdict},
};

/// Id of the password.
pub const PASSWORD: Field = may("root_password", Holds::Password);
/// Ids of the keys.
pub const KEYS: Field = may("ssh_keys", Holds::SshKeys);

/// What is known of the secrets that an input names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// Name of the password; `None` when there is none of that id.
    pub password: Option<String>,
    /// Names of the keys by id; only those that are there.
    pub keys: BTreeMap<i64, String>,
}

/// Reads the names of secrets.
///
/// # Errors
/// When they cannot be read.
pub async fn known(deps: &Deps, password: Option<i64>, keys: &[i64]) -> Result<Known, Trouble> {
    if password.is_none() && keys.is_empty() {
        return Ok(Known::default());
    }
    let client = deps.contabo.as_ref().ok_or_else(contabo::no_account)?;
    let all = client.all(RetrieveSecretList::new()).await.map_err(|error| contabo::trouble(&error))?;
    let mut known = Known::default();
    for secret in all {
        if secret.kind == SecretType::Password && Some(secret.secret_id) == password {
            known.password = Some(secret.name);
        } else if secret.kind == SecretType::Ssh && keys.contains(&secret.secret_id) {
            known.keys.insert(secret.secret_id, secret.name);
        }
    }
    Ok(known)
}

/// The row's facts and verdicts about the way in.
pub fn row(mut row: Row, password: Option<i64>, keys: &[i64], known: &Known) -> Row {
    let missing = |what: i64| Verdict::block("secret", Phrase::new("guard.no_secret", [("secret", what.to_string())]));
    if let Some(id) = password {
        match &known.password {
            Some(name) => row = row.fact("root_password", None, Some(name)),
            None => row.verdicts.push(missing(id)),
        }
    }
    for id in keys {
        match known.keys.get(id) {
            Some(name) => row = row.fact("ssh_keys", None, Some(name)),
            None => row.verdicts.push(missing(*id)),
        }
    }
    if password.is_none() && keys.is_empty() {
        row.verdicts.push(Verdict::warn("login", Phrase::new("guard.no_login", [])));
    }
    row
}
