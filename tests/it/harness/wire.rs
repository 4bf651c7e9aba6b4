//! A client that sends bytes, for what no HTTP client would send.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// An answer, taken apart by hand.
#[derive(Debug)]
pub struct RawAnswer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl RawAnswer {
    fn parse(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        Self { status, head: head.to_ascii_lowercase(), body: body.to_owned() }
    }
}

/// One connection.
pub struct Wire(TcpStream);

impl Wire {
    pub async fn to(address: SocketAddr) -> Self {
        Self(TcpStream::connect(address).await.unwrap())
    }

    /// Sends a piece; whether the other side still took it.
    pub async fn send(&mut self, bytes: &[u8]) -> bool {
        self.0.write_all(bytes).await.is_ok()
    }

    /// Reads one whole answer, or what came until the other side hung up.
    pub async fn answer(&mut self) -> RawAnswer {
        let mut bytes = Vec::new();
        let whole = async {
            let mut piece = [0; 4_096];
            while let Ok(count @ 1..) = self.0.read(&mut piece).await {
                bytes.extend_from_slice(&piece[..count]);
                if is_whole(&bytes) {
                    break;
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(20), whole).await.expect("an answer came");
        RawAnswer::parse(&bytes)
    }

    /// Sends a request head, given as lines, and a body.
    pub async fn exchange(address: SocketAddr, lines: &[&str], body: &str) -> RawAnswer {
        let mut wire = Self::to(address).await;
        let length = format!("content-length: {}", body.len());
        let head: String = lines.iter().chain(&[length.as_str()]).flat_map(|line| [line, "\r\n"]).collect();
        wire.send(format!("{head}\r\n{body}").as_bytes()).await;
        wire.answer().await
    }
}

fn is_whole(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let head = head.to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).and_then(|text| text.parse().ok());
    length.is_some_and(|length: usize| body.len() >= length)
}
