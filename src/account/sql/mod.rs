//! Accounts in a database that belongs to another program, through the operator's own statements: PostgreSQL, MariaDB and
//! MySQL, and `SQLite` files.
//!
//! What a server takes for the same address is compared again here, canonically. Every write is one transaction that
//! touches exactly one row. The time limit of `account.timeout` is set here, at the edge, because only here it is known
//! whether the commit had begun.

mod address;
mod cell;
mod engine;
mod examine;
mod fault;
mod lexer;
mod mysql;
mod postgres;
mod preset;
mod recent;
mod record;
mod server;
mod settings;
mod sqlite_file;
mod statement;
mod value;
mod write;

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;

pub use preset::SqlPreset;
pub use settings::SqlSettings;

use self::address::{Driver, Target};
use self::fault::{before_commit, of_line, unavailable};
use self::recent::Recent;
use self::record::{Account, accounts};
use self::server::{Line, Server};
use self::statement::{Statement, Task};
use self::value::Values;
use super::{AccountError, AccountSettings, AccountStore, Expiring, HashPool, PasswordWrite, PasswordWritten};
use crate::domain::{
    Clock, Condition, Finding, MailboxAddress, NewPassword, Period, PhoneNumber, Region, Subject, SubjectId, Timestamp,
};

/// More rows for one address mean that `find` does not look for it.
const MOST_ROWS: usize = 1_000;

/// Accounts of another program.
pub struct SqlAccounts {
    target: Target,
    server: Box<dyn Server>,
    find: Statement,
    set_password: Statement,
    bind_phone: Option<Statement>,
    expiring: Option<Statement>,
    max_days: Option<Statement>,
    expiry: Option<Statement>,
    memory: Memory,
    /// Whether keys are numbers: MariaDB would take the text `7x` for the number 7.
    keys_are_numbers: bool,
    hashing: HashPool,
    clock: Arc<dyn Clock>,
    region: Region,
    timeout: Period,
}

/// How repeats of a write are recognised.
enum Memory {
    /// In a table of the operator's, across restarts and replicas.
    Table { recall: Statement, remember: Statement },
    /// In this process.
    Process(Recent),
}

impl SqlAccounts {
    /// Connects, and prepares every statement at the server.
    ///
    /// # Errors
    /// [`AccountError::Unavailable`] with everything that is wrong: the server cannot be reached, lacks a table, a column
    /// or a right, or a statement cannot be used.
    pub async fn open(
        settings: &AccountSettings,
        hashing: HashPool,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, AccountError> {
        let mut store = Self::over(settings, hashing, clock)?;
        store.learn_keys().await?;
        let bad = store.examine().await.into_iter().filter(|finding| finding.state == Condition::Bad);
        let bad: Vec<_> = bad.map(|finding| format!("{}: {}", finding.what, finding.text)).collect();
        if bad.is_empty() { Ok(store) } else { Err(unavailable(bad.join("; "))) }
    }

    fn over(settings: &AccountSettings, hashing: HashPool, clock: Arc<dyn Clock>) -> Result<Self, AccountError> {
        let sql = &settings.sql;
        let flawed = |key: &str, flaw: String| unavailable(format!("account.{key} {flaw}"));
        let target = Target::parse(&sql.url).map_err(|flaw| flawed("sql.url", flaw))?;
        let optional = |task: Task| sql.statement(task, &target).transpose().map_err(|flaw| flawed(task.key(), flaw));
        let needed = |task: Task| optional(task)?.ok_or_else(|| flawed(task.key(), "is empty".to_owned()));
        let memory = match (optional(Task::Recall)?, optional(Task::Remember)?) {
            (Some(recall), Some(remember)) => Memory::Table { recall, remember },
            _ => Memory::Process(Recent::default()),
        };
        let timeout = settings.timeout.get();
        let server: Box<dyn Server> = match target.driver {
            Driver::Postgres => Box::new(Line::over(postgres::pool(sql, &target, timeout))),
            Driver::MySql => Box::new(Line::over(mysql::pool(sql, &target, timeout))),
            Driver::Sqlite => Box::new(Line::over(sqlite_file::pool(sql, &target, timeout))),
        };
        Ok(Self {
            server,
            find: needed(Task::Find)?,
            set_password: needed(Task::SetPassword)?,
            bind_phone: optional(Task::BindPhone)?,
            expiring: optional(Task::Expiring)?,
            max_days: optional(Task::MaxDays)?,
            expiry: optional(Task::Expiry)?,
            memory,
            keys_are_numbers: false,
            target,
            hashing,
            clock,
            region: settings.region,
            timeout: settings.timeout,
        })
    }

    /// Closes all connections.
    pub async fn close(&self) {
        self.server.close().await;
    }

    async fn read<T>(&self, work: impl Future<Output = Result<T, AccountError>>) -> Result<T, AccountError> {
        self.within(&AtomicBool::new(false), work).await
    }

    /// The edge: `commit_begun` says what a time-out means.
    async fn within<T>(
        &self,
        commit_begun: &AtomicBool,
        work: impl Future<Output = Result<T, AccountError>>,
    ) -> Result<T, AccountError> {
        if let Ok(outcome) = tokio::time::timeout(self.timeout.get(), work).await {
            return outcome;
        }
        let reason = format!("no answer from {} within {} (account.timeout)", self.target, self.timeout);
        if commit_begun.load(Ordering::SeqCst) {
            Err(AccountError::Unknown { reason })
        } else {
            Err(AccountError::Unavailable { reason })
        }
    }

    /// Whether a key can be one of this table at all.
    fn admits(&self, subject: &SubjectId) -> Result<(), AccountError> {
        let key = subject.as_str();
        let number = || key.parse::<i64>().is_ok_and(|number| number.to_string() == key);
        if key.contains('\0') || (self.keys_are_numbers && !number()) {
            return Err(AccountError::NoSuchAccount);
        }
        Ok(())
    }

    /// One request, whether there is such an account or not.
    async fn look_up(&self, address: &MailboxAddress) -> Result<Option<Account>, AccountError> {
        let values = Values::default().address(address);
        let mut found = self.list(&self.find, &values, MOST_ROWS).await?;
        found.retain(|account| account.is_named(address));
        if found.len() > 1 {
            tracing::warn!(
                account = %address.masked(), accounts = found.len(),
                "account.sql.find gives several accounts for one address; it finds nobody until one is left"
            );
            return Ok(None);
        }
        Ok(found.pop())
    }

    async fn list(
        &self,
        statement: &Statement,
        values: &Values<'_>,
        most: usize,
    ) -> Result<Vec<Account>, AccountError> {
        let mut session = self.server.session().await.map_err(|error| of_line(&self.target, &error))?;
        let rows = session.rows(statement, values, most).await;
        let rows = rows.map_err(|fault| before_commit(&self.target, statement.task, &fault, values))?;
        if rows.len() > most {
            let key = statement.task.key();
            return Err(unavailable(format!("account.{key} gives more than {most} rows; is its condition complete?")));
        }
        session.done();
        Ok(accounts(rows, self.region))
    }
}

#[async_trait]
impl AccountStore for SqlAccounts {
    async fn find(&self, address: &MailboxAddress) -> Result<Option<Subject>, AccountError> {
        self.read(async { Ok(self.look_up(address).await?.map(|account| account.subject)) }).await
    }

