//! Secrets live in the operating system's keychain and nowhere else.
//!
//! A [`Vault`] has three forms: the keychain (Windows Credential Manager, macOS Keychain, Secret Service), memory for
//! "this session only", and a read-only credentials directory for services without a desktop (the convention of
//! systemd's `LoadCredential`). One item per profile and [`SecretName`]. Invariants: a secret is never printed, never
//! serialised, never written to a file by us; a keychain that does not answer never hangs the caller.
//!
//! To keep one more secret, add a variant to [`SecretName`].

mod directory;
mod error;
mod input;
mod keychain;
mod name;
mod vault;

pub use error::VaultError;
pub use input::SecretInput;
pub use name::SecretName;
pub use vault::{Vault, VaultState};
