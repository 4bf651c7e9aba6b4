//! What happens to a delivery outside the request: find the account, pass the silent gates, draw, arm, send.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::handover::{Outcome, Receiver};
use super::{Delivery, Receipts};
use crate::account::AccountStore;
use crate::audit::{AuditEvent, AuditSink, EventKind};
use crate::domain::{
    Arming, ChallengeId, Clock, CodeKeys, MailboxAddress, OneTimeCode, OrderId, PhoneNumber, Purpose, Randomness,
    RequestId, Stored, Subject, Timestamp,
};
use crate::limits::{Booking, RateLimiter};
use crate::sms::{Router, Texts};
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
    /// The ways to the phones.
    pub router: Arc<Router>,
    /// Who awaits the receipts.
    pub receipts: Arc<Receipts>,
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
    pub alarmed: Arc<AtomicBool>,
}

impl Delivery {
    /// What the trail is told of a delivery that was dropped: it never came to be a message.
    fn dropped(&self) -> AuditEvent {
        let detail = "the service stopped before the message was made";
        self.event("shutdown", None, detail)
    }

    /// What the trail is told of a delivery that was torn down while it was made: it may have left.
    pub(super) fn interrupted(&self, order: OrderId) -> AuditEvent {
        self.event("provider_unknown", Some(order), "the service stopped while the message was made")
    }

    /// What every line of the log about it carries, at whatever level.
    #[must_use]
    pub fn span(&self, order: OrderId) -> tracing::Span {
        let (_, challenge, request) = self.concerns();
        tracing::error_span!(target: "resetgate", "delivery", request_id = %request, %challenge, %order)
    }

    fn event(&self, reason: &'static str, order: Option<OrderId>, detail: &str) -> AuditEvent {
        let (account, challenge, request) = self.concerns();
        let (provider, detail) = (None, Some(detail.to_owned()));
        let kind = match self {
            Self::Code { .. } => EventKind::CodeWithheld { reason, order, provider, detail },
            Self::Notice { .. } => {
                EventKind::NoticeSent { delivered: false, order, provider, message_id: None, detail }
            }
        };
        AuditEvent {
            account: Some(account.clone()),
            challenge: Some(challenge),
            request: Some(request),
            ..AuditEvent::of(kind)
        }
    }

    fn concerns(&self) -> (&MailboxAddress, ChallengeId, RequestId) {
        let (Self::Code { account, challenge, request, .. } | Self::Notice { account, challenge, request, .. }) = self;
        (account, *challenge, *request)
    }
}

/// One code that was asked for.
struct Wanted<'a> {
    challenge: ChallengeId,
    purpose: Purpose,
    send: u8,
    account: &'a MailboxAddress,
    locale: &'a str,
    asked_at: Timestamp,
}

/// Why no code leaves, before any provider is asked: one stable word, and what the operator may want to know.
struct Withheld {
    reason: &'static str,
    detail: Option<String>,
}

impl Withheld {
    fn because(reason: &'static str) -> Self {
        Self { reason, detail: None }
    }

    fn detailed(reason: &'static str, detail: &impl ToString) -> Self {
        Self { reason, detail: Some(detail.to_string()) }
    }
}

impl From<Withheld> for Outcome {
    fn from(Withheld { reason, detail }: Withheld) -> Self {
        EventKind::CodeWithheld { reason, order: None, provider: None, detail }.into()
    }
}

impl Courier {
    /// Does one delivery to its end, as the message `order` if it comes to one; whatever goes wrong ends in the audit
    /// trail, never in an answer.
    pub async fn deliver(&self, delivery: Delivery, order: OrderId) {
        match delivery {
            Delivery::Code { challenge, purpose, send, account, locale, request, asked_at } => {
                let wanted = Wanted { challenge, purpose, send, account: &account, locale: &locale, asked_at };
                let outcome = self.deliver_code(&wanted, order).await.unwrap_or_else(Outcome::from);
                self.conclude(outcome, |kind| AuditEvent {
                    account: Some(account),
                    challenge: Some(challenge),
                    request: Some(request),
                    ..AuditEvent::of(kind)
                })
                .await;
                self.watch_budget().await;
            }
            Delivery::Notice { challenge, subject, account, phone, unit, locale, request } => {
                let outcome = self.send_notice(Receiver { challenge, phone, unit, locale: &locale }, order).await;
                self.conclude(outcome, |kind| AuditEvent {
                    account: Some(account),
                    subject: Some(subject),
                    challenge: Some(challenge),
                    request: Some(request),
                    ..AuditEvent::of(kind)
                })
                .await;
            }
        }
    }

