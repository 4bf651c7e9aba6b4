//! Importing a roster in one transaction: all of it or nothing.

use std::collections::HashMap;
use std::sync::atomic::AtomicBool;

use sqlx::SqliteConnection;

use super::insert::{self, CHUNK, Entry};
use super::{SqliteAccounts, rows};
use crate::account::roster::{Column, Roster, RosterRow, RowProblem};
use crate::account::{AccountError, AccountRecord, NewAccount, StoredHash};
use crate::domain::{Birthday, MailboxAddress, PhoneNumber, Timestamp};

/// How an import is run.
#[derive(Debug, Clone, Copy, Default)]
pub struct Mode {
    /// Whether rows that differ from their account are written; otherwise they are only told.
    pub update: bool,
    /// Whether everything is tried and nothing kept.
    pub dry_run: bool,
}

/// A row that differs from its account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its line in the file.
    pub line: u64,
    /// The account.
    pub address: MailboxAddress,
    /// In these columns.
    pub columns: Vec<Column>,
}

/// What an import did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// New accounts.
    pub added: usize,
    /// Rows that say what is stored already.
    pub unchanged: usize,
    /// Rows that say otherwise; written when [`Mode::update`] was given.
    pub changes: Vec<Change>,
}

/// Why nothing was imported.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// The store.
    #[error(transparent)]
    Store(#[from] AccountError),
    /// Rows whose addresses belong to other accounts.
    #[error("{} rows cannot be written", .0.len())]
    Rows(Vec<RowProblem>),
}

/// The rows, sorted by what has to be done.
#[derive(Default)]
struct Plan<'a> {
    fresh: Vec<&'a RosterRow>,
    changed: Vec<(&'a RosterRow, AccountRecord, Vec<Column>)>,
    unchanged: usize,
}

impl SqliteAccounts {
    /// Imports a roster. `progress` hears how many rows are done. Importing the same file again changes nothing.
    ///
    /// The write lock is held for as long as it takes; `account.timeout` does not apply.
    ///
    /// # Errors
    /// Every row whose address or alias belongs to another account; then nothing was written.
    pub async fn import(
        &self,
        roster: &Roster,
        mode: Mode,
        progress: &mut dyn FnMut(usize),
    ) -> Result<ImportReport, ImportError> {
        let now = self.clock.now();
        let mut tx = self.begin().await?;
        let outcome = async {
            let plan = plan(&mut tx, roster, progress).await?;
            let problems = carry_out(&mut tx, roster, &plan, mode, now, progress).await?;
            Ok((plan, problems))
        };
        let (plan, problems) = outcome.await.map_err(|error| self.fault(&error))?;
        if !problems.is_empty() {
            return Err(ImportError::Rows(problems));
        }
        if !mode.dry_run {
            self.commit(tx, &AtomicBool::new(false)).await?;
        }
        Ok(plan.report())
    }
}

impl Plan<'_> {
    fn report(self) -> ImportReport {
        let change = |(row, record, columns): (&RosterRow, AccountRecord, Vec<Column>)| Change {
            line: row.line,
            address: record.address,
            columns,
        };
        ImportReport {
            added: self.fresh.len(),
            unchanged: self.unchanged,
            changes: self.changed.into_iter().map(change).collect(),
        }
    }
}

async fn plan<'a>(
    tx: &mut SqliteConnection,
    roster: &'a Roster,
    progress: &mut dyn FnMut(usize),
) -> Result<Plan<'a>, sqlx::Error> {
    let mut plan = Plan::default();
    for chunk in roster.rows.chunks(CHUNK) {
        let stored = rows::by_primaries(&mut *tx, chunk.iter().map(|row| &row.account.address)).await?;
        let mut stored: HashMap<_, _> = stored.into_iter().map(|record| (record.address.clone(), record)).collect();
        for row in chunk {
            let Some(record) = stored.remove(&row.account.address) else {
                plan.fresh.push(row);
                continue;
            };
            let columns = roster.differences(row, &record);
            if columns.is_empty() {
                plan.unchanged += 1;
            } else {
                plan.changed.push((row, record, columns));
            }
        }
        // Half of the way: the other half is writing.
        progress((plan.fresh.len() + plan.changed.len() + plan.unchanged) / 2);
    }
    Ok(plan)
}

