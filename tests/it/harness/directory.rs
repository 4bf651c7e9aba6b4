//! The one stand-in for an account store: the real one, with a test's hand on it.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use resetgate::account::{AccountError, AccountStore, Expiring, PasswordWrite, PasswordWritten};
use resetgate::domain::{Lock, MailboxAddress, NewPassword, PhoneNumber, Subject, SubjectId, Timestamp};
use tokio::sync::{Barrier, Semaphore};

use super::Setup;
use super::application::Wrap;

/// What became of the accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fate {
    #[default]
    AsTheyWere,
    Disabled,
    /// Their own time is over.
    Ended,
    Deleted,
    /// Nobody can look them up.
    Away,
}

/// The test's hand. As long as it decides nothing, everything passes through.
#[derive(Default)]
pub struct Directory {
    fate: Mutex<Fate>,
    meeting: Mutex<Option<Arc<Barrier>>>,
    slow: Mutex<Option<Duration>>,
    held: Mutex<Option<Arc<Semaphore>>>,
    answers: Mutex<VecDeque<Answer>>,
    lock: Mutex<Option<Lock>>,
    begun: Writes,
    written: AtomicUsize,
}

/// What a write is answered with, whatever it did.
struct Answer {
    error: AccountError,
    written: bool,
}

/// Writes that have begun.
struct Writes {
    count: AtomicUsize,
    news: Semaphore,
}

impl Default for Writes {
    fn default() -> Self {
        Self { count: AtomicUsize::new(0), news: Semaphore::new(0) }
    }
}

impl Directory {
    /// An application over this directory.
    pub fn setup(self: &Arc<Self>, settings: &str) -> Setup {
        Setup { accounts: Some(self.between()), ..Setup::with(settings) }
    }

    /// What puts it before the real store.
    pub fn between(self: &Arc<Self>) -> Wrap {
        let directory = Arc::clone(self);
        Box::new(move |store| Arc::new(Watched { store, directory }))
    }

    /// From now on every account looks like this.
    pub fn decide(&self, fate: Fate) {
        *self.fate.lock().unwrap() = fate;
    }

    /// From now on nobody gets an answer before so many have asked for an account.
    pub fn gather(&self, callers: usize) {
        *self.meeting.lock().unwrap() = Some(Arc::new(Barrier::new(callers)));
    }

    /// From now on it takes its time for accounts that it has, and none for those that it has not.
    pub fn be_slow(&self, delay: Duration) {
        *self.slow.lock().unwrap() = Some(delay);
    }

    /// The next write is not done, and is answered with this.
    pub fn refuse_write(&self, error: AccountError) {
        self.answers.lock().unwrap().push_back(Answer { error, written: false });
    }

    /// The next write is done, and is answered with this all the same.
    pub fn deny_write(&self, error: AccountError) {
        self.answers.lock().unwrap().push_back(Answer { error, written: true });
    }

    /// From now on accounts stay locked after a write.
    pub fn keep_locked(&self, lock: Lock) {
        *self.lock.lock().unwrap() = Some(lock);
    }

    /// From now on a write waits until it is let go.
    pub fn hold_writes(&self) {
        *self.held.lock().unwrap() = Some(Arc::new(Semaphore::new(0)));
    }

    /// Lets every held write go on.
    pub fn let_go(&self) {
        self.held.lock().unwrap().take().expect("writes are held").close();
    }

    /// Waits until one more write has begun.
    pub async fn write_begun(&self) {
        let begun = tokio::time::timeout(Duration::from_secs(10), self.begun.news.acquire());
        begun.await.expect("a write began").unwrap().forget();
    }

    /// How many writes have begun.
    pub fn begun(&self) -> usize {
        self.begun.count.load(Ordering::SeqCst)
    }

    /// How many were really done.
    pub fn written(&self) -> usize {
        self.written.load(Ordering::SeqCst)
    }
}

struct Watched {
    store: Arc<dyn AccountStore>,
    directory: Arc<Directory>,
}

#[async_trait]
impl AccountStore for Watched {
    async fn find(&self, address: &MailboxAddress) -> Result<Option<Subject>, AccountError> {
        let found = self.store.find(address).await?;
        let meeting = self.directory.meeting.lock().unwrap().clone();
        if let Some(meeting) = meeting {
            meeting.wait().await;
        }
        let slow = *self.directory.slow.lock().unwrap();
        if let (Some(delay), Some(_)) = (slow, &found) {
            tokio::time::sleep(delay).await;
        }
        match *self.directory.fate.lock().unwrap() {
            Fate::AsTheyWere => Ok(found),
            Fate::Disabled => Ok(found.map(|subject| Subject { enabled: false, ..subject })),
            Fate::Ended => Ok(found.map(|subject| Subject { enabled: false, ended: true, ..subject })),
            Fate::Deleted => Ok(None),
            Fate::Away => Err(AccountError::Unavailable { reason: "the directory is away".to_owned() }),
        }
    }

    async fn verify_password(&self, address: &MailboxAddress, password: &NewPassword) -> Result<bool, AccountError> {
        self.store.verify_password(address, password).await
    }

    async fn set_password(
        &self,
        subject: &SubjectId,
        write: PasswordWrite<'_>,
    ) -> Result<PasswordWritten, AccountError> {
        self.directory.begun.count.fetch_add(1, Ordering::SeqCst);
        self.directory.begun.news.add_permits(1);
        let held = self.directory.held.lock().unwrap().clone();
        if let Some(held) = held {
            // Ends when the semaphore is closed.
            let _ = held.acquire().await;
        }
        let answer = self.directory.answers.lock().unwrap().pop_front();
        if let Some(Answer { error, written: false }) = answer {
            return Err(error);
        }
        let written = self.store.set_password(subject, write).await?;
        self.directory.written.fetch_add(1, Ordering::SeqCst);
        let lock = *self.directory.lock.lock().unwrap();
        answer.map_or(Ok(PasswordWritten { lock, ..written }), |answer| Err(answer.error))
    }

    async fn bind_phone(
        &self,
        subject: &SubjectId,
        phone: Option<&PhoneNumber>,
        now: Timestamp,
    ) -> Result<(), AccountError> {
        self.store.bind_phone(subject, phone, now).await
    }

    async fn expiring(&self, now: Timestamp, until: Timestamp, limit: usize) -> Result<Vec<Expiring>, AccountError> {
        self.store.expiring(now, until, limit).await
    }

    async fn check(&self) -> Result<(), AccountError> {
        self.store.check().await
    }
}
