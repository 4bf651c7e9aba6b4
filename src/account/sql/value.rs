//! The values that statements name. They are always bound, never written into the text of a statement.

use std::fmt;

use super::lexer::Flaw;
use crate::domain::{MailboxAddress, PhoneNumber, SubjectId, Timestamp};

macro_rules! parameters {
    ($($variant:ident = $name:literal),+ $(,)?) => {
        /// What a statement may name.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Parameter { $($variant),+ }

        impl Parameter {
            /// Without its colon.
            pub(super) const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }
    };
}

parameters! {
    Address = "address", Local = "local", Domain = "domain", Id = "id", Hash = "hash", Mobile = "mobile",
    MobileNational = "mobile_national", Challenge = "challenge", Limit = "limit",
    Now = "now", NowSeconds = "now_seconds", NowMillis = "now_millis",
    Expires = "expires", ExpiresSeconds = "expires_seconds", ExpiresMillis = "expires_millis",
    Until = "until", UntilSeconds = "until_seconds", UntilMillis = "until_millis",
}

impl Parameter {
    /// # Errors
    /// It is none of `known`.
    pub(super) fn of(name: &str, known: &[Self]) -> Result<Self, Flaw> {
        if let Some(found) = known.iter().find(|one| one.name() == name) {
            return Ok(*found);
        }
        let likeness = |one: &&Self| strsim::jaro_winkler(one.name(), &name.to_lowercase());
        let likely = known.iter().max_by(|one, two| likeness(one).total_cmp(&likeness(two)));
        let name: String = name.chars().take(40).collect();
        if let Some(likely) = likely.filter(|one| likeness(one) > 0.8) {
            return Err(format!("names `:{name}`; did you mean :{}?", likely.name()));
        }
        let known: Vec<_> = known.iter().map(|one| format!(":{}", one.name())).collect();
        Err(format!("names `:{name}`; it may name {}", known.join(", ")))
    }
}

/// One value.
#[derive(Clone, Copy)]
pub(super) enum Value<'a> {
    Text(&'a str),
    Whole(i64),
    /// Always UTC.
    Moment(Timestamp),
    Null,
}

/// The values of one use of a statement. Never shown.
#[derive(Default)]
pub(super) struct Values<'a>(Vec<(Parameter, Value<'a>)>);

impl<'a> Values<'a> {
    pub(super) fn of(&self, parameter: Parameter) -> Value<'a> {
        let found = self.0.iter().find(|(named, _)| *named == parameter);
        found.map_or(Value::Null, |(_, value)| *value)
    }

    /// Every text among them, so that no message repeats one.
    pub(super) fn texts(&self) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter_map(|(_, value)| if let Value::Text(text) = value { Some(*text) } else { None })
    }

    fn with(mut self, parameter: Parameter, value: Value<'a>) -> Self {
        self.0.push((parameter, value));
        self
    }

    pub(super) fn address(self, address: &'a MailboxAddress) -> Self {
        self.with(Parameter::Address, Value::Text(address.as_str()))
            .with(Parameter::Local, Value::Text(address.local()))
            .with(Parameter::Domain, Value::Text(address.domain()))
    }

    pub(super) fn id(self, id: &'a SubjectId) -> Self {
        self.with(Parameter::Id, Value::Text(id.as_str()))
    }

    pub(super) fn hash(self, hash: &'a str) -> Self {
        self.with(Parameter::Hash, Value::Text(hash))
    }

    pub(super) fn mobile(self, phone: Option<&'a PhoneNumber>) -> Self {
        let text = |text: Option<&'a str>| text.map_or(Value::Null, Value::Text);
        self.with(Parameter::Mobile, text(phone.map(PhoneNumber::e164)))
            .with(Parameter::MobileNational, text(phone.map(PhoneNumber::national)))
    }

    /// `text` is that of the challenge.
    pub(super) fn challenge(self, text: &'a str) -> Self {
        self.with(Parameter::Challenge, Value::Text(text))
    }

    pub(super) fn limit(self, limit: usize) -> Self {
        self.with(Parameter::Limit, Value::Whole(i64::try_from(limit).unwrap_or(i64::MAX)))
    }

    fn moment(self, [whole, seconds, millis]: [Parameter; 3], at: Option<Timestamp>) -> Self {
        let of = |value: fn(Timestamp) -> Value<'a>| at.map_or(Value::Null, value);
        self.with(whole, of(Value::Moment))
            .with(seconds, of(|at| Value::Whole(at.as_secs())))
            .with(millis, of(|at| Value::Whole(at.as_millis())))
    }

    pub(super) fn now(self, now: Timestamp) -> Self {
        self.moment([Parameter::Now, Parameter::NowSeconds, Parameter::NowMillis], Some(now))
    }

    pub(super) fn expires(self, at: Option<Timestamp>) -> Self {
        self.moment([Parameter::Expires, Parameter::ExpiresSeconds, Parameter::ExpiresMillis], at)
    }

    pub(super) fn until(self, until: Timestamp) -> Self {
        self.moment([Parameter::Until, Parameter::UntilSeconds, Parameter::UntilMillis], Some(until))
    }
}

impl fmt::Debug for Values<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Values(…)")
    }
}

/// `2026-11-25 17:19:52.123` in UTC, as every database reads it.
pub(super) fn moment_text(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.as_millis())
        .map_or_else(|_| "9999-12-31 00:00:00".to_owned(), |at| at.strftime("%Y-%m-%d %H:%M:%S.%3f").to_string())
}
