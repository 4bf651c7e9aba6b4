//! What happens to a delivery outside the request: find the account, pass the silent gates, draw, arm, send.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::Delivery;
use crate::account::AccountStore;
use crate::audit::{AuditEvent, AuditSink, EventKind};
use crate::domain::{
    Arming, ChallengeId, Clock, CodeKeys, MailboxAddress, OneTimeCode, OrderId, PhoneNumber, Purpose, Randomness,
    Subject,
};
use crate::limits::RateLimiter;
use crate::sms::{MessageKind, SmsMessage, SmsProvider, Texts};
use crate::state::{Armed, ChallengeStore, FailureCounts, Standing};

/// How codes are made.
#[derive(Debug, Clone)]
pub struct CourierRules {
    /// Digits of a code.
    pub code_length: usize,
    /// How long a code works, for the text.
    pub code_ttl: Duration,
    /// Challenges of one account that may hold a code at once.
    pub live_per_account: usize,
    /// The domain that texts name.
    pub domain: String,
    /// The part of the send budget below which an alarm is raised, 0 to 1.
    pub budget_alarm: f64,
}

/// Makes and sends messages. One per service; the outbox workers share it.
pub struct Courier {
    /// Where the accounts live.
    pub accounts: Arc<dyn AccountStore>,
    /// Challenges to arm.
    pub challenges: Arc<dyn ChallengeStore>,
    /// Wrong codes per account.
    pub failures: Arc<dyn FailureCounts>,
    /// The silent gates.
    pub limiter: Arc<dyn RateLimiter>,
    /// The way to the phones.
    pub provider: Arc<dyn SmsProvider>,
    /// What messages say.
    pub texts: Arc<Texts>,
    /// Keys of the code digests.
    pub keys: Arc<CodeKeys>,
    /// Where events go.
    pub audit: Arc<dyn AuditSink>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub random: Arc<dyn Randomness>,
    /// How codes are made.
    pub rules: CourierRules,
    /// Whether the budget alarm is on, so that it is raised once and not with every message.
    pub alarmed: AtomicBool,
}

impl Delivery {
    /// That nothing is known to have left.
    fn event(&self, reason: &'static str, provider: Option<Box<str>>) -> AuditEvent {
        let detail = provider.is_some().then(|| "the service stopped while the message was made".to_owned());
        let (kind, account, challenge, request) = match self {
            Self::Code { account, challenge, request, .. } => {
                (EventKind::CodeWithheld { reason, provider, detail }, account, challenge, Some(*request))
            }
            Self::Notice { account, challenge, .. } => {
                (EventKind::NoticeSent { delivered: false }, account, challenge, None)
            }
        };
        AuditEvent { account: Some(account.clone()), challenge: Some(*challenge), request, ..AuditEvent::of(kind) }
    }
}

/// Why no code leaves: one stable word, and what the operator may want to know.
struct Withheld {
    reason: &'static str,
    provider: Option<Box<str>>,
    detail: Option<String>,
}

impl Withheld {
    fn because(reason: &'static str) -> Self {
        Self { reason, provider: None, detail: None }
    }

    fn detailed(reason: &'static str, detail: &impl ToString) -> Self {
        Self { reason, provider: None, detail: Some(detail.to_string()) }
    }
}

impl Courier {
    /// Does one delivery to its end; whatever goes wrong ends in the audit trail, never in an answer.
    pub async fn deliver(&self, delivery: Delivery) {
        match delivery {
            Delivery::Code { challenge, purpose, send, account, locale, request } => {
                let event = |kind| AuditEvent {
                    account: Some(account.clone()),
                    challenge: Some(challenge),
                    request: Some(request),
                    ..AuditEvent::of(kind)
                };
                let outcome = self.deliver_code(&challenge, purpose, send, &account, &locale).await;
                self.audit.record(&event(outcome.unwrap_or_else(|withheld| EventKind::CodeWithheld {
                    reason: withheld.reason,
                    provider: withheld.provider,
                    detail: withheld.detail,
                })));
                self.watch_budget().await;
            }
            Delivery::Notice { challenge, subject, account, phone, locale } => {
                let delivered = self.deliver_notice(challenge, phone, &locale).await;
                self.audit.record(&AuditEvent {
                    account: Some(account),
                    subject: Some(subject),
                    challenge: Some(challenge),
                    ..AuditEvent::of(EventKind::NoticeSent { delivered })
                });
            }
        }
    }

    /// Says in the audit trail that a delivery was dropped at shutdown.
    pub fn drop_undelivered(&self, delivery: &Delivery) {
        self.audit.record(&delivery.event("shutdown", None));
    }

    /// What the trail is told of a delivery that was torn down while it was made: it may have left.
    pub(super) fn interrupted(&self, delivery: &Delivery) -> AuditEvent {
        delivery.event("provider_unknown", Some(self.provider.name().into()))
    }

