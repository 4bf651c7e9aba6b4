use super::*;
use crate::account::AccountSettings;

/// 2026-11-23T03:00:00Z.
const NOW: Timestamp = Timestamp::from_millis(1_795_402_800_000);

fn people() -> People {
    #[derive(serde::Deserialize)]
    struct Root {
        account: AccountSettings,
    }
    let text = include_str!("../../../../config/default.toml");
    let mut settings = toml::from_str::<Root>(text).unwrap().account;
    settings.ldap.attributes.aliases = vec!["mailAlternateAddress".to_owned(), "proxyAddresses".to_owned()];
    settings.ldap.attributes.birthday = "birthday".to_owned();
    People::new(&settings.ldap, Region::CN)
}

fn entry(values: &[(&str, &str)]) -> Entry {
    let known = [("entryUUID", "u-1"), ("mail", "zhang@example.org")];
    Entry::of("uid=zhang,ou=people", &[&known[..], values].concat())
}

fn subject(values: &[(&str, &str)]) -> Subject {
    people().subject(&entry(values), NOW).unwrap()
}

#[test]
fn a_person_is_read_out_of_an_entry() {
    let zhang = subject(&[
        ("mailAlternateAddress", "Zhang.San@Example.ORG"),
        ("proxyAddresses", "SMTP:zs@example.org"),
        ("proxyAddresses", "x500:/o=Example/cn=zhang"),
        ("mobile", "138 0000 0000"),
        ("telephoneNumber", "010-55500123"),
        ("birthday", "19900102000000Z"),
        ("ou", "信息中心"),
        ("pwdChangedTime", "20251122030000Z"),
    ]);
    assert_eq!((zhang.id.as_str(), zhang.address.as_str()), ("u-1", "zhang@example.org"));
    assert_eq!(zhang.facts.user_names, ["zhang", "zhang.san", "zs"]);
    assert_eq!(zhang.phone.value().unwrap().e164(), "+8613800000000");
    assert_eq!(zhang.facts.mobile.as_deref(), Some("138 0000 0000"));
    assert_eq!(zhang.facts.work_phone.as_deref(), Some("010-55500123"));
    assert_eq!(zhang.facts.birthday.value().unwrap().to_string(), "1990-01-02");
    assert_eq!(zhang.unit.as_deref(), Some("信息中心"));
    assert_eq!(zhang.password_changed_at.unwrap().to_string(), "2025-11-22T03:00:00Z");
    assert!(zhang.enabled);
}

/// case 70: two different mobile numbers name no phone, whatever order the server sends them in.
#[test]
fn of_several_numbers_only_one_mobile_number_is_the_phone() {
    let (one, two, landline) = (("mobile", "13800000001"), ("mobile", "13900000009"), ("mobile", "010-55500123"));
    for values in [[one, two, landline], [landline, two, one]] {
        let person = subject(&values);
        assert!(person.enabled && person.phone.is_unreadable());
        assert_eq!(person.facts.mobile.as_deref(), Some("13800000001"), "no password may hold it all the same");
    }
    for values in [[landline, one], [one, ("mobile", "+86 138 0000 0001")]] {
        assert_eq!(subject(&values).phone.value().unwrap().e164(), "+8613800000001");
    }
}

#[test]
fn a_number_and_a_birthday_are_read_through_what_nobody_sees() {
    for (mobile, birthday) in [
        ("\u{202a}13800000000\u{202c}", "1990/1/2"),
        ("138\u{2010}0000\u{2013}0000\t\r\n", "1990年1月2日"),
        ("１３８００００００００", "19900102"),
        ("+86\u{a0}138\u{200b}0000\u{2060}0000", "199001020000+0800"),
        ("1380000\n0000", "1990-01-02 00:00:00"),
    ] {
        let person = subject(&[("mobile", mobile), ("birthday", birthday)]);
        assert_eq!(person.phone.value().unwrap().e164(), "+8613800000000", "{}", mobile.escape_unicode());
        assert_eq!(person.facts.birthday.value().unwrap().to_string(), "1990-01-02", "{birthday}");
    }
}

/// case 70: malformed data is told apart from none and never fails the account.
#[test]
fn malformed_values_leave_the_account_with_what_cannot_be_read() {
    let long = "1".repeat(10_000);
    for mobile in ["12345", "010-55500123", "1380000\n0000\n1", "13800000000\0", "see the list", long.as_str()] {
        let person =
            subject(&[("mobile", mobile), ("birthday", "unknown"), ("pwdChangedTime", "2025-11-22"), ("ou", "")]);
        assert!(person.phone.is_unreadable() && person.facts.birthday.is_unreadable(), "{mobile}");
        assert!(person.unit.is_none() && person.password_changed_at.is_none());
    }
    let nobody = subject(&[("mobile", " "), ("birthday", "00010101000000Z")]);
    assert_eq!((nobody.phone, nobody.facts.birthday), (Stored::Nothing, Stored::Nothing));
    assert_eq!(subject(&[("mobile", "12345")]).facts.mobile.as_deref(), Some("12345"));
}

#[test]
fn without_an_address_or_an_id_there_is_no_account() {
    assert!(people().subject(&Entry::of("cn=x", &[("entryUUID", "u-1"), ("mail", "no address")]), NOW).is_none());
    assert!(people().subject(&Entry::of("cn=x", &[("mail", "zhang@example.org")]), NOW).is_none());
}

/// case 66: what only the server's own rules take for the same address is another.
#[test]
fn an_entry_is_named_by_its_own_addresses_alone() {
    let address = MailboxAddress::parse("zhang@example.org").unwrap();
    let holds = |name: &str, value: &str| {
        people().is_named(&Entry::of("cn=x", &[("entryUUID", "u-1"), (name, value)]), &address)
    };
    assert!(holds("mail", "ZHANG@example.org") && holds("proxyaddresses", "smtp:zhang@example.org"));
    assert!(!holds("mail", "ｚhang@example.org") && !holds("mail", "zhang@example.org."[..16].trim()));
    assert!(!holds("proxyAddresses", "sip:zhang@example.org") && !holds("otherMailbox", "zhang@example.org"));
}

#[test]
fn each_attribute_is_asked_for_once() {
    let asked = people().attributes();
    let mut names: Vec<_> = asked.iter().map(|name| name.to_ascii_lowercase()).collect();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count);
    assert!(names.contains(&"useraccountcontrol".to_owned()) && !names.contains(&String::new()));
}

#[test]
fn an_account_whose_own_time_is_over_is_disabled_and_told_apart() {
    for (values, enabled, ended) in [
        (&[("accountExpires", "134000000000000000")][..], false, true),
        (&[("accountExpires", "9223372036854775807")], true, false),
        (&[("krbPrincipalExpiration", "20200101000000Z")], false, true),
        (&[("userAccountControl", "514")], false, false),
    ] {
        let found = subject(values);
        assert_eq!((found.enabled, found.ended), (enabled, ended), "{values:?}");
    }
    // Where this service keeps the end of passwords there, it is a password that ran out.
    let mut keeping = people().settings;
    keeping.password.expiry = "AccountExpires".to_owned();
    let keeping = People::new(&keeping, Region::CN);
    let found = keeping.subject(&entry(&[("accountExpires", "134000000000000000")]), NOW).unwrap();
    assert!(found.enabled && !found.ended && keeping.password_ends_with_account());
}
