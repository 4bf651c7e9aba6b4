//! What every account store promises, as functions over the port: each adapter is run through all of them.
//!
//! An adapter's `stage` gives a store that holds exactly these people:
//!
//! * `zhang@example.org`, alias `zhang.san@example.org`, phone +86 138 0000 0000, "Old-Password-1"
//! * `li@example.org`, neither phone nor password
//! * `wang@example.org`, disabled, phone +86 138 0000 0002, "Old-Password-1"

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test may end at once")]

use std::sync::Arc;
use std::time::Duration;

use resetgate::account::sqlite::SqliteAccounts;
use resetgate::account::{
    AccountError, AccountSettings, AccountStore, HashPool, MaxAge, NewAccount, PasswordWrite, PasswordWritten,
};
use resetgate::domain::{
    ChallengeId, MailboxAddress, ManualClock, NewPassword, PhoneNumber, Region, Subject, SubjectId, SystemRandom,
    Timestamp,
};

/// 2025-11-23T03:00:00Z.
const NOW: Timestamp = Timestamp::from_millis(1_763_866_800_000);

/// When the people of the contract got their passwords, a day earlier.
const BEFORE: Timestamp = Timestamp::from_millis(NOW.as_millis() - 86_400_000);

struct Stage {
    store: Arc<dyn AccountStore>,
    /// Whatever must outlive the store.
    _keep: Box<dyn std::any::Any>,
}

fn address(text: &str) -> MailboxAddress {
    MailboxAddress::parse(text).unwrap()
}

fn password(text: &str) -> NewPassword {
    NewPassword::parse(text).unwrap()
}

fn phone(text: &str) -> PhoneNumber {
    PhoneNumber::parse(text, Region::CN).unwrap()
}

impl Stage {
    async fn subject(&self, text: &str) -> Subject {
        self.store.find(&address(text)).await.unwrap().expect(text)
    }

    async fn signs_in(&self, who: &str, text: &str) -> bool {
        self.store.verify_password(&address(who), &password(text)).await.unwrap()
    }

    async fn set(&self, who: &SubjectId, text: &str, challenge: ChallengeId) -> Result<PasswordWritten, AccountError> {
        let password = password(text);
        let write = PasswordWrite { password: &password, max_age: None, revoke_sessions: true, challenge, now: NOW };
        self.store.set_password(who, write).await
    }
}

fn challenge() -> ChallengeId {
    ChallengeId::draw(&SystemRandom)
}

async fn an_address_and_its_alias_name_one_account(stage: Stage) {
    let (primary, alias) = (stage.subject("zhang@example.org").await, stage.subject("zhang.san@example.org").await);
    assert_eq!(primary.id, alias.id);
    assert_eq!(alias.address, address("zhang@example.org"));
    assert_eq!(alias.phone, Some(phone("13800000000")));
    assert!(alias.enabled && alias.stamp().matches(&primary.stamp()));
    assert!(alias.facts.user_names.contains(&"zhang".to_owned()));
    assert!(alias.facts.user_names.contains(&"zhang.san".to_owned()));
}

async fn unknown_unbound_and_disabled_are_three_things(stage: Stage) {
    assert!(stage.store.find(&address("nobody@example.org")).await.unwrap().is_none());
    let unbound = stage.subject("li@example.org").await;
    assert!(unbound.enabled && unbound.phone.is_none());
    assert!(!stage.subject("wang@example.org").await.enabled);
}

async fn only_the_present_password_of_an_enabled_account_signs_in(stage: Stage) {
    assert!(stage.signs_in("zhang@example.org", "Old-Password-1").await);
    assert!(stage.signs_in("zhang.san@example.org", "Old-Password-1").await);
    assert!(!stage.signs_in("zhang@example.org", "old-password-1").await);
    assert!(!stage.signs_in("wang@example.org", "Old-Password-1").await);
    assert!(!stage.signs_in("li@example.org", "Old-Password-1").await);
    assert!(!stage.signs_in("nobody@example.org", "Old-Password-1").await);
}

/// case 81: the stamp that codes were sent under no longer matches, so that they are void.
async fn a_new_password_replaces_the_old_one_and_changes_the_stamp(stage: Stage) {
    let before = stage.subject("zhang@example.org").await;
    let written = stage.set(&before.id, "New-Password-1", challenge()).await.unwrap();
    assert_eq!((written.changed_at, written.expires_at), (NOW, None));
    assert!(stage.signs_in("zhang@example.org", "New-Password-1").await);
    assert!(!stage.signs_in("zhang@example.org", "Old-Password-1").await);
    assert!(!stage.subject("zhang@example.org").await.stamp().matches(&before.stamp()));
}

/// case 71: NFC and NFD spellings are one password, and spaces at the ends belong to it.
async fn a_password_of_any_script_is_kept_whole(stage: Stage) {
    let who = stage.subject("li@example.org").await.id;
    stage.set(&who, " pa\u{308}ss wörd 密码 🔑 ", challenge()).await.unwrap();
    assert!(stage.signs_in("li@example.org", " päss wo\u{308}rd 密码 🔑 ").await);
    assert!(!stage.signs_in("li@example.org", "päss wörd 密码 🔑").await);
}

/// case 79: a repeat of the same challenge answers as before and writes nothing.
async fn a_repeated_write_is_recognised_by_its_challenge(stage: Stage) {
    let who = stage.subject("zhang@example.org").await.id;
    let one = challenge();
    let first = stage.set(&who, "New-Password-1", one).await.unwrap();
    let other = password("New-Password-2");
    let later = NOW.plus(Duration::from_mins(1));
    let again = PasswordWrite {
        password: &other,
        max_age: Some(MaxAge::Months(1)),
        revoke_sessions: true,
        challenge: one,
        now: later,
    };
    assert_eq!(stage.store.set_password(&who, again).await.unwrap(), first);
    assert!(stage.signs_in("zhang@example.org", "New-Password-1").await);
    assert!(!stage.signs_in("zhang@example.org", "New-Password-2").await);
}

