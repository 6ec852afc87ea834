//! The small plain file beside a database that can tell whether a key is the right one.
//!
//! SQLCipher answers a wrong key and a damaged first page with the same error. This file holds a salt and a hash of
//! salt and key: who has the key can prove it right without opening the database, who has the file learns nothing
//! about 32 random bytes. Losing it loses nothing: a database that opens writes it again, and one that does not open
//! is then taken for a wrong key, which touches nothing.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use rand::TryRngCore;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{DatabaseKey, key::hex};

const FORMAT: u32 = 1;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity {
    format: u32,
    salt: String,
    check: String,
    /// The database was complete once: an empty file in its place is damage, not a beginning.
    #[serde(default)]
    pub(crate) made: bool,
    /// Damage was met while it was open: the next open checks the whole file.
    #[serde(default)]
    pub(crate) suspect: bool,
}

impl Identity {
    pub(crate) fn new(key: &DatabaseKey) -> io::Result<Self> {
        let mut salt = [0; 16];
        rand::rngs::OsRng.try_fill_bytes(&mut salt).map_err(io::Error::other)?;
        let salt = hex(&salt);
        let check = check(&salt, key);
        Ok(Self { format: FORMAT, salt, check, made: false, suspect: false })
    }

    /// The database is complete and whole.
    pub(crate) fn settled(self) -> Self {
        Self { made: true, suspect: false, ..self }
    }

    /// `None` when there is none, or none that can be understood.
    pub(crate) fn load(database: &Path) -> Option<Self> {
        let text = fs::read_to_string(path(database)).ok()?;
        serde_json::from_str(&text).ok().filter(|id: &Self| id.format == FORMAT)
    }

    /// Writes it whole or not at all.
    pub(crate) fn save(&self, database: &Path) -> io::Result<()> {
        let target = path(database);
        // Two processes may write at once; each has its own draft.
        let draft = with_suffix(database, &format!(".id.{}", uuid::Uuid::new_v4().simple()));
        let text = serde_json::to_string(self).map_err(io::Error::other)?;
        fs::write(&draft, text + "\n")?;
        fs::File::open(&draft)?.sync_all().ok();
        fs::rename(&draft, &target).inspect_err(|_| {
            fs::remove_file(&draft).ok();
        })
    }

    pub(crate) fn proves(&self, key: &DatabaseKey) -> bool {
        check(&self.salt, key) == self.check
    }
}

/// Every part has a fixed length, so a plain hash cannot be extended into another valid one.
fn check(salt: &str, key: &DatabaseKey) -> String {
    let mut hash = Sha256::new();
    hash.update(b"rackdesk database identity 1\0");
    hash.update(salt.as_bytes());
    hash.update(key.bytes());
    hex(&hash.finalize())
}

/// Where the file is.
pub(crate) fn path(database: &Path) -> PathBuf {
    with_suffix(database, ".id")
}

/// The path with something appended to its last part.
pub(crate) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
