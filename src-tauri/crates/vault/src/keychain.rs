//! The operating system's keychain.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use keyring_core::{CredentialStore, Entry, Error};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::oneshot;

use crate::{
    SecretName, VaultError,
    error::{NO_SERVICE, NO_SESSION},
};

/// Name under which all items stand.
const SERVICE: &str = "Rackdesk";
/// A person may be typing the keychain's password.
const PATIENCE: Duration = Duration::from_secs(60);

/// The keychain. The connection is made when it is first needed, and made anew after it failed, so that a keychain
/// that is started or unlocked later is seen.
#[derive(Clone)]
pub(crate) struct Keychain {
    store: Arc<Mutex<Option<Arc<CredentialStore>>>>,
    patience: Duration,
}

impl Default for Keychain {
    fn default() -> Self {
        Self { store: Arc::default(), patience: PATIENCE }
    }
}

impl Keychain {
    pub(crate) fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

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
            // Another program left a second item of the same name; either is as good.
            Err(Error::Ambiguous(entries)) => match entries.first() {
                Some(entry) => entry.get_password().map(|text| Some(SecretString::from(text))),
                None => Ok(None),
            },
            Err(e) => Err(e),
        })
        .await
    }

    pub(crate) async fn set(&self, profile: &str, name: SecretName, secret: &SecretString) -> Result<(), VaultError> {
        let account = account(profile, name);
        let secret = secret.clone();
        self.run(move |store| match entry(store, &account)?.set_password(secret.expose_secret()) {
            Err(Error::Ambiguous(all)) => all.iter().try_for_each(|one| one.set_password(secret.expose_secret())),
            other => other,
        })
        .await
    }

    pub(crate) async fn remove(&self, profile: &str, name: SecretName) -> Result<(), VaultError> {
        let account = account(profile, name);
        self.run(move |store| match entry(store, &account)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(Error::Ambiguous(all)) => all.iter().try_for_each(Entry::delete_credential),
            Err(e) => Err(e),
        })
        .await
    }

    /// Runs blocking work for at most the patience. On a thread of its own and not on the runtime's blocking threads:
    /// one that hangs in a keychain's dialog would keep the program from ending.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&CredentialStore) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, VaultError> {
        let slot = Arc::clone(&self.store);
        let (sender, receiver) = oneshot::channel();
        let thread = std::thread::Builder::new().name("keychain".into()).spawn(move || {
            // Who waits may have gone.
            sender.send(connected(&slot, work)).ok();
        });
        if let Err(e) = thread {
            return Err(VaultError::Unavailable { cause: format!("no thread for the keychain: {e}") });
        }
        match tokio::time::timeout(self.patience, receiver).await {
            Ok(Ok(outcome)) => outcome.map_err(explain),
            Ok(Err(_)) => Err(VaultError::Unavailable { cause: "the keychain's library failed".into() }),
            Err(_) => {
                // Whoever hangs keeps that connection for himself; the next call makes a new one.
                self.store.lock().unwrap_or_else(PoisonError::into_inner).take();
                Err(VaultError::Locked)
            }
        }
    }
}

fn connected<T>(
    slot: &Mutex<Option<Arc<CredentialStore>>>,
    work: impl FnOnce(&CredentialStore) -> Result<T, Error>,
) -> Result<T, Error> {
    let known = slot.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let store = match known {
        Some(store) => store,
        None => connect()?,
    };
    let outcome = work(store.as_ref());
    let broken = matches!(outcome, Err(Error::PlatformFailure(_) | Error::NoStorageAccess(_)));
    *slot.lock().unwrap_or_else(PoisonError::into_inner) = (!broken).then_some(store);
    outcome
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
    // Only the Secret Service shows a label of its own; the others show service and account.
    let label = format!("{SERVICE} {account}");
    let modifiers = HashMap::from([("label", label.as_str())]);
    store.build(SERVICE, account, cfg!(not(any(windows, target_os = "macos"))).then_some(&modifiers))
}

/// The library's words without what was stored: some of its errors carry the bytes.
fn explain(e: Error) -> VaultError {
    match e {
        Error::NoStorageAccess(_) => VaultError::Locked,
        Error::BadEncoding(_) | Error::BadDataFormat(..) => VaultError::NotText { item: SERVICE.into() },
        Error::PlatformFailure(source) => VaultError::Unavailable { cause: cause(source.as_ref()) },
        Error::Ambiguous(_) => VaultError::Denied { cause: "several items have the same name".into() },
        Error::TooLong(_, limit) => {
            VaultError::Denied { cause: format!("the keychain takes at most {limit} characters") }
        }
        other => VaultError::Unavailable { cause: other.to_string() },
    }
}

/// What is missing, in words that tell the two ways a Linux desktop can be without a keychain apart.
fn cause(source: &(dyn std::error::Error + Send + Sync + 'static)) -> String {
    // The bus library's error types are not part of the store's interface; their debug form names the D-Bus error.
    let words = format!("{source:?}");
    let any = |names: &[&str]| names.iter().any(|name| words.contains(name));
    if any(&["ServiceUnknown", "NameHasNoOwner", "Unavailable", "Spawn."]) {
        format!("{NO_SERVICE} ({source})")
    } else if any(&["Connection", "Address", "InputOutput", "Handshake"]) {
        format!("{NO_SESSION} ({source})")
    } else {
        source.to_string()
    }
}
