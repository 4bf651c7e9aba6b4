//! case 86, T25: the request was read and no answer came in time. It may have left, so nobody sends again.

use std::time::Duration;

use futures_util::future::join_all;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::chain::{LONG, SHORT, Seen, send};
use crate::gateway::Gateway;
use crate::rows::{Class, ROWS};

/// Lets every kind wait at once: each waits for its own time-out.
async fn silent<F, Done>(serve: F, times: &str)
where
    F: Fn(TcpStream) -> Done + Copy + Send + Sync + 'static,
    Done: Future<Output = ()> + Send + 'static,
{
    let each = ROWS.iter().map(|row| async move {
        let gateway = Gateway::start(serve).await;
        let (seen, told) = send(row, &gateway.origin(), times, "").await;
        assert_eq!(seen, Seen::expected(Class::Unknown), "{}: {told}", row.kind);
        assert_eq!(gateway.requests(), 2, "{}", row.kind);
    });
    join_all(each).await;
}

#[tokio::test]
async fn a_vendor_that_closes_after_the_request_is_unknown() {
    silent(|_| async {}, LONG).await;
    let reset = |stream: TcpStream| async move {
        let _ = stream.set_zero_linger();
    };
    silent(reset, LONG).await;
}

#[tokio::test]
async fn headers_that_trickle_are_cut_off_by_the_total_time() {
    silent(|stream| trickle(stream, b"HTTP/1.1 200 OK\r\n", b"x-more: 1\r\n"), SHORT).await;
}

/// A head at once and a body one byte at a time: each byte is progress, so only a total time ends it.
#[tokio::test]
async fn a_body_that_trickles_is_cut_off_by_the_total_time() {
    silent(|stream| trickle(stream, b"HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n", b" "), SHORT).await;
}

async fn trickle(mut stream: TcpStream, first: &'static [u8], then: &'static [u8]) {
    let _ = stream.write_all(first).await;
    let mut beat = tokio::time::interval(Duration::from_millis(40));
    while stream.write_all(then).await.is_ok() {
        beat.tick().await;
    }
}
