//! Several sinks as one.

use std::sync::Arc;

use super::{AuditEvent, AuditSink};

/// Gives each event to every sink, in order.
pub struct Fanout(pub Vec<Arc<dyn AuditSink>>);

impl AuditSink for Fanout {
    fn record(&self, event: &AuditEvent) {
        self.0.iter().for_each(|sink| sink.record(event));
    }

    fn check(&self) -> Result<(), String> {
        let reasons: Vec<_> = self.0.iter().filter_map(|sink| sink.check().err()).collect();
        if reasons.is_empty() { Ok(()) } else { Err(reasons.join("; ")) }
    }
}
