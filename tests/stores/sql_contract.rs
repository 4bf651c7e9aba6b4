//! A database of another program keeps every promise, whatever the server and however repeats are recognised.

use std::sync::Arc;

use resetgate::account::AccountStore;
use resetgate::account::conformance::{ALL, Trial, Verdict};
use resetgate::domain::SystemRandom;

use crate::contract::{cast, clock, keeps_every_promise};
use crate::sql::{Base, Hand};

/// No rules of its own.
const LEFT_OUT: [&str; 1] = ["a_refused_password_leaves_the_old_one"];

async fn keeps_every_promise_of(base: Base) {
    let store = Arc::new(base.open().await);
    keeps_every_promise(store, cast(), &LEFT_OUT).await;
}

#[tokio::test]
async fn postgres_keeps_every_promise() {
    keeps_every_promise_of(Base::postgres().await).await;
}

#[tokio::test]
async fn postgres_keeps_every_promise_without_a_table_of_challenges() {
    keeps_every_promise_of(Base::postgres().await.without_table_of_challenges()).await;
}

#[tokio::test]
async fn mariadb_keeps_every_promise() {
    keeps_every_promise_of(Base::mariadb().await).await;
}

#[tokio::test]
async fn mariadb_keeps_every_promise_without_a_table_of_challenges() {
    keeps_every_promise_of(Base::mariadb().await.without_table_of_challenges()).await;
}

#[tokio::test]
async fn a_file_keeps_every_promise() {
    keeps_every_promise_of(Base::file().await).await;
}

#[tokio::test]
async fn a_file_keeps_every_promise_without_a_table_of_challenges() {
    keeps_every_promise_of(Base::file().await.without_table_of_challenges()).await;
}

/// What a trial wrote is put back even when a promise is broken midway; the promises after it are judged by themselves.
#[tokio::test]
async fn a_broken_promise_leaves_the_account_with_its_own_password() {
    let mut base = Base::file().await;
    base.settings.sql.expiring = base.settings.sql.expiring.replace("WHERE enabled", "WHERE NOT enabled");
    let store: Arc<dyn AccountStore> = Arc::new(base.open().await);
    let random = Arc::new(SystemRandom);
    let trial = Trial { store: Arc::clone(&store), cast: cast(), clock: clock(), random };
    let promise = ALL.iter().find(|promise| promise.name == "what_runs_out_is_listed").unwrap();
    let verdict = promise.try_on(&trial).await;
    assert_eq!(verdict, Verdict::Broken("the account is not listed a day after its end".to_owned()));
    assert!(Hand(&*store).signs_in("zhang@example.org", "Old-Password-1").await);
}
