//! case 86, T25: time-outs and lost connections. Before a connection nothing left; after it, nobody knows.

use std::time::Duration;

use resetgate::sms::{SmsError, SmsProvider};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};

use crate::gateway::{Gateway, alone, chain, chain_within, http, message};
use crate::tls::{authority, believing};

const SHORT: &str = "timeout = \"1s\"\nconnect_timeout = \"500ms\"";

/// Sends through `first` with a healthy gateway behind it: the request count says whether anybody tried again.
async fn behind(first: &str, times: &str) -> (Result<Box<str>, SmsError>, usize) {
    let second = Gateway::answering(http("200 OK", "", "{\"code\":0}")).await;
    let outcome = chain_within(&[first, &second.url()], times, "").send(&message()).await;
    (outcome.map(|receipt| receipt.provider), second.requests())
}

fn is_unknown(outcome: &(Result<Box<str>, SmsError>, usize)) -> bool {
    matches!(outcome, (Err(SmsError::Unknown { .. }), 0))
}

#[tokio::test]
async fn no_answer_to_a_request_is_unknown_and_nobody_sends_again() {
    let mute = Gateway::start(|stream| hold(stream, b"")).await;
    assert!(is_unknown(&behind(&mute.url(), SHORT).await));
    assert_eq!(mute.requests(), 1);
}

/// A head at once and a body one byte at a time: each byte is progress, so only a total time ends it.
#[tokio::test]
async fn an_answer_that_trickles_is_cut_off_by_the_total_time() {
    let slow = Gateway::start(|mut stream| async move {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n").await;
        let mut beat = tokio::time::interval(Duration::from_millis(20));
        while stream.write_all(b" ").await.is_ok() {
            beat.tick().await;
        }
    })
    .await;
    assert!(is_unknown(&behind(&slow.url(), SHORT).await));
    assert_eq!(slow.requests(), 1);
}

#[tokio::test]
async fn an_answer_that_stops_in_its_head_or_body_is_unknown() {
    for begun in [&b"HTTP/1.1 200 OK\r\ncontent-le"[..], b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{\"code"] {
        let stalled = Gateway::start(move |stream| hold(stream, begun)).await;
        assert!(is_unknown(&behind(&stalled.url(), SHORT).await));
        assert_eq!(stalled.requests(), 1);
    }
}

async fn hold(mut stream: TcpStream, begun: &'static [u8]) {
    let _ = stream.write_all(begun).await;
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn a_reset_before_or_within_the_answer_is_unknown() {
    for begun in [&b""[..], b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{\"code"] {
        let rude = Gateway::start(move |mut stream| async move {
            let _ = stream.write_all(begun).await;
            let _ = stream.set_zero_linger();
        })
        .await;
        assert!(is_unknown(&behind(&rude.url(), "timeout = \"10s\"\nconnect_timeout = \"5s\"").await));
        assert_eq!(rude.requests(), 1);
    }
}

/// A head that tells success by status alone is a success, even when the rest is lost.
#[tokio::test]
async fn a_success_by_status_needs_no_body() {
    let stalled = Gateway::answering("HTTP/1.1 202 Accepted\r\ncontent-length: 10\r\n\r\n{\"id").await;
    let text = format!(
        "url = \"{}\"\nbody = '[\"{{to}}\",\"{{text}}\"]'\nsuccess = {{ status = [202] }}\nmessage_id = \"/id\"",
        stalled.url()
    );
    assert_eq!(alone(&text).unwrap().send(&message()).await.unwrap().message_id, None);
}

/// case 86: a refused connection leads to the next gateway, once.
#[tokio::test]
async fn a_dead_gateway_leads_to_the_next_one() {
    let (outcome, requests) = behind("http://127.0.0.1:1/", SHORT).await;
    assert_eq!((&*outcome.unwrap(), requests), ("second", 1));
}

#[tokio::test]
async fn a_name_that_nobody_has_leads_to_the_next_gateway() {
    // RFC 6761 keeps .invalid from ever resolving; the system's authorities are not asked for with a CA file.
    let (more, _file) = believing(&authority());
    let urls = ["https://sms.invalid/", "https://127.0.0.1:1/"];
    let error = chain(&urls, &more).send(&message()).await.unwrap_err();
    let SmsError::Unreachable { reason } = error else { panic!("{error}") };
    assert!(reason.starts_with("`first`: no connection") && reason.contains("; `second`: no connection: "), "{reason}");
}

/// The connection stands but TLS never comes about: still nothing left.
#[tokio::test]
async fn a_time_out_while_connecting_leads_to_the_next_gateway() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent = listener.local_addr().unwrap();
    let (more, _file) = believing(&authority());
    let times = "timeout = \"10s\"\nconnect_timeout = \"200ms\"";
    let error = chain_within(&[&format!("https://{silent}/")], times, &more).send(&message()).await.unwrap_err();
    assert_eq!(error, SmsError::Unreachable { reason: "`first`: no connection in time".to_owned() });
}
