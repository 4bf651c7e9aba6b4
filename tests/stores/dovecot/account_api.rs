//! Dovecot beside an account API: it reads the accounts where the API keeps them, and the service knows the API alone.

use std::sync::Arc;

use resetgate::domain::{Clock, SystemClock};
use serde_json::json;

use super::{
    ALIAS, NEW, hook, sessions_stay_when_that_is_wanted, setup, the_old_password_is_out_at_once,
    without_the_hook_the_cache_keeps_the_old_password,
};
use crate::harness::{ANNA, DISABLED, OLD_PASSWORD, TestApp, UNBOUND};
use crate::http_api::{person, settings, store, with};
use crate::servers::account_api::{AccountApi, Person};
use crate::servers::dovecot::{Dovecot, Ports};

/// What somebody who keeps accounts so would write for Dovecot.
const QUERY: &str = "password_query = SELECT json_extract(account, '$.address') AS user, '{ARGON2ID}' || hash AS password \
    FROM person WHERE (json_extract(account, '$.address') = '%Lu' \
    OR '%Lu' IN (SELECT value FROM json_each(account, '$.aliases'))) AND json_extract(account, '$.enabled') \
    AND (expires_at IS NULL OR expires_at > strftime('%%s') * 1000)";

struct Scene {
    app: TestApp,
    api: AccountApi,
    dovecot: Dovecot,
}

/// Another address of Anna, at another domain; what stands before the `@` is Bert's at hers.
const BERTS_NAME: &str = "bert@archive.example.gov.cn";

fn people() -> Vec<Person> {
    let phone = Some("+8613800138000");
    let anna = with(person("11", ANNA, phone, true), &[("aliases", json!([ALIAS, BERTS_NAME]))]);
    let carl = with(person("12", DISABLED, phone, true), &[("enabled", json!(false))]);
    let bert = person("13", UNBOUND, None, true);
    [anna, carl, bert].map(|person| Person { password: Some(OLD_PASSWORD), ..person }).into()
}

impl Scene {
    async fn set(lines: &str, ports: Ports) -> Self {
        let clock = Arc::new(SystemClock::start());
        let api = AccountApi::start(people(), clock.clone()).await;
        let store = store(&settings(&api.url, ""), clock).await;
        let app = TestApp::start_with(setup(lines, Some(store))).await;
        let args = format!("driver = sqlite\nconnect = {}\n{QUERY}\n", api.people.file().display());
        let dovecot = Dovecot::start(ports, "sql", &args).await;
        Self { app, api, dovecot }
    }

    /// The service has asked the API for everything, and written once.
    fn assert_that_the_api_wrote_once(&self) {
        let asked = self.api.asked();
        let writes = asked.iter().filter(|operation| *operation == "password").count();
        assert!(writes == 1 && asked.iter().any(|operation| operation == "find"), "{asked:?}");
    }
}

#[tokio::test]
async fn over_an_account_api_the_old_password_is_out_at_once() {
    let ports = Ports::free();
    let scene = Scene::set(&hook(ports), ports).await;
    the_old_password_is_out_at_once(&scene.app, &scene.dovecot).await;
    assert!(!scene.dovecot.lets_in(DISABLED, OLD_PASSWORD).await);
    scene.assert_that_the_api_wrote_once();
}

#[tokio::test]
async fn over_an_account_api_without_the_hook_the_cache_keeps_the_old_password() {
    let scene = Scene::set("", Ports::free()).await;
    without_the_hook_the_cache_keeps_the_old_password(&scene.app, &scene.dovecot).await;
    scene.assert_that_the_api_wrote_once();
}

#[tokio::test]
async fn over_an_account_api_sessions_stay_when_that_is_wanted() {
    let ports = Ports::free();
    let scene = Scene::set(&hook(ports), ports).await;
    sessions_stay_when_that_is_wanted(&scene.app, &scene.dovecot).await;
}

/// The validity that was chosen reaches the API, which keeps it where Dovecot looks.
#[tokio::test]
async fn over_an_account_api_what_has_run_out_opens_no_door() {
    let ports = Ports::free();
    let scene = Scene::set(&hook(ports), ports).await;
    let anna = scene.app.claimant().verified(ANNA).await;
    let body = json!({ "new_password": NEW, "max_age": "P3M" });
    anna.holder().post(&anna.path("/complete"), &body).await.expect(200);
    let told = scene.api.bodies().into_iter().find(|body| body["validity"] == "until").expect("a validity");
    let end: jiff::Timestamp = told["expires_at"].as_str().unwrap().parse().unwrap();
    let now = SystemClock::start().now().as_millis();
    assert!(end.as_millisecond() > now);
    // Before it was ever let in, because what the cache holds it does not ask about.
    for (end, is_let_in) in [(now - 1_000, false), (now + 600_000, true)] {
        scene.api.people.let_expire(end).await;
        assert_eq!(scene.dovecot.lets_in(ANNA, NEW).await, is_let_in, "{}", scene.dovecot.log());
    }
}

/// A user name of Anna's at her domain that is Bert's: he stays signed in.
#[tokio::test]
async fn over_an_account_api_nobody_else_is_signed_out() {
    let ports = Ports::free();
    let scene = Scene::set(&hook(ports), ports).await;
    let anna = scene.dovecot.imap(ANNA, OLD_PASSWORD).await.unwrap();
    let mut bert = scene.dovecot.imap(UNBOUND, OLD_PASSWORD).await.unwrap();
    let done = scene.app.claimant().verified(BERTS_NAME).await.complete(NEW).await.expect(200);
    assert_eq!(done.body["sessions_revoked"], true);
    anna.ended().await;
    assert!(bert.is_open().await, "{}", scene.dovecot.log());
    assert!(scene.dovecot.lets_in(UNBOUND, OLD_PASSWORD).await);
}
