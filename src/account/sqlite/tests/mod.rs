mod durability;
mod faults;
mod importing;
mod opening;

use std::path::PathBuf;
use std::time::Duration;

use tempfile::TempDir;

use super::*;
use crate::account::{MaxAge, NewAccount, SqliteSettings};
use crate::domain::{ChallengeId, ManualClock, Stored, SystemRandom};

/// 2025-11-23T03:00:00Z.
pub const NOW: Timestamp = Timestamp::from_millis(1_763_866_800_000);

pub fn settings(path: PathBuf) -> AccountSettings {
    let sqlite = SqliteSettings { path, busy_timeout: "10ms".parse().unwrap() };
    AccountSettings { timeout: "30s".parse().unwrap(), sqlite, ..AccountSettings::cheap() }
}

/// A store in a directory of its own.
pub struct House {
    pub store: SqliteAccounts,
    pub settings: AccountSettings,
    pub clock: Arc<ManualClock>,
    _directory: TempDir,
}

impl House {
    pub async fn build() -> Self {
        Self::with(|_| ()).await
    }

    pub async fn with(change: impl FnOnce(&mut AccountSettings)) -> Self {
        let directory = TempDir::new().unwrap();
        let mut settings = settings(directory.path().join("accounts.db"));
        change(&mut settings);
        let clock = Arc::new(ManualClock::at(NOW));
        let store = open(&settings, &clock).await.unwrap();
        Self { store, settings, clock, _directory: directory }
    }

    /// With `a@example.org`, phone bound, password "Old-Password-1".
    pub async fn with_account() -> Self {
        let house = Self::build().await;
        house.add_person(&house.store).await;
        house
    }

    pub async fn add_person(&self, store: &SqliteAccounts) {
        let hash = store.hashing().hash(&password("Old-Password-1")).await.unwrap();
        let mobile = PhoneNumber::parse("13800000000", Region::CN).ok();
        let account = NewAccount { mobile, password: Some(hash), ..NewAccount::bare(address("a@example.org")) };
        store.add(&account).await.unwrap();
    }

    pub async fn reopen(&self) -> SqliteAccounts {
        open(&self.settings, &self.clock).await.unwrap()
    }

    /// Another process's connection.
    pub async fn stranger(&self) -> sqlx::SqliteConnection {
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&self.settings.sqlite.path);
        <sqlx::SqliteConnection as sqlx::Connection>::connect_with(&options).await.unwrap()
    }

    pub async fn set(&self, text: &str, challenge: ChallengeId) -> Result<PasswordWritten, AccountError> {
        let subject = self.store.find(&address("a@example.org")).await?.expect("the account is there").id;
        let password = password(text);
        self.store
            .set_password(
                &subject,
                PasswordWrite { password: &password, max_age: None, revoke_sessions: true, challenge, now: NOW },
            )
            .await
    }

    pub async fn signs_in(&self, text: &str) -> bool {
        self.store.verify_password(&address("a@example.org"), &password(text)).await.unwrap()
    }
}

pub async fn open(settings: &AccountSettings, clock: &Arc<ManualClock>) -> Result<SqliteAccounts, AccountError> {
    let hashing = HashPool::new(&settings.hash, Arc::new(SystemRandom)).unwrap();
    SqliteAccounts::open(settings, hashing, Arc::clone(clock) as Arc<dyn Clock>).await
}

pub fn address(text: &str) -> MailboxAddress {
    MailboxAddress::parse(text).unwrap()
}

pub fn password(text: &str) -> NewPassword {
    NewPassword::parse(text).unwrap()
}

pub fn challenge() -> ChallengeId {
    ChallengeId::draw(&SystemRandom)
}

pub fn reason(outcome: Result<impl std::fmt::Debug, AccountError>) -> String {
    match outcome {
        Err(AccountError::Unavailable { reason }) => reason,
        other => panic!("not unavailable: {other:?}"),
    }
}

/// case 79: before the commit a time-out means "nothing was written", from then on "nobody knows".
#[tokio::test]
async fn a_time_out_says_unknown_only_once_the_commit_had_begun() {
    let mut house = House::build().await;
    house.store.timeout = "1ms".parse().unwrap();
    let forever = std::future::pending::<Result<(), AccountError>>;
    let before = house.store.within(&AtomicBool::new(false), forever()).await;
    assert!(reason(before).contains("within 1ms (account.timeout)"));
    let during = house.store.within(&AtomicBool::new(true), forever()).await;
    assert!(matches!(during, Err(AccountError::Unknown { .. })));
}

