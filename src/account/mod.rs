//! Where the accounts live: the port and its adapters.

mod after_reset;
mod book;
mod build;
pub mod conformance;
pub mod demo;
mod hashing;
pub mod hooks;
pub mod http;
pub mod ldap;
mod max_age;
pub mod roster;
mod settings;
mod signature;
pub mod sql;
pub mod sqlite;

use async_trait::async_trait;

pub use after_reset::{AfterReset, HookReport, PasswordChange, sessions_ended};
pub use book::{AccountRecord, AdminError, NewAccount};
pub use build::{Surroundings, open};
pub use hashing::{HashPool, Mark, Scheme, StoredHash, StoredHashError};
pub use http::HttpStoreSettings;
pub use max_age::MaxAgeError;
pub use settings::{AccountKind, AccountSettings, HashSettings, SqliteSettings};

use crate::domain::{
    ChallengeId, Finding, Lock, MailboxAddress, NewPassword, PhoneNumber, Subject, SubjectId, Timestamp,
};

/// Why an account store did not do what was asked. Reasons are for the operator; they hold no secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    /// Nothing was written; the same call may succeed later.
    #[error("the account store is unavailable: {reason}")]
    Unavailable {
        /// What failed.
        reason: String,
    },
    /// Nothing was written: too many passwords are being hashed already.
    #[error("too many passwords are being hashed at once")]
    Busy,
    /// Nothing was written: the store's own rules refuse this password.
    #[error("the account store refuses the password: {reason}")]
    PasswordRefused {
        /// The store's word for it.
        reason: String,
    },
    /// Nothing was written: the account is gone or disabled.
    #[error("the account is gone or disabled")]
    NoSuchAccount,
    /// It may have been written; only trying to sign in tells.
    #[error("whether the account store wrote is unknown: {reason}")]
    Unknown {
        /// What was seen.
        reason: String,
    },
}

/// How long a new password stays valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MaxAge {
    /// A number of calendar months.
    Months(u8),
    /// For ever.
    Never,
}

/// What a store says of a password it has written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordWritten {
    /// When.
    pub changed_at: Timestamp,
    /// When it runs out; `None` is never.
    pub expires_at: Option<Timestamp>,
    /// Whether other sessions were ended, where the store can.
    pub sessions_revoked: bool,
    /// What keeps the account locked for a while yet, although the password was written.
    pub lock: Option<Lock>,
}

/// One write of a password.
#[derive(Debug)]
pub struct PasswordWrite<'a> {
    /// The new password.
    pub password: &'a NewPassword,
    /// How long it stays valid; `None` leaves it to the store's default.
    pub max_age: Option<MaxAge>,
    /// Whether other sessions are to be ended, where the store can.
    pub revoke_sessions: bool,
    /// Lets the store recognise a repeat of the same write: it must answer as it did before, writing nothing.
    pub challenge: ChallengeId,
    /// The moment of the write.
    pub now: Timestamp,
}

/// An account whose password runs out.
#[derive(Debug, Clone)]
pub struct Expiring {
    /// Whose.
    pub subject: Subject,
    /// When.
    pub expires_at: Timestamp,
}

/// Where the accounts live.
#[async_trait]
pub trait AccountStore: Send + Sync {
    /// The account that an address or alias names.
    async fn find(&self, address: &MailboxAddress) -> Result<Option<Subject>, AccountError>;

    /// Whether `password` is the account's present one. Takes the time of a hash for unknown accounts too.
    async fn verify_password(&self, address: &MailboxAddress, password: &NewPassword) -> Result<bool, AccountError>;

    /// Writes a password, all or nothing.
    async fn set_password(
        &self,
        subject: &SubjectId,
        write: PasswordWrite<'_>,
    ) -> Result<PasswordWritten, AccountError>;

    /// Binds a phone; `None` unbinds.
    async fn bind_phone(
        &self,
        subject: &SubjectId,
        phone: Option<&PhoneNumber>,
        now: Timestamp,
    ) -> Result<(), AccountError>;

    /// Whether the store can answer now; for readiness.
    async fn check(&self) -> Result<(), AccountError>;

    /// Accounts whose passwords run out before `until` and have not yet run out at `now`, soonest first, at most `limit`.
    async fn expiring(&self, now: Timestamp, until: Timestamp, limit: usize) -> Result<Vec<Expiring>, AccountError>;

    /// Looks at everything that the configured operations need: rights, schema, servers, certificates. Writes nothing.
    async fn examine(&self) -> Vec<Finding> {
        Vec::new()
    }
}
