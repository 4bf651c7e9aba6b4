//! A database of another program keeps every promise, whatever the server and however repeats are recognised.

use std::sync::Arc;

use crate::contract::{cast, keeps_every_promise};
use crate::sql::Base;

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
