//! The task that keeps a session: connects, binds, serves, and begins again for as long as it is wanted.

use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::bound::{Bound, Ended};
use super::frame::{Frame, command};
use super::link::{Link, Lost, Peer};
use super::order::Order;
use super::outgoing::Bind;
use super::receipt::ReceiptId;
use super::status;
use crate::domain::Randomness;
use crate::outbound::Times;
use crate::sms::{ReportSink, SmsError};

/// What a session is made of; the same for every connection.
pub(super) struct Plan {
    pub name: Box<str>,
    pub peer: Peer,
    pub system_id: Box<str>,
    pub password: SecretString,
    pub system_type: Box<str>,
    pub window: usize,
    pub enquire_every: Duration,
    /// The shortest and the longest wait between two tries.
    pub reconnect: (Duration, Duration),
    pub times: Times,
    pub receipt_id: ReceiptId,
    pub random: Arc<dyn Randomness>,
    pub reports: Arc<dyn ReportSink>,
}

/// How it stands.
#[derive(Debug, Clone)]
pub(super) enum Standing {
    /// The first try is on its way.
    Connecting,
    /// Messages can be handed over.
    Bound,
    /// Why not, and when the next try begins.
    Down(SmsError, Instant),
}

/// One session, over as many connections as it takes.
pub(super) struct Session {
    pub plan: Arc<Plan>,
    pub orders: mpsc::Receiver<Order>,
    /// An order that was taken out and could not be written, because the connection was gone before.
    pub held: Option<Order>,
    pub standing: watch::Sender<Standing>,
    pub stop: CancellationToken,
}

impl Session {
    /// Runs until it is told to stop.
    pub(super) async fn run(mut self) {
        self.keep().await;
        let error = SmsError::Unreachable { reason: "the session was closed".to_owned() };
        self.standing.send_replace(Standing::Down(error, Instant::now()));
    }

    async fn keep(&mut self) {
        let stop = self.stop.clone();
        let mut failures = 0;
        loop {
            // Connection, TLS and bind together: nobody waits longer than that for a session.
            let binding = tokio::time::timeout(self.plan.times.connect, self.bind());
            let error = match stop.run_until_cancelled(binding).await {
                None => return,
                Some(Err(_)) => SmsError::Unreachable { reason: "no session in time".to_owned() },
                Some(Ok(Err(error))) => error,
                Some(Ok(Ok(link))) => {
                    tracing::info!(provider = &*self.plan.name, "SMPP session bound");
                    self.standing.send_replace(Standing::Bound);
                    let since = Instant::now();
                    let Ended::Lost(Lost(reason)) = Bound::over(link, self).serve().await else { return };
                    // One that ends as soon as it began is no better than none.
                    if since.elapsed() >= self.plan.reconnect.1 {
                        failures = 0;
                    }
                    SmsError::Unreachable { reason: format!("the session ended: {reason}") }
                }
            };
            let wait = self.plan.wait(failures, &error);
            failures = failures.saturating_add(1);
            tracing::warn!(provider = &*self.plan.name, %error, wait = ?wait, "SMPP session down; reconnecting");
            self.standing.send_replace(Standing::Down(error, Instant::now() + wait));
            if stop.run_until_cancelled(tokio::time::sleep(wait)).await.is_none() {
                return;
            }
        }
    }

    async fn bind(&self) -> Result<Link, SmsError> {
        let unreachable = |Lost(reason)| SmsError::Unreachable { reason };
        let mut link = self.plan.peer.connect(self.plan.times.total).await.map_err(unreachable)?;
        let body = Bind {
            system_id: &self.plan.system_id,
            password: self.plan.password.expose_secret(),
            system_type: &self.plan.system_type,
        }
        .body();
        let sequence = link.request(command::BIND_TRANSCEIVER, &body).await.map_err(unreachable)?;
        loop {
            let frame = link.next().await.map_err(unreachable)?;
            if is_answer(&frame, sequence) {
                return if frame.status == 0 && frame.command != command::GENERIC_NACK {
                    Ok(link)
                } else {
                    Err(status::of_bind(frame.status))
                };
            }
            if frame.command == command::ENQUIRE_LINK {
                link.respond(&frame, 0, &[]).await.map_err(unreachable)?;
            }
        }
    }
}

/// Whether this is what our bind is answered with. A `generic_nack` of a gateway that could not even read the number has
/// none (SMPP 3.4, 4.3.1).
fn is_answer(frame: &Frame, sequence: u32) -> bool {
    let answers = frame.command == command::BIND_TRANSCEIVER | command::RESPONSE && frame.sequence == sequence;
    answers || (frame.command == command::GENERIC_NACK && [0, sequence].contains(&frame.sequence))
}

impl Plan {
    /// How long to wait after so many failures: doubled each time, and between half and all of that by chance, so that
    /// several replicas do not come back at once. A refused account waits longest: asking again does not mend it, and may
    /// lock it.
    fn wait(&self, failures: u32, error: &SmsError) -> Duration {
        let (soonest, latest) = self.reconnect;
        let longest = match error {
            SmsError::Faulty { .. } => latest,
            _ => soonest.saturating_mul(2_u32.saturating_pow(failures)).min(latest),
        };
        let half = u64::try_from(longest.as_millis() / 2).unwrap_or(0);
        Duration::from_millis(half + self.random.below(half + 1))
    }
}
