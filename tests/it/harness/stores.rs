//! Account stores and providers that answer as a test wants, and what only a foreign program writes into a store.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use resetgate::account::{AccountError, AccountStore, PasswordWrite, PasswordWritten};
use resetgate::domain::{MailboxAddress, NewPassword, PhoneNumber, Subject, SubjectId, Timestamp};
use resetgate::sms::{SmsError, SmsMessage, SmsProvider, SmsReceipt};
use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use tokio::sync::Semaphore;

use super::{Outbound, Setup, TestApp};

/// An account store that answers the next writes of a password with errors. `Unknown` is told after a write that was done.
pub struct Answering {
    inner: Arc<dyn AccountStore>,
    next: Arc<Mutex<VecDeque<AccountError>>>,
    pub writes: Arc<AtomicUsize>,
    finds_fail: Arc<Mutex<bool>>,
}

/// The handle that a test keeps of an [`Answering`] store.
#[derive(Clone, Default)]
pub struct Answers {
    next: Arc<Mutex<VecDeque<AccountError>>>,
    writes: Arc<AtomicUsize>,
    finds_fail: Arc<Mutex<bool>>,
}

impl Answers {
    /// What the next write is answered with.
    pub fn next(&self, error: AccountError) {
        self.next.lock().unwrap().push_back(error);
    }

    /// Passwords that were really written.
    pub fn writes(&self) -> usize {
        self.writes.load(Ordering::SeqCst)
    }

    /// Whether look-ups fail from now on.
    pub fn lose_accounts(&self, lost: bool) {
        *self.finds_fail.lock().unwrap() = lost;
    }
}

impl Answering {
    /// A setup whose store answers as the handle says.
    pub fn setup(settings: &str) -> (Setup, Answers) {
        let answers = Answers::default();
        let Answers { next, writes, finds_fail } = answers.clone();
        let wrap = move |inner: Arc<dyn AccountStore>| -> Arc<dyn AccountStore> {
            Arc::new(Self { inner, next, writes, finds_fail })
        };
        (Setup { accounts: Some(Box::new(wrap)), ..Setup::with(settings) }, answers)
    }
}

#[async_trait]
impl AccountStore for Answering {
    async fn find(&self, address: &MailboxAddress) -> Result<Option<Subject>, AccountError> {
        if *self.finds_fail.lock().unwrap() {
            return Err(AccountError::Unavailable { reason: "the directory is away".to_owned() });
        }
        self.inner.find(address).await
    }

    async fn verify_password(&self, address: &MailboxAddress, password: &NewPassword) -> Result<bool, AccountError> {
        self.inner.verify_password(address, password).await
    }

    async fn set_password(
        &self,
        subject: &SubjectId,
        write: PasswordWrite<'_>,
    ) -> Result<PasswordWritten, AccountError> {
        let answer = self.next.lock().unwrap().pop_front();
        if let Some(error) = answer.clone().filter(|error| !matches!(error, AccountError::Unknown { .. })) {
            return Err(error);
        }
        let written = self.inner.set_password(subject, write).await?;
        self.writes.fetch_add(1, Ordering::SeqCst);
        answer.map_or(Ok(written), Err)
    }

    async fn bind_phone(
        &self,
        subject: &SubjectId,
        phone: Option<&PhoneNumber>,
        now: Timestamp,
    ) -> Result<(), AccountError> {
        self.inner.bind_phone(subject, phone, now).await
    }

    async fn check(&self) -> Result<(), AccountError> {
        self.inner.check().await
    }
}

/// A provider that takes messages only while its gate is open.
pub struct Gated {
    pub outbound: Outbound,
    gate: Semaphore,
    asked: Semaphore,
}

impl Default for Gated {
    fn default() -> Self {
        Self { outbound: Outbound::default(), gate: Semaphore::new(0), asked: Semaphore::new(0) }
    }
}

impl Gated {
    /// Lets everything pass from now on.
    pub fn open(&self) {
        self.gate.add_permits(Semaphore::MAX_PERMITS / 2);
    }

    /// Waits until `count` messages stand before the gate.
    pub async fn asked(&self, count: u32) {
        let standing = self.asked.acquire_many(count);
        let standing = tokio::time::timeout(std::time::Duration::from_secs(20), standing).await;
        standing.expect("messages came").unwrap().forget();
    }
}

#[async_trait]
impl SmsProvider for Gated {
    fn name(&self) -> &'static str {
        "gated"
    }

    async fn send(&self, message: &SmsMessage) -> Result<SmsReceipt, SmsError> {
        self.asked.add_permits(1);
        self.gate.acquire().await.unwrap().forget();
        self.outbound.send(message).await
    }
}

impl TestApp {
    /// Writes a number into the store as a foreign program would, past every check.
    pub async fn plant_number(&self, address: &str, number: &str) {
        let file = SqliteConnectOptions::new().filename(self.data.join("accounts.db"));
        let mut store = SqliteConnection::connect_with(&file).await.unwrap();
        let sql = "UPDATE account SET mobile = ?1 WHERE id = (SELECT account FROM mailbox WHERE address = ?2)";
        let done = sqlx::query(sql).bind(number).bind(address).execute(&mut store).await.unwrap();
        assert_eq!(done.rows_affected(), 1, "{address} is there");
        store.close().await.unwrap();
    }

    /// Every line of the audit trail so far, read from its files.
    pub fn trail(&self) -> Vec<String> {
        let files = std::fs::read_dir(self.data.join("audit")).unwrap();
        let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
        files.retain(|file| file.extension().is_some_and(|kind| kind == "ndjson"));
        files.sort();
        let lines = files.iter().map(|file| std::fs::read_to_string(file).unwrap());
        lines.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>()).collect()
    }
}
