//! Back, and start again: the recovery that was begun goes on, its code works, and nobody gains anything by it.

use serde_json::{Value, json};

use crate::harness::{
    ANNA, Answer, Claimant, Client, OLD_PASSWORD, Setup, Shape, TestApp, UNBOUND, UNKNOWN, WIDE_GATES, Walker,
};

/// Starts again as the holder of a recovery.
async fn again(claimant: &Claimant<'_>, account: &str) -> Answer {
    start_as(&claimant.holder(), claimant, account).await
}

async fn start_as(client: &Client, claimant: &Claimant<'_>, account: &str) -> Answer {
    let body = json!({ "account": account, "captcha": claimant.captcha().await });
    client.post("/v1/password-resets", &body).await
}

fn walker(app: &TestApp) -> Walker<'_> {
    Walker::new(app, app.client())
}

/// The trap itself, for a program that sends its credential and for one that sends the cookie.
#[tokio::test]
async fn whoever_starts_again_within_a_minute_keeps_the_code_that_is_on_its_way() {
    for by_cookie in [false, true] {
        let app = TestApp::start().await;
        let mut anna = app.claimant().start(ANNA).await;
        let code = anna.code().await;
        app.advance(20);
        let holder = if by_cookie {
            anna.client.clone().with("cookie", &format!("a=b; __Host-resetgate={}", anna.credential))
        } else {
            anna.holder()
        };
        let answer = start_as(&holder, &anna, ANNA).await.expect(202);
        assert_eq!((answer.text("id"), answer.text("flow_token")), (anna.id.clone(), anna.credential.clone()));
        let told = ["resend_at", "resend_after", "server_time", "code_expires_at", "attempts_left", "sends_left"];
        let wanted =
            ["\"2026-11-23T07:01:00Z\"", "40", "\"2026-11-23T07:00:20Z\"", "\"2026-11-23T07:05:00Z\"", "5", "2"];
        assert_eq!(told.map(|member| answer.body[member].to_string()), wanted);
        anna.verify(&code).await.expect(200);
        assert_eq!(app.outbound.codes().len(), 1);
    }
}

/// After the minute a further message leaves, in the language of the latest start, and the earlier code works still.
#[tokio::test]
async fn whoever_starts_again_after_a_minute_gets_a_further_code() {
    let app = TestApp::start().await;
    let mut anna = app.claimant().start(ANNA).await;
    let first = anna.code().await;
    app.advance(60);
    let body = json!({ "account": "  ANNA@example.gov.cn", "captcha": anna.captcha().await, "locale": "en" });
    let answer = anna.holder().post("/v1/password-resets", &body).await.expect(202);
    assert_eq!((answer.text("id"), &answer.body["sends_left"]), (anna.id.clone(), &json!(1)));
    app.delivery(&anna.id, 2).await.unwrap();
    assert_eq!(app.outbound.codes()[1].locale, "en");
    anna.verify(&first).await.expect(200);
}

/// Each answer on the way is of one shape, whether or not the mailbox exists, has a phone, or was started before.
#[tokio::test]
async fn starting_again_answers_alike_for_every_mailbox() {
    let app = TestApp::start_with(Setup::with(WIDE_GATES)).await;
    let mut rows = Vec::new();
    for account in [ANNA, UNBOUND, UNKNOWN] {
        let anna = app.claimant().start(account).await;
        let _ = app.delivery(&anna.id, 1).await;
        rows.push(vec![anna]);
    }
    for pause in [0, 59, 1, 60, 60, 299, 1] {
        app.advance(pause);
        let mut shapes = Vec::new();
        for (row, account) in rows.iter().zip([ANNA, UNBOUND, UNKNOWN]) {
            let answer = again(&row[0], account).await.expect(202);
            let same = answer.text("id") == row[0].id;
            let mut shape = Shape::of(&answer);
            // They share an address, so the gate of starts counts on from one to the next.
            shape.headers.retain(|(name, _)| name != "ratelimit");
            shapes.push((shape, same));
        }
        assert!(shapes.iter().all(|shape| shape == &shapes[0]), "{shapes:#?}");
    }
    let fresh = app.claimant_from("203.0.113.1").try_start(UNKNOWN).await;
    assert_eq!(fresh.body.as_object().unwrap().keys().count(), 12, "a fresh start has the same members");
    let members = |answer: &Answer| answer.body.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(members(&again(&rows[0][0], ANNA).await), members(&fresh));
}

