//! The operator's statements: which values each may name, and how they read on each server.

use std::sync::Arc;

use super::address::Driver;
use super::lexer::{self, Flaw, Piece};
use super::value::Parameter;

/// What a statement is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Task {
    Find,
    SetPassword,
    BindPhone,
    Expiring,
    MaxDays,
    Expiry,
    Recall,
    Remember,
}

use Parameter::{
    Address, Challenge, Domain, Expires, ExpiresMillis, ExpiresSeconds, Hash, Id, Limit, Local, Mobile, MobileNational,
    Now, NowMillis, NowSeconds, Until, UntilMillis, UntilSeconds,
};

impl Task {
    pub(super) const ALL: [Self; 8] = [
        Self::Find,
        Self::SetPassword,
        Self::BindPhone,
        Self::Expiring,
        Self::MaxDays,
        Self::Expiry,
        Self::Recall,
        Self::Remember,
    ];

    /// Its key below `[account.sql]`.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Find => "sql.find",
            Self::SetPassword => "sql.set_password",
            Self::BindPhone => "sql.bind_phone",
            Self::Expiring => "sql.expiring",
            Self::MaxDays => "sql.max_days",
            Self::Expiry => "sql.expiry",
            Self::Recall => "sql.recall",
            Self::Remember => "sql.remember",
        }
    }

    /// Whether it changes rows.
    pub(super) const fn writes(self) -> bool {
        matches!(self, Self::SetPassword | Self::BindPhone | Self::Remember)
    }

    /// What it may name.
    const fn known(self) -> &'static [Parameter] {
        match self {
            Self::Find => &[Address, Local, Domain],
            Self::SetPassword => {
                &[Id, Hash, Now, NowSeconds, NowMillis, Expires, ExpiresSeconds, ExpiresMillis, Challenge]
            }
            Self::BindPhone => &[Id, Mobile, MobileNational, Now, NowSeconds, NowMillis],
            Self::Expiring => &[Now, NowSeconds, NowMillis, Until, UntilSeconds, UntilMillis, Limit],
            Self::MaxDays | Self::Expiry => &[Id],
            Self::Recall => &[Challenge, Id],
            Self::Remember => &[Challenge, Id, Now, NowSeconds, NowMillis, Expires, ExpiresSeconds, ExpiresMillis],
        }
    }

    /// Of each of these lists it must name one.
    const fn needed(self) -> &'static [&'static [Parameter]] {
        match self {
            Self::Find => &[&[Address, Local], &[Address, Domain]],
            Self::SetPassword => &[&[Id], &[Hash]],
            Self::BindPhone => &[&[Id], &[Mobile, MobileNational]],
            Self::Expiring => &[&[Now, NowSeconds, NowMillis], &[Until, UntilSeconds, UntilMillis]],
            Self::MaxDays | Self::Expiry => &[&[Id]],
            Self::Recall => &[&[Challenge]],
            Self::Remember => &[&[Challenge], &[Now, NowSeconds, NowMillis]],
        }
    }
}

/// A statement as its server reads it.
#[derive(Debug, Clone)]
pub(super) struct Statement {
    pub(super) task: Task,
    pub(super) sql: Arc<str>,
    /// In the order of the placeholders; each place is one of its own, also for a value that stands twice.
    pub(super) parameters: Vec<Parameter>,
}

impl Statement {
    /// # Errors
    /// What is wrong with it, without its key.
    pub(super) fn parse(task: Task, sql: &str, driver: Driver) -> Result<Self, Flaw> {
        let (mut text, mut parameters) = (String::with_capacity(sql.len()), Vec::new());
        for piece in lexer::cut(sql, driver)? {
            match piece {
                Piece::Verbatim(piece) => text.push_str(piece),
                Piece::Parameter(name) => {
                    parameters.push(Parameter::of(name, task.known())?);
                    text.push_str(&driver.placeholder(parameters.len()));
                }
            }
        }
        for needed in task.needed() {
            if !needed.iter().any(|one| parameters.contains(one)) {
                let names: Vec<_> = needed.iter().map(|one| format!(":{}", one.name())).collect();
                return Err(format!("does not name {}", names.join(" or ")));
            }
        }
        Ok(Self { task, sql: text.trim().into(), parameters })
    }

    /// Whether it keeps the end of a password.
    pub(super) fn keeps_expiry(&self) -> bool {
        self.parameters.iter().any(|one| matches!(one, Expires | ExpiresSeconds | ExpiresMillis))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_the_placeholders_of_the_server_in_order() {
        let sql = "UPDATE u SET h = :hash, a = :now, b = :now WHERE id = :id AND ':x' <> '' ;";
        for (driver, expected) in [
            (Driver::Postgres, "UPDATE u SET h = $1, a = $2, b = $3 WHERE id = $4 AND ':x' <> ''"),
            (Driver::MySql, "UPDATE u SET h = ?, a = ?, b = ? WHERE id = ? AND ':x' <> ''"),
            (Driver::Sqlite, "UPDATE u SET h = ?1, a = ?2, b = ?3 WHERE id = ?4 AND ':x' <> ''"),
        ] {
            let statement = Statement::parse(Task::SetPassword, sql, driver).unwrap();
            assert_eq!(&*statement.sql, expected);
            assert_eq!(statement.parameters, [Hash, Now, Now, Id]);
            assert!(!statement.keeps_expiry());
        }
    }

    #[test]
    fn an_unknown_or_missing_value_is_named_with_the_likely_one() {
        for (task, sql, reason) in [
            (Task::Find, "SELECT :adress", "`:adress`; did you mean :address?"),
            (Task::Find, "SELECT :hash", "`:hash`; it may name :address, :local, :domain"),
            (Task::Find, "SELECT 1 WHERE :local = ''", "does not name :address or :domain"),
            (Task::SetPassword, "UPDATE u SET h = :hash", "does not name :id"),
            (Task::SetPassword, "UPDATE u SET h = :password WHERE id = :id", "`:password`"),
            (Task::Remember, "INSERT INTO w VALUES (:challenge)", ":now or :now_seconds or :now_millis"),
        ] {
            let flaw = Statement::parse(task, sql, Driver::MySql).unwrap_err();
            assert!(flaw.contains(reason), "{sql}: {flaw}");
        }
    }
}
