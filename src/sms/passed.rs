//! What was heard from providers that sent nothing.

use std::time::Duration;

use super::{SmsError, Unsent};

/// Each provider of a route that did not take a message, in order.
#[derive(Default)]
pub(super) struct Passed(Vec<Heard>);

struct Heard {
    provider: Box<str>,
    reason: String,
    /// Its own word; nothing when it was not asked.
    word: Option<SmsError>,
}

impl Passed {
    /// A provider said no.
    pub(super) fn said(&mut self, provider: &str, word: SmsError) {
        let reason = match &word {
            SmsError::Throttled { .. } => "limits us".to_owned(),
            SmsError::NotTaken { reason } | SmsError::Unreachable { reason } | SmsError::Faulty { reason, .. } => {
                reason.clone()
            }
            other => other.to_string(),
        };
        self.0.push(Heard { provider: provider.into(), reason, word: Some(word) });
    }

    /// A provider was not asked, because it had asked for a pause that lasts so much longer.
    pub(super) fn paused(&mut self, provider: &str, left: Duration) {
        let word = Some(SmsError::Throttled { retry_after: Some(left) });
        self.0.push(Heard { provider: provider.into(), reason: "limits us".to_owned(), word });
    }

    /// A provider was not asked, because it failed too often.
    pub(super) fn by(&mut self, provider: &str) {
        let reason = "passed by after repeated failures".to_owned();
        self.0.push(Heard { provider: provider.into(), reason, word: None });
    }

    /// The one word for all: limited when each one limits us, and then for the shortest time that any of them named;
    /// faulty when each one is; not taken when each one serves others; else out of reach.
    pub(super) fn into_unsent(self) -> Unsent {
        let Some(last) = self.0.last() else {
            let reason = "no provider carries messages of this kind".to_owned();
            return Unsent { provider: None, error: SmsError::Refused { reason } };
        };
        let provider = Some(last.provider.clone());
        let waits = self.0.iter().map(|heard| match heard.word {
            Some(SmsError::Throttled { retry_after }) => Some(retry_after),
            _ => None,
        });
        if let Some(waits) = waits.collect::<Option<Vec<_>>>() {
            return Unsent { provider, error: SmsError::Throttled { retry_after: waits.into_iter().flatten().min() } };
        }
        let each = self.0.iter().map(|heard| format!("`{}`: {}", heard.provider, heard.reason));
        let reason = each.collect::<Vec<_>>().join("; ");
        let faults = self.0.iter().map(|heard| match heard.word {
            Some(SmsError::Faulty { fault, .. }) => Some(fault),
            _ => None,
        });
        let fault = faults.collect::<Option<Vec<_>>>().and_then(|faults| faults.first().copied());
        let nobody_takes_it = self.0.iter().all(|heard| matches!(heard.word, Some(SmsError::NotTaken { .. })));
        let error = match fault {
            Some(fault) => SmsError::Faulty { fault, reason },
            None if nobody_takes_it => SmsError::NotTaken { reason },
            None => SmsError::Unreachable { reason },
        };
        Unsent { provider, error }
    }
}
