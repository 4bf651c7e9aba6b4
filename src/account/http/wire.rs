//! The bodies of requests and answers. Every member is written out and every other is refused, so that a misspelt one
//! cannot pass for an account without a phone.

use std::collections::HashSet;

use serde::{Deserialize, Deserializer, Serialize};

use crate::account::book::user_names;
use crate::account::{Expiring, MaxAge, PasswordWrite, PasswordWritten};
use crate::domain::{
    Birthday, Lock, MailboxAddress, PersonalFacts, PhoneNumber, Region, Subject, SubjectId, Timestamp,
};

/// The longest key of an account, in bytes.
const MAX_ID: usize = 200;
/// The most aliases of one account.
const MAX_ALIASES: usize = 100;

#[derive(Serialize)]
pub(super) struct Find<'a> {
    pub address: &'a str,
}

#[derive(Serialize)]
pub(super) struct Verify<'a> {
    pub address: &'a str,
    pub password: &'a str,
}

#[derive(Serialize)]
pub(super) struct SetPassword<'a> {
    id: &'a str,
    password: &'a str,
    validity: &'static str,
    expires_at: Option<String>,
    revoke_sessions: bool,
    at: String,
}

impl<'a> SetPassword<'a> {
    /// The day a password runs out is counted here, so that it is the same in every store.
    pub fn of(id: &'a str, write: &'a PasswordWrite<'_>) -> Self {
        let expires_at = write.max_age.and_then(|age| age.expiry(write.now));
        let validity = match (write.max_age, expires_at) {
            (None, _) => "default",
            (Some(MaxAge::Months(_)), Some(_)) => "until",
            (Some(_), _) => "never",
        };
        Self {
            id,
            password: write.password.expose(),
            validity,
            expires_at: expires_at.map(moment),
            revoke_sessions: write.revoke_sessions,
            at: moment(write.now),
        }
    }
}

#[derive(Serialize)]
pub(super) struct BindPhone<'a> {
    pub id: &'a str,
    pub phone: Option<&'a str>,
    pub at: String,
}

#[derive(Serialize)]
pub(super) struct ExpiringAsked<'a> {
    from: String,
    until: String,
    limit: usize,
    after: Option<&'a Told>,
}

/// Where the answer before ended, in its own words. By the account, too: many passwords may run out at one moment.
#[derive(Serialize)]
pub(super) struct Told {
    expires_at: String,
    id: String,
}

impl<'a> ExpiringAsked<'a> {
    pub fn of(from: Timestamp, until: Timestamp, limit: usize, after: Option<&'a Told>) -> Self {
        Self { from: moment(from), until: moment(until), limit, after }
    }
}

