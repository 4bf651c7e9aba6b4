//! Further codes: when, how many, at what price, and that earlier ones keep working.

use serde_json::json;

use crate::harness::{ANNA, Setup, TestApp, UNKNOWN};

#[tokio::test]
async fn a_further_code_waits_a_minute_and_says_how_long() {
    let app = TestApp::start().await;
    let anna = app.claimant().start(ANNA).await;
    app.advance(18);
    let refused = anna.resend(&json!({})).await.problem(429, "resend_too_soon");
    assert_eq!(refused.header("retry-after"), Some("42"));
    assert_eq!((&refused.body["retry_after"], &refused.body["retry_at"]), (&json!(42), &json!("2026-11-23T07:01:00Z")));
    app.advance(41);
    anna.resend(&json!({})).await.problem(429, "resend_too_soon");
    app.advance(1);
    let again = anna.resend(&json!({})).await.expect(202);
    assert_eq!((&again.body["sends_left"], &again.body["resend_after"]), (&json!(1), &json!(60)));
    assert_eq!(again.body["code_expires_at"], "2026-11-23T07:06:00Z");
}

/// case 33: the first further code is free, the next needs a captcha, and then there is no more.
#[tokio::test]
async fn the_first_further_code_is_free_later_ones_need_a_captcha_and_three_is_all() {
    let app = TestApp::start().await;
    let anna = app.claimant().start(ANNA).await;
    app.advance(60);
    anna.resend(&json!({})).await.expect(202);
    app.advance(60);
    anna.resend(&json!({})).await.problem(422, "captcha_required");
    let last = anna.resend(&json!({ "captcha": anna.captcha().await })).await.expect(202);
    assert_eq!(last.body["sends_left"], 0);
    app.advance(60);
    anna.resend(&json!({})).await.problem(409, "sends_exhausted");
}

/// Whoever is too early, or has no code left, keeps the captcha.
#[tokio::test]
async fn a_resend_that_cannot_pass_takes_no_captcha() {
    let app = TestApp::start_with(Setup::with("[captcha]\nresend_free = 0\n[code]\nmax_sends = 2")).await;
    let anna = app.claimant().start(ANNA).await;
    let captcha = json!({ "captcha": anna.captcha().await });
    anna.resend(&json!({})).await.problem(429, "resend_too_soon");
    anna.resend(&captcha).await.problem(429, "resend_too_soon");
    app.advance(60);
    anna.resend(&captcha).await.expect(202);
    app.advance(60);
    anna.resend(&json!({})).await.problem(409, "sends_exhausted");
}

/// A captcha that is too old costs no turn at the gate of starts, and where none is needed it stops nobody.
#[tokio::test]
async fn an_expired_captcha_costs_no_resend() {
    let app = TestApp::start_with(Setup::with("[limits]\nstart = [\"3/1h\"]")).await;
    let anna = app.claimant().start(ANNA).await;
    let late = json!({ "captcha": anna.captcha().await });
    app.advance(180);
    anna.resend(&late).await.expect(202);
    anna.resend(&late).await.problem(429, "resend_too_soon");
    app.advance(60);
    for _ in 0..4 {
        anna.resend(&late).await.problem(422, "captcha_expired");
    }
    let stranger = anna.client.holding(&format!("ft_{}", "A".repeat(64)));
    stranger.post(&anna.path("/resend"), &late).await.problem(401, "unauthorized");
    let last = anna.resend(&json!({ "captcha": anna.captcha().await })).await.expect(202);
    assert_eq!(last.body["sends_left"], 0);
    anna.resend(&json!({})).await.problem(429, "rate_limited");
}

#[tokio::test]
async fn an_earlier_code_works_beside_the_later_one() {
    let app = TestApp::start().await;
    let mut anna = app.claimant().start(ANNA).await;
    let first = anna.code().await;
    app.advance(60);
    anna.resend(&json!({})).await.expect(202);
    let second = app.delivery(&anna.id, 2).await.unwrap();
    assert_eq!(app.outbound.codes().len(), 2);
    assert_eq!(app.outbound.code(&anna.id, 2), second);
    anna.verify(&first).await.expect(200);
}

/// case 36: what is told of an address that nobody has is told in the same words.
#[tokio::test]
async fn further_codes_of_nobody_are_answered_alike() {
    let app = TestApp::start().await;
    let mut bodies = Vec::new();
    for (account, address) in [(ANNA, "198.51.100.1"), (UNKNOWN, "198.51.100.2")] {
        let claimant = app.claimant_from(address).start(account).await;
        let soon = claimant.resend(&json!({})).await.problem(429, "resend_too_soon").body;
        bodies.push((claimant, soon));
    }
    app.advance(60);
    let mut answers = Vec::new();
    for (claimant, soon) in &mut bodies {
        soon["instance"].take();
        let mut again = claimant.resend(&json!({})).await.expect(202).body;
        again["id"].take();
        answers.push((soon.clone(), again));
    }
    assert_eq!(answers[0], answers[1]);
}
