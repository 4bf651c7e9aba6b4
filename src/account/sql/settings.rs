//! `[account.sql]` of the configuration.

use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::address::Target;
use super::preset::SqlPreset;
use super::statement::{Statement, Task};

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
            Task::Recall => &self.recall,
            Task::Remember => &self.remember,
        };
        let key = task.key().trim_start_matches("sql.");
        let sql = if own.trim().is_empty() { self.preset.statement(key) } else { own.clone() };
        (!sql.trim().is_empty()).then(|| Statement::parse(task, &sql, target.driver))
    }

    /// What can be told without the server.
    pub(in crate::account) fn check(&self) -> Vec<Problem> {
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
                Some(Ok(_)) => given.push(task),
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
