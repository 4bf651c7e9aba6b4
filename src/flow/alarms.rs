//! What an operator must hear of providers: each change once, in the log, the audit trail and the figures.

use std::sync::Arc;

use crate::audit::{AuditEvent, AuditSink, EventKind};
use crate::sms::{ProviderTurn, SmsObserver};

/// Tells changes at providers. The figures follow the events.
pub struct Alarms {
    audit: Arc<dyn AuditSink>,
}

impl Alarms {
    /// Telling `audit`, and the log.
    #[must_use]
    pub fn new(audit: Arc<dyn AuditSink>) -> Self {
        Self { audit }
    }
}

impl SmsObserver for Alarms {
    fn turned(&self, provider: &str, turn: ProviderTurn) {
        let name: Box<str> = provider.into();
        let kind = match turn {
            ProviderTurn::Opened => {
                tracing::error!(provider, "messages pass the provider by");
                EventKind::ProviderOpened { provider: name }
            }
            ProviderTurn::Closed => {
                tracing::info!(provider, "messages go to the provider again");
                EventKind::ProviderClosed { provider: name }
            }
            ProviderTurn::Faulty(fault) => {
                let fault = fault.name();
                tracing::error!(provider, fault, "the provider takes nothing until somebody mends our account there");
                EventKind::ProviderFaulty { provider: name, fault, over: false }
            }
            ProviderTurn::Mended(fault) => {
                let fault = fault.name();
                tracing::info!(provider, fault, "the provider takes messages again that it refused for this");
                EventKind::ProviderFaulty { provider: name, fault, over: true }
            }
        };
        self.audit.record(&AuditEvent::of(kind));
    }
}
