//! The journeys' writes: a password, a phone.

use std::sync::atomic::AtomicBool;

use sqlx::{Row, SqliteConnection};

use super::SqliteAccounts;
use crate::account::{AccountError, PasswordWrite, PasswordWritten, StoredHash};
use crate::domain::{PhoneNumber, SubjectId, Timestamp};

/// Writes are remembered by challenge for a day; no challenge lives longer than two hours.
const REMEMBERED_MILLIS: i64 = 86_400_000;

impl SqliteAccounts {
    pub(super) async fn write_password(
        &self,
        subject: &SubjectId,
        write: &PasswordWrite<'_>,
        begun: &AtomicBool,
    ) -> Result<PasswordWritten, AccountError> {
        let account = key(subject)?;
        // Before the transaction: a hash takes longer than the write, and would hold the lock.
        let hash = self.hashing.hash(write.password).await?;
        let mut tx = self.begin().await?;
        // Before the account is looked at: the repeat of a write that was done answers as it did.
        let earlier = earlier_write(&mut tx, account, write).await.map_err(|error| self.fault(&error))?;
        if let Some(written) = earlier {
            return Ok(written);
        }
        let expires_at = write.max_age.and_then(|age| age.expiry(write.now));
        let written = PasswordWritten { changed_at: write.now, expires_at, sessions_revoked: false, lock: None };
        if !store(&mut tx, account, &hash, written).await.map_err(|error| self.fault(&error))? {
            return Err(AccountError::NoSuchAccount);
        }
        remember(&mut tx, account, write, written).await.map_err(|error| self.fault(&error))?;
        self.commit(tx, begun).await?;
        Ok(written)
    }

    pub(super) async fn write_phone(
        &self,
        subject: &SubjectId,
        phone: Option<&PhoneNumber>,
        now: Timestamp,
        begun: &AtomicBool,
    ) -> Result<(), AccountError> {
        let account = key(subject)?;
        let mut tx = self.begin().await?;
        let sql = "UPDATE account SET mobile = ?2, phone_bound_at = ?3, updated_at = ?4 WHERE id = ?1 AND enabled = 1";
        let update = sqlx::query(sql)
            .bind(account)
            .bind(phone.map(PhoneNumber::e164))
            .bind(phone.map(|_| now.as_millis()))
            .bind(now.as_millis());
        let done = update.execute(&mut *tx).await.map_err(|error| self.fault(&error))?;
        if done.rows_affected() == 0 {
            return Err(AccountError::NoSuchAccount);
        }
        self.commit(tx, begun).await
    }
}

fn key(subject: &SubjectId) -> Result<i64, AccountError> {
    subject.as_str().parse().map_err(|_| AccountError::NoSuchAccount)
}

async fn earlier_write(
    tx: &mut SqliteConnection,
    account: i64,
    write: &PasswordWrite<'_>,
) -> Result<Option<PasswordWritten>, sqlx::Error> {
    let sql = "SELECT changed_at, expires_at FROM password_write WHERE challenge = ?1 AND account = ?2";
    let row = sqlx::query(sql).bind(write.challenge.to_string()).bind(account).fetch_optional(tx).await?;
    row.map(|row| {
        Ok(PasswordWritten {
            changed_at: Timestamp::from_millis(row.try_get("changed_at")?),
            expires_at: row.try_get::<Option<i64>, _>("expires_at")?.map(Timestamp::from_millis),
            sessions_revoked: false,
            lock: None,
        })
    })
    .transpose()
}

async fn store(
    tx: &mut SqliteConnection,
    account: i64,
    hash: &StoredHash,
    written: PasswordWritten,
) -> Result<bool, sqlx::Error> {
    let sql =
        "UPDATE account SET password_hash = ?2, password_changed_at = ?3, password_expires_at = ?4, updated_at = ?3
               WHERE id = ?1 AND enabled = 1";
    let update = sqlx::query(sql)
        .bind(account)
        .bind(hash.expose())
        .bind(written.changed_at.as_millis())
        .bind(written.expires_at.map(Timestamp::as_millis));
    Ok(update.execute(tx).await?.rows_affected() == 1)
}

async fn remember(
    tx: &mut SqliteConnection,
    account: i64,
    write: &PasswordWrite<'_>,
    written: PasswordWritten,
) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM password_write WHERE changed_at < ?1")
        .bind(write.now.as_millis() - REMEMBERED_MILLIS)
        .execute(&mut *tx)
        .await?;
    sqlx::query("INSERT INTO password_write (challenge, account, changed_at, expires_at) VALUES (?1, ?2, ?3, ?4)")
        .bind(write.challenge.to_string())
        .bind(account)
        .bind(written.changed_at.as_millis())
        .bind(written.expires_at.map(Timestamp::as_millis))
        .execute(tx)
        .await?;
    Ok(())
}
