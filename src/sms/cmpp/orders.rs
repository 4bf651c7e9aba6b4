//! Messages on their way through the session: those that wait to be written, and those that wait for an answer.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, oneshot};
use tokio::time::Instant;

use super::pdu::Bytes;
use crate::sms::SmsError;

/// The gateway's id of the message, or what became of it.
pub(super) type Outcome = Result<u64, SmsError>;

/// After so long an answer is no longer waited for, and its place in the window is free: T of the standard.
const FORGOTTEN_AFTER: Duration = Duration::from_mins(1);

/// One message to be written once.
pub(super) struct Order {
    /// The body of its `CMPP_SUBMIT`.
    pub(super) body: Bytes,
    /// Where it was not written by then, it never is.
    pub(super) write_by: Instant,
    /// Where no answer came by then, its outcome is unknown.
    pub(super) answer_by: Instant,
    pub(super) reply: oneshot::Sender<Outcome>,
    /// Its place in the window.
    pub(super) place: OwnedSemaphorePermit,
}

impl Order {
    fn fail(self, error: SmsError) {
        // Who no longer waits is not told.
        let _ = self.reply.send(Err(error));
    }
}

/// Messages that were not written, in the order they came. Nothing of them has left.
#[derive(Default)]
pub(super) struct Waiting(VecDeque<Order>);

impl Waiting {
    pub(super) fn push(&mut self, order: Order) {
        self.0.push_back(order);
    }

    /// Back to the front, because not a byte of it was taken.
    pub(super) fn put_back(&mut self, order: Order) {
        self.0.push_front(order);
    }

    /// The next that somebody still waits for.
    pub(super) fn next(&mut self) -> Option<Order> {
        self.0.retain(|order| !order.reply.is_closed());
        self.0.pop_front()
    }

    /// When the first of them will have waited too long.
    pub(super) fn due(&self) -> Option<Instant> {
        self.0.iter().map(|order| order.write_by).min()
    }

    /// Ends those that are not to be written after `moment`.
    pub(super) fn fail_before(&mut self, moment: Instant, error: &SmsError) {
        let (late, others) = std::mem::take(&mut self.0).into_iter().partition(|order| order.write_by <= moment);
        self.0 = others;
        VecDeque::into_iter(late).for_each(|order: Order| order.fail(error.clone()));
    }

    pub(super) fn fail_all(&mut self, error: &SmsError) {
        self.0.drain(..).for_each(|order| order.fail(error.clone()));
    }
}

/// Messages that were written, by sequence number. They may have left.
#[derive(Default)]
pub(super) struct Unanswered(HashMap<u32, Written>);

struct Written {
    /// Gone when it was told that the outcome is unknown.
    reply: Option<oneshot::Sender<Outcome>>,
    answer_by: Instant,
    forget_by: Instant,
    _place: OwnedSemaphorePermit,
}

impl Unanswered {
    pub(super) fn push(&mut self, sequence: u32, order: Order, now: Instant) {
        let Order { answer_by, reply, place, .. } = order;
        let written = Written { reply: Some(reply), answer_by, forget_by: now + FORGOTTEN_AFTER, _place: place };
        self.0.insert(sequence, written);
    }

    /// An answer came. Whether there was a message that it is the answer to.
    pub(super) fn answer(&mut self, sequence: u32, outcome: Outcome) -> bool {
        let written = self.0.remove(&sequence);
        let known = written.is_some();
        if let Some(reply) = written.and_then(|written| written.reply) {
            let _ = reply.send(outcome);
        }
        known
    }

    /// When the next of them has waited long enough for something.
    pub(super) fn due(&self) -> Option<Instant> {
        let due = |written: &Written| if written.reply.is_some() { written.answer_by } else { written.forget_by };
        self.0.values().map(due).min()
    }

    /// Tells those whose time is over that nobody knows, and forgets the oldest. Whether anybody was told.
    pub(super) fn expire(&mut self, now: Instant) -> bool {
        let mut told = false;
        for written in self.0.values_mut().filter(|written| written.answer_by <= now) {
            if let Some(reply) = written.reply.take() {
                told = true;
                let _ = reply.send(Err(SmsError::Unknown { reason: "no answer in time".to_owned() }));
            }
        }
        self.0.retain(|_, written| written.reply.is_some() || written.forget_by > now);
        told
    }

    /// The connection is gone, and no answer can come any more.
    pub(super) fn fail_all(&mut self, reason: &str) {
        for reply in self.0.drain().filter_map(|(_, written)| written.reply) {
            let reason = format!("the connection was lost before an answer: {reason}");
            let _ = reply.send(Err(SmsError::Unknown { reason }));
        }
    }
}
