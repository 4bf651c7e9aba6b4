//! What a line says.

use std::fmt::Write as _;

use serde::Serialize;

use super::{AuditEvent, AuditKey, EventKind};
use crate::domain::{EventId, MailboxAddress, PhoneNumber, SubjectId, Timestamp};

/// The most characters of an operator's detail that a line keeps.
const LONGEST_DETAIL: usize = 300;

/// One thing to write.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// When it happened.
    pub(super) at: Timestamp,
    /// What happened.
    pub(super) what: What,
}

/// An event of the service, or one of the trail itself.
#[derive(Debug, Clone)]
pub(super) enum What {
    /// An event of the service.
    Event(Box<AuditEvent>),
    /// What followed the last whole line was put aside.
    Resumed {
        /// The file that it went to.
        file: String,
        /// How much it was.
        bytes: u64,
    },
    /// Events that could not be kept.
    Lost {
        /// How many.
        count: u64,
    },
}

#[derive(Serialize)]
struct Line<'event> {
    seq: u64,
    ts: String,
    id: String,
    kind: &'static str,
    actor: Actor,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<Target>,
    #[serde(flatten)]
    details: Details<'event>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ip: Option<std::net::IpAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    challenge: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
}

/// Who did it: whoever is at the page, or the service itself.
#[derive(Serialize)]
struct Actor {
    r#type: &'static str,
}

#[derive(Default, Serialize)]
struct Target {
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    r#ref: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
}

#[derive(Serialize)]
struct Phone {
    number: String,
    r#ref: String,
}

#[derive(Default, Serialize)]
struct Details<'event> {
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<&'event str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'event str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rules: Option<&'event [&'static str]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<&'event str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hook: Option<&'event str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    order: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_id: Option<&'event str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<Phone>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    left: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'event str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<u64>,
}

