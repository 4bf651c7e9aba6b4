//! Counts what messages cost.

use std::sync::Arc;

use async_trait::async_trait;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

use crate::sms::{MessageKind, SmsError, SmsMessage, SmsProvider, SmsReceipt, parts, ucs2_units};

type Labels = [(&'static str, String); 2];

/// A provider whose messages are counted in parts, as they are billed: codes and notices alike, once somebody took them.
pub struct MeteredProvider {
    inner: Arc<dyn SmsProvider>,
    parts: Family<Labels, Counter>,
}

impl MeteredProvider {
    /// Around a provider.
    #[must_use]
    pub fn around(inner: Arc<dyn SmsProvider>, registry: &mut Registry) -> Self {
        let metered = Self { inner, parts: Family::default() };
        registry.register("sms_parts", "Parts of the messages that a provider took, as billed", metered.parts.clone());
        metered
    }
}

#[async_trait]
impl SmsProvider for MeteredProvider {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn carries(&self, kind: MessageKind) -> bool {
        self.inner.carries(kind)
    }

    fn is_available(&self) -> bool {
        self.inner.is_available()
    }

    fn start(&self) {
        self.inner.start();
    }

    async fn close(&self) {
        self.inner.close().await;
    }

    async fn send(&self, message: &SmsMessage) -> Result<SmsReceipt, SmsError> {
        let receipt = self.inner.send(message).await?;
        // The receipt's name, not ours: of several providers it says which one sends the bill.
        let labels = [("provider", receipt.provider.to_string()), ("locale", message.locale.to_string())];
        let cost = parts(ucs2_units(message.expose_text()));
        self.parts.get_or_create(&labels).inc_by(u64::try_from(cost).unwrap_or(u64::MAX));
        Ok(receipt)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{OrderId, PhoneNumber, Region, SystemRandom};

    /// Takes messages to one number and to no other.
    struct Choosy;

    const TAKEN: &str = "13800138000";

    fn phone(text: &str) -> PhoneNumber {
        PhoneNumber::parse(text, Region::CN).unwrap()
    }

    #[async_trait]
    impl SmsProvider for Choosy {
        fn name(&self) -> &'static str {
            "chain"
        }

        fn carries(&self, kind: MessageKind) -> bool {
            kind == MessageKind::Code
        }

        fn is_available(&self) -> bool {
            false
        }

        async fn send(&self, message: &SmsMessage) -> Result<SmsReceipt, SmsError> {
            if message.to == phone(TAKEN) {
                return Ok(SmsReceipt { provider: "main".into(), message_id: None });
            }
            Err(SmsError::Unreachable { reason: "a test".to_owned() })
        }
    }

    #[tokio::test]
    async fn parts_are_counted_by_who_took_them_and_what_nobody_took_costs_nothing() {
        let metered = MeteredProvider::around(Arc::new(Choosy), &mut Registry::default());
        let send = async |to, locale: &str, text: String| {
            let message = SmsMessage {
                to: phone(to),
                kind: MessageKind::Code,
                locale: locale.into(),
                text: text.into(),
                code: None,
                valid_for: None,
                domain: "reset.example.org".into(),
                unit: None,
                order: OrderId::draw(&SystemRandom),
                challenge: None,
            };
            metered.send(&message).await.is_ok()
        };
        assert!(send(TAKEN, "zh-CN", "码".repeat(70)).await);
        assert!(send(TAKEN, "zh-CN", "码".repeat(71)).await);
        assert!(send(TAKEN, "en", "a".repeat(135)).await);
        assert!(!send("13800138001", "en", "a".to_owned()).await);
        let count = |provider: &str, locale: &str| {
            let labels = [("provider", provider.to_owned()), ("locale", locale.to_owned())];
            metered.parts.get_or_create(&labels).get()
        };
        assert_eq!((count("main", "zh-CN"), count("main", "en"), count("chain", "en")), (3, 3, 0));
        assert_eq!((metered.name(), metered.is_available()), ("chain", false), "and everything else is the provider's");
        assert!(metered.carries(MessageKind::Code) && !metered.carries(MessageKind::Notice));
    }
}
