//! Request heads that name somebody else's host, methods that are none of ours, and the headers that every answer has.

use serde_json::json;

use crate::harness::{ANNA, Answer, Claimant, OLD_PASSWORD, RawAnswer, Setup, TestApp, Wire};

const OURS: &str = "mail.example.gov.cn";
const SETTINGS: &str = "[server]\npublic_url = \"https://mail.example.gov.cn\"\n[sms.text.code]\nzh-CN = \"{code} {minutes} {domain}\"\n[sms.text.notice]\nzh-CN = \"{domain} {time}\"";

/// Starts a recovery with the given head lines; the path of the target is the API's.
async fn start(app: &TestApp, target: &str, lines: &[&str], from: usize) -> RawAnswer {
    let claimant: Claimant<'_> = app.claimant_from(&format!("198.51.100.{from}"));
    let body = json!({ "account": ANNA, "captcha": claimant.captcha().await }).to_string();
    let request = format!("POST {target}/v1/password-resets HTTP/1.1");
    let forwarded = format!("x-forwarded-for: 198.51.100.{from}");
    let mut head = vec![request.as_str(), "content-type: application/json", "connection: close", &forwarded];
    head.extend(lines);
    Wire::exchange(app.api, &head, &body).await
}

/// case 58: whatever a request calls this host, messages name the configured domain, and answers repeat nothing of it.
#[tokio::test]
async fn a_foreign_host_name_gets_into_no_message_and_no_answer() {
    let app = TestApp::start_with(Setup::with(SETTINGS)).await;
    let heads: [(&str, &[&str]); 8] = [
        ("", &["host: evil.example"]),
        ("", &["host: mail.example.gov.cn", "x-forwarded-host: evil.example", "x-host: evil.example"]),
        ("", &["host: mail.example.gov.cn", "forwarded: for=198.51.100.3;host=evil.example;proto=http"]),
        ("http://evil.example", &["host: mail.example.gov.cn"]),
        ("", &["host: mail.example.gov.cn", "host: evil.example"]),
        ("", &["host: evil.example", "host: mail.example.gov.cn"]),
        ("", &["host: evil.example@mail.example.gov.cn"]),
        ("", &[]),
    ];
    let mut accepted = 0;
    for (number, (target, lines)) in heads.into_iter().enumerate() {
        let answer = start(&app, target, lines, number + 1).await;
        assert!([202, 400].contains(&answer.status), "{lines:?}: {answer:?}");
        assert!(!format!("{answer:?}").contains("evil"), "{answer:?}");
        if answer.status == 202 {
            accepted += 1;
            let body: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
            app.delivery(body["id"].as_str().unwrap(), 1).await.unwrap();
        }
        app.advance(901);
    }
    assert!(accepted > 0);
    assert_eq!(app.outbound.codes().len(), accepted);
    assert!(app.outbound.all().iter().all(|message| message.text.ends_with(OURS)), "{:?}", app.outbound.all());
}

/// case 58: nor into the notice after a change.
#[tokio::test]
async fn the_notice_names_the_configured_domain() {
    let app = TestApp::start_with(Setup::with(SETTINGS)).await;
    let mut anna = app.claimant().start(ANNA).await;
    let code = anna.code().await;
    anna.client = anna.client.clone().with("host", "evil.example").with("x-forwarded-host", "evil.example");
    anna.verify(&code).await.expect(200);
    anna.complete("Tiantian-2026x").await.expect(200);
    app.events.nth(1, |event| event.kind.name() == "notice.sent").await;
    assert!(app.outbound.notices()[0].text.starts_with(OURS));
}

/// What pages of others, caches and browsers must be told with every answer; the harness checks the rest on each.
#[track_caller]
fn guarded(answer: &Answer, status: u16) {
    assert_eq!(answer.status, status, "{answer:?}");
    assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
    assert_eq!(answer.header("x-frame-options"), Some("DENY"));
    assert!(answer.header("content-security-policy").unwrap().contains("frame-ancestors 'none'"));
    assert!(answer.header("content-security-policy").unwrap().starts_with("default-src 'none'"));
    assert_eq!(answer.header("cross-origin-resource-policy"), Some("same-origin"));
    assert!(answer.header("content-language").is_some());
    assert!(answer.header("server").is_none() && answer.header("x-powered-by").is_none());
}

