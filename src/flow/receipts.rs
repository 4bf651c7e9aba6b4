//! Delivery receipts: what became of messages, for the audit trail and the figures, and for nothing else. A receipt is a
//! stranger's word, so it never changes a challenge and never makes a message leave.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::audit::{AuditEvent, AuditSink, EventKind};
use crate::domain::{Clock, DeliveryReport, DeliveryState};
use crate::sms::ReportSink;
use crate::state::{SentOrder, SentOrders, Settled, Settlement};

/// Receipts that may wait; what is beyond is dropped and counted.
const QUEUE: usize = 16_384;

/// Takes receipts and tells what they say of our messages.
pub struct Receipts {
    queue: mpsc::Sender<DeliveryReport>,
    desk: Arc<Desk>,
}

/// What the two ends share.
struct Desk {
    orders: Arc<dyn SentOrders>,
    audit: Arc<dyn AuditSink>,
    clock: Arc<dyn Clock>,
}

/// The end that works through the queue, for shutting down.
pub struct ReceiptWorker {
    task: JoinHandle<()>,
    closing: CancellationToken,
}

impl Receipts {
    /// With its worker, on the current runtime.
    #[must_use]
    pub fn start(
        orders: Arc<dyn SentOrders>,
        audit: Arc<dyn AuditSink>,
        clock: Arc<dyn Clock>,
    ) -> (Arc<Self>, ReceiptWorker) {
        let (queue, receiver) = mpsc::channel(QUEUE);
        let desk = Arc::new(Desk { orders, audit, clock });
        let closing = CancellationToken::new();
        let task = tokio::spawn(work(receiver, Arc::clone(&desk), closing.clone()));
        (Arc::new(Self { queue, desk }), ReceiptWorker { task, closing })
    }

    /// Awaits the receipts of a message that a provider took, or may have taken. Gives what came for it already, to be
    /// told once the message itself is.
    pub async fn expect(&self, order: SentOrder) -> Vec<Settlement> {
        let early = self.desk.orders.note(order, self.desk.clock.now()).await;
        early.unwrap_or_else(|error| {
            tracing::warn!(%error, "delivery receipts of this message cannot be matched");
            Vec::new()
        })
    }

    /// Tells what came before its message.
    pub fn tell(&self, early: &[Settlement]) {
        for news in early {
            self.desk.tell(news);
        }
    }

    /// Counts receipts that could not be read or kept.
    pub fn drop_unread(&self, provider: &str, count: usize) {
        if count > 0 {
            self.desk.count(provider, "dropped", None, u64::try_from(count).unwrap_or(u64::MAX));
        }
    }
}

impl ReportSink for Receipts {
    fn take(&self, report: DeliveryReport) {
        if let Err(refused) = self.queue.try_send(report) {
            self.desk.count(&refused.into_inner().provider, "dropped", None, 1);
        }
    }
}

impl ReceiptWorker {
    /// Takes nothing new, and works through what waits for as long as `within`.
    pub async fn finish(mut self, within: Duration) {
        self.closing.cancel();
        if tokio::time::timeout(within, &mut self.task).await.is_err() {
            self.task.abort();
        }
    }
}

async fn work(mut queue: mpsc::Receiver<DeliveryReport>, desk: Arc<Desk>, closing: CancellationToken) {
    loop {
        let report = tokio::select! {
            biased;
            report = queue.recv() => report,
            () = closing.cancelled() => {
                queue.close();
                queue.recv().await
            }
        };
        let Some(report) = report else { return };
        desk.settle(report).await;
    }
}

impl Desk {
    async fn settle(&self, report: DeliveryReport) {
        let provider = report.provider.clone();
        match self.orders.settle(report, self.clock.now()).await {
            Ok(Settled::News(news)) => self.tell(&news),
            Ok(Settled::Known) => self.count(&provider, "duplicate", None, 1),
            Ok(Settled::Unknown) => self.count(&provider, "unknown", None, 1),
            Err(error) => {
                tracing::debug!(%error, "delivery receipt could not be looked up");
                self.count(&provider, "dropped", None, 1);
            }
        }
    }

    fn tell(&self, Settlement { order, report, came_at }: &Settlement) {
        self.count(&report.provider, "matched", Some(report.state.name()), 1);
        let (provider, order_id) = (order.provider.clone(), order.order);
        let kind = match report.state {
            DeliveryState::Accepted | DeliveryState::Unknown => return,
            DeliveryState::Delivered => {
                // A provider's clock is believed as long as it makes sense.
                let told = report.at.filter(|at| (order.handed_at..=*came_at).contains(at));
                let seconds = told.unwrap_or(*came_at).since(order.handed_at).as_secs_f64();
                EventKind::SmsDelivered { provider, order: order_id, seconds }
            }
            DeliveryState::Failed | DeliveryState::Expired | DeliveryState::Rejected => EventKind::SmsFailed {
                provider,
                order: order_id,
                state: report.state.name(),
                code: report.code.clone(),
            },
        };
        self.audit.record(&AuditEvent { challenge: order.challenge, ..AuditEvent::of(kind) });
    }

    fn count(&self, provider: &str, result: &'static str, state: Option<&'static str>, count: u64) {
        let kind = EventKind::ReceiptsTaken { provider: provider.into(), result, state, count };
        self.audit.record(&AuditEvent::of(kind));
    }
}
