//! A raw peer on loopback, for what no proper SMSC does.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

pub const RESPONSE: u32 = 0x8000_0000;
pub const BIND_TRANSCEIVER: u32 = 0x09;
pub const SUBMIT_SM: u32 = 0x04;
pub const DELIVER_SM: u32 = 0x05;
pub const UNBIND: u32 = 0x06;
pub const ENQUIRE_LINK: u32 = 0x15;

/// Serves each connection with its own task, all of which end with it.
pub struct Peer {
    pub port: u16,
    connections: Arc<AtomicUsize>,
    _tasks: JoinSet<()>,
}

pub struct Pdu {
    pub command: u32,
    pub status: u32,
    pub sequence: u32,
    pub body: Vec<u8>,
}

pub trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

pub struct Wire(pub Box<dyn Stream>);

impl Peer {
    pub async fn serving<F, Done>(serve: F) -> Self
    where
        F: Fn(Wire) -> Done + Send + Sync + 'static,
        Done: Future<Output: Send> + Send + 'static,
    {
        Self::on(TcpListener::bind("127.0.0.1:0").await.unwrap(), serve)
    }

    /// On a port that is known already.
    pub fn on<F, Done>(listener: TcpListener, serve: F) -> Self
    where
        F: Fn(Wire) -> Done + Send + Sync + 'static,
        Done: Future<Output: Send> + Send + 'static,
    {
        let port = listener.local_addr().unwrap().port();
        let connections = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&connections);
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut served = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                let serving = serve(Wire(Box::new(stream)));
                served.spawn(async move { drop(serving.await) });
            }
        });
        Self { port, connections, _tasks: tasks }
    }

    /// How many connections it had so far.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

impl Wire {
    /// Reads a PDU; `None` when the other side is gone.
    pub async fn read(&mut self) -> Option<Pdu> {
        let mut header = [0; 16];
        self.0.read_exact(&mut header).await.ok()?;
        let word = |at: usize| u32::from_be_bytes(header[at..at + 4].try_into().unwrap());
        let mut body = vec![0; word(0) as usize - 16];
        self.0.read_exact(&mut body).await.ok()?;
        Some(Pdu { command: word(4), status: word(8), sequence: word(12), body })
    }

    /// Writes a PDU; whoever does not read it any more will be noticed when reading.
    pub async fn write(&mut self, command: u32, status: u32, sequence: u32, body: &[u8]) {
        let length = u32::try_from(16 + body.len()).unwrap();
        let header = [length, command, status, sequence].map(u32::to_be_bytes).concat();
        let _ = self.0.write_all(&[&header, body].concat()).await;
    }

    pub async fn answer(&mut self, to: &Pdu, status: u32, body: &[u8]) {
        self.write(to.command | RESPONSE, status, to.sequence, body).await;
    }

    /// Reads a bind and takes it.
    pub async fn bind(&mut self) {
        let Some(bind) = self.read().await else { return };
        assert_eq!(bind.command, BIND_TRANSCEIVER);
        self.answer(&bind, 0, b"PEER\0").await;
    }

    /// Takes every message and answers every question until the other side is gone.
    pub async fn behave(&mut self) {
        while let Some(pdu) = self.read().await {
            if pdu.command & RESPONSE == 0 {
                self.answer(&pdu, 0, if pdu.command == SUBMIT_SM { b"m\0" } else { b"" }).await;
            }
        }
    }
}

/// The body of a `deliver_sm`.
pub fn deliver(esm_class: u8, text: &[u8], parameters: &[(u16, &[u8])]) -> Vec<u8> {
    let mut body = b"\0\x01\x018613800138000\0\x05\0CITY\0".to_vec();
    body.extend([esm_class, 0, 0, 0, 0, 0, 0, 0, 0, u8::try_from(text.len()).unwrap()]);
    body.extend(text);
    for (tag, value) in parameters {
        body.extend(tag.to_be_bytes());
        body.extend(u16::try_from(value.len()).unwrap().to_be_bytes());
        body.extend(*value);
    }
    body
}
