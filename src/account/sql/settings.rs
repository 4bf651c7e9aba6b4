//! `[account.sql]` of the configuration.

use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::address::Target;
use super::preset::SqlPreset;
use super::statement::{Statement, Task};
use crate::account::MaxAge;

type Problem = (&'static str, String);

/// `[account.sql]`.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SqlSettings {
    /// Server, user and database; never a password.
    pub url: String,
    /// The user's password; empty is none.
    pub password: SecretString,
    /// PEM of a private authority, believed besides the system's; empty is none.
    pub ca_file: PathBuf,
    /// Connections at most (1 to 100).
    pub connections: u32,
    /// Where statements come from that are not written here.
    pub preset: SqlPreset,
    /// Looks an account up by `:address`, or by `:local` and `:domain`.
    pub find: String,
    /// Writes `:hash` for `:id`.
    pub set_password: String,
    /// Writes `:mobile` for `:id`.
    pub bind_phone: String,
    /// Lists what runs out after `:now` and before `:until`.
    pub expiring: String,
    /// Tells the days that the store's own rule gives a password of `:id`.
    pub max_days: String,
    /// Tells the end that counts for `:id`, after a write.
    pub expiry: String,
    /// Tells an earlier write of `:challenge`.
    pub recall: String,
    /// Keeps a write of `:challenge`.
    pub remember: String,
}

/// The statements may hold what is nobody's business, and the password is.
impl std::fmt::Debug for SqlSettings {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("SqlSettings").field("preset", &self.preset).finish_non_exhaustive()
    }
}

impl SqlSettings {
    pub(super) fn password(&self) -> Option<&str> {
        Some(self.password.expose_secret()).filter(|password| !password.is_empty())
    }

    pub(super) fn ca_file(&self) -> Option<&Path> {
        Some(self.ca_file.as_path()).filter(|file| !file.as_os_str().is_empty())
    }

    /// The operator's statement, or that of the preset; `None` where both have none.
    pub(super) fn statement(&self, task: Task, target: &Target) -> Option<Result<Statement, String>> {
        let own = match task {
            Task::Find => &self.find,
            Task::SetPassword => &self.set_password,
            Task::BindPhone => &self.bind_phone,
            Task::Expiring => &self.expiring,
            Task::MaxDays => &self.max_days,
            Task::Expiry => &self.expiry,
            Task::Recall => &self.recall,
            Task::Remember => &self.remember,
        };
        let key = task.key().trim_start_matches("sql.");
        let sql = if own.trim().is_empty() { self.preset.statement(key) } else { own.clone() };
        (!sql.trim().is_empty()).then(|| Statement::parse(task, &sql, target.driver))
    }

    fn keeps_no_end(&self, choice: MaxAge) -> String {
        if self.set_password.trim().is_empty() {
            let preset = self.preset;
            return format!(
                "holds \"{choice}\", and the tables of account.sql.preset = \"{preset}\" keep no end of a password; \
                 write max_age_choices = [\"never\"] under [account]"
            );
        }
        format!("holds \"{choice}\", and account.sql.set_password keeps no :expires; write [\"never\"], or keep it")
    }

