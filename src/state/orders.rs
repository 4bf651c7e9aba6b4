//! Messages that a provider took, until their receipts are in.

use std::sync::Arc;

use async_trait::async_trait;

use super::StateError;
use crate::domain::{ChallengeId, DeliveryReport, OrderId, Timestamp};

/// A message that a provider took, or may have taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentOrder {
    /// Our id of it.
    pub order: OrderId,
    /// Who took it, as named in the configuration. Only receipts of this provider are about it.
    pub provider: Box<str>,
    /// The provider's id of it, where it gave one.
    pub message_id: Option<Box<str>>,
    /// The challenge it belongs to.
    pub challenge: Option<ChallengeId>,
    /// When it was handed over, before the provider answered.
    pub handed_at: Timestamp,
}

/// A receipt that says something new about a message of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// The message.
    pub order: Arc<SentOrder>,
    /// What the provider said.
    pub report: DeliveryReport,
    /// When it came.
    pub came_at: Timestamp,
}

/// What a receipt was good for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    /// It says something new.
    News(Settlement),
    /// It was said before, or comes after the last word.
    Known,
    /// No message of ours goes by this name, at least not yet.
    Unknown,
}

/// Messages that a provider took, for 72 hours, and the latest word about each. A final word is the last one: whatever
/// comes after it, or twice, or in another order, changes nothing.
#[async_trait]
pub trait SentOrders: Send + Sync {
    /// Remembers a message. Gives what was said of it before its provider had even answered.
    async fn note(&self, order: SentOrder, now: Timestamp) -> Result<Vec<Settlement>, StateError>;

    /// Takes in one receipt. One that nobody knows is kept for a short while, in case its message is about to be noted.
    async fn settle(&self, report: DeliveryReport, now: Timestamp) -> Result<Settled, StateError>;
}
