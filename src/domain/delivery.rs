//! What became of a message after a provider took it: delivery receipts, as the provider tells them.

use super::{OrderId, Timestamp};

/// One delivery receipt. It is a stranger's word: no secret, no number, and nothing that a code's worth may hang on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryReport {
    /// Whose word it is, as named in the configuration.
    pub provider: Box<str>,
    /// Which message it is about.
    pub name: ReportName,
    /// What became of it.
    pub state: DeliveryState,
    /// The provider's own word for it, short and of plain signs.
    pub code: Option<Box<str>>,
    /// When it happened, where the provider said so with its time zone.
    pub at: Option<Timestamp>,
}

/// Which message a receipt is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ReportName {
    /// The id that we gave it, at providers that carry ours along.
    Order(OrderId),
    /// The id that the provider gave it, as it answered when it took it. May come before that one does, and for
    /// a message of several parts there is one for each.
    Message(Box<str>),
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DeliveryState {
    /// It is on the phone.
    Delivered,
    /// It will not arrive.
    Failed,
    /// Its validity ended first.
    Expired,
    /// The network or the provider would not have it.
    Rejected,
    /// On its way; another receipt follows.
    Accepted,
    /// The provider does not know, or said something that we do not.
    Unknown,
}

impl DeliveryState {
    /// The stable word, as in metrics and the audit trail.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::Expired => "expired",
            Self::Rejected => "rejected",
            Self::Accepted => "accepted",
            Self::Unknown => "unknown",
        }
    }

    /// Whether nothing more is to come.
    #[must_use]
    pub const fn is_final(self) -> bool {
        !matches!(self, Self::Accepted | Self::Unknown)
    }
}
