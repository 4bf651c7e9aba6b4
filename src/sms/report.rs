//! Where receipts go that come over a provider's own connection.

pub use crate::domain::{DeliveryReport, DeliveryState, ReportName};

/// Takes delivery receipts. Called from a provider's connection, so it must not block and must bear any number of them.
pub trait ReportSink: Send + Sync {
    /// Takes one.
    fn take(&self, report: DeliveryReport);
}

/// Takes receipts and forgets them, where nobody asks.
#[derive(Debug, Clone, Copy, Default)]
pub struct Discard;

impl ReportSink for Discard {
    fn take(&self, _report: DeliveryReport) {}
}
