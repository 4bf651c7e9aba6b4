//! Several providers as one: the next is asked only where the last one surely sent nothing.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::breaker::Breaker;
use super::settings::BreakerSettings;
use super::{MessageKind, SmsError, SmsMessage, SmsProvider, SmsReceipt};
use crate::domain::Clock;

/// Providers in the order they are tried, each with its breaker.
pub struct Failover {
    providers: Vec<(Arc<dyn SmsProvider>, Breaker)>,
    clock: Arc<dyn Clock>,
}

impl Failover {
    /// Tries `providers` in this order.
    #[must_use]
    pub fn new(providers: Vec<Arc<dyn SmsProvider>>, breaker: BreakerSettings, clock: Arc<dyn Clock>) -> Self {
        let providers = providers.into_iter().map(|provider| (provider, Breaker::new(breaker))).collect();
        Self { providers, clock }
    }

    /// Each provider's name, and whether messages pass it by at present. When the time is over a provider counts as
    /// well again before a message has tried it; otherwise a page that turns people away would keep it from being tried.
    #[must_use]
    pub fn health(&self) -> Vec<(String, bool)> {
        let now = self.clock.now();
        let each = self.providers.iter();
        each.map(|(provider, breaker)| (provider.name().to_owned(), breaker.shows_open(now))).collect()
    }

    /// Tells the breaker what became of a message. An unknown outcome is a failure: messages are being lost there.
    fn note(&self, provider: &dyn SmsProvider, breaker: &Breaker, outcome: &Result<SmsReceipt, SmsError>) {
        let Err(error) = outcome else { return breaker.answered() };
        match error {
            SmsError::Refused { .. } | SmsError::NumberLimited { .. } | SmsError::Throttled { .. } => {
                breaker.answered();
            }
            SmsError::Faulty { .. } | SmsError::Unreachable { .. } | SmsError::Unknown { .. } => {
                breaker.failed(self.clock.now());
            }
        }
        tracing::warn!(provider = provider.name(), %error, "a provider did not take a message");
    }
}

#[async_trait]
impl SmsProvider for Failover {
    fn name(&self) -> &'static str {
        "failover"
    }

    fn carries(&self, kind: MessageKind) -> bool {
        self.providers.iter().any(|(provider, _)| provider.carries(kind))
    }

    fn is_available(&self) -> bool {
        self.health().iter().any(|(_, open)| !open)
    }

    fn start(&self) {
        self.providers.iter().for_each(|(provider, _)| provider.start());
    }

    async fn close(&self) {
        futures_util::future::join_all(self.providers.iter().map(|(provider, _)| provider.close())).await;
    }

    async fn send(&self, message: &SmsMessage) -> Result<SmsReceipt, SmsError> {
        let mut passed = Passed::default();
        for (provider, breaker) in self.providers.iter().filter(|(provider, _)| provider.carries(message.kind)) {
            if !breaker.admits(self.clock.now()) {
                passed.by(provider.name(), "passed by after repeated failures");
                continue;
            }
            let outcome = provider.send(message).await;
            self.note(provider.as_ref(), breaker, &outcome);
            match outcome {
                Err(SmsError::Throttled { retry_after }) => passed.throttled(provider.name(), retry_after),
                Err(SmsError::Unreachable { reason } | SmsError::Faulty { reason, .. }) => {
                    passed.by(provider.name(), &reason);
                }
                final_word => return final_word,
            }
        }
        Err(passed.into_error())
    }
}

/// What was heard from providers that sent nothing.
#[derive(Default)]
struct Passed {
    reasons: Vec<String>,
    waits: Vec<Option<Duration>>,
}

impl Passed {
    fn by(&mut self, provider: &str, reason: &str) {
        self.reasons.push(format!("`{provider}`: {reason}"));
    }

    fn throttled(&mut self, provider: &str, retry_after: Option<Duration>) {
        self.by(provider, "limits us");
        self.waits.push(retry_after);
    }

    /// Limited when each one limits us, and then for the shortest time that any of them named.
    fn into_error(self) -> SmsError {
        if self.reasons.is_empty() {
            return SmsError::Refused { reason: "no provider carries messages of this kind".to_owned() };
        }
        if self.waits.len() == self.reasons.len() {
            return SmsError::Throttled { retry_after: self.waits.into_iter().flatten().min() };
        }
        SmsError::Unreachable { reason: self.reasons.join("; ") }
    }
}

#[cfg(test)]
mod tests;