async fn validity_is_kept_to_the_calendar_month(stage: Stage) {
    let who = stage.subject("zhang@example.org").await.id;
    let new = password("New-Password-1");
    for (age, end) in [(MaxAge::Months(3), Some("2026-02-23T03:00:00Z")), (MaxAge::Never, None)] {
        let write = PasswordWrite {
            password: &new,
            max_age: Some(age),
            revoke_sessions: true,
            challenge: challenge(),
            now: NOW,
        };
        let written = stage.store.set_password(&who, write).await.unwrap();
        assert_eq!(written.expires_at.map(|end| end.to_string()).as_deref(), end);
        assert!(stage.signs_in("zhang@example.org", "New-Password-1").await);
    }
}

async fn a_disabled_or_unknown_account_gets_no_password_and_no_phone(stage: Stage) {
    let disabled = stage.subject("wang@example.org").await.id;
    for who in [disabled, SubjectId::new("no such key"), SubjectId::new("999999")] {
        assert_eq!(stage.set(&who, "New-Password-1", challenge()).await, Err(AccountError::NoSuchAccount));
        let bound = stage.store.bind_phone(&who, Some(&phone("13800000009")), NOW).await;
        assert_eq!(bound, Err(AccountError::NoSuchAccount));
    }
    assert_eq!(stage.subject("wang@example.org").await.phone, Some(phone("13800000002")));
}

async fn a_phone_is_bound_and_unbound(stage: Stage) {
    let before = stage.subject("li@example.org").await;
    stage.store.bind_phone(&before.id, Some(&phone("13800000001")), NOW).await.unwrap();
    let bound = stage.subject("li@example.org").await;
    assert_eq!((bound.phone.clone(), bound.phone_bound_at), (Some(phone("13800000001")), Some(NOW)));
    assert!(!bound.stamp().matches(&before.stamp()));
    stage.store.bind_phone(&before.id, None, NOW).await.unwrap();
    assert!(stage.subject("li@example.org").await.phone.is_none());
}

async fn it_says_that_it_can_answer(stage: Stage) {
    stage.store.check().await.unwrap();
}

/// Runs an adapter through the whole contract, one test for each promise.
macro_rules! keeps_the_contract {
    ($adapter:ident, $stage:path, $($promise:ident),+ $(,)?) => {
        mod $adapter {
            $(
                #[tokio::test]
                async fn $promise() {
                    super::$promise($stage().await).await;
                }
            )+
        }
    };
    ($adapter:ident, $stage:path) => {
        keeps_the_contract!(
            $adapter,
            $stage,
            an_address_and_its_alias_name_one_account,
            unknown_unbound_and_disabled_are_three_things,
            only_the_present_password_of_an_enabled_account_signs_in,
            a_new_password_replaces_the_old_one_and_changes_the_stamp,
            a_password_of_any_script_is_kept_whole,
            a_repeated_write_is_recognised_by_its_challenge,
            validity_is_kept_to_the_calendar_month,
            a_disabled_or_unknown_account_gets_no_password_and_no_phone,
            a_phone_is_bound_and_unbound,
            it_says_that_it_can_answer,
        );
    };
}

keeps_the_contract!(a_sqlite_file, super::sqlite_file);
keeps_the_contract!(sqlite_in_memory, super::sqlite_in_memory);

fn sqlite_settings() -> AccountSettings {
    #[derive(serde::Deserialize)]
    struct Root {
        account: AccountSettings,
    }
    let mut settings = toml::from_str::<Root>(include_str!("../config/default.toml")).unwrap().account;
    settings.hash.memory = "8KiB".parse().unwrap();
    settings.timeout = "30s".parse().unwrap();
    settings
}

fn hashing(settings: &AccountSettings) -> HashPool {
    HashPool::new(&settings.hash, Arc::new(SystemRandom)).unwrap()
}

async fn sqlite_file() -> Stage {
    let directory = tempfile::TempDir::new().unwrap();
    let mut settings = sqlite_settings();
    settings.sqlite.path = directory.path().join("accounts.db");
    let clock = Arc::new(ManualClock::at(BEFORE));
    let store = SqliteAccounts::open(&settings, hashing(&settings), clock).await.unwrap();
    people(&store).await;
    Stage { store: Arc::new(store), _keep: Box::new(directory) }
}

async fn sqlite_in_memory() -> Stage {
    let settings = sqlite_settings();
    let clock = Arc::new(ManualClock::at(BEFORE));
    let store = SqliteAccounts::in_memory(&settings, hashing(&settings), clock).await.unwrap();
    people(&store).await;
    Stage { store: Arc::new(store), _keep: Box::new(()) }
}

async fn people(store: &SqliteAccounts) {
    let old = Some(store.hashing().hash(&password("Old-Password-1")).await.unwrap());
    let zhang = NewAccount {
        aliases: vec![address("zhang.san@example.org")],
        mobile: Some(phone("13800000000")),
        password: old.clone(),
        ..NewAccount::bare(address("zhang@example.org"))
    };
    let li = NewAccount::bare(address("li@example.org"));
    let wang = NewAccount {
        mobile: Some(phone("13800000002")),
        password: old,
        enabled: false,
        ..NewAccount::bare(address("wang@example.org"))
    };
    for account in [zhang, li, wang] {
        store.add(&account).await.unwrap();
    }
}
