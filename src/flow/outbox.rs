//! The outbox: a bounded queue between a request and the messages it leads to.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::{Courier, FlowError};
use crate::audit::AuditEvent;
use crate::domain::{ChallengeId, MailboxAddress, OrderId, PhoneNumber, Purpose, RequestId, SubjectId, Timestamp};
use crate::sms::Outage;

/// One message to be made and sent.
#[derive(Debug)]
pub enum Delivery {
    /// A code for a challenge, if the account exists and every gate lets it.
    Code {
        /// The challenge.
        challenge: ChallengeId,
        /// What it is for.
        purpose: Purpose,
        /// Which of its sends.
        send: u8,
        /// The address as typed, canonical.
        account: MailboxAddress,
        /// Language of the message.
        locale: Box<str>,
        /// The request that asked for it.
        request: RequestId,
        /// When it asked.
        asked_at: Timestamp,
    },
    /// Word to the holder that the password was changed.
    Notice {
        /// The challenge it was changed by.
        challenge: ChallengeId,
        /// The account.
        subject: SubjectId,
        /// Its address.
        account: MailboxAddress,
        /// Where it goes.
        phone: PhoneNumber,
        /// The receiver's unit, which a route may be chosen by.
        unit: Option<Box<str>>,
        /// Language of the message.
        locale: Box<str>,
        /// The request that changed it.
        request: RequestId,
    },
}

/// Who makes and sends messages now. Each delivery is one courier's from its beginning to its end.
pub type Couriers = Arc<ArcSwap<Courier>>;

type SharedReceiver = Arc<Mutex<mpsc::Receiver<Delivery>>>;

/// The sending end; cheap to clone.
#[derive(Clone)]
pub struct Outbox {
    queue: mpsc::Sender<Delivery>,
    couriers: Couriers,
    sending: Arc<AtomicUsize>,
}

/// A place in the queue, taken before anything else happens, so that nothing has to be undone when it is full.
pub struct Place(mpsc::OwnedPermit<Delivery>);

impl Outbox {
    /// A queue of `capacity` and the workers that empty it, on the current runtime.
    #[must_use]
    pub fn start(capacity: usize, workers: usize, couriers: &Couriers) -> (Self, OutboxWorkers) {
        let (queue, receiver) = mpsc::channel(capacity);
        let receiver = Arc::new(Mutex::new(receiver));
        let sending = Arc::new(AtomicUsize::new(0));
        let closing = CancellationToken::new();
        let mut tasks = JoinSet::new();
        for _ in 0..workers {
            tasks.spawn(work(Arc::clone(&receiver), Arc::clone(couriers), Arc::clone(&sending), closing.clone()));
        }
        let workers = OutboxWorkers { receiver, couriers: Arc::clone(couriers), tasks, closing };
        (Self { queue, couriers: Arc::clone(couriers), sending }, workers)
    }

    /// Takes a place.
    ///
    /// # Errors
    /// [`FlowError::SmsUnavailable`] when the queue is full or closed, or no provider of the default route takes messages: an outage of
    /// all, which says nothing about anybody.
    pub fn reserve(&self) -> Result<Place, FlowError> {
        if self.outage() == Outage::Full {
            return Err(FlowError::SmsUnavailable);
        }
        self.queue.clone().try_reserve_owned().map(Place).map_err(|_| FlowError::SmsUnavailable)
    }

    /// How the providers of the default route are.
    #[must_use]
    pub fn outage(&self) -> Outage {
        self.couriers.load().router.outage()
    }

    /// Messages waiting or being sent.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.queue.max_capacity() - self.queue.capacity() + self.sending.load(Ordering::Relaxed)
    }

    /// Whether a start would be refused now.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.queue.capacity() == 0
    }
}

impl Place {
    /// Hands the delivery over.
    pub fn fill(self, delivery: Delivery) {
        self.0.send(delivery);
    }
}

async fn work(receiver: SharedReceiver, couriers: Couriers, sending: Arc<AtomicUsize>, closing: CancellationToken) {
    while let Some(delivery) = next(&receiver, &closing).await {
        let courier = couriers.load_full();
        // Named before anything else, so that whatever becomes of it can be told.
        let order = OrderId::draw(&*courier.random);
        let handover = Handover::begin(&courier, &sending, &delivery, order);
        let span = delivery.span(order);
        courier.deliver(delivery, order).instrument(span).await;
        handover.end();
    }
}

/// One delivery on its way. Torn down midway, by the end of the time for stopping, it says so in the audit trail.
struct Handover<'a> {
    courier: &'a Courier,
    sending: &'a AtomicUsize,
    interrupted: Option<AuditEvent>,
}

impl<'a> Handover<'a> {
    fn begin(courier: &'a Courier, sending: &'a AtomicUsize, delivery: &Delivery, order: OrderId) -> Self {
        sending.fetch_add(1, Ordering::Relaxed);
        Self { courier, sending, interrupted: Some(delivery.interrupted(order)) }
    }

    fn end(mut self) {
        self.interrupted = None;
    }
}

impl Drop for Handover<'_> {
    fn drop(&mut self) {
        self.sending.fetch_sub(1, Ordering::Relaxed);
        if let Some(event) = self.interrupted.take() {
            self.courier.audit.record(&event);
        }
    }
}

/// The next delivery; once closing, what is still queued, then nothing.
async fn next(receiver: &SharedReceiver, closing: &CancellationToken) -> Option<Delivery> {
    let mut receiver = receiver.lock().await;
    tokio::select! {
        biased;
        delivery = receiver.recv() => delivery,
        () = closing.cancelled() => {
            receiver.close();
            receiver.recv().await
        }
    }
}

/// The receiving end, for shutting down.
pub struct OutboxWorkers {
    receiver: SharedReceiver,
    couriers: Couriers,
    tasks: JoinSet<()>,
    closing: CancellationToken,
}

impl OutboxWorkers {
    /// Takes nothing new, sends what is queued, and after `within` drops the rest with a word in the audit trail.
    /// A message that is being handed over when time ends may or may not arrive; it is never sent again, and the
    /// trail says `provider_unknown`.
    pub async fn drain(mut self, within: Duration) {
        self.closing.cancel();
        let all = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(within, all).await.is_ok() {
            return;
        }
        self.tasks.shutdown().await;
        let mut receiver = self.receiver.lock().await;
        receiver.close();
        while let Ok(delivery) = receiver.try_recv() {
            self.couriers.load().drop_undelivered(&delivery);
        }
    }
}