/// No try and no send comes back, however often somebody starts again; what is locked is not gone on with.
#[tokio::test]
async fn starting_again_brings_back_no_try_and_no_send() {
    let app = TestApp::start_with(Setup::with(WIDE_GATES)).await;
    let mut anna = app.claimant().start(ANNA).await;
    let code = anna.code().await;
    let wrong = Claimant::wrong(&code);
    for left in (1..5).rev() {
        assert_eq!(anna.verify(&wrong).await.problem(422, "code_incorrect").body["attempts_left"], left);
        assert_eq!(again(&anna, ANNA).await.expect(202).body["attempts_left"], left);
    }
    for sends in [1, 0] {
        app.advance(60);
        assert_eq!(again(&anna, ANNA).await.expect(202).body["sends_left"], sends);
    }
    for _ in 0..3 {
        app.advance(60);
        let answer = again(&anna, ANNA).await.expect(202);
        assert_eq!(
            (&answer.body["sends_left"], &answer.body["resend_at"]),
            (&json!(0), &answer.body["code_expires_at"])
        );
    }
    app.delivery(&anna.id, 3).await.unwrap();
    assert_eq!(app.outbound.codes().len(), 3);
    anna.verify(&wrong).await.problem(423, "flow_locked");
    assert_ne!(again(&anna, ANNA).await.expect(202).text("id"), anna.id);
}

/// What the credential does not fit begins anew: another mailbox, another's recovery, one that is over, nonsense.
#[tokio::test]
async fn what_is_not_this_recovery_begins_anew() {
    let app = TestApp::start_with(Setup::with(WIDE_GATES)).await;
    let anna = app.claimant().start(ANNA).await;
    anna.code().await;
    let other = again(&anna, UNKNOWN).await.expect(202);
    assert!(other.text("id") != anna.id && other.text("flow_token") != anna.credential);
    assert_eq!(anna.status().await.body["attempts_left"], 5, "the first goes on beside it");
    let mangled = format!("{}A", &anna.credential[..anna.credential.len() - 1]);
    for credential in [mangled.as_str(), "null", &format!("ft_{}", "A".repeat(64))] {
        let answer = start_as(&app.client().holding(credential), &anna, ANNA).await.expect(202);
        assert_ne!(answer.text("id"), anna.id);
    }
    // A header that a proxy in front uses for itself is none of ours.
    let answer = start_as(&app.client().with("authorization", "Basic YW5uYTp4"), &anna, ANNA).await.expect(202);
    assert_ne!(answer.text("id"), anna.id);
    let proven = {
        app.advance(60);
        app.claimant().verified(ANNA).await
    };
    let answer = again(&proven, ANNA).await.expect(202);
    assert!(answer.text("id") != proven.id && answer.text("state") == "code_sent");
    assert_eq!(proven.status().await.text("state"), "verified");
}

/// It is a start like any other: a captcha is taken, and the requester's gate is passed.
#[tokio::test]
async fn starting_again_costs_a_captcha_and_a_turn() {
    let app = TestApp::start_with(Setup::with("[limits]\nstart = [\"4/1h\"]")).await;
    let anna = app.claimant().start(ANNA).await;
    anna.code().await;
    app.advance(90);
    let start = async |captcha: Value| {
        let body = json!({ "account": ANNA, "captcha": captcha });
        anna.holder().post("/v1/password-resets", &body).await
    };
    let used = anna.captcha().await;
    start(json!({ "id": used["id"], "nonce": "no" })).await.problem(422, "captcha_incorrect");
    start(used).await.problem(422, "captcha_incorrect");
    assert_eq!(anna.status().await.body["sends_left"], 2, "nothing was sent without a captcha");
    start(anna.captcha().await).await.expect(202);
    start(anna.captcha().await).await.problem(429, "rate_limited");
}

