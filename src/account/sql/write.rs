//! The journeys' writes: one transaction each, which touches exactly one row or nothing.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::fault::{at_commit, before_commit, is_duplicate, of_line, unavailable};
use super::recent::{Fate, Recent};
use super::record::NEVER;
use super::server::{Fault, Record, Session};
use super::statement::Statement;
use super::value::Values;
use super::{Memory, SqlAccounts};
use crate::account::{AccountError, MaxAge, PasswordWrite, PasswordWritten};
use crate::domain::{PhoneNumber, SubjectId, Timestamp};

const DAY: Duration = Duration::from_hours(24);

/// An earlier write by the same challenge.
enum Earlier {
    Written(PasswordWritten),
    /// Another one with the same challenge was faster; what it wrote is to be read again.
    Overtaken,
}

impl SqlAccounts {
    pub(super) async fn write_password(
        &self,
        subject: &SubjectId,
        write: &PasswordWrite<'_>,
        begun: &AtomicBool,
    ) -> Result<PasswordWritten, AccountError> {
        self.admits(subject)?;
        // Before the transaction: a hash takes longer than the write, and would hold locks.
        let hash = self.hashing.hash(write.password).await?;
        let choice = write.max_age.filter(|_| self.set_password.keeps_expiry());
        let expires_at = MaxAge::end(choice, self.own_end(subject, write.now).await?, write.now);
        let written = PasswordWritten { changed_at: write.now, expires_at, sessions_revoked: false, lock: None };
        let challenge = write.challenge.to_string();
        let values =
            Values::default().id(subject).hash(hash.expose()).now(write.now).expires(expires_at).challenge(&challenge);
        match &self.memory {
            Memory::Process(recent) => self.write_once(recent, subject, write, &values, written, begun).await,
            Memory::Table { recall, remember } => {
                for _ in 0..2 {
                    let mut session = self.begin().await?;
                    match self.earlier(&mut *session, recall, remember, &values).await? {
                        Some(Earlier::Written(earlier)) => {
                            let earlier = self.as_it_counts(&mut *session, &values, earlier).await?;
                            self.take_back(session).await;
                            return Ok(earlier);
                        }
                        Some(Earlier::Overtaken) => self.take_back(session).await,
                        None => {
                            let mut session = self.one_row(session, &self.set_password, &values).await?;
                            let written = self.as_it_counts(&mut *session, &values, written).await?;
                            self.commit(session, begun).await?;
                            return Ok(written);
                        }
                    }
                }
                Err(unavailable(
                    "account.sql.remember says that the challenge is there, and account.sql.recall that it is not",
                ))
            }
        }
    }

    /// Repeats wait for each other. Whoever is left alone in the middle of a commit leaves the fate unknown behind.
    async fn write_once(
        &self,
        recent: &Recent,
        subject: &SubjectId,
        write: &PasswordWrite<'_>,
        values: &Values<'_>,
        written: PasswordWritten,
        begun: &AtomicBool,
    ) -> Result<PasswordWritten, AccountError> {
        let slot = recent.slot(write.challenge, subject);
        let mut fate = slot.lock().await;
        match *fate {
            Fate::Written(earlier) => return Ok(earlier),
            Fate::Unknown => {
                let reason = "the first write of this challenge had an unknown outcome; there is no second".to_owned();
                return Err(AccountError::Unknown { reason });
            }
            Fate::Open => {}
        }
        let session = self.begin().await?;
        let mut session = self.one_row(session, &self.set_password, values).await?;
        let written = self.as_it_counts(&mut *session, values, written).await?;
        *fate = Fate::Unknown;
        match self.commit(session, begun).await {
            Ok(()) => *fate = Fate::Written(written),
            Err(error @ AccountError::Unknown { .. }) => return Err(error),
            Err(error) => {
                *fate = Fate::Open;
                return Err(error);
            }
        }
        Ok(written)
    }

    pub(super) async fn write_phone(
        &self,
        subject: &SubjectId,
        phone: Option<&PhoneNumber>,
        now: Timestamp,
        begun: &AtomicBool,
    ) -> Result<(), AccountError> {
        let Some(statement) = &self.bind_phone else {
            return Err(unavailable("phones are not bound in this store: account.sql.bind_phone is empty"));
        };
        self.admits(subject)?;
        let session = self.begin().await?;
        let session = self.one_row(session, statement, &Values::default().id(subject).mobile(phone).now(now)).await?;
        self.commit(session, begun).await
    }

    async fn begin(&self) -> Result<Box<dyn Session>, AccountError> {
        self.server.begin().await.map_err(|error| of_line(&self.target, &error))
    }