    /// A receipt that came already is not told before its message.
    async fn conclude(&self, outcome: Outcome, event: impl FnOnce(EventKind) -> AuditEvent) {
        let early = match outcome.sent {
            Some(sent) => self.receipts.expect(sent).await,
            None => Vec::new(),
        };
        self.audit.record(&event(outcome.kind));
        self.receipts.tell(&early);
    }

    /// Says in the audit trail that a delivery was dropped at shutdown.
    pub fn drop_undelivered(&self, delivery: &Delivery) {
        self.audit.record(&delivery.dropped());
    }

    async fn deliver_code(&self, wanted: &Wanted<'_>, order: OrderId) -> Result<Outcome, Withheld> {
        let (subject, phone) = self.recipient(wanted.account).await?;
        let booking = self.pass_gates(&subject, &phone, wanted.asked_at).await?;
        let outcome = self.arm_and_send(wanted, subject, phone, order).await;
        // What may have left stays booked, and what was torn down midway; and a code that somebody guessed at, because the
        // bookings are what bounds the guesses.
        let costs_nothing = match &outcome {
            Ok(outcome) if outcome.surely_unsent => {
                self.challenges.disarm(&wanted.challenge, wanted.send).await.unwrap_or(false)
            }
            Ok(_) => false,
            Err(withheld) => withheld.reason != "state",
        };
        let booking =
            if outcome.as_ref().is_ok_and(|outcome| outcome.refused) { booking.of_the_person() } else { booking };
        if costs_nothing && let Err(error) = self.limiter.give_back(booking).await {
            tracing::warn!(%error, "a message that did not leave still counts against the limits");
        }
        outcome
    }

    async fn arm_and_send(
        &self,
        wanted: &Wanted<'_>,
        subject: Subject,
        phone: PhoneNumber,
        order: OrderId,
    ) -> Result<Outcome, Withheld> {
        let code = OneTimeCode::draw(&*self.random, self.rules.code_length);
        let digest = self.keys.seal(&wanted.challenge, wanted.purpose, wanted.account, &code);
        let unit = subject.unit.as_deref().map(Box::from);
        let arming = Arming { stamp: subject.stamp(), subject: subject.id, digest, send: wanted.send };
        // Armed before it is sent: a code in hand always works.
        let armed = self.challenges.arm(&wanted.challenge, arming, self.rules.live_per_account, self.clock.now()).await;
        match armed.map_err(|error| Withheld::detailed("state", &error))? {
            Armed::Yes => {
                let to = Receiver { challenge: wanted.challenge, phone, unit, locale: wanted.locale };
                Ok(self.send_code(&code, to, order).await)
            }
            Armed::NoSlot => Err(Withheld::because("no_slot")),
            Armed::Ended => Err(Withheld::because("ended")),
        }
    }

    async fn recipient(&self, account: &MailboxAddress) -> Result<(Subject, PhoneNumber), Withheld> {
        let subject = self.accounts.find(account).await.map_err(|error| Withheld::detailed("store", &error))?;
        let subject = subject.ok_or_else(|| Withheld::because("unknown_account"))?;
        if !subject.enabled {
            return Err(Withheld::because(if subject.ended { "account_expired" } else { "disabled" }));
        }
        match subject.phone.clone() {
            Stored::Value(phone) => Ok((subject, phone)),
            Stored::Nothing => Err(Withheld::because("no_phone")),
            Stored::Unreadable => Err(Withheld::because("phone_unreadable")),
        }
    }

    async fn pass_gates(
        &self,
        subject: &Subject,
        phone: &PhoneNumber,
        asked_at: Timestamp,
    ) -> Result<Booking, Withheld> {
        let standing = self.failures.standing(subject.id.as_str(), self.clock.now()).await;
        match standing.map_err(|error| Withheld::detailed("state", &error))? {
            Standing::Free => {}
            Standing::Waiting { .. } => return Err(Withheld::because("waiting")),
            // Binding the phone anew is the administrator's act that lifts a pause (NIST SP 800-63B-4, 3.2.2).
            Standing::Paused { since } if subject.phone_bound_at.is_some_and(|bound| bound > since) => {
                self.failures.clear(subject.id.as_str()).await.map_err(|error| Withheld::detailed("state", &error))?;
            }
            Standing::Paused { .. } => return Err(Withheld::because("paused")),
        }
        let booked = self.limiter.book_send(&subject.id, phone, asked_at).await;
        booked.map_err(|error| Withheld::detailed("limiter", &error))?.map_err(|gate| Withheld::because(gate.name()))
    }

    async fn watch_budget(&self) {
        let Ok(left) = self.limiter.budget_left(self.clock.now()).await else { return };
        let low = left <= self.rules.budget_alarm;
        if self.alarmed.swap(low, Ordering::Relaxed) != low && low {
            tracing::warn!(left, "SMS budget nearly exhausted");
            self.audit.record(&AuditEvent::of(EventKind::BudgetLow { left }));
        }
    }
}