/// Two presses of one button, or two tabs: both answers are good, and one message leaves.
#[tokio::test]
async fn two_starts_at_once_go_on_with_one_recovery() {
    let app = TestApp::start_with(Setup::with(WIDE_GATES)).await;
    let anna = app.claimant().start(ANNA).await;
    anna.code().await;
    app.advance(60);
    let starts = futures_util::future::join_all((0..8).map(|_| again(&anna, ANNA))).await;
    for answer in starts {
        let answer = answer.expect(202);
        assert_eq!((answer.text("id"), answer.text("flow_token")), (anna.id.clone(), anna.credential.clone()));
    }
    app.delivery(&anna.id, 2).await.unwrap();
    assert_eq!(app.outbound.codes().len(), 2);
}

#[tokio::test]
async fn a_browser_that_goes_back_and_starts_again_uses_the_code_it_has() {
    let app = TestApp::start_with(Setup::with("[text]\ntime_zone = \"Asia/Shanghai\"")).await;
    let mut anna = walker(&app);
    anna.ask(ANNA).await.expect(200);
    let (code, recovery) = (anna.code().await, anna.recovery());
    assert!(anna.page.contains("如果到 15:01 还没有收到短信"), "{}", anna.page);
    app.advance(20);
    anna.ask(ANNA).await.expect(200);
    assert_eq!(anna.recovery(), recovery);
    assert!(anna.page.contains("此前收到的动态密码在这里仍然有效"), "{}", anna.page);
    assert_eq!(anna.attribute("data-wait"), "40");
    let answer = anna.submit("/code", &[("code", &code)]).await;
    anna.follow(answer).await.expect(200);
    // Whoever goes back from here has proven the code already.
    anna.open("/").await;
    anna.submit("/", &[("account", ANNA), ("action", "pow")]).await.expect(200);
    let nonce = resetgate::captcha::solve_pow(&anna.attribute("data-salt"), 8);
    let answer = anna.submit("/", &[("account", ANNA), ("nonce", &nonce), ("action", "send")]).await;
    assert_eq!(answer.header("location"), Some("/password"));
    anna.follow(answer).await.expect(200);
    let answer = anna.submit("/password", &[("new_password", "Tiantian-2026x"), ("again", "Tiantian-2026x")]).await;
    anna.follow(answer).await.expect(200);
    assert!(!app.signs_in(ANNA, OLD_PASSWORD).await);
}

/// The page says from when a message may leave, alike for every mailbox, and in English as well.
#[tokio::test]
async fn the_code_page_says_when_to_ask_again_and_when_to_start_afresh() {
    let app = TestApp::start_with(Setup::with(&format!(
        "{WIDE_GATES}[captcha]\nresend_free = 9\n[text]\ntime_zone = \"Asia/Shanghai\""
    )))
    .await;
    let mut pages = Vec::new();
    for account in [ANNA, UNKNOWN] {
        let mut walker = Walker::new(&app, app.client().with("accept-language", "en"));
        walker.ask(account).await.expect(200);
        let further = walker.page.contains("If no message arrives by 3:01 pm, ask again then.");
        pages.push((walker, further));
    }
    assert!(pages.iter().all(|(_, further)| *further));
    for _ in 0..2 {
        app.advance(60);
        for (walker, _) in &mut pages {
            let answer = walker.submit("/resend", &[]).await;
            walker.follow(answer).await.expect(200);
        }
    }
    for (walker, _) in &mut pages {
        assert!(walker.page.contains("From 3:07 pm you can start again for a new code."), "{}", walker.page);
        let recovery = walker.recovery();
        walker.ask(if walker.page.contains(ANNA) { ANNA } else { UNKNOWN }).await.expect(200);
        assert_eq!(walker.recovery(), recovery);
    }
    app.advance(300);
    for (walker, _) in &mut pages {
        let recovery = walker.recovery();
        walker.ask(if walker.page.contains(ANNA) { ANNA } else { UNKNOWN }).await.expect(200);
        assert_ne!(walker.recovery(), recovery, "no code works any more, so another recovery begins");
    }
}
