//! The account holder that a mail address names.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::{MailboxAddress, PhoneNumber, Timestamp};

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
    /// The bound phone, when the store holds a valid mobile number.
    pub phone: Option<PhoneNumber>,
    /// A disabled account gets no code and no password.
    pub enabled: bool,
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
        hash.update(self.phone.as_ref().map_or("", PhoneNumber::e164).as_bytes());
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
    /// The birthday.
    pub birthday: Option<Birthday>,
}

impl fmt::Debug for PersonalFacts {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("PersonalFacts(…)")
    }
}

/// Not a day of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a day; write it like 1990-01-02")]
pub struct BirthdayError;

/// A day of birth.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Birthday(jiff::civil::Date);

impl Birthday {
    /// Year, for example 1990.
    #[must_use]
    pub fn year(&self) -> i16 {
        self.0.year()
    }

    /// Month, 1 to 12.
    #[must_use]
    pub fn month(&self) -> i8 {
        self.0.month()
    }

    /// Day of the month, 1 to 31.
    #[must_use]
    pub fn day(&self) -> i8 {
        self.0.day()
    }
}

impl FromStr for Birthday {
    type Err = BirthdayError;

    fn from_str(text: &str) -> Result<Self, BirthdayError> {
        // jiff would also take a date with a time behind it.
        if text.len() != 10 {
            return Err(BirthdayError);
        }
        text.parse().map(Self).map_err(|_| BirthdayError)
    }
}

/// As stored: `1990-01-02`.
impl fmt::Display for Birthday {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.0)
    }
}

impl fmt::Debug for Birthday {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Birthday(…)")
    }
}
