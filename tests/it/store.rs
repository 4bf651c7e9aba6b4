//! The account store says no, does not answer, or has too much to do; and what is left when it said yes.

use std::sync::Arc;
use std::time::Duration;

use resetgate::account::AccountError;
use resetgate::audit::EventKind;
use resetgate::domain::{Lock, Timestamp};
use serde_json::json;
use tokio::sync::oneshot;

use crate::harness::{ANNA, Directory, Fate, OLD_PASSWORD, Setup, TestApp, Walker};

const NEW: &str = "Tiantian-2026x";

fn failures(app: &TestApp) -> Vec<&'static str> {
    let all = app.events.all().into_iter();
    all.filter_map(|event| if let EventKind::StoreFailed { result } = event.kind { Some(result) } else { None })
        .collect()
}

/// case 79: after a definite no the right to write is kept, and the same call succeeds later; one password is written.
#[tokio::test]
async fn a_store_that_surely_did_not_write_may_be_asked_again() {
    for (error, seconds, word) in [
        (AccountError::Unavailable { reason: "away".to_owned() }, "5", "unavailable"),
        (AccountError::Busy, "2", "busy"),
    ] {
        let directory = Arc::new(Directory::default());
        let app = TestApp::start_with(directory.setup("")).await;
        let anna = app.claimant().verified(ANNA).await;
        directory.refuse_write(error);
        let refused = anna.complete(NEW).await.problem(503, "store_unavailable");
        assert_eq!(refused.header("retry-after"), Some(seconds));
        assert_eq!(refused.text("state"), "verified");
        assert_eq!(anna.status().await.text("state"), "verified");
        assert!(app.signs_in(ANNA, OLD_PASSWORD).await);
        anna.complete(NEW).await.expect(200);
        assert!(app.signs_in(ANNA, NEW).await);
        anna.complete("Another-Word-2026x").await.expect(409);
        assert_eq!((directory.written(), failures(&app)), (1, vec![word]));
    }
}

/// case 79: a password that the store's own rules refuse costs nothing but another one; the store's words stay inside.
#[tokio::test]
async fn a_password_that_the_store_refuses_may_be_replaced_by_another() {
    let directory = Arc::new(Directory::default());
    let app = TestApp::start_with(directory.setup("")).await;
    let anna = app.claimant().verified(ANNA).await;
    directory.refuse_write(AccountError::PasswordRefused { reason: "used before, on 2025-03-01".to_owned() });
    let refused = anna.complete(NEW).await.problem(422, "password_policy");
    assert_eq!(refused.body["errors"][0]["code"], "policy.store");
    assert!(!String::from_utf8_lossy(&refused.bytes).contains("2025-03-01"));
    anna.complete("Another-Word-2026x").await.expect(200);
    assert_eq!((directory.written(), failures(&app)), (1, vec!["refused"]));
}

/// case 79: after an outcome that nobody knows the claimant is told to try to sign in, and nothing is written twice.
#[tokio::test]
async fn a_store_that_may_have_written_is_not_asked_again() {
    let directory = Arc::new(Directory::default());
    let app = TestApp::start_with(directory.setup("")).await;
    let anna = app.claimant().verified(ANNA).await;
    directory.deny_write(AccountError::Unknown { reason: "the connection was lost".to_owned() });
    let unsure = anna.complete(NEW).await.problem(503, "store_outcome_unknown");
    assert_eq!(unsure.header("retry-after"), None, "the same call is not to be sent again");
    anna.complete(NEW).await.expect(409);
    anna.complete("Another-Word-2026x").await.expect(409);
    assert!(app.signs_in(ANNA, NEW).await, "here it was written");
    assert_eq!((directory.written(), failures(&app)), (1, vec!["unknown"]));
}

/// case 79 and case 24: after an outcome that nobody knows it counts as written: the code of a sibling is simply wrong, and
/// a sibling that was verified has ended. Here nothing was written, so nothing but that stops them.
#[tokio::test]
async fn after_an_unknown_outcome_no_sibling_opens_the_door() {
    let directory = Arc::new(Directory::default());
    let app = TestApp::start_with(directory.setup("")).await;
    let mut waiting = app.claimant_from("203.0.113.1").start(ANNA).await;
    let code = waiting.code().await;
    app.advance(60);
    let verified = app.claimant_from("203.0.113.2").verified(ANNA).await;
    app.advance(60);
    let anna = app.claimant().verified(ANNA).await;
    directory.refuse_write(AccountError::Unknown { reason: "the connection was lost".to_owned() });
    anna.complete(NEW).await.problem(503, "store_outcome_unknown");
    assert_eq!(waiting.status().await.text("state"), "code_sent", "a stranger who holds it sees nothing");
    assert_eq!(waiting.verify(&code).await.problem(422, "code_incorrect").body["attempts_left"], 4);
    verified.complete(NEW).await.problem(409, "flow_state");
    assert_eq!((directory.begun(), directory.written()), (1, 0));
    assert!(app.signs_in(ANNA, OLD_PASSWORD).await);
    app.advance(60);
    let again = app.claimant_from("203.0.113.3").verified(ANNA).await;
    again.complete(NEW).await.expect(200);
}

