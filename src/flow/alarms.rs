//! What an operator must hear of providers: each change once, in the log, the audit trail and the figures.

use std::sync::Arc;

use crate::audit::{AuditEvent, AuditSink, EventKind};
use crate::sms::{ProviderTurn, SmsFault, SmsObserver};

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
            ProviderTurn::Opened(time) => {
                tracing::error!("circuit breaker open: provider {provider} skipped for {} s", time.as_secs());
                EventKind::ProviderOpened { provider: name }
            }
            ProviderTurn::Closed => {
                tracing::info!("circuit breaker closed: provider {provider} is used again");
                EventKind::ProviderClosed { provider: name }
            }
            ProviderTurn::Faulty(fault) => {
                let (fault, problem) = (fault.name(), problem(fault));
                tracing::error!(provider, fault, "provider {provider} {problem}; it needs an operator");
                EventKind::ProviderFaulty { provider: name, fault, over: false }
            }
            ProviderTurn::Mended(fault) => {
                let fault = fault.name();
                tracing::info!(provider, fault, "provider {provider} accepts messages again ({fault})");
                EventKind::ProviderFaulty { provider: name, fault, over: true }
            }
        };
        self.audit.record(&AuditEvent::of(kind));
    }
}

/// What a provider does with us.
const fn problem(fault: SmsFault) -> &'static str {
    match fault {
        SmsFault::Credentials => "rejected our credentials",
        SmsFault::Clock => "rejected our signature because of the clock",
        SmsFault::Signature => "does not know the sender or the signature",
        SmsFault::Template => "does not know the template",
        SmsFault::Balance => "has no balance left for us",
    }
}
