//! Values that must not be seen: they print and serialise as a placeholder.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;

use crate::lenient::{self, Lenient};

/// What stands in place of a secret wherever one would be printed.
pub const HIDDEN: &str = "[hidden]";

/// Members whose value is hidden in every recorded Contabo exchange (quirk 6: secrets, S3 keys, client secret,
/// authorisation codes; cloud-init text holds passwords more often than not).
pub static SECRET_FIELDS: &[&str] = &[
    "secret",
    "clientSecret",
    "client_secret",
    "password",
    "accessKey",
    "secretKey",
    "authCode",
    "userData",
    "access_token",
    "refresh_token",
    "id_token",
];

/// [`SECRET_FIELDS`] and the member that holds a password or key in the secrets area.
pub static SECRET_FIELDS_AND_VALUE: &[&str] = &[
    "value",
    "secret",
    "clientSecret",
    "client_secret",
    "password",
    "accessKey",
    "secretKey",
    "authCode",
    "userData",
    "access_token",
    "refresh_token",
    "id_token",
];

/// A password, key, code or cloud-init text. Prints and serialises as [`HIDDEN`]; only [`Secret::expose`] shows it.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Takes a value into keeping.
    pub fn new(value: impl Into<String>) -> Self {
        Self(SecretString::from(value.into()))
    }

    /// The value itself. Every use is a place where it can leak.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl From<String> for Secret {
    fn from(value: String) -> Self {
        Self::new(value)
    }
}

impl From<&str> for Secret {
    fn from(value: &str) -> Self {
        Self::new(value)
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(HIDDEN)
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Serde's own message would quote the value it stumbled over.
        String::deserialize(deserializer).map(Self::new).map_err(|_| de::Error::custom("expected text"))
    }
}

impl Lenient for Secret {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::read(deserializer).map(Self::new)
    }
}

/// What an audit row says was changed: a free object (quirk 8), kept as it came except for secret members.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Changes(pub Value);

impl Lenient for Changes {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut value = lenient::value(deserializer)?;
        hide(&mut value, false);
        Ok(Self(value))
    }
}

/// Changes of a secret: the names of what changed, never the values.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HiddenChanges(pub Value);

impl Lenient for HiddenChanges {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut value = lenient::value(deserializer)?;
        hide(&mut value, true);
        Ok(Self(value))
    }
}

/// Hides the values of secret members at any depth, or of every member.
fn hide(value: &mut Value, all: bool) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let secret = SECRET_FIELDS.iter().any(|field| field.eq_ignore_ascii_case(name));
                match member {
                    _ if secret => *member = Value::from(HIDDEN),
                    Value::Object(_) | Value::Array(_) => hide(member, all),
                    Value::Null => {}
                    _ if all => *member = Value::from(HIDDEN),
                    _ => {}
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                match item {
                    Value::Object(_) | Value::Array(_) => hide(item, all),
                    _ if all => *item = Value::from(HIDDEN),
                    _ => {}
                }
            }
        }
        Value::Null => {}
        _ if all => *value = Value::from(HIDDEN),
        _ => {}
    }
}
