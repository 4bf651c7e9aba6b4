//! `/v1/password-resets`: the bodies, member by member, and what may follow in which state.

use serde_json::{Value, json};

use super::operation::members;
use crate::harness::{ANNA, Answer, Claimant, Setup, TestApp, UNKNOWN};

fn names(value: &Value) -> Vec<String> {
    members(value).into_iter().map(|pointer| pointer[1..].to_owned()).collect()
}

async fn start(app: &TestApp, more: &Value) -> Answer {
    let mut body = json!({ "account": ANNA, "captcha": app.claimant().captcha().await });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    app.client().post("/v1/password-resets", &body).await
}

#[tokio::test]
async fn a_start_tells_the_times_and_nothing_of_the_account() {
    let app = TestApp::start().await;
    for account in [ANNA, UNKNOWN] {
        let mut answer = app.claimant().try_start(account).await.expect(202);
        assert!(answer.header("set-cookie").unwrap().starts_with("__Host-resetgate=ft_"));
        assert_eq!(answer.header("ratelimit-policy"), Some("\"start\";q=5;w=600"));
        assert!(answer.text("id").starts_with("rst_") && answer.text("flow_token").starts_with("ft_"));
        for told_once in ["id", "flow_token"] {
            answer.body.as_object_mut().unwrap().remove(told_once);
        }
        let wanted = json!({
            "state": "code_sent",
            "destination_hint": null,
            "code_length": 6,
            "code_expires_at": "2026-11-23T07:05:00Z",
            "resend_at": "2026-11-23T07:01:00Z",
            "resend_after": 60,
            "sends_left": 2,
            "attempts_left": 5,
            "expires_at": "2026-11-23T07:15:00Z",
            "server_time": "2026-11-23T07:00:00Z",
        });
        assert_eq!(answer.body, wanted);
    }
}

#[tokio::test]
async fn a_right_code_is_answered_with_what_the_password_page_needs() {
    let app = TestApp::start().await;
    let mut anna = app.claimant().start(ANNA).await;
    let (code, before) = (anna.code().await, anna.credential.clone());
    let verified = anna.verify(&code).await.expect(200);
    let wanted = ["account", "flow_token", "id", "phone_masked", "policy_version", "state", "verified_until"];
    assert_eq!(names(&verified.body), wanted);
    assert_ne!(verified.text("flow_token"), before);
    assert_eq!(verified.text("verified_until"), "2026-11-23T07:10:00Z");
    assert_eq!((verified.text("account").as_str(), verified.text("phone_masked").as_str()), (ANNA, "138****8000"));
    let config = app.client().get("/v1/config").await;
    assert_eq!(verified.body["policy_version"], config.body["policy"]["version"]);
    anna.client.holding(&before).get(&anna.path("")).await.problem(401, "unauthorized");
}

#[tokio::test]
async fn a_completed_recovery_says_when_the_password_ends_and_which_clients_need_it() {
    let app = TestApp::start_with(Setup::with("[mail]\nimap = \"imap.example.gov.cn:993\"")).await;
    let anna = app.claimant().verified(ANNA).await;
    app.advance(241);
    let done = anna.complete("Tiantian-2026x").await.expect(200);
    assert!(done.header("set-cookie").unwrap().contains("Max-Age=0"));
    let wanted = json!({
        "id": anna.id,
        "state": "completed",
        "changed_at": "2026-11-23T07:04:01Z",
        "password_expires_at": null,
        "sessions_revoked": false,
        "client_guidance": { "imap": "imap.example.gov.cn:993" },
        "return_to": null,
    });
    assert_eq!(done.body, wanted);
}

#[tokio::test]
async fn a_password_lasts_as_long_as_was_chosen() {
    let choices = [
        ("P1M", json!("2026-12-23T07:00:00Z")),
        ("P3M", json!("2027-02-23T07:00:00Z")),
        ("P6M", json!("2027-05-23T07:00:00Z")),
        ("P1Y", json!("2027-11-23T07:00:00Z")),
        ("P12M", json!("2027-11-23T07:00:00Z")),
        ("never", json!(null)),
    ];
    for (chosen, until) in choices {
        let app = TestApp::start().await;
        let anna = app.claimant().verified(ANNA).await;
        let complete = async |age: &str| {
            let body = json!({ "new_password": "Tiantian-2026x", "max_age": age });
            anna.holder().post(&anna.path("/complete"), &body).await
        };
        let refused = complete("P2Y").await.problem(422, "validation_failed");
        assert_eq!(refused.body["errors"][0]["pointer"], "/max_age");
        for broken in ["3m", "P0M", "P", "P1D", "p1m", "forever", ""] {
            complete(broken).await.problem(400, "bad_request");
        }
        let done = complete(chosen).await.expect(200);
        assert_eq!(done.body["password_expires_at"], until, "{chosen}");
    }
}

