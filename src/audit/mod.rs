//! What happened, for the audit trail and the metrics. Recording never changes an answer and never fails a caller.

mod days;
mod entry;
mod fanout;
mod key;
mod ledger;
mod seal;
mod settings;
mod tail;
#[cfg(test)]
mod tests;
mod trail;
mod verify;
mod writer;

use std::net::IpAddr;

use crate::domain::{ChallengeId, Lock, MailboxAddress, OrderId, PhoneNumber, Rate, RequestId, SubjectId};

pub use fanout::Fanout;
pub use key::AuditKey;
pub use settings::AuditSettings;
pub use trail::{Trail, TrailError};
pub use verify::{Broken, Fault, Summary, Why, size, verify, verify_with};

/// What happened. Holds no code, password, answer or key; addresses and numbers are masked and hashed by the sinks.
#[derive(Debug, Clone)]
pub enum EventKind {
    /// A recovery was asked for, for whatever address.
    ResetRequested,
    /// A further code was asked for.
    ResetResendRequested,
    /// A recovery was started again by who holds it, and goes on.
    ResetResumed {
        /// Whether that asked for a further code.
        sends: bool,
    },
    /// A code left; `provider` took it.
    CodeSent {
        /// The provider's name in the configuration.
        provider: Box<str>,
        /// Where it went.
        phone: PhoneNumber,
        /// How long the providers took, in seconds.
        seconds: f64,
        /// Our id of the message.
        order: OrderId,
        /// The provider's id of it, where it gave one.
        message_id: Option<Box<str>>,
    },
    /// No code left, and why, in one stable word: `unknown_account`, `no_phone`, `phone_unreadable` (the store holds
    /// something there that is not one mobile number), `disabled`, `account_expired` (its own time is over), a gate's name,
    /// `waiting`, `paused`, `no_slot`, `ended`, `store`, `provider_refused`, `provider_number_limited`, `provider_faulty`,
    /// `provider_throttled`,
    /// `provider_not_taken`, `provider_unreachable`, `provider_unknown`, `shutdown`.
    CodeWithheld {
        /// The word.
        reason: &'static str,
        /// Our id of the message, where one was made: with `provider_unknown` it may have left.
        order: Option<OrderId>,
        /// The provider whose word it is, if one was asked.
        provider: Option<Box<str>>,
        /// What it answered, for the operator.
        detail: Option<String>,
    },
    /// A code was right.
    CodeVerified,
    /// A code was wrong, late, or its challenge ended: `wrong`, `expired`, `locked`, `void`.
    CodeRejected {
        /// The word.
        result: &'static str,
    },
    /// Too many wrong codes ended a challenge.
    FlowLocked,
    /// A challenge was cancelled by its owner.
    FlowCancelled,
    /// Challenges ended by time, unnoticed by anybody. Counted only.
    FlowsExpired {
        /// How many since it was last told.
        count: u64,
    },
    /// A new password was refused; the ids of the broken rules.
    PasswordRefused {
        /// Rule ids.
        rules: Vec<&'static str>,
    },
    /// A password was written.
    PasswordReset {
        /// From opening the challenge to the write, in seconds.
        seconds: f64,
        /// What keeps the account locked for a while yet.
        lock: Option<Lock>,
    },
    /// The account store did not write: `unavailable`, `busy`, `refused`, `gone`, `unknown`.
    StoreFailed {
        /// The word.
        result: &'static str,
    },
    /// A hook after a password was written did what it is for.
    HookDone {
        /// Its name in the configuration.
        hook: Box<str>,
        /// How long it took, in seconds.
        seconds: f64,
    },
    /// A hook did not; the password stays written.
    HookFailed {
        /// Its name in the configuration.
        hook: Box<str>,
        /// Why, for the operator.
        reason: String,
        /// How long it took, in seconds.
        seconds: f64,
    },
    /// The notice after a change left, or did not.
    NoticeSent {
        /// Whether a provider took it.
        delivered: bool,
        /// Our id of the message, where one was made.
        order: Option<OrderId>,
        /// The provider whose word it is, if one was asked.
        provider: Option<Box<str>>,
        /// The provider's id of it, where it gave one.
        message_id: Option<Box<str>>,
        /// Why it did not leave, for the operator.
        detail: Option<String>,
    },
    /// A message is on its phone, says the provider.
    SmsDelivered {
        /// Whose word it is.
        provider: Box<str>,
        /// Our id of the message.
        order: OrderId,
        /// From handing it over to its arrival, in seconds.
        seconds: f64,
    },
    /// A message will not arrive, says the provider: `failed`, `expired`, `rejected`.
    SmsFailed {
        /// Whose word it is.
        provider: Box<str>,
        /// Our id of the message.
        order: OrderId,
        /// The word.
        state: &'static str,
        /// The provider's own word for it, short and of plain signs.
        code: Option<Box<str>>,
    },
    /// Delivery receipts came: `matched`, `unknown`, `duplicate`, `dropped`. Counted only.
    ReceiptsTaken {
        /// Whose word they are.
        provider: Box<str>,
        /// The word.
        result: &'static str,
        /// What became of the message, where it is one of ours and this is new.
        state: Option<&'static str>,
        /// How many.
        count: u64,
    },
    /// Messages pass a provider by from now on.
    ProviderOpened {
        /// Which.
        provider: Box<str>,
    },
    /// Messages go to a provider again.
    ProviderClosed {
        /// Which.
        provider: Box<str>,
    },
    /// A provider takes nothing, or not all, until an operator acts; or it does again.
    ProviderFaulty {
        /// Which.
        provider: Box<str>,
        /// `credentials`, `clock`, `signature`, `template`, `balance`.
        fault: &'static str,
        /// Whether it is over.
        over: bool,
    },
    /// A requester's gate refused.
    RateLimited {
        /// The gate's name.
        gate: &'static str,
    },
    /// A captcha was issued. Counted only.
    CaptchaIssued {
        /// `image`, `audio` or `pow`.
        kind: &'static str,
    },
    /// A captcha was answered: `ok`, `wrong`, `expired`. Counted only.
    CaptchaAnswered {
        /// `image`, `audio` or `pow`.
        kind: &'static str,
        /// The word.
        result: &'static str,
    },
    /// The send budget passed its alarm mark (80 %) or its end.
    BudgetLow {
        /// What is left, 0 to 1.
        left: f64,
    },
    /// More wrong codes over all accounts than the operator allows; somebody may be guessing on many at once.
    FailuresHigh {
        /// What is allowed.
        allowed: Rate,
    },
    /// The service started or stopped: `started`, `stopped`.
    Service {
        /// The word.
        phase: &'static str,
    },
}

