//! `/v1/captchas`: what is issued, and what a refusal carries.

use serde_json::{Value, json};

use super::operation::members;
use crate::harness::{ANNA, Client, Setup, TestApp};

async fn issue(client: &Client, body: &Value) -> Value {
    client.post("/v1/captchas", body).await.expect(201).body
}

fn names(value: &Value) -> Vec<String> {
    members(value).into_iter().map(|pointer| pointer[1..].to_owned()).collect()
}

#[tokio::test]
async fn every_kind_says_what_its_page_needs_and_what_else_there_is() {
    let app = TestApp::start().await;
    let client = app.client();
    let picture = issue(&client, &json!({})).await;
    let wanted = ["alternatives", "expires_at", "height", "id", "image", "kind", "length", "width"];
    assert_eq!(names(&picture), wanted);
    assert_eq!(picture["kind"], "image");
    assert_eq!(picture["alternatives"], json!(["pow", "audio"]));
    assert_eq!(picture["expires_at"], "2026-11-23T07:03:00Z");
    assert_eq!(picture["image"], format!("/v1/captchas/{}/image", picture["id"].as_str().unwrap()));
    let sound = issue(&client, &json!({ "kind": "audio" })).await;
    assert_eq!(names(&sound), ["alternatives", "audio", "expires_at", "id", "kind", "length"]);
    assert_eq!(sound["alternatives"], json!(["image", "pow"]));
    let work = issue(&client, &json!({ "kind": "pow" })).await;
    assert_eq!(names(&work), ["algorithm", "alternatives", "bits", "expires_at", "id", "kind", "salt"]);
    assert_eq!((&work["algorithm"], &work["bits"]), (&json!("SHA-256"), &json!(8)));
}

#[tokio::test]
async fn picture_and_recording_are_what_they_are_called_and_stay_the_same() {
    let app = TestApp::start().await;
    let client = app.client();
    for (kind, head) in [("image", b"\x89PNG".as_slice()), ("audio", b"RIFF".as_slice())] {
        let captcha = issue(&client, &json!({ "kind": kind })).await;
        let path = captcha[kind].as_str().unwrap();
        let first = client.get(path).await.expect(200);
        assert!(first.bytes.starts_with(head), "{kind}");
        assert_eq!(first.bytes, client.get(path).await.bytes);
    }
}

#[tokio::test]
async fn a_kind_that_is_not_offered_is_refused_in_words() {
    let app = TestApp::start_with(Setup::with("[captcha]\nkinds = [\"pow\"]")).await;
    let client = app.client().with("accept-language", "en");
    let refused = client.post("/v1/captchas", &json!({ "kind": "audio" })).await.problem(422, "validation_failed");
    let wanted = json!([{ "pointer": "/kind", "code": "kind", "message": "This kind of captcha is not offered" }]);
    assert_eq!(refused.body["errors"], wanted);
    assert_eq!(issue(&client, &json!({})).await["alternatives"], json!([]));
}

/// case 26: a wrong answer costs the captcha, and the refusal carries the next one, which works.
#[tokio::test]
async fn a_wrong_answer_brings_a_fresh_captcha_that_can_be_used() {
    let app = TestApp::start().await;
    let client = app.client();
    let work = issue(&client, &json!({ "kind": "pow" })).await;
    let wrong = json!({ "account": ANNA, "captcha": { "id": work["id"], "nonce": "no number" } });
    let refused = client.post("/v1/password-resets", &wrong).await.problem(422, "captcha_incorrect");
    assert_eq!(refused.body["errors"][0]["pointer"], "/captcha/answer");
    assert_eq!(refused.body["errors"][0]["code"], "captcha_incorrect");
    let fresh = &refused.body["captcha"];
    assert_ne!(fresh["id"], work["id"]);
    assert_eq!(names(fresh), names(&work));
    let bits = u8::try_from(fresh["bits"].as_u64().unwrap()).unwrap();
    let nonce = resetgate::captcha::solve_pow(fresh["salt"].as_str().unwrap(), bits);
    let right = json!({ "account": ANNA, "captcha": { "id": fresh["id"], "nonce": nonce } });
    client.post("/v1/password-resets", &right).await.expect(202);
}

/// case 33: no captcha, no code; and none that was already used, replaced or is too old.
#[tokio::test]
async fn a_start_needs_a_captcha_that_is_new() {
    let app = TestApp::start().await;
    let client = app.client();
    let start = async |captcha: Option<&Value>| {
        let body = captcha.map_or_else(|| json!({ "account": ANNA }), |it| json!({ "account": ANNA, "captcha": it }));
        client.post("/v1/password-resets", &body).await
    };
    start(None).await.problem(422, "captcha_required");
    let used = app.claimant().captcha().await;
    start(Some(&used)).await.expect(202);
    start(Some(&used)).await.problem(422, "captcha_incorrect");
    let replaced = app.claimant().captcha().await;
    issue(&client, &json!({ "kind": "pow", "replaces": replaced["id"] })).await;
    start(Some(&replaced)).await.problem(422, "captcha_incorrect");
    let old = app.claimant().captcha().await;
    app.advance(181);
    start(Some(&old)).await.problem(422, "captcha_expired");
}
