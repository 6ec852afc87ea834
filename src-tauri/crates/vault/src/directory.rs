//! A read-only credentials directory, as systemd's `LoadCredential` makes it.

use std::path::{Path, PathBuf};

use secrecy::SecretString;

use crate::{SecretName, VaultError};

/// Variable with the directory's path.
pub(crate) const VARIABLE: &str = "CREDENTIALS_DIRECTORY";
/// No secret is longer.
const LONGEST: u64 = 64 * 1024;

/// Reads a secret: `rackdesk.PROFILE.NAME` first, then `NAME` for every profile. One trailing line end is not part
/// of it.
pub(crate) fn read(dir: &Path, profile: &str, name: SecretName) -> Result<Option<SecretString>, VaultError> {
    for file in [format!("rackdesk.{profile}.{}", name.as_str()), name.as_str().to_owned()] {
        if let Some(secret) = read_file(&dir.join(file), name)? {
            return Ok(Some(secret));
        }
    }
    Ok(None)
}

fn read_file(path: &PathBuf, name: SecretName) -> Result<Option<SecretString>, VaultError> {
    let metadata = match std::fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(VaultError::Denied { cause: format!("{}: {e}", path.display()) }),
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // Group read passes: it is how the mask of systemd's access list for a service's own user looks.
        if metadata.permissions().mode() & 0o027 != 0 {
            let cause = format!("{} can be read by others; chmod 0400 it", path.display());
            return Err(VaultError::Denied { cause });
        }
    }
    if metadata.len() > LONGEST {
        return Err(VaultError::NotText { item: name.as_str().into() });
    }
    let mut text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::InvalidData => {
            return Err(VaultError::NotText { item: name.as_str().into() });
        }
        Err(e) => return Err(VaultError::Denied { cause: format!("{}: {e}", path.display()) }),
    };
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    Ok(Some(SecretString::from(text)).filter(|_| metadata.len() > 0))
}
