//! Dovecot over the file of the embedded store, with the file of `config/dovecot`.

use std::sync::Arc;

use resetgate::account::hooks::examine;
use resetgate::audit::EventKind;
use resetgate::domain::{Condition, SystemClock};
use serde_json::json;
use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use tempfile::TempDir;
use tokio::net::TcpListener;

use super::{
    NEW, hook, hooks_told, installed, sessions_stay_when_that_is_wanted, setup, the_old_password_is_out_at_once,
    without_the_hook_the_cache_keeps_the_old_password,
};
use crate::harness::{ANNA, DISABLED, OLD_PASSWORD, Setup, TestApp};
use crate::servers::dovecot::{API_KEY, Dovecot, Ports};

async fn scene(settings: &str, ports: Ports) -> (TestApp, Dovecot) {
    let directory = Arc::new(TempDir::new().unwrap());
    let app = TestApp::start_in(directory, setup(settings, None)).await;
    let file = app.data.join("accounts.db");
    let args = installed("embedded", &[("connect", &file.display().to_string())]);
    (app, Dovecot::start(ports, "sql", &args).await)
}

#[tokio::test]
async fn the_old_password_is_out_at_once_in_every_door() {
    let ports = Ports::free();
    let (app, dovecot) = scene(&hook(ports), ports).await;
    the_old_password_is_out_at_once(&app, &dovecot).await;
    assert!(!dovecot.lets_in(DISABLED, OLD_PASSWORD).await);
}

#[tokio::test]
async fn without_the_hook_the_old_password_lives_on_in_the_cache() {
    let (app, dovecot) = scene("", Ports::free()).await;
    without_the_hook_the_cache_keeps_the_old_password(&app, &dovecot).await;
}

#[tokio::test]
async fn whoever_wants_to_stay_signed_in_stays() {
    let ports = Ports::free();
    let (app, dovecot) = scene(&hook(ports), ports).await;
    sessions_stay_when_that_is_wanted(&app, &dovecot).await;
}

/// The validity that was chosen is written, and the query keeps to it.
#[tokio::test]
async fn a_password_that_has_run_out_opens_no_door() {
    let ports = Ports::free();
    let (app, dovecot) = scene(&hook(ports), ports).await;
    let anna = app.claimant().verified(ANNA).await;
    let body = json!({ "new_password": NEW, "max_age": "P3M" });
    let done = anna.holder().post(&anna.path("/complete"), &body).await.expect(200);
    let file = SqliteConnectOptions::new().filename(app.data.join("accounts.db"));
    let mut store = SqliteConnection::connect_with(&file).await.unwrap();
    let end: i64 =
        sqlx::query_scalar("SELECT max(password_expires_at) FROM account").fetch_one(&mut store).await.unwrap();
    let told: jiff::Timestamp = done.text("password_expires_at").parse().unwrap();
    assert_eq!(end / 1_000, told.as_second());
    let now = app.now().as_millis();
    // Before it was ever let in, because what the cache holds it does not ask about.
    for (end, is_let_in) in [(now - 1_000, false), (now + 600_000, true)] {
        sqlx::query("UPDATE account SET password_expires_at = ?1 WHERE password_expires_at IS NOT NULL")
            .bind(end)
            .execute(&mut store)
            .await
            .unwrap();
        assert_eq!(dovecot.lets_in(ANNA, NEW).await, is_let_in, "{}", dovecot.log());
    }
}

/// `doctor` asks doveadm for nothing, with the key.
#[tokio::test]
async fn a_live_check_says_whether_doveadm_takes_our_key() {
    let ports = Ports::free();
    let (_app, _dovecot) = scene(&hook(ports), ports).await;
    let told = async |lines: &str| {
        let written: toml::Table = toml::from_str(lines).unwrap();
        let mut account = crate::sql::defaults();
        account.hooks = written["account"]["hooks"].clone().try_into().unwrap();
        account.hook = written["account"]["hook"].clone().try_into().unwrap();
        let mut all = examine(&account, &SystemClock::start()).await;
        assert!(all.len() == 1 && all[0].0 == "dovecot", "{all:?}");
        all.remove(0).1.remove(0)
    };
    let good = told(&hook(ports)).await;
    assert_eq!(good.state, Condition::Good, "{good:?}");
    let bad = told(&hook(ports).replace(API_KEY, "another key")).await;
    assert!(bad.state == Condition::Bad && bad.text.contains("does not take our key"), "{bad:?}");
    let lost = told(&hook(ports).replace("/doveadm/v1", "/elsewhere")).await;
    assert!(lost.state == Condition::Bad && lost.text.contains("check `url`"), "{lost:?}");
}

/// Whatever becomes of a hook, the password is changed; that it failed is told.
#[tokio::test]
async fn a_hook_that_fails_or_hangs_fails_nothing_else_and_is_told() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let hanging = silent.local_addr().unwrap().port();
    for (port, reason) in [(1, "no connection"), (hanging, "in time")] {
        let ports = Ports { doveadm: port, ..Ports::free() };
        let settings = format!("{}timeout = \"300ms\"\n", hook(ports));
        let app = TestApp::start_with(Setup::with(&settings)).await;
        let done = app.claimant().verified(ANNA).await.complete(NEW).await.expect(200);
        assert_eq!(done.body["sessions_revoked"], false);
        assert!(app.signs_in(ANNA, NEW).await);
        let told = hooks_told(&app);
        assert!(told.len() == 1 && told[0].as_ref().is_err_and(|why| why.contains(reason)), "{told:?}");
        assert_eq!(app.events.count(|event| matches!(event.kind, EventKind::PasswordReset { .. })), 1);
        let line = app.trail().into_iter().find(|line| line.contains("hook.failed")).unwrap();
        assert!(line.contains("\"hook\":\"dovecot\"") && !line.contains(ANNA), "{line}");
        let (_, metrics) = app.ops("/metrics").await;
        assert!(metrics.contains("resetgate_hook_runs_total{hook=\"dovecot\",result=\"failed\"} 1"), "{metrics}");
    }
}

#[tokio::test]
async fn a_wrong_key_of_doveadm_is_told_as_such() {
    let ports = Ports::free();
    let settings = hook(ports).replace("api_key = \"dovecot", "api_key = \"other");
    let (app, _dovecot) = scene(&settings, ports).await;
    app.claimant().verified(ANNA).await.complete(NEW).await.expect(200);
    let told = hooks_told(&app);
    assert!(told[0].as_ref().is_err_and(|why| why.contains("doveadm_api_key")), "{told:?}");
}
