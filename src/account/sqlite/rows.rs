//! Reading accounts out of their rows.

use sqlx::sqlite::SqliteRow;
use sqlx::{Error, QueryBuilder, Row, Sqlite, SqliteExecutor};

use crate::account::AccountRecord;
use crate::domain::{Birthday, MailboxAddress, Timestamp};

/// Every column of a record; `p` is the primary address and `a` the account.
macro_rules! record_columns {
    () => {
        "p.address, a.id, a.name, a.unit, a.mobile, a.work_phone, a.birthday, a.password_hash,
         a.password_changed_at, a.password_expires_at, a.phone_bound_at, a.enabled,
         (SELECT group_concat(address, ' ') FROM mailbox WHERE account = a.id AND is_alias = 1) AS aliases"
    };
}

/// By address or alias, in one look-up of one index.
const BY_ADDRESS: &str = concat!(
    "SELECT ",
    record_columns!(),
    " FROM mailbox AS typed
      JOIN account AS a ON a.id = typed.account
      JOIN mailbox AS p ON p.account = a.id AND p.is_alias = 0
      WHERE typed.address = ?1"
);

/// Ends in an open list.
const BY_PRIMARIES: &str = concat!(
    "SELECT ",
    record_columns!(),
    " FROM mailbox AS p JOIN account AS a ON a.id = p.account WHERE p.is_alias = 0 AND p.address IN ("
);

/// In the order of addresses, after the last one of the page before.
const PAGE: &str = concat!(
    "SELECT ",
    record_columns!(),
    " FROM mailbox AS p JOIN account AS a ON a.id = p.account
      WHERE p.is_alias = 0 AND p.address > ?1 AND (?2 IS NULL OR a.unit = ?2)
      ORDER BY p.address LIMIT ?3"
);

/// Those that run out, soonest first.
const EXPIRING: &str = concat!(
    "SELECT ",
    record_columns!(),
    " FROM mailbox AS p JOIN account AS a ON a.id = p.account
      WHERE p.is_alias = 0 AND a.enabled = 1 AND a.password_expires_at > ?1 AND a.password_expires_at <= ?2
      ORDER BY a.password_expires_at, p.address LIMIT ?3"
);

pub(super) async fn expiring(
    on: impl SqliteExecutor<'_>,
    now: Timestamp,
    until: Timestamp,
    limit: usize,
) -> Result<Vec<AccountRecord>, Error> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let query = sqlx::query(EXPIRING).bind(now.as_millis()).bind(until.as_millis()).bind(limit);
    query.fetch_all(on).await?.iter().map(record).collect()
}

pub(super) async fn by_address(
    on: impl SqliteExecutor<'_>,
    address: &MailboxAddress,
) -> Result<Option<AccountRecord>, Error> {
    let row = sqlx::query(BY_ADDRESS).bind(address.as_str()).fetch_optional(on).await?;
    row.map(|row| record(&row)).transpose()
}

/// Those of `primaries` that are there.
pub(super) async fn by_primaries(
    on: impl SqliteExecutor<'_>,
    primaries: impl Iterator<Item = &MailboxAddress>,
) -> Result<Vec<AccountRecord>, Error> {
    let mut query = QueryBuilder::<Sqlite>::new(BY_PRIMARIES);
    let mut list = query.separated(", ");
    for address in primaries {
        list.push_bind(address.as_str());
    }
    query.push(")");
    query.build().fetch_all(on).await?.iter().map(record).collect()
}

pub(super) async fn page(
    on: impl SqliteExecutor<'_>,
    after: Option<&MailboxAddress>,
    unit: Option<&str>,
    limit: u16,
) -> Result<Vec<AccountRecord>, Error> {
    let after = after.map_or("", MailboxAddress::as_str);
    let rows = sqlx::query(PAGE).bind(after).bind(unit).bind(limit).fetch_all(on).await?;
    rows.iter().map(record).collect()
}

/// A row as a record. Only an address that is none is an error: everything else that a foreign hand may have
/// written wrongly leaves its field unreadable.
fn record(row: &SqliteRow) -> Result<AccountRecord, Error> {
    let id = row.try_get("id")?;
    let primary: &str = row.try_get("address")?;
    let address = MailboxAddress::parse(primary)
        .map_err(|error| Error::Decode(format!("the address of account {id} is unsound: {error}").into()))?;
    let aliases: Option<&str> = row.try_get("aliases")?;
    let mut aliases: Vec<MailboxAddress> =
        aliases.unwrap_or_default().split(' ').filter_map(|alias| MailboxAddress::parse(alias).ok()).collect();
    aliases.sort_unstable();
    let birthday: Option<&str> = row.try_get("birthday")?;
    Ok(AccountRecord {
        id,
        address,
        aliases,
        name: row.try_get("name")?,
        unit: row.try_get("unit")?,
        mobile: row.try_get("mobile")?,
        work_phone: row.try_get("work_phone")?,
        birthday: birthday.map_or(Ok(None), Birthday::read).into(),
        password_hash: row.try_get::<Option<String>, _>("password_hash")?.map(String::into_boxed_str),
        password_changed_at: moment(row, "password_changed_at")?,
        password_expires_at: moment(row, "password_expires_at")?,
        phone_bound_at: moment(row, "phone_bound_at")?,
        enabled: row.try_get("enabled")?,
    })
}

fn moment(row: &SqliteRow, column: &str) -> Result<Option<Timestamp>, Error> {
    Ok(row.try_get::<Option<i64>, _>(column)?.map(Timestamp::from_millis))
}

/// What a sign-in is checked against.
pub(super) struct Credential {
    pub(super) hash: Option<String>,
    pub(super) enabled: bool,
    pub(super) expires_at: Option<Timestamp>,
}

pub(super) async fn credential(
    on: impl SqliteExecutor<'_>,
    address: &MailboxAddress,
) -> Result<Option<Credential>, Error> {
    let sql = "SELECT a.password_hash, a.enabled, a.password_expires_at FROM mailbox AS m
               JOIN account AS a ON a.id = m.account WHERE m.address = ?1";
    let Some(row) = sqlx::query(sql).bind(address.as_str()).fetch_optional(on).await? else { return Ok(None) };
    Ok(Some(Credential {
        hash: row.try_get("password_hash")?,
        enabled: row.try_get("enabled")?,
        expires_at: moment(&row, "password_expires_at")?,
    }))
}
