//! Counts and times the calls to an account store.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::account::{AccountError, AccountStore, Expiring, PasswordWrite, PasswordWritten};
use crate::domain::{Clock, Finding, MailboxAddress, NewPassword, PhoneNumber, Subject, SubjectId, Timestamp};

type Labels = [(&'static str, &'static str); 2];
type Times = Family<[(&'static str, &'static str); 1], Histogram, fn() -> Histogram>;

/// An account store whose calls are counted by operation and result, and timed by operation.
pub struct MeteredAccounts {
    inner: Arc<dyn AccountStore>,
    clock: Arc<dyn Clock>,
    requests: Family<Labels, Counter>,
    seconds: Times,
    told: Arc<Told>,
}

/// Which fields the log has named as unreadable: each once, because the first says what the operator must mend.
#[derive(Default)]
struct Told {
    phone: AtomicBool,
    birthday: AtomicBool,
}

impl Told {
    /// Says once per field that an account holds something there that is no value of it. Never the value, nor whose.
    fn tell(&self, subject: &Subject) {
        for (field, effect) in self.news(subject) {
            tracing::warn!(
                field,
                effect,
                "the account store holds a value that cannot be read; told once until a restart"
            );
        }
    }

    /// The unreadable fields of an account that were not told yet, and what follows for it.
    fn news(&self, subject: &Subject) -> Vec<(&'static str, &'static str)> {
        let phone =
            (&self.phone, subject.phone.is_unreadable(), ("mobile number", "no code is sent to such an account"));
        let is_unread = subject.facts.birthday.is_unreadable();
        let birthday = (&self.birthday, is_unread, ("birthday", "passwords are not compared with it"));
        let fresh = [phone, birthday].into_iter().filter(|(told, is_unreadable, _)| {
            // Told only where it is unreadable, so the order of the two matters.
            *is_unreadable && !told.swap(true, Ordering::Relaxed)
        });
        fresh.map(|(_, _, news)| news).collect()
    }
}

fn buckets() -> Histogram {
    Histogram::new([0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 3.0])
}

impl MeteredAccounts {
    /// Around a store.
    #[must_use]
    pub fn around(inner: Arc<dyn AccountStore>, clock: Arc<dyn Clock>, registry: &mut Registry) -> Self {
        let metered = Self {
            inner,
            clock,
            requests: Family::default(),
            seconds: Family::new_with_constructor(buckets),
            told: Arc::default(),
        };
        registry.register("store_requests", "Calls to the account store", metered.requests.clone());
        let help = "Time the account store took";
        registry.register_with_unit("store_request_duration", help, Unit::Seconds, metered.seconds.clone());
        metered
    }

    /// Around another store, counted with this one.
    #[must_use]
    pub fn instead(&self, inner: Arc<dyn AccountStore>) -> Self {
        Self {
            inner,
            clock: Arc::clone(&self.clock),
            requests: self.requests.clone(),
            seconds: self.seconds.clone(),
            told: Arc::clone(&self.told),
        }
    }

    fn record<T>(
        &self,
        op: &'static str,
        began: Timestamp,
        outcome: Result<T, AccountError>,
    ) -> Result<T, AccountError> {
        let result = match &outcome {
            Ok(_) => "ok",
            Err(AccountError::Unavailable { .. }) => "unavailable",
            Err(AccountError::Busy) => "busy",
            Err(AccountError::PasswordRefused { .. }) => "refused",
            Err(AccountError::NoSuchAccount) => "gone",
            Err(AccountError::Unknown { .. }) => "unknown",
        };
        self.requests.get_or_create(&[("op", op), ("result", result)]).inc();
        self.seconds.get_or_create(&[("op", op)]).observe(self.clock.now().since(began).as_secs_f64());
        outcome
    }
}

#[async_trait]
impl AccountStore for MeteredAccounts {
    async fn find(&self, address: &MailboxAddress) -> Result<Option<Subject>, AccountError> {
        let began = self.clock.now();
        let outcome = self.inner.find(address).await;
        if let Ok(Some(subject)) = &outcome {
            self.told.tell(subject);
        }
        self.record("find", began, outcome)
    }

    async fn verify_password(&self, address: &MailboxAddress, password: &NewPassword) -> Result<bool, AccountError> {
        let began = self.clock.now();
        let outcome = self.inner.verify_password(address, password).await;
        self.record("verify_password", began, outcome)
    }

    async fn set_password(
        &self,
        subject: &SubjectId,
        write: PasswordWrite<'_>,
    ) -> Result<PasswordWritten, AccountError> {
        let began = self.clock.now();
        let outcome = self.inner.set_password(subject, write).await;
        self.record("set_password", began, outcome)
    }

    async fn bind_phone(
        &self,
        subject: &SubjectId,
        phone: Option<&PhoneNumber>,
        now: Timestamp,
    ) -> Result<(), AccountError> {
        let began = self.clock.now();
        let outcome = self.inner.bind_phone(subject, phone, now).await;
        self.record("bind_phone", began, outcome)
    }

    async fn check(&self) -> Result<(), AccountError> {
        self.inner.check().await
    }

    async fn expiring(&self, now: Timestamp, until: Timestamp, limit: usize) -> Result<Vec<Expiring>, AccountError> {
        let began = self.clock.now();
        let outcome = self.inner.expiring(now, until, limit).await;
        self.record("expiring", began, outcome)
    }

    async fn examine(&self) -> Vec<Finding> {
        self.inner.examine().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{PersonalFacts, Stored};

    fn subject(phone: Stored<PhoneNumber>, is_birthday_unreadable: bool) -> Subject {
        let birthday = if is_birthday_unreadable { Stored::Unreadable } else { Stored::Nothing };
        Subject {
            id: SubjectId::new("1"),
            address: MailboxAddress::parse("anna@example.org").unwrap(),
            aliases: Vec::new(),
            unit: None,
            phone,
            enabled: true,
            ended: false,
            password_changed_at: None,
            phone_bound_at: None,
            facts: PersonalFacts { birthday, ..PersonalFacts::default() },
        }
    }

    #[test]
    fn each_unreadable_field_is_told_once_and_nothing_is_told_of_fields_that_are_empty() {
        let told = Told::default();
        assert_eq!(told.news(&subject(Stored::Nothing, false)), []);
        assert_eq!(told.news(&subject(Stored::Nothing, true)).len(), 1);
        let both = subject(Stored::Unreadable, true);
        assert_eq!(told.news(&both).first().map(|(field, _)| *field), Some("mobile number"));
        assert_eq!(told.news(&both), []);
    }
}