    async fn deliver_code(
        &self,
        challenge: &ChallengeId,
        purpose: Purpose,
        send: u8,
        account: &MailboxAddress,
        locale: &str,
    ) -> Result<EventKind, Withheld> {
        let (subject, phone) = self.recipient(account).await?;
        self.pass_gates(&subject, &phone).await?;
        let code = OneTimeCode::draw(&*self.random, self.rules.code_length);
        let digest = self.keys.seal(challenge, purpose, account, &code);
        let unit = subject.unit.as_deref().map(Box::from);
        let arming = Arming { stamp: subject.stamp(), subject: subject.id, digest, send };
        // Armed before it is sent: a code in hand always works.
        let armed = self.challenges.arm(challenge, arming, self.rules.live_per_account, self.clock.now()).await;
        match armed.map_err(|error| Withheld::detailed("state", &error))? {
            Armed::Yes => self.send_code(challenge, &code, phone, unit, locale).await,
            Armed::NoSlot => Err(Withheld::because("no_slot")),
            Armed::Ended => Err(Withheld::because("ended")),
        }
    }

    async fn recipient(&self, account: &MailboxAddress) -> Result<(Subject, PhoneNumber), Withheld> {
        let subject = self.accounts.find(account).await.map_err(|error| Withheld::detailed("store", &error))?;
        let subject = subject.ok_or_else(|| Withheld::because("unknown_account"))?;
        if !subject.enabled {
            return Err(Withheld::because("disabled"));
        }
        let phone = subject.phone.clone().ok_or_else(|| Withheld::because("no_phone"))?;
        Ok((subject, phone))
    }

    async fn pass_gates(&self, subject: &Subject, phone: &PhoneNumber) -> Result<(), Withheld> {
        let now = self.clock.now();
        let standing = self.failures.standing(subject.id.as_str(), now).await;
        match standing.map_err(|error| Withheld::detailed("state", &error))? {
            Standing::Free => {}
            Standing::Waiting { .. } => return Err(Withheld::because("waiting")),
            // Binding the phone anew is the administrator's act that lifts a pause (NIST SP 800-63B-4, 3.2.2).
            Standing::Paused { since } if subject.phone_bound_at.is_some_and(|bound| bound > since) => {
                self.failures.clear(subject.id.as_str()).await.map_err(|error| Withheld::detailed("state", &error))?;
            }
            Standing::Paused { .. } => return Err(Withheld::because("paused")),
        }
        let booked = self.limiter.book_send(&subject.id, phone, now).await;
        booked.map_err(|error| Withheld::detailed("limiter", &error))?.map_err(|gate| Withheld::because(gate.name()))
    }

    async fn send_code(
        &self,
        challenge: &ChallengeId,
        code: &OneTimeCode,
        phone: PhoneNumber,
        unit: Option<Box<str>>,
        locale: &str,
    ) -> Result<EventKind, Withheld> {
        let minutes = self.rules.code_ttl.as_secs() / 60;
        let message = SmsMessage {
            to: phone,
            kind: MessageKind::Code,
            locale: locale.into(),
            text: self.texts.code_text(locale, code, minutes, &self.rules.domain),
            code: Some(code.expose().into()),
            valid_for: Some(self.rules.code_ttl),
            domain: self.rules.domain.as_str().into(),
            unit,
            order: OrderId::draw(&*self.random),
            challenge: Some(*challenge),
        };
        let before = self.clock.now();
        let sent = self.provider.send(&message).await;
        let seconds = self.clock.now().since(before).as_secs_f64();
        match sent {
            Ok(receipt) => Ok(EventKind::CodeSent { provider: receipt.provider, phone: message.to, seconds }),
            Err(error) => {
                let (provider, detail) = (Some(self.provider.name().into()), Some(error.to_string()));
                Err(Withheld { reason: error.name(), provider, detail })
            }
        }
    }

    async fn deliver_notice(&self, challenge: ChallengeId, phone: PhoneNumber, locale: &str) -> bool {
        let now = self.clock.now();
        // Booked whether or not anything is left: word of a change must go out.
        let _ = self.limiter.book_notice(now).await;
        let message = SmsMessage {
            to: phone,
            kind: MessageKind::Notice,
            locale: locale.into(),
            text: self.texts.notice_text(locale, &self.rules.domain, now).into(),
            code: None,
            valid_for: None,
            domain: self.rules.domain.as_str().into(),
            unit: None,
            order: OrderId::draw(&*self.random),
            challenge: Some(challenge),
        };
        match self.provider.send(&message).await {
            Ok(_) => true,
            Err(error) => {
                tracing::warn!(%error, %challenge, "the notice of a changed password did not leave");
                false
            }
        }
    }

    async fn watch_budget(&self) {
        let Ok(left) = self.limiter.budget_left(self.clock.now()).await else { return };
        let low = left <= self.rules.budget_alarm;
        if self.alarmed.swap(low, Ordering::Relaxed) != low && low {
            tracing::warn!(left, "the SMS budget is nearly spent");
            self.audit.record(&AuditEvent::of(EventKind::BudgetLow { left }));
        }
    }
}
