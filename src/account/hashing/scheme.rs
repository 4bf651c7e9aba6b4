//! The schemes that new passwords are written in, under the names that Dovecot knows them by.

use std::fmt;

use serde::Deserialize;

/// How a new password is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scheme {
    /// Memory-hard, the best of them.
    Argon2id,
    /// bcrypt, `$2y$`; looks at 72 bytes, so longer passwords are refused.
    BlfCrypt,
    /// SHA-512 of crypt(3), `$6$`.
    Sha512Crypt,
    /// One salted SHA-512: cheap to search, for mail systems that know nothing better.
    Ssha512,
    /// PBKDF2 with HMAC-SHA-1, as Dovecot writes it.
    Pbkdf2,
}

impl Scheme {
    /// Dovecot's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Argon2id => "ARGON2ID",
            Self::BlfCrypt => "BLF-CRYPT",
            Self::Sha512Crypt => "SHA512-CRYPT",
            Self::Ssha512 => "SSHA512",
            Self::Pbkdf2 => "PBKDF2",
        }
    }

    /// Whether crypt(3) of common systems verifies it.
    #[must_use]
    pub const fn is_crypt(self) -> bool {
        matches!(self, Self::BlfCrypt | Self::Sha512Crypt)
    }

    /// What stands before a new hash.
    #[must_use]
    pub fn marked(self, mark: Mark) -> String {
        match mark {
            Mark::Auto | Mark::None => String::new(),
            Mark::Scheme => format!("{{{self}}}"),
            Mark::Crypt => "{CRYPT}".to_owned(),
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

/// What stands before a hash to say how it was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mark {
    /// What `account.sql.preset` brings; without a preset nothing.
    Auto,
    /// Nothing.
    None,
    /// `{ARGON2ID}`, `{BLF-CRYPT}` …, as Dovecot writes it.
    Scheme,
    /// `{CRYPT}`, as LDAP servers that leave the work to crypt(3) write it.
    Crypt,
}
