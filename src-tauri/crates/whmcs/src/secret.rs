use secrecy::{ExposeSecret, SecretString};
use serde::{Serialize, Serializer};

/// What is shown in place of a secret.
pub const HIDDEN: &str = "[hidden]";

/// A password, token or key. It prints and serialises as a mark and is wiped from memory when dropped; only
/// [`Secret::expose`] gives it out.
#[derive(Clone, Default)]
pub struct Secret(SecretString);

impl Secret {
    /// Wraps a secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(SecretString::from(text.into()))
    }

    /// The secret itself.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.expose().is_empty()
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.is_empty() { "Secret(none)" } else { "Secret([hidden])" })
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(if self.is_empty() { "" } else { HIDDEN })
    }
}

/// Fields whose value never reaches a record or an error, in requests and answers (quirk 68).
pub(crate) static SECRET_FIELDS: &[&str] = &[
    "identifier",
    "secret",
    "accesskey",
    "password",
    "password2",
    "passwordhash",
    "servicepassword",
    "rootpw",
    "securityqans",
    "cardnum",
    "card_number",
    "cvv",
    "bankacct",
    "bank_account",
    "bank_code",
    "bankcode",
    "eppcode",
    "remote_token",
    "clientsecret",
    "newclientsecret",
    "client_secret",
    "access_token",
    "redirect_url",
    "transfersecret",
    "validationdata",
    "accesshash",
    "serverpassword",
    "c",
];

/// The same and `value`: a setting may be a mail password or a token (quirk 67).
pub(crate) static SECRET_FIELDS_AND_VALUE: &[&str] =
    &["identifier", "secret", "accesskey", "password", "password2", "passwordhash", "value"];

/// The same and `parameters`: the settings of a module hold the keys of gateways and registrars.
pub(crate) static SECRET_FIELDS_AND_PARAMETERS: &[&str] =
    &["identifier", "secret", "accesskey", "password", "password2", "passwordhash", "parameters"];
