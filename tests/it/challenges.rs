//! Challenges between their steps: whose they are, what ends them, and what changes meanwhile.

use std::sync::Arc;

use serde_json::json;

use crate::harness::{ANNA, Answer, Claimant, Directory, Fate, OLD_PASSWORD, Setup, TestApp, WIDE_GATES};

/// What a client sees, without the id of its request.
fn seen(answer: &Answer) -> (u16, serde_json::Value) {
    let mut body = answer.body.clone();
    body["instance"] = json!(null);
    (answer.status, body)
}

/// case 16: a password that was changed by other means voids a code on its way.
#[tokio::test]
async fn a_code_is_void_when_the_password_was_changed_after_it_was_sent() {
    let app = TestApp::start().await;
    let mut anna = app.claimant().start(ANNA).await;
    let code = anna.code().await;
    app.advance(1);
    app.write_password(ANNA, "Written-Elsewhere-1").await;
    anna.verify(&code).await.problem(422, "code_incorrect");
    anna.verify(&code).await.problem(401, "unauthorized");
    assert!(app.signs_in(ANNA, "Written-Elsewhere-1").await);
}

/// case 16: the same between the code and the new password.
#[tokio::test]
async fn a_verified_challenge_is_void_when_the_password_was_changed_meanwhile() {
    let app = TestApp::start().await;
    let anna = app.claimant().verified(ANNA).await;
    app.advance(1);
    app.write_password(ANNA, "Written-Elsewhere-1").await;
    anna.complete("Tiantian-2026x").await.problem(410, "flow_expired");
    assert_eq!(anna.complete("Tiantian-2026x").await.problem(409, "flow_state").text("state"), "cancelled");
    assert!(app.signs_in(ANNA, "Written-Elsewhere-1").await);
}

/// case 20: a phone that was bound anew voids a code that went to the former one, before and after it was right.
#[tokio::test]
async fn a_challenge_is_void_when_the_phone_was_bound_anew() {
    let app = TestApp::start().await;
    let mut anna = app.claimant().start(ANNA).await;
    let code = anna.code().await;
    app.bind_phone(ANNA, "13700137000").await;
    anna.verify(&code).await.problem(422, "code_incorrect");

    app.advance(60);
    let anna = app.claimant().verified(ANNA).await;
    assert_eq!(app.outbound.codes().last().unwrap().to, "+8613700137000");
    app.bind_phone(ANNA, "13800138000").await;
    anna.complete("Tiantian-2026x").await.problem(410, "flow_expired");
    assert!(app.signs_in(ANNA, OLD_PASSWORD).await);
}

/// case 23: an account that was disabled or deleted between the steps is answered like a wrong code, then like a
/// recovery whose time is over, the same for both.
#[tokio::test]
async fn a_disabled_and_a_deleted_account_end_their_challenges_alike() {
    let mut answers = Vec::new();
    for fate in [Fate::Disabled, Fate::Deleted] {
        let directory = Arc::new(Directory::default());
        let app = TestApp::start_with(directory.setup("")).await;
        let mut before = app.claimant().start(ANNA).await;
        let code = before.code().await;
        app.advance(60);
        let after = app.claimant().verified(ANNA).await;
        directory.decide(fate);
        let wrong = app.claimant().start("nobody@example.gov.cn").await.verify("000000").await;
        let void = before.verify(&code).await.problem(422, "code_incorrect");
        assert_eq!(seen(&void), seen(&wrong));
        let over = after.complete("Tiantian-2026x").await.problem(410, "flow_expired");
        answers.push((seen(&void), seen(&over)));
        assert_eq!(directory.begun(), 0);
        assert!(app.signs_in(ANNA, OLD_PASSWORD).await);
    }
    assert_eq!(answers[0], answers[1]);
}

/// case 17: a credential that is guessed, empty, of another recovery or former opens nothing, with one answer for all;
/// after success and after its time the challenge says where it stands, to its holder only.
#[tokio::test]
async fn only_the_present_credential_opens_a_challenge() {
    let app = TestApp::start_with(Setup::with(WIDE_GATES)).await;
    let mut anna = app.claimant().start(ANNA).await;
    let former = anna.credential.clone();
    let code = anna.code().await;
    anna.verify(&code).await.expect(200);
    let stranger = app.claimant().start("nobody@example.gov.cn").await;
    let guessed = format!("ft_{}", "A".repeat(64));
    let body = json!({ "new_password": "Tiantian-2026x" });
    let mut refusals = vec![anna.client.post(&anna.path("/complete"), &body).await];
    for credential in ["", "null", "ft_", &guessed, &stranger.credential, &former] {
        refusals.push(anna.client.holding(credential).post(&anna.path("/complete"), &body).await);
    }
    for refusal in refusals {
        let first = anna.client.get(&anna.path("")).await.problem(401, "unauthorized");
        assert_eq!(seen(&refusal), seen(&first));
    }
    anna.complete("Tiantian-2026x").await.expect(200);
    assert_eq!(anna.complete("Mingtian-2027y").await.problem(409, "flow_state").text("state"), "completed");

    app.advance(60);
    let late = app.claimant().verified(ANNA).await;
    app.advance(600);
    late.complete("Mingtian-2027y").await.problem(410, "flow_expired");
    assert!(app.signs_in(ANNA, "Tiantian-2026x").await);
}

