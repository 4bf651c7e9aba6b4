//! An SMSC or a gateway that speaks SMPP 3.4: one session that is kept, many messages over it.
//!
//! The codec is our own. Seven PDUs are all that is needed, and they are plain enough to be shown whole; the crates that
//! were tried read strictly, so that an optional parameter with one NUL too many cost the connection, and what was on its
//! way over it became unknown. Here an odd PDU costs itself.
//!
//! No message is submitted twice, whatever happens to connections: an [`order`] is claimed once, before its first byte
//! is written, and never returned after that. What was claimed and not answered is [`SmsError::Unknown`].
//!
//! The session begins with [`SmsProvider::start`] or with the first message, and lives until the provider is dropped.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::{CancellationToken, DropGuard};
use zeroize::Zeroizing;

use self::order::{Order, order};
use self::outgoing::{Address, Submit};
use self::session::{Plan, Session, Standing};
use super::otp_line::bound_text;
use super::{SmsError, SmsMessage, SmsProvider, SmsReceipt, Transcript};
use crate::domain::{Condition, Finding};

mod bound;
mod build;
#[cfg(test)]
mod capture;
mod check;
mod frame;
mod incoming;
mod link;
mod order;
mod outgoing;
mod receipt;
mod session;
mod settings;
mod status;

pub use receipt::ReceiptId;
pub use settings::SmppSettings;

/// One gateway.
pub(super) struct Smpp {
    plan: Arc<Plan>,
    service_type: Box<str>,
    source: Address,
    wants_receipts: bool,
    otp_line: bool,
    running: Mutex<Option<Running>>,
}

/// The session's task, seen from outside.
struct Running {
    orders: mpsc::Sender<Order>,
    standing: watch::Receiver<Standing>,
    stop: DropGuard,
    task: JoinHandle<()>,
}

impl Smpp {
    /// Where orders go and how the session stands; begins one where there is none.
    fn session(&self) -> (mpsc::Sender<Order>, watch::Receiver<Standing>) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let alive = running.take().filter(|running| !running.task.is_finished());
        let alive = running.insert(alive.unwrap_or_else(|| self.begin()));
        (alive.orders.clone(), alive.standing.clone())
    }

    fn begin(&self) -> Running {
        let (sender, orders) = mpsc::channel(self.plan.window);
        let (standing, shown) = watch::channel(Standing::Connecting);
        let stop = CancellationToken::new();
        let session = Session { plan: Arc::clone(&self.plan), orders, held: None, standing, stop: stop.clone() };
        let task = tokio::spawn(session.run());
        Running { orders: sender, standing: shown, stop: stop.drop_guard(), task }
    }

    /// The bodies of the message's parts. A receipt is asked for the first one alone: its id is the message's.
    fn bodies(&self, message: &SmsMessage) -> Option<Vec<Zeroizing<Vec<u8>>>> {
        let bound = self.otp_line.then(|| bound_text(message));
        let text = bound.as_ref().map_or(message.expose_text(), |text| text.as_str());
        let parts = outgoing::parts(text, self.plan.random.bytes::<1>()[0])?;
        let destination = Address::international(message.to.e164());
        let validity = outgoing::validity(message.valid_for);
        let body = |(place, part): (usize, &outgoing::Part)| {
            Submit {
                service_type: &self.service_type,
                source: &self.source,
                destination: &destination,
                validity: &validity,
                wants_receipt: self.wants_receipts && place == 0,
                part,
            }
            .body()
        };
        Some(parts.iter().enumerate().map(body).collect())
    }

    /// Hands one part over: taken up by `taken_by` or withdrawn, answered by `answered_by` or unknown.
    async fn submit(
        &self,
        body: Zeroizing<Vec<u8>>,
        (taken_by, answered_by): (Instant, Instant),
    ) -> Result<Option<String>, SmsError> {
        let (orders, mut standing) = self.session();
        ready(&mut standing, taken_by).await?;
        let (order, mut ticket) = order(body);
        match timeout_at(taken_by, orders.send(order)).await {
            Ok(Ok(())) => {}
            // It never came in, or the task is gone.
            Ok(Err(_)) | Err(_) => return Err(not_taken(&standing)),
        }
        let answer = match timeout_at(taken_by, &mut ticket.answer).await {
            Err(_) if ticket.withdraw() => return Err(not_taken(&standing)),
            Err(_) => timeout_at(answered_by, &mut ticket.answer).await,
            answered => answered,
        };
        match answer {
            Ok(Ok(outcome)) => outcome,
            // The session was closed before it was taken up.
            Ok(Err(_)) if ticket.withdraw() => Err(not_taken(&standing)),
            Ok(Err(_)) | Err(_) => Err(SmsError::Unknown { reason: "submit_sm was not answered in time".to_owned() }),
        }
    }
}