/// case 59: every answer has its guarding headers, whatever it is.
#[tokio::test]
async fn every_answer_has_its_guarding_headers() {
    let app = TestApp::start().await;
    let client = app.client();
    let json = [("content-type", "application/json")];
    let config = client.get("/v1/config").await;
    let tag = config.header("etag").unwrap().to_owned();
    guarded(&config, 200);
    guarded(&client.send("GET", "/v1/config", &[("if-none-match", &tag)], None).await, 304);
    guarded(&client.send("HEAD", "/v1/config", &[], None).await, 200);
    guarded(&client.get("/openapi.json").await, 200);
    guarded(&client.get("/problems/bad_request").await, 200);
    guarded(&client.get("/problems/nothing").await, 404);
    guarded(&client.get("/nothing").await, 404);
    guarded(&client.get("/v1/password-resets/../../etc/passwd").await, 404);
    guarded(&client.get("/v1/captchas/%ff/image").await, 404);
    guarded(&client.send("GET", "/v1/config", &[("if-none-match", "none of it")], None).await, 200);
    guarded(&client.send("PUT", "/v1/password-resets", &[], None).await, 405);
    guarded(&client.send("OPTIONS", "/v1/password-resets", &[], None).await, 204);
    guarded(&client.post_text("/v1/password-resets", "{").await, 400);
    guarded(&client.get("/v1/password-resets/rst_1").await, 401);
    guarded(&client.send("POST", "/v1/captchas", &[("origin", "https://evil.example")], None).await, 403);
    guarded(&client.send("POST", "/v1/password-resets", &json, Some(vec![b' '; 20_000])).await, 413);
    guarded(&client.send("POST", "/v1/password-resets", &[], Some(b"x".to_vec())).await, 415);
    guarded(&client.post("/v1/password-resets", &json!({ "account": "x" })).await, 422);
    let captcha = client.post("/v1/captchas", &json!({ "kind": "image" })).await;
    guarded(&captcha, 201);
    guarded(&client.get(&captcha.text("image")).await, 200);
    let mut anna = app.claimant();
    guarded(&anna.try_start(ANNA).await, 202);
    guarded(&anna.complete(OLD_PASSWORD).await, 409);
    guarded(&anna.holder().send("DELETE", &anna.path(""), &[], None).await, 204);
    for _ in 0..4 {
        anna.try_start(ANNA).await;
    }
    guarded(&anna.try_start(ANNA).await, 429);
}

/// case 62: a refused method is told which ones there are (RFC 9110, 15.5.6).
#[tokio::test]
async fn a_refused_method_is_told_the_others() {
    let app = TestApp::start().await;
    let told = [
        ("/v1/config", "GET, HEAD, OPTIONS"),
        ("/v1/captchas", "POST, OPTIONS"),
        ("/v1/password-resets/rst_1", "GET, HEAD, DELETE, OPTIONS"),
    ];
    for (path, methods) in told {
        let answer = app.client().send("PUT", path, &[], None).await.problem(405, "method_not_allowed");
        assert_eq!(answer.header("allow"), Some(methods));
    }
}

/// case 62: no method but those of the route, whatever a header, a query or a form says it means.
#[tokio::test]
async fn methods_cannot_be_overridden() {
    let app = TestApp::start().await;
    let anna = app.claimant().start(ANNA).await;
    let overrides = ["x-http-method-override", "x-http-method", "x-method-override"];
    for name in overrides {
        let holder = anna.holder().with(name, "DELETE");
        holder.post(&anna.path(""), &json!({})).await.problem(405, "method_not_allowed");
        holder.get(&anna.path("")).await.expect(200);
    }
    anna.holder().post(&anna.path("?_method=DELETE"), &json!({})).await.problem(405, "method_not_allowed");
    anna.holder().get(&anna.path("?_method=DELETE")).await.expect(200);
    anna.holder().post(&anna.path(""), &json!({ "_method": "DELETE" })).await.problem(405, "method_not_allowed");
    for method in ["TRACE", "PUT", "PATCH", "BREW", "PROPFIND"] {
        for path in ["/v1/config", "/v1/captchas", "/v1/password-resets", &anna.path(""), &anna.path("/verify")] {
            let answer = anna.holder().send(method, path, &[("x-secret", "mirror")], None).await;
            let answer = answer.problem(405, "method_not_allowed");
            assert!(!String::from_utf8_lossy(&answer.bytes).contains("mirror"));
        }
    }
    assert_eq!(anna.status().await.expect(200).text("state"), "code_sent");
}
