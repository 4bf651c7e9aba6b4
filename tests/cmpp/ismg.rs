//! A gateway on loopback that does what the test tells it, one unit at a time.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::wire::{
    ACTIVE_TEST, ACTIVE_TEST_RESP, CONNECT, CONNECT_RESP, Connect, DELIVER, DELIVER_RESP, SUBMIT_RESP, Spoken, Submit,
    TERMINATE_RESP, Unit, md5, unit,
};

pub const SP_ID: &str = "900001";
pub const SECRET: &str = "888888";

/// Nothing that is waited for takes so long, so a test that hangs fails instead.
pub async fn within<T>(work: impl Future<Output = T>) -> T {
    let done = tokio::time::timeout(Duration::from_secs(20), work).await;
    done.unwrap_or_else(|_| panic!("nothing happened for twenty seconds"))
}

pub struct Ismg {
    listener: TcpListener,
    pub spoken: Spoken,
}

impl Ismg {
    pub async fn start(spoken: Spoken) -> Self {
        Self { listener: TcpListener::bind("127.0.0.1:0").await.unwrap(), spoken }
    }

    pub fn port(&self) -> u16 {
        self.listener.local_addr().unwrap().port()
    }

    /// The next connection, not a byte of it read.
    pub async fn accept(&self) -> Line {
        let (stream, _) = within(self.listener.accept()).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Line { stream, spoken: self.spoken }
    }

    /// The next connection, let in as the standard has it.
    pub async fn admit(&self) -> Line {
        let mut line = self.accept().await;
        let (sequence, connect) = line.connect().await;
        assert_eq!((connect.sp_id.as_str(), connect.version), (SP_ID, self.spoken.byte()));
        assert!(connect.is_right(SECRET));
        let proof = line.proof(&connect);
        line.answer_connect(sequence, 0, &proof).await;
        line
    }

    /// Whether somebody is at the door now.
    pub async fn has_caller(&self) -> bool {
        tokio::time::timeout(Duration::from_millis(100), self.listener.accept()).await.is_ok()
    }
}

pub struct Line {
    pub stream: TcpStream,
    pub spoken: Spoken,
}

impl Line {
    /// The next unit; nothing when the client has gone.
    pub async fn read(&mut self) -> Option<Unit> {
        within(self.read_whole()).await
    }

    async fn read_whole(&mut self) -> Option<Unit> {
        let mut header = [0; 12];
        self.stream.read_exact(&mut header).await.ok()?;
        let field = |at: usize| u32::from_be_bytes(header[at..at + 4].try_into().unwrap());
        let mut body = vec![0; usize::try_from(field(0)).unwrap() - 12];
        self.stream.read_exact(&mut body).await.ok()?;
        Some(Unit { command: field(4), sequence: field(8), body })
    }

    /// The next unit, which must be this one.
    pub async fn expect(&mut self, command: u32) -> Unit {
        let Some(unit) = self.read().await else { panic!("the client has gone, {command:#x} was expected") };
        assert_eq!(unit.command, command, "{unit:?}");
        unit
    }

    pub async fn write(&mut self, command: u32, sequence: u32, body: &[u8]) {
        self.write_bytes(&unit(command, sequence, body)).await;
    }

    pub async fn write_bytes(&mut self, bytes: &[u8]) {
        // The client may have heard enough and gone; that is its good right.
        let _ = self.stream.write_all(bytes).await;
    }

    pub async fn connect(&mut self) -> (u32, Connect) {
        let unit = self.expect(CONNECT).await;
        (unit.sequence, Connect::read(&unit.body))
    }

    /// `AuthenticatorISMG` for status 0.
    pub fn proof(&self, connect: &Connect) -> Vec<u8> {
        md5(&[&self.spoken.status(0), &connect.authenticator, SECRET.as_bytes()])
    }

    pub async fn answer_connect(&mut self, sequence: u32, status: u8, proof: &[u8]) {
        let body = [&self.spoken.status(status)[..], proof, &[self.spoken.byte()]].concat();
        self.write(CONNECT_RESP, sequence, &body).await;
    }

    /// Waits until the client has read that it is let in: it answers a test then.
    pub async fn settle(&mut self) {
        self.write(ACTIVE_TEST, 1, &[]).await;
        self.expect(ACTIVE_TEST_RESP).await;
    }

    pub async fn submit(&mut self) -> Submit {
        let unit = self.expect(crate::wire::SUBMIT).await;
        Submit::read(&unit, self.spoken)
    }

    pub async fn answer(&mut self, submit: &Submit, message_id: u64, result: u8) {
        let body = [&message_id.to_be_bytes()[..], &self.spoken.status(result)].concat();
        self.write(SUBMIT_RESP, submit.sequence, &body).await;
    }

    /// Delivers, and gives the result that the client answers with.
    pub async fn deliver(&mut self, sequence: u32, body: &[u8]) -> u8 {
        self.write(DELIVER, sequence, body).await;
        let answer = self.expect(DELIVER_RESP).await;
        assert_eq!(answer.sequence, sequence);
        let (message_id, result) = answer.body.split_at(8);
        assert_eq!(message_id, &body[..8]);
        assert_eq!(result.len(), self.spoken.status(0).len());
        *result.last().unwrap()
    }

    /// Hears the client take leave, and lets it go.
    pub async fn part(mut self) {
        let unit = self.expect(crate::wire::TERMINATE).await;
        assert!(unit.body.is_empty());
        self.write(TERMINATE_RESP, unit.sequence, &[]).await;
        assert!(self.read().await.is_none());
    }
}
