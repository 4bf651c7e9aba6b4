//! One connection to a gateway, from `CMPP_CONNECT` on.

use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};

use super::pdu::{CONNECT, ConnectResp, Frame, Frames, RESPONSE, TERMINATE};
use super::settings::Version;
use super::{auth, pdu, results};
use crate::domain::Clock;
use crate::sms::{SmsError, SmsFault};

/// Where the gateway is, and who we are to it.
pub(super) struct Peer {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) version: Version,
    pub(super) sp_id: String,
    pub(super) secret: SecretString,
    /// Whether the gateway must prove itself.
    pub(super) verify_ismg: bool,
    /// For name, connection and `CMPP_CONNECT_RESP`.
    pub(super) connect_timeout: Duration,
    /// For every other answer, and for a write: T of the standard.
    pub(super) answer_timeout: Duration,
}

/// Why a unit could not be written.
pub(super) struct Broken {
    /// Whether the machine took any of its bytes.
    pub(super) begun: bool,
    pub(super) reason: String,
}

/// A connection that the gateway has let in. Dropping it says `CMPP_TERMINATE` as far as that needs no waiting.
pub(super) struct Link {
    stream: TcpStream,
    frames: Frames,
    peer: Arc<Peer>,
    sequence: u32,
    /// Whether the gateway has let us in and neither side has ended it.
    open: bool,
    /// Whether a unit is half written, so that no other can follow.
    torn: bool,
}

impl Link {
    /// Connects and proves who we are. Units are numbered from `sequence`.
    ///
    /// # Errors
    /// Nothing was sent on it in any case.
    pub(super) async fn open(peer: Arc<Peer>, sequence: u32, clock: Arc<dyn Clock>) -> Result<Self, SmsError> {
        let within = peer.connect_timeout;
        let opened = timeout(within, Self::opened(peer, sequence, clock.as_ref())).await;
        opened.unwrap_or_else(|_| Err(unreachable("no session with the gateway in time")))
    }

    async fn opened(peer: Arc<Peer>, sequence: u32, clock: &dyn Clock) -> Result<Self, SmsError> {
        let stream = TcpStream::connect((peer.host.as_str(), peer.port)).await;
        let stream = stream.map_err(|error| unreachable(&format!("no connection: {error}")))?;
        // Every unit is written whole, so nothing is gained by waiting for more.
        stream.set_nodelay(true).map_err(|error| unreachable(&error.to_string()))?;
        let mut link = Self { stream, frames: Frames::default(), peer, sequence, open: false, torn: false };
        link.log_in(clock).await?;
        link.open = true;
        Ok(link)
    }

    async fn log_in(&mut self, clock: &dyn Clock) -> Result<(), SmsError> {
        let peer = Arc::clone(&self.peer);
        let timestamp = auth::timestamp(clock.now());
        let own = auth::authenticator(&peer.sp_id, &peer.secret, timestamp);
        let sequence = self.number();
        let lost = |reason: String| unreachable(&format!("the connection was lost while it was set up: {reason}"));
        let body = pdu::connect(&peer.sp_id, &own, peer.version.byte(), timestamp);
        self.write(CONNECT, sequence, &body).await.map_err(|broken| lost(broken.reason))?;
        let frame = self.read().await.map_err(lost)?;
        let answer = if frame.command == CONNECT | RESPONSE { ConnectResp::read(&frame.body) } else { None };
        let answer = answer.ok_or_else(|| unreachable("it speaks, but not CMPP; check `host` and `port`"))?;
        let faulty = |reason: String| Err(SmsError::Faulty { fault: SmsFault::Credentials, reason });
        if answer.status != 0 {
            return Err(results::refused_connection(answer.status));
        }
        if answer.form != peer.version {
            let form = answer.form.name();
            return faulty(format!("it answers in the form of CMPP {form}; write version = \"{form}\""));
        }
        if peer.verify_ismg && !auth::proves_itself(answer.authenticator, answer.raw_status, &own, &peer.secret) {
            return faulty(
                "it did not prove that it knows the secret; where its operator says that it never does, write verify_ismg = false"
                    .to_owned(),
            );
        }
        Ok(())
    }

    /// The number for the next unit of ours.
    pub(super) fn number(&mut self) -> u32 {
        let number = self.sequence;
        self.sequence = number.wrapping_add(1);
        number
    }

    /// The next unit of the gateway. May be dropped while it waits; nothing is lost.
    ///
    /// # Errors
    /// Why there will be none: it ended the connection, or cannot be understood any more.
    pub(super) async fn read(&mut self) -> Result<Frame, String> {
        let read = self.next_frame().await;
        if read.is_err() {
            self.open = false;
        }
        read
    }

    async fn next_frame(&mut self) -> Result<Frame, String> {
        loop {
            if let Some(frame) = self.frames.next().map_err(|error| error.to_string())? {
                return Ok(frame);
            }
            let mut piece = [0; 2048];
            self.stream.readable().await.map_err(|error| error.to_string())?;
            match self.stream.try_read(&mut piece) {
                Ok(0) => return Err("the gateway closed it".to_owned()),
                Ok(read) => self.frames.put(&piece[..read]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) => return Err(error.to_string()),
            }
        }
    }

    /// Writes one unit whole.
    pub(super) async fn write(&mut self, command: u32, sequence: u32, body: &[u8]) -> Result<(), Broken> {
        let unit = pdu::unit(command, sequence, body);
        let until = Instant::now() + self.peer.answer_timeout;
        let mut written = 0;
        while written < unit.len() {
            match self.write_some(&unit[written..], until).await {
                Ok(more) => written += more,
                Err(reason) => {
                    self.open = false;
                    return Err(Broken { begun: written > 0, reason });
                }
            }
            self.torn = written < unit.len();
        }
        Ok(())
    }

    async fn write_some(&self, bytes: &[u8], until: Instant) -> Result<usize, String> {
        loop {
            let ready = timeout_at(until, self.stream.writable()).await;
            ready.map_err(|_| "the gateway reads nothing".to_owned())?.map_err(|error| error.to_string())?;
            match self.stream.try_write(bytes) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                done => return done.map_err(|error| error.to_string()),
            }
        }
    }

    /// Answers the gateway's wish to end the session.
    pub(super) async fn end(&mut self, sequence: u32) {
        // It ends either way.
        let _ = self.write(TERMINATE | RESPONSE, sequence, &[]).await;
        self.open = false;
    }

    /// Ends the session: says so, and waits for the answer.
    pub(super) async fn leave(mut self) {
        let sequence = self.number();
        let said = self.write(TERMINATE, sequence, &[]).await;
        self.open = false;
        if said.is_ok() {
            let within = self.peer.answer_timeout;
            let answered =
                async { while self.read().await.is_ok_and(|frame| frame.command != TERMINATE | RESPONSE) {} };
            // Without an answer it ends as well.
            let _ = timeout(within, answered).await;
        }
    }
}

/// A runtime that ends drops its tasks without asking them; the gateway hears it all the same.
impl Drop for Link {
    fn drop(&mut self) {
        if self.open && !self.torn {
            let unit = pdu::unit(TERMINATE, self.sequence, &[]);
            let _ = self.stream.try_write(&unit);
        }
    }
}

fn unreachable(reason: &str) -> SmsError {
    SmsError::Unreachable { reason: reason.to_owned() }
}
