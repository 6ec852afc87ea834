//! What a token says about its bearer. Read, not verified: nothing is decided by it but whose ids go into a path.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::lenient::read;

/// The user behind the credentials (quirk 1: `sub` is the user id that the S3 credential paths need).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Identity {
    /// Claim `sub`.
    #[serde(rename(deserialize = "sub"), deserialize_with = "read")]
    pub user_id: Option<String>,
    /// Claim `preferred_username`.
    #[serde(rename(deserialize = "preferred_username"), deserialize_with = "read")]
    pub username: Option<String>,
    /// Claim `customerId`.
    #[serde(rename(deserialize = "customerId"), deserialize_with = "read")]
    pub customer_id: Option<String>,
    /// Claim `tenantId`.
    #[serde(rename(deserialize = "tenantId"), deserialize_with = "read")]
    pub tenant_id: Option<String>,
}

impl Identity {
    /// Reads the payload of a JWT; a token of another form names nobody.
    pub fn of_token(token: &str) -> Self {
        let payload = token.split('.').nth(1).unwrap_or_default().trim_end_matches('=');
        URL_SAFE_NO_PAD.decode(payload).ok().and_then(|json| serde_json::from_slice(&json).ok()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(payload: &str) -> String {
        format!("eyJhbGciOiJub25lIn0.{}.sig", URL_SAFE_NO_PAD.encode(payload))
    }

    #[test]
    fn ids_are_read_whether_they_are_numbers_or_strings_and_padded_or_not() {
        let identity = Identity::of_token(&token(
            r#"{"sub":"6cdf5968","preferred_username":"ops@example.org","customerId":54321,"tenantId":"INT","exp":1}"#,
        ));
        assert_eq!(identity.user_id.as_deref(), Some("6cdf5968"));
        assert_eq!(identity.customer_id.as_deref(), Some("54321"));
        assert_eq!(identity.tenant_id.as_deref(), Some("INT"));
        let padded = Identity::of_token("x.eyJzdWIiOiJhIn0=.y");
        assert_eq!(padded.user_id.as_deref(), Some("a"));
    }

    #[test]
    fn a_token_that_is_no_jwt_names_nobody() {
        for token in ["", "opaque", "a.b", "a.!!!.c", "a.W10.c", "..", "a.bnVsbA.c"] {
            assert_eq!(Identity::of_token(token), Identity::default(), "{token:?}");
        }
    }
}
