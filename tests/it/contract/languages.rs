//! Texts come in the language of the body, else of the head, else of the configuration; codes never change.

use serde_json::json;

use crate::harness::{Setup, TestApp};

const START: &str = "/v1/password-resets";

#[tokio::test]
async fn a_problem_speaks_the_language_of_the_head() {
    let app = TestApp::start().await;
    let cases = [
        ("zh-CN", "zh-CN", "验证码"),
        ("en", "en", "captcha"),
        ("en-GB;q=0.9, zh-TW;q=0.3", "en", "captcha"),
        ("zh;q=0.5, en;q=0.4", "zh-CN", "验证码"),
        ("fr, *", "zh-CN", "验证码"),
        ("en;q=0, zh", "zh-CN", "验证码"),
    ];
    for (asked, tag, word) in cases {
        let client = app.client().with("accept-language", asked);
        app.advance(600);
        let refused = client.post(START, &json!({ "account": "a@example.gov.cn" })).await;
        let refused = refused.problem(422, "captcha_required");
        assert_eq!(refused.header("content-language"), Some(tag), "{asked}");
        assert!(refused.text("title").contains(word), "{asked}: {}", refused.body);
        assert!(!refused.text("detail").is_empty());
    }
}

#[tokio::test]
async fn the_locale_of_the_body_goes_before_the_head_and_the_answer_says_so() {
    let app = TestApp::start().await;
    let client = app.client().with("accept-language", "zh-CN");
    let refused = client.post(START, &json!({ "account": "not an address", "locale": "en" })).await;
    let refused = refused.problem(422, "validation_failed");
    assert_eq!(refused.header("content-language"), Some("en"));
    assert_eq!(refused.text("title"), "Something needs to be corrected");
    assert!(refused.body["errors"][0]["message"].as_str().unwrap().starts_with("That is not a mail address"));
    let captcha = client.post("/v1/captchas", &json!({ "locale": "en" })).await.expect(201);
    assert_eq!(captcha.header("content-language"), Some("en"));
}

#[tokio::test]
async fn a_locale_that_there_is_not_falls_back_to_the_head() {
    let app = TestApp::start().await;
    let client = app.client().with("accept-language", "en");
    let refused = client.post(START, &json!({ "account": "a@example.gov.cn", "locale": "tlh" })).await;
    assert_eq!(refused.problem(422, "captcha_required").header("content-language"), Some("en"));
}

#[tokio::test]
async fn the_configuration_names_the_language_of_those_who_ask_for_none() {
    let app = TestApp::start_with(Setup::with("[text]\ndefault_locale = \"en\"")).await;
    let missing = app.client().get("/nothing").await.problem(404, "not_found");
    assert_eq!(missing.header("content-language"), Some("en"));
    assert_eq!(missing.text("title"), "There is nothing here");
}

/// The message to the phone is in the language that the recovery was started in.
#[tokio::test]
async fn the_message_speaks_the_language_of_the_start() {
    let app = TestApp::start().await;
    let mut claimant = app.claimant();
    let body = json!({ "account": crate::harness::ANNA, "captcha": claimant.captcha().await, "locale": "en" });
    let started = claimant.client.clone().with("accept-language", "zh-CN").post(START, &body).await.expect(202);
    claimant.id = started.text("id");
    claimant.code().await;
    let sent = &app.outbound.codes()[0];
    assert_eq!(sent.locale, "en");
    assert!(sent.text.contains("reset code"), "{}", sent.text);
}
