//! One kept-alive HTTP/1.1 connection that posts JSON: as little client as possible, so that the server is measured.

use std::net::SocketAddr;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

pub struct Connection {
    stream: BufReader<TcpStream>,
}

impl Connection {
    pub async fn open(server: SocketAddr) -> Self {
        let stream = TcpStream::connect(server).await.expect("the server listens");
        stream.set_nodelay(true).expect("a TCP option");
        Self { stream: BufReader::new(stream) }
    }

    /// Posts and reads the answer, which must have `status`.
    pub async fn post(&mut self, path: &str, credential: Option<&str>, body: &Value, status: u16) -> Value {
        let body = body.to_string();
        let credential = credential.map(|held| format!("authorization: Flow {held}\r\n")).unwrap_or_default();
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n{credential}content-length: {}\r\n\r\n{body}",
            body.len(),
        );
        self.stream.write_all(request.as_bytes()).await.expect("the connection stays open");
        let (got, body) = self.answer().await;
        assert_eq!(got, status, "{path}: {}", String::from_utf8_lossy(&body));
        serde_json::from_slice(&body).expect("JSON")
    }

    async fn answer(&mut self) -> (u16, Vec<u8>) {
        let (mut status, mut length, mut line) = (0, 0, String::new());
        loop {
            line.clear();
            self.stream.read_line(&mut line).await.expect("the connection stays open");
            let text = line.trim_end();
            if text.is_empty() {
                break;
            }
            if let Some(rest) = text.strip_prefix("HTTP/1.1 ") {
                status = rest[..3].parse().expect("a status");
            } else if let Some(("content-length", value)) = text.split_once(": ") {
                length = value.parse().expect("a length");
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).await.expect("the whole body");
        (status, body)
    }
}
