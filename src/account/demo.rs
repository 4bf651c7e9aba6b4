//! The people of `resetgate dev`. Nobody's data: the numbers are from a block that is given to no one in examples.

use super::sqlite::SqliteAccounts;
use super::{AdminError, NewAccount, StoredHash};
use crate::domain::{MailboxAddress, PhoneNumber, Region};

/// Zhang San's password before anything is recovered.
pub const DEMO_PASSWORD: &str = "Old-Password-2025";

/// One person of the demo.
#[derive(Debug, Clone, Copy)]
pub struct DemoAccount {
    /// The address to type.
    pub address: &'static str,
    /// What they are called.
    pub name: &'static str,
    /// What they show.
    pub note: &'static str,
    mobile: Option<&'static str>,
    enabled: bool,
}

/// Whom the demo knows; every other address is unknown.
pub const DEMO_ACCOUNTS: [DemoAccount; 3] = [
    DemoAccount {
        address: "zhangsan@example.gov.cn",
        name: "张三",
        note: "phone bound",
        mobile: Some("+8613800000000"),
        enabled: true,
    },
    DemoAccount { address: "lisi@example.gov.cn", name: "李四", note: "no phone", mobile: None, enabled: true },
    DemoAccount {
        address: "wangwu@example.gov.cn",
        name: "王五",
        note: "disabled",
        mobile: Some("+8613800000002"),
        enabled: false,
    },
];

/// [`DEMO_PASSWORD`], hashed once and cheaply so that `dev` is ready at once; a published password needs no more.
const DEMO_HASH: &str = "$argon2id$v=19$m=8,t=1,p=1$P07zOg0GkFZdSa2QqoZanw$DyQYADAvwk5x3suBmwNNE+Q8I32l+7vjkZ5FzvK0bk8";

/// Adds the demo people; those that are there already stay as they are.
///
/// # Errors
/// When the store cannot be written.
pub async fn seed(accounts: &SqliteAccounts) -> Result<(), AdminError> {
    for person in DEMO_ACCOUNTS {
        let Ok(address) = MailboxAddress::parse(person.address) else { continue };
        match accounts.add(&person.account(address)).await {
            Ok(()) | Err(AdminError::Taken { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

impl DemoAccount {
    fn account(&self, address: MailboxAddress) -> NewAccount {
        let known = self.address == DEMO_ACCOUNTS[0].address;
        NewAccount {
            name: Some(self.name.to_owned()),
            unit: Some("信息中心".to_owned()),
            mobile: self.mobile.and_then(|text| PhoneNumber::parse(text, Region::CN).ok()),
            work_phone: known.then(|| "010-55500123".to_owned()),
            birthday: known.then(|| "1990-01-02".parse().ok()).flatten(),
            password: StoredHash::parse(DEMO_HASH).ok().filter(|_| known),
            enabled: self.enabled,
            ..NewAccount::bare(address)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::account::{AccountStore, sqlite::tests::settings};
    use crate::domain::{ManualClock, NewPassword, SystemRandom, Timestamp};

    #[tokio::test]
    async fn the_demo_people_are_there_once_and_zhang_san_signs_in() {
        let settings = settings("unused".into());
        let hashing = crate::account::HashPool::new(&settings.hash, Arc::new(SystemRandom)).unwrap();
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_763_866_800_000)));
        let accounts = SqliteAccounts::in_memory(&settings, hashing, clock).await.unwrap();
        seed(&accounts).await.unwrap();
        seed(&accounts).await.unwrap();
        let people = accounts.list(Some("信息中心"), None, 10).await.unwrap();
        let seen: Vec<_> = people
            .iter()
            .map(|who| (who.address.local(), who.phone(Region::CN).value().is_some(), who.enabled, who.has_password()))
            .collect();
        assert_eq!(
            seen,
            [("lisi", false, true, false), ("wangwu", true, false, false), ("zhangsan", true, true, true)]
        );
        let zhangsan = &people[2];
        assert_eq!(zhangsan.birthday.value().unwrap().to_string(), "1990-01-02");
        assert_eq!(zhangsan.work_phone.as_deref(), Some("010-55500123"));
        let password = NewPassword::parse(DEMO_PASSWORD).unwrap();
        assert!(accounts.verify_password(&zhangsan.address, &password).await.unwrap());
    }
}
