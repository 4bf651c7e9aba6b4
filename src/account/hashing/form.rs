//! The forms of stored hashes, and recognising them.
//!
//! More forms are read than written, so that whoever knows their password can change it, and with that its scheme.

use super::check::pbkdf2_parts;
use super::{Scheme, StoredHashError};

/// For messages.
pub(super) const KNOWN: &str =
    "ARGON2ID, BLF-CRYPT, SHA512-CRYPT, SSHA512 and PBKDF2, and to be replaced SHA256-CRYPT, SSHA256 and SSHA";

/// How a stored hash is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Argon2id,
    BlfCrypt,
    Sha512Crypt,
    Sha256Crypt,
    Pbkdf2,
    /// A digest and its salt behind it.
    Salted(Salted, Encoding),
}

/// Which digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Salted {
    Sha512,
    Sha256,
    Sha1,
}

/// How bytes are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Base64,
    Hex,
}

/// What unmarked text of its own shape is.
pub(super) const SHAPES: [(&str, Form); 6] = [
    ("$argon2id$", Form::Argon2id),
    ("$2y$", Form::BlfCrypt),
    ("$2b$", Form::BlfCrypt),
    ("$2a$", Form::BlfCrypt),
    ("$6$", Form::Sha512Crypt),
    ("$5$", Form::Sha256Crypt),
];

impl From<Scheme> for Form {
    fn from(scheme: Scheme) -> Self {
        match scheme {
            Scheme::Argon2id => Self::Argon2id,
            Scheme::BlfCrypt => Self::BlfCrypt,
            Scheme::Sha512Crypt => Self::Sha512Crypt,
            Scheme::Ssha512 => Self::Salted(Salted::Sha512, Encoding::Base64),
            Scheme::Pbkdf2 => Self::Pbkdf2,
        }
    }
}

impl Form {
    /// The form of `text`, and where its mark ends.
    pub(super) fn of(text: &str, otherwise: Option<Self>) -> Result<(Self, usize), StoredHashError> {
        if let Some((mark, body)) = text.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
            let form = Self::marked(&mark.to_ascii_uppercase(), body)?;
            return Ok((form, text.len() - body.len()));
        }
        if let Some(form) = Self::shaped(text) {
            return Ok((form, 0));
        }
        match (text.strip_prefix('$').and_then(|rest| rest.split_once('$')), otherwise) {
            (Some((id, _)), _) if is_a_name(id) => Err(StoredHashError::OtherScheme(format!("${id}$"))),
            (None, Some(form @ Self::Salted(..))) if !text.is_empty() => Ok((form, 0)),
            _ => Err(StoredHashError::NotAHash),
        }
    }

    fn marked(mark: &str, body: &str) -> Result<Self, StoredHashError> {
        let (name, encoding) = match mark.split_once('.') {
            None | Some((_, "B64" | "BASE64")) => (mark.split('.').next().unwrap_or(mark), Encoding::Base64),
            Some((name, "HEX")) => (name, Encoding::Hex),
            Some(_) => (mark, Encoding::Base64),
        };
        match name {
            // OpenLDAP's name for what its argon2 module makes.
            "ARGON2ID" | "ARGON2" => Ok(Self::Argon2id),
            "BLF-CRYPT" => Ok(Self::BlfCrypt),
            "SHA512-CRYPT" => Ok(Self::Sha512Crypt),
            "SHA256-CRYPT" => Ok(Self::Sha256Crypt),
            "PBKDF2" => Ok(Self::Pbkdf2),
            "SSHA512" => Ok(Self::Salted(Salted::Sha512, encoding)),
            "SSHA256" => Ok(Self::Salted(Salted::Sha256, encoding)),
            "SSHA" => Ok(Self::Salted(Salted::Sha1, encoding)),
            "CRYPT" => Self::shaped(body)
                .filter(|form| matches!(form, Self::BlfCrypt | Self::Sha512Crypt | Self::Sha256Crypt))
                .ok_or_else(|| StoredHashError::OtherScheme("CRYPT with an older method".to_owned())),
            name if is_a_name(name) => Err(StoredHashError::OtherScheme(name.to_owned())),
            _ => Err(StoredHashError::NotAHash),
        }
    }

    fn shaped(text: &str) -> Option<Self> {
        if pbkdf2_parts(text).is_some() {
            return Some(Self::Pbkdf2);
        }
        SHAPES.iter().find(|(start, _)| text.starts_with(start)).map(|(_, form)| *form)
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Argon2id => "ARGON2ID",
            Self::BlfCrypt => "BLF-CRYPT",
            Self::Sha512Crypt => "SHA512-CRYPT",
            Self::Sha256Crypt => "SHA256-CRYPT",
            Self::Pbkdf2 => "PBKDF2",
            Self::Salted(Salted::Sha512, _) => "SSHA512",
            Self::Salted(Salted::Sha256, _) => "SSHA256",
            Self::Salted(Salted::Sha1, _) => "SSHA",
        }
    }

    pub(super) const fn example(self) -> &'static str {
        match self {
            Self::Argon2id => "$argon2id$v=19$m=19456,t=2,p=1$…$…",
            Self::BlfCrypt => "$2y$11$… with 53 signs",
            Self::Sha512Crypt => "$6$rounds=200000$…$…",
            Self::Sha256Crypt => "$5$rounds=200000$…$…",
            Self::Pbkdf2 => "$1$…$1300000$… with 40 hexadecimal digits",
            Self::Salted(..) => "base64 of the digest and the salt behind it",
        }
    }
}

/// Whether a text may be repeated in a message as the name of a scheme.
fn is_a_name(text: &str) -> bool {
    (1..=20).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}
