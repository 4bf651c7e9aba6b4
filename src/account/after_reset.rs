//! The port for what is done elsewhere once a password was written: sessions ended, caches flushed.

use async_trait::async_trait;

use crate::domain::{MailboxAddress, Subject, Timestamp};

/// A password that was written, or may have been.
#[derive(Debug, Clone)]
pub struct PasswordChange {
    /// The primary address.
    pub address: MailboxAddress,
    /// Every address by which the person may have signed in, as far as it is known: those of `own` first, then the
    /// other user names at the domains of both. A cache may hold the old password under each; but of these some may be
    /// somebody else's, so what is done to them must harm nobody.
    pub names: Vec<MailboxAddress>,
    /// The addresses that are surely the person's: the primary one, the typed one, by which the store found them, and the
    /// aliases that the store names.
    pub own: Vec<MailboxAddress>,
    /// The organisation.
    pub unit: Option<String>,
    /// When.
    pub at: Timestamp,
    /// Whether sessions are to be ended, too.
    pub revoke_sessions: bool,
    /// Whether it was surely written.
    pub certain: bool,
}

impl PasswordChange {
    /// A change of `subject`, whom somebody named by `typed`.
    #[must_use]
    pub fn of(subject: &Subject, typed: &MailboxAddress, at: Timestamp, revoke_sessions: bool, certain: bool) -> Self {
        let mut own: Vec<MailboxAddress> = Vec::with_capacity(2 + subject.aliases.len());
        for name in [&subject.address, typed].into_iter().chain(&subject.aliases) {
            if !own.contains(name) {
                own.push(name.clone());
            }
        }
        let mut names = own.clone();
        for domain in [subject.address.domain(), typed.domain()] {
            let at_domain = |local: &String| MailboxAddress::parse(&format!("{local}@{domain}")).ok();
            names.extend(subject.facts.user_names.iter().filter_map(at_domain));
        }
        let mut unique = Vec::with_capacity(names.len());
        for name in names {
            if !unique.contains(&name) {
                unique.push(name);
            }
        }
        Self {
            address: subject.address.clone(),
            names: unique,
            own,
            unit: subject.unit.clone(),
            at,
            revoke_sessions,
            certain,
        }
    }
}

/// What became of one hook.
#[derive(Debug, Clone)]
pub struct HookReport {
    /// Its name in the configuration.
    pub hook: Box<str>,
    /// Whether it was asked to end sessions.
    pub ends_sessions: bool,
    /// Done; or why not, short and without a secret.
    pub outcome: Result<(), String>,
    /// How long it took, in seconds.
    pub seconds: f64,
}

/// What is done after a password was written. Nothing of it can undo the change or fail it.
#[async_trait]
pub trait AfterReset: Send + Sync {
    /// Does everything, in bounded time; a report of each hook that was run, in their order.
    async fn run(&self, change: &PasswordChange) -> Vec<HookReport>;
}

/// Whether sessions were ended: by somebody, and nobody who should have failed.
#[must_use]
pub fn sessions_ended(reports: &[HookReport]) -> bool {
    let mut asked = reports.iter().filter(|report| report.ends_sessions).peekable();
    asked.peek().is_some() && asked.all(|report| report.outcome.is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{PersonalFacts, SubjectId};

    /// `info` is Anna's at one domain, and may be somebody else's at the other.
    #[test]
    fn only_addresses_that_the_store_names_are_surely_the_persons() {
        let parse = |text: &str| MailboxAddress::parse(text).unwrap();
        let user_names = vec!["anna".to_owned(), "info".to_owned(), "zhang".to_owned()];
        let subject = Subject {
            id: SubjectId::new("1"),
            address: parse("anna@a.example"),
            aliases: ["info@b.example", "zhang@c.example"].map(parse).to_vec(),
            unit: None,
            phone: crate::domain::Stored::Nothing,
            enabled: true,
            ended: false,
            password_changed_at: None,
            phone_bound_at: None,
            facts: PersonalFacts {
                user_names,
                mobile: None,
                work_phone: None,
                birthday: crate::domain::Stored::Nothing,
            },
        };
        let of = |typed: &str| PasswordChange::of(&subject, &parse(typed), Timestamp::from_millis(0), true, true);
        let by_alias = of("info@b.example");
        assert_eq!(by_alias.own, ["anna@a.example", "info@b.example", "zhang@c.example"].map(parse));
        assert_eq!(by_alias.names[..3], by_alias.own[..]);
        let perhaps = ["info@a.example", "zhang@a.example", "anna@b.example", "zhang@b.example"];
        assert_eq!(by_alias.names[3..], perhaps.map(parse));
        assert_eq!(of("anna@a.example").own, by_alias.own, "by whatever name they came");
    }
}
