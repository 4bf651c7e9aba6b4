//! case 79: an account API that is gone, silent, late, cut off or broken: starts are answered as ever, nobody loses a
//! code, nothing is half written, and what may have been written is not written again.

use std::sync::Arc;

use resetgate::account::AccountStore;
use resetgate::domain::SystemClock;
use serde_json::json;

use super::{OLD, person, settings, store};
use crate::contract::{address, password};
use crate::harness::{Setup, Shape, TestApp};
use crate::servers::account_api::AccountApi;
use crate::servers::fault::{Fault, Proxy};

const ANNA: &str = "anna@example.gov.cn";
const NEW: &str = "Tiantian-2026x";

/// An application over an account API, with something between them.
struct Scene {
    app: TestApp,
    api: AccountApi,
    proxy: Proxy,
    store: Arc<dyn AccountStore>,
}

impl Scene {
    async fn set() -> Self {
        let clock = Arc::new(SystemClock::start());
        let anna = person("1", ANNA, Some("+8613800138000"), true);
        let api = AccountApi::start(vec![anna], clock.clone()).await;
        let proxy = Proxy::before(&api.url).await;
        let mut settings = settings(&proxy.url, "");
        settings.timeout = "1s".parse().unwrap();
        let (store, own) = (store(&settings, clock.clone()).await, store(&settings, clock).await);
        let setup = Setup { accounts: Some(Box::new(move |_| own)), ..Setup::default() };
        Self { app: TestApp::start_with(setup).await, api, proxy, store }
    }

    async fn signs_in(&self, text: &str) -> bool {
        self.store.verify_password(&address(ANNA), &password(text)).await.unwrap()
    }
}

#[tokio::test]
async fn while_the_api_misbehaves_starts_are_answered_alike_and_nobody_loses_a_code() {
    for fault in [Fault::BlackHole, Fault::Late, Fault::Midway, Fault::ErrorPage] {
        let scene = Scene::set().await;
        let healthy = scene.app.claimant_from("203.0.113.1").try_start("nobody@example.gov.cn").await.expect(202);
        let anna = scene.app.claimant().verified(ANNA).await;
        scene.proxy.set(fault, "");
        let mut other = scene.app.claimant_from("203.0.113.2");
        let answer = other.try_start(ANNA).await.expect(202);
        assert_eq!(Shape::of(&answer), Shape::of(&healthy), "{fault:?}");
        assert_eq!(scene.app.delivery(&other.id, 1).await, Err("store"), "{fault:?}");
        // An outage is an outage, and no gate that refused.
        let figures = scene.app.figures().await;
        figures.expect("resetgate_codes_withheld_total", &[("reason", "store")], 1.0);
        figures.expect("resetgate_rate_limited_total", &[], 0.0);
        let refused = anna.complete(NEW).await.problem(503, "store_unavailable");
        assert!(refused.header("retry-after").is_some());
        assert_eq!(anna.status().await.text("state"), "verified", "{fault:?}");
        scene.proxy.set(Fault::None, "");
        assert!(scene.signs_in(OLD).await, "{fault:?}");
        anna.complete(NEW).await.expect(200);
        assert!(scene.signs_in(NEW).await && !scene.signs_in(OLD).await, "{fault:?}");
        let writes = scene.api.asked().iter().filter(|operation| *operation == "password").count();
        assert_eq!(writes, 1, "{fault:?}");
    }
}

/// The same when nobody listens at all.
#[tokio::test]
async fn an_api_that_is_gone_is_unavailable_and_the_code_stays_good() {
    let scene = Scene::set().await;
    let anna = scene.app.claimant().verified(ANNA).await;
    let mut gone = settings("http://127.0.0.1:1/resetgate", "");
    gone.timeout = "1s".parse().unwrap();
    let gone = store(&gone, Arc::new(SystemClock::start())).await;
    let error = gone.find(&address(ANNA)).await.unwrap_err().to_string();
    assert!(error.contains("no connection"), "{error}");
    scene.api.stop().await;
    anna.complete(NEW).await.problem(503, "store_unavailable");
    assert_eq!(anna.status().await.text("state"), "verified");
    let (status, ready) = scene.app.ops("/readyz?verbose").await;
    assert!(status == 503 && ready.contains("account"), "{status} {ready}");
}

/// Only the write misbehaves: the code is spent, because the password may be there; and it is not written again.
#[tokio::test]
async fn a_write_without_a_clear_answer_is_unknown_and_not_repeated() {
    for (fault, is_done) in [
        (Fault::BlackHole, false),
        (Fault::Late, true),
        (Fault::Midway, true),
        (Fault::ErrorPage, false),
        (Fault::DoneAndErrorPage, true),
    ] {
        let scene = Scene::set().await;
        let anna = scene.app.claimant().verified(ANNA).await;
        scene.proxy.set(fault, "/password");
        let unsure = anna.complete(NEW).await.problem(503, "store_outcome_unknown");
        assert_eq!(unsure.header("retry-after"), None);
        scene.proxy.set(Fault::None, "");
        anna.complete(NEW).await.expect(409);
        assert_eq!((scene.signs_in(NEW).await, scene.signs_in(OLD).await), (is_done, !is_done), "{fault:?}");
        let writes = scene.api.asked().iter().filter(|operation| *operation == "password").count();
        assert_eq!(writes, usize::from(is_done), "{fault:?}");
    }
}

/// A clear no is a clear no: the next password of the same code is written.
#[tokio::test]
async fn a_password_that_the_api_refuses_may_be_replaced_by_another() {
    let scene = Scene::set().await;
    let anna = scene.app.claimant().verified(ANNA).await;
    let refused = anna.complete("Passwords-9081").await.problem(422, "password_policy");
    assert_eq!(refused.body["errors"][0]["code"], "policy.store");
    let body = json!({ "new_password": NEW });
    anna.holder().post(&anna.path("/complete"), &body).await.expect(200);
    assert!(scene.signs_in(NEW).await);
}
