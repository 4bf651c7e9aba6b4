//! China Mobile's protocol between service providers and its gateways, CMPP 2.0 and 3.0 (QB-GF-028-2003): one session that
//! is kept, on which messages, their answers and their status reports pass each other.
//!
//! No message is submitted twice, whatever happens to connections: the [`session`] alone decides whether one may have left.
//! What was written and not answered is [`SmsError::Unknown`].
//!
//! The session begins with [`SmsProvider::start`] or with the first message, and lives until the provider is dropped.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use tokio::sync::{Semaphore, mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout, timeout_at};

use self::orders::{Order, Outcome};
use self::outgoing::Outgoing;
use self::pdu::Bytes;
use self::session::{Session, Standing};
use super::{SmsError, SmsMessage, SmsProvider, SmsReceipt, Transcript};
use crate::domain::{Condition, Finding};
use crate::outbound::Times;

mod auth;
mod backoff;
mod build;
mod check;
mod link;
mod orders;
mod outgoing;
mod parts;
mod pdu;
mod results;
#[cfg(test)]
mod samples;
mod session;
mod settings;
mod vigil;

pub use settings::{CmppSettings, Version};

/// One gateway.
pub(super) struct Cmpp {
    name: Box<str>,
    outgoing: Outgoing,
    times: Times,
    /// Places for messages that wait for an answer.
    window: Arc<Semaphore>,
    standing: watch::Receiver<Standing>,
    life: Mutex<Life>,
}

enum Life {
    Fresh(Box<Session>, mpsc::Sender<Order>),
    Running(JoinHandle<()>, mpsc::Sender<Order>),
    Closed,
}

impl Cmpp {
    /// Where orders go; starts the session when nobody has. Nothing once it was closed.
    fn orders(&self) -> Option<mpsc::Sender<Order>> {
        let mut life = self.life.lock().unwrap_or_else(PoisonError::into_inner);
        *life = match std::mem::replace(&mut *life, Life::Closed) {
            Life::Fresh(session, sender) => Life::Running(tokio::spawn(session.run()), sender),
            other => other,
        };
        match &*life {
            Life::Running(_, sender) => Some(sender.clone()),
            Life::Fresh(..) | Life::Closed => None,
        }
    }

    /// Hands one part over: waits for a place in the window until `place_by`, and not so long for a connection that no
    /// time is left for an answer.
    async fn hand_over(&self, body: Bytes, start: Instant, place_by: Instant) -> Outcome {
        let place = timeout_at(place_by, Arc::clone(&self.window).acquire_owned()).await;
        let Ok(Ok(place)) = place else { return Err(SmsError::Throttled { retry_after: None }) };
        let write_by = (Instant::now() + self.times.connect).min(start + self.times.total * 3 / 4);
        let (reply, outcome) = oneshot::channel();
        let order = Order { body, write_by, answer_by: start + self.times.total, reply, place };
        let closed = || SmsError::Unreachable { reason: "the provider was closed".to_owned() };
        self.orders().ok_or_else(closed)?.send(order).await.map_err(|_| closed())?;
        let ended = || SmsError::Unknown { reason: "the session ended before an answer".to_owned() };
        outcome.await.unwrap_or_else(|_| Err(ended()))
    }
}

#[async_trait]
impl SmsProvider for Cmpp {
    fn name(&self) -> &str {
        &self.name
    }

    fn start(&self) {
        if tokio::runtime::Handle::try_current().is_ok() {
            drop(self.orders());
        }
    }

    async fn close(&self) {
        let life = {
            let mut life = self.life.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *life, Life::Closed)
        };
        if let Life::Running(session, sender) = life {
            drop(sender);
            // A session that panicked has no connection left to take leave of.
            let _ = session.await;
        }
    }

    async fn send(&self, message: &SmsMessage) -> Result<SmsReceipt, SmsError> {
        let start = Instant::now();
        let parts = self.outgoing.bodies(message)?;
        let total = parts.len();
        let mut first = None;
        for (number, body) in (1..).zip(parts) {
            // Half of the time is for the answer; once a part has left, the others may take what there is.
            let place_by = start + if number == 1 { self.times.total / 2 } else { self.times.total };
            match self.hand_over(body, start, place_by).await {
                Ok(id) => drop(first.get_or_insert(id)),
                Err(error) if number == 1 => return Err(error),
                Err(error) => {
                    return Err(SmsError::Unknown { reason: format!("part {number} of {total} was lost: {error}") });
                }
            }
        }
        Ok(SmsReceipt { provider: self.name.clone(), message_id: first.map(|id| id.to_string()) })
    }

    fn draft(&self, message: &SmsMessage) -> Result<Transcript, SmsError> {
        let parts = self.outgoing.bodies(message)?;
        let mut transcript = Transcript::default();
        for (number, body) in (1..).zip(&parts) {
            transcript.line(self.outgoing.described(message, (number, parts.len()), body.len()));
        }
        Ok(transcript)
    }

    async fn examine(&self) -> Vec<Finding> {
        drop(self.orders());
        let mut standing = self.standing.clone();
        let settled = standing.wait_for(|standing| !matches!(standing, Standing::Connecting));
        let (state, text) = match timeout(self.times.connect, settled).await.ok().and_then(Result::ok).as_deref() {
            Some(Standing::Open) => (Condition::Good, "the gateway let us in".to_owned()),
            Some(Standing::Down(error)) => (Condition::Bad, error.to_string()),
            Some(Standing::Connecting) | None => (Condition::Bad, "no session with the gateway in time".to_owned()),
        };
        vec![Finding::of("session", state, text)]
    }
}
