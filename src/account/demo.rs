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
const DEMO_HASH: &str = "@@";

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
