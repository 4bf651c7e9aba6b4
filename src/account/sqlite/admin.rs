//! What an administrator at the command line does with single accounts.

use std::sync::atomic::AtomicBool;

use super::{SqliteAccounts, insert, rows};
use crate::account::{AccountError, AccountRecord, AdminError, NewAccount};
use crate::domain::{MailboxAddress, PhoneNumber};

impl SqliteAccounts {
    /// Adds an account. Its password, if it has one, counts as written now.
    ///
    /// # Errors
    /// [`AdminError::Taken`] when the address or an alias names an account already.
    pub async fn add(&self, account: &NewAccount) -> Result<(), AdminError> {
        let begun = AtomicBool::new(false);
        let taken = self.within(&begun, self.insert_one(account, &begun)).await?;
        taken.map_or(Ok(()), |address| Err(AdminError::Taken { address }))
    }

    async fn insert_one(
        &self,
        account: &NewAccount,
        begun: &AtomicBool,
    ) -> Result<Option<MailboxAddress>, AccountError> {
        let now = self.clock.now();
        let mut tx = self.begin().await?;
        let outcome = async {
            let id = insert::next_id(&mut tx).await?;
            insert::accounts(&mut tx, &[(id, account)], now, Some(now)).await?;
            let entries: Vec<_> = insert::entries(id, account).collect();
            let taken = insert::mailboxes(&mut tx, &entries).await?;
            Ok(taken.first().map(|&index| entries[index].address.clone()))
        };
        let taken = outcome.await.map_err(|error| self.fault(&error))?;
        if taken.is_none() {
            self.commit(tx, begun).await?;
        }
        Ok(taken)
    }

    /// One page of accounts in the order of their addresses: at most `limit` after `after`, of one unit or of all.
    ///
    /// # Errors
    /// [`AccountError::Unavailable`].
    pub async fn list(
        &self,
        unit: Option<&str>,
        after: Option<&MailboxAddress>,
        limit: u16,
    ) -> Result<Vec<AccountRecord>, AccountError> {
        let page = rows::page(&self.readers, after, unit, limit);
        self.read(async { page.await.map_err(|error| self.fault(&error)) }).await
    }

    /// Binds or unbinds the phone of the account that an address or alias names, disabled ones too.
    ///
    /// # Errors
    /// [`AccountError::NoSuchAccount`] when it names none.
    pub async fn set_phone(&self, address: &MailboxAddress, phone: Option<&PhoneNumber>) -> Result<(), AccountError> {
        let begun = AtomicBool::new(false);
        let now = self.clock.now().as_millis();
        let work = async {
            let mut tx = self.begin().await?;
            let sql = "UPDATE account SET mobile = ?2, phone_bound_at = ?3, updated_at = ?4
                       WHERE id = (SELECT account FROM mailbox WHERE address = ?1)";
            let update = sqlx::query(sql)
                .bind(address.as_str())
                .bind(phone.map(PhoneNumber::e164))
                .bind(phone.map(|_| now))
                .bind(now);
            let done = update.execute(&mut *tx).await.map_err(|error| self.fault(&error))?;
            if done.rows_affected() == 0 {
                return Err(AccountError::NoSuchAccount);
            }
            self.commit(tx, &begun).await
        };
        self.within(&begun, work).await
    }
}