/// case 79: an account that went away between code and password ends the challenge.
#[tokio::test]
async fn an_account_that_is_gone_ends_the_challenge() {
    let directory = Arc::new(Directory::default());
    let app = TestApp::start_with(directory.setup("")).await;
    let anna = app.claimant().verified(ANNA).await;
    directory.refuse_write(AccountError::NoSuchAccount);
    anna.complete(NEW).await.problem(410, "flow_expired");
    let again = anna.complete(NEW).await;
    assert!(again.status == 409 || again.status == 410, "{again:?}");
    assert_eq!((directory.written(), failures(&app)), (0, vec!["gone"]));
}

/// case 79: in the one-page form the code was right in the same call, so the refusal carries the rotated credential.
#[tokio::test]
async fn a_refusal_after_a_right_code_in_the_same_call_tells_the_new_credential() {
    let directory = Arc::new(Directory::default());
    let app = TestApp::start_with(directory.setup("")).await;
    let anna = app.claimant().start(ANNA).await;
    let code = anna.code().await;
    directory.refuse_write(AccountError::Unavailable { reason: "away".to_owned() });
    let body = json!({ "code": code, "new_password": NEW });
    let refused = anna.holder().post(&anna.path("/complete"), &body).await.problem(503, "store_unavailable");
    anna.complete(NEW).await.problem(401, "unauthorized");
    let holder = anna.client.holding(&refused.text("flow_token"));
    holder.post(&anna.path("/complete"), &json!({ "new_password": NEW })).await.expect(200);
    assert_eq!(directory.written(), 1);
}

/// case 79: while accounts cannot be looked up, a start is answered as ever, and a verified claimant may come back.
#[tokio::test]
async fn while_the_store_is_away_starts_are_answered_alike_and_nobody_loses_a_code() {
    let directory = Arc::new(Directory::default());
    let app = TestApp::start_with(directory.setup("")).await;
    let mut anna = app.claimant().start(ANNA).await;
    let code = anna.code().await;
    directory.decide(Fate::Away);
    let verified = anna.verify(&code).await.expect(200);
    assert!(verified.body["phone_masked"].is_null());
    anna.complete(NEW).await.problem(503, "store_unavailable");
    let other = app.claimant_from("203.0.113.9").start("bert@example.gov.cn").await;
    assert_eq!(app.delivery(&other.id, 1).await, Err("store"));
    directory.decide(Fate::AsTheyWere);
    anna.complete(NEW).await.expect(200);
    assert_eq!(directory.written(), 1);
}

/// case 80: while every place for a hash is taken the surplus is told at once to come back, and captchas, starts and
/// codes go on. The one thread that hashes stands still at a gate, so nothing here depends on speed.
#[test]
fn a_full_hash_queue_says_so_at_once_and_the_rest_goes_on() {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(2).max_blocking_threads(1).enable_all().build().unwrap();
    runtime.block_on(async {
        let settings =
            "[account]\ntimeout = \"60s\"\n[account.hash]\nworkers = 1\nqueue = 1\n[limits]\nstart = [\"100/1d\"]";
        let app = TestApp::start_with(Setup::with(settings)).await;
        let mut waiting = Vec::new();
        for number in 0..3 {
            let address = format!("person{number}@example.gov.cn");
            app.add(&address, &format!("1380013800{}", number + 1)).await;
            waiting.push(app.claimant_from(&format!("203.0.113.{number}")).verified(&address).await);
        }
        let (open, gate) = std::sync::mpsc::channel::<()>();
        let (began, standing) = oneshot::channel();
        tokio::task::spawn_blocking(move || {
            began.send(()).unwrap();
            let _ = gate.recv();
        });
        standing.await.unwrap();

        let mut calls: Vec<_> = waiting.iter().map(|claimant| Box::pin(claimant.complete(NEW))).collect();
        let first = futures_util::future::select_all(calls.iter_mut());
        let (refused, at, _) = tokio::time::timeout(Duration::from_secs(20), first).await.expect("one answer at once");
        let refused = refused.problem(503, "store_unavailable");
        assert!(refused.header("retry-after").is_some_and(|seconds| seconds.parse::<u8>().unwrap() > 0));
        drop(calls.remove(at));

        let meanwhile = async {
            let anna = app.claimant().verified(ANNA).await;
            anna.client.post("/v1/captchas", &json!({ "kind": "image" })).await.expect(201);
        };
        tokio::time::timeout(Duration::from_secs(20), meanwhile).await.expect("everything else goes on");

        open.send(()).unwrap();
        for answer in futures_util::future::join_all(calls).await {
            answer.expect(200);
        }
        waiting[at].complete(NEW).await.expect(200);
    });
}

