//! What connections may cost: their number, and how long one is kept whose peer does not read.

use std::time::Duration;

use resetgate::app::Connections;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};

use crate::harness::{Setup, TestApp, Wire};

/// A question with the longest answer that there is.
const LONG: &str = "GET /openapi.json HTTP/1.1\r\nhost: x\r\n\r\n";
const SHORT: &str = "GET /v1/config HTTP/1.1\r\nhost: x\r\n\r\n";

/// A peer that has asked for more than all buffers on the way hold, and reads nothing.
async fn deaf(app: &TestApp) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(1_024).unwrap();
    let mut stream = socket.connect(app.api).await.unwrap();
    stream.write_all(LONG.repeat(300).as_bytes()).await.unwrap();
    stream
}

/// case 65: whoever asks and never reads is ended, although they acknowledge and go on sending; whoever reads in between
/// is served on the same listener.
#[tokio::test]
async fn a_peer_that_stops_reading_is_ended() {
    let stalled_after = Duration::from_millis(500);
    let connections = Connections { stalled_after, ..Connections::default() };
    let app = TestApp::start_with(Setup { connections, ..Setup::default() }).await;
    let (mut stream, reader) = (deaf(&app).await, app.client());
    let ended = async {
        // A connection that the system gave up answers the next byte with a reset, and tells nothing before.
        while stream.write_all(b"\r\n").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
            reader.get("/v1/config").await.expect(200);
        }
    };
    tokio::time::timeout(Duration::from_secs(20), ended).await.expect("the connection ended");
}

/// More connections than are allowed wait until one of the others ends, and are served then.
#[tokio::test]
async fn connections_beyond_the_bound_wait_for_their_turn() {
    let connections = Connections { per_worker: 2, ..Connections::default() };
    let app = TestApp::start_with(Setup { connections, ..Setup::with("[server]\nworkers = 1") }).await;
    let mut standing = Vec::new();
    for _ in 0..2 {
        let mut wire = Wire::to(app.api).await;
        wire.send(SHORT.as_bytes()).await;
        assert_eq!(wire.answer().await.status, 200);
        standing.push(wire);
    }
    let mut third = Wire::to(app.api).await;
    third.send(SHORT.as_bytes()).await;
    assert!(tokio::time::timeout(Duration::from_millis(300), third.answer()).await.is_err(), "it has to wait");
    standing[0].send(SHORT.as_bytes()).await;
    assert_eq!(standing[0].answer().await.status, 200, "who was first is served on");
    drop(standing);
    assert_eq!(third.answer().await.status, 200);
}
