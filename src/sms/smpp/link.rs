//! One connection to a gateway: PDUs in, PDUs out.

use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::frame::{Frame, Frames, command, encoded};
use crate::outbound::tls_fault;

/// Where a gateway is, and whom to believe that it is the one. No TLS is plain TCP.
pub(super) struct Peer {
    pub host: Box<str>,
    pub port: u16,
    pub tls: Option<Arc<ClientConfig>>,
}

/// Why a connection cannot be had or used any further.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct Lost(pub String);

trait Wire: AsyncRead + AsyncWrite + Send + Sync + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Sync + Unpin> Wire for T {}

/// An open connection.
pub(super) struct Link {
    wire: Box<dyn Wire>,
    frames: Frames,
    sequence: u32,
    patience: Duration,
}

impl Peer {
    /// Connects. A gateway that stops reading for longer than `patience` is given up.
    pub(super) async fn connect(&self, patience: Duration) -> Result<Link, Lost> {
        let failed = |error: std::io::Error| Lost(format!("no connection: {}", short(&error)));
        let stream = TcpStream::connect((&*self.host, self.port)).await.map_err(failed)?;
        // A PDU is small and somebody waits for it.
        stream.set_nodelay(true).map_err(failed)?;
        let wire: Box<dyn Wire> = match &self.tls {
            None => Box::new(stream),
            Some(tls) => {
                let name = ServerName::try_from(self.host.to_string());
                let name = name.map_err(|_| Lost("`host` is no name that TLS can prove".to_owned()))?;
                Box::new(TlsConnector::from(Arc::clone(tls)).connect(name, stream).await.map_err(failed)?)
            }
        };
        Ok(Link { wire, frames: Frames::default(), sequence: 0, patience })
    }
}

impl Link {
    /// Sends a request under the next number and gives that number.
    pub(super) async fn request(&mut self, command: u32, body: &[u8]) -> Result<u32, Lost> {
        let sequence = self.take_number();
        self.write(command, 0, sequence, body).await?;
        Ok(sequence)
    }

    /// The number of the next request, from 1 to 0x7FFFFFFF (SMPP 3.4, 3.2).
    pub(super) fn take_number(&mut self) -> u32 {
        self.sequence = if self.sequence >= 0x7FFF_FFFF { 1 } else { self.sequence + 1 };
        self.sequence
    }

    /// Answers a request.
    pub(super) async fn respond(&mut self, to: &Frame, status: u32, body: &[u8]) -> Result<(), Lost> {
        self.write(to.command | command::RESPONSE, status, to.sequence, body).await
    }

    /// Writes one PDU whole. After an error it may have arrived.
    pub(super) async fn write(&mut self, command: u32, status: u32, sequence: u32, body: &[u8]) -> Result<(), Lost> {
        let bytes = encoded(command, status, sequence, body);
        let wire = &mut self.wire;
        let written = async {
            wire.write_all(&bytes).await?;
            wire.flush().await
        };
        match tokio::time::timeout(self.patience, written).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(Lost(format!("the connection broke: {}", short(&error)))),
            Err(_) => Err(Lost("it stopped reading".to_owned())),
        }
    }

    /// The next PDU. Loses nothing when it is given up halfway.
    pub(super) async fn next(&mut self) -> Result<Frame, Lost> {
        loop {
            if let Some(frame) = self.frames.next().map_err(|error| Lost(error.to_string()))? {
                return Ok(frame);
            }
            match self.wire.read_buf(self.frames.space()).await {
                Ok(0) => return Err(Lost("it closed the connection".to_owned())),
                Ok(_) => {}
                Err(error) => return Err(Lost(format!("the connection broke: {}", short(&error)))),
            }
        }
    }

    /// Tells the other side that nothing more comes.
    pub(super) async fn shut(mut self) {
        // It may be gone; there is nobody to tell.
        let _ = tokio::time::timeout(self.patience, self.wire.shutdown()).await;
    }
}

/// On one line and short.
fn short(error: &std::io::Error) -> String {
    let text = tls_fault(error).unwrap_or_else(|| error.to_string());
    text.chars().map(|sign| if sign.is_control() { ' ' } else { sign }).take(300).collect()
}
