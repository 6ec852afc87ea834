//! Profiles: which WHMCS and which Contabo account belong together. Kept as a small readable file without secrets.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use specta::Type;
use url::Url;
use uuid::Uuid;

pub use crate::policy::Policy;

/// Where Contabo's API is when a profile says nothing else (contabo-openapi servers).
pub const CONTABO_API: &str = "https://api.contabo.com";
/// Where Contabo's token endpoint is when a profile says nothing else (quirks §1).
pub const CONTABO_TOKEN: &str = "https://auth.contabo.com/auth/realms/contabo/protocol/openid-connect/token";

/// What stands behind a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    /// Real customers.
    Production,
    /// A test installation.
    Staging,
    /// The built-in sandbox.
    Demo,
}

/// WHMCS side of a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhmcsSide {
    /// Root address of the installation, or the full API address.
    pub url: Url,
}

/// Contabo side of a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContaboSide {
    /// API address without `/v1`.
    pub api_url: Url,
    /// Token address.
    pub token_url: Url,
    /// API user: a name, not a secret.
    pub user: String,
}

/// The built-in sandbox a demo profile speaks to: the same seed gives the same company and credentials again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DemoSide {
    /// Seed.
    pub seed: u64,
    /// Size, 1 is a small company.
    pub scale: f64,
}

/// A profile without its secrets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Id, also the name of its folder and of its keychain items.
    pub id: String,
    /// Company.
    pub name: String,
    /// Colour name.
    pub colour: String,
    /// What stands behind it.
    pub environment: Environment,
    /// WHMCS side.
    pub whmcs: Option<WhmcsSide>,
    /// Contabo side.
    pub contabo: Option<ContaboSide>,
    /// Built-in sandbox.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub demo: Option<DemoSide>,
    /// How carefully it acts; a change in the profile's database goes before it (`policy/kept.rs`).
    #[serde(default)]
    pub policy: Policy,
    /// Secrets are held in memory; the profile is gone when the program ends.
    #[serde(skip)]
    pub session_only: bool,
}

/// Makes an id from a name: readable, safe as a file name, unique.
pub fn profile_id(name: &str, unique: Uuid) -> String {
    let mut slug = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        match c {
            'a'..='z' | '0'..='9' => slug.push(c),
            _ if !slug.is_empty() && !slug.ends_with('-') => slug.push('-'),
            _ => {}
        }
        if slug.len() >= 24 {
            break;
        }
    }
    let tail = unique.simple().to_string();
    format!("{}-{}", if slug.is_empty() { "profile" } else { slug.trim_end_matches('-') }, &tail[..6])
}

/// All profiles and which one was open last.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ProfileBook {
    /// Id of the profile to open at start.
    pub current: Option<String>,
    /// Profiles in the order they were added.
    pub profiles: Vec<Profile>,
}

/// Why the book could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum BookError {
    /// The disk said no.
    #[error("{path}: {source}")]
    Io {
        /// File.
        path: PathBuf,
        /// Cause.
        source: std::io::Error,
    },
    /// The file is not what we wrote.
    #[error("{path} is damaged: {detail}")]
    Damaged {
        /// File.
        path: PathBuf,
        /// Where.
        detail: String,
    },
}

impl ProfileBook {
    fn file(data_dir: &Path) -> PathBuf {
        data_dir.join("profiles.json")
    }

    /// Reads the book; an absent file is an empty book.
    ///
    /// # Errors
    /// When the file cannot be read or is damaged.
    pub fn read(data_dir: &Path) -> Result<Self, BookError> {
        let path = Self::file(data_dir);
        match std::fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|e| BookError::Damaged { path, detail: e.to_string() }),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(source) => Err(BookError::Io { path, source }),
        }
    }

    /// Writes the book whole or not at all. Session-only profiles are left out.
    ///
    /// # Errors
    /// When the disk says no; the old file is then still whole.
    pub fn write(&self, data_dir: &Path) -> Result<(), BookError> {
        let path = Self::file(data_dir);
        let kept = Self {
            current: self.current.clone().filter(|id| self.get(id).is_some_and(|p| !p.session_only)),
            profiles: self.profiles.iter().filter(|p| !p.session_only).cloned().collect(),
        };
        write_whole(&path, &serde_json::to_vec_pretty(&kept).unwrap_or_default())
            .map_err(|source| BookError::Io { path, source })
    }

    /// A profile by its id.
    pub fn get(&self, id: &str) -> Option<&Profile> {
        self.profiles.iter().find(|p| p.id == id)
    }

    /// Adds or replaces a profile.
    pub fn put(&mut self, profile: Profile) {
        match self.profiles.iter_mut().find(|p| p.id == profile.id) {
            Some(old) => *old = profile,
            None => self.profiles.push(profile),
        }
    }

    /// Takes a profile out.
    pub fn remove(&mut self, id: &str) -> Option<Profile> {
        let at = self.profiles.iter().position(|p| p.id == id)?;
        if self.current.as_deref() == Some(id) {
            self.current = None;
        }
        Some(self.profiles.remove(at))
    }
}

/// Writes a small file whole or not at all: beside, synced, renamed.
///
/// # Errors
/// When the disk says no; the old file is then still whole.
pub fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let beside = path.with_extension("new");
    let mut file = std::fs::File::create(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&beside, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(id: &str) -> Profile {
        Profile {
            id: id.into(),
            name: "Müller & Söhne".into(),
            colour: "petrol".into(),
            environment: Environment::Production,
            whmcs: None,
            contabo: None,
            demo: None,
            policy: Policy::default(),
            session_only: false,
        }
    }

    #[test]
    fn ids_are_safe_file_names() {
        let unique = Uuid::from_u128(0xabcd_ef12_3456);
        for name in ["Müller & Söhne GmbH", "../../etc/passwd", "", "שלום", "a very very very long company name indeed"]
        {
            let id = profile_id(name, unique);
            assert!(id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'), "{name} gave {id}");
            assert!(!id.starts_with('-') && id.len() <= 32, "{id}");
        }
    }

    #[test]
    fn the_book_survives_a_restart_without_session_profiles() {
        let dir = tempfile::tempdir().unwrap();
        let mut book = ProfileBook::default();
        book.put(profile("a"));
        book.put(Profile { session_only: true, ..profile("b") });
        book.current = Some("b".into());
        book.write(dir.path()).unwrap();
        let read = ProfileBook::read(dir.path()).unwrap();
        assert_eq!(read.profiles, vec![profile("a")], "a session-only profile leaves no trace on disk");
        assert_eq!(read.current, None);
    }

    #[test]
    fn a_damaged_book_is_told_and_kept() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("profiles.json"), "{").unwrap();
        assert!(matches!(ProfileBook::read(dir.path()), Err(BookError::Damaged { .. })));
        assert_eq!(std::fs::read(dir.path().join("profiles.json")).unwrap(), b"{");
    }
}