/// case 81: after success word goes to the phone, without a secret; every other challenge of the account is dead; nobody
/// is signed in by it, and the browser's cookie is gone. What a token needs (TOTP) is nowhere touched: there is none yet.
#[tokio::test]
async fn after_success_the_holder_is_told_and_nothing_else_is_left_open() {
    let app = TestApp::start().await;
    let mut other = app.claimant_from("203.0.113.8").start(ANNA).await;
    let other_code = other.code().await;
    let verified_elsewhere = {
        app.advance(61);
        app.claimant_from("203.0.113.9").verified(ANNA).await
    };
    app.advance(61);
    let anna = app.claimant().verified(ANNA).await;
    let done = anna.complete(NEW).await.expect(200);

    let cookies: Vec<_> = done.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect();
    assert_eq!(cookies.len(), 1, "{cookies:?}");
    assert!(cookies[0].starts_with("__Host-resetgate=;") && cookies[0].contains("Max-Age=0"), "{cookies:?}");
    let mut members: Vec<_> = done.body.as_object().unwrap().keys().map(String::as_str).collect();
    members.sort_unstable();
    let expected =
        ["changed_at", "client_guidance", "id", "password_expires_at", "return_to", "sessions_revoked", "state"];
    assert_eq!(members, expected, "no session, no token");

    app.events.nth(1, |event| matches!(event.kind, EventKind::NoticeSent { delivered: true, .. })).await;
    let notices = app.outbound.notices();
    assert_eq!(notices.len(), 1);
    assert_eq!((notices[0].to.as_str(), &notices[0].code), ("+8613800138000", &None));
    assert!(!notices[0].text.contains(NEW) && !notices[0].text.contains(|sign: char| sign.is_ascii_digit()));

    other.verify(&other_code).await.problem(422, "code_incorrect");
    verified_elsewhere.complete("Another-Word-2026x").await.expect(409);
    anna.complete("Another-Word-2026x").await.expect(409);
    assert_eq!(anna.status().await.expect(200).text("state"), "completed");
    assert!(app.signs_in(ANNA, NEW).await);
}

/// What keeps a person out for a while yet is told wherever the end of a recovery is: API, page and trail.
#[tokio::test]
async fn a_lock_that_outlives_the_recovery_is_told_with_its_end() {
    // 2026-11-23T07:25:00Z; the harness lives in UTC.
    let end = Timestamp::from_millis(1_795_418_700_000);
    for (ends_at, api, zh, en) in [
        (Some(end), json!({ "ends_at": "2026-11-23T07:25:00Z" }), "锁定至 2026年11月23日 07:25", "from 7:25"),
        (None, json!({ "ends_at": null }), "解锁后即可使用新密码登录", "when the lock ends"),
    ] {
        let directory = Arc::new(Directory::default());
        let app = TestApp::start_with(directory.setup("")).await;
        directory.keep_locked(Lock { ends_at });
        let anna = app.claimant().verified(ANNA).await;
        assert_eq!(anna.complete(NEW).await.expect(200).body["lock"], api);
        let told = app.events.all().into_iter().find_map(|event| match event.kind {
            EventKind::PasswordReset { lock, .. } => Some(lock),
            _ => None,
        });
        assert_eq!(told, Some(Some(Lock { ends_at })));

        app.advance(120);
        let mut walker = Walker::new(&app, app.client().at("203.0.113.9"));
        walker.ask(ANNA).await.expect(200);
        let code = walker.code().await;
        let answer = walker.submit("/code", &[("code", &code)]).await;
        walker.follow(answer).await.expect(200);
        let word = "Another-Word-2026x";
        let answer = walker.submit("/password", &[("new_password", word), ("again", word)]).await;
        walker.follow(answer).await.expect(200);
        assert!(walker.page.contains(zh), "{}", walker.page);
        walker.open("/done?lang=en").await.expect(200);
        assert!(walker.page.contains(en), "{}", walker.page);
    }
    let app = TestApp::start().await;
    let plain = app.claimant().verified(ANNA).await.complete(NEW).await.expect(200);
    assert!(plain.body.get("lock").is_none(), "left out where there is none");
}

/// No code leaves for it, as for a disabled one; the trail tells why.
#[tokio::test]
async fn an_account_whose_own_time_is_over_gets_no_code_and_the_trail_says_so() {
    let directory = Arc::new(Directory::default());
    let app = TestApp::start_with(directory.setup("")).await;
    for (fate, word) in [(Fate::Disabled, "disabled"), (Fate::Ended, "account_expired")] {
        directory.decide(fate);
        let mut anna = app.claimant();
        anna.try_start(ANNA).await.expect(202);
        assert_eq!(app.delivery(&anna.id, 1).await.unwrap_err(), word);
    }
}
