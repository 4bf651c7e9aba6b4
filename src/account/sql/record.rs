//! Accounts out of rows.

use super::cell::Cell;
use super::server::Record;
use crate::account::book::user_names;
use crate::domain::{
    Birthday, MailboxAddress, PersonalFacts, PhoneNumber, Region, Stored, Subject, SubjectId, Timestamp, signs,
};

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

/// 9000-01-01: what is later stands for never.
pub(super) const NEVER: Timestamp = Timestamp::from_millis(221_845_392_000_000);

/// An account as its rows tell of it.
pub(super) struct Account {
    pub(super) subject: Subject,
    pub(super) hash: Option<String>,
    pub(super) expires_at: Option<Timestamp>,
    /// What every row holds for a mobile number.
    mobiles: Vec<Stored<String>>,
    hashes: Vec<String>,
    units: Vec<String>,
}

impl Account {
    /// Whether the account has exactly this address. Servers compare more loosely: without case or accents, or with
    /// blanks at the end.
    pub(super) fn is_named(&self, address: &MailboxAddress) -> bool {
        self.subject.address == *address || self.subject.aliases.contains(address)
    }

    /// One more row of the same account. Rows have no order, so none is heard before another; and where two contradict
    /// each other, what would let somebody in is believed by neither.
    fn also(&mut self, next: Self) {
        self.mobiles.extend(next.mobiles);
        self.hashes.extend(next.hashes);
        self.units.extend(next.units);
        self.expires_at = self.expires_at.into_iter().chain(next.expires_at).min();
        let (subject, other) = (&mut self.subject, next.subject);
        subject.aliases.extend(other.aliases);
        let mut second = other.address;
        if second < subject.address {
            std::mem::swap(&mut second, &mut subject.address);
        }
        if second != subject.address {
            subject.aliases.push(second);
        }
        subject.enabled &= other.enabled;
        subject.password_changed_at = subject.password_changed_at.max(other.password_changed_at);
        subject.phone_bound_at = subject.phone_bound_at.max(other.phone_bound_at);
        let facts = &mut subject.facts;
        facts.mobile = facts.mobile.take().or(other.facts.mobile);
        facts.work_phone = facts.work_phone.take().or(other.facts.work_phone);
        facts.birthday = facts.birthday.or(other.facts.birthday);
    }

    /// What all rows agree in.
    fn settled(mut self, region: Region) -> Self {
        self.hash = agreed(&self.hashes);
        let subject = &mut self.subject;
        let texts = self.mobiles.iter().filter_map(|held| held.as_ref().value());
        subject.phone = PhoneNumber::among(texts.map(String::as_str), region);
        if self.mobiles.iter().any(Stored::is_unreadable) {
            subject.phone = std::mem::take(&mut subject.phone).or(Stored::Unreadable);
        }
        subject.unit = agreed(&self.units);
        if let Stored::Value(phone) = &subject.phone {
            subject.facts.mobile = Some(phone.e164().to_owned());
        }
        subject.facts.user_names = user_names(&subject.address, &subject.aliases);
        self
    }
}

/// The one value of all; several different ones are none, because nobody knows which is meant.
fn agreed<T: Clone + PartialEq>(values: &[T]) -> Option<T> {
    let (first, rest) = values.split_first()?;
    rest.iter().all(|other| other == first).then(|| first.clone())
}

/// The accounts of the rows. Several rows with one id are one account with the aliases of all.
pub(super) fn accounts(records: Vec<Record>, region: Region) -> Vec<Account> {
    let mut accounts: Vec<Account> = Vec::new();
    for record in records {
        let Some(next) = account(record) else {
            tracing::warn!("account.sql.find gives a row whose id or address cannot be read; it is passed over");
            continue;
        };
        match accounts.iter_mut().find(|account| account.subject.id == next.subject.id) {
            Some(known) => known.also(next),
            None => accounts.push(next),
        }
    }
    accounts.into_iter().map(|account| account.settled(region)).collect()
}

