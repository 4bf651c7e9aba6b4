//! A busy file, a full disk, a file that may not be written: told clearly, and nothing is lost.

use super::*;

/// case 79: a lock of another process is a definite no; the old password still works, and later the new one is taken.
#[tokio::test]
async fn a_lock_of_another_process_is_told_and_the_write_works_once_it_is_gone() {
    let house = House::with_account().await;
    let challenge = challenge();
    let mut other = house.stranger().await;
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    let told = reason(house.set("New-Password-1", challenge).await);
    assert!(told.contains("accounts.db is locked by another process") && told.contains("busy_timeout"), "{told}");
    assert!(house.signs_in("Old-Password-1").await, "reading goes on beside a writer");
    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    house.set("New-Password-1", challenge).await.unwrap();
    assert!(house.signs_in("New-Password-1").await && !house.signs_in("Old-Password-1").await);
}

#[tokio::test]
async fn the_stores_time_limit_ends_a_wait_for_a_lock_and_leaves_nothing_behind() {
    let mut house = House::build().await;
    house.settings.timeout = "500ms".parse().unwrap();
    house.settings.sqlite.busy_timeout = "60s".parse().unwrap();
    house.add_person(&house.store).await;
    let patient = std::mem::replace(&mut house.store, open(&house.settings, &house.clock).await.unwrap());
    let mut other = house.stranger().await;
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    assert!(reason(house.set("New-Password-1", challenge()).await).contains("within 500ms"));
    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    house.store = patient;
    assert!(house.signs_in("Old-Password-1").await);
    // Waits in the writer's own thread until the abandoned transaction is over.
    house.set("New-Password-2", challenge()).await.unwrap();
    assert!(house.signs_in("New-Password-2").await);
}

#[tokio::test]
async fn a_full_disk_is_told_and_the_old_password_stays_until_there_is_room() {
    let house = House::with_account().await;
    let pragma = |sql: String| sqlx::query_scalar::<_, i64>(sqlx::AssertSqlSafe(sql)).fetch_one(&house.store.writer);
    let pages = pragma("PRAGMA page_count".into()).await.unwrap();
    pragma(format!("PRAGMA max_page_count = {pages}")).await.unwrap();
    let mut last = "Old-Password-1".to_owned();
    let (refused, challenge, told) = 'full: {
        for turn in 0..500 {
            let (next, challenge) = (format!("New-Password-{turn}"), challenge());
            match house.set(&next, challenge).await {
                Ok(_) => last = next,
                Err(error) => break 'full (next, challenge, reason(Err::<(), _>(error))),
            }
        }
        panic!("never full");
    };
    assert!(told.contains("the disk that holds") && told.contains("is full"), "{told}");
    assert!(house.signs_in(&last).await, "the password before is whole");
    assert!(!house.signs_in(&refused).await);
    house.store.check().await.unwrap();
    pragma("PRAGMA max_page_count = 1000000".into()).await.unwrap();
    house.set(&refused, challenge).await.unwrap();
    assert!(house.signs_in(&refused).await);
    assert_eq!(
        pragma("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'".into()).await.unwrap(),
        1
    );
}

#[tokio::test]
async fn a_store_that_may_not_write_says_so() {
    let house = House::with_account().await;
    sqlx::query("PRAGMA query_only = 1").execute(&house.store.writer).await.unwrap();
    assert!(reason(house.set("New-Password-1", challenge()).await).contains("may only be read"));
    assert!(house.signs_in("Old-Password-1").await);
}

/// case 80: for the store, too, a full queue is an answer at once.
#[tokio::test]
async fn a_full_queue_of_hashes_writes_nothing() {
    let house = House::with_account().await;
    let crowd = house.store.hashing().crowd();
    assert_eq!(house.set("New-Password-1", challenge()).await, Err(AccountError::Busy));
    let asked = house.store.verify_password(&address("a@example.org"), &password("Old-Password-1")).await;
    assert_eq!(asked, Err(AccountError::Busy));
    let unknown = house.store.verify_password(&address("nobody@example.org"), &password("Old-Password-1")).await;
    assert_eq!(unknown, Err(AccountError::Busy), "an unknown account costs the same place");
    drop(crowd);
    assert!(house.signs_in("Old-Password-1").await);
}