/// case 19: the number comes from the account store alone, whatever a client adds.
#[tokio::test]
async fn no_member_of_a_request_can_name_a_phone() {
    let app = TestApp::start().await;
    let mut anna = app.claimant();
    let captcha = anna.captcha().await;
    for member in ["phone", "mobile", "to", "encrypted_sms_login"] {
        let body = json!({ "account": ANNA, "captcha": captcha, member: "+8613700137000" });
        let refused = anna.client.post("/v1/password-resets", &body).await.problem(400, "bad_request");
        assert_eq!(refused.body["errors"][0]["code"], "unknown_member");
        assert!(!refused.body.to_string().contains("137001"), "{}", refused.body);
    }
    anna.try_start_with(ANNA, captcha).await.expect(202);
    anna.code().await;
    let numbers: Vec<_> = app.outbound.all().into_iter().map(|message| message.to).collect();
    assert_eq!(numbers, ["+8613800138000"]);
}

/// case 22: another session, which knows the id and even the code, gets nowhere and costs no try.
#[tokio::test]
async fn a_session_without_the_credential_gets_nowhere_and_costs_no_try() {
    let app = TestApp::start().await;
    let mut anna = app.claimant().start(ANNA).await;
    let other = app.claimant_from("203.0.113.9").start(ANNA).await;
    let code = anna.code().await;
    for _ in 0..6 {
        let body = json!({ "code": code });
        other.client.post(&anna.path("/verify"), &body).await.problem(401, "unauthorized");
        other.holder().post(&anna.path("/verify"), &body).await.problem(401, "unauthorized");
    }
    assert_eq!(anna.status().await.body["attempts_left"], 5);
    anna.verify(&code).await.expect(200);
}

/// case 24: several challenges of one account live side by side until one of them sets the password; a fourth that
/// holds a code at once gets no message, and the same answer.
#[tokio::test]
async fn three_challenges_live_side_by_side_until_one_succeeds() {
    let app = TestApp::start().await;
    let mut live = Vec::new();
    for _ in 0..3 {
        let claimant = app.claimant().start(ANNA).await;
        live.push((claimant.code().await, claimant));
        app.advance(61);
    }
    let mut fourth = app.claimant();
    let answer = fourth.try_start(ANNA).await.expect(202);
    assert_eq!(app.delivery(&fourth.id, 1).await, Err("no_slot"));
    assert_eq!((answer.text("state").as_str(), &answer.body["attempts_left"]), ("code_sent", &json!(5)));

    let (third_code, mut third) = live.pop().unwrap();
    for (code, claimant) in &mut live {
        claimant.verify(code).await.expect(200);
    }
    let (older, newer) = (&live[0].1, &live[1].1);
    older.complete("Tiantian-2026x").await.expect(200);
    assert_eq!(newer.complete("Mingtian-2027y").await.problem(409, "flow_state").text("state"), "cancelled");
    third.verify(&third_code).await.problem(422, "code_incorrect");
    assert_eq!(third.status().await.text("state"), "code_sent", "its holder may be a stranger, who sees nothing");
    assert!(app.signs_in(ANNA, "Tiantian-2026x").await);
    app.advance(3_600);
    app.claimant().start(ANNA).await.code().await;
}

/// case 25: a restart on memory state forgets every challenge, which fails closed.
#[tokio::test]
async fn a_restart_voids_codes_on_their_way() {
    let directory = Arc::new(tempfile::tempdir().unwrap());
    let mut app = TestApp::start_in(directory.clone(), Setup::default()).await;
    let anna = app.claimant().start(ANNA).await;
    let (id, credential, code) = (anna.id.clone(), anna.credential.clone(), anna.code().await);
    app.stop().await;
    let app = TestApp::start_in(directory, Setup::default()).await;
    let mut anna = Claimant { id, credential, ..app.claimant() };
    anna.verify(&code).await.problem(404, "flow_not_found");
    anna.status().await.problem(404, "flow_not_found");
    assert!(app.signs_in(ANNA, OLD_PASSWORD).await);
}

/// case 76: a refused password costs no code; the sixth that is refused ends the challenge, whatever was broken: that
/// nothing personal was found tells as much as that something was.
#[tokio::test]
async fn the_sixth_refused_password_ends_the_challenge() {
    let app = TestApp::start_with(Setup::with(WIDE_GATES)).await;
    let anna = app.claimant().verified(ANNA).await;
    for _ in 0..2 {
        anna.complete("short").await.problem(422, "password_policy");
    }
    for _ in 0..3 {
        let refused = anna.complete("Anna-Tian-2026x").await.problem(422, "password_policy");
        assert_eq!(refused.text("state"), "verified");
    }
    anna.complete("Anna-Tian-2026x").await.problem(423, "flow_locked");
    anna.complete("Tiantian-2026x").await.problem(423, "flow_locked");
    assert!(app.signs_in(ANNA, OLD_PASSWORD).await);
}
