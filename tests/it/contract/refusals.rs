//! Every problem that a request can meet, met.

use serde_json::json;

use super::replay::{started, verified};
use super::stage::{Stage, example_app};
use crate::harness::{Claimant, Client, Setup};

/// The operations that take a body.
pub const WITH_BODY: [&str; 5] = ["issueCaptcha", "startReset", "resendCode", "verifyCode", "completeReset"];
/// The operations that take the flow credential.
const WITH_CREDENTIAL: [&str; 5] = ["readReset", "cancelReset", "resendCode", "verifyCode", "completeReset"];

/// A body that an operation takes as far as its form goes.
pub fn formed(operation: &str) -> Option<&'static str> {
    match operation {
        "resendCode" | "issueCaptcha" => Some("{}"),
        "verifyCode" => Some(r#"{"code":"123456"}"#),
        "completeReset" => Some(r#"{"new_password":"Tiantian-2026x"}"#),
        "startReset" => Some(r#"{"account":"zhangsan@example.gov.cn"}"#),
        _ => None,
    }
}

/// case 60 and 65, as far as the description speaks of them.
pub async fn bodies(stage: &mut Stage) {
    let app = example_app(Setup::default()).await;
    let client = app.client();
    let large = json!({ "colour": "x".repeat(20_000) }).to_string();
    for id in WITH_BODY {
        stage.act(id).text(r#"{"colour":"red"}"#).expect(&client, 400, "bad_request").await;
        stage.act(id).text(&large).expect(&client, 413, "payload_too_large").await;
        let plain = stage.act(id).text("{}").header("content-type", "text/plain");
        plain.expect(&client, 415, "unsupported_media_type").await;
    }
    for id in WITH_BODY.into_iter().chain(["cancelReset"]) {
        let foreign = stage.act(id).header("origin", "https://elsewhere.example");
        foreign.expect(&client, 403, "forbidden").await;
    }
}

pub async fn starts(stage: &mut Stage) {
    let app = example_app(Setup::with("[captcha]\nkinds = [\"pow\"]")).await;
    stage.act("issueCaptcha").with("picture").expect(&app.client(), 422, "validation_failed").await;
    let bad = stage.act("startReset").text(r#"{"account":"zhangsan"}"#);
    bad.expect(&app.client(), 422, "validation_failed").await;
}

pub async fn captchas(stage: &mut Stage) {
    let app = example_app(Setup::default()).await;
    let client = app.client();
    let picture = client.post("/v1/captchas", &json!({})).await.text("id");
    let work = client.post("/v1/captchas", &json!({ "kind": "pow" })).await.text("id");
    stage.act("readCaptchaImage").of(&work).expect(&client, 404, "not_found").await;
    stage.act("readCaptchaAudio").of(&work).expect(&client, 404, "not_found").await;
    stage.act("startReset").text(formed("startReset").unwrap()).expect(&client, 422, "captcha_required").await;
    // The answer of the example belongs to another picture.
    let wrong = [("/captcha/id", json!(picture))];
    let act = stage.act("startReset").with_changes("picture_read", &wrong);
    act.expect(&client, 422, "captcha_incorrect").await;
    let picture = client.post("/v1/captchas", &json!({})).await.text("id");
    let sound = client.post("/v1/captchas", &json!({ "kind": "audio" })).await.text("id");
    app.advance(181);
    stage.act("readCaptchaImage").of(&picture).expect(&client, 410, "captcha_gone").await;
    stage.act("readCaptchaAudio").of(&sound).expect(&client, 410, "captcha_gone").await;
    let late = [("/captcha/id", json!(picture))];
    stage.act("startReset").with_changes("picture_read", &late).expect(&client, 422, "captcha_expired").await;
}

/// case 17, as far as the description speaks of it.
pub async fn credentials(stage: &mut Stage) {
    let app = example_app(Setup::default()).await;
    let claimant = started(stage, app.claimant()).await;
    for id in WITH_CREDENTIAL {
        stage.act_for(id, &claimant).formed().expect(&claimant.client, 401, "unauthorized").await;
        stage.act(id).formed().expect(&claimant.holder(), 404, "flow_not_found").await;
    }
}

/// case 51: a gate that tells says how long, in the header and in the body.
pub async fn limits(stage: &mut Stage) {
    let narrow = "captcha = [\"3/1h\"]\nmedia = [\"2/1h\"]\nstart = [\"1/1h\"]\nverify = [\"1/1h\"]\nread = [\"1/1h\"]";
    let app = example_app(Setup::with(&format!("[limits]\n{narrow}"))).await;
    let claimant = started(stage, app.claimant()).await;
    let holder = claimant.holder();
    for id in ["readReset", "verifyCode"] {
        send(&holder, stage, id, &claimant).await;
    }
    let picture = holder.post("/v1/captchas", &json!({})).await.text("id");
    let sound = holder.post("/v1/captchas", &json!({ "kind": "audio" })).await.text("id");
    for path in [format!("/v1/captchas/{picture}/image"), format!("/v1/captchas/{sound}/audio")] {
        holder.get(&path).await.expect(200);
    }
    stage.act("readCaptchaImage").of(&picture).expect(&holder, 429, "rate_limited").await;
    stage.act("readCaptchaAudio").of(&sound).expect(&holder, 429, "rate_limited").await;
    for id in WITH_CREDENTIAL.into_iter().chain(["issueCaptcha", "startReset"]) {
        let of = if WITH_CREDENTIAL.contains(&id) { claimant.id.as_str() } else { "" };
        let refused = stage.act(id).of(of).formed().expect(&holder, 429, "rate_limited").await;
        assert_eq!(refused.body["retry_after"].to_string(), refused.header("retry-after").unwrap());
    }
}

/// Passes a gate, whatever the answer.
async fn send(client: &Client, stage: &Stage, id: &str, claimant: &Claimant<'_>) {
    let operation = stage.description.operation(id);
    let body = formed(id).map(|body| body.as_bytes().to_vec());
    let method = operation.method.to_ascii_uppercase();
    let headers = [("content-type", "application/json")];
    client.send(&method, &operation.path_with(&claimant.id), &headers, body).await;
}

pub async fn codes(stage: &mut Stage) {
    let app = example_app(Setup::default()).await;
    let claimant = started(stage, app.claimant()).await;
    let wrong = json!(Claimant::wrong(&claimant.code().await));
    let holder = claimant.holder();
    for (id, example) in [("verifyCode", "typed"), ("completeReset", "with_code")] {
        let short = [("/code", json!("12"))];
        stage.act_for(id, &claimant).with_changes(example, &short).expect(&holder, 422, "code_format").await;
        let wrong = [("/code", wrong.clone())];
        stage.act_for(id, &claimant).with_changes(example, &wrong).expect(&holder, 422, "code_incorrect").await;
    }
    app.advance(301);
    for (id, example) in [("verifyCode", "typed"), ("completeReset", "with_code")] {
        stage.act_for(id, &claimant).with(example).expect(&holder, 410, "code_expired").await;
    }
}

pub async fn passwords(stage: &mut Stage) {
    let app = example_app(Setup::default()).await;
    let waiting = started(stage, app.claimant()).await;
    // Its message is counted now, not after the clock has moved.
    waiting.code().await;
    let act = stage.act_for("completeReset", &waiting).with("verified_before");
    act.expect(&waiting.holder(), 409, "flow_state").await;
    app.advance(61);
    let proven = verified(stage, app.claimant_from("198.51.100.2")).await;
    let never_offered = [("/max_age", json!("P2Y"))];
    let act = stage.act_for("completeReset", &proven).with_changes("verified_before", &never_offered);
    act.expect(&proven.holder(), 422, "validation_failed").await;
    let phone = [("/new_password", json!("138000012349"))];
    let act = stage.act_for("completeReset", &proven).with_changes("verified_before", &phone);
    act.expect(&proven.holder(), 422, "password_policy").await;
}

pub async fn further_codes(stage: &mut Stage) {
    let app = example_app(Setup::with("[limits]\nstart = [\"100/1h\"]")).await;
    let claimant = started(stage, app.claimant()).await;
    let holder = claimant.holder();
    stage.act_for("resendCode", &claimant).with("free").expect(&holder, 429, "resend_too_soon").await;
    app.advance(60);
    stage.act_for("resendCode", &claimant).with("free").expect(&holder, 202, "code_sent").await;
    app.advance(60);
    stage.act_for("resendCode", &claimant).with("free").expect(&holder, 422, "captcha_required").await;
    let picture = holder.post("/v1/captchas", &json!({})).await.text("id");
    let wrong = [("/captcha", json!({ "id": picture, "answer": "?" }))];
    let act = stage.act_for("resendCode", &claimant).with_changes("work_done", &wrong);
    act.expect(&holder, 422, "captcha_incorrect").await;
    let late = [("/captcha", claimant.captcha().await)];
    app.advance(181);
    let act = stage.act_for("resendCode", &claimant).with_changes("work_done", &late);
    act.expect(&holder, 422, "captcha_expired").await;
    let change = [("/captcha", claimant.captcha().await)];
    let act = stage.act_for("resendCode", &claimant).with_changes("work_done", &change);
    act.expect(&holder, 202, "code_sent").await;
    stage.act_for("resendCode", &claimant).with("free").expect(&holder, 409, "sends_exhausted").await;
}

/// What is met when an attempt is locked, over, or past the step.
pub async fn ended(stage: &mut Stage) {
    const STEPS: [(&str, &str); 3] = [("resendCode", "free"), ("verifyCode", "typed"), ("completeReset", "with_code")];
    let app = example_app(Setup::default()).await;
    let mut locked = started(stage, app.claimant()).await;
    let wrong = Claimant::wrong(&locked.code().await);
    for _ in 0..5 {
        locked.verify(&wrong).await;
    }
    app.advance(61);
    let mut done = started(stage, app.claimant_from("198.51.100.2")).await;
    let code = done.code().await;
    done.verify(&code).await.expect(200);
    for (id, example) in STEPS {
        let act = stage.act_for(id, &locked).with(example);
        act.expect(&locked.holder(), 423, "flow_locked").await;
    }
    for (id, example) in &STEPS[..2] {
        let act = stage.act_for(id, &done).with(example);
        act.expect(&done.holder(), 409, "flow_state").await;
    }
    app.advance(61);
    let over = started(stage, app.claimant_from("198.51.100.3")).await;
    app.advance(901);
    for (id, example) in STEPS {
        stage.act_for(id, &over).with(example).expect(&over.holder(), 410, "flow_expired").await;
    }
}
