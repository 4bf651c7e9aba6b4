//! `GET /v1/config`.

use serde_json::json;

use crate::harness::{Setup, TestApp};

#[tokio::test]
async fn a_page_learns_what_it_needs_before_it_asks_for_anything() {
    let help = r#"
        [help]
        name = "信息中心"
        phone = "010-5550-0100"
        hours = "工作日 9:00–17:30"
        url = "https://mail.example.gov.cn/forgot/help"
    "#;
    let app = TestApp::start_with(Setup::with(help)).await;
    let mut config = app.client().get("/v1/config").await.expect(200).body;
    let version = config["policy"]["version"].take();
    assert!(version.as_str().is_some_and(|version| version.starts_with('p')), "{version}");
    let wanted = json!({
        "api_version": "1.0",
        "locales": ["en", "zh-CN"],
        "default_locale": "zh-CN",
        "captcha": {
            "required": true, "kinds": ["image", "pow", "audio"], "length": 5, "case_sensitive": false, "expires_in": 180,
        },
        "code": { "length": 6, "expires_in": 300, "resend_after": 60, "max_attempts": 5, "max_sends": 3 },
        "policy": {
            "version": null, "min_length": 12, "max_length": 30, "min_classes": 3, "confirm": true,
            "rules": [
                { "id": "length", "check": "client" },
                { "id": "classes", "check": "client" },
                { "id": "common", "check": "server" },
                { "id": "username", "check": "client" },
                { "id": "personal", "check": "server", "attributes": ["mobile", "work_phone", "birthday"] },
            ],
            "passwordrules": "minlength: 12; maxlength: 30; required: lower; required: upper; required: digit;",
            "max_age_choices": ["P1M", "P3M", "P6M", "P1Y", "never"],
        },
        "help": {
            "name": "信息中心", "phone": "010-5550-0100", "email": "", "hours": "工作日 9:00–17:30",
            "url": "https://mail.example.gov.cn/forgot/help",
        },
        "status": { "sms": "ok" },
        "instance": "1f5a8712e8cc6252",
    });
    assert_eq!(config, wanted);
}

#[tokio::test]
async fn a_page_that_knows_the_configuration_is_told_that_nothing_changed() {
    let app = TestApp::start().await;
    let first = app.client().get("/v1/config").await.expect(200);
    let tag = first.header("etag").unwrap();
    for known in [tag.to_owned(), format!("\"other\", {tag}"), format!("W/{tag}")] {
        let same = app.client().with("if-none-match", &known).get("/v1/config").await.expect(304);
        assert_eq!((same.header("etag"), same.bytes.len()), (Some(tag), 0));
    }
    app.client().with("if-none-match", "\"other\"").get("/v1/config").await.expect(200);
}

#[tokio::test]
async fn another_policy_has_another_version_and_another_tag() {
    let municipal = TestApp::start().await.client().get("/v1/config").await;
    let nist = TestApp::start_with(Setup::with("[policy]\npreset = \"nist\"")).await.client().get("/v1/config").await;
    assert_ne!(municipal.body["policy"]["version"], nist.body["policy"]["version"]);
    assert_ne!(municipal.header("etag"), nist.header("etag"));
    assert_eq!(nist.body["policy"]["min_length"], 15);
}
