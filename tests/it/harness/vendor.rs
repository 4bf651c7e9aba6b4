//! A provider that does what a test tells it.

use std::collections::VecDeque;
use std::sync::Mutex;

use async_trait::async_trait;
use resetgate::sms::{SmsError, SmsMessage, SmsProvider, SmsReceipt};
use tokio::sync::Semaphore;

/// Takes messages and numbers them `m-1`, `m-2` and so on, once it has said the words that it was told to say.
pub struct Vendor {
    words: Mutex<VecDeque<SmsError>>,
    orders: Mutex<Vec<String>>,
    gate: Semaphore,
    asked: Semaphore,
}

impl Default for Vendor {
    fn default() -> Self {
        let gate = Semaphore::new(Semaphore::MAX_PERMITS);
        Self { words: Mutex::default(), orders: Mutex::default(), gate, asked: Semaphore::new(0) }
    }
}

impl Vendor {
    /// What it says to the next messages.
    pub fn say(&self, words: impl IntoIterator<Item = SmsError>) {
        self.words.lock().unwrap().extend(words);
    }

    /// Keeps it from answering until it may go.
    pub fn stand(&self) {
        self.gate.forget_permits(Semaphore::MAX_PERMITS);
    }

    /// Lets the next one pass.
    pub fn go(&self) {
        self.gate.add_permits(1);
    }

    /// Waits until it was asked once more; our id of the message.
    pub async fn asked(&self) -> String {
        let asked = tokio::time::timeout(std::time::Duration::from_secs(20), self.asked.acquire()).await;
        asked.expect("a message came").unwrap().forget();
        self.orders.lock().unwrap().last().unwrap().clone()
    }
}

#[async_trait]
impl SmsProvider for Vendor {
    fn name(&self) -> &'static str {
        "main"
    }

    async fn send(&self, message: &SmsMessage) -> Result<SmsReceipt, SmsError> {
        let number = {
            let mut orders = self.orders.lock().unwrap();
            orders.push(message.order.to_string());
            orders.len()
        };
        self.asked.add_permits(1);
        self.gate.acquire().await.unwrap().forget();
        match self.words.lock().unwrap().pop_front() {
            Some(word) => Err(word),
            None => Ok(SmsReceipt { provider: "main".into(), message_id: Some(format!("m-{number}")) }),
        }
    }
}
