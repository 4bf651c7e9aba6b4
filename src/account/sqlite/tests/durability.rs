//! What was written once stays, and is written once.

use super::*;

async fn count(house: &House, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(&house.store.readers).await.unwrap()
}

/// case 79: of any number of writes with one challenge, one is done, and all get its answer.
#[tokio::test]
async fn fifty_parallel_writes_of_one_challenge_write_once() {
    let house = House::with_account().await;
    let one = challenge();
    let texts: Vec<String> = (0..50).map(|turn| format!("New-Password-{turn}")).collect();
    let outcomes = futures_util::future::join_all(texts.iter().map(|text| house.set(text, one))).await;
    let first = outcomes[0].clone().unwrap();
    assert!(outcomes.iter().all(|outcome| outcome.as_ref() == Ok(&first)), "{outcomes:?}");
    let mut working = 0;
    for text in &texts {
        working += u32::from(house.signs_in(text).await);
    }
    assert_eq!(working, 1);
    assert_eq!(count(&house, "SELECT count(*) FROM password_write").await, 1);
}

#[tokio::test]
async fn writes_are_remembered_for_a_day_and_then_forgotten() {
    let house = House::with_account().await;
    let subject = house.store.find(&address("a@example.org")).await.unwrap().unwrap().id;
    let new = password("New-Password-1");
    let at = |now| PasswordWrite { password: &new, max_age: None, revoke_sessions: true, challenge: challenge(), now };
    house.store.set_password(&subject, at(NOW)).await.unwrap();
    house.store.set_password(&subject, at(NOW.plus(Duration::from_hours(24)))).await.unwrap();
    assert_eq!(count(&house, "SELECT count(*) FROM password_write").await, 2);
    house.store.set_password(&subject, at(NOW.plus(Duration::from_millis(86_400_001)))).await.unwrap();
    assert_eq!(count(&house, "SELECT count(*) FROM password_write").await, 2);
}

#[tokio::test]
async fn a_challenge_writes_the_password_of_one_account_only() {
    let house = House::with_account().await;
    house.store.add(&NewAccount::bare(address("b@example.org"))).await.unwrap();
    let one = challenge();
    house.set("New-Password-1", one).await.unwrap();
    let other = house.store.find(&address("b@example.org")).await.unwrap().unwrap().id;
    let new = password("New-Password-2");
    let write = PasswordWrite { password: &new, max_age: None, revoke_sessions: true, challenge: one, now: NOW };
    reason(house.store.set_password(&other, write).await);
    assert!(!house.store.show(&address("b@example.org")).await.unwrap().unwrap().has_password());
}

#[tokio::test]
async fn a_password_is_there_when_the_store_is_opened_again_without_being_closed() {
    let mut house = House::with_account().await;
    house.set("New-Password-1", challenge()).await.unwrap();
    // The first store stays open: as after a crash, the log beside the file was not folded in.
    let first = house.reopen().await;
    let first = std::mem::replace(&mut house.store, first);
    assert!(house.signs_in("New-Password-1").await);
    first.close().await;
    assert!(house.signs_in("New-Password-1").await);
}

#[tokio::test]
async fn a_commit_is_flushed_to_the_disk_and_the_log_is_written_ahead() {
    let house = House::build().await;
    let setting = |sql: &'static str| sqlx::query_scalar::<_, i64>(sql).fetch_one(&house.store.writer);
    let full = 2;
    assert_eq!(setting("PRAGMA synchronous").await.unwrap(), full);
    assert_eq!(setting("PRAGMA foreign_keys").await.unwrap(), 1);
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&house.store.writer).await.unwrap();
    assert_eq!(mode, "wal");
}