fn account(mut record: Record) -> Option<Account> {
    let mut take = |name: &str| {
        let found = record.iter_mut().find(|(column, _)| column == name);
        found.map(|(_, cell)| std::mem::replace(cell, Cell::Null))
    };
    let text = |cell: Option<Cell>| cell.and_then(Cell::text).filter(|text| !signs::trimmed(text).is_empty());
    let id = text(take("id"))?;
    let address = MailboxAddress::parse(&text(take("address"))?).ok()?;
    let aliases = take("aliases").map(Cell::list).unwrap_or_default();
    let mobiles = held(take("mobile").unwrap_or(Cell::Null));
    let birthday = match held(take("birthday").unwrap_or(Cell::Null)).pop() {
        Some(Stored::Value(text)) => Birthday::read(&text).into(),
        Some(_) => Stored::Unreadable,
        None => Stored::Nothing,
    };
    let enabled = take("enabled").is_none_or(|cell| cell.truth().unwrap_or(false));
    let moment = |cell: Option<Cell>| cell.and_then(Cell::moment);
    Some(Account {
        hashes: text(take("password_hash")).into_iter().collect(),
        units: text(take("unit")).into_iter().collect(),
        hash: None,
        expires_at: moment(take("expires_at")).filter(|at| *at < NEVER),
        subject: Subject {
            aliases: aliases.iter().filter_map(|alias| MailboxAddress::parse(alias).ok()).collect(),
            id: SubjectId::new(id),
            address,
            unit: None,
            enabled,
            ended: false,
            password_changed_at: moment(take("password_changed_at")),
            phone_bound_at: moment(take(BOUND_AT)),
            facts: PersonalFacts {
                user_names: Vec::new(),
                mobile: mobiles.iter().find_map(|held| held.clone().value()),
                work_phone: text(take("work_phone")),
                birthday,
            },
            phone: Stored::Nothing,
        },
        mobiles,
    })
}

