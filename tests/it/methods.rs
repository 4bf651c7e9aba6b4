//! HEAD wherever GET is, and OPTIONS on every path (RFC 9110, 9.1 and 9.3.7), at both listeners.

use std::net::SocketAddr;

use serde_json::json;

use crate::harness::{ANNA, Answer, RawAnswer, Setup, TestApp, Wire};

/// Headers whose values differ from one answer to the next.
const VARYING: [&str; 5] = ["date", "x-request-id", "set-cookie", "ratelimit", "etag"];

fn head_of(answer: &Answer) -> Vec<(String, String)> {
    let value = |name: &str, value: &str| if VARYING.contains(&name) { String::new() } else { value.to_owned() };
    let pairs =
        answer.headers.iter().map(|(name, text)| (name.to_string(), value(name.as_str(), text.to_str().unwrap())));
    let mut pairs: Vec<_> = pairs.collect();
    pairs.sort();
    pairs
}

/// Everything that came until the other side hung up.
async fn raw(address: SocketAddr, method: &str, path: &str) -> RawAnswer {
    let mut wire = Wire::to(address).await;
    wire.send(format!("{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").as_bytes()).await;
    wire.answer().await
}

#[tokio::test]
async fn head_is_answered_like_get_on_every_path_of_the_public_listener() {
    let app = TestApp::start().await;
    let anna = app.claimant().start(ANNA).await;
    let captcha = async |kind: &str| app.client().post("/v1/captchas", &json!({ "kind": kind })).await.expect(201);
    let (picture, sound) = (captcha("image").await.text("image"), captcha("audio").await.text("audio"));
    let page = String::from_utf8(app.client().get("/").await.bytes).unwrap();
    let style = page.split("href=\"").find(|part| part.contains(".css")).unwrap().split('"').next().unwrap();
    let reset = anna.path("");
    let paths = [
        ("/", 200),
        ("/?lang=en", 200),
        ("/code", 410),
        ("/password", 410),
        ("/done", 410),
        ("/help", 200),
        (style, 200),
        ("/v1/config", 200),
        (&picture, 200),
        (&sound, 200),
        (&reset, 200),
        ("/openapi.json", 200),
        ("/problems/internal", 200),
        ("/resend", 405),
        ("/v1/captchas", 405),
        ("/v1/password-resets", 405),
        ("/problems/none", 404),
        ("/none", 404),
    ];
    for (path, status) in paths {
        let client = anna.holder().with("accept", "text/html");
        let (get, head) = (client.get(path).await, client.send("HEAD", path, &[], None).await);
        assert_eq!((get.status, head.status), (status, status), "{path}");
        assert!(get.header("content-length").is_some_and(|length| length != "0"), "{path}: {:?}", get.headers);
        assert!(head.headers.contains_key("content-length"), "{path}");
        if path != "/" && path != "/?lang=en" {
            // Two captchas have two ids, which need not have one length once they are packed.
            assert_eq!(head_of(&get), head_of(&head), "{path}");
        }
        assert!(head.bytes.is_empty());
        assert!(raw(app.api, "HEAD", path).await.body.is_empty(), "{path}: a body follows the head");
    }
    assert_eq!(anna.status().await.expect(200).text("state"), "code_sent", "no HEAD has an effect");
}

#[tokio::test]
async fn head_passes_the_gates_of_get() {
    let app = TestApp::start_with(Setup::with("[limits]\nread = [\"2/1h\"]")).await;
    let anna = app.claimant().start(ANNA).await;
    let head = async || anna.holder().send("HEAD", &anna.path(""), &[], None).await.status;
    assert_eq!((head().await, anna.status().await.status, head().await), (200, 200, 429));
    let stranger = app.client().send("HEAD", &anna.path(""), &[], None).await;
    assert_eq!(stranger.status, 401, "and needs what GET needs");
}

#[tokio::test]
async fn options_tells_the_methods_of_every_path() {
    let app = TestApp::start().await;
    let told = [
        ("/", "GET, HEAD, POST, OPTIONS"),
        ("/resend", "POST, OPTIONS"),
        ("/assets/page.css", "GET, HEAD, OPTIONS"),
        ("/v1/config", "GET, HEAD, OPTIONS"),
        ("/v1/captchas", "POST, OPTIONS"),
        ("/v1/captchas/x/image", "GET, HEAD, OPTIONS"),
        ("/v1/password-resets/x", "GET, HEAD, DELETE, OPTIONS"),
        ("/openapi.json", "GET, HEAD, OPTIONS"),
    ];
    for (path, methods) in told {
        let answer = app.client().send("OPTIONS", path, &[], None).await.expect(204);
        assert_eq!((answer.header("allow"), answer.bytes.len()), (Some(methods), 0), "{path}");
        let other = app.client().send("PUT", path, &[], None).await.problem(405, "method_not_allowed");
        assert_eq!(other.header("allow"), Some(methods), "{path}");
    }
    for path in ["/none", "/v1", "/v1/config/x"] {
        app.client().send("OPTIONS", path, &[], None).await.problem(404, "not_found");
    }
}

#[tokio::test]
async fn probes_are_answered_whatever_the_method() {
    let app = TestApp::start().await;
    for path in ["/livez", "/readyz", "/readyz?verbose", "/metrics", "/version"] {
        let (get, head) = (raw(app.ops, "GET", path).await, raw(app.ops, "HEAD", path).await);
        assert_eq!((get.status, head.status, head.body.as_str()), (200, 200, ""), "{path}");
        assert!(head.head.contains("content-length: ") && !get.body.is_empty(), "{path}: {}", head.head);
        let options = raw(app.ops, "OPTIONS", path).await;
        assert_eq!(options.status, 204, "{path}");
        assert!(options.head.contains("allow: get, head, options"), "{path}: {}", options.head);
        assert_eq!(raw(app.ops, "POST", path).await.status, 405, "{path}");
    }
    assert_eq!(raw(app.ops, "HEAD", "/none").await.status, 404);
}
