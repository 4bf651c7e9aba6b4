//! The account holder that a mail address names.

use std::fmt;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::{Birthday, MailboxAddress, PhoneNumber, Stored, Timestamp};

/// The account store's own name for an account; aliases of one account share it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct SubjectId(Box<str>);

impl SubjectId {
    /// Wraps the store's key.
    #[must_use]
    pub fn new(key: impl Into<Box<str>>) -> Self {
        Self(key.into())
    }

    /// The store's key.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SubjectId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("SubjectId(…)")
    }
}

/// An account holder as the account store knows them.
#[derive(Debug, Clone)]
pub struct Subject {
    /// The store's key.
    pub id: SubjectId,
    /// The primary address, canonical.
    pub address: MailboxAddress,
    /// Every other address of theirs that the store knows.
    pub aliases: Vec<MailboxAddress>,
    /// The organisation whose administrator is responsible.
    pub unit: Option<String>,
    /// The bound phone; unreadable is what the store holds there that is not one mobile number.
    pub phone: Stored<PhoneNumber>,
    /// A disabled account gets no code and no password.
    pub enabled: bool,
    /// Disabled because the account's own time is over, which is told apart in the trail.
    pub ended: bool,
    /// When the password was last written, when the store knows.
    pub password_changed_at: Option<Timestamp>,
    /// When the phone was bound, when the store knows. A later binding lifts a pause of recovery by SMS.
    pub phone_bound_at: Option<Timestamp>,
    /// What the password must not contain.
    pub facts: PersonalFacts,
}

impl Subject {
    /// The state that a code was sent under. When it differs at verification, the code is void.
    #[must_use]
    pub fn stamp(&self) -> SubjectStamp {
        let mut hash = Sha256::new();
        hash.update(self.id.as_str().as_bytes());
        hash.update([0, u8::from(self.enabled)]);
        hash.update(self.password_changed_at.map_or(0, Timestamp::as_millis).to_be_bytes());
        hash.update(self.phone.as_ref().value().map_or("", PhoneNumber::e164).as_bytes());
        SubjectStamp(hash.finalize().into())
    }
}

/// A digest of phone, password date and enabled state.
#[derive(Clone, Copy)]
pub struct SubjectStamp([u8; 32]);

impl SubjectStamp {
    /// Whether nothing changed in between.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl fmt::Debug for SubjectStamp {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("SubjectStamp(…)")
    }
}

/// What a stranger could know or find out about a person, and what their password must therefore not contain.
#[derive(Clone, Default)]
pub struct PersonalFacts {
    /// User names: the part before the `@` of the address and of each alias.
    pub user_names: Vec<String>,
    /// The mobile number as stored.
    pub mobile: Option<String>,
    /// The office number as stored.
    pub work_phone: Option<String>,
    /// The birthday; unreadable is what the store holds there that is no day.
    pub birthday: Stored<Birthday>,
}

impl fmt::Debug for PersonalFacts {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("PersonalFacts(…)")
    }
}
