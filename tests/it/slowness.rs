//! Bodies and heads that never end, byte by byte over a socket.

use std::time::Duration;

use serde_json::Value;

use crate::harness::{RawAnswer, Setup, TestApp, Wire};

const HEAD: &str =
    "POST /v1/password-resets HTTP/1.1\r\nhost: mail.example.gov.cn\r\ncontent-type: application/json\r\n";

fn problem(answer: &RawAnswer, status: u16, code: &str) {
    let body: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    assert_eq!((answer.status, body["code"].as_str()), (status, Some(code)), "{answer:?}");
    for line in ["content-type: application/problem+json", "cache-control: no-store", "x-request-id: req_"] {
        assert!(answer.head.contains(line), "{line} in {}", answer.head);
    }
}

/// case 65: a body in chunks without end is refused as soon as it is longer than a body may be, and then the connection
/// ends; nor does a route that wants no body listen on.
#[tokio::test]
async fn a_body_without_end_ends_its_connection() {
    let app = TestApp::start().await;
    let chunk = format!("400\r\n{}\r\n", " ".repeat(1_024));
    for (head, status, code) in [
        (HEAD, 413, "payload_too_large"),
        ("POST /v1/nothing HTTP/1.1\r\nhost: x\r\n", 404, "not_found"),
        ("POST /v1/captchas HTTP/1.1\r\nhost: x\r\norigin: https://evil.example\r\n", 403, "forbidden"),
    ] {
        let mut wire = Wire::to(app.api).await;
        wire.send(format!("{head}transfer-encoding: chunked\r\n\r\n").as_bytes()).await;
        for _ in 0..17 {
            assert!(wire.send(chunk.as_bytes()).await);
        }
        let answer = wire.answer().await;
        problem(&answer, status, code);
        assert!(answer.head.contains("connection: close"), "{}", answer.head);
        let refused = async { while wire.send(chunk.as_bytes()).await {} };
        tokio::time::timeout(Duration::from_secs(20), refused).await.expect("the connection ended");
    }
}

/// case 65: a length of a gigabyte is refused after the first bytes over the limit.
#[tokio::test]
async fn an_announced_gigabyte_is_refused() {
    let app = TestApp::start().await;
    let mut wire = Wire::to(app.api).await;
    wire.send(format!("{HEAD}content-length: 1073741824\r\n\r\n{}", " ".repeat(17_000)).as_bytes()).await;
    problem(&wire.answer().await, 413, "payload_too_large");
}

/// case 65: a body that does not arrive in time is given up.
#[tokio::test]
async fn a_slow_body_is_given_up() {
    let app = TestApp::start_with(Setup::with("[server]\nrequest_timeout = \"1s\"")).await;
    for framing in ["content-length: 100\r\n\r\n{\"acc", "transfer-encoding: chunked\r\n\r\n5\r\n{\"acc\r\n"] {
        let mut wire = Wire::to(app.api).await;
        wire.send(format!("{HEAD}{framing}").as_bytes()).await;
        problem(&wire.answer().await, 408, "request_timeout");
    }
}

/// case 65: so is a head; that answer comes from below the API and is bare.
#[tokio::test]
async fn a_slow_head_is_given_up() {
    let app = TestApp::start_with(Setup::with("[server]\nrequest_timeout = \"1s\"")).await;
    let mut wire = Wire::to(app.api).await;
    wire.send(HEAD.as_bytes()).await;
    assert_eq!(wire.answer().await.status, 408);
}

/// case 65: a body that breaks off harms nobody else.
#[tokio::test]
async fn a_broken_connection_harms_nobody() {
    let app = TestApp::start().await;
    for _ in 0..20 {
        let mut wire = Wire::to(app.api).await;
        wire.send(format!("{HEAD}content-length: 100\r\n\r\n{{\"acc").as_bytes()).await;
    }
    app.client().get("/v1/config").await.expect(200);
}
