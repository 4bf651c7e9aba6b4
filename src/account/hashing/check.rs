//! Checking a hash: whether it is sound, what it may cost, and whether a password made it.

use argon2::password_hash::PasswordVerifier;
use argon2::password_hash::phc::{Output, PasswordHash};
use argon2::{Algorithm, Argon2, Params};
use data_encoding::{BASE64, HEXLOWER_PERMISSIVE};
use sha_crypt::ShaCrypt;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};
use subtle::ConstantTimeEq;

use super::StoredHashError;
use super::form::{Encoding, Form, SHAPES, Salted};
use super::recipe::pbkdf2_sha1;

/// Memory above which a stored hash is refused: it would let one row exhaust the machine.
pub const MAX_MEMORY_KIB: u32 = 256 * 1024;
/// Passes above which a stored argon2id hash is refused.
pub const MAX_PASSES: u32 = 16;
/// Lanes above which a stored argon2id hash is refused.
pub const MAX_LANES: u32 = 16;
/// A BLF-CRYPT cost above this takes more than seconds.
pub const MAX_BLF_COST: u32 = 14;
/// Rounds of SHA512-CRYPT and SHA256-CRYPT above which a stored hash is refused.
pub const MAX_SHA_ROUNDS: u32 = 1_000_000;
/// Rounds of PBKDF2 above which a stored hash is refused.
pub const MAX_PBKDF2_ROUNDS: u32 = 5_000_000;

/// A digest shorter than this could be hit by chance.
const MIN_DIGEST_BYTES: usize = 16;
/// Salts are short; this is beyond any that a mail system makes.
const MAX_SALT_BYTES: usize = 64;

impl Form {
    /// Whether `body` is sound and may be checked.
    pub(super) fn check(self, body: &str) -> Result<(), StoredHashError> {
        let unsound = || StoredHashError::Unsound { scheme: self.name(), example: self.example() };
        match self {
            Self::Argon2id => self.check_argon2id(body),
            Self::BlfCrypt => {
                let versioned = SHAPES.iter().any(|(start, form)| *form == self && body.starts_with(start));
                let parts: bcrypt::HashParts = body.parse().map_err(|_| unsound())?;
                if !versioned || parts.get_cost() < 4 {
                    return Err(unsound());
                }
                self.bound(parts.get_cost(), MAX_BLF_COST, "cost")
            }
            Self::Sha512Crypt | Self::Sha256Crypt => {
                let rounds = self.sha_rounds(body).ok_or_else(unsound)?;
                self.bound(rounds, MAX_SHA_ROUNDS, "rounds")
            }
            Self::Pbkdf2 => {
                let (_, rounds, _) = pbkdf2_parts(body).ok_or_else(unsound)?;
                self.bound(rounds, MAX_PBKDF2_ROUNDS, "rounds")
            }
            Self::Salted(salted, encoding) => salted.split(body, encoding).map(|_| ()).ok_or_else(unsound),
        }
    }

    fn check_argon2id(self, body: &str) -> Result<(), StoredHashError> {
        let unsound = StoredHashError::Unsound { scheme: self.name(), example: self.example() };
        let Ok(phc) = PasswordHash::new(body) else { return Err(unsound) };
        let digest = phc.hash.as_ref().map_or(0, Output::len);
        if phc.algorithm != Algorithm::Argon2id.ident() || phc.salt.is_none() || digest < MIN_DIGEST_BYTES {
            return Err(unsound);
        }
        let Ok(params) = Params::try_from(&phc) else { return Err(unsound) };
        if params.m_cost() > MAX_MEMORY_KIB || params.t_cost() > MAX_PASSES || params.p_cost() > MAX_LANES {
            let limit = format!("m={MAX_MEMORY_KIB}, t={MAX_PASSES}, p={MAX_LANES}");
            return Err(StoredHashError::TooCostly { scheme: self.name(), limit });
        }
        Ok(())
    }

    fn bound(self, cost: u32, most: u32, unit: &str) -> Result<(), StoredHashError> {
        let limit = || format!("{unit} {most}");
        if cost > most { Err(StoredHashError::TooCostly { scheme: self.name(), limit: limit() }) } else { Ok(()) }
    }

