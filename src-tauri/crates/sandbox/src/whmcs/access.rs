//! Who may call, from where, and what.

use std::collections::BTreeSet;
use std::net::IpAddr;

use http::StatusCode;
use rand::Rng;
use rand_chacha::ChaCha12Rng;
use serde::Deserialize;
use serde_json::{Value, json};

use super::model::system::Admin;
use super::params::Params;
use super::php::md5;
use super::table::Table;

/// What a client needs to call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhmcsCredentials {
    /// API identifier.
    pub identifier: String,
    /// Its secret.
    pub secret: String,
    /// Passes the address allow-list.
    pub access_key: String,
}

/// An API credential. Its permissions are the union of its roles.
#[derive(Debug, Clone)]
struct Credential {
    identifier: String,
    secret: String,
    admin: u64,
    /// Action names in lower case; `None` allows all.
    permissions: Option<BTreeSet<String>>,
    disabled: bool,
}

/// The lock on the door.
#[derive(Debug, Clone, Default)]
pub struct Access {
    credentials: Vec<Credential>,
    allowed_ips: Vec<String>,
    access_key: String,
}

/// Who got in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Admin id.
    pub admin: u64,
    /// Admin's login name.
    pub username: String,
    /// From where.
    pub ip: String,
}

/// Why somebody did not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denied {
    /// HTTP status.
    pub status: StatusCode,
    /// In the provider's words.
    pub message: String,
}

fn denied(message: impl Into<String>) -> Denied {
    Denied { status: StatusCode::FORBIDDEN, message: message.into() }
}

/// A change from the control port.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    #[serde(default)]
    allowed_ips: Option<Vec<String>>,
    #[serde(default)]
    add: Option<Rights>,
    #[serde(default)]
    set: Option<Rights>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rights {
    #[serde(default)]
    identifier: Option<String>,
    #[serde(default)]
    permissions: Option<Vec<String>>,
    #[serde(default)]
    disabled: bool,
}

impl Rights {
    fn names(&self) -> Option<BTreeSet<String>> {
        self.permissions.as_ref().map(|names| names.iter().map(|name| name.to_lowercase()).collect())
    }
}

impl Access {
    /// The seed's one credential, which may do everything, and loopback on the allow-list.
    pub(super) fn seed(rng: &mut ChaCha12Rng) -> Self {
        let first = Credential {
            identifier: letters(rng, 32),
            secret: letters(rng, 32),
            admin: 1,
            permissions: None,
            disabled: false,
        };
        let access_key = letters(rng, 20);
        Self { credentials: vec![first], allowed_ips: vec!["127.0.0.1".to_owned(), "::1".to_owned()], access_key }
    }

    /// The first credential.
    pub(super) fn first(&self) -> WhmcsCredentials {
        let (identifier, secret) =
            self.credentials.first().map(|one| (one.identifier.clone(), one.secret.clone())).unwrap_or_default();
        WhmcsCredentials { identifier, secret, access_key: self.access_key.clone() }
    }

    /// What the control port shows.
    pub fn describe(&self) -> Value {
        let credentials: Vec<Value> = self
            .credentials
            .iter()
            .map(|one| {
                json!({
                    "identifier": one.identifier,
                    "secret": one.secret,
                    "admin": one.admin,
                    "permissions": one.permissions,
                    "disabled": one.disabled,
                })
            })
            .collect();
        json!({"allowed_ips": self.allowed_ips, "access_key": self.access_key, "credentials": credentials})
    }

    /// Carries out a change from the control port and describes the result.
    pub fn change(&mut self, change: Change, rng: &mut ChaCha12Rng) -> Value {
        if let Some(ips) = change.allowed_ips {
            self.allowed_ips = ips;
        }
        if let Some(rights) = change.add {
            let identifier = rights.identifier.clone().unwrap_or_else(|| letters(rng, 32));
            let (permissions, disabled) = (rights.names(), rights.disabled);
            self.credentials.push(Credential { identifier, secret: letters(rng, 32), admin: 2, permissions, disabled });
        }
        if let Some(rights) = change.set
            && let Some(one) =
                self.credentials.iter_mut().find(|one| Some(&one.identifier) == rights.identifier.as_ref())
        {
            one.permissions = rights.names();
            one.disabled = rights.disabled;
        }
        self.describe()
    }

    /// Lets a call in, or says why not. `action` is the name as it will be called.
    pub(super) fn admit(
        &self,
        params: &Params,
        from: IpAddr,
        action: &str,
        admins: &Table<Admin>,
    ) -> Result<Caller, Denied> {
        let from = from.to_canonical().to_string();
        let by_key = params.raw("accesskey").is_some_and(|key| !key.is_empty() && key == self.access_key);
        if !by_key && !self.allowed_ips.contains(&from) {
            return Err(denied(format!("Invalid IP {from}")));
        }
        let (admin, permissions) = self.identify(params, admins)?;
        if permissions.is_some_and(|names| !names.contains(&action.to_lowercase())) {
            let name = action.to_lowercase();
            return Err(denied(format!("Invalid Permissions: API action \"{name}\" is not allowed")));
        }
        Ok(Caller { admin: admin.id, username: admin.username.clone(), ip: from })
    }

    fn identify<'a>(
        &'a self,
        params: &Params,
        admins: &'a Table<Admin>,
    ) -> Result<(&'a Admin, Option<&'a BTreeSet<String>>), Denied> {
        let name = params.text("identifier").or_else(|| params.text("username"));
        let proof = params.text("secret").or_else(|| params.text("password"));
        let (Some(name), Some(proof)) = (name, proof) else {
            return Err(denied("Invalid or missing credentials"));
        };
        if let Some(one) = self.credentials.iter().find(|one| one.identifier == name) {
            if one.secret != proof {
                return Err(denied("Authentication Failed"));
            }
            let admin = admins.get(one.admin).filter(|admin| !admin.disabled && !one.disabled);
            return admin.map(|admin| (admin, one.permissions.as_ref())).ok_or_else(|| denied(DISABLED));
        }
        // The legacy way: an admin's own name, and the digest of the password.
        match admins.iter().find(|admin| admin.username.eq_ignore_ascii_case(name)) {
            Some(admin) if md5::hex(admin.password.as_bytes()).eq_ignore_ascii_case(proof) => {
                if admin.disabled {
                    Err(denied(DISABLED))
                } else {
                    Ok((admin, None))
                }
            }
            _ => Err(denied("Authentication Failed")),
        }
    }
}

const DISABLED: &str = "Administrator Account Disabled";

/// Random letters and digits.
pub fn letters(rng: &mut impl Rng, length: usize) -> String {
    (0..length).map(|_| char::from(rng.sample(rand::distr::Alphanumeric))).collect()
}
