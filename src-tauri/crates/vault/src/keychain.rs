//! The operating system's keychain.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use keyring_core::{CredentialStore, Entry, Error};
use secrecy::{ExposeSecret, SecretString};

use crate::{SecretName, VaultError};

/// Name under which all items stand.
const SERVICE: &str = "Rackdesk";
/// A person may be typing the keychain's password.
const PATIENCE: Duration = Duration::from_secs(60);

/// The keychain. The connection is made when it is first needed, and made anew after it failed, so that a keychain
/// that is started or unlocked later is seen.
#[derive(Clone, Default)]
pub(crate) struct Keychain {
    store: Arc<Mutex<Option<Arc<CredentialStore>>>>,
}

impl Keychain {
    /// What this system calls its keychain.
    pub(crate) const fn name() -> &'static str {
        if cfg!(windows) {
            "Windows Credential Manager"
        } else if cfg!(target_os = "macos") {
            "macOS Keychain"
        } else {
            "Secret Service"
        }
    }

    /// Whether it answers.
    pub(crate) async fn answers(&self) -> Result<(), VaultError> {
        self.run(|store| match entry(store, "-/probe")?.get_password() {
            Ok(_) | Err(Error::NoEntry) => Ok(()),
            Err(e) => Err(e),
        })
        .await
    }

    pub(crate) async fn get(&self, profile: &str, name: SecretName) -> Result<Option<SecretString>, VaultError> {
        let account = account(profile, name);
        self.run(move |store| match entry(store, &account)?.get_password() {
            Ok(text) => Ok(Some(SecretString::from(text))),
            Err(Error::NoEntry) => Ok(None),
            Err(e) => Err(e),
        })
        .await
    }

    pub(crate) async fn set(&self, profile: &str, name: SecretName, secret: &SecretString) -> Result<(), VaultError> {
        let account = account(profile, name);
        let secret = secret.clone();
        self.run(move |store| entry(store, &account)?.set_password(secret.expose_secret())).await
    }

    pub(crate) async fn remove(&self, profile: &str, name: SecretName) -> Result<(), VaultError> {
        let account = account(profile, name);
        self.run(move |store| match entry(store, &account)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(e) => Err(e),
        })
        .await
    }

    /// Runs blocking work beside the runtime, for at most [`PATIENCE`].
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&CredentialStore) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, VaultError> {
        let slot = Arc::clone(&self.store);
        let working = tokio::task::spawn_blocking(move || {
            let known = slot.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let store = match known {
                Some(store) => store,
                None => connect()?,
            };
            let outcome = work(&*store);
            let broken = matches!(outcome, Err(Error::PlatformFailure(_) | Error::NoStorageAccess(_)));
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = (!broken).then_some(store);
            outcome
        });
        match tokio::time::timeout(PATIENCE, working).await {
            Ok(Ok(outcome)) => outcome.map_err(explain),
            Ok(Err(_)) => Err(VaultError::Unavailable { cause: "the keychain's library failed".into() }),
            Err(_) => Err(VaultError::Locked),
        }
    }
}

#[cfg(windows)]
fn connect() -> Result<Arc<CredentialStore>, Error> {
    Ok(windows_native_keyring_store::Store::new()?)
}

#[cfg(target_os = "macos")]
fn connect() -> Result<Arc<CredentialStore>, Error> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
}

#[cfg(not(any(windows, target_os = "macos")))]
fn connect() -> Result<Arc<CredentialStore>, Error> {
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}

fn account(profile: &str, name: SecretName) -> String {
    format!("{profile}/{}", name.as_str())
}

fn entry(store: &CredentialStore, account: &str) -> Result<Entry, Error> {
    store.build(SERVICE, account, None)
}

/// The library's words without what was stored: some of its errors carry the bytes.
fn explain(e: Error) -> VaultError {
    match e {
        Error::NoStorageAccess(_) => VaultError::Locked,
        Error::BadEncoding(_) | Error::BadDataFormat(..) => VaultError::NotText { item: SERVICE.into() },
        Error::PlatformFailure(cause) => VaultError::Unavailable { cause: cause.to_string() },
        Error::Ambiguous(_) => VaultError::Denied { cause: "several items have the same name".into() },
        other => VaultError::Unavailable { cause: other.to_string() },
    }
}
