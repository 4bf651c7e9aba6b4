//! A directory: `OpenLDAP`, 389 Directory Server and others of RFC 4511, and Active Directory.
//!
//! An account is an entry below `base` that the filter names. Its key is an attribute that never changes, so that a
//! code sent for an entry cannot come to serve another that took its name. An address that several entries claim is
//! nobody's: a guess could hand one person's mailbox to another.
//!
//! The time limit of `account.timeout` is set here, at the edge, because only here it is known whether a request that
//! writes had been sent.

mod connect;
mod entry;
mod examine;
mod expiring;
mod fault;
mod mark;
mod own_rules;
mod people;
mod pool;
mod query;
mod remembered;
mod server;
mod settings;
mod times;
mod write;

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use data_encoding::HEXLOWER;
use ldap3::Scope;
use tokio::sync::Semaphore;

use super::build::Surroundings;
use super::hashing::Scheme as HashScheme;
use super::{AccountError, AccountSettings, AccountStore, Expiring, HashPool, PasswordWrite, PasswordWritten};
use crate::domain::{
    Clock, Finding, MailboxAddress, NewPassword, Period, PhoneNumber, Randomness, Subject, SubjectId, Timestamp,
};
use connect::Servers;
use entry::Entry;
use fault::{Fault, code};
use people::People;
use pool::{Lease, Pool, Query};

pub use mark::{DisabledMark, DisabledMarkError};
pub use settings::{AttributeSettings, Hasher, LdapSettings, PasswordSettings, SearchScope, WriteMethod};
pub use times::TimeFormat;

/// Sign-ins that are tried at once, each over a connection of its own.
const SIGN_INS: usize = 32;

/// Windows' code for a password that is right and must be changed, in the words of a refused bind.
const MUST_CHANGE: &str = "data 773";

/// Accounts in a directory.
pub struct LdapAccounts {
    settings: LdapSettings,
    servers: Arc<Servers>,
    pool: Pool,
    people: People,
    remembered: remembered::Remembered,
    hashing: HashPool,
    /// What `hashing` makes.
    hash: HashScheme,
    sign_ins: Semaphore,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Randomness>,
    timeout: Period,
}

impl LdapAccounts {
    /// A store for the configured directory, which is asked once whether it lets this service find anybody. A no is
    /// logged and refuses no start: the directory may come up, or be mended, later than this service begins.
    ///
    /// # Errors
    /// Those of [`Self::new`].
    pub async fn open(
        settings: &AccountSettings,
        hashing: HashPool,
        around: &Surroundings,
    ) -> Result<Self, AccountError> {
        let store = Self::new(settings, hashing, around)?;
        let told = tokio::time::timeout(settings.timeout.get(), store.base()).await;
        let fault = told.unwrap_or_else(|_| Err(Fault::Silent("no answer within account.timeout".to_owned()))).err();
        if let Some(fault) = fault {
            let is_lasting = fault.is_lasting();
            let error = AccountError::from(fault);
            if is_lasting {
                tracing::error!(%error, "nobody can recover until account.ldap or the directory is mended");
            } else {
                tracing::warn!(%error, "nobody can recover until the directory answers");
            }
        }
        Ok(store)
    }

    /// A store for the configured directory. Opens no connection.
    ///
    /// # Errors
    /// [`AccountError::Unavailable`] when the settings cannot be used: no server, or authorities that cannot be read.
    pub fn new(settings: &AccountSettings, hashing: HashPool, around: &Surroundings) -> Result<Self, AccountError> {
        let ldap: &LdapSettings = &settings.ldap;
        let servers = Servers::new(ldap, Arc::clone(&around.clock))
            .map_err(|reason| AccountError::Unavailable { reason: format!("account.ldap: {reason}") })?;
        let servers = Arc::new(servers);
        Ok(Self {
            pool: Pool::new(Arc::clone(&servers), ldap),
            servers,
            people: People::new(ldap, settings.region),
            remembered: remembered::Remembered::default(),
            hashing,
            hash: settings.hash.scheme,
            sign_ins: Semaphore::new(SIGN_INS),
            clock: Arc::clone(&around.clock),
            random: Arc::clone(&around.random),
            timeout: settings.timeout,
            settings: ldap.clone(),
        })
    }

    /// Whether the base is there for this service. Not whether it shows itself: it need not, for what is below to be found.
    async fn base(&self) -> Result<(), Fault> {
        self.pool.search(&examine::entry_named(&self.settings.base, &["1.1"])).await.map(drop)
    }

    fn scope(&self) -> Scope {
        match self.settings.scope {
            SearchScope::One => Scope::OneLevel,
            SearchScope::Subtree => Scope::Subtree,
        }
    }

    /// A search for one account. Two are asked for, so that a second one shows.
    async fn lookup(&self, filter: String) -> Result<pool::Found, Fault> {
        let query = Query {
            base: self.settings.base.clone(),
            scope: self.scope(),
            filter,
            attributes: self.people.attributes(),
            limit: 2,
        };
        self.pool.search(&query).await
    }

    /// The one entry that an address names.
    async fn by_address(&self, address: &MailboxAddress) -> Result<Option<Entry>, AccountError> {
        let found = self.lookup(query::by_address(&self.settings.filter, address)).await?;
        let there = found.entries.len();
        let mut entries = found.entries;
        entries.retain(|entry| self.people.is_named(entry, address) && !entry.dn.is_empty());
        let account = address.masked();
        if found.is_cut || entries.len() > 1 {
            tracing::error!(account, "several entries claim this address; it is nobody's until one is left");
            return Ok(None);
        }
        if entries.len() < there {
            tracing::warn!(
                account,
                "account.ldap.filter finds an entry that does not hold this address; name the attribute it is in under account.ldap.attributes"
            );
        }
        Ok(entries.pop())
    }

