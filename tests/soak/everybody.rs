//! An account store that knows everybody, each with a number of their own.

use async_trait::async_trait;
use resetgate::account::{AccountError, AccountStore, Expiring, PasswordWrite, PasswordWritten};
use resetgate::domain::{
    MailboxAddress, NewPassword, PersonalFacts, PhoneNumber, Region, Subject, SubjectId, Timestamp,
};

pub struct Everybody;

#[async_trait]
impl AccountStore for Everybody {
    async fn find(&self, address: &MailboxAddress) -> Result<Option<Subject>, AccountError> {
        // `p3x17@…` has 139 03 000017.
        let (place, number) = address.local()[1..].split_once('x').unwrap();
        let number = format!("139{place:0>2}{:0>6}", number.parse::<u32>().unwrap() % 1_000_000);
        Ok(Some(Subject {
            id: SubjectId::new(address.as_str()),
            address: address.clone(),
            unit: None,
            phone: PhoneNumber::parse(&number, Region::CN).ok().into(),
            enabled: true,
            ended: false,
            password_changed_at: None,
            aliases: Vec::new(),
            phone_bound_at: None,
            facts: PersonalFacts::default(),
        }))
    }

    async fn verify_password(&self, _: &MailboxAddress, _: &NewPassword) -> Result<bool, AccountError> {
        Ok(false)
    }

    async fn set_password(&self, _: &SubjectId, write: PasswordWrite<'_>) -> Result<PasswordWritten, AccountError> {
        Ok(PasswordWritten { changed_at: write.now, expires_at: None, sessions_revoked: false, lock: None })
    }

    async fn bind_phone(&self, _: &SubjectId, _: Option<&PhoneNumber>, _: Timestamp) -> Result<(), AccountError> {
        Ok(())
    }

    async fn check(&self) -> Result<(), AccountError> {
        Ok(())
    }

    async fn expiring(&self, _: Timestamp, _: Timestamp, _: usize) -> Result<Vec<Expiring>, AccountError> {
        Ok(Vec::new())
    }
}
