//! Accounts as an administrator writes and reads them, in the store that this service keeps itself.

use std::fmt;

use super::{AccountError, StoredHash};
use crate::domain::{
    Birthday, MailboxAddress, PersonalFacts, PhoneNumber, Region, Stored, Subject, SubjectId, Timestamp,
};

/// An account to be written.
#[derive(Clone, PartialEq, Eq)]
pub struct NewAccount {
    /// The primary address.
    pub address: MailboxAddress,
    /// Further addresses that name the same account.
    pub aliases: Vec<MailboxAddress>,
    /// What the person is called.
    pub name: Option<String>,
    /// The organisation whose administrator is responsible.
    pub unit: Option<String>,
    /// The bound phone.
    pub mobile: Option<PhoneNumber>,
    /// The office number, as people write it.
    pub work_phone: Option<String>,
    /// The birthday.
    pub birthday: Option<Birthday>,
    /// The hash of the password; without one nobody signs in until a recovery sets one.
    pub password: Option<StoredHash>,
    /// Whether it may sign in and recover.
    pub enabled: bool,
}

impl NewAccount {
    /// An enabled account of which nothing but the address is known.
    #[must_use]
    pub const fn bare(address: MailboxAddress) -> Self {
        Self {
            address,
            aliases: Vec::new(),
            name: None,
            unit: None,
            mobile: None,
            work_phone: None,
            birthday: None,
            password: None,
            enabled: true,
        }
    }
}

/// Shows the masked address only.
impl fmt::Debug for NewAccount {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "NewAccount({:?})", self.address)
    }
}

/// An account as it is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct AccountRecord {
    /// The store's key.
    pub id: i64,
    /// The primary address.
    pub address: MailboxAddress,
    /// Further addresses, sorted.
    pub aliases: Vec<MailboxAddress>,
    /// What the person is called.
    pub name: Option<String>,
    /// The organisation.
    pub unit: Option<String>,
    /// The mobile number as stored, which may be no number at all.
    pub mobile: Option<String>,
    /// The office number as stored.
    pub work_phone: Option<String>,
    /// The birthday.
    pub birthday: Stored<Birthday>,
    /// The hash as stored, which may be no hash at all.
    pub(super) password_hash: Option<Box<str>>,
    /// When a password was last written through this service; `None` for an imported one.
    pub password_changed_at: Option<Timestamp>,
    /// When the password runs out.
    pub password_expires_at: Option<Timestamp>,
    /// When the phone was bound.
    pub phone_bound_at: Option<Timestamp>,
    /// Whether it may sign in and recover.
    pub enabled: bool,
}

impl AccountRecord {
    /// Whether a password is set.
    #[must_use]
    pub const fn has_password(&self) -> bool {
        self.password_hash.is_some()
    }

    /// The bound phone, when what is stored is a mobile number that a code can be sent to.
    #[must_use]
    pub fn phone(&self, region: Region) -> Stored<PhoneNumber> {
        PhoneNumber::among(self.mobile.as_deref(), region)
    }

    /// The account as the journeys know it.
    #[must_use]
    pub fn into_subject(self, region: Region) -> Subject {
        let user_names = user_names(&self.address, &self.aliases);
        Subject {
            id: SubjectId::new(self.id.to_string()),
            phone: self.phone(region),
            address: self.address,
            aliases: self.aliases,
            unit: self.unit,
            enabled: self.enabled,
            ended: false,
            password_changed_at: self.password_changed_at,
            phone_bound_at: self.phone_bound_at,
            facts: PersonalFacts {
                user_names,
                mobile: self.mobile,
                work_phone: self.work_phone,
                birthday: self.birthday,
            },
        }
    }
}

/// Shows the masked address only.
impl fmt::Debug for AccountRecord {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "AccountRecord({:?})", self.address)
    }
}

/// The part before the `@` of an address and its aliases, each once.
pub(super) fn user_names(address: &MailboxAddress, aliases: &[MailboxAddress]) -> Vec<String> {
    let names = std::iter::once(address).chain(aliases);
    let mut user_names: Vec<String> = names.map(|address| address.local().to_owned()).collect();
    user_names.sort_unstable();
    user_names.dedup();
    user_names
}

/// Why an administrator's write was not done. Nothing was written, unless the store says that it does not know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AdminError {
    /// The store.
    #[error(transparent)]
    Store(#[from] AccountError),
    /// Every address and alias names one account.
    #[error("{} already belongs to an account", address.as_str())]
    Taken {
        /// Which.
        address: MailboxAddress,
    },
}