    /// The entry of an account, and the connection that it came over.
    async fn by_id(&self, subject: &SubjectId) -> Result<Option<(Entry, Lease)>, AccountError> {
        let Some(filter) = query::by_id(&self.settings.filter, &self.settings.id, subject) else { return Ok(None) };
        let mut found = self.lookup(filter).await?;
        found.entries.retain(|entry| self.people.id(entry).as_ref() == Some(subject) && !entry.dn.is_empty());
        if found.is_cut || found.entries.len() > 1 {
            tracing::error!("account.ldap.id is the same in several entries, so that it is no key");
            return Ok(None);
        }
        Ok(found.entries.pop().map(|entry| (entry, found.lease)))
    }

    fn expiry(&self, entry: &Entry) -> Option<Timestamp> {
        let keeping = &self.settings.password;
        entry.text(&keeping.expiry).and_then(|text| keeping.expiry_format.read(text))
    }

    /// Whether the directory lets `dn` in, over a connection of its own: a bind changes whose the connection is.
    async fn signs_in(&self, dn: &str, password: &NewPassword) -> Result<bool, AccountError> {
        let _place = self.sign_ins.acquire().await.map_err(|_| AccountError::Busy)?;
        let (mut ldap, answer) = self.servers.bind(dn, password.expose()).await?;
        // A courtesy; the connection ends with the handle in any case.
        let _ = ldap.unbind().await;
        match answer.rc {
            code::SUCCESS => Ok(true),
            code::INVALID_CREDENTIALS if answer.text.contains(MUST_CHANGE) => Ok(true),
            code::INVALID_CREDENTIALS
            | code::INAPPROPRIATE_AUTHENTICATION
            | code::NO_SUCH_OBJECT
            | code::CONSTRAINT_VIOLATION
            | code::UNWILLING => Ok(false),
            _ => Err(Fault::unless_good(answer)
                .err()
                .map_or(AccountError::Busy, |fault| fault.without(password.expose()).into())),
        }
    }

    async fn read<T>(&self, work: impl Future<Output = Result<T, AccountError>>) -> Result<T, AccountError> {
        self.within(&AtomicBool::new(false), work).await
    }

    /// The edge: `begun` says what a time-out means.
    async fn within<T>(
        &self,
        begun: &AtomicBool,
        work: impl Future<Output = Result<T, AccountError>>,
    ) -> Result<T, AccountError> {
        if let Ok(outcome) = tokio::time::timeout(self.timeout.get(), work).await {
            return outcome;
        }
        let reason = format!("no answer from the directory within {} (account.timeout)", self.timeout);
        if begun.load(Ordering::SeqCst) {
            Err(AccountError::Unknown { reason })
        } else {
            Err(AccountError::Unavailable { reason })
        }
    }
}

#[async_trait]
impl AccountStore for LdapAccounts {
    async fn find(&self, address: &MailboxAddress) -> Result<Option<Subject>, AccountError> {
        let Some(entry) = self.read(self.by_address(address)).await? else { return Ok(None) };
        let Some(subject) = self.people.subject(&entry, self.clock.now()) else {
            let reason = format!(
                "an entry has no {} that the directory shows; let account.ldap.bind_dn read it, or change account.ldap.id",
                self.settings.id
            );
            return Err(AccountError::Unavailable { reason });
        };
        Ok(Some(subject))
    }

    /// One search and one bind, whoever asks for whom: where there is no account, the bind is to a name that nobody can
    /// have. A disabled account and a password past its time answer `false`, after the same work.
    async fn verify_password(&self, address: &MailboxAddress, password: &NewPassword) -> Result<bool, AccountError> {
        // A bind without a password is anonymous and succeeds (RFC 4513, 5.1.2).
        if password.expose().is_empty() {
            return Ok(false);
        }
        let work = async {
            let entry = self.by_address(address).await?;
            let nobody = || format!("cn={},{}", HEXLOWER.encode(&self.random.bytes::<16>()), self.settings.base);
            let dn = entry.as_ref().map_or_else(nobody, |entry| entry.dn.clone());
            let right = self.signs_in(&dn, password).await?;
            let Some(entry) = entry else { return Ok(false) };
            let expired = self.expiry(&entry).is_some_and(|end| self.clock.now() >= end);
            Ok(right && self.people.is_enabled(&entry, self.clock.now()) && !expired)
        };
        self.read(work).await
    }

    async fn set_password(
        &self,
        subject: &SubjectId,
        write: PasswordWrite<'_>,
    ) -> Result<PasswordWritten, AccountError> {
        let begun = AtomicBool::new(false);
        self.within(&begun, self.write_password(subject, &write, &begun)).await
    }

    async fn bind_phone(
        &self,
        subject: &SubjectId,
        phone: Option<&PhoneNumber>,
        now: Timestamp,
    ) -> Result<(), AccountError> {
        let begun = AtomicBool::new(false);
        self.within(&begun, self.write_phone(subject, phone, now, &begun)).await
    }

    async fn check(&self) -> Result<(), AccountError> {
        self.read(async { Ok(self.base().await?) }).await
    }

    async fn expiring(&self, now: Timestamp, until: Timestamp, limit: usize) -> Result<Vec<Expiring>, AccountError> {
        self.running_out(now, until, limit).await
    }

    async fn examine(&self) -> Vec<Finding> {
        self.look_at_everything().await
    }
}