#[derive(Serialize)]
pub(super) struct Nothing {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Found {
    account: Account,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Account {
    id: String,
    address: String,
    aliases: Vec<String>,
    #[serde(deserialize_with = "told")]
    unit: Option<String>,
    enabled: bool,
    #[serde(deserialize_with = "told")]
    phone: Option<Figures>,
    #[serde(deserialize_with = "told")]
    phone_bound_at: Option<String>,
    #[serde(deserialize_with = "told")]
    password_changed_at: Option<String>,
    #[serde(deserialize_with = "told")]
    work_phone: Option<Figures>,
    #[serde(deserialize_with = "told")]
    birthday: Option<Figures>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Verified {
    pub valid: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    changed_at: String,
    #[serde(deserialize_with = "told")]
    expires_at: Option<String>,
    sessions_revoked: bool,
    /// Left out by stores that know no locks, and by those that were written before there was such a member.
    #[serde(default)]
    lock: Option<LockTold>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LockTold {
    #[serde(deserialize_with = "told")]
    ends_at: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExpiringTold {
    accounts: Vec<ExpiringAccount>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpiringAccount {
    account: Account,
    expires_at: String,
}

/// A number of a phone or a day: a text, or figures that the store keeps as a number.
#[derive(Deserialize)]
#[serde(untagged)]
enum Figures {
    Text(String),
    Whole(i64),
}

impl From<Figures> for String {
    fn from(figures: Figures) -> Self {
        match figures {
            Figures::Text(text) => text,
            Figures::Whole(number) => number.to_string(),
        }
    }
}

/// An answer to the question after its health.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Health {
    pub version: String,
    pub operations: Vec<String>,
}

/// A problem of RFC 9457; members that are not decided by are not read.
#[derive(Deserialize)]
pub(super) struct Problem {
    pub code: String,
    #[serde(default)]
    pub violations: Vec<String>,
}

impl Found {
    /// The account, which must have the address that was asked for: a store that compares too generously would
    /// otherwise hand one person's account to another.
    ///
    /// # Errors
    /// Which member cannot be what it says; no value is repeated.
    pub fn subject(self, asked: &MailboxAddress, region: Region) -> Result<Subject, &'static str> {
        let subject = self.account.read(region)?;
        let is_asked = subject.address == *asked || subject.aliases.contains(asked);
        if is_asked { Ok(subject) } else { Err("its account does not have the address that was asked for") }
    }
}

impl Account {
    /// A number or a birthday that is none is unreadable, and the account is found all the same; what names the account must be right.
    fn read(self, region: Region) -> Result<Subject, &'static str> {
        if self.id.is_empty() || self.id.len() > MAX_ID || self.id.chars().any(char::is_control) {
            return Err("its `id` is empty, too long, or holds control characters");
        }
        if self.aliases.len() > MAX_ALIASES {
            return Err("its `aliases` are too many");
        }
        let parse = |text: &String| MailboxAddress::parse(text);
        let address = parse(&self.address).map_err(|_| "its `address` is no mail address")?;
        let aliases: Result<Vec<_>, _> = self.aliases.iter().map(parse).collect();
        let aliases = aliases.map_err(|_| "one of its `aliases` is no mail address")?;
        let (mobile, birthday) = (self.phone.map(String::from), self.birthday.map(String::from));
        let subject = Subject {
            id: SubjectId::new(self.id),
            phone: PhoneNumber::among(mobile.as_deref(), region),
            unit: self.unit,
            enabled: self.enabled,
            ended: false,
            password_changed_at: at("its `password_changed_at` is no time", self.password_changed_at)?,
            phone_bound_at: at("its `phone_bound_at` is no time", self.phone_bound_at)?,
            facts: PersonalFacts {
                user_names: user_names(&address, &aliases),
                mobile,
                work_phone: self.work_phone.map(String::from),
                birthday: birthday.as_deref().map_or(Ok(None), Birthday::read).into(),
            },
            address,
            aliases,
        };
        Ok(subject)
    }
}

impl Written {
    /// What was written.
    ///
    /// # Errors
    /// Which member is no time.
    pub fn read(self) -> Result<PasswordWritten, &'static str> {
        Ok(PasswordWritten {
            changed_at: moment_of(&self.changed_at).ok_or("its `changed_at` is no time")?,
            expires_at: at("its `expires_at` is no time", self.expires_at)?,
            sessions_revoked: self.sessions_revoked,
            lock: self.lock.map(LockTold::read).transpose()?,
        })
    }
}

impl LockTold {
    fn read(self) -> Result<Lock, &'static str> {
        Ok(Lock { ends_at: at("its `lock.ends_at` is no time", self.ends_at)? })
    }
}

impl ExpiringTold {
    /// Adds what is new to `all`, and gives where it ended. A store that begins anew each time would be asked for ever,
    /// and its people told again.
    ///
    /// # Errors
    /// Which member cannot be what it says.
    pub fn follow(self, region: Region, most: usize, all: &mut Vec<Expiring>) -> Result<Option<Told>, &'static str> {
        if self.accounts.len() > most {
            return Err("it tells more accounts than it was asked for");
        }
        let mut seen: HashSet<_> = all.iter().map(|told| told.subject.id.clone()).collect();
        let mut last = None;
        for account in self.accounts {
            last = Some(Told { expires_at: account.expires_at.clone(), id: account.account.id.clone() });
            let next = account.read(region)?;
            let is_late = all.last().is_some_and(|last| next.expires_at < last.expires_at);
            if is_late || !seen.insert(next.subject.id.clone()) {
                return Err("its accounts do not come soonest first, each once, from `after` on");
            }
            all.push(next);
        }
        Ok(last)
    }
}

impl ExpiringAccount {
    fn read(self, region: Region) -> Result<Expiring, &'static str> {
        let expires_at = moment_of(&self.expires_at).ok_or("an `expires_at` is no time")?;
        Ok(Expiring { subject: self.account.read(region)?, expires_at })
    }
}

/// RFC 3339 in UTC, with milliseconds where there are any.
pub(super) fn moment(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.as_millis()).map_or_else(|_| at.to_string(), |moment| moment.to_string())
}

fn moment_of(text: &str) -> Option<Timestamp> {
    text.parse::<jiff::Timestamp>().ok().map(|moment| Timestamp::from_millis(moment.as_millisecond()))
}

fn at(problem: &'static str, text: Option<String>) -> Result<Option<Timestamp>, &'static str> {
    text.map(|text| moment_of(&text).ok_or(problem)).transpose()
}

/// A member that may be null and must be there.
fn told<'de, D: Deserializer<'de>, T: Deserialize<'de>>(input: D) -> Result<Option<T>, D::Error> {
    Option::deserialize(input)
}
