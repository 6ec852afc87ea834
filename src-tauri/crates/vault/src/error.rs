/// Why a secret could not be read or kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// This machine has no keychain, or it does not answer.
    #[error("no keychain answers: {cause}")]
    Unavailable {
        /// Words of the keychain's library; never a secret.
        cause: String,
    },
    /// The keychain is locked and nobody unlocked it in time.
    #[error("the keychain is locked")]
    Locked,
    /// The keychain or the file system refuses.
    #[error("not allowed: {cause}")]
    Denied {
        /// Words of who refuses; never a secret.
        cause: String,
    },
    /// A credentials directory cannot be written to.
    #[error("a credentials directory is read-only")]
    ReadOnly,
    /// What is stored is no text.
    #[error("what is stored under {item} is no text")]
    NotText {
        /// Name of the item.
        item: String,
    },
}

/// How [`VaultError::Unavailable`] begins on a machine where nobody runs a desktop session.
pub(crate) const NO_SESSION: &str = "there is no desktop session";
/// How it begins where a session runs no program that keeps secrets.
pub(crate) const NO_SERVICE: &str = "no program of this session keeps secrets";

impl VaultError {
    /// What a person can do about it, in one sentence.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::Unavailable { cause } if cause.starts_with(NO_SESSION) => {
                "Start Rackdesk from a desktop session, or give it credentials through CREDENTIALS_DIRECTORY."
            }
            Self::Unavailable { cause } if cause.starts_with(NO_SERVICE) => {
                "Install and start GNOME Keyring (package gnome-keyring) or KWallet, then try again."
            }
            Self::Unavailable { .. } => "See whether the keychain opens in the system's own program, then try again.",
            Self::Locked => "Unlock the keychain and try again.",
            Self::ReadOnly => "Change the credential where the service manager defines it.",
            Self::Denied { .. } | Self::NotText { .. } => return None,
        })
    }
}
