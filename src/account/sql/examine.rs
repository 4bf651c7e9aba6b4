//! Every statement against the living schema, without running one: tables, columns, types and rights.

use super::address::Driver;
use super::engine::{Undoing, undoing};
use super::fault::{self, of_line};
use super::record::{BOUND_AT, COLUMNS};
use super::server::{Described, Fault, Session};
use super::statement::{Statement, Task};
use super::value::Values;
use super::{Memory, SqlAccounts};
use crate::account::AccountError;
use crate::domain::{Condition, Finding};

/// What may be left out, and what then does not work.
const MISSED: [(&str, &str); 3] = [
    ("mobile", "nobody can be sent a code"),
    ("password_hash", "nobody can change a password that they know"),
    ("password_changed_at", "a code stays good when the password was changed by other means in between"),
];

impl SqlAccounts {
    fn statements(&self) -> impl Iterator<Item = &Statement> {
        let memory: &[&Statement] = match &self.memory {
            Memory::Table { recall, remember } => &[recall, remember],
            Memory::Process(_) => &[],
        };
        let memory: Vec<_> = memory.to_vec();
        let optional = [&self.bind_phone, &self.expiring, &self.max_days, &self.expiry].into_iter().flatten();
        [&self.find, &self.set_password].into_iter().chain(optional).chain(memory)
    }

    /// Whether the keys of this table are numbers, as `find` gives them.
    pub(super) async fn learn_keys(&mut self) -> Result<(), AccountError> {
        let learn = async {
            let mut session = self.server.session().await.map_err(|error| of_line(&self.target, &error))?;
            // What is wrong with it is told by the examination.
            let described = session.describe(&self.find).await;
            if described.is_ok() {
                session.done();
            }
            let columns = described.map(|described| described.columns).unwrap_or_default();
            Ok(columns.iter().any(|(name, kind)| name == "id" && kind.contains("INT")))
        };
        self.keys_are_numbers = self.read(learn).await?;
        Ok(())
    }

    pub(super) async fn look_at_everything(&self) -> Vec<Finding> {
        let mut session = match self.server.session().await {
            Ok(session) => session,
            Err(error) => {
                let reason = fault::reason(&self.target, None, &error, &Values::default());
                return vec![Finding::of("server", Condition::Bad, reason)];
            }
        };
        let mut findings = vec![self.server_itself(&mut *session).await];
        session.done();
        for statement in self.statements() {
            // A fresh session for each: after an error nothing more is said on one.
            let finding = match self.server.session().await {
                Ok(session) => self.one_statement(session, statement).await,
                Err(error) => Err(fault::reason(&self.target, None, &error, &Values::default())),
            };
            let what = format!("account.{}", statement.task.key());
            findings.extend(match finding {
                Ok(found) => found,
                Err(problem) => vec![Finding::of(what, Condition::Bad, problem)],
            });
        }
        findings.push(self.writing().await);
        if matches!(self.memory, Memory::Process(_)) {
            let text = "repeats of a write are recognised by this process until it restarts; account.sql.recall and \
                        account.sql.remember would let a table keep them";
            findings.push(Finding::of("repeats", Condition::Good, text));
        }
        findings
    }

    async fn server_itself(&self, session: &mut dyn Session) -> Finding {
        let question = match self.target.driver {
            Driver::Postgres => "SHOW server_version",
            Driver::MySql => "SELECT version()",
            Driver::Sqlite => "SELECT sqlite_version()",
        };
        match session.ask(question).await {
            Ok(answer) => {
                let version: String = answer.text().unwrap_or_default().chars().take(60).collect();
                Finding::of("server", Condition::Good, format!("{} answers, version {version}", self.target))
            }
            Err(error) => {
                let reason = fault::reason(&self.target, None, &error, &Values::default());
                Finding::of("server", Condition::Bad, reason)
            }
        }
    }

    /// Whether a transaction that writes may be begun there.
    async fn writing(&self) -> Finding {
        let bad = |reason: String| Finding::of("writing", Condition::Bad, reason);
        let mut session = match self.server.begin().await {
            Ok(session) => session,
            Err(error) => return bad(fault::reason(&self.target, None, &error, &Values::default())),
        };
        let question = match self.target.driver {
            Driver::Postgres => "SHOW transaction_read_only",
            Driver::MySql => "SELECT @@global.read_only",
            Driver::Sqlite => "SELECT 0",
        };
        let answer = session.ask(question).await;
        if session.run("ROLLBACK").await.is_ok() {
            session.done();
        }
        match answer.map(|cell| cell.truth()) {
            Ok(Some(false)) => Finding::of("writing", Condition::Good, "the server takes writes"),
            Ok(_) => {
                bad(format!("{} may only be read; let account.sql.url name the server that takes writes", self.target))
            }
            Err(error) => bad(fault::reason(&self.target, None, &error, &Values::default())),
        }
    }

