//! Figures of providers: what they took, how long it took them, what it costs, and what became of it.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use super::metrics::{Labels1, Labels2, one};
use crate::audit::EventKind;
use crate::sms::{Attempt, SmsError, SmsObserver, parts, ucs2_units};

/// Counts each attempt at the provider that was asked, and follows what the audit trail is told of providers. Parts are
/// counted as they are billed: codes and notices alike, once somebody took them.
pub(super) struct SmsFigures {
    sends: Family<Labels2, Counter>,
    seconds: Family<Labels1, Histogram, fn() -> Histogram>,
    parts: Family<Labels2, Counter>,
    faults: Family<Labels2, Gauge>,
    receipts: Family<Labels2, Counter>,
    delivered: Family<Labels2, Counter>,
    delays: Family<Labels1, Histogram, fn() -> Histogram>,
}

fn send_buckets() -> Histogram {
    Histogram::new([0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0])
}

fn delay_buckets() -> Histogram {
    Histogram::new([1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 900.0, 3_600.0])
}

fn two(first: (&'static str, &str), second: (&'static str, &str)) -> Labels2 {
    [first, second].map(|(name, value)| (name, value.to_owned()))
}

impl SmsFigures {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let figures = Self {
            sends: Family::default(),
            seconds: Family::new_with_constructor(send_buckets),
            parts: Family::default(),
            faults: Family::default(),
            receipts: Family::default(),
            delivered: Family::default(),
            delays: Family::new_with_constructor(delay_buckets),
        };
        registry.register("sms_sends", "Messages that a provider was asked to take", figures.sends.clone());
        let help = "Time a provider took to answer";
        registry.register_with_unit("sms_send_duration", help, Unit::Seconds, figures.seconds.clone());
        registry.register("sms_parts", "Parts of the messages that a provider took, as billed", figures.parts.clone());
        let help = "Whether the provider refuses messages until an operator acts";
        registry.register("sms_fault", help, figures.faults.clone());
        registry.register("sms_receipts", "Delivery receipts that came", figures.receipts.clone());
        registry.register("sms_delivered", "What became of messages, by receipt", figures.delivered.clone());
        let help = "From handing a message over to its arrival, by receipt";
        registry.register_with_unit("sms_delivery_delay", help, Unit::Seconds, figures.delays.clone());
        figures
    }

    /// What the audit trail is told of providers.
    pub(super) fn follow(&self, event: &EventKind) {
        match event {
            EventKind::ProviderFaulty { provider, fault, over } => {
                let labels = two(("provider", provider), ("fault", fault));
                self.faults.get_or_create(&labels).set(i64::from(!over));
            }
            EventKind::ReceiptsTaken { provider, result, state, count } => {
                self.receipts.get_or_create(&two(("provider", provider), ("result", result))).inc_by(*count);
                if let Some(state) = state {
                    self.delivered.get_or_create(&two(("provider", provider), ("state", state))).inc_by(*count);
                }
            }
            EventKind::SmsDelivered { provider, seconds, .. } => {
                self.delays.get_or_create(&one("provider", provider)).observe(*seconds);
            }
            _ => {}
        }
    }
}

impl SmsObserver for SmsFigures {
    fn attempted(&self, attempt: &Attempt<'_>) {
        let provider = ("provider", attempt.provider);
        let result = attempt.outcome.as_ref().map_or_else(SmsError::name, |_| "accepted");
        self.sends.get_or_create(&two(provider, ("result", result))).inc();
        self.seconds.get_or_create(&one("provider", attempt.provider)).observe(attempt.took.as_secs_f64());
        if attempt.outcome.is_ok() {
            let cost = parts(ucs2_units(attempt.message.expose_text()));
            let labels = two(provider, ("locale", &attempt.message.locale));
            self.parts.get_or_create(&labels).inc_by(u64::try_from(cost).unwrap_or(u64::MAX));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::domain::{OrderId, PhoneNumber, Region, SystemRandom};
    use crate::sms::{MessageKind, SmsMessage, SmsReceipt};

    fn message(locale: &str, text: String) -> SmsMessage {
        SmsMessage {
            to: PhoneNumber::parse("13800138000", Region::CN).unwrap(),
            kind: MessageKind::Code,
            locale: locale.into(),
            text: text.into(),
            code: None,
            valid_for: None,
            domain: "reset.example.org".into(),
            unit: None,
            order: OrderId::draw(&SystemRandom),
            challenge: None,
        }
    }

    #[test]
    fn attempts_are_counted_where_they_were_made_and_what_nobody_took_costs_nothing() {
        let figures = SmsFigures::register(&mut Registry::default());
        let attempt = |provider, message: &SmsMessage, outcome: &Result<SmsReceipt, SmsError>| {
            figures.attempted(&Attempt { provider, message, outcome, took: Duration::from_millis(7) });
        };
        let taken = Ok(SmsReceipt { provider: "main".into(), message_id: None });
        attempt("main", &message("zh-CN", "码".repeat(70)), &taken);
        attempt("main", &message("zh-CN", "码".repeat(71)), &taken);
        attempt("main", &message("en", "a".repeat(135)), &taken);
        attempt("spare", &message("en", "a".to_owned()), &Err(SmsError::Unreachable { reason: "a test".to_owned() }));
        let parts =
            |provider, locale| figures.parts.get_or_create(&two(("provider", provider), ("locale", locale))).get();
        assert_eq!((parts("main", "zh-CN"), parts("main", "en"), parts("spare", "en")), (3, 3, 0));
        let sends =
            |provider, result| figures.sends.get_or_create(&two(("provider", provider), ("result", result))).get();
        assert_eq!((sends("main", "accepted"), sends("spare", "provider_unreachable")), (3, 1));
    }
}
