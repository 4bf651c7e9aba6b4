//! A provider that waits for a test, and what only a foreign program writes into a store or reads from it.

use async_trait::async_trait;
use resetgate::sms::{SmsError, SmsMessage, SmsProvider, SmsReceipt};
use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use tokio::sync::Semaphore;

use super::{Outbound, TestApp};

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
    /// Lets so many more pass.
    pub fn open(&self, count: usize) {
        self.gate.add_permits(count);
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
