//! case 85: every kind of answer is classified, read within bounds, and asked for once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use resetgate::sms::{SmsError, SmsProvider, SmsReceipt};
use serde_json::json;
use tokio::io::AsyncWriteExt;
use wiremock::matchers::{body_json, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::gateway::{CODE, Gateway, NUMBER, ORDER, chain, http, message};

/// case 2: what arrives is what was configured, the code a text with its leading zeros.
#[tokio::test]
async fn a_message_arrives_as_configured_and_is_taken() {
    let server = MockServer::start().await;
    let expected = json!({
        "to": "+8613800138000", "text": "动态密码002569，\"5\"分钟内有效", "code": "002569", "ref": ORDER,
    });
    Mock::given(method("POST"))
        .and(path("/send"))
        .and(header("content-type", "application/json"))
        .and(header("x-api-key", "s3cr3t"))
        .and(body_json(expected))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"code": 0, "id": "m-1"})))
        .expect(1)
        .mount(&server)
        .await;
    let chain = chain(&[&format!("{}/send", server.uri())], "headers = { x-api-key = \"s3cr3t\" }");
    let receipt = SmsReceipt { provider: "first".into(), message_id: Some("m-1".to_owned()) };
    assert_eq!(chain.send(&message()).await, Ok(receipt));
}

/// The variables that other clients read a proxy from do not lead messages astray.
#[test]
fn a_proxy_in_the_environment_is_ignored() {
    let mut child = std::process::Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "answers::a_message_arrives_as_configured_and_is_taken"]);
    for name in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] {
        child.env(name, "http://127.0.0.1:1/");
    }
    let output = child.env_remove("no_proxy").env_remove("NO_PROXY").output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && told.contains("1 passed"), "{told}");
}

#[derive(Debug, PartialEq)]
enum Word {
    Refused,
    Throttled(Option<u64>),
    Unreachable,
    Unknown,
}

/// Sends once, sees that one request arrived and that the error repeats nothing of the message.
async fn word(answer: String) -> Word {
    let gateway = Gateway::answering(answer).await;
    let error = chain(&[&gateway.url()], "").send(&message()).await.unwrap_err();
    assert_eq!(gateway.requests(), 1);
    let text = format!("{error} {error:?}");
    for secret in [NUMBER, CODE, "动态密码", &gateway.address] {
        assert!(!text.contains(secret), "{text}");
    }
    match error {
        SmsError::Refused { .. } => Word::Refused,
        SmsError::NumberLimited { .. } | SmsError::NotTaken { .. } | SmsError::Faulty { .. } => {
            unreachable!("a gateway of such words says none of them")
        }
        SmsError::Throttled { retry_after } => Word::Throttled(retry_after.map(|wait| wait.as_secs())),
        // The chain puts the provider's name before the reason.
        SmsError::Unreachable { reason } => {
            assert!(reason.starts_with("`first`: "), "{reason}");
            Word::Unreachable
        }
        SmsError::Unknown { .. } => Word::Unknown,
    }
}

#[tokio::test]
async fn an_error_code_in_a_success_and_a_client_error_are_refusals() {
    assert_eq!(word(http("200 OK", "", "{\"code\": 4102}")).await, Word::Refused);
    assert_eq!(word(http("400 Bad Request", "", &format!("{{\"code\": \"{NUMBER} is bad\"}}"))).await, Word::Refused);
    assert_eq!(word(http("422 Unprocessable", "", "")).await, Word::Refused);
}

#[tokio::test]
async fn a_limit_carries_the_wait_it_asks_for() {
    assert_eq!(word(http("429 Too Many Requests", "retry-after: 30\r\n", "")).await, Word::Throttled(Some(30)));
    assert_eq!(word(http("429 Too Many Requests", "", "<html>")).await, Word::Throttled(None));
    assert_eq!(word(http("503 Service Unavailable", "Retry-After: 5\r\n", "")).await, Word::Throttled(Some(5)));
}

#[tokio::test]
async fn answers_that_may_hide_a_success_are_unknown() {
    for answer in [
        http("500 Internal Server Error", "", "{\"code\": 1}"),
        http("502 Bad Gateway", "content-type: text/html\r\n", "<html>"),
        http("503 Service Unavailable", "", ""),
        http("200 OK", "content-type: text/html\r\n", "<!doctype html><title>Sign in</title>"),
        http("200 OK", "", ""),
        http("200 OK", "", "{\"code\": 0"),
        http("204 No Content", "", ""),
        "HTTP/1.1 200 OK\r\ncontent-length: 400\r\n\r\n{\"code\": 0".to_owned(),
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\n{\"co".to_owned(),
        "HTTP/1.1 2".to_owned(),
        "SSH-2.0-OpenSSH_9.6\r\n".to_owned(),
        String::new(),
    ] {
        assert_eq!(word(answer.clone()).await, Word::Unknown, "{answer}");
    }
}

#[tokio::test]
async fn a_gateway_that_takes_nothing_from_us_is_unreachable() {
    for status in ["401 Unauthorized", "403 Forbidden", "404 Not Found", "405 Method Not Allowed"] {
        let answer = http(status, "", "{\"code\": \"SignatureDoesNotMatch\"}");
        assert_eq!(word(answer).await, Word::Unreachable, "{status}");
    }
}

#[tokio::test]
async fn json_is_read_whatever_its_type_says() {
    let gateway = Gateway::answering(http("200 OK", "content-type: text/html\r\n", "{\"code\":0,\"id\":9}")).await;
    let receipt = chain(&[&gateway.url()], "").send(&message()).await.unwrap();
    assert_eq!(receipt.message_id.as_deref(), Some("9"));
}

/// A redirect would carry the message, and the headers with the key, to wherever the answer points.
#[tokio::test]
async fn redirects_are_not_followed() {
    let elsewhere = Gateway::answering(http("200 OK", "", "{\"code\":0}")).await;
    for status in
        ["301 Moved Permanently", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"]
    {
        let location = format!("location: {}\r\n", elsewhere.url());
        assert_eq!(word(http(status, &location, "")).await, Word::Unreachable);
    }
    assert_eq!(elsewhere.requests(), 0);
    let metadata = "location: http://169.254.169.254/latest/meta-data/\r\n";
    assert_eq!(word(http("302 Found", metadata, "")).await, Word::Unreachable);
}

/// A hundred megabytes are neither kept nor waited for.
#[tokio::test]
async fn an_endless_body_is_cut_off() {
    const PROMISED: usize = 100_000_000;
    let sent = Arc::new(AtomicUsize::new(0));
    let (done, mut finished) = tokio::sync::mpsc::channel(1);
    let count = Arc::clone(&sent);
    let gateway = Gateway::start(move |mut stream| {
        let (count, done) = (Arc::clone(&count), done.clone());
        async move {
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {PROMISED}\r\n\r\n");
            stream.write_all(head.as_bytes()).await.unwrap();
            while count.load(Ordering::SeqCst) < PROMISED && stream.write_all(&[b' '; 8_192]).await.is_ok() {
                count.fetch_add(8_192, Ordering::SeqCst);
            }
            done.send(()).await.unwrap();
        }
    })
    .await;
    let error = chain(&[&gateway.url()], "").send(&message()).await.unwrap_err();
    assert!(matches!(&error, SmsError::Unknown { reason } if reason.contains("longer than")), "{error}");
    tokio::time::timeout(Duration::from_secs(30), finished.recv()).await.unwrap().unwrap();
    // What was written beyond the limit sits in the buffers of the two sockets.
    let sent = sent.load(Ordering::SeqCst);
    assert!(sent < PROMISED / 5, "{sent} bytes were taken");
}
