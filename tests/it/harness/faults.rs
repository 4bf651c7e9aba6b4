//! Account stores with a fault that matters for what strangers can see.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use resetgate::account::{AccountError, AccountStore, PasswordWrite, PasswordWritten};
use resetgate::domain::{MailboxAddress, NewPassword, PhoneNumber, Subject, SubjectId, Timestamp};

/// Takes its time for accounts that it has, and none for those it has not.
pub struct SlowHits {
    pub store: Arc<dyn AccountStore>,
    pub delay: Duration,
}

#[async_trait]
impl AccountStore for SlowHits {
    async fn find(&self, address: &MailboxAddress) -> Result<Option<Subject>, AccountError> {
        let found = self.store.find(address).await;
        if let Ok(Some(_)) = &found {
            tokio::time::sleep(self.delay).await;
        }
        found
    }

    async fn verify_password(&self, address: &MailboxAddress, password: &NewPassword) -> Result<bool, AccountError> {
        self.store.verify_password(address, password).await
    }

    async fn set_password(
        &self,
        subject: &SubjectId,
        write: PasswordWrite<'_>,
    ) -> Result<PasswordWritten, AccountError> {
        self.store.set_password(subject, write).await
    }

    async fn bind_phone(
        &self,
        subject: &SubjectId,
        phone: Option<&PhoneNumber>,
        now: Timestamp,
    ) -> Result<(), AccountError> {
        self.store.bind_phone(subject, phone, now).await
    }

    async fn check(&self) -> Result<(), AccountError> {
        self.store.check().await
    }
}

/// Cannot be reached.
pub struct Absent;

impl Absent {
    fn refuse<T>() -> Result<T, AccountError> {
        Err(AccountError::Unavailable { reason: "nobody answers".to_owned() })
    }
}

#[async_trait]
impl AccountStore for Absent {
    async fn find(&self, _: &MailboxAddress) -> Result<Option<Subject>, AccountError> {
        Self::refuse()
    }

    async fn verify_password(&self, _: &MailboxAddress, _: &NewPassword) -> Result<bool, AccountError> {
        Self::refuse()
    }

    async fn set_password(&self, _: &SubjectId, _: PasswordWrite<'_>) -> Result<PasswordWritten, AccountError> {
        Self::refuse()
    }

    async fn bind_phone(&self, _: &SubjectId, _: Option<&PhoneNumber>, _: Timestamp) -> Result<(), AccountError> {
        Self::refuse()
    }

    async fn check(&self) -> Result<(), AccountError> {
        Self::refuse()
    }
}
