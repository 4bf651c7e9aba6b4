//! Putting a message on a phone: the port and its providers.

use std::time::Duration;

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};

use crate::domain::{ChallengeId, Finding, OrderId, PhoneNumber};

#[cfg(feature = "aliyun")]
mod aliyun;
mod approved;
#[cfg(feature = "aws_sns")]
mod aws_sns;
mod breaker;
mod build;
#[cfg(test)]
mod captured;
mod check;
#[cfg(feature = "cmpp")]
mod cmpp;
mod console;
mod http;
#[cfg(feature = "huawei")]
mod huawei;
mod left_out;
mod observe;
mod otp_line;
mod passed;
pub mod receipts;
mod report;
mod route;
mod router;
#[cfg(test)]
mod samples;
mod sent_as;
mod settings;
#[cfg(feature = "smpp")]
mod smpp;
mod station;
mod template;
#[cfg(feature = "tencent")]
mod tencent;
mod texts;
#[cfg(feature = "twilio")]
mod twilio;
mod vendor;
#[cfg(feature = "vonage")]
mod vonage;

#[cfg(feature = "aliyun")]
pub use aliyun::AliyunSettings;
pub use approved::ApprovedTemplates;
#[cfg(feature = "aws_sns")]
pub use aws_sns::AwsSnsSettings;
pub use build::{Before, SmsBuildError, Surroundings, build, build_observed, build_one};
#[cfg(feature = "cmpp")]
pub use cmpp::{CmppSettings, Version as CmppVersion};
pub use console::{Console, ConsoleWriter};
pub use http::{AnswerRule, Format, HttpSettings, Method};
#[cfg(feature = "huawei")]
pub use huawei::{HuaweiAuth, HuaweiSettings, WsseDigest};
#[cfg(not(feature = "aliyun"))]
pub use left_out::AliyunSettings;
#[cfg(not(feature = "aws_sns"))]
pub use left_out::AwsSnsSettings;
#[cfg(not(feature = "cmpp"))]
pub use left_out::CmppSettings;
#[cfg(not(feature = "huawei"))]
pub use left_out::HuaweiSettings;
#[cfg(not(feature = "smpp"))]
pub use left_out::SmppSettings;
#[cfg(not(feature = "tencent"))]
pub use left_out::TencentSettings;
#[cfg(not(feature = "twilio"))]
pub use left_out::TwilioSettings;
#[cfg(not(feature = "vonage"))]
pub use left_out::VonageSettings;
pub use observe::{Attempt, ProviderTurn, SmsObserver};
pub use report::{DeliveryReport, DeliveryState, Discard, ReportName, ReportSink};
pub use route::RouteSettings;
pub use router::{Outage, ProviderHealth, Router, Unsent};
pub use sent_as::SentAs;
pub use settings::{BreakerSettings, ConsoleSettings, ProviderSettings, SmsSettings, TextSettings};
#[cfg(feature = "smpp")]
pub use smpp::{ReceiptId, SmppSettings};
#[cfg(feature = "tencent")]
pub use tencent::TencentSettings;
pub use texts::{Texts, parts, ucs2_units};
#[cfg(feature = "twilio")]
pub use twilio::TwilioSettings;
pub use vendor::Transcript;
#[cfg(feature = "vonage")]
pub use vonage::VonageSettings;

/// What kind of message it is; providers with approved templates choose theirs by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MessageKind {
    /// Carries a one-time code.
    Code,
    /// Tells the account holder that the password was changed. Carries no secret.
    Notice,
    /// Tells the account holder that the password runs out. Carries no secret.
    Expiry,
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
    /// How long the code works, for providers that drop what they could not deliver in time. A notice has no end.
    pub valid_for: Option<Duration>,
    /// The domain of the pages, for the line that binds a code to them.
    pub domain: Box<str>,
    /// The receiver's unit, which a route may be chosen by.
    pub unit: Option<Box<str>>,
    /// Names this message at the provider and in its receipts; no secret.
    pub order: OrderId,
    /// The challenge it belongs to, for our own records; a provider never learns it.
    pub challenge: Option<ChallengeId>,
}

