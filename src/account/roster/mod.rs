//! A roster: a CSV file of accounts, read and checked as a whole before any of it is written.

mod read;

use std::fmt;

use super::{AccountRecord, NewAccount};
use crate::domain::{PhoneNumber, Stored, TableError};

pub use read::{MAX_TEXT, MAX_WORK_PHONE, free_text, read};

/// One column of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// The primary address; the only column that must be there.
    Address,
    /// Further addresses, separated by `;`.
    Aliases,
    /// What the person is called.
    Name,
    /// The organisation.
    Unit,
    /// The mobile number.
    Mobile,
    /// The office number.
    WorkPhone,
    /// Like `1990-01-02`.
    Birthday,
    /// A hash that says how it was made, like `$argon2id$…` or `{SSHA512}…`.
    PasswordHash,
    /// `true` or `false`.
    Enabled,
}

impl Column {
    /// All, in the order of the example.
    pub const ALL: [Self; 9] = [
        Self::Address,
        Self::Aliases,
        Self::Name,
        Self::Unit,
        Self::Mobile,
        Self::WorkPhone,
        Self::Birthday,
        Self::PasswordHash,
        Self::Enabled,
    ];

    /// As it is written in the header.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Aliases => "aliases",
            Self::Name => "name",
            Self::Unit => "unit",
            Self::Mobile => "mobile",
            Self::WorkPhone => "work_phone",
            Self::Birthday => "birthday",
            Self::PasswordHash => "password_hash",
            Self::Enabled => "enabled",
        }
    }
}

/// What is wrong with one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowProblem {
    /// Where the row begins in the file, from 1.
    pub line: u64,
    /// Which column, where it is one.
    pub column: Option<Column>,
    /// What is wrong and what to write.
    pub problem: String,
}

impl fmt::Display for RowProblem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.column {
            Some(column) => write!(out, "line {}, {}: {}", self.line, column.name(), self.problem),
            None => write!(out, "line {}: {}", self.line, self.problem),
        }
    }
}

impl From<TableError> for RowProblem {
    fn from(TableError { line, problem, .. }: TableError) -> Self {
        Self { line, column: None, problem }
    }
}

/// Why a roster was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RosterError {
    /// The file as a whole, or its header.
    #[error("{0}")]
    File(#[from] TableError),
    /// Rows, in the order of the file.
    #[error("{} rows are wrong", .0.len())]
    Rows(Vec<RowProblem>),
}

/// One sound row.
#[derive(Debug, Clone)]
pub struct RosterRow {
    /// Where the row begins in the file, from 1.
    pub line: u64,
    /// The account.
    pub account: NewAccount,
    /// Whether the row says if the account is enabled; otherwise a new one is, and an existing one stays as it is.
    pub says_enabled: bool,
}

/// A sound file.
#[derive(Debug, Clone)]
pub struct Roster {
    /// The columns it has; what it does not have stays as it is in existing accounts.
    pub columns: Vec<Column>,
    /// The rows.
    pub rows: Vec<RosterRow>,
    /// What was assumed of the file, where it is not UTF-8 with commas.
    pub assumed: Option<String>,
}

impl Roster {
    /// The columns in which `row` would change `existing`.
    ///
    /// A password that was written through this service is never changed back by a file, which is older:
    /// importing last month's export again must not revive last month's passwords.
    #[must_use]
    pub fn differences(&self, row: &RosterRow, existing: &AccountRecord) -> Vec<Column> {
        let new = &row.account;
        let differs = |column: &Column| match column {
            Column::Address => false,
            Column::Aliases => new.aliases != existing.aliases,
            Column::Name => new.name != existing.name,
            Column::Unit => new.unit != existing.unit,
            Column::Mobile => new.mobile.as_ref().map(PhoneNumber::e164) != existing.mobile.as_deref(),
            Column::WorkPhone => new.work_phone != existing.work_phone,
            Column::Birthday => Stored::from(new.birthday) != existing.birthday,
            Column::PasswordHash => new.password.as_ref().is_some_and(|hash| {
                existing.password_changed_at.is_none() && Some(hash.expose()) != existing.password_hash.as_deref()
            }),
            Column::Enabled => row.says_enabled && new.enabled != existing.enabled,
        };
        self.columns.iter().copied().filter(differs).collect()
    }
}

#[cfg(test)]
mod tests;