async fn carry_out(
    tx: &mut SqliteConnection,
    roster: &Roster,
    plan: &Plan<'_>,
    mode: Mode,
    now: Timestamp,
    progress: &mut dyn FnMut(usize),
) -> Result<Vec<RowProblem>, sqlx::Error> {
    let mut lines = Vec::new();
    let mut entries: Vec<Entry<'_>> = Vec::new();
    if mode.update {
        // All old aliases go before any new one comes, so that an alias may move between two accounts of the file.
        for (row, record, columns) in &plan.changed {
            update(tx, &row.account, record, columns, now).await?;
            if columns.contains(&Column::Aliases) {
                entries.extend(insert::aliases(record.id, &row.account));
                lines.resize(entries.len(), row.line);
            }
        }
    }
    let first = insert::next_id(tx).await?;
    let mut done = roster.rows.len() / 2;
    for (ids, chunk) in (first..).step_by(CHUNK).zip(plan.fresh.chunks(CHUNK)) {
        let new: Vec<_> = (ids..).zip(chunk.iter().map(|row| &row.account)).collect();
        insert::accounts(tx, &new, now, None).await?;
        for (row, (id, account)) in chunk.iter().zip(new) {
            entries.extend(insert::entries(id, account));
            lines.resize(entries.len(), row.line);
        }
        done += chunk.len() / 2;
        progress(done);
    }
    let taken = insert::mailboxes(tx, &entries).await?;
    progress(roster.rows.len());
    Ok(taken.into_iter().map(|index| problem(lines[index], &entries[index])).collect())
}

fn problem(line: u64, entry: &Entry<'_>) -> RowProblem {
    let column = Some(if entry.is_alias { Column::Aliases } else { Column::Address });
    RowProblem { line, column, problem: format!("{} belongs to another account", entry.address.as_str()) }
}

async fn update(
    tx: &mut SqliteConnection,
    new: &NewAccount,
    old: &AccountRecord,
    columns: &[Column],
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let has = |column: Column| columns.contains(&column);
    let sql = "UPDATE account SET
                   name = iif(?2, ?3, name), unit = iif(?4, ?5, unit), work_phone = iif(?6, ?7, work_phone),
                   birthday = iif(?8, ?9, birthday), password_hash = iif(?10, ?11, password_hash),
                   enabled = iif(?12, ?13, enabled), mobile = iif(?14, ?15, mobile),
                   phone_bound_at = iif(?14, iif(?15 IS NULL, NULL, ?16), phone_bound_at), updated_at = ?16
               WHERE id = ?1";
    sqlx::query(sql)
        .bind(old.id)
        .bind(has(Column::Name))
        .bind(new.name.as_deref())
        .bind(has(Column::Unit))
        .bind(new.unit.as_deref())
        .bind(has(Column::WorkPhone))
        .bind(new.work_phone.as_deref())
        .bind(has(Column::Birthday))
        .bind(new.birthday.as_ref().map(Birthday::to_string))
        .bind(has(Column::PasswordHash))
        .bind(new.password.as_ref().map(StoredHash::expose))
        .bind(has(Column::Enabled))
        .bind(new.enabled)
        .bind(has(Column::Mobile))
        .bind(new.mobile.as_ref().map(PhoneNumber::e164))
        .bind(now.as_millis())
        .execute(&mut *tx)
        .await?;
    if has(Column::Aliases) {
        let sql = "DELETE FROM mailbox WHERE account = ?1 AND is_alias = 1";
        sqlx::query(sql).bind(old.id).execute(tx).await?;
    }
    Ok(())
}
