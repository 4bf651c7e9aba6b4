//! Ready-made statements for well-known mail systems. They are plain texts, which operators can print and change.

use serde::Deserialize;

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
        let table: toml::Table = self.text().parse().unwrap_or_default();
        let statement = table.get("account").and_then(|account| account.get("sql")?.get(key)?.as_str());
        statement.unwrap_or_default().to_owned()
    }
}
