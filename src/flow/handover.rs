//! Handing a message over to the providers, and what follows from their word.

use super::Courier;
use crate::audit::EventKind;
use crate::domain::{ChallengeId, OneTimeCode, OrderId, PhoneNumber};
use crate::sms::{MessageKind, SmsError, SmsMessage, SmsReceipt, Unsent};
use crate::state::SentOrder;

/// Where a message goes, and what it belongs to.
pub(super) struct Receiver<'a> {
    pub challenge: ChallengeId,
    pub phone: PhoneNumber,
    pub unit: Option<Box<str>>,
    pub locale: &'a str,
}

/// What became of a delivery, and the message whose receipts are awaited once that is told.
pub(super) struct Outcome {
    pub kind: EventKind,
    pub sent: Option<SentOrder>,
    /// Whether nothing is on its way to the phone.
    pub surely_unsent: bool,
    /// Whether that is a provider's refusal of this message, which no other provider may try.
    pub refused: bool,
}

impl From<EventKind> for Outcome {
    fn from(kind: EventKind) -> Self {
        Self { kind, sent: None, surely_unsent: true, refused: false }
    }
}

/// What the providers said to one message.
struct Handed {
    outcome: Result<SmsReceipt, Unsent>,
    seconds: f64,
    sent: Option<SentOrder>,
}

impl Courier {
    pub(super) async fn send_code(&self, code: &OneTimeCode, to: Receiver<'_>, order: OrderId) -> Outcome {
        let minutes = self.rules.code_ttl.as_secs() / 60;
        let message = SmsMessage {
            text: self.texts.code_text(to.locale, code, minutes, &self.rules.domain),
            code: Some(code.expose().into()),
            valid_for: Some(self.rules.code_ttl),
            ..self.message(MessageKind::Code, to, order)
        };
        let Handed { outcome, seconds, sent } = self.hand_over(&message).await;
        let surely_unsent = outcome.as_ref().is_err_and(|unsent| unsent.error.surely_unsent());
        let refused = outcome.as_ref().is_err_and(|unsent| matches!(unsent.error, SmsError::Refused { .. }));
        let kind = match outcome {
            Ok(SmsReceipt { provider, message_id }) => {
                let message_id = message_id.map(String::into_boxed_str);
                EventKind::CodeSent { provider, phone: message.to, seconds, order, message_id }
            }
            Err(Unsent { provider, error }) => EventKind::CodeWithheld {
                reason: error.name(),
                order: Some(order),
                provider,
                detail: Some(error.to_string()),
            },
        };
        Outcome { kind, sent, surely_unsent, refused }
    }

    pub(super) async fn send_notice(&self, to: Receiver<'_>, order: OrderId) -> Outcome {
        let now = self.clock.now();
        // Booked whether or not anything is left: word of a change must go out.
        let _ = self.limiter.book_notice(now).await;
        let text = self.texts.notice_text(to.locale, &self.rules.domain, now).into();
        let message = SmsMessage { text, ..self.message(MessageKind::Notice, to, order) };
        let Handed { outcome, sent, .. } = self.hand_over(&message).await;
        let surely_unsent = outcome.as_ref().is_err_and(|unsent| unsent.error.surely_unsent());
        let refused = outcome.as_ref().is_err_and(|unsent| matches!(unsent.error, SmsError::Refused { .. }));
        let kind = match outcome {
            Ok(SmsReceipt { provider, message_id }) => EventKind::NoticeSent {
                delivered: true,
                order: Some(order),
                provider: Some(provider),
                message_id: message_id.map(String::into_boxed_str),
                detail: None,
            },
            Err(Unsent { provider, error }) => {
                tracing::warn!(%error, "password change notice not sent");
                EventKind::NoticeSent {
                    delivered: false,
                    order: Some(order),
                    provider,
                    message_id: None,
                    detail: Some(error.to_string()),
                }
            }
        };
        Outcome { kind, sent, surely_unsent, refused }
    }

    fn message(&self, kind: MessageKind, to: Receiver<'_>, order: OrderId) -> SmsMessage {
        SmsMessage {
            to: to.phone,
            kind,
            locale: to.locale.into(),
            text: String::new().into(),
            code: None,
            valid_for: None,
            domain: self.rules.domain.as_str().into(),
            unit: to.unit,
            order,
            challenge: Some(to.challenge),
        }
    }

    async fn hand_over(&self, message: &SmsMessage) -> Handed {
        let handed_at = self.clock.now();
        let outcome = self.router.hand_over(message).await;
        let now = self.clock.now();
        let sent_by = |provider, message_id| SentOrder {
            order: message.order,
            provider,
            message_id,
            challenge: message.challenge,
            handed_at,
        };
        let sent = match &outcome {
            Ok(receipt) => Some(sent_by(receipt.provider.clone(), receipt.message_id.as_deref().map(Box::from))),
            // It may have left; a receipt would tell.
            Err(Unsent { provider: Some(provider), error: SmsError::Unknown { .. } }) => {
                Some(sent_by(provider.clone(), None))
            }
            Err(Unsent { error: SmsError::NumberLimited { wait }, .. }) => {
                if let Err(error) = self.limiter.hold(&message.to, *wait, now).await {
                    tracing::warn!(%error, "a number that its provider limits could not be put on hold");
                }
                None
            }
            Err(_) => None,
        };
        Handed { outcome, seconds: now.since(handed_at).as_secs_f64(), sent }
    }
}
