//! What stands in for a vendor's cloud, and what listens to events.

use std::sync::Mutex;

use async_trait::async_trait;
use resetgate::audit::{AuditEvent, AuditSink};
use resetgate::sms::{MessageKind, SmsError, SmsMessage, SmsProvider, SmsReceipt};
use secrecy::ExposeSecret;
use tokio::sync::Notify;

/// One message that left.
#[derive(Debug, Clone)]
pub struct Captured {
    pub to: String,
    pub kind: MessageKind,
    pub locale: String,
    pub text: String,
    pub code: Option<String>,
    pub challenge: String,
}

/// Takes every message and remembers it.
#[derive(Default)]
pub struct Outbound {
    messages: Mutex<Vec<Captured>>,
}

impl Outbound {
    pub fn all(&self) -> Vec<Captured> {
        self.messages.lock().unwrap().clone()
    }

    /// The codes that left, over all challenges.
    pub fn codes(&self) -> Vec<Captured> {
        self.all().into_iter().filter(|message| message.kind == MessageKind::Code).collect()
    }

    pub fn notices(&self) -> Vec<Captured> {
        self.all().into_iter().filter(|message| message.kind == MessageKind::Notice).collect()
    }

    /// The latest code of a challenge.
    pub fn code(&self, challenge: &str, _send: usize) -> String {
        let latest = self.codes().into_iter().rfind(|message| message.challenge == challenge);
        latest.and_then(|message| message.code).expect("a code left")
    }
}

#[async_trait]
impl SmsProvider for Outbound {
    fn name(&self) -> &'static str {
        "captured"
    }

    async fn send(&self, message: &SmsMessage) -> Result<SmsReceipt, SmsError> {
        self.messages.lock().unwrap().push(Captured {
            to: message.to.e164().to_owned(),
            kind: message.kind,
            locale: message.locale.to_string(),
            text: message.expose_text().to_owned(),
            code: message.code.as_ref().map(|code| code.expose_secret().to_owned()),
            challenge: message.challenge.map(|id| id.to_string()).unwrap_or_default(),
        });
        Ok(SmsReceipt { provider: "captured".into(), message_id: None })
    }
}

/// Fails every message the same way.
pub struct Refusing(pub SmsError);

#[async_trait]
impl SmsProvider for Refusing {
    fn name(&self) -> &'static str {
        "refusing"
    }

    async fn send(&self, _: &SmsMessage) -> Result<SmsReceipt, SmsError> {
        Err(self.0.clone())
    }
}

/// Every event, and a way to wait for one.
#[derive(Default)]
pub struct Events {
    seen: Mutex<Vec<AuditEvent>>,
    more: Notify,
}

impl AuditSink for Events {
    fn record(&self, event: &AuditEvent) {
        self.seen.lock().unwrap().push(event.clone());
        self.more.notify_waiters();
    }
}

impl Events {
    pub fn all(&self) -> Vec<AuditEvent> {
        self.seen.lock().unwrap().clone()
    }

    pub fn count(&self, wanted: impl Fn(&AuditEvent) -> bool) -> usize {
        self.seen.lock().unwrap().iter().filter(|event| wanted(event)).count()
    }

    /// Waits until all events so far are as wanted; fails loudly after ten seconds.
    pub async fn until(&self, wanted: impl Fn(&[AuditEvent]) -> bool) {
        let reached = async {
            loop {
                let more = self.more.notified();
                tokio::pin!(more);
                more.as_mut().enable();
                if wanted(&self.seen.lock().unwrap()) {
                    return;
                }
                more.await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(10), reached).await.expect("the events came");
    }

    /// The `nth` event (from 1) that is wanted; waits for it, and fails loudly after ten seconds.
    pub async fn nth(&self, nth: usize, wanted: impl Fn(&AuditEvent) -> bool) -> AuditEvent {
        let found = async {
            loop {
                let more = self.more.notified();
                tokio::pin!(more);
                more.as_mut().enable();
                if let Some(event) = self.all().into_iter().filter(|event| wanted(event)).nth(nth - 1) {
                    return event;
                }
                more.await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(10), found).await.expect("the event came")
    }
}
