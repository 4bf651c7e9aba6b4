//! One provider and what is known of how it is.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use super::breaker::Breaker;
use super::settings::BreakerSettings;
use super::{MessageKind, ProviderTurn, SmsError, SmsFault, SmsMessage, SmsProvider, SmsReceipt};
use crate::domain::Timestamp;

/// A provider with its breaker and its faults, shared by all routes that lead to it.
pub(super) struct Station {
    pub provider: Arc<dyn SmsProvider>,
    pub breaker: Breaker,
    faults: Faults,
}

impl Station {
    pub(super) fn new(provider: Arc<dyn SmsProvider>, breaker: BreakerSettings) -> Self {
        Self { provider, breaker: Breaker::new(breaker), faults: Faults::default() }
    }

    /// In place of this one: another provider of that name, or the same under other settings. What is known of how it is
    /// stays known, so that the end of a fault is told as its beginning was.
    pub(super) fn followed_by(&self, provider: Arc<dyn SmsProvider>, breaker: BreakerSettings) -> Self {
        Self { provider, breaker: self.breaker.under(breaker), faults: self.faults.clone() }
    }

    /// What may be shown to anybody.
    pub(super) fn shows_out(&self, now: Timestamp) -> bool {
        self.breaker.shows_open(now) || !self.provider.is_available()
    }

    /// What only an operator can mend.
    pub(super) fn faults(&self) -> Vec<SmsFault> {
        self.faults.present()
    }

    /// Takes in what became of a message, and tells what that changed. An unknown outcome is a failure: messages are
    /// being lost there.
    pub(super) fn learn(
        &self,
        message: &SmsMessage,
        outcome: &Result<SmsReceipt, SmsError>,
        now: Timestamp,
    ) -> Vec<ProviderTurn> {
        let (opened, closed) = match outcome {
            Ok(_) | Err(SmsError::Refused { .. } | SmsError::NumberLimited { .. } | SmsError::NotTaken { .. }) => {
                (false, self.breaker.answered())
            }
            Err(SmsError::Throttled { retry_after }) => (false, self.breaker.throttled(*retry_after, &message.to, now)),
            // Another language or kind of message may be approved.
            Err(SmsError::Faulty { fault, .. }) if fault.is_of_text() => (false, self.breaker.answered()),
            Err(SmsError::Faulty { .. }) => (self.breaker.shut(now), false),
            Err(SmsError::Unreachable { .. } | SmsError::Unknown { .. }) => (self.breaker.failed(now), false),
        };
        let mut turns = self.faults.learn(message, outcome);
        turns.extend(opened.then(|| ProviderTurn::Opened(self.breaker.open_for())));
        turns.extend(closed.then_some(ProviderTurn::Closed));
        turns
    }
}

impl SmsFault {
    /// Whether it is about what was sent, so that messages of another kind or language may fare better.
    const fn is_of_text(self) -> bool {
        matches!(self, Self::Signature | Self::Template)
    }
}

/// For faults of texts, those that met them.
type Scope = Option<(MessageKind, Box<str>)>;

#[derive(Clone, Default)]
struct Faults(Arc<Mutex<BTreeSet<(SmsFault, Scope)>>>);

impl Faults {
    fn present(&self) -> Vec<SmsFault> {
        let faults = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        faults.iter().map(|(fault, _)| *fault).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// A fault begins with the first message that meets it, and ends when a message is taken that it would have stopped.
    fn learn(&self, message: &SmsMessage, outcome: &Result<SmsReceipt, SmsError>) -> Vec<ProviderTurn> {
        let own = || Some((message.kind, message.locale.clone()));
        let scope = |fault: SmsFault| if fault.is_of_text() { own() } else { None };
        let mut faults = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match outcome {
            Err(SmsError::Faulty { fault, .. }) => {
                let is_new = !faults.iter().any(|(known, _)| known == fault);
                faults.insert((*fault, scope(*fault)));
                is_new.then_some(ProviderTurn::Faulty(*fault)).into_iter().collect()
            }
            Ok(_) if !faults.is_empty() => {
                let before: BTreeSet<_> = faults.iter().map(|(fault, _)| *fault).collect();
                faults.retain(|(fault, met)| *met != scope(*fault));
                let ended = before.into_iter().filter(|fault| !faults.iter().any(|(left, _)| left == fault));
                ended.map(ProviderTurn::Mended).collect()
            }
            _ => Vec::new(),
        }
    }
}