    /// The rounds of a crypt(3) text; 5000 where none are written.
    fn sha_rounds(self, body: &str) -> Option<u32> {
        let (start, digest_signs) = if self == Self::Sha512Crypt { ("$6$", 86) } else { ("$5$", 43) };
        let rest = body.strip_prefix(start)?;
        let (rounds, rest) = match rest.strip_prefix("rounds=").map(|rest| rest.split_once('$')) {
            Some(counted) => counted.map(|(rounds, rest)| (whole(rounds), rest))?,
            None => (Some(sha_crypt::Params::RECOMMENDED_ROUNDS), rest),
        };
        let (salt, digest) = rest.split_once('$')?;
        let is_crypt = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"./".contains(&byte));
        let sound = !salt.is_empty() && salt.len() <= 16 && digest.len() == digest_signs;
        rounds.filter(|rounds| *rounds >= sha_crypt::Params::ROUNDS_MIN && sound && is_crypt(salt) && is_crypt(digest))
    }

    /// Whether `password` made `body`, which was checked. Digests are compared in constant time, here or by the library.
    pub(super) fn matches(self, body: &str, password: &[u8]) -> bool {
        match self {
            Self::Argon2id => {
                PasswordHash::new(body).is_ok_and(|phc| Argon2::default().verify_password(password, &phc).is_ok())
            }
            // Past 72 bytes everything matches, as it does for the mail system: this is how the person signs in there.
            Self::BlfCrypt => bcrypt::verify(password, body).unwrap_or(false),
            Self::Sha512Crypt | Self::Sha256Crypt => ShaCrypt::SHA512.verify_password(password, body).is_ok(),
            Self::Pbkdf2 => pbkdf2_parts(body).is_some_and(|(salt, rounds, digest)| {
                pbkdf2_sha1(password, salt.as_bytes(), rounds).ct_eq(&digest).into()
            }),
            Self::Salted(salted, encoding) => salted
                .split(body, encoding)
                .is_some_and(|(digest, salt)| salted.digest(password, &salt).ct_eq(&digest).into()),
        }
    }
}

impl Salted {
    /// The digest, and what follows it.
    fn split(self, body: &str, encoding: Encoding) -> Option<(Vec<u8>, Vec<u8>)> {
        let mut digest = match encoding {
            Encoding::Base64 => BASE64.decode(body.as_bytes()).ok()?,
            Encoding::Hex => HEXLOWER_PERMISSIVE.decode(body.as_bytes()).ok()?,
        };
        let length = match self {
            Self::Sha512 => 64,
            Self::Sha256 => 32,
            Self::Sha1 => 20,
        };
        if digest.len() <= length || digest.len() > length + MAX_SALT_BYTES {
            return None;
        }
        let salt = digest.split_off(length);
        Some((digest, salt))
    }

    fn digest(self, password: &[u8], salt: &[u8]) -> Vec<u8> {
        fn of<D: Digest>(password: &[u8], salt: &[u8]) -> Vec<u8> {
            D::new().chain_update(password).chain_update(salt).finalize().to_vec()
        }
        match self {
            Self::Sha512 => of::<Sha512>(password, salt),
            Self::Sha256 => of::<Sha256>(password, salt),
            Self::Sha1 => of::<Sha1>(password, salt),
        }
    }
}

/// Salt, rounds and digest of `$1$salt$rounds$hex`. MD5-CRYPT begins alike, and has neither rounds nor hexadecimal digits.
pub(super) fn pbkdf2_parts(text: &str) -> Option<(&str, u32, [u8; 20])> {
    let mut parts = text.strip_prefix("$1$")?.split('$');
    let (salt, rounds, digest) = (parts.next()?, whole(parts.next()?)?, parts.next()?);
    let digest = HEXLOWER_PERMISSIVE.decode(digest.as_bytes()).ok()?.try_into().ok()?;
    let sound = parts.next().is_none() && rounds > 0 && (1..=MAX_SALT_BYTES).contains(&salt.len());
    sound.then_some((salt, rounds, digest))
}

/// Digits only; a sign or a space is no number.
fn whole(text: &str) -> Option<u32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}
