//! Who is told what happens at the providers: for figures and alarms.

use std::time::Duration;

use super::{SmsError, SmsFault, SmsMessage, SmsReceipt};

/// One provider was asked to take one message.
pub struct Attempt<'a> {
    /// Which, as named in the configuration.
    pub provider: &'a str,
    /// The message.
    pub message: &'a SmsMessage,
    /// What it said.
    pub outcome: &'a Result<SmsReceipt, SmsError>,
    /// How long it took to say so.
    pub took: Duration,
}

/// A change at a provider; told once, however many messages meet it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProviderTurn {
    /// Messages pass it by for so long, then one tries it.
    Opened(Duration),
    /// Messages go to it again.
    Closed,
    /// It takes nothing, or not all, until an operator acts.
    Faulty(SmsFault),
    /// It took what it refused for that fault before.
    Mended(SmsFault),
}

/// Is told what happens at the providers. Called while a message waits, so it must not block.
pub trait SmsObserver: Send + Sync {
    /// A provider was asked.
    fn attempted(&self, _attempt: &Attempt<'_>) {}

    /// A provider changed.
    fn turned(&self, _provider: &str, _turn: ProviderTurn) {}
}