    /// Looks for an earlier write, and where there is none keeps this one. The key of the table makes a second one with
    /// the same challenge wait for the first and then fail.
    async fn earlier(
        &self,
        session: &mut dyn Session,
        recall: &Statement,
        remember: &Statement,
        values: &Values<'_>,
    ) -> Result<Option<Earlier>, AccountError> {
        let fault = |statement: &Statement, fault: Fault| before_commit(&self.target, statement.task, &fault, values);
        let rows = session.rows(recall, values, 1).await.map_err(|error| fault(recall, error))?;
        if let Some(row) = rows.into_iter().next() {
            let Some(changed_at) = moment(&row, "changed_at") else {
                return Err(unavailable("account.sql.recall gives a row without a changed_at that is a moment"));
            };
            let expires_at = moment(&row, "expires_at");
            return Ok(Some(Earlier::Written(PasswordWritten {
                changed_at,
                expires_at,
                sessions_revoked: false,
                lock: None,
            })));
        }
        match session.touch(remember, values).await {
            Ok(1) => Ok(None),
            Ok(0) => Ok(Some(Earlier::Overtaken)),
            Ok(many) => Err(unavailable(format!("account.sql.remember touched {many} rows; it must be one"))),
            Err(error) if is_duplicate(&self.target, &error) => Ok(Some(Earlier::Overtaken)),
            Err(error) => Err(fault(remember, error)),
        }
    }

    /// The latest end that the store's own rule leaves to a password written now, where `account.sql.max_days` tells.
    async fn own_end(&self, subject: &SubjectId, now: Timestamp) -> Result<Option<Timestamp>, AccountError> {
        let Some(statement) = &self.max_days else { return Ok(None) };
        let values = Values::default().id(subject);
        let mut session = self.server.session().await.map_err(|error| of_line(&self.target, &error))?;
        let rows = session.rows(statement, &values, 1).await;
        let rows = rows.map_err(|fault| before_commit(&self.target, statement.task, &fault, &values))?;
        session.done();
        let days = rows.first().and_then(|row| row.iter().find(|(column, _)| column == "days"));
        let Some(days) = days.and_then(|(_, cell)| cell.clone().text()) else { return Ok(None) };
        // To take what cannot be read for no rule would lengthen the life of a password in silence.
        let days: u32 =
            days.trim().parse().map_err(|_| unavailable("account.sql.max_days gives days that are no number"))?;
        Ok((days > 0).then(|| now.plus(DAY * days)))
    }

    /// With the end that counts after the write, where `account.sql.expiry` tells it.
    async fn as_it_counts(
        &self,
        session: &mut dyn Session,
        values: &Values<'_>,
        mut written: PasswordWritten,
    ) -> Result<PasswordWritten, AccountError> {
        if let Some(statement) = &self.expiry {
            let rows = session.rows(statement, values, 1).await;
            let rows = rows.map_err(|fault| before_commit(&self.target, statement.task, &fault, values))?;
            written.expires_at = rows.first().and_then(|row| moment(row, "expires_at")).filter(|end| *end < NEVER);
        }
        Ok(written)
    }

    /// Runs a statement that must touch one row; otherwise the transaction is taken back.
    async fn one_row(
        &self,
        mut session: Box<dyn Session>,
        statement: &Statement,
        values: &Values<'_>,
    ) -> Result<Box<dyn Session>, AccountError> {
        let touched = session.touch(statement, values).await;
        match touched.map_err(|fault| before_commit(&self.target, statement.task, &fault, values))? {
            1 => Ok(session),
            0 => {
                self.take_back(session).await;
                Err(AccountError::NoSuchAccount)
            }
            many => {
                self.take_back(session).await;
                let reason =
                    format!("account.{} touched {many} rows instead of one; it was taken back", statement.task.key());
                tracing::error!("{reason}");
                Err(unavailable(reason))
            }
        }
    }

    /// Where taking back fails, the connection is closed, which does the same.
    async fn take_back(&self, mut session: Box<dyn Session>) {
        if session.run("ROLLBACK").await.is_ok() {
            session.done();
        }
    }

    async fn commit(&self, mut session: Box<dyn Session>, begun: &AtomicBool) -> Result<(), AccountError> {
        begun.store(true, Ordering::SeqCst);
        session.run("COMMIT").await.map_err(|error| at_commit(&self.target, &error))?;
        session.done();
        Ok(())
    }
}

fn moment(row: &Record, name: &str) -> Option<Timestamp> {
    row.iter().find(|(column, _)| column == name).and_then(|(_, cell)| cell.clone().moment())
}