    /// What can be told without the server.
    pub(in crate::account) fn check(&self, choices: &[MaxAge]) -> Vec<Problem> {
        let mut problems = Vec::new();
        if !(1..=100).contains(&self.connections) {
            problems.push(("sql.connections", format!("{} is out of range; write 1 to 100", self.connections)));
        }
        let target = match Target::parse(&self.url) {
            Ok(target) => target,
            Err(problem) => {
                problems.push(("sql.url", problem));
                return problems;
            }
        };
        if let Some(file) = self.ca_file().filter(|_| target.is_local() && target.socket.is_some()) {
            problems.push(("sql.ca_file", format!("{} is not used: a socket has no TLS; remove it", file.display())));
        }
        let mut given = Vec::new();
        for task in Task::ALL {
            match self.statement(task, &target) {
                Some(Ok(statement)) => {
                    given.push(task);
                    let finite = MaxAge::first_with_an_end(choices);
                    if let Some(choice) = finite.filter(|_| task == Task::SetPassword && !statement.keeps_expiry()) {
                        problems.push(("max_age_choices", self.keeps_no_end(choice)));
                    }
                }
                Some(Err(flaw)) => {
                    given.push(task);
                    problems.push((task.key(), format!("{flaw}; write it as in `resetgate config example`")));
                }
                None => {}
            }
        }
        for task in [Task::Find, Task::SetPassword] {
            if !given.contains(&task) {
                problems.push((task.key(), "is empty; write the statement, or set account.sql.preset".to_owned()));
            }
        }
        for (one, other) in [(Task::Recall, Task::Remember), (Task::Remember, Task::Recall)] {
            if given.contains(&one) && !given.contains(&other) {
                problems.push((other.key(), format!("is empty, and account.{} is not; write both or none", one.key())));
            }
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::AccountSettings;

    type Change = fn(&mut SqlSettings);

    fn problems(change: impl FnOnce(&mut SqlSettings)) -> Vec<Problem> {
        let mut settings = AccountSettings::cheap().sql;
        settings.url = "postgres://mail@db.example.org/mail".into();
        settings.find = "SELECT id, address FROM u WHERE address = :address".into();
        settings.set_password = "UPDATE u SET h = :hash WHERE id = :id".into();
        change(&mut settings);
        settings.check(&[MaxAge::Never])
    }

    #[test]
    fn two_statements_and_an_address_are_enough_and_so_is_a_preset() {
        assert_eq!(problems(|_| ()), []);
        for (preset, scheme) in [
            (SqlPreset::Dovecot, "postgres"),
            (SqlPreset::Dovecot, "sqlite"),
            (SqlPreset::PostfixAdmin, "postgres"),
            (SqlPreset::PostfixAdmin, "mysql"),
            (SqlPreset::IRedMail, "mysql"),
        ] {
            let found = problems(|sql| {
                (sql.preset, sql.url) = (preset, format!("{scheme}://mail@db/mail"));
                if scheme == "sqlite" {
                    sql.url = "sqlite:///mail.db".into();
                }
                (sql.find, sql.set_password) = (String::new(), String::new());
            });
            assert_eq!(found, [], "{preset:?}");
        }
    }

    #[test]
    fn everything_that_can_be_told_without_the_server_is_told_by_its_key() {
        let cases: [(Change, &str, &str); 8] = [
            (|sql| sql.connections = 0, "sql.connections", "1 to 100"),
            (|sql| sql.url = "postgres://a:b@c/d".into(), "sql.url", "account.sql.password"),
            (|sql| sql.find = " ".into(), "sql.find", "is empty"),
            (|sql| sql.find = "SELECT :adress".into(), "sql.find", "did you mean :address?"),
            (|sql| sql.bind_phone = "UPDATE u SET m = '".into(), "sql.bind_phone", "closing"),
            (|sql| sql.set_password.push_str("; DROP TABLE u"), "sql.set_password", "more than one statement"),
            (|sql| sql.recall = "SELECT 1 WHERE :challenge = ''".into(), "sql.remember", "both or none"),
            (
                |sql| {
                    sql.url = "mysql://a@b/c?socket=/run/s".into();
                    sql.ca_file = "ca.pem".into();
                },
                "sql.ca_file",
                "a socket has no TLS",
            ),
        ];
        for (change, key, word) in cases {
            let found = problems(change);
            assert!(found.iter().any(|(named, text)| *named == key && text.contains(word)), "{key}: {found:?}");
        }
    }

    /// What a person chose must not be forgotten in silence.
    #[test]
    fn validity_that_no_statement_keeps_is_refused() {
        let mut settings = AccountSettings::cheap().sql;
        settings.url = "sqlite:///mail.db".into();
        settings.find = "SELECT id, address FROM u WHERE address = :address".into();
        settings.set_password = "UPDATE u SET h = :hash WHERE id = :id".into();
        let found = settings.check(&[MaxAge::Months(3), MaxAge::Never]);
        assert!(found[0].0 == "max_age_choices" && found[0].1.contains("\"3m\""), "{found:?}");
        settings.set_password = "UPDATE u SET h = :hash, e = :expires_seconds WHERE id = :id".into();
        assert_eq!(settings.check(&[MaxAge::Months(3)]), []);
    }

    #[test]
    fn a_preset_that_keeps_no_validity_says_the_line_to_write() {
        let mut settings = AccountSettings::cheap();
        settings.kind = crate::account::AccountKind::Sql;
        (settings.sql.preset, settings.sql.url) = (SqlPreset::IRedMail, "mysql://a@localhost/vmail".into());
        let found = settings.sql.check(&settings.max_age_choices);
        assert_eq!((found.len(), found[0].0), (1, "max_age_choices"), "{found:?}");
        for word in ["\"iredmail\"", "max_age_choices = [\"never\"] under [account]"] {
            assert!(found[0].1.contains(word), "{found:?}");
        }
        // The file that is printed has it, so that it is right when it is laid over another.
        let printed: toml::Table = SqlPreset::IRedMail.text().parse().unwrap();
        settings.max_age_choices = printed["account"]["max_age_choices"].clone().try_into().unwrap();
        assert_eq!(settings.sql.check(&settings.max_age_choices), []);
    }

    #[test]
    fn settings_show_neither_password_nor_statements() {
        let mut settings = AccountSettings::cheap().sql;
        settings.password = "hunter2".into();
        settings.find = "SELECT secret".into();
        assert_eq!(format!("{settings:?}"), "SqlSettings { preset: None, .. }");
    }
}
