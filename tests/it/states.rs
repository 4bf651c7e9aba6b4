//! The state machine as clients meet it: each step in each state.

use resetgate::audit::EventKind;
use serde_json::{Value, json};

use crate::harness::{ANNA, Answer, Claimant, TestApp};

const PASSWORD: &str = "Tiantian-2026x";

/// What a state answers: to a look, a further code, a code, a password, both, and to being cancelled.
struct Row {
    state: &'static str,
    resend: (u16, &'static str),
    verify: (u16, &'static str),
    complete: (u16, &'static str),
    both: (u16, &'static str),
    allowed: &'static [&'static str],
}

impl Row {
    /// One answer to every step.
    const fn ended(state: &'static str, answer: (u16, &'static str)) -> Self {
        Self { state, resend: answer, verify: answer, complete: answer, both: answer, allowed: &[] }
    }
}

const STATE: (u16, &str) = (409, "flow_state");

fn is(answer: Answer, (status, code): (u16, &str), state: &str) -> Answer {
    if status < 400 {
        return answer.expect(status);
    }
    let answer = answer.problem(status, code);
    if code == "flow_state" {
        assert_eq!(answer.text("state"), state);
    }
    answer
}

async fn step(claimant: &Claimant<'_>, name: &str, body: &Value) -> Answer {
    claimant.holder().post(&claimant.path(name), body).await
}

/// Walks one row, without the steps that would succeed and so change the state.
async fn walk(claimant: &Claimant<'_>, row: &Row) {
    let status = claimant.status().await.expect(200);
    assert_eq!((status.text("state").as_str(), &status.body["allowed"]), (row.state, &json!(row.allowed)));
    is(step(claimant, "/resend", &json!({})).await, row.resend, row.state);
    is(step(claimant, "/verify", &json!({ "code": "000000" })).await, row.verify, row.state);
    is(step(claimant, "/complete", &json!({ "new_password": PASSWORD })).await, row.complete, row.state);
    let both = json!({ "new_password": PASSWORD, "code": "000000" });
    is(step(claimant, "/complete", &both).await, row.both, row.state);
}

#[tokio::test]
async fn a_challenge_that_waits_for_its_code() {
    let app = TestApp::start().await;
    let anna = app.claimant().start(ANNA).await;
    anna.code().await;
    walk(
        &anna,
        &Row {
            state: "code_sent",
            resend: (429, "resend_too_soon"),
            verify: (422, "code_incorrect"),
            complete: STATE,
            both: (422, "code_incorrect"),
            allowed: &["verify", "resend", "complete", "cancel"],
        },
    )
    .await;
    app.advance(60);
    step(&anna, "/resend", &json!({})).await.expect(202);
}

#[tokio::test]
async fn a_verified_challenge() {
    let app = TestApp::start().await;
    let anna = app.claimant().verified(ANNA).await;
    let (complete, both) = ((422, "validation_failed"), STATE);
    let status = anna.status().await.expect(200);
    assert_eq!(status.body["allowed"], json!(["complete", "cancel"]));
    is(step(&anna, "/resend", &json!({})).await, STATE, "verified");
    is(step(&anna, "/verify", &json!({ "code": "000000" })).await, both, "verified");
    is(step(&anna, "/complete", &json!({ "new_password": "" })).await, complete, "verified");
    // A code that was right already is not asked for again, and one that comes along is not looked at.
    step(&anna, "/complete", &json!({ "new_password": PASSWORD, "code": "000000" })).await.expect(200);
}

#[tokio::test]
async fn a_completed_challenge() {
    let app = TestApp::start().await;
    let anna = app.claimant().verified(ANNA).await;
    anna.complete(PASSWORD).await.expect(200);
    walk(&anna, &Row::ended("completed", STATE)).await;
    cancel(&anna).await.expect(204);
    walk(&anna, &Row::ended("completed", STATE)).await;
    assert_eq!(cancellations(&app), 0, "nothing was left to cancel");
}

#[tokio::test]
async fn a_locked_challenge() {
    let app = TestApp::start().await;
    let anna = app.claimant().start(ANNA).await;
    let wrong = json!({ "code": Claimant::wrong(&anna.code().await) });
    for _ in 0..5 {
        step(&anna, "/verify", &wrong).await;
    }
    walk(&anna, &Row::ended("locked", (423, "flow_locked"))).await;
    cancel(&anna).await.expect(204);
    walk(&anna, &Row::ended("locked", (423, "flow_locked"))).await;
    assert_eq!(cancellations(&app), 0, "nothing was left to cancel");
}

#[tokio::test]
async fn a_challenge_past_its_time() {
    let app = TestApp::start().await;
    let anna = app.claimant().start(ANNA).await;
    let late = app.claimant_from("198.51.100.2").verified("anna@example.gov.cn");
    anna.code().await;
    app.advance(61);
    let late = late.await;
    app.advance(900);
    for claimant in [&anna, &late] {
        walk(claimant, &Row::ended("expired", (410, "flow_expired"))).await;
        cancel(claimant).await.expect(204);
        walk(claimant, &Row::ended("expired", (410, "flow_expired"))).await;
    }
    assert_eq!(cancellations(&app), 0, "nothing was left to cancel");
}

/// DELETE ends a challenge before the code and after it, once; from then on every step says where it stands.
#[tokio::test]
async fn a_cancelled_challenge() {
    let app = TestApp::start().await;
    let anna = app.claimant().start(ANNA).await;
    let code = anna.code().await;
    cancel(&anna).await.expect(204);
    walk(&anna, &Row::ended("cancelled", STATE)).await;
    is(step(&anna, "/verify", &json!({ "code": code })).await, STATE, "cancelled");
    cancel(&anna).await.expect(204);
    assert_eq!(cancellations(&app), 1);
    app.advance(61);
    let late = app.claimant_from("198.51.100.2").verified(ANNA).await;
    cancel(&late).await.expect(204);
    walk(&late, &Row::ended("cancelled", STATE)).await;
    assert_eq!(cancellations(&app), 2);
    assert!(!app.signs_in(ANNA, PASSWORD).await);
}

/// An id that nobody has is not found; an id of another kind neither.
#[tokio::test]
async fn an_unknown_challenge_is_not_found() {
    let app = TestApp::start().await;
    let anna = app.claimant().start(ANNA).await;
    let nobody =
        format!("{}{}", &anna.id[..anna.id.len() - 4], if anna.id.ends_with("zzz0") { "zzzg" } else { "zzz0" });
    for id in [nobody.as_str(), "rst_1", "cap_00000000000000000000000000", "%00", "..%2f..", "rst_%C3%A9"] {
        let path = |step: &str| format!("/v1/password-resets/{id}{step}");
        anna.holder().get(&path("")).await.problem(404, "flow_not_found");
        anna.holder().send("DELETE", &path(""), &[], None).await.problem(404, "flow_not_found");
        for (step, body) in [
            ("/resend", json!({})),
            ("/verify", json!({ "code": "123456" })),
            ("/complete", json!({ "new_password": PASSWORD })),
        ] {
            anna.holder().post(&path(step), &body).await.problem(404, "flow_not_found");
        }
    }
}

async fn cancel(claimant: &Claimant<'_>) -> Answer {
    claimant.holder().send("DELETE", &claimant.path(""), &[], None).await
}

fn cancellations(app: &TestApp) -> usize {
    app.events.count(|event| matches!(event.kind, EventKind::FlowCancelled))
}