impl SmsError {
    /// The stable word, as in metrics and the audit trail.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Refused { .. } => "provider_refused",
            Self::NumberLimited { .. } => "provider_number_limited",
            Self::Faulty { .. } => "provider_faulty",
            Self::Throttled { .. } => "provider_throttled",
            Self::NotTaken { .. } => "provider_not_taken",
            Self::Unreachable { .. } => "provider_unreachable",
            Self::Unknown { .. } => "provider_unknown",
        }
    }

    /// Whether nothing left for certain, so that the message costs nobody anything.
    #[must_use]
    pub const fn surely_unsent(&self) -> bool {
        !matches!(self, Self::Unknown { .. })
    }

    /// Whether surely nothing left and another provider may be asked.
    #[must_use]
    pub const fn lets_another_try(&self) -> bool {
        matches!(self, Self::Faulty { .. } | Self::Throttled { .. } | Self::NotTaken { .. } | Self::Unreachable { .. })
    }
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

/// What is wrong with our account at a provider. Only an operator can mend it, so it is an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SmsFault {
    /// Key, secret, permission, source address, or an account that was closed.
    Credentials,
    /// The provider finds our clock wrong.
    Clock,
    /// The sender's signature or name is not approved.
    Signature,
    /// The template is not approved, or its variables are not what it expects.
    Template,
    /// No money, or no messages left of a package.
    Balance,
}

impl SmsFault {
    /// The stable word, as in metrics and the audit trail.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Credentials => "credentials",
            Self::Clock => "clock",
            Self::Signature => "signature",
            Self::Template => "template",
            Self::Balance => "balance",
        }
    }
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
    /// Nothing left: this number had enough messages for a while. No other provider is asked, because the limit is there
    /// for the person.
    #[error("the provider sends nothing more to this number for {} s", wait.as_secs())]
    NumberLimited {
        /// How long the limit lasts.
        wait: Duration,
    },
    /// Nothing left, and nothing will until an operator acts; another provider may be tried.
    #[error("the provider takes nothing from us ({}): {reason}", fault.name())]
    Faulty {
        /// What is wrong.
        fault: SmsFault,
        /// The provider's word for it.
        reason: String,
    },
    /// Nothing left; another provider may be tried.
    #[error("the provider limits us")]
    Throttled {
        /// How long it asks to wait.
        retry_after: Option<Duration>,
    },
    /// Nothing left; another provider may be tried. It is about this message or its number, so it says nothing of how the
    /// provider is: whoever owns one strange number must not turn everybody else away from it.
    #[error("the provider does not take this message: {reason}")]
    NotTaken {
        /// The provider's word for it.
        reason: String,
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

    /// Connects ahead where a connection is kept, so that the first message does not wait for it. Returns at once; needs
    /// the runtime that messages will be sent on. Without it the first message connects.
    fn start(&self) {}

    /// Takes leave of the provider where a connection is kept. For the end, when nothing more is sent; without it the
    /// connection is dropped.
    async fn close(&self) {}

    /// Hands the message over, once. Does not retry.
    async fn send(&self, message: &SmsMessage) -> Result<SmsReceipt, SmsError>;

    /// The same, and tells what went over the wire, with secrets and the number masked; for an operator's test message.
    async fn send_shown(&self, message: &SmsMessage, transcript: &mut Transcript) -> Result<SmsReceipt, SmsError> {
        let draft = self.draft(message)?;
        let outcome = self.send(message).await;
        if !draft.is_empty() {
            transcript.append(draft);
            transcript.line(match &outcome {
                Ok(receipt) => format!("< taken, as {}", receipt.message_id.as_deref().unwrap_or("nothing")),
                Err(error) => format!("< {error}"),
            });
        }
        outcome
    }

    /// What [`SmsProvider::send`] would put on the wire, masked; nothing leaves. Empty where there is nothing to show.
    ///
    /// # Errors
    /// When the message cannot be put into a request.
    fn draft(&self, _message: &SmsMessage) -> Result<Transcript, SmsError> {
        Ok(Transcript::default())
    }

    /// Asks the provider whether it would take messages: credentials, signature, template, balance, as far as it can be
    /// asked without sending one. Empty when it cannot.
    async fn examine(&self) -> Vec<Finding> {
        Vec::new()
    }
}