    /// A disabled account and a password past its time answer `false`, after the same work.
    async fn verify_password(&self, address: &MailboxAddress, password: &NewPassword) -> Result<bool, AccountError> {
        let work = async {
            let Some(account) = self.look_up(address).await? else {
                return self.hashing.verify_nothing(password).await;
            };
            let stored = match account.hash.as_deref().map(|hash| self.hashing.read(hash)) {
                Some(Ok(stored)) => stored,
                Some(Err(error)) => {
                    tracing::warn!(account = %address.masked(), "the stored hash is {error}");
                    return self.hashing.verify_nothing(password).await;
                }
                None => return self.hashing.verify_nothing(password).await,
            };
            let right = self.hashing.verify(password, &stored).await?;
            let expired = account.expires_at.is_some_and(|end| self.clock.now() >= end);
            Ok(right && account.subject.enabled && !expired)
        };
        self.read(work).await
    }

    async fn set_password(
        &self,
        subject: &SubjectId,
        write: PasswordWrite<'_>,
    ) -> Result<PasswordWritten, AccountError> {
        let begun = AtomicBool::new(false);
        self.within(&begun, self.write_password(subject, &write, &begun)).await
    }

    async fn bind_phone(
        &self,
        subject: &SubjectId,
        phone: Option<&PhoneNumber>,
        now: Timestamp,
    ) -> Result<(), AccountError> {
        let begun = AtomicBool::new(false);
        self.within(&begun, self.write_phone(subject, phone, now, &begun)).await
    }

    /// Looks up an address that nobody can have.
    async fn check(&self) -> Result<(), AccountError> {
        let nobody = MailboxAddress::parse("readiness@resetgate.invalid");
        let nobody = nobody.map_err(|error| unavailable(error.to_string()))?;
        self.read(async { self.look_up(&nobody).await.map(|_| ()) }).await
    }

    async fn expiring(&self, now: Timestamp, until: Timestamp, limit: usize) -> Result<Vec<Expiring>, AccountError> {
        // An empty list would let the reminders stay away unnoticed.
        let Some(statement) = &self.expiring else {
            let kept = if self.set_password.keeps_expiry() {
                "account.sql.expiring is empty; it would list whose password runs out"
            } else {
                "the end of a password is not kept; account.sql.set_password would keep it as :expires, and account.sql.expiring list it"
            };
            return Err(unavailable(kept));
        };
        let values = Values::default().now(now).until(until).limit(limit);
        let found = self.read(self.list(statement, &values, limit.max(MOST_ROWS))).await?;
        let running_out = |account: Account| {
            let expires_at = account.expires_at.filter(|end| *end > now && *end <= until)?;
            account.subject.enabled.then_some(Expiring { subject: account.subject, expires_at })
        };
        let mut found: Vec<_> = found.into_iter().filter_map(running_out).collect();
        found.sort_by_key(|expiring| expiring.expires_at);
        found.truncate(limit);
        Ok(found)
    }

    async fn examine(&self) -> Vec<Finding> {
        match self.read(async { Ok(self.look_at_everything().await) }).await {
            Ok(findings) => findings,
            Err(error) => vec![Finding::of("server", Condition::Bad, error.to_string())],
        }
    }
}