    async fn one_statement(
        &self,
        mut session: Box<dyn Session>,
        statement: &Statement,
    ) -> Result<Vec<Finding>, String> {
        let nothing = Values::default();
        let told = |error: &sqlx::Error| fault::reason(&self.target, Some(statement.task), error, &nothing);
        let refused = |fault: Fault| match fault {
            Fault::Server(error) => told(&error),
            Fault::Unfit(one) => format!("the server wants another type for :{}", one.name()),
        };
        let described = session.describe(statement).await.map_err(|error| told(&error))?;
        if self.target.driver == Driver::Postgres {
            // The others look at rights when they prepare; this one when it plans.
            let plan = Statement { sql: format!("EXPLAIN {}", statement.sql).into(), ..statement.clone() };
            session.rows(&plan, &nothing, usize::MAX - 1).await.map_err(refused)?;
        }
        let mut findings = Vec::new();
        if self.target.driver == Driver::MySql && statement.task.writes() {
            match undoing(&mut *session, statement).await.map_err(refused)? {
                Undoing::Sure => {}
                Undoing::Unseen(why) => {
                    findings.push(Finding::of(format!("account.{}", statement.task.key()), Condition::Doubtful, why));
                }
                Undoing::Never(why) => return Err(why),
            }
        }
        session.done();
        let unfit = described.wants.iter().zip(&statement.parameters).find(|((_, fits), _)| !fits);
        if let Some(((wanted, _), parameter)) = unfit {
            let name = parameter.name();
            let hint = match name {
                "now" | "expires" | "until" => format!("write :{name}_seconds or :{name}_millis"),
                _ => "cast it in the statement".to_owned(),
            };
            return Err(format!("the server wants {wanted} for :{name}, which it is not; {hint}"));
        }
        findings.extend(Self::columns(statement.task, &described)?);
        Ok(findings)
    }

    /// Whether a statement that reads gives what is needed, and nothing that nobody reads.
    fn columns(task: Task, described: &Described) -> Result<Vec<Finding>, String> {
        let what = format!("account.{}", task.key());
        let has = |name: &str| described.columns.iter().any(|(column, _)| column == name);
        let needed: &[&str] = match task {
            Task::Find => &["id", "address"],
            Task::Expiring => &["id", "address", "expires_at"],
            Task::MaxDays => &["days"],
            Task::Expiry => &["expires_at"],
            Task::Recall => &["changed_at"],
            Task::SetPassword | Task::BindPhone | Task::Remember => &[],
        };
        // Some say only when it runs.
        if described.columns.is_empty() && !needed.is_empty() {
            return Ok(vec![Finding::of(what, Condition::Doubtful, "is taken; what it gives is seen when it is used")]);
        }
        if let Some(missing) = needed.iter().find(|name| !has(name)) {
            return Err(format!("gives no column `{missing}`; write it with AS {missing}"));
        }
        if needed.is_empty() {
            return Ok(vec![Finding::of(what, Condition::Good, "is taken")]);
        }
        if matches!(task, Task::Find | Task::Expiring) {
            let known = |name: &str| COLUMNS.contains(&name) || name == BOUND_AT;
            if let Some((strange, _)) = described.columns.iter().find(|(name, _)| !known(name)) {
                let likeness = |one: &&str| strsim::jaro_winkler(one, strange);
                let likely = COLUMNS.iter().max_by(|one, two| likeness(one).total_cmp(&likeness(two)));
                let hint = likely.filter(|one| likeness(one) > 0.8).map(|one| format!("; did you mean {one}?"));
                let strange: String = strange.chars().take(60).collect();
                let hint = hint.unwrap_or_else(|| format!("; known are {}, {BOUND_AT}", COLUMNS.join(", ")));
                return Err(format!("gives a column `{strange}`, which is not read{hint}"));
            }
        }
        let mut findings = vec![Finding::of(what.clone(), Condition::Good, "is taken")];
        if task == Task::Find {
            let missed = MISSED.iter().filter(|(name, _)| !has(name));
            findings.extend(missed.map(|(name, loss)| {
                Finding::of(what.clone(), Condition::Doubtful, format!("gives no {name}: {loss}"))
            }));
        }
        Ok(findings)
    }
}
