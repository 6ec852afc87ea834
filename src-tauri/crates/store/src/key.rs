use rand::TryRngCore;
use secrecy::SecretString;
use zeroize::{Zeroize, Zeroizing};

/// The raw key of one database: 32 random bytes, kept in the vault as 64 hex digits. Prints as nothing and is wiped
/// from memory when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseKey([u8; 32]);

/// A text that is no database key. The text itself is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a database key is 64 hex digits")]
pub struct BadKey;

impl DatabaseKey {
    /// A fresh key from the operating system's random source.
    ///
    /// # Errors
    /// When the operating system has no randomness to give.
    pub fn generate() -> std::io::Result<Self> {
        let mut bytes = [0; 32];
        rand::rngs::OsRng.try_fill_bytes(&mut bytes).map_err(std::io::Error::other)?;
        Ok(Self(bytes))
    }

    /// A key from its bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Reads what [`DatabaseKey::to_hex`] wrote. Surrounding white space is ignored, as files end in a newline.
    ///
    /// # Errors
    /// When it is not 64 hex digits.
    pub fn from_hex(text: &str) -> Result<Self, BadKey> {
        let text = text.trim().as_bytes();
        if text.len() != 64 {
            return Err(BadKey);
        }
        let mut key = Self([0; 32]);
        for (byte, pair) in key.0.iter_mut().zip(text.chunks_exact(2)) {
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Ok(key)
    }

    /// 64 hex digits for the vault.
    pub fn to_hex(&self) -> SecretString {
        SecretString::from(hex(&self.0))
    }

    /// The statement that keys a connection. Wiped when dropped.
    pub(crate) fn pragma(&self) -> Zeroizing<String> {
        let digits = Zeroizing::new(hex(&self.0));
        let mut sql = Zeroizing::new(String::with_capacity(96));
        sql.push_str("PRAGMA key = \"x'");
        sql.push_str(&digits);
        sql.push_str("'\";");
        sql
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl Drop for DatabaseKey {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl std::fmt::Debug for DatabaseKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DatabaseKey(…)")
    }
}

fn digit(byte: u8) -> Result<u8, BadKey> {
    (byte as char).to_digit(16).map(|d| d as u8).ok_or(BadKey)
}

/// Lower-case hex digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    // The full size up front: a growing string would leave copies of a key behind.
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        for nibble in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn hex_goes_both_ways_and_nothing_else_is_taken() {
        let key = DatabaseKey::generate().unwrap();
        let text = key.to_hex();
        assert_eq!(DatabaseKey::from_hex(text.expose_secret()).unwrap(), key);
        assert_eq!(DatabaseKey::from_hex(&format!("{}\n", text.expose_secret())).unwrap(), key);
        assert_eq!(DatabaseKey::from_hex(&text.expose_secret()[1..]), Err(BadKey));
        assert_eq!(DatabaseKey::from_hex(&"g".repeat(64)), Err(BadKey));
        assert_eq!(DatabaseKey::from_hex(&"é".repeat(32)), Err(BadKey));
        assert_ne!(DatabaseKey::generate().unwrap(), key);
    }

    #[test]
    fn a_key_prints_as_nothing() {
        assert_eq!(format!("{:?}", DatabaseKey::from_bytes([0xab; 32])), "DatabaseKey(…)");
    }
}
