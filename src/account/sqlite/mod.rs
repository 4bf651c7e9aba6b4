//! The embedded account store: one `SQLite` file.
//!
//! Every write is one transaction: it is there as a whole, flushed to disk, or not at all. The time limit of
//! `account.timeout` is set here, at the edge, because only here it is known whether the commit had begun.

mod admin;
mod fault;
mod import;
mod insert;
mod open;
mod rows;
mod write;

use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use sqlx::{Sqlite, SqlitePool, Transaction};

use super::{
    AccountError, AccountRecord, AccountSettings, AccountStore, Expiring, HashPool, PasswordWrite, PasswordWritten,
};
use crate::domain::{
    Clock, Condition, Finding, MailboxAddress, NewPassword, Period, PhoneNumber, Region, Subject, SubjectId, Timestamp,
};

pub use import::{Change, ImportError, ImportReport, Mode};

/// Accounts in one file.
pub struct SqliteAccounts {
    path: PathBuf,
    writer: SqlitePool,
    readers: SqlitePool,
    hashing: HashPool,
    clock: Arc<dyn Clock>,
    region: Region,
    timeout: Period,
}

impl SqliteAccounts {
    /// Opens the configured file, makes it when it is missing, and brings it to the present schema.
    ///
    /// # Errors
    /// [`AccountError::Unavailable`] when it cannot be opened, is locked, another program's, or of a newer version.
    pub async fn open(
        settings: &AccountSettings,
        hashing: HashPool,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, AccountError> {
        let pools = open::open(&settings.sqlite, settings.timeout.get()).await?;
        Ok(Self::over(pools, settings.sqlite.path.clone(), settings, hashing, clock))
    }

    /// Accounts that are gone with the process, for `resetgate dev`; the configured file is not touched.
    ///
    /// # Errors
    /// [`AccountError::Unavailable`], for want of memory.
    pub async fn in_memory(
        settings: &AccountSettings,
        hashing: HashPool,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, AccountError> {
        let pools = open::open_in_memory(settings.timeout.get()).await?;
        Ok(Self::over(pools, PathBuf::from(":memory:"), settings, hashing, clock))
    }

    fn over(
        pools: open::Pools,
        path: PathBuf,
        settings: &AccountSettings,
        hashing: HashPool,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let open::Pools { writer, readers } = pools;
        Self { path, writer, readers, hashing, clock, region: settings.region, timeout: settings.timeout }
    }

    /// Closes the file and folds the write-ahead log into it. Dropping without it loses nothing.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// The pool that hashes for this store.
    #[must_use]
    pub const fn hashing(&self) -> &HashPool {
        &self.hashing
    }

    fn fault(&self, error: &sqlx::Error) -> AccountError {
        fault::before_commit(&self.path, error)
    }

    /// A transaction that holds the write lock from the start, so that it cannot fail half-way for want of it.
    async fn begin(&self) -> Result<Transaction<'static, Sqlite>, AccountError> {
        self.writer.begin_with("BEGIN IMMEDIATE").await.map_err(|error| self.fault(&error))
    }

    async fn commit(&self, tx: Transaction<'static, Sqlite>, begun: &AtomicBool) -> Result<(), AccountError> {
        begun.store(true, Ordering::SeqCst);
        tx.commit().await.map_err(|error| fault::at_commit(&self.path, &error))
    }

    async fn read<T>(&self, work: impl Future<Output = Result<T, AccountError>>) -> Result<T, AccountError> {
        self.within(&AtomicBool::new(false), work).await
    }

    /// The edge: `commit_begun` says what a time-out means.
    async fn within<T>(
        &self,
        commit_begun: &AtomicBool,
        work: impl Future<Output = Result<T, AccountError>>,
    ) -> Result<T, AccountError> {
        if let Ok(outcome) = tokio::time::timeout(self.timeout.get(), work).await {
            return outcome;
        }
        let reason = format!("no answer from {} within {} (account.timeout)", self.path.display(), self.timeout);
        if commit_begun.load(Ordering::SeqCst) {
            Err(AccountError::Unknown { reason })
        } else {
            Err(AccountError::Unavailable { reason })
        }
    }

    /// The account as it is stored, by address or alias.
    ///
    /// # Errors
    /// [`AccountError::Unavailable`].
    pub async fn show(&self, address: &MailboxAddress) -> Result<Option<AccountRecord>, AccountError> {
        self.read(async { rows::by_address(&self.readers, address).await.map_err(|error| self.fault(&error)) }).await
    }
}

#[async_trait]
impl AccountStore for SqliteAccounts {
    async fn find(&self, address: &MailboxAddress) -> Result<Option<Subject>, AccountError> {
        Ok(self.show(address).await?.map(|record| record.into_subject(self.region)))
    }

    /// A disabled account and a password past its time answer `false`, after the same work.
    async fn verify_password(&self, address: &MailboxAddress, password: &NewPassword) -> Result<bool, AccountError> {
        let found = async { rows::credential(&self.readers, address).await.map_err(|error| self.fault(&error)) };
        let work = async {
            let Some(credential) = found.await? else { return self.hashing.verify_nothing(password).await };
            let stored = match credential.hash.as_deref().map(|hash| self.hashing.read(hash)) {
                Some(Ok(stored)) => stored,
                Some(Err(error)) => {
                    tracing::warn!(account = %address.masked(), "the stored hash is {error}");
                    return self.hashing.verify_nothing(password).await;
                }
                None => return self.hashing.verify_nothing(password).await,
            };
            let right = self.hashing.verify(password, &stored).await?;
            let expired = credential.expires_at.is_some_and(|end| self.clock.now() >= end);
            Ok(right && credential.enabled && !expired)
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
        let probe = sqlx::query("SELECT 1 FROM account LIMIT 1").fetch_optional(&self.readers);
        self.read(async { probe.await.map(|_| ()).map_err(|error| self.fault(&error)) }).await
    }

    async fn expiring(&self, now: Timestamp, until: Timestamp, limit: usize) -> Result<Vec<Expiring>, AccountError> {
        let found =
            async { rows::expiring(&self.readers, now, until, limit).await.map_err(|error| self.fault(&error)) };
        let found = self.read(found).await?.into_iter().filter_map(|record| {
            let expires_at = record.password_expires_at?;
            Some(Expiring { subject: record.into_subject(self.region), expires_at })
        });
        Ok(found.collect())
    }

    async fn examine(&self) -> Vec<Finding> {
        let file = self.path.display();
        vec![match self.check().await {
            Ok(()) => Finding::of("accounts", Condition::Good, format!("{file} can be read")),
            Err(error) => Finding::of("accounts", Condition::Bad, error.to_string()),
        }]
    }
}

#[cfg(test)]
pub(super) mod tests;
