//! Languages as people's devices write them: the nearest one there is answers, wherever it was asked for.

use serde_json::json;

use crate::harness::{ANNA, Setup, TestApp, Walker};

/// How a language is asked for, and the one of the two built-in ones that answers.
const ASKED: [(&str, &str); 10] = [
    ("en_US", "en"),
    ("en-GB", "en"),
    ("EN", "en"),
    ("en-Latn-GB", "en"),
    ("zh_CN", "zh-CN"),
    ("zh-Hans-CN", "zh-CN"),
    ("zh-Hant", "zh-CN"),
    ("zh_HK", "zh-CN"),
    ("ZH", "zh-CN"),
    ("fr", "zh-CN"),
];

#[tokio::test]
async fn the_nearest_language_answers_in_query_header_and_cookie() {
    // The default is neither, so that nothing is right by chance.
    for (asked, expected) in ASKED {
        let default = if asked == "fr" || expected == "en" { "zh_CN" } else { "en_GB" };
        let app = TestApp::start_with(Setup::with(&format!("[text]\ndefault_locale = \"{default}\""))).await;
        let language = |answer: &crate::harness::Answer| answer.header("content-language").unwrap().to_owned();
        let mut walker = Walker::new(&app, app.client());
        assert_eq!(language(&walker.open(&format!("/?lang={asked}")).await), expected, "?lang={asked}");
        if asked != "fr" {
            assert_eq!(language(&walker.open("/help").await), expected, "the cookie after ?lang={asked}");
        }
        let client = app.client().with("accept-language", asked);
        assert_eq!(language(&client.get("/v1/config").await), expected, "Accept-Language: {asked}");
        let body = app.client().post("/v1/captchas", &json!({ "kind": "pow", "locale": asked })).await.expect(201);
        assert_eq!(language(&body), expected, "body {asked}");
    }
}

#[tokio::test]
async fn weights_are_honoured_with_and_without_blanks() {
    let app = TestApp::start().await;
    let table = [
        ("fr;q=0.9, en_US ; q=0.8, zh-CN;q=0.1", "en"),
        ("zh-CN;q=0.5,en-GB;Q=0.6", "en"),
        ("en;q=0, zh-Hans", "zh-CN"),
        ("de, *;q=0.1", "zh-CN"),
    ];
    for (field, expected) in table {
        let answer = app.client().with("accept-language", field).get("/v1/config").await;
        assert_eq!(answer.header("content-language"), Some(expected), "{field}");
    }
}

/// The message is in the language of the start.
#[tokio::test]
async fn messages_are_written_in_the_nearest_language() {
    let app = TestApp::start_with(Setup::with(
        "[flow]\nlive_per_account = 10\n[limits]\naccount = [\"100/1h\"]\nphone = [\"100/1h\"]",
    ))
    .await;
    let asked = [("en-GB", "City Mail"), ("en_us", "City Mail"), ("zh_CN", "动态密码"), ("zh-Hans-CN", "动态密码")];
    for (nth, (asked, written)) in asked.into_iter().enumerate() {
        let anna = app.claimant();
        let body = json!({ "account": ANNA, "captcha": anna.captcha().await, "locale": asked });
        let started = anna.client.post("/v1/password-resets", &body).await.expect(202);
        app.delivery(&started.text("id"), 1).await.unwrap();
        let text = app.outbound.codes()[nth].text.clone();
        assert!(text.contains(written), "{asked}: {text}");
    }
}
