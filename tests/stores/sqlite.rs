//! The embedded store keeps every promise, on disk and in memory; and what the suite itself is worth.

use std::sync::Arc;

use async_trait::async_trait;
use resetgate::account::conformance::{ALL, Trial, Verdict};
use resetgate::account::sqlite::SqliteAccounts;
use resetgate::account::{
    AccountError, AccountSettings, AccountStore, Expiring, HashPool, NewAccount, PasswordWrite, PasswordWritten,
};
use resetgate::domain::{
    MailboxAddress, ManualClock, NewPassword, PhoneNumber, Subject, SubjectId, SystemRandom, Timestamp,
};
use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

use crate::contract::{NOW, address, cast, clock, keeps_every_promise, password, phone};

/// No other password of the embedded store is refused by itself, and in memory nobody else writes malformed facts.
const NO_RULES: &str = "a_refused_password_leaves_the_old_one";

#[tokio::test]
async fn a_file_keeps_every_promise() {
    let directory = tempfile::TempDir::new().unwrap();
    let mut settings = settings();
    settings.sqlite.path = directory.path().join("accounts.db");
    let before = Arc::new(ManualClock::at(Timestamp::from_millis(NOW.as_millis() - 86_400_000)));
    let store = SqliteAccounts::open(&settings, hashing(&settings), before).await.unwrap();
    people(&store).await;
    // What only a foreign program writes.
    let file = SqliteConnectOptions::new().filename(&settings.sqlite.path);
    let mut other = SqliteConnection::connect_with(&file).await.unwrap();
    let sql = "UPDATE account SET mobile = 'call me', birthday = '1990-02-31'
        WHERE id = (SELECT account FROM mailbox WHERE address = 'qian@example.org')";
    assert_eq!(sqlx::query(sql).execute(&mut other).await.unwrap().rows_affected(), 1);
    other.close().await.unwrap();
    // One field, one number: there are no several.
    let cast = resetgate::account::conformance::Cast { several: None, ..cast() };
    keeps_every_promise(Arc::new(store), cast, &[NO_RULES, "of_several_numbers_the_mobile_one_is_the_phone"]).await;
}

/// A suite that nothing can fail would be worth nothing.
#[tokio::test]
async fn a_store_that_breaks_promises_is_found_out() {
    let settings = settings();
    let store = SqliteAccounts::in_memory(&settings, hashing(&settings), clock_of_tests()).await.unwrap();
    people(&store).await;
    let careless = Careless { store, written: std::sync::atomic::AtomicU64::new(0) };
    let trial = Trial { store: Arc::new(careless), cast: cast(), clock: clock(), random: Arc::new(SystemRandom) };
    let mut broken = Vec::new();
    for promise in ALL {
        if let Verdict::Broken(_) = promise.try_on(&trial).await {
            broken.push(promise.name);
        }
    }
    for name in [
        "an_address_is_looked_up_exactly",
        "only_the_present_password_of_an_enabled_account_signs_in",
        "a_repeat_is_recognised_by_its_challenge",
        "a_disabled_or_unknown_account_gets_no_phone",
        "one_challenge_writes_once",
    ] {
        assert!(broken.contains(&name), "{name} is not among {broken:?}");
    }
}

/// Looks addresses up as a pattern, lets everybody in, forgets challenges, and binds phones of nobody.
struct Careless {
    store: SqliteAccounts,
    written: std::sync::atomic::AtomicU64,
}

#[async_trait]
impl AccountStore for Careless {
    async fn find(&self, asked: &MailboxAddress) -> Result<Option<Subject>, AccountError> {
        let asked = if asked.local().contains(['%', '*']) { &address("zhang@example.org") } else { asked };
        self.store.find(asked).await
    }

    async fn verify_password(&self, asked: &MailboxAddress, password: &NewPassword) -> Result<bool, AccountError> {
        self.store.verify_password(asked, password).await.map(|right| right || password.expose().ends_with('x'))
    }

    async fn set_password(&self, id: &SubjectId, write: PasswordWrite<'_>) -> Result<PasswordWritten, AccountError> {
        self.written.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let challenge = resetgate::domain::ChallengeId::draw(&SystemRandom);
        self.store.set_password(id, PasswordWrite { challenge, ..write }).await
    }

    async fn bind_phone(&self, _: &SubjectId, _: Option<&PhoneNumber>, _: Timestamp) -> Result<(), AccountError> {
        Ok(())
    }

    async fn check(&self) -> Result<(), AccountError> {
        self.store.check().await
    }

    async fn expiring(&self, now: Timestamp, until: Timestamp, limit: usize) -> Result<Vec<Expiring>, AccountError> {
        self.store.expiring(now, until, limit).await
    }
}

fn clock_of_tests() -> Arc<ManualClock> {
    Arc::new(ManualClock::at(NOW))
}

fn settings() -> AccountSettings {
    #[derive(serde::Deserialize)]
    struct Root {
        account: AccountSettings,
    }
    let mut settings = toml::from_str::<Root>(include_str!("../../config/default.toml")).unwrap().account;
    settings.hash.memory = "8KiB".parse().unwrap();
    settings.timeout = "30s".parse().unwrap();
    settings
}

fn hashing(settings: &AccountSettings) -> HashPool {
    HashPool::new(&settings.hash, Arc::new(SystemRandom)).unwrap()
}

async fn people(store: &SqliteAccounts) {
    let old = Some(store.hashing().hash(&password("Old-Password-1")).await.unwrap());
    let zhang = NewAccount {
        aliases: vec![address("zhang.san@example.org")],
        mobile: Some(phone("13800000000")),
        password: old.clone(),
        ..NewAccount::bare(address("zhang@example.org"))
    };
    let wang = NewAccount {
        mobile: Some(phone("13800000002")),
        password: old,
        enabled: false,
        ..NewAccount::bare(address("wang@example.org"))
    };
    let (li, qian) = (NewAccount::bare(address("li@example.org")), NewAccount::bare(address("qian@example.org")));
    for account in [zhang, li, wang, qian] {
        store.add(&account).await.unwrap();
    }
}
