//! Clouds that read what they are sent as the vendors say that they do.
//!
//! Each recomputes the signature from what arrived, by the vendor's description and with nothing of ours, and then looks
//! at the message as the vendor would. `now` is the only time there is.

pub mod aliyun;
pub mod huawei;
pub mod tencent;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Arc, Mutex};

use hmac::{Hmac, KeyInit, Mac};
use resetgate::domain::Timestamp;
use sha2::{Digest, Sha256};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use crate::gateway::{http, read_request};

/// 2026-11-23T08:30:00Z
pub const NOW: Timestamp = Timestamp::from_millis(1_795_422_600_000);
pub const KEY_ID: &str = "AKIDtest0000";
pub const KEY_SECRET: &str = "s3cr3t/with+signs=";

/// A request, taken apart.
pub struct Request {
    pub method: String,
    pub path: String,
    pub query: String,
    /// Names in lower case.
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

impl Request {
    fn read(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let mut lines = head.lines();
        let [method, target, _] = lines.next().unwrap().split(' ').collect::<Vec<_>>()[..] else { unreachable!() };
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let headers = lines.map(|line| line.split_once(':').unwrap());
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers: headers.map(|(name, value)| (name.to_lowercase(), value.trim().to_owned())).collect(),
            body: body.to_owned(),
        }
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

/// What a cloud answers: status and body.
pub type Answer = (&'static str, String);

/// A cloud on loopback, and the parameters of every message that it took.
pub struct Cloud {
    pub origin: String,
    taken: Arc<Mutex<Vec<BTreeMap<String, String>>>>,
}

impl Cloud {
    /// Answers each request as `serve` does; what it notes down was taken.
    pub async fn start(serve: fn(&Request, &mut Vec<BTreeMap<String, String>>) -> Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let taken = Arc::new(Mutex::new(Vec::new()));
        let notes = Arc::clone(&taken);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let Some(text) = read_request(&mut stream).await else { continue };
                let (status, body) = serve(&Request::read(&text), &mut notes.lock().unwrap());
                let _ = stream.write_all(http(status, "", &body).as_bytes()).await;
                let _ = stream.shutdown().await;
            }
        });
        Self { origin, taken }
    }

    pub fn taken(&self) -> Vec<BTreeMap<String, String>> {
        self.taken.lock().unwrap().clone()
    }
}

/// `NAME=` up to the next separator.
pub fn part<'a>(authorization: &'a str, name: &str) -> &'a str {
    authorization.split([' ', ',']).find_map(|part| part.strip_prefix(name)?.strip_prefix('=')).unwrap_or("")
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

pub fn sha256(text: &str) -> String {
    hex(&Sha256::digest(text))
}

pub fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// Pairs of a query or form, decoded.
pub fn pairs(text: &str) -> BTreeMap<String, String> {
    url::form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}

/// Escaped as in RFC 3986.
pub fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            text.push(byte.into());
        } else {
            write!(text, "%{byte:02X}").unwrap();
        }
        text
    })
}

/// Each signed header as `name:value` with a line end.
pub fn listed(request: &Request, names: &str, value: impl Fn(&str) -> String) -> String {
    names.split(';').fold(String::new(), |mut lines, name| {
        writeln!(lines, "{name}:{}", value(request.header(name))).unwrap();
        lines
    })
}
