//! Making hashes: a scheme with its cost.

use argon2::password_hash::PasswordHasher;
use argon2::{Argon2, Params};
use bcrypt::Version;
use data_encoding::{BASE64, HEXLOWER};
use sha_crypt::ShaCrypt;
use sha2::{Digest, Sha512};
use zeroize::Zeroizing;

use super::{HashSettings, Mark, Scheme};

/// All that bcrypt looks at.
pub(super) const BLF_CRYPT_BYTES: usize = 72;

/// The alphabet of crypt(3), for salts that are text.
const SALT_SIGNS: &[u8; 64] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A scheme with its cost, and the mark before what it makes.
#[derive(Debug, Clone)]
pub(super) struct Recipe {
    cost: Cost,
    mark: Mark,
}

#[derive(Debug, Clone)]
enum Cost {
    Argon2id(Params),
    BlfCrypt(u32),
    Sha512Crypt(sha_crypt::Params),
    Ssha512,
    Pbkdf2(u32),
}

impl Recipe {
    /// # Errors
    /// When the scheme cannot work with the cost, which `HashSettings::check` would have said.
    pub(super) fn new(settings: &HashSettings) -> Result<Self, String> {
        let cost = match settings.scheme {
            Scheme::Argon2id => {
                let params = Params::new(settings.memory_kib(), settings.passes, settings.lanes, None);
                Cost::Argon2id(params.map_err(|error| error.to_string())?)
            }
            Scheme::BlfCrypt => Cost::BlfCrypt(settings.blf_cost),
            Scheme::Sha512Crypt => {
                Cost::Sha512Crypt(sha_crypt::Params::new(settings.sha512_rounds).map_err(|error| error.to_string())?)
            }
            Scheme::Ssha512 => Cost::Ssha512,
            Scheme::Pbkdf2 => Cost::Pbkdf2(settings.pbkdf2_rounds),
        };
        Ok(Self { cost, mark: settings.prefix })
    }

    pub(super) const fn scheme(&self) -> Scheme {
        match self.cost {
            Cost::Argon2id(_) => Scheme::Argon2id,
            Cost::BlfCrypt(_) => Scheme::BlfCrypt,
            Cost::Sha512Crypt(_) => Scheme::Sha512Crypt,
            Cost::Ssha512 => Scheme::Ssha512,
            Cost::Pbkdf2(_) => Scheme::Pbkdf2,
        }
    }

    /// Why this scheme cannot keep the whole of `password`, where it cannot.
    pub(super) fn refusal(&self, password: &[u8]) -> Option<String> {
        let too_long = matches!(self.cost, Cost::BlfCrypt(_)) && password.len() > BLF_CRYPT_BYTES;
        too_long.then(|| {
            format!("it is {} bytes long, and {} looks at {BLF_CRYPT_BYTES} only", password.len(), self.scheme())
        })
    }

    /// The hash as it is stored. What [`Self::refusal`] is about is the caller's affair.
    pub(super) fn make(&self, password: &[u8], salt: [u8; 16]) -> Result<String, String> {
        let made = match &self.cost {
            Cost::Argon2id(params) => {
                let argon2 = Argon2::from(params.clone());
                argon2.hash_password_with_salt(password, &salt).map_err(|error| error.to_string())?.to_string()
            }
            Cost::BlfCrypt(cost) => {
                let parts = bcrypt::hash_with_salt(password, *cost, salt).map_err(|error| error.to_string())?;
                // The mark of crypt(3) for the version without the old errors; Dovecot writes it too.
                parts.format_for_version(Version::TwoY)
            }
            // Twelve bytes become sixteen signs; crypt(3) looks at no more, and Dovecot refuses a longer salt.
            Cost::Sha512Crypt(params) => {
                let hasher = ShaCrypt::new(sha_crypt::Algorithm::Sha512Crypt, *params);
                let made = hasher.hash_password_with_salt(password, &salt[..12]).map_err(|error| error.to_string())?;
                made.as_str().to_owned()
            }
            Cost::Ssha512 => {
                let digest = Sha512::new().chain_update(password).chain_update(salt).finalize();
                BASE64.encode(&[digest.as_slice(), &salt].concat())
            }
            Cost::Pbkdf2(rounds) => {
                let salt: String = salt.iter().map(|byte| char::from(SALT_SIGNS[usize::from(byte & 63)])).collect();
                let digest = pbkdf2_sha1(password, salt.as_bytes(), *rounds);
                format!("$1${salt}${rounds}${}", HEXLOWER.encode(digest.as_slice()))
            }
        };
        Ok(self.scheme().marked(self.mark) + &made)
    }
}

/// RFC 8018 with HMAC-SHA-1 and a digest of its full length.
pub(super) fn pbkdf2_sha1(password: &[u8], salt: &[u8], rounds: u32) -> Zeroizing<[u8; 20]> {
    let mut digest = Zeroizing::new([0; 20]);
    pbkdf2::pbkdf2_hmac::<sha1::Sha1>(password, salt, rounds, digest.as_mut_slice());
    digest
}
