//! The provider's rule for passwords that are stored as secrets. Its printed pattern lost its backslashes, so the sentence
//! beside it is what counts (quirk 6).

/// What a password lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Weakness {
    /// Fewer than 8 characters.
    #[error("at least 8 characters")]
    Short,
    /// No lower-case letter.
    #[error("a lower-case letter")]
    NoLower,
    /// No upper-case letter.
    #[error("an upper-case letter")]
    NoUpper,
    /// Neither one digit with two special characters nor three digits with one.
    #[error("one digit and two of !@#$^&*?_~, or three digits and one of them")]
    Mix,
}

/// Special characters that count.
pub const SPECIAL: &str = "!@#$^&*?_~";

/// Checks a password before it is sent.
///
/// # Errors
/// The first thing it lacks.
pub fn check(password: &str) -> Result<(), Weakness> {
    let digits = password.chars().filter(char::is_ascii_digit).count();
    let special = password.chars().filter(|c| SPECIAL.contains(*c)).count();
    if password.chars().count() < 8 {
        return Err(Weakness::Short);
    }
    if !password.chars().any(|c| c.is_ascii_lowercase()) {
        return Err(Weakness::NoLower);
    }
    if !password.chars().any(|c| c.is_ascii_uppercase()) {
        return Err(Weakness::NoUpper);
    }
    if (digits >= 1 && special >= 2) || (digits >= 3 && special >= 1) { Ok(()) } else { Err(Weakness::Mix) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// quirk 6.2
    #[test]
    fn both_mixes_are_accepted_and_nothing_less() {
        for good in ["Passw0rd!?", "Passw123!", "aA1!!xxxx", "Zz999_zzz"] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        let bad = [
            ("Aa1!!", Weakness::Short),
            ("PASSW0RD!!", Weakness::NoLower),
            ("passw0rd!!", Weakness::NoUpper),
            ("Passw0rd!", Weakness::Mix),
            ("Passw12!", Weakness::Mix),
            ("Passw123-", Weakness::Mix),
            ("Password!!", Weakness::Mix),
        ];
        for (password, weakness) in bad {
            assert_eq!(check(password), Err(weakness), "{password}");
        }
    }
}
