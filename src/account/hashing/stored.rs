//! A password as the store keeps it, in any of the schemes that are known here.

use std::fmt;

use super::form::Form;

/// Why a text is no hash that this service verifies.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoredHashError {
    /// No hash at all.
    #[error("not a password hash; it looks like $argon2id$v=19$m=19456,t=2,p=1$…$… or {{SSHA512}}…")]
    NotAHash,
    /// Sound perhaps, but of a scheme that is not verified here.
    #[error("a hash of the scheme {0}, which is not checked here; known are {known}", known = super::form::KNOWN)]
    OtherScheme(String),
    /// Of a known scheme, but something is wrong with it.
    #[error("not a sound {scheme} hash; it looks like {example}")]
    Unsound {
        /// Dovecot's name of it.
        scheme: &'static str,
        /// How one looks.
        example: &'static str,
    },
    /// More than a sign-in may cost.
    #[error("costs too much to check; {scheme} may have at most {limit}")]
    TooCostly {
        /// Dovecot's name of it.
        scheme: &'static str,
        /// The most that is taken.
        limit: String,
    },
}

/// A hash that is sound and whose cost was checked, as it is stored: with its mark where it has one. Never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredHash {
    text: Box<str>,
    /// Where the mark ends.
    body: usize,
    form: Form,
}

impl StoredHash {
    /// Takes a hash made here or elsewhere: marked like `{BLF-CRYPT}$2y$…`, or of a shape that tells, like `$6$…`.
    ///
    /// # Errors
    /// When it is no hash of a known scheme, or costs too much to check.
    pub fn parse(text: &str) -> Result<Self, StoredHashError> {
        Self::read(text, None)
    }

    /// As [`Self::parse`]; a hash that is neither marked nor tells by its shape is taken as `otherwise`.
    pub(super) fn read(text: &str, otherwise: Option<Form>) -> Result<Self, StoredHashError> {
        let (form, body) = Form::of(text, otherwise)?;
        form.check(&text[body..])?;
        Ok(Self { text: text.into(), body, form })
    }

    /// The hash as it is stored, for the store and nothing else.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// Whether `password` made this hash. Takes as long as the hash's own cost says.
    pub(super) fn matches(&self, password: &[u8]) -> bool {
        self.form.matches(&self.text[self.body..], password)
    }
}

impl fmt::Debug for StoredHash {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("StoredHash(••••)")
    }
}

#[cfg(test)]
mod tests;
