//! One message on its way into a session: written once, or withdrawn, and never both.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::oneshot;
use zeroize::Zeroizing;

use crate::sms::SmsError;

/// The gateway's id of the message, or what became of it.
pub(super) type Outcome = Result<Option<String>, SmsError>;

/// The session's half: a `submit_sm` and who waits for its answer.
pub(super) struct Order {
    body: Zeroizing<Vec<u8>>,
    decided: Arc<AtomicBool>,
    reply: oneshot::Sender<Outcome>,
}

/// The sender's half. Dropping it withdraws the order unless it was written.
pub(super) struct Ticket {
    decided: Arc<AtomicBool>,
    pub answer: oneshot::Receiver<Outcome>,
}

/// Both halves.
pub(super) fn order(body: Zeroizing<Vec<u8>>) -> (Order, Ticket) {
    let decided = Arc::new(AtomicBool::new(false));
    let (reply, answer) = oneshot::channel();
    (Order { body, decided: Arc::clone(&decided), reply }, Ticket { decided, answer })
}

impl Order {
    /// Takes the order for writing; `None` when it was withdrawn. From here on the message may have left.
    pub(super) fn claim(self) -> Option<(Zeroizing<Vec<u8>>, oneshot::Sender<Outcome>)> {
        let is_free = !self.decided.swap(true, Ordering::AcqRel);
        is_free.then_some((self.body, self.reply))
    }
}

impl Ticket {
    /// Takes the order back; `false` when it is being written or was, so that the message may have left.
    pub(super) fn withdraw(&self) -> bool {
        !self.decided.swap(true, Ordering::AcqRel)
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.withdraw();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_written_or_withdrawn_and_never_both() {
        let (one, ticket) = order(Zeroizing::default());
        assert!(one.claim().is_some() && !ticket.withdraw());
        let (one, ticket) = order(Zeroizing::default());
        assert!(ticket.withdraw() && one.claim().is_none());
    }

    /// A sender that nobody waits for any more must not cost anybody a message.
    #[test]
    fn a_dropped_ticket_withdraws_its_order() {
        let (one, ticket) = order(Zeroizing::default());
        drop(ticket);
        assert!(one.claim().is_none());
    }
}
