use secrecy::{ExposeSecret, SecretString};
use url::{Host, Url};

/// Where WHMCS is and who calls.
#[derive(Debug, Clone)]
pub struct Config {
    /// The root of WHMCS (`https://example.com/billing/`), one of its pages, or the endpoint itself.
    pub url: Url,
    /// Who calls.
    pub credentials: Credentials,
    /// Lets calls pass the IP allow-list, when `configuration.php` of WHMCS sets one.
    pub access_key: Option<SecretString>,
    /// Largest answer in bytes that is accepted.
    pub max_reply: u64,
}

/// Who calls.
#[derive(Debug, Clone)]
pub enum Credentials {
    /// An API credential (WHMCS 7.2 and later).
    Api {
        /// Identifier.
        identifier: SecretString,
        /// Secret.
        secret: SecretString,
    },
    /// An administrator's own login, as old installations want it.
    Admin {
        /// User name.
        username: String,
        /// MD5 of the password, in hexadecimal digits.
        password_md5: SecretString,
    },
}

/// Why a configuration cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Not an http or https URL with a host.
    #[error("the address must be a URL such as https://billing.example.com/")]
    Url,
    /// User name or password in the URL.
    #[error("the address must not contain a user name or password")]
    UserInfo,
    /// Plain http to another machine.
    #[error("the address must begin with https://, because the credentials are part of every call")]
    PlainHttp,
    /// A character that WHMCS does not allow in access keys.
    #[error("the access key may hold letters, digits and ! @ # $ % . ( ) * [ ] - _")]
    AccessKey,
    /// No identifier, secret, user name or password.
    #[error("identifier and secret must not be empty")]
    Credentials,
}

impl Config {
    /// Usual settings for an API credential.
    pub fn new(url: Url, identifier: SecretString, secret: SecretString) -> Self {
        Self {
            url,
            credentials: Credentials::Api { identifier, secret },
            access_key: None,
            max_reply: 32 * 1024 * 1024,
        }
    }

    /// The endpoint, once it is certain that calling it is safe.
    pub(crate) fn endpoint(&self) -> Result<Url, ConfigError> {
        self.check()?;
        let mut url = self.url.clone();
        url.set_query(None);
        url.set_fragment(None);
        let mut path = url.path().to_owned();
        if !path.ends_with("/includes/api.php") {
            // A page such as index.php stands for the folder it is in.
            if path.ends_with(".php") {
                path.truncate(path.rfind('/').unwrap_or(0) + 1);
            }
            path = format!("{}/includes/api.php", path.trim_end_matches('/'));
        }
        url.set_path(&path);
        Ok(url)
    }

    fn check(&self) -> Result<(), ConfigError> {
        let host = self.url.host().ok_or(ConfigError::Url)?;
        let loopback = match host {
            Host::Domain(name) => name.eq_ignore_ascii_case("localhost"),
            Host::Ipv4(ip) => ip.is_loopback(),
            Host::Ipv6(ip) => ip.is_loopback(),
        };
        match self.url.scheme() {
            "https" => {}
            "http" if loopback => {}
            "http" => return Err(ConfigError::PlainHttp),
            _ => return Err(ConfigError::Url),
        }
        if !self.url.username().is_empty() || self.url.password().is_some() {
            return Err(ConfigError::UserInfo);
        }
        let (who, secret) = match &self.credentials {
            Credentials::Api { identifier, secret } => (identifier.expose_secret(), secret),
            Credentials::Admin { username, password_md5 } => (username.as_str(), password_md5),
        };
        if who.is_empty() || secret.expose_secret().is_empty() {
            return Err(ConfigError::Credentials);
        }
        let allowed = |c: char| c.is_ascii_alphanumeric() || "!@#$%.()*[]-_".contains(c);
        if self.access_key.as_ref().is_some_and(|key| !key.expose_secret().chars().all(allowed)) {
            return Err(ConfigError::AccessKey);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(url: &str) -> Config {
        Config::new(url.parse().unwrap(), "id".to_owned().into(), "secret".to_owned().into())
    }

    #[test]
    fn root_page_and_endpoint_all_lead_to_the_endpoint() {
        for (given, endpoint) in [
            ("https://a.example", "https://a.example/includes/api.php"),
            ("https://a.example/", "https://a.example/includes/api.php"),
            ("https://a.example/billing", "https://a.example/billing/includes/api.php"),
            ("https://a.example/billing//", "https://a.example/billing/includes/api.php"),
            ("https://a.example/billing/index.php?m=x#y", "https://a.example/billing/includes/api.php"),
            ("https://a.example/includes/api.php", "https://a.example/includes/api.php"),
            ("https://a.example/b/includes/api.php?x=1", "https://a.example/b/includes/api.php"),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/includes/api.php"),
            ("http://localhost/x/", "http://localhost/x/includes/api.php"),
        ] {
            assert_eq!(config(given).endpoint().unwrap().as_str(), endpoint, "{given}");
        }
    }

    #[test]
    fn an_address_that_would_give_the_secret_away_is_refused() {
        assert_eq!(config("http://a.example/").endpoint(), Err(ConfigError::PlainHttp));
        assert_eq!(config("https://me:pw@a.example/").endpoint(), Err(ConfigError::UserInfo));
        assert_eq!(config("ftp://a.example/").endpoint(), Err(ConfigError::Url));
        assert_eq!(config("data:text/plain,x").endpoint(), Err(ConfigError::Url));
        let mut odd = config("https://a.example");
        odd.access_key = Some("key with blank".to_owned().into());
        assert_eq!(odd.endpoint(), Err(ConfigError::AccessKey));
        odd.access_key = Some("aZ09!@#$%.()*[]-_".to_owned().into());
        assert!(odd.endpoint().is_ok());
        odd.credentials = Credentials::Api { identifier: "x".to_owned().into(), secret: String::new().into() };
        assert_eq!(odd.endpoint(), Err(ConfigError::Credentials));
    }
}
