//! Putting a message on a phone: the port and its providers.

use std::time::Duration;

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};

use crate::domain::PhoneNumber;

mod breaker;
mod build;
mod check;
mod console;
mod failover;
mod http;
#[cfg(test)]
mod samples;
mod settings;
mod template;
mod texts;

pub use build::{SmsBuildError, build, build_one};
pub use console::{Console, ConsoleWriter};
pub use failover::Failover;
pub use http::{AnswerRule, Format, HttpProvider, HttpSettings, Method};
pub use settings::{BreakerSettings, ConsoleSettings, ProviderSettings, SmsSettings, TextSettings};
pub use texts::{Texts, parts, ucs2_units};

/// What kind of message it is; providers with approved templates choose theirs by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MessageKind {
    /// Carries a one-time code.
    Code,
    /// Tells the account holder that the password was changed. Carries no secret.
    Notice,
}

/// One message. Its text may hold a code, so it is a secret.
pub struct SmsMessage {
    /// Where it goes.
    pub to: PhoneNumber,
    /// What it is.
    pub kind: MessageKind,
    /// Its language, a BCP 47 tag.
    pub locale: Box<str>,
    /// The full text.
    pub text: SecretString,
    /// The code alone, for providers that fill an approved template. A string: leading zeros count.
    pub code: Option<SecretString>,
    /// Our reference, for the provider's records; no secret.
    pub reference: String,
}

impl SmsMessage {
    /// The text, for the wire and for nothing else.
    #[must_use]
    pub fn expose_text(&self) -> &str {
        self.text.expose_secret()
    }
}

impl std::fmt::Debug for SmsMessage {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("SmsMessage").field("to", &self.to).field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// The provider's word that it took the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmsReceipt {
    /// Which provider took it, as named in the configuration.
    pub provider: Box<str>,
    /// The provider's own id of the message, where it gave one.
    pub message_id: Option<String>,
}

/// Why a message was not taken, and what may follow. Reasons are for the operator; they hold no secret and no number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SmsError {
    /// The number or the text; no other provider helps.
    #[error("the provider refused the message: {reason}")]
    Refused {
        /// The provider's word for it.
        reason: String,
    },
    /// Nothing left; another provider may be tried.
    #[error("the provider limits us")]
    Throttled {
        /// How long it asks to wait.
        retry_after: Option<Duration>,
    },
    /// Nothing left; another provider may be tried.
    #[error("the provider cannot be reached: {reason}")]
    Unreachable {
        /// What failed.
        reason: String,
    },
    /// It may have left: never send again.
    #[error("the provider's answer is unknown: {reason}")]
    Unknown {
        /// What was seen.
        reason: String,
    },
}

/// A thing that can put a message on a phone.
#[async_trait]
pub trait SmsProvider: Send + Sync {
    /// Its name in the configuration.
    fn name(&self) -> &str;

    /// Whether it can carry such messages at all; one that fills a template for codes cannot carry a notice.
    fn carries(&self, _kind: MessageKind) -> bool {
        true
    }

    /// Whether a message has a chance now. `false` is an outage for everybody, so it may be told to anybody.
    fn is_available(&self) -> bool {
        true
    }

    /// Hands the message over, once. Does not retry.
    async fn send(&self, message: &SmsMessage) -> Result<SmsReceipt, SmsError>;
}