/// What a field holds that people write in many ways, in texts. A type that is not read here is something all the same.
fn held(cell: Cell) -> Vec<Stored<String>> {
    let texts = match cell {
        Cell::Null => Vec::new(),
        Cell::Texts(texts) => texts,
        cell => match cell.text() {
            Some(text) => vec![text],
            None => return vec![Stored::Unreadable],
        },
    };
    texts.into_iter().filter(|text| !signs::trimmed(text).is_empty()).map(Stored::Value).collect()
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
        assert_eq!(phone("010-55500100, 13800138000").value().unwrap().e164(), "+8613800138000");
        assert_eq!(phone("13800138000;+8613800138000").value().unwrap().e164(), "+8613800138000");
        for text in ["13800138000, 13900139000", "call me", "010-55500100"] {
            assert!(phone(text).is_unreadable(), "{text}");
        }
        for text in ["", " ", "\u{200b}"] {
            assert_eq!(phone(text), Stored::Nothing, "{}", text.escape_unicode());
        }
    }

    /// case 70: rows of a join come in any order, so that the first is nobody's word.
    #[test]
    fn rows_of_one_account_that_contradict_each_other_let_nobody_in() {
        let of = |rows: &[(&str, &str)]| {
            let rows = rows.iter().map(|cell| row(&[("id", "7"), ("address", "a@example.org"), *cell])).collect();
            let mut found = accounts(rows, Region::CN);
            assert_eq!(found.len(), 1);
            found.remove(0)
        };
        let (one, two) = (("mobile", "13800138000"), ("mobile", "13900139000"));
        for rows in [&[one, two][..], &[two, one], &[one, two, one], &[two, one, ("mobile", "")]] {
            assert!(of(rows).subject.phone.is_unreadable());
        }
        for rows in
            [&[one, ("mobile", "+86 138 0013 8000")][..], &[("mobile", "010-55500100"), one], &[one, ("mobile", "")]]
        {
            assert_eq!(of(rows).subject.phone.value().unwrap().e164(), "+8613800138000");
        }
        for rows in [[("enabled", "1"), ("enabled", "0")], [("enabled", "0"), ("enabled", "1")]] {
            assert!(!of(&rows).subject.enabled);
        }
        assert!(of(&[("password_hash", "a"), ("password_hash", "b"), ("password_hash", "a")]).hash.is_none());
        assert_eq!(of(&[("password_hash", "a"), ("password_hash", "a")]).hash.as_deref(), Some("a"));
        assert!(of(&[("unit", "x"), ("unit", "y")]).subject.unit.is_none());
        let (early, late) = (("expires_at", "2027-01-01"), ("expires_at", "2028-01-01"));
        assert_eq!(of(&[late, early]).expires_at, of(&[early, late]).expires_at);
        let (early, late) = (("password_changed_at", "2027-01-01"), ("password_changed_at", "2028-01-01"));
        let changed = |rows: &[_]| of(rows).subject.password_changed_at.unwrap().to_string();
        assert_eq!([changed(&[late, early]), changed(&[early, late])], ["2028-01-01T00:00:00Z"; 2]);
    }

    #[test]
    fn several_primary_addresses_of_one_account_are_the_first_in_order_and_aliases() {
        let rows = ["b@example.org", "a@example.org"].map(|address| row(&[("id", "7"), ("address", address)]));
        let found = accounts(rows.into(), Region::CN).pop().unwrap();
        assert_eq!(found.subject.address.as_str(), "a@example.org");
        assert!(found.is_named(&MailboxAddress::parse("b@example.org").unwrap()));
    }

    #[test]
    fn birthdays_and_numbers_are_read_from_every_type_of_column() {
        let birthday = |cell: Cell| {
            let fixed = [("id", "1"), ("address", "a@example.org")];
            let mut record = row(&fixed);
            record.push(("birthday".to_owned(), cell));
            accounts(vec![record], Region::CN).pop().unwrap().subject.facts.birthday
        };
        let text = |text: &str| Cell::Text(text.to_owned());
        let day = Cell::Day(jiff::civil::date(1990, 1, 2));
        for cell in [Cell::Whole(19_900_102), text("1990/1/2"), text("1990年1月2日"), text("1990-01-02 00:00:00"), day]
        {
            assert_eq!(birthday(cell).value().unwrap().to_string(), "1990-01-02");
        }
        for cell in [Cell::Whole(32_875), text("02/01/1990"), Cell::Other("NUMERIC".to_owned()), Cell::Truth(true)] {
            assert!(birthday(cell).is_unreadable());
        }
        assert_eq!(birthday(Cell::Null), Stored::Nothing);
        let phone = |cell: Cell| {
            let mut record = row(&[("id", "1"), ("address", "a@example.org")]);
            record.push(("mobile".to_owned(), cell));
            accounts(vec![record], Region::CN).pop().unwrap().subject.phone
        };
        let texts = |texts: &[&str]| Cell::Texts(texts.iter().map(ToString::to_string).collect());
        for cell in [
            Cell::Whole(13_800_138_000),
            text("\u{202a}13800138000\u{202c}"),
            text("138\u{2010}0013\u{2013}8000"),
            texts(&["010-55500100", "１３８００１３８０００"]),
        ] {
            assert_eq!(phone(cell).value().unwrap().e164(), "+8613800138000");
        }
        for cell in [Cell::Other("NUMERIC".to_owned()), Cell::Whole(110), texts(&["13800138000", "13900139000"])] {
            assert!(phone(cell).is_unreadable());
        }
        assert_eq!((phone(Cell::Null), phone(texts(&[]))), (Stored::Nothing, Stored::Nothing));
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
        assert!(
            account.subject.facts.birthday == Stored::Nothing && account.expires_at.is_none() && account.hash.is_none()
        );
        assert!(account.subject.unit.is_none() && !account.subject.enabled);
    }
}
