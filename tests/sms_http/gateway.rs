//! Servers that misbehave in one way each, and providers that talk to them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use resetgate::domain::{PhoneNumber, Region};
use resetgate::sms::{
    ConsoleWriter, MessageKind, Router, SmsBuildError, SmsMessage, SmsProvider, SmsSettings, Surroundings, build,
    build_one,
};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

pub const NUMBER: &str = "13800138000";
pub const CODE: &str = "002569";
pub const ORDER: &str = "ord_0123456789abcdefghjkmnpqr0";

/// A server on loopback that counts the requests it has read to their end.
pub struct Gateway {
    pub address: String,
    requests: Arc<AtomicUsize>,
}

impl Gateway {
    /// Serves each connection with `serve`, which gets the stream once the request on it was read.
    pub async fn start<F, Done>(serve: F) -> Self
    where
        F: Fn(TcpStream) -> Done + Send + Sync + 'static,
        Done: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let requests = Arc::new(AtomicUsize::new(0));
        let (seen, serve) = (Arc::clone(&requests), Arc::new(serve));
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (seen, serve) = (Arc::clone(&seen), Arc::clone(&serve));
                tokio::spawn(async move {
                    if read_request(&mut stream).await.is_some() {
                        seen.fetch_add(1, Ordering::SeqCst);
                        serve(stream).await;
                    }
                });
            }
        });
        Self { address, requests }
    }

    /// Answers each request with these bytes and closes.
    pub async fn answering(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes: Arc<Vec<u8>> = Arc::new(bytes.into());
        Self::start(move |mut stream| {
            let bytes = Arc::clone(&bytes);
            async move {
                // The client may have heard enough and gone; that is its good right.
                let _ = stream.write_all(&bytes).await;
                let _ = stream.shutdown().await;
            }
        })
        .await
    }

    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }

    pub fn url(&self) -> String {
        format!("{}/send", self.origin())
    }

    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }
}

/// Reads one request with a `content-length`; `None` when the peer leaves first.
pub async fn read_request(stream: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> Option<String> {
    let mut text = Vec::new();
    loop {
        let mut piece = [0; 4096];
        match stream.read(&mut piece).await {
            Ok(0) | Err(_) => return None,
            Ok(read) => text.extend_from_slice(&piece[..read]),
        }
        let whole = String::from_utf8_lossy(&text).into_owned();
        if let Some((head, body)) = whole.split_once("\r\n\r\n") {
            let length =
                head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
            if body.len() >= length.unwrap_or(0) {
                return Some(whole);
            }
        }
    }
}

pub fn http(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n{headers}\r\n{body}", body.len())
}

/// A chain of gateways, in order, called `first`, `second` and so on. `more` are lines of each table.
pub fn chain(urls: &[&str], more: &str) -> Arc<Router> {
    chain_within(urls, "timeout = \"10s\"\nconnect_timeout = \"5s\"", more)
}

fn sections(names: &[&str], times: &str) -> String {
    format!(
        "providers = {names:?}\nqueue = 1\nworkers = 1\n{times}\n\
         breaker = {{ failures = 5, window = \"30s\", open_for = \"60s\" }}\n\
         [text]\ncode = {{ en = \"{{code}}\" }}\nnotice = {{ en = \"changed\" }}\n"
    )
}

/// The same with time-outs of the test.
pub fn chain_within(urls: &[&str], times: &str, more: &str) -> Arc<Router> {
    let names = &["first", "second", "third"][..urls.len()];
    let mut text = sections(names, times);
    let tables = names.iter().zip(urls).map(|(name, url)| {
        format!(
            "[provider.{name}]\nkind = \"http\"\nurl = \"{url}\"\nmessage_id = \"/id\"\n\
             body = '{{\"to\":\"{{to}}\",\"text\":\"{{text}}\",\"code\":\"{{code}}\",\"ref\":\"{{ref}}\"}}'\n\
             success = {{ status = [200, 202], pointer = \"/code\", equals = 0 }}\n{more}\n"
        )
    });
    text.extend(tables);
    let settings: SmsSettings = toml::from_str(&text).unwrap();
    assert_eq!(settings.check(), []);
    build(&settings, &around()).unwrap()
}

/// One gateway alone, without chain and breaker.
pub fn alone(table: &str) -> Result<Arc<dyn SmsProvider>, SmsBuildError> {
    let mut settings: SmsSettings =
        toml::from_str(&sections(&["alone"], "timeout = \"10s\"\nconnect_timeout = \"5s\"")).unwrap();
    let table = toml::from_str(&format!("kind = \"http\"\n{table}")).unwrap();
    settings.provider.insert("alone".to_owned(), table);
    build_one(&settings, "alone", &around())
}

/// What a provider of a test works with.
pub fn around() -> Surroundings {
    Surroundings::of_this_machine(ConsoleWriter::new(std::io::sink()))
}

pub fn message() -> SmsMessage {
    SmsMessage {
        to: PhoneNumber::parse(NUMBER, Region::CN).unwrap(),
        kind: MessageKind::Code,
        locale: "zh-CN".into(),
        text: format!("动态密码{CODE}，\"5\"分钟内有效").into(),
        code: Some(CODE.to_owned().into()),
        valid_for: Some(Duration::from_mins(5)),
        domain: "reset.example.gov.cn".into(),
        unit: None,
        order: ORDER.parse().unwrap(),
        challenge: None,
    }
}
