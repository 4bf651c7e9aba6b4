//! case 85, T25: answers that are no word of the vendor. The same for every kind, and no message leaves twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::AsyncWriteExt;

use crate::chain::{LONG, Seen, send};
use crate::gateway::{Gateway, http};
use crate::rows::{Class, ROWS, Row};

/// Answers every kind in this way and sees that each message was handed over once.
async fn answered(answer: impl Fn(&Row) -> String, class: Class) {
    for row in ROWS {
        let gateway = Gateway::answering(answer(row)).await;
        let (seen, told) = send(row, &gateway.origin(), LONG, "").await;
        assert_eq!(seen, Seen::expected(class), "{}: {told}", row.kind);
        // One message alone and one through the chain.
        assert_eq!(gateway.requests(), 2, "{}", row.kind);
    }
}

#[tokio::test]
async fn a_taken_message_is_taken_whatever_the_type_of_the_answer() {
    answered(|row| http("200 OK", "content-type: text/html\r\n", row.taken.0), Class::Taken).await;
}

/// case 86: a refused connection leads to the next provider, once.
#[tokio::test]
async fn a_refused_connection_leads_on() {
    for row in ROWS {
        let (seen, told) = send(row, "http://127.0.0.1:1", LONG, "").await;
        assert_eq!(seen, Seen::expected(Class::Unreachable), "{}: {told}", row.kind);
    }
}

/// A redirect would carry the message, and the key, to wherever the answer points.
#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Gateway::answering(http("200 OK", "", "{}")).await;
    for status in ["302 Found", "307 Temporary Redirect"] {
        let location = format!("location: {}\r\n", elsewhere.url());
        answered(|_| http(status, &location, ""), Class::Unreachable).await;
    }
    let metadata = "location: http://169.254.169.254/latest/meta-data/\r\n";
    answered(|_| http("302 Found", metadata, "<html>"), Class::Unreachable).await;
    assert_eq!(elsewhere.requests(), 0);
}

/// Somebody on the way answers in the vendor's place, and in another language.
#[tokio::test]
async fn a_stranger_that_turns_us_away_leads_on() {
    for status in ["403 Forbidden", "404 Not Found", "405 Method Not Allowed"] {
        answered(|_| http(status, "content-type: text/html\r\n", "<html>"), Class::Unreachable).await;
    }
}

#[tokio::test]
async fn a_limit_leads_on_with_its_wait() {
    answered(|_| http("429 Too Many Requests", "retry-after: 30\r\n", "<html>"), Class::Throttled(Some(30))).await;
    answered(|_| http("503 Service Unavailable", "retry-after: 5\r\n", ""), Class::Throttled(Some(5))).await;
}

#[tokio::test]
async fn an_answer_that_may_hide_a_taken_message_is_unknown_and_ends_it() {
    for status in
        ["500 Internal Server Error", "502 Bad Gateway", "503 Service Unavailable", "504 Gateway Timeout", "200 OK"]
    {
        answered(|_| http(status, "content-type: text/html\r\n", "<!doctype html>"), Class::Unknown).await;
        answered(|_| http(status, "", ""), Class::Unknown).await;
    }
    answered(|_| http("408 Request Timeout", "", ""), Class::Unknown).await;
    answered(|_| http("204 No Content", "", ""), Class::Unknown).await;
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_unknown() {
    // Whole as far as HTTP goes, and cut by the way.
    answered(|row| http("200 OK", "", half(row)), Class::Unknown).await;
    let short = |row: &Row| format!("HTTP/1.1 200 OK\r\ncontent-length: 4000\r\n\r\n{}", half(row));
    answered(short, Class::Unknown).await;
    answered(|_| "HTTP/1.1 2".to_owned(), Class::Unknown).await;
    answered(|_| "SSH-2.0-OpenSSH_9.6\r\n".to_owned(), Class::Unknown).await;
}

fn half(row: &Row) -> &'static str {
    &row.taken.0[..row.taken.0.len() / 2]
}

/// A hundred megabytes are neither kept nor waited for.
#[tokio::test]
async fn an_endless_answer_is_cut_off() {
    const PROMISED: usize = 100_000_000;
    for row in ROWS {
        let sent = Arc::new(AtomicUsize::new(0));
        let (done, mut finished) = tokio::sync::mpsc::channel(2);
        let count = Arc::clone(&sent);
        let gateway = Gateway::start(move |mut stream| {
            let (count, done) = (Arc::clone(&count), done.clone());
            async move {
                let _ =
                    stream.write_all(format!("HTTP/1.1 200 OK\r\ncontent-length: {PROMISED}\r\n\r\n").as_bytes()).await;
                while count.load(Ordering::SeqCst) < PROMISED && stream.write_all(&[b' '; 8_192]).await.is_ok() {
                    count.fetch_add(8_192, Ordering::SeqCst);
                }
                let _ = done.send(()).await;
            }
        })
        .await;
        let (seen, told) = send(row, &gateway.origin(), LONG, "").await;
        assert_eq!(seen, Seen::expected(Class::Unknown), "{}: {told}", row.kind);
        assert!(told.contains("longer than"), "{}: {told}", row.kind);
        assert_eq!(gateway.requests(), 2);
        for _ in 0..2 {
            finished.recv().await.unwrap();
        }
        // What was written beyond the limit sits in the buffers of the two pairs of sockets.
        assert!(sent.load(Ordering::SeqCst) < PROMISED / 2, "{}", row.kind);
    }
}
