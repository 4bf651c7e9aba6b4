//! A password as the store keeps it: an argon2id PHC string.

use std::fmt;

use argon2::password_hash::PasswordVerifier;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params};

/// Memory above which a stored hash is refused: it would let one row exhaust the machine.
pub const MAX_MEMORY_KIB: u32 = 256 * 1024;
/// Passes above which a stored hash is refused.
pub const MAX_PASSES: u32 = 16;
/// Lanes above which a stored hash is refused.
pub const MAX_LANES: u32 = 16;
/// A digest shorter than this could be hit by chance.
const MIN_DIGEST_BYTES: usize = 16;

/// Why a text is no hash that this service verifies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StoredHashError {
    /// Another scheme, or no hash at all.
    #[error("not an argon2id hash; it looks like $argon2id$v=19$m=19456,t=2,p=1$…$…")]
    NotArgon2id,
    /// More memory, passes or lanes than a sign-in may cost.
    #[error("costs too much to check; at most m={MAX_MEMORY_KIB}, t={MAX_PASSES}, p={MAX_LANES} is taken")]
    TooCostly,
}

/// An argon2id PHC string whose cost was checked. Never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredHash(Box<str>);

impl StoredHash {
    /// Takes a PHC string made here or elsewhere.
    ///
    /// # Errors
    /// When it is not argon2id with salt and digest, or costs too much to check.
    pub fn parse(text: &str) -> Result<Self, StoredHashError> {
        let phc = PasswordHash::new(text).map_err(|_| StoredHashError::NotArgon2id)?;
        if phc.algorithm != Algorithm::Argon2id.ident() || phc.salt.is_none() {
            return Err(StoredHashError::NotArgon2id);
        }
        if phc.hash.as_ref().is_none_or(|digest| digest.len() < MIN_DIGEST_BYTES) {
            return Err(StoredHashError::NotArgon2id);
        }
        let params = Params::try_from(&phc).map_err(|_| StoredHashError::NotArgon2id)?;
        if params.m_cost() > MAX_MEMORY_KIB || params.t_cost() > MAX_PASSES || params.p_cost() > MAX_LANES {
            return Err(StoredHashError::TooCostly);
        }
        Ok(Self(text.into()))
    }

    /// The PHC string, for the store and nothing else.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether `password` made this hash. Takes as long as the hash's own parameters say.
    pub(super) fn matches(&self, password: &[u8]) -> bool {
        // The digests are compared in constant time by the library.
        PasswordHash::new(&self.0).is_ok_and(|phc| Argon2::default().verify_password(password, &phc).is_ok())
    }
}

impl From<PasswordHash> for StoredHash {
    fn from(phc: PasswordHash) -> Self {
        Self(phc.to_string().into_boxed_str())
    }
}

impl fmt::Debug for StoredHash {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("StoredHash(••••)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHRzYWx0$5AsWTjCXRCS6Wr6r9XFYcBI6lW2zYtWfOVYR9nN8vTo";

    #[test]
    fn an_argon2id_string_from_elsewhere_is_taken() {
        assert_eq!(StoredHash::parse(GOOD).unwrap().expose(), GOOD);
    }

    /// case 71: no row of the store can make a sign-in exhaust the machine.
    #[test]
    fn a_hash_that_would_exhaust_the_machine_is_refused() {
        for cost in ["m=4194304,t=1,p=1", "m=8,t=4000000,p=1", "m=2048,t=1,p=64"] {
            let text = GOOD.replace("m=8,t=1,p=1", cost);
            assert_eq!(StoredHash::parse(&text), Err(StoredHashError::TooCostly), "{cost}");
        }
    }

    #[test]
    fn other_schemes_and_fragments_are_refused() {
        let short = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHRzYWx0$5AsWTjCX";
        let no_digest = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHRzYWx0";
        let other = GOOD.replace("argon2id", "argon2i");
        let unsound = GOOD.replace("m=8", "m=1");
        for text in ["", "plain", "{ARGON2ID}", "$2b$10$abcdefghijklmnopqrstuv", short, no_digest, &other, &unsound] {
            assert_eq!(StoredHash::parse(text), Err(StoredHashError::NotArgon2id), "{text}");
        }
    }

    #[test]
    fn a_hash_is_not_shown() {
        assert!(!format!("{:?}", StoredHash::parse(GOOD)).contains("argon2id$"));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused_without_a_panic(text in "(\\$argon2id)?\\PC{0,80}") {
            let _ = StoredHash::parse(&text);
        }
    }
}
