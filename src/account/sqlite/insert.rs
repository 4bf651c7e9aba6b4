//! Putting new accounts and their addresses into the tables, many in one statement.

use sqlx::{Error, QueryBuilder, Sqlite, SqliteConnection};

use crate::account::{NewAccount, StoredHash};
use crate::domain::{Birthday, MailboxAddress, PhoneNumber, Timestamp};

/// Rows in one statement: 12 values each stay far below the 32 766 that `SQLite` binds.
pub(super) const CHUNK: usize = 500;

/// The address of an account, on its way into the table.
pub(super) struct Entry<'a> {
    pub(super) address: &'a MailboxAddress,
    pub(super) account: i64,
    pub(super) is_alias: bool,
}

pub(super) fn entries(id: i64, account: &NewAccount) -> impl Iterator<Item = Entry<'_>> {
    let primary = Entry { address: &account.address, account: id, is_alias: false };
    std::iter::once(primary).chain(aliases(id, account))
}

pub(super) fn aliases(id: i64, account: &NewAccount) -> impl Iterator<Item = Entry<'_>> {
    account.aliases.iter().map(move |address| Entry { address, account: id, is_alias: true })
}

/// The next unused key. Right only under the write lock; keys are never used again, so that a challenge
/// cannot reach the successor of a deleted account.
pub(super) async fn next_id(tx: &mut SqliteConnection) -> Result<i64, Error> {
    let last: Option<i64> =
        sqlx::query_scalar("SELECT seq FROM sqlite_sequence WHERE name = 'account'").fetch_optional(tx).await?;
    Ok(last.unwrap_or(0) + 1)
}

/// `password_known` is when the passwords were written; `None` where they come from elsewhere.
pub(super) async fn accounts(
    tx: &mut SqliteConnection,
    new: &[(i64, &NewAccount)],
    now: Timestamp,
    password_known: Option<Timestamp>,
) -> Result<(), Error> {
    for chunk in new.chunks(CHUNK) {
        let mut query = QueryBuilder::<Sqlite>::new(
            "INSERT INTO account (id, name, unit, mobile, work_phone, birthday, password_hash, password_changed_at,
                                  phone_bound_at, enabled, created_at, updated_at) ",
        );
        query.push_values(chunk, |mut row, (id, account)| {
            let hash = account.password.as_ref().map(StoredHash::expose);
            row.push_bind(*id)
                .push_bind(account.name.as_deref())
                .push_bind(account.unit.as_deref())
                .push_bind(account.mobile.as_ref().map(PhoneNumber::e164))
                .push_bind(account.work_phone.as_deref())
                .push_bind(account.birthday.as_ref().map(Birthday::to_string))
                .push_bind(hash)
                .push_bind(hash.and(password_known).map(Timestamp::as_millis))
                .push_bind(account.mobile.as_ref().map(|_| now.as_millis()))
                .push_bind(account.enabled)
                .push_bind(now.as_millis())
                .push_bind(now.as_millis());
        });
        query.build().execute(&mut *tx).await?;
    }
    Ok(())
}

/// Gives the indices of entries whose address was taken already; those were not put in.
pub(super) async fn mailboxes(tx: &mut SqliteConnection, new: &[Entry<'_>]) -> Result<Vec<usize>, Error> {
    let mut taken = Vec::new();
    for (round, chunk) in new.chunks(CHUNK).enumerate() {
        let mut query = QueryBuilder::<Sqlite>::new("INSERT INTO mailbox (address, account, is_alias) ");
        query.push_values(chunk, |mut row, entry| {
            row.push_bind(entry.address.as_str()).push_bind(entry.account).push_bind(entry.is_alias);
        });
        query.push(" ON CONFLICT (address) DO NOTHING");
        let done = query.build().execute(&mut *tx).await?.rows_affected();
        if done != chunk.len() as u64 {
            taken.extend(foreign(tx, chunk).await?.into_iter().map(|index| round * CHUNK + index));
        }
    }
    Ok(taken)
}

/// Rare, so one by one.
async fn foreign(tx: &mut SqliteConnection, chunk: &[Entry<'_>]) -> Result<Vec<usize>, Error> {
    let mut taken = Vec::new();
    for (index, entry) in chunk.iter().enumerate() {
        let owner: Option<i64> = sqlx::query_scalar("SELECT account FROM mailbox WHERE address = ?1")
            .bind(entry.address.as_str())
            .fetch_optional(&mut *tx)
            .await?;
        if owner != Some(entry.account) {
            taken.push(index);
        }
    }
    Ok(taken)
}