impl EventKind {
    /// That no notice left, and why.
    #[must_use]
    pub fn notice_withheld(reason: &str) -> Self {
        let detail = Some(reason.to_owned());
        Self::NoticeSent { delivered: false, order: None, provider: None, message_id: None, detail }
    }

    /// The stable name, as in the audit trail.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::ResetRequested => "reset.requested",
            Self::ResetResendRequested => "reset.resend_requested",
            Self::ResetResumed { .. } => "reset.resumed",
            Self::CodeSent { .. } => "code.sent",
            Self::CodeWithheld { .. } => "code.withheld",
            Self::CodeVerified => "code.verified",
            Self::CodeRejected { .. } => "code.rejected",
            Self::FlowLocked => "flow.locked",
            Self::FlowCancelled => "flow.cancelled",
            Self::FlowsExpired { .. } => "flows.expired",
            Self::PasswordRefused { .. } => "password.refused",
            Self::PasswordReset { .. } => "password.reset",
            Self::StoreFailed { .. } => "store.failed",
            Self::HookDone { .. } => "hook.done",
            Self::HookFailed { .. } => "hook.failed",
            Self::NoticeSent { .. } => "notice.sent",
            Self::SmsDelivered { .. } => "sms.delivered",
            Self::SmsFailed { .. } => "sms.failed",
            Self::ReceiptsTaken { .. } => "receipts.taken",
            Self::ProviderOpened { .. } => "provider.opened",
            Self::ProviderClosed { .. } => "provider.closed",
            Self::ProviderFaulty { over: false, .. } => "provider.faulty",
            Self::ProviderFaulty { over: true, .. } => "provider.mended",
            Self::RateLimited { .. } => "requester.limited",
            Self::CaptchaIssued { .. } => "captcha.issued",
            Self::CaptchaAnswered { .. } => "captcha.answered",
            Self::BudgetLow { .. } => "budget.low",
            Self::FailuresHigh { .. } => "failures.high",
            Self::Service { .. } => "service",
        }
    }

    /// Whether the service itself did it, and nobody at the page.
    #[must_use]
    pub const fn is_by_service(&self) -> bool {
        matches!(
            self,
            Self::Service { .. }
                | Self::BudgetLow { .. }
                | Self::FailuresHigh { .. }
                | Self::FlowsExpired { .. }
                | Self::SmsDelivered { .. }
                | Self::SmsFailed { .. }
                | Self::ReceiptsTaken { .. }
                | Self::ProviderOpened { .. }
                | Self::ProviderClosed { .. }
                | Self::ProviderFaulty { .. }
        )
    }

    /// Counted in metrics but not written to the trail, where a flood would bury what matters.
    #[must_use]
    pub const fn is_routine(&self) -> bool {
        matches!(
            self,
            Self::CaptchaIssued { .. }
                | Self::CaptchaAnswered { .. }
                | Self::RateLimited { .. }
                | Self::FlowsExpired { .. }
                | Self::ReceiptsTaken { .. }
        )
    }
}

/// One event and what it concerns.
#[derive(Debug, Clone)]
pub struct AuditEvent {
    /// What happened.
    pub kind: EventKind,
    /// The address as typed, canonical.
    pub account: Option<MailboxAddress>,
    /// The account, where it is known to exist.
    pub subject: Option<SubjectId>,
    /// The challenge.
    pub challenge: Option<ChallengeId>,
    /// The requester's address.
    pub from: Option<IpAddr>,
    /// The HTTP request.
    pub request: Option<RequestId>,
}

impl AuditEvent {
    /// An event that concerns nothing in particular yet.
    #[must_use]
    pub const fn of(kind: EventKind) -> Self {
        Self { kind, account: None, subject: None, challenge: None, from: None, request: None }
    }
}

/// Takes events. Never blocks for long and never fails its caller.
pub trait AuditSink: Send + Sync {
    /// Takes one event.
    fn record(&self, event: &AuditEvent);

    /// `Err` with the reason while events cannot be kept; the service is then not ready.
    ///
    /// # Errors
    /// The reason, for the operator.
    fn check(&self) -> Result<(), String> {
        Ok(())
    }
}