impl Entry {
    /// The line as JSON, one object, without its place in the chain.
    pub(super) fn json(&self, seq: u64, id: EventId, key: &AuditKey) -> Result<String, serde_json::Error> {
        let mut line = Line {
            seq,
            ts: stamp(self.at),
            id: id.to_string(),
            kind: "",
            actor: Actor { r#type: "service" },
            target: None,
            details: Details::default(),
            ip: None,
            challenge: None,
            request_id: None,
        };
        match &self.what {
            What::Event(event) => line.tell(event, key),
            What::Resumed { file, bytes } => {
                line.kind = "chain.resumed";
                line.details = Details { file: Some(file), bytes: Some(*bytes), ..Details::default() };
            }
            What::Lost { count } => {
                line.kind = "events.lost";
                line.details = Details { count: Some(*count), ..Details::default() };
            }
        }
        serde_json::to_string(&line).map(|json| one_line(&json))
    }
}

impl<'event> Line<'event> {
    fn tell(&mut self, event: &'event AuditEvent, key: &AuditKey) {
        self.kind = event.kind.name();
        if !event.kind.is_by_service() {
            self.actor.r#type = "claimant";
        }
        self.target = target(event.account.as_ref(), event.subject.as_ref(), key);
        self.details = details(&event.kind, key);
        self.ip = event.from;
        self.challenge = event.challenge.map(|id| id.to_string());
        self.request_id = event.request.map(|id| id.to_string());
    }
}

fn target(account: Option<&MailboxAddress>, subject: Option<&SubjectId>, key: &AuditKey) -> Option<Target> {
    (account.is_some() || subject.is_some()).then(|| Target {
        account: account.map(MailboxAddress::masked),
        r#ref: account.map(|address| key.reference("address", address.as_str())),
        subject: subject.map(|id| key.reference("subject", id.as_str())),
    })
}

fn details<'event>(kind: &'event EventKind, key: &AuditKey) -> Details<'event> {
    let mut say = Details::default();
    match kind {
        EventKind::CodeSent { provider, phone, seconds, order, message_id } => {
            (say.order, say.message_id) = (Some(order.to_string()), message_id.as_deref());
            (say.result, say.provider) = (Some("ok"), Some(&**provider));
            (say.phone, say.seconds) = (Some(masked(phone, key)), Some(rounded(*seconds)));
        }
        EventKind::CodeWithheld { reason, order, provider, detail } => {
            (say.reason, say.provider) = (Some(*reason), provider.as_deref());
            (say.order, say.detail) = (order.map(|id| id.to_string()), detail.as_deref().map(shortened));
        }
        EventKind::HookDone { hook, seconds } => {
            (say.result, say.hook, say.seconds) = (Some("ok"), Some(&**hook), Some(rounded(*seconds)));
        }
        EventKind::HookFailed { hook, reason, seconds } => {
            (say.result, say.hook, say.seconds) = (Some("failed"), Some(&**hook), Some(rounded(*seconds)));
            say.detail = Some(shortened(reason));
        }
        EventKind::CodeVerified => say.result = Some("ok"),
        EventKind::PasswordRefused { rules } => (say.result, say.rules) = (Some("refused"), Some(&**rules)),
        EventKind::PasswordReset { seconds, lock } => {
            (say.result, say.seconds) = (Some("ok"), Some(rounded(*seconds)));
            say.reason = lock.map(|_| "locked");
            say.until = lock.and_then(|lock| lock.ends_at).map(stamp);
        }
        EventKind::NoticeSent { delivered, order, provider, message_id, detail } => {
            say.result = Some(if *delivered { "ok" } else { "failed" });
            (say.provider, say.message_id) = (provider.as_deref(), message_id.as_deref());
            (say.order, say.detail) = (order.map(|id| id.to_string()), detail.as_deref().map(shortened));
        }
        EventKind::SmsDelivered { provider, order, seconds } => {
            (say.result, say.provider) = (Some("ok"), Some(&**provider));
            (say.order, say.seconds) = (Some(order.to_string()), Some(rounded(*seconds)));
        }
        EventKind::SmsFailed { provider, order, state, code } => {
            (say.result, say.provider) = (Some(*state), Some(&**provider));
            (say.order, say.reason) = (Some(order.to_string()), code.as_deref());
        }
        EventKind::ProviderOpened { provider } | EventKind::ProviderClosed { provider } => {
            say.provider = Some(provider);
        }
        EventKind::ProviderFaulty { provider, fault, .. } => {
            (say.provider, say.reason) = (Some(&**provider), Some(*fault));
        }
        EventKind::BudgetLow { left } => say.left = Some(rounded(*left)),
        EventKind::FailuresHigh { allowed } => {
            say.count = Some(allowed.count.get().into());
            say.seconds = Some(rounded(allowed.period.get().as_secs_f64()));
        }
        EventKind::FlowsExpired { count } => say.count = Some(*count),
        EventKind::CodeRejected { result } | EventKind::StoreFailed { result } => say.result = Some(result),
        EventKind::CaptchaAnswered { kind, result } => (say.reason, say.result) = (Some(*kind), Some(*result)),
        EventKind::ResetResumed { sends } => say.result = Some(if *sends { "sends" } else { "waits" }),
        EventKind::Service { phase: word } => say.result = Some(word),
        EventKind::RateLimited { gate: word } | EventKind::CaptchaIssued { kind: word } => say.reason = Some(word),
        // Counted only.
        EventKind::ReceiptsTaken { .. }
        | EventKind::ResetRequested
        | EventKind::ResetResendRequested
        | EventKind::FlowLocked
        | EventKind::FlowCancelled => {}
    }
    say
}

fn masked(phone: &PhoneNumber, key: &AuditKey) -> Phone {
    Phone { number: phone.masked(), r#ref: key.reference("phone", phone.e164()) }
}

fn shortened(text: &str) -> String {
    text.chars().take(LONGEST_DETAIL).collect()
}

fn rounded(number: f64) -> f64 {
    (number * 1000.0).round() / 1000.0
}

/// RFC 3339 in UTC with milliseconds.
fn stamp(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.as_millis()).map_or_else(|_| at.to_string(), |moment| format!("{moment:.3}"))
}

/// JSON escapes only ASCII control signs; some readers also break lines at, or obey, these others. They can only stand
/// inside strings, so they can be escaped afterwards.
fn one_line(json: &str) -> String {
    let mut safe = String::with_capacity(json.len() + 160);
    for sign in json.chars() {
        let obeyed = matches!(sign, '\u{7f}'..='\u{9f}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if obeyed {
            // Cannot fail: a String takes everything.
            let _ = write!(safe, "\\u{:04x}", u32::from(sign));
        } else {
            safe.push(sign);
        }
    }
    safe
}