/// Whoever is led away from here goes only where the operator says.
#[tokio::test]
async fn a_claimant_is_led_back_only_to_an_allowed_address() {
    let allow =
        "[server]\nreturn_to_allow = [\"https://mail.example.gov.cn/\", \"https://portal.example.gov.cn/mail\"]";
    let app = TestApp::start_with(Setup::with(allow)).await;
    for stranger in [
        "https://mail.example.gov.cn.evil.example/",
        "https://mail.example.gov.cn@evil.example/",
        "https://portal.example.gov.cn/mailbox",
        "https://mail.example.gov.cn/a/../b",
        "https://mail.example.gov.cn/%2e%2e/b",
        "https://mail.example.gov.cn/\\evil.example",
        "http://mail.example.gov.cn/",
        "//mail.example.gov.cn/",
        "/inbox",
        "javascript:alert(1)",
        "",
    ] {
        let refused = start(&app, &json!({ "return_to": stranger })).await;
        let refused = refused.problem(422, "validation_failed");
        assert_eq!(refused.body["errors"][0]["pointer"], "/return_to", "{stranger}");
    }
    for home in ["https://mail.example.gov.cn/inbox?x=1", "https://portal.example.gov.cn/mail"] {
        app.advance(3_600);
        let started = start(&app, &json!({ "return_to": home })).await.expect(202);
        let mut anna = Claimant::new(&app, app.client());
        (anna.id, anna.credential) = (started.text("id"), started.text("flow_token"));
        let code = anna.code().await;
        anna.verify(&code).await.expect(200);
        let done = anna.complete("Tiantian-2026x").await.expect(200);
        assert_eq!(done.text("return_to"), home);
    }
}

#[tokio::test]
async fn every_state_says_what_may_follow() {
    let app = TestApp::start().await;
    let mut anna = app.claimant().start(ANNA).await;
    let code = anna.code().await;
    let status = anna.status().await.expect(200);
    assert_eq!(status.body["allowed"], json!(["verify", "resend", "complete", "cancel"]));
    assert!(status.body.get("flow_token").is_none() && status.body.get("verified_until").is_none());
    anna.verify(&code).await.expect(200);
    let status = anna.status().await.expect(200);
    assert_eq!((&status.body["state"], &status.body["allowed"]), (&json!("verified"), &json!(["complete", "cancel"])));
    let refused = anna.verify(&code).await.problem(409, "flow_state");
    assert_eq!(
        (refused.text("state").as_str(), &refused.body["allowed"]),
        ("verified", &json!(["complete", "cancel"]))
    );
    anna.complete("Tiantian-2026x").await.expect(200);
    let status = anna.status().await.expect(200);
    assert_eq!((&status.body["state"], &status.body["allowed"]), (&json!("completed"), &json!([])));
    let refused = anna.complete("Tiantian-2027x").await.problem(409, "flow_state");
    assert_eq!((refused.text("state").as_str(), &refused.body["allowed"]), ("completed", &json!([])));
}

#[tokio::test]
async fn a_cancelled_recovery_is_over_and_its_code_void() {
    let app = TestApp::start().await;
    let mut anna = app.claimant().start(ANNA).await;
    let code = anna.code().await;
    let ended = anna.holder().send("DELETE", &anna.path(""), &[], None).await.expect(204);
    assert!(ended.bytes.is_empty() && ended.header("set-cookie").unwrap().contains("Max-Age=0"));
    assert_eq!(anna.status().await.body["state"], "cancelled");
    let refused = anna.verify(&code).await.problem(409, "flow_state");
    assert_eq!(refused.text("state"), "cancelled");
}

#[tokio::test]
async fn a_wrong_code_says_how_many_tries_are_left() {
    let app = TestApp::start().await;
    let mut anna = app.claimant().start(ANNA).await;
    let wrong = Claimant::wrong(&anna.code().await);
    for left in (1..5).rev() {
        let refused = anna.verify(&wrong).await.problem(422, "code_incorrect");
        assert_eq!(refused.body["attempts_left"], left);
    }
    anna.verify(&wrong).await.problem(423, "flow_locked");
}

#[tokio::test]
async fn a_refused_password_says_which_rules_with_which_numbers() {
    let app = TestApp::start().await;
    let mut anna = app.claimant();
    anna.client = anna.client.with("accept-language", "en");
    let anna = anna.verified(ANNA).await;
    let refused = anna.complete("138001380009").await.problem(422, "password_policy");
    assert_eq!((refused.text("state").as_str(), refused.text("detail").as_str()), ("verified", "2 rules are not met"));
    let wanted = json!([
        {
            "pointer": "/new_password", "code": "policy.classes", "params": { "k": 3 },
            "message": "Password must have at least 3 of: digit, lower case, upper case, other",
        },
        {
            "pointer": "/new_password", "code": "policy.personal",
            "message": "Password must not contain your mobile, work phone or birthday",
        },
    ]);
    assert_eq!(refused.body["errors"], wanted);
}

/// This release has no idempotency keys; a client that sends one is served as if it had not.
#[tokio::test]
async fn an_idempotency_key_is_ignored() {
    let app = TestApp::start().await;
    let mut anna = app.claimant();
    anna.client = anna.client.with("idempotency-key", "0b9c4f0e-6f0b-4d9a-8f0e-2f1f5f0f9c11");
    anna.verified(ANNA).await.complete("Tiantian-2026x").await.expect(200);
}
