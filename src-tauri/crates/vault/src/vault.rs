use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use secrecy::SecretString;

use crate::{SecretName, VaultError, directory, keychain::Keychain};

/// Where secrets are kept. Cheap to clone; clones share it.
#[derive(Clone)]
pub struct Vault(Form);

#[derive(Clone)]
enum Form {
    Keychain(Keychain),
    Memory(Arc<Mutex<HashMap<(String, SecretName), SecretString>>>),
    Directory(PathBuf),
}

/// What a vault is, when it answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VaultState {
    /// The operating system's keychain.
    Keychain {
        /// Its name on this system.
        name: String,
    },
    /// Memory: gone when the program ends.
    Memory,
    /// A read-only credentials directory.
    Directory,
}

impl Vault {
    /// The credentials directory when `CREDENTIALS_DIRECTORY` names one, the keychain otherwise.
    pub fn system() -> Self {
        match std::env::var_os(directory::VARIABLE).filter(|v| !v.is_empty()) {
            Some(dir) => Self::directory(dir),
            None => Self::keychain(),
        }
    }

    /// The operating system's keychain.
    pub fn keychain() -> Self {
        Self(Form::Keychain(Keychain::default()))
    }

    /// Memory, for "this session only" and for tests.
    pub fn memory() -> Self {
        Self(Form::Memory(Arc::default()))
    }

    /// A read-only credentials directory.
    pub fn directory(path: impl Into<PathBuf>) -> Self {
        Self(Form::Directory(path.into()))
    }

    /// The same vault with another limit on how long a call may wait for a person at the keychain; 60 s else.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        match self.0 {
            Form::Keychain(keychain) => Self(Form::Keychain(keychain.with_patience(patience))),
            form => Self(form),
        }
    }

    /// Whether nothing can be kept in it.
    pub fn is_read_only(&self) -> bool {
        matches!(self.0, Form::Directory(_))
    }

    /// What it is, if it answers now.
    ///
    /// # Errors
    /// Why it does not answer.
    pub async fn state(&self) -> Result<VaultState, VaultError> {
        match &self.0 {
            Form::Keychain(keychain) => {
                keychain.answers().await?;
                Ok(VaultState::Keychain { name: Keychain::name().into() })
            }
            Form::Memory(_) => Ok(VaultState::Memory),
            Form::Directory(path) if path.is_dir() => Ok(VaultState::Directory),
            Form::Directory(path) => Err(VaultError::Denied { cause: format!("{} is no directory", path.display()) }),
        }
    }

    /// Reads a secret; `None` when there is none.
    ///
    /// # Errors
    /// When the vault does not answer or refuses.
    pub async fn get(&self, profile: &str, name: SecretName) -> Result<Option<SecretString>, VaultError> {
        check_profile(profile)?;
        match &self.0 {
            Form::Keychain(keychain) => keychain.get(profile, name).await,
            Form::Memory(map) => {
                let map = map.lock().unwrap_or_else(PoisonError::into_inner);
                Ok(map.get(&(profile.to_owned(), name)).cloned())
            }
            Form::Directory(path) => directory::read(path, profile, name),
        }
    }

    /// Keeps a secret in place of an older one.
    ///
    /// # Errors
    /// When the vault does not answer, refuses, or is read-only.
    pub async fn set(&self, profile: &str, name: SecretName, secret: &SecretString) -> Result<(), VaultError> {
        check_profile(profile)?;
        match &self.0 {
            Form::Keychain(keychain) => keychain.set(profile, name, secret).await,
            Form::Memory(map) => {
                let mut map = map.lock().unwrap_or_else(PoisonError::into_inner);
                map.insert((profile.to_owned(), name), secret.clone());
                Ok(())
            }
            Form::Directory(_) => Err(VaultError::ReadOnly),
        }
    }

    /// Removes everything a profile kept. What is not there is no error.
    ///
    /// # Errors
    /// When the vault does not answer, refuses, or is read-only.
    pub async fn forget(&self, profile: &str) -> Result<(), VaultError> {
        check_profile(profile)?;
        match &self.0 {
            Form::Keychain(keychain) => {
                // One that fails does not keep the others from going.
                let mut outcome = Ok(());
                for name in SecretName::ALL {
                    outcome = outcome.and(keychain.remove(profile, name).await);
                }
                outcome
            }
            Form::Memory(map) => {
                map.lock().unwrap_or_else(PoisonError::into_inner).retain(|(p, _), _| p != profile);
                Ok(())
            }
            Form::Directory(_) => Err(VaultError::ReadOnly),
        }
    }
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.0 {
            Form::Keychain(_) => "Vault(keychain)",
            Form::Memory(_) => "Vault(memory)",
            Form::Directory(_) => "Vault(directory)",
        })
    }
}

/// A profile's id becomes part of file and item names; it must not lead out of them.
fn check_profile(profile: &str) -> Result<(), VaultError> {
    let fine = (1..=64).contains(&profile.len())
        && profile.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if fine {
        Ok(())
    } else {
        Err(VaultError::Denied { cause: "a profile id has 1 to 64 letters, digits, - or _".into() })
    }
}
