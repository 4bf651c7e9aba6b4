//! The task that owns the connection: connects, writes each message once, and comes back after a loss.
//!
//! Whether a message may have left is decided here alone. What was not written when its time is over never is, and what
//! was written is never written again.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};

use super::backoff::Backoff;
use super::link::{Link, Peer};
use super::orders::{Order, Waiting};
use crate::domain::{Clock, Randomness};
use crate::sms::{ReportSink, SmsError};

mod serving;

/// A connection that held so long was no failure.
const LONG: Duration = Duration::from_mins(1);

pub(super) struct Session {
    pub(super) name: Box<str>,
    pub(super) peer: Arc<Peer>,
    pub(super) idle_test: Duration,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) random: Arc<dyn Randomness>,
    pub(super) reports: Arc<dyn ReportSink>,
    /// Ends when the provider is closed or dropped.
    pub(super) orders: mpsc::Receiver<Order>,
    pub(super) waiting: Waiting,
    pub(super) backoff: Backoff,
    /// Of our next unit. Never starts again, so that a gateway with a memory finds no number twice.
    pub(super) sequence: u32,
    pub(super) standing: watch::Sender<Standing>,
}

/// How it stands, for whoever wants to know.
pub(super) enum Standing {
    /// The first connection is being made.
    Connecting,
    /// Messages can be handed over.
    Open,
    /// Why not.
    Down(SmsError),
}

/// How a stage of the session ended.
enum End {
    /// Nothing more is to be sent.
    Closed,
    /// The connection failed or was lost.
    Lost(SmsError),
}

impl Session {
    /// Runs until the provider is closed or dropped.
    pub(super) async fn run(mut self) {
        loop {
            let end = match self.connect().await {
                Ok(link) => self.serve(link).await,
                Err(end) => end,
            };
            let End::Lost(error) = end else { break };
            tracing::warn!(provider = &*self.name, %error, "CMPP session down; reconnecting");
            self.standing.send_replace(Standing::Down(error.clone()));
            let hopeless = matches!(error, SmsError::Faulty { .. });
            let until = Instant::now() + self.backoff.next(hopeless, self.random.as_ref());
            if let End::Closed = self.pause(until, &error).await {
                break;
            }
        }
        self.waiting.fail_all(&SmsError::Unreachable { reason: "the provider was closed".to_owned() });
    }

    /// Connects, and takes messages meanwhile. When it fails, they are told why.
    async fn connect(&mut self) -> Result<Link, End> {
        self.sequence = self.sequence.wrapping_add(1);
        let attempt = Link::open(Arc::clone(&self.peer), self.sequence, Arc::clone(&self.clock));
        tokio::pin!(attempt);
        loop {
            tokio::select! {
                opened = &mut attempt => {
                    return opened.map_err(|error| {
                        self.waiting.fail_all(&error);
                        End::Lost(error)
                    });
                }
                order = self.orders.recv() => self.waiting.push(order.ok_or(End::Closed)?),
                () = reached(self.waiting.due()) => self.give_up_late(),
            }
        }
    }

    /// Waits before the next connection. Messages that cannot wait so long are told why there is none.
    async fn pause(&mut self, until: Instant, error: &SmsError) -> End {
        loop {
            self.waiting.fail_before(until, error);
            tokio::select! {
                () = sleep_until(until) => return End::Lost(error.clone()),
                order = self.orders.recv() => match order {
                    None => return End::Closed,
                    Some(order) => self.waiting.push(order),
                },
            }
        }
    }

    /// Ends messages that have waited for a connection as long as they may.
    fn give_up_late(&mut self) {
        let reason = "no session with the gateway in time".to_owned();
        self.waiting.fail_before(Instant::now(), &SmsError::Unreachable { reason });
    }
}

/// Never, where there is no moment.
async fn reached(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}
