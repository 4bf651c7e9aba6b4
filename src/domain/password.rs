//! A new password on its way to the account store.

use secrecy::{ExposeSecret, SecretString};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// The most code points any policy may allow.
pub const MAX_PASSWORD_CODE_POINTS: usize = 128;
/// The most bytes of UTF-8, before and after normalisation.
pub const MAX_PASSWORD_BYTES: usize = 1_024;

/// Why a text is no password, whatever the policy says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Nothing was typed.
    #[error("a password is needed")]
    Empty,
    /// Past the cap that protects the hash; refused before any work is done on it.
    #[error("a password has at most {MAX_PASSWORD_CODE_POINTS} characters and {MAX_PASSWORD_BYTES} bytes")]
    TooLong,
    /// NUL, a line end or another control character: mail clients cannot type it, and some stores end the text there.
    #[error("a password has no control characters or line ends")]
    Control,
}

/// A password in Unicode NFC, so that every keyboard's spelling of a word is one password. Never shown, wiped when dropped.
#[derive(Clone)]
pub struct NewPassword(SecretString);

impl NewPassword {
    /// Takes a typed password; spaces at its ends are kept.
    ///
    /// # Errors
    /// When it is empty, longer than the caps, or holds control characters.
    pub fn parse(typed: &str) -> Result<Self, PasswordError> {
        if typed.is_empty() {
            return Err(PasswordError::Empty);
        }
        if typed.len() > MAX_PASSWORD_BYTES {
            return Err(PasswordError::TooLong);
        }
        let mut normal = Zeroizing::new(String::with_capacity(3 * MAX_PASSWORD_BYTES));
        normal.extend(typed.nfc());
        if normal.len() > MAX_PASSWORD_BYTES || normal.chars().count() > MAX_PASSWORD_CODE_POINTS {
            return Err(PasswordError::TooLong);
        }
        if normal.chars().any(char::is_control) {
            return Err(PasswordError::Control);
        }
        Ok(Self(SecretString::from(normal.as_str())))
    }

    /// The text, for policy, hash and store.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Length in code points, which is what the policy counts.
    #[must_use]
    pub fn code_points(&self) -> usize {
        self.expose().chars().count()
    }
}

impl std::fmt::Debug for NewPassword {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("NewPassword(••••)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// case 71: caps before any hashing, emoji counted as one, spaces kept, control characters refused.
    #[test]
    fn caps_control_characters_and_code_points() {
        assert_eq!(NewPassword::parse(&"a".repeat(128)).unwrap().code_points(), 128);
        assert_eq!(NewPassword::parse(&"a".repeat(129)).unwrap_err(), PasswordError::TooLong);
        assert_eq!(NewPassword::parse(&"a".repeat(1_000_000)).unwrap_err(), PasswordError::TooLong);
        assert_eq!(NewPassword::parse(&"😀".repeat(128)).unwrap().code_points(), 128);
        assert_eq!(NewPassword::parse("  two spaces ").unwrap().expose(), "  two spaces ");
        for text in ["a\0b", "a\nb", "a\rb", "a\u{7f}b"] {
            assert_eq!(NewPassword::parse(text).unwrap_err(), PasswordError::Control);
        }
        assert_eq!(NewPassword::parse("").unwrap_err(), PasswordError::Empty);
    }

    /// case 71, case 74: both spellings of a word are one password.
    #[test]
    fn composed_and_decomposed_spellings_are_one_password() {
        let (composed, decomposed) = (NewPassword::parse("Café").unwrap(), NewPassword::parse("Cafe\u{301}").unwrap());
        assert_eq!(composed.expose(), decomposed.expose());
        assert_eq!(decomposed.code_points(), 4);
    }

    #[test]
    fn debug_output_shows_no_password() {
        assert_eq!(format!("{:?}", NewPassword::parse("secret").unwrap()), "NewPassword(••••)");
    }

    proptest::proptest! {
        #[test]
        fn parsing_any_text_never_panics_and_is_stable(text in "\\PC{0,200}") {
            if let Ok(once) = NewPassword::parse(&text) {
                let again = NewPassword::parse(once.expose()).map(|password| password.expose().to_owned());
                proptest::prop_assert_eq!(again, Ok(once.expose().to_owned()));
            }
        }
    }
}
