//! Stands between the store and a directory: counts requests by kind, keeps them, and fails where it is told to.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

/// Kinds of requests, by the tag of their operation (RFC 4511).
pub const BIND: u8 = 0x60;
pub const UNBIND: u8 = 0x42;
pub const SEARCH: u8 = 0x63;
pub const MODIFY: u8 = 0x66;
pub const EXTENDED: u8 = 0x77;

/// What happens when a request of a kind comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// It is taken, and neither passed on nor answered; nor is anything after it.
    Swallowed,
    /// It is passed on, and no answer comes back.
    Unanswered,
    /// The connection ends instead.
    CutBefore,
    /// It is passed on, and the connection ends.
    CutAfter,
}

#[derive(Clone, Copy)]
struct Plan {
    kind: u8,
    failure: Failure,
    once: bool,
}

/// The man in the middle.
#[derive(Clone)]
pub struct Proxy {
    port: u16,
    seen: Arc<Mutex<Vec<Vec<u8>>>>,
    plan: Arc<Mutex<Option<Plan>>>,
}

impl Proxy {
    /// In front of the server at `port`.
    pub async fn before(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let own = listener.local_addr().unwrap().port();
        let proxy = Self { port: own, seen: Arc::default(), plan: Arc::default() };
        let shared = proxy.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                // A server that is down is one that hangs up.
                let Ok(server) = TcpStream::connect(("127.0.0.1", port)).await else { continue };
                tokio::spawn(shared.clone().carry(client, server));
            }
        });
        proxy
    }

    pub fn url(&self) -> String {
        format!("ldap://127.0.0.1:{}", self.port)
    }

    /// What is to happen to requests of a kind from now on.
    pub fn fail(&self, kind: u8, failure: Failure) {
        *self.plan.lock().unwrap() = Some(Plan { kind, failure, once: false });
    }

    /// What is to happen to the next request of a kind.
    pub fn fail_once(&self, kind: u8, failure: Failure) {
        *self.plan.lock().unwrap() = Some(Plan { kind, failure, once: true });
    }

    fn failure_for(&self, kind: Option<u8>) -> Option<Failure> {
        let mut plan = self.plan.lock().unwrap();
        let Plan { failure, once, .. } = plan.filter(|plan| Some(plan.kind) == kind)?;
        if once {
            *plan = None;
        }
        Some(failure)
    }

    /// Everything passes again, on new connections.
    pub fn heal(&self) {
        *self.plan.lock().unwrap() = None;
    }

    /// The kinds of the requests since the last time, in order.
    pub fn take_kinds(&self) -> Vec<u8> {
        self.take().iter().filter_map(|message| kind_of(message)).collect()
    }

    /// The requests since the last time.
    pub fn take(&self) -> Vec<Vec<u8>> {
        std::mem::take(&mut *self.seen.lock().unwrap())
    }

    async fn carry(self, client: TcpStream, server: TcpStream) {
        let (mut from_client, to_client) = client.into_split();
        let (from_server, mut to_server) = server.into_split();
        let muted = Arc::new(AtomicBool::new(false));
        let mut answers = tokio::spawn(copy(from_server, to_client, Arc::clone(&muted)));
        loop {
            let message = tokio::select! {
                message = read_message(&mut from_client) => message,
                // The server hung up.
                _ = &mut answers => return,
            };
            let Some(message) = message else { break };
            let kind = kind_of(&message);
            self.seen.lock().unwrap().push(message.clone());
            match self.failure_for(kind) {
                None => {
                    if to_server.write_all(&message).await.is_err() {
                        break;
                    }
                }
                Some(Failure::Swallowed) => {
                    // Both connections stay open, and nothing comes.
                    while read_message(&mut from_client).await.is_some() {}
                    break;
                }
                Some(Failure::Unanswered) => {
                    muted.store(true, Ordering::SeqCst);
                    let _ = to_server.write_all(&message).await;
                    while read_message(&mut from_client).await.is_some() {}
                    break;
                }
                Some(Failure::CutBefore) => break,
                Some(Failure::CutAfter) => {
                    muted.store(true, Ordering::SeqCst);
                    let _ = to_server.write_all(&message).await;
                    // It was heard: the server closes its side when it has answered.
                    let _ = to_server.shutdown().await;
                    let _ = (&mut answers).await;
                    return;
                }
            }
        }
        answers.abort();
    }
}

/// Until the server hangs up, which hangs up on the client.
async fn copy(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, muted: Arc<AtomicBool>) {
    let mut bytes = vec![0; 65_536];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        if !muted.load(Ordering::SeqCst) && to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}

/// One message: a BER sequence.
async fn read_message(from: &mut OwnedReadHalf) -> Option<Vec<u8>> {
    let mut message = vec![from.read_u8().await.ok()?, from.read_u8().await.ok()?];
    let mut length = usize::from(message[1]);
    if length >= 0x80 {
        let mut digits = vec![0; length - 0x80];
        from.read_exact(&mut digits).await.ok()?;
        length = digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit));
        message.extend(digits);
    }
    let start = message.len();
    message.resize(start + length, 0);
    from.read_exact(&mut message[start..]).await.ok()?;
    Some(message)
}

/// The tag after the number of the message.
pub fn kind_of(message: &[u8]) -> Option<u8> {
    let content = if message.get(1)? & 0x80 == 0 { 2 } else { 2 + usize::from(message[1] & 0x7f) };
    // 02 LENGTH NUMBER…
    let number = usize::from(*message.get(content + 1)?);
    message.get(content + 2 + number).copied()
}
