//! An account store whose accounts a test can change behind the service's back, and whose steps it can hold.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use resetgate::account::{AccountError, AccountStore, PasswordWrite, PasswordWritten};
use resetgate::domain::{MailboxAddress, NewPassword, PhoneNumber, Subject, SubjectId, Timestamp};
use tokio::sync::{Barrier, Semaphore};

use super::Setup;

/// What became of the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fate {
    #[default]
    AsItWas,
    Disabled,
    Deleted,
}

/// The test's hand on the account store.
#[derive(Default)]
pub struct Directory {
    fate: Mutex<Fate>,
    meeting: Mutex<Option<Arc<Barrier>>>,
    held: Mutex<Option<Arc<Semaphore>>>,
    begun: Arc<Writes>,
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
        let directory = Arc::clone(self);
        Setup { accounts: Some(Box::new(move |store| Arc::new(Watched { store, directory }))), ..Setup::with(settings) }
    }

    /// From now on every account looks like this.
    pub fn decide(&self, fate: Fate) {
        *self.fate.lock().unwrap() = fate;
    }

    /// From now on nobody gets an answer before so many have asked for an account.
    pub fn gather(&self, callers: usize) {
        *self.meeting.lock().unwrap() = Some(Arc::new(Barrier::new(callers)));
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
        let begun = tokio::time::timeout(std::time::Duration::from_secs(10), self.begun.news.acquire());
        begun.await.expect("a write began").unwrap().forget();
    }

    /// How many writes have begun.
    pub fn writes(&self) -> usize {
        self.begun.count.load(Ordering::SeqCst)
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
        Ok(match *self.directory.fate.lock().unwrap() {
            Fate::AsItWas => found,
            Fate::Disabled => found.map(|subject| Subject { enabled: false, ..subject }),
            Fate::Deleted => None,
        })
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
        self.store.set_password(subject, write).await
    }

    async fn bind_phone(
        &self,
        subject: &SubjectId,
        phone: Option<&PhoneNumber>,
        now: Timestamp,
    ) -> Result<(), AccountError> {
        self.store.bind_phone(subject, phone, now).await
    }

    async fn check(&self) -> Result<(), AccountError> {
        self.store.check().await
    }
}
