//! Accounts out of rows.

use super::cell::Cell;
use super::server::Record;
use crate::domain::{Birthday, MailboxAddress, PersonalFacts, PhoneNumber, Region, Subject, SubjectId, Timestamp};

/// What `find` may give; the first two it must.
pub(super) const COLUMNS: [&str; 11] = [
    "id",
    "address",
    "aliases",
    "mobile",
    "work_phone",
    "birthday",
    "unit",
    "enabled",
    "password_hash",
    "password_changed_at",
    "expires_at",
];

/// Beside them, where phones are bound here.
pub(super) const BOUND_AT: &str = "phone_bound_at";

/// Nobody alive is older; tables that know no birthday hold a day of the first century.
const EARLIEST_BIRTH: i16 = 1900;

/// 9000-01-01: what is later stands for never.
const NEVER: Timestamp = Timestamp::from_millis(221_845_392_000_000);

/// An account as its rows tell of it.
pub(super) struct Account {
    pub(super) subject: Subject,
    pub(super) hash: Option<String>,
    pub(super) expires_at: Option<Timestamp>,
    aliases: Vec<MailboxAddress>,
}

impl Account {
    /// Whether the account has exactly this address. Servers compare more loosely: without case or accents, or with
    /// blanks at the end.
    pub(super) fn is_named(&self, address: &MailboxAddress) -> bool {
        self.subject.address == *address || self.aliases.contains(address)
    }
}

/// The accounts of the rows. Several rows with one id are one account with the aliases of all.
pub(super) fn accounts(records: Vec<Record>, region: Region) -> Vec<Account> {
    let mut accounts: Vec<Account> = Vec::new();
    for record in records {
        let Some(next) = account(record, region) else {
            tracing::warn!("account.sql.find gives a row whose id or address cannot be read; it is passed over");
            continue;
        };
        match accounts.iter_mut().find(|account| account.subject.id == next.subject.id) {
            Some(known) => known.aliases.extend(next.aliases),
            None => accounts.push(next),
        }
    }
    for account in &mut accounts {
        let names = std::iter::once(&account.subject.address).chain(&account.aliases);
        let mut user_names: Vec<String> = names.map(|address| address.local().to_owned()).collect();
        user_names.sort_unstable();
        user_names.dedup();
        account.subject.facts.user_names = user_names;
    }
    accounts
}

fn account(mut record: Record, region: Region) -> Option<Account> {
    let mut take = |name: &str| {
        let found = record.iter_mut().find(|(column, _)| column == name);
        found.map(|(_, cell)| std::mem::replace(cell, Cell::Null))
    };
    let text = |cell: Option<Cell>| cell.and_then(Cell::text).filter(|text| !text.trim().is_empty());
    let id = text(take("id"))?;
    let address = MailboxAddress::parse(&text(take("address"))?).ok()?;
    let aliases = take("aliases").map(Cell::list).unwrap_or_default();
    let mobile = text(take("mobile"));
    let phone = mobile.as_deref().and_then(|text| one_phone(text, region));
    let birthday = text(take("birthday")).and_then(|text| text.parse::<Birthday>().ok());
    let enabled = take("enabled").is_none_or(|cell| cell.truth().unwrap_or(false));
    let moment = |cell: Option<Cell>| cell.and_then(Cell::moment);
    Some(Account {
        aliases: aliases.iter().filter_map(|alias| MailboxAddress::parse(alias).ok()).collect(),
        hash: text(take("password_hash")),
        expires_at: moment(take("expires_at")).filter(|at| *at < NEVER),
        subject: Subject {
            id: SubjectId::new(id),
            address,
            unit: text(take("unit")),
            enabled,
            password_changed_at: moment(take("password_changed_at")),
            phone_bound_at: moment(take(BOUND_AT)),
            facts: PersonalFacts {
                user_names: Vec::new(),
                mobile: phone.as_ref().map(|phone| phone.e164().to_owned()).or(mobile),
                work_phone: text(take("work_phone")),
                birthday: birthday.filter(|birthday| birthday.year() >= EARLIEST_BIRTH),
            },
            phone,
        },
    })
}

/// The one mobile number of a field; several different ones are none, because nobody knows which is meant.
fn one_phone(text: &str, region: Region) -> Option<PhoneNumber> {
    if let Ok(phone) = PhoneNumber::parse(text, region) {
        return Some(phone);
    }
    let mut phones = text.split([',', ';', '/', '|', '\n']).filter_map(|part| PhoneNumber::parse(part, region).ok());
    let first = phones.next()?;
    phones.all(|other| other == first).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[(&str, &str)]) -> Record {
        cells.iter().map(|(name, text)| ((*name).to_owned(), Cell::Text((*text).to_owned()))).collect()
    }

    fn one(cells: &[(&str, &str)]) -> Account {
        accounts(vec![row(cells)], Region::CN).pop().unwrap()
    }

    #[test]
    fn several_rows_with_one_id_are_one_account_with_all_aliases() {
        let rows = ["b@example.org", "c@example.org"]
            .map(|alias| row(&[("id", "7"), ("address", "A@example.org"), ("aliases", alias)]));
        let accounts = accounts(rows.into(), Region::CN);
        assert_eq!(accounts.len(), 1);
        for name in ["a@example.org", "b@example.org", "c@example.org"] {
            assert!(accounts[0].is_named(&MailboxAddress::parse(name).unwrap()), "{name}");
        }
        assert_eq!(accounts[0].subject.facts.user_names, ["a", "b", "c"]);
    }

    /// case 66: what a collation takes for the same is another address here.
    #[test]
    fn an_address_that_only_a_collation_takes_for_the_same_is_another() {
        let account = one(&[("id", "1"), ("address", "zhang@example.org")]);
        assert!(!account.is_named(&MailboxAddress::parse("zhangx@example.org").unwrap()));
        assert!(accounts(vec![row(&[("id", "1"), ("address", "zhäng@example.org")])], Region::CN).is_empty());
    }

    /// case 70.
    #[test]
    fn a_field_with_two_mobile_numbers_names_no_phone() {
        let phone = |text| one(&[("id", "1"), ("address", "a@example.org"), ("mobile", text)]).subject.phone;
        assert_eq!(phone("010-55500100, 13800138000").unwrap().e164(), "+8613800138000");
        assert_eq!(phone("13800138000;+8613800138000").unwrap().e164(), "+8613800138000");
        for text in ["13800138000, 13900139000", "call me", "010-55500100"] {
            assert!(phone(text).is_none(), "{text}");
        }
    }

    #[test]
    fn what_tables_write_for_nothing_is_nothing() {
        let account = one(&[
            ("id", "1"),
            ("address", "a@example.org"),
            ("birthday", "0001-01-01"),
            ("expires_at", "9999-12-30 00:00:00"),
            ("password_hash", " "),
            ("unit", ""),
            ("enabled", "perhaps"),
        ]);
        assert!(account.subject.facts.birthday.is_none() && account.expires_at.is_none() && account.hash.is_none());
        assert!(account.subject.unit.is_none() && !account.subject.enabled);
    }
}
