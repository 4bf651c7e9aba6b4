//! From entries to people.

use std::sync::Arc;

use super::entry::Entry;
use super::mark::DisabledMark;
use super::query::id_of;
use super::settings::{LdapSettings, WriteMethod};
use super::times::read_any;
use crate::account::book::user_names;
use crate::domain::{
    Birthday, MailboxAddress, PersonalFacts, PhoneNumber, Region, Stored, Subject, SubjectId, Timestamp,
};

/// What of an entry means what.
pub(super) struct People {
    settings: LdapSettings,
    region: Region,
    /// Every attribute that is read, each once.
    attributes: Arc<[String]>,
}

impl People {
    pub(super) fn new(settings: &LdapSettings, region: Region) -> Self {
        let of = &settings.attributes;
        let mut names: Vec<&str> = vec![
            &settings.id,
            &of.address,
            &of.mobile,
            &of.phone_bound,
            &of.work_phone,
            &of.birthday,
            &of.unit,
            &of.password_changed,
            &settings.password.expiry,
            &settings.password.marker,
        ];
        names.extend(of.aliases.iter().map(String::as_str));
        names.extend(settings.disabled.iter().map(DisabledMark::attribute));
        names.extend(marks_of_locks(settings.password.write));
        names.retain(|name| !name.is_empty());
        names.sort_unstable_by_key(|name| name.to_ascii_lowercase());
        names.dedup_by_key(|name| name.to_ascii_lowercase());
        let attributes = names.into_iter().map(str::to_owned).collect();
        Self { settings: settings.clone(), region, attributes }
    }

    /// What to ask for.
    pub(super) fn attributes(&self) -> Arc<[String]> {
        Arc::clone(&self.attributes)
    }

    /// The store's key; `None` when the service account cannot read it.
    pub(super) fn id(&self, entry: &Entry) -> Option<SubjectId> {
        entry.bytes(&self.settings.id).iter().find_map(|value| id_of(&self.settings.id, value))
    }

    /// Whether the account may sign in and recover.
    pub(super) fn is_enabled(&self, entry: &Entry, now: Timestamp) -> bool {
        !self.marks().any(|mark| mark.is_on(entry, now))
    }

    /// Whether the account's own time is over.
    fn is_ended(&self, entry: &Entry, now: Timestamp) -> bool {
        self.marks().any(|mark| mark.is_end() && mark.is_on(entry, now))
    }

    /// Without the end that this service keeps for passwords: a password that ran out is what a recovery is for.
    fn marks(&self) -> impl Iterator<Item = &DisabledMark> {
        self.settings.disabled.iter().filter(|mark| !(mark.is_end() && self.is_expiry(mark)))
    }

    fn is_expiry(&self, mark: &DisabledMark) -> bool {
        mark.attribute().eq_ignore_ascii_case(&self.settings.password.expiry)
    }

    /// Whether the attribute that keeps the end of a password is the end of the account, too.
    pub(super) fn password_ends_with_account(&self) -> bool {
        self.settings.disabled.iter().any(|mark| mark.is_end() && self.is_expiry(mark))
    }

    /// Whether one of the addresses of the entry is `address`. Servers compare by rules of their own, which fold more
    /// signs into one than we do; an account that only such a rule takes for this one is another.
    pub(super) fn is_named(&self, entry: &Entry, address: &MailboxAddress) -> bool {
        self.primary(entry).chain(self.aliases(entry)).any(|named| named == *address)
    }

    /// The person, where the entry has an address and an id. Anything else that is wrong leaves its field
    /// empty or unreadable.
    pub(super) fn subject(&self, entry: &Entry, now: Timestamp) -> Option<Subject> {
        let of = &self.settings.attributes;
        let mut all = self.primary(entry).chain(self.aliases(entry));
        let address = all.next()?;
        let aliases: Vec<_> = all.collect();
        let (numbers, days) = (entry.all(&of.mobile), entry.all(&of.birthday));
        let is_number = |text: &&String| PhoneNumber::parse(text, self.region).is_ok();
        let birthday = |text: &String| Stored::from(Birthday::read(text));
        let own = |name: &str| entry.text(name).map(str::to_owned);
        Some(Subject {
            id: self.id(entry)?,
            facts: PersonalFacts {
                user_names: user_names(&address, &aliases),
                mobile: numbers.iter().find(is_number).cloned().or_else(|| own(&of.mobile)),
                work_phone: own(&of.work_phone),
                birthday: days.iter().map(birthday).fold(Stored::Nothing, Stored::or),
            },
            address,
            aliases,
            unit: own(&of.unit),
            phone: PhoneNumber::among(numbers.iter().map(String::as_str), self.region),
            enabled: self.is_enabled(entry, now),
            ended: self.is_ended(entry, now),
            password_changed_at: entry.text(&of.password_changed).and_then(read_any),
            phone_bound_at: entry.text(&of.phone_bound).and_then(read_any),
        })
    }

    fn primary<'a>(&'a self, entry: &'a Entry) -> impl Iterator<Item = MailboxAddress> + 'a {
        entry.texts(&self.settings.attributes.address).into_iter().filter_map(address_in)
    }

    fn aliases<'a>(&'a self, entry: &'a Entry) -> impl Iterator<Item = MailboxAddress> + 'a {
        let names = self.settings.attributes.aliases.iter();
        names.flat_map(move |name| entry.texts(name)).filter_map(address_in)
    }
}

/// What tells of locks by wrong passwords, and which policy decides.
const fn marks_of_locks(write: WriteMethod) -> &'static [&'static str] {
    match write {
        WriteMethod::UnicodePwd => &["lockoutTime"],
        WriteMethod::PasswordModify | WriteMethod::UserPassword => {
            &["pwdAccountLockedTime", "accountUnlockTime", "pwdPolicySubentry"]
        }
    }
}

/// An address, bare or as in Active Directory's `proxyAddresses`, where other kinds of address stand beside it.
fn address_in(text: &str) -> Option<MailboxAddress> {
    let bare = match text.split_once(':') {
        Some((kind, rest)) => kind.eq_ignore_ascii_case("smtp").then_some(rest)?,
        None => text,
    };
    MailboxAddress::parse(bare).ok()
}

#[cfg(test)]
mod tests;
