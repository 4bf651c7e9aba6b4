//! The journeys. Each struct holds only the ports it uses; no handler and no page decides anything.
//!
//! Data walks one way: `http` parses into domain types and calls a flow; the flow passes gates, takes the captcha,
//! steps the challenge, and speaks to ports. What the request half never does is look the account up: that is the
//! outbox worker's part, so neither the answer nor its time can depend on whether the mailbox exists.

mod alarms;
mod captcha;
mod delivery;
mod error;
mod handover;
mod outbox;
mod receipt_desk;
mod receipts;
mod recovery;
mod tasks;

pub use alarms::Alarms;
pub use captcha::{CaptchaAnswered, CaptchaFlow};
pub use delivery::{Courier, CourierRules};
pub use error::{CaptchaFault, FlowError};
pub use outbox::{Couriers, Delivery, Outbox, OutboxWorkers};
pub use receipt_desk::{Admitted, Door, ReceiptDesk, ReceiptRefusal};
pub use receipts::{ReceiptWorker, Receipts};
pub use recovery::{Completed, Completion, RecoveryFlow, RecoveryParts, RecoveryRules, Start, Started, Verified};
pub use tasks::Tasks;

use std::sync::Arc;

use crate::audit::{AuditEvent, AuditSink, EventKind};
use crate::domain::{Clock, RequestId, Requester};
use crate::limits::{Allowance, RateLimiter, RequesterGate};

/// Who asks, and in which request.
#[derive(Debug, Clone, Copy)]
pub struct Origin {
    /// Where the request comes from.
    pub requester: Requester,
    /// The request, for logs and the audit trail.
    pub request: RequestId,
}

impl Origin {
    fn event(&self, kind: EventKind) -> AuditEvent {
        AuditEvent { from: Some(self.requester.address()), request: Some(self.request), ..AuditEvent::of(kind) }
    }
}

/// An answer, and what is left at the gate that was passed for it.
#[derive(Debug)]
pub struct Passed<T> {
    /// The answer.
    pub value: T,
    /// For the `RateLimit` fields.
    pub allowance: Allowance,
}

/// The gates by requester, and the record of who was refused.
#[derive(Clone)]
pub struct Gates {
    limiter: Arc<dyn RateLimiter>,
    audit: Arc<dyn AuditSink>,
    clock: Arc<dyn Clock>,
}

impl Gates {
    /// Over a limiter, a sink, and the clock that says until when a gate is shut.
    #[must_use]
    pub fn new(limiter: Arc<dyn RateLimiter>, audit: Arc<dyn AuditSink>, clock: Arc<dyn Clock>) -> Self {
        Self { limiter, audit, clock }
    }

    /// A recovery succeeded, so its start is given back. Where that cannot be done the gate is only narrower for a while.
    pub(crate) async fn forgive(&self, origin: &Origin) {
        if let Err(error) = self.limiter.forgive(&origin.requester).await {
            tracing::warn!(%error, "a start could not be given back");
        }
    }

    /// Passes one request.
    ///
    /// # Errors
    /// [`FlowError::Limited`], or [`FlowError::Unavailable`] when the limiter cannot count: a gate that cannot count is shut.
    pub async fn pass(&self, gate: RequesterGate, origin: &Origin) -> Result<Allowance, FlowError> {
        match self.limiter.pass(gate, &origin.requester).await {
            Ok(Ok(allowance)) => Ok(allowance),
            Ok(Err(limited)) => {
                self.audit.record(&origin.event(EventKind::RateLimited { gate: gate.name() }));
                let until = self.clock.now().plus(limited.retry_after);
                Err(FlowError::Limited { gate, limited, until })
            }
            Err(error) => Err(FlowError::Unavailable { reason: error.to_string() }),
        }
    }
}
