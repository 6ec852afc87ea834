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
