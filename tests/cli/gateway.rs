//! A gateway for messages on this machine, which answers as a test wants.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use serde_json::Value;

/// What it says to a message.
#[derive(Debug, Clone)]
pub enum Manner {
    /// Takes it.
    Takes,
    /// Takes codes, and answers everything else with this body.
    TakesCodes(String),
    /// Never answers.
    Hangs,
}

/// A listening gateway.
pub struct Gateway {
    pub url: String,
    messages: Receiver<Value>,
}

impl Gateway {
    pub fn open(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/send", listener.local_addr().unwrap());
        let (tell, messages) = channel();
        std::thread::spawn(move || {
            let mut kept = Vec::new();
            for stream in listener.incoming().map_while(Result::ok) {
                kept.extend(serve(stream, &manner, &tell));
            }
        });
        Self { url, messages }
    }

    /// The next message, as its body: `to`, `text`, `code`.
    pub fn next(&self) -> Value {
        self.messages.recv_timeout(Duration::from_mins(1)).expect("a message comes")
    }

    /// The next message that carries a code.
    pub fn code(&self) -> String {
        self.next()["code"].as_str().unwrap().to_owned()
    }
}

/// Reads one request and answers it, or keeps the connection for ever.
fn serve(mut stream: TcpStream, manner: &Manner, tell: &Sender<Value>) -> Option<TcpStream> {
    let body = body(&mut stream)?;
    let message: Value = serde_json::from_str(&body).ok()?;
    let is_code = message["code"] != "";
    tell.send(message).ok()?;
    let text = match manner {
        Manner::TakesCodes(other) if !is_code => other,
        Manner::Takes | Manner::TakesCodes(_) => "{\"code\":0}",
        Manner::Hangs => return Some(stream),
    };
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n";
    write!(stream, "{head}Content-Length: {}\r\n\r\n{text}", text.len()).ok()?;
    None
}

fn body(stream: &mut TcpStream) -> Option<String> {
    stream.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
    let mut bytes = Vec::new();
    let mut chunk = [0; 1_024];
    loop {
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length =
                head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
            if body.len() >= length.unwrap_or(0) {
                return Some(body.to_owned());
            }
        }
        let count = stream.read(&mut chunk).ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&chunk[..count]);
    }
}