#[tokio::test]
async fn months_and_a_moment_later_the_password_has_run_out() {
    let house = House::with_account().await;
    let subject = house.store.find(&address("a@example.org")).await.unwrap().unwrap().id;
    let new = password("New-Password-1");
    let write = PasswordWrite {
        password: &new,
        max_age: Some(MaxAge::Months(1)),
        revoke_sessions: true,
        challenge: challenge(),
        now: NOW,
    };
    let written = house.store.set_password(&subject, write).await.unwrap();
    let end = written.expires_at.unwrap();
    assert_eq!(end.to_string(), "2025-12-23T03:00:00Z");
    house.clock.advance(end.since(NOW).saturating_sub(Duration::from_millis(1)));
    assert!(house.signs_in("New-Password-1").await);
    house.clock.advance(Duration::from_millis(1));
    assert!(!house.signs_in("New-Password-1").await, "run out");
}

/// case 70: whatever a foreign hand wrote into the number, the account is found, without a phone.
#[tokio::test]
async fn a_stored_number_is_read_or_told_apart_from_none() {
    let house = House::with_account().await;
    let mut foreign = house.stranger().await;
    for text in ["", " \u{200b}"] {
        sqlx::query("UPDATE account SET mobile = ?1").bind(text).execute(&mut foreign).await.unwrap();
        assert_eq!(house.store.find(&address("a@example.org")).await.unwrap().unwrap().phone, Stored::Nothing);
    }
    for text in ["110", "138000000001", "13800000000/13900000000", "请致电前台", "+881612345678"] {
        sqlx::query("UPDATE account SET mobile = ?1, birthday = 'x'").bind(text).execute(&mut foreign).await.unwrap();
        let subject = house.store.find(&address("a@example.org")).await.unwrap().unwrap();
        assert!(subject.phone.is_unreadable() && subject.facts.birthday.is_unreadable(), "{text}");
        assert_eq!(subject.facts.mobile.as_deref(), Some(text), "still no part of a password");
    }
    for (mobile, birthday) in [
        ("138 0000 0000", "1990/1/2"),
        ("\u{202a}13800000000\u{202c}", "19900102"),
        ("138\u{2010}0000\u{2015}0000", "1990年1月2日"),
        ("１３８\u{200b}００００\u{2060}００００", "1990-01-02 00:00:00"),
    ] {
        let sql = "UPDATE account SET mobile = ?1, birthday = ?2";
        sqlx::query(sql).bind(mobile).bind(birthday).execute(&mut foreign).await.unwrap();
        let subject = house.store.find(&address("a@example.org")).await.unwrap().unwrap();
        assert_eq!(subject.phone.value().unwrap().e164(), "+8613800000000", "{}", mobile.escape_unicode());
        assert_eq!(subject.facts.birthday.value().unwrap().to_string(), "1990-01-02", "{birthday}");
    }
}

#[tokio::test]
async fn a_stored_hash_of_another_scheme_or_cost_signs_nobody_in() {
    let house = House::with_account().await;
    let mut foreign = house.stranger().await;
    for text in ["{PLAIN}Old-Password-1", "$argon2id$v=19$m=4194304,t=9,p=1$c2FsdHNhbHRzYWx0$5AsWTjCXRCS6Wr6r9XFYcA"] {
        sqlx::query("UPDATE account SET password_hash = ?1").bind(text).execute(&mut foreign).await.unwrap();
        assert!(!house.signs_in("Old-Password-1").await);
    }
}

#[tokio::test]
async fn a_page_goes_on_where_the_one_before_ended() {
    let house = House::build().await;
    for name in ["c", "a", "d", "b"] {
        let unit = Some(if name == "d" { "税务局" } else { "信息中心" }.to_owned());
        house
            .store
            .add(&NewAccount { unit, ..NewAccount::bare(address(&format!("{name}@example.org"))) })
            .await
            .unwrap();
    }
    let names = |page: Vec<AccountRecord>| page.iter().map(|who| who.address.local().to_owned()).collect::<String>();
    assert_eq!(names(house.store.list(None, None, 3).await.unwrap()), "abc");
    assert_eq!(names(house.store.list(None, Some(&address("c@example.org")), 3).await.unwrap()), "d");
    assert_eq!(names(house.store.list(Some("信息中心"), None, 9).await.unwrap()), "abc");
}
