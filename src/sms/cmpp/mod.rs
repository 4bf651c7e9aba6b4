//! China Mobile's protocol between service providers and its gateways, CMPP 2.0 and 3.0 (QB-GF-028-2003): one kept
//! connection, on which messages, their answers and their status reports pass each other.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use self::backoff::Backoff;
use self::link::Peer;
use self::orders::{Order, Outcome, Waiting};
use self::outgoing::Outgoing;
use self::pdu::Bytes;
use self::session::Session;
use super::vendor::Times;
use super::{SmsBuildError, SmsError, SmsMessage, SmsProvider, SmsReceipt, Surroundings};
use crate::domain::Period;

mod auth;
mod backoff;
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
mod watch;

pub use settings::{CmppSettings, Version};

/// What the standard has where nothing else was agreed on.
const PORT: u16 = 7890;
const WINDOW: usize = 16;
const IDLE_TEST: Duration = Duration::from_mins(3);

/// One gateway and the session with it. Connects with [`SmsProvider::start`] or the first message.
pub(super) struct CmppProvider {
    name: Box<str>,
    outgoing: Outgoing,
    times: Times,
    /// Messages that may wait for an answer at once.
    window: Arc<Semaphore>,
    life: Mutex<Life>,
}

enum Life {
    Fresh(Box<Session>, mpsc::Sender<Order>),
    Running(JoinHandle<()>, mpsc::Sender<Order>),
    Closed,
}

impl CmppProvider {
    /// Reads the settings; opens no connection, and needs no runtime.
    ///
    /// # Errors
    /// Names the first key that cannot be used, below the provider's table.
    pub(super) fn new(
        name: &str,
        settings: &CmppSettings,
        times: Times,
        around: &Surroundings,
    ) -> Result<Self, SmsBuildError> {
        if let Some((key, problem)) = settings.check().into_iter().next() {
            return Err(SmsBuildError::new(key, problem));
        }
        let version = settings.version.unwrap_or(Version::V3);
        let window = settings.window.unwrap_or(WINDOW);
        // Each order holds a place in the window, so there are never more.
        let (sender, orders) = mpsc::channel(window);
        let session = Session {
            name: name.into(),
            peer: Arc::new(Peer {
                host: settings.host.clone(),
                port: settings.port.unwrap_or(PORT),
                version,
                sp_id: settings.sp_id.clone(),
                secret: settings.secret.clone(),
                verify_ismg: settings.verify_ismg.unwrap_or(true),
                connect_timeout: times.connect,
                answer_timeout: times.total,
            }),
            idle_test: settings.idle_test.map_or(IDLE_TEST, Period::get),
            clock: Arc::clone(&around.clock),
            random: Arc::clone(&around.random),
            reports: Arc::clone(&around.reports),
            orders,
            waiting: Waiting::default(),
            backoff: Backoff::default(),
            sequence: 0,
        };
        Ok(Self {
            name: name.into(),
            outgoing: Outgoing::new(settings, version, around),
            times,
            window: Arc::new(Semaphore::new(window)),
            life: Mutex::new(Life::Fresh(Box::new(session), sender)),
        })
    }

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
impl SmsProvider for CmppProvider {
    fn name(&self) -> &str {
        &self.name
    }

    fn start(&self) {
        drop(self.orders());
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
}
