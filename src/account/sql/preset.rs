//! Ready-made statements for well-known mail systems. They are plain texts, which operators can print and change.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

use crate::account::Mark;

/// Whose tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SqlPreset {
    /// None; every statement is the operator's.
    None,
    /// The table of the Dovecot manual.
    Dovecot,
    /// PostfixAdmin.
    PostfixAdmin,
    /// iRedMail.
    IRedMail,
}

impl FromStr for SqlPreset {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "dovecot" => Ok(Self::Dovecot),
            "postfixadmin" => Ok(Self::PostfixAdmin),
            "iredmail" => Ok(Self::IRedMail),
            _ => Err("known are dovecot, postfixadmin and iredmail".to_owned()),
        }
    }
}

/// As it is written in the configuration.
impl fmt::Display for SqlPreset {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::None => "none",
            Self::Dovecot => "dovecot",
            Self::PostfixAdmin => "postfixadmin",
            Self::IRedMail => "iredmail",
        })
    }
}

impl SqlPreset {
    /// The text, as a piece of a configuration file.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Dovecot => include_str!("../../../config/sql/dovecot.toml"),
            Self::PostfixAdmin => include_str!("../../../config/sql/postfixadmin.toml"),
            Self::IRedMail => include_str!("../../../config/sql/iredmail.toml"),
        }
    }

    /// One of its statements by its key below `[account.sql]`; empty when there is none.
    pub(super) fn statement(self, key: &str) -> String {
        let statement = self.account().and_then(|account| account.get("sql")?.get(key)?.as_str().map(str::to_owned));
        statement.unwrap_or_default()
    }

    /// What the mail system wants before a hash: without it, it takes every hash for one of its default scheme.
    pub(in crate::account) fn mark(self) -> Mark {
        let mark = self.account().and_then(|account| account.get("hash")?.get("prefix")?.clone().try_into().ok());
        mark.unwrap_or(Mark::None)
    }

    fn account(self) -> Option<toml::Value> {
        self.text().parse::<toml::Table>().ok()?.remove("account")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::sql::address::Target;
    use crate::account::sql::statement::{Statement, Task};

    #[test]
    fn every_statement_of_every_preset_is_one() {
        for (preset, url) in [
            (SqlPreset::Dovecot, "sqlite:///a"),
            (SqlPreset::PostfixAdmin, "postgres://a@b/c"),
            (SqlPreset::PostfixAdmin, "mysql://a@b/c"),
            (SqlPreset::IRedMail, "mysql://a@b/c"),
        ] {
            assert_eq!(preset.mark(), Mark::Scheme, "{preset:?}: the mail systems are all Dovecot's");
            let table: toml::Table = preset.text().parse().unwrap();
            let statements = table["account"]["sql"].as_table().unwrap();
            for (key, sql) in statements {
                let task = Task::ALL.into_iter().find(|task| task.key() == format!("sql.{key}"));
                let driver = Target::parse(url).unwrap().driver;
                Statement::parse(task.unwrap(), sql.as_str().unwrap(), driver).unwrap();
            }
            assert!(statements.contains_key("find") && statements.contains_key("set_password"), "{preset:?}");
        }
    }
}