#[async_trait]
impl SmsProvider for Smpp {
    fn name(&self) -> &str {
        &self.plan.name
    }

    fn start(&self) {
        if tokio::runtime::Handle::try_current().is_ok() {
            self.session();
        }
    }

    async fn close(&self) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Running { stop, task, .. }) = running {
            drop(stop);
            // It ends by itself within seconds; should it have panicked, there is nothing to close.
            let _ = task.await;
        }
    }

    /// The text is not shown: it stands in the units as UTF-16, and above them already.
    fn draft(&self, message: &SmsMessage) -> Result<Transcript, SmsError> {
        let refused = || SmsError::Refused { reason: "it is longer than 255 parts".to_owned() };
        let bodies = self.bodies(message).ok_or_else(refused)?;
        let mut transcript = Transcript::default();
        for (number, body) in (1..).zip(&bodies) {
            let (to, of, bytes) = (message.to.masked(), bodies.len(), body.len());
            transcript.line(format!("> submit_sm to {to}, part {number} of {of}, UCS-2, {bytes} bytes"));
        }
        Ok(transcript)
    }

    async fn send(&self, message: &SmsMessage) -> Result<SmsReceipt, SmsError> {
        let refused = || SmsError::Refused { reason: "it is longer than 255 parts".to_owned() };
        let bodies = self.bodies(message).ok_or_else(refused)?;
        let total = bodies.len();
        let answered_by = Instant::now() + self.plan.times.total;
        let mut message_id = None;
        for (place, body) in bodies.into_iter().enumerate() {
            let taken_by = (Instant::now() + self.plan.times.connect).min(answered_by);
            match self.submit(body, (taken_by, answered_by)).await {
                Ok(id) if place == 0 => message_id = id,
                Ok(_) => {}
                Err(error) if place == 0 => return Err(error),
                // A part is on its way, and a message sent again would show it twice.
                Err(error) => {
                    let reason = format!("part {} of {total} failed after others were taken: {error}", place + 1);
                    return Err(SmsError::Unknown { reason });
                }
            }
        }
        Ok(SmsReceipt { provider: self.plan.name.clone(), message_id })
    }

    async fn examine(&self) -> Vec<Finding> {
        let (_, mut standing) = self.session();
        let (state, text) = match ready(&mut standing, Instant::now() + self.plan.times.connect).await {
            Ok(()) => (Condition::Good, "the gateway took the bind".to_owned()),
            Err(error) => (Condition::Bad, error.to_string()),
        };
        vec![Finding::of("session", state, text)]
    }
}

/// Waits until messages can be handed over; not at all when the next try comes too late for that.
async fn ready(standing: &mut watch::Receiver<Standing>, by: Instant) -> Result<(), SmsError> {
    loop {
        match &*standing.borrow_and_update() {
            Standing::Bound => return Ok(()),
            Standing::Down(error, next) if *next >= by => return Err(error.clone()),
            Standing::Down(..) | Standing::Connecting => {}
        }
        if !matches!(timeout_at(by, standing.changed()).await, Ok(Ok(()))) {
            return Err(not_taken(standing));
        }
    }
}

/// Why an order was not taken up, when surely nothing left.
fn not_taken(standing: &watch::Receiver<Standing>) -> SmsError {
    match &*standing.borrow() {
        // As many as may wait for their answer do.
        Standing::Bound => SmsError::Throttled { retry_after: None },
        Standing::Down(error, _) => error.clone(),
        Standing::Connecting => SmsError::Unreachable { reason: "no session in time".to_owned() },
    }
}
