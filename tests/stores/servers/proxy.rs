//! A way to a server that can stand still or break at a chosen moment: when certain bytes pass, or from now on.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What becomes of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// They pass.
    Open,
    /// They are held and nobody is told, as by a firewall that drops.
    Hole,
    /// The connection is reset.
    Cut,
}

/// Something to look out for in what is sent to the server.
#[derive(Clone)]
struct Trap {
    bytes: Vec<u8>,
    /// Whether the bytes themselves still reach the server.
    lets_pass: bool,
    then: Way,
}

struct Shared {
    trap: Mutex<Option<Trap>>,
    way: watch::Sender<Way>,
    delay: Mutex<Duration>,
    sent: AtomicU64,
    /// Connections.
    alive: watch::Sender<usize>,
}

pub struct Proxy {
    pub port: u16,
    shared: Arc<Shared>,
    task: tokio::task::JoinHandle<()>,
}

impl Proxy {
    /// In front of a port of the loopback.
    pub async fn before(port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let own = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared {
            trap: Mutex::new(None),
            way: watch::Sender::new(Way::Open),
            delay: Mutex::new(Duration::ZERO),
            sent: AtomicU64::new(0),
            alive: watch::Sender::new(0),
        });
        let for_task = Arc::clone(&shared);
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(carry(client, port, Arc::clone(&for_task)));
            }
        });
        Self { port: own, shared, task }
    }

    /// From now on, on all connections.
    pub fn set(&self, way: Way) {
        *self.shared.trap.lock().unwrap() = None;
        self.shared.way.send_replace(way);
    }

    /// Ends every connection, with whatever it holds, and lets new ones pass.
    pub async fn reopen(&self) {
        self.delay(Duration::ZERO);
        self.set(Way::Cut);
        self.shared.alive.subscribe().wait_for(|alive| *alive == 0).await.unwrap();
        self.set(Way::Open);
    }

    /// Bytes that were sent to the server so far.
    pub fn sent(&self) -> u64 {
        self.shared.sent.load(Ordering::SeqCst)
    }

    /// Everything that is sent waits for this long first.
    pub fn delay(&self, delay: Duration) {
        *self.shared.delay.lock().unwrap() = delay;
    }

    /// When `bytes` are sent, they do not arrive, and the way is `then` from there on.
    pub fn before_bytes(&self, bytes: &[u8], then: Way) {
        self.lay(bytes, false, then);
    }

    /// When `bytes` are sent, they arrive, but no answer comes back, and the way is `then` from there on.
    pub fn after_bytes(&self, bytes: &[u8], then: Way) {
        self.lay(bytes, true, then);
    }

    fn lay(&self, bytes: &[u8], lets_pass: bool, then: Way) {
        *self.shared.trap.lock().unwrap() = Some(Trap { bytes: bytes.to_vec(), lets_pass, then });
    }

    /// Whether what was looked out for has been sent.
    pub fn has_sprung(&self) -> bool {
        self.shared.trap.lock().unwrap().is_none()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.way.send_replace(Way::Cut);
        self.task.abort();
    }
}

async fn carry(client: TcpStream, port: u16, shared: Arc<Shared>) {
    let Ok(server) = TcpStream::connect(("127.0.0.1", port)).await else { return };
    client.set_nodelay(true).ok();
    server.set_nodelay(true).ok();
    shared.alive.send_modify(|alive| *alive += 1);
    let counted = Arc::clone(&shared);
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let up = pass(from_client, to_server, Arc::clone(&shared), true);
    let down = pass(from_server, to_client, shared, false);
    // The end of one direction is the end of both.
    tokio::select! {
        () = up => {}
        () = down => {}
    }
    counted.alive.send_modify(|alive| *alive -= 1);
}

async fn pass(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    shared: Arc<Shared>,
    is_up: bool,
) {
    let mut way = shared.way.subscribe();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let length = tokio::select! {
            read = from.read(&mut buffer) => match read {
                Ok(0) | Err(_) => return,
                Ok(length) => length,
            },
            _ = way.wait_for(|way| *way == Way::Cut) => return,
        };
        if is_up {
            shared.sent.fetch_add(length as u64, Ordering::SeqCst);
        }
        let delay = *shared.delay.lock().unwrap();
        if is_up && !delay.is_zero() {
            tokio::select! {
                () = tokio::time::sleep(delay) => {}
                _ = way.wait_for(|way| *way == Way::Cut) => return,
            }
        }
        if is_up {
            let trap = shared.trap.lock().unwrap().take_if(|trap| holds(&buffer[..length], &trap.bytes));
            if let Some(trap) = trap {
                if trap.lets_pass {
                    // The answer must not slip back before the way is closed.
                    shared.way.send_replace(Way::Hole);
                    if to.write_all(&buffer[..length]).await.is_err() {
                        return;
                    }
                    // Long enough for a server on the loopback to do what it was told.
                    tokio::time::sleep(Duration::from_millis(300)).await;
                    shared.way.send_replace(trap.then);
                    continue;
                }
                shared.way.send_replace(trap.then);
            }
        }
        let passed = way.wait_for(|way| *way != Way::Hole).await.map(|way| *way);
        if !matches!(passed, Ok(Way::Open)) {
            return;
        }
        if to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
