//! What stands in a directory, well or badly, and what becomes of it.

use std::fmt::Write;

use data_encoding::BASE64;
use resetgate::account::{AccountError, AccountStore};
use resetgate::domain::{Stored, Timestamp};

use crate::contract::{NOW, address, password};
use crate::ldap::{challenge, reaching, set, zhang};
use crate::servers::slapd::{Setup, Slapd};

fn entry(rdn: &str, mail: &str, more: &str) -> String {
    format!(
        "\ndn: {rdn},ou=people,dc=example,dc=org\nobjectClass: inetOrgPerson\nobjectClass: mailPerson\ncn: x\nsn: x\nmail: {mail}\n{more}\n"
    )
}

/// case 70, case 77: every field holds what a hostile hand could write; the account is found, and works.
#[tokio::test]
async fn hostile_values_cost_their_field_and_nothing_else() {
    let long = "x".repeat(10_000);
    let hostile = [
        "*)(uid=*",
        "' OR '1'='1",
        "a\nb",
        "a\0b",
        "${jndi:ldap://127.0.0.1/}",
        "ｚｈａｎｇ",
        "\u{202e}gnp.exe",
        &long,
    ];
    let mut entries = String::new();
    for (number, text) in hostile.iter().enumerate() {
        let value = BASE64.encode(text.as_bytes());
        let more = format!(
            "ou:: {value}\nbirthday:: {value}\ndescription:: {value}\nuserPassword: Old-Password-1\nuid: h{number}"
        );
        entries.push_str(&entry(&format!("uid=h{number}"), &format!("h{number}@example.org"), &more));
    }
    // A name that is all special signs.
    entries.push_str(&entry("uid=\\22a\\2Cb\\2B\\3D\\5C#\\20", "odd@example.org", "userPassword: Old-Password-1"));
    let server = Slapd::start(&Setup { entries: &entries, ..Setup::default() });
    let store = reaching(&server.url(), "");
    let mut people: Vec<_> = (0..hostile.len()).map(|number| format!("h{number}@example.org")).collect();
    people.push("odd@example.org".to_owned());
    for who in people {
        let subject = store.find(&address(&who)).await.unwrap().unwrap();
        assert!(subject.enabled && subject.phone == Stored::Nothing, "{who}");
        assert_eq!(subject.facts.birthday.is_unreadable(), who.starts_with('h'), "{who}");
        assert!(subject.unit.is_none_or(|unit| unit.len() < 100 && !unit.contains(char::is_control)), "{who}");
        set(&store, &subject.id, "New-Password-1", challenge()).await.unwrap();
        assert!(store.verify_password(&address(&who), &password("New-Password-1")).await.unwrap(), "{who}");
    }
}

/// An address that two claim is nobody's, whichever way they claim it.
#[tokio::test]
async fn an_address_that_several_entries_claim_is_nobodys() {
    let entries = [
        entry("uid=a1", "twin@example.org", "userPassword: Old-Password-1"),
        entry("uid=a2", "TWIN@example.org", "userPassword: Old-Password-2"),
        entry("uid=b1", "b1@example.org", "mailAlternateAddress: zhang@example.org"),
        entry("uid=c1", "c1@example.org", "mailAlternateAddress: many@example.org"),
        entry("uid=c2", "c2@example.org", "mailAlternateAddress: many@example.org"),
        entry("uid=c3", "c3@example.org", "mailAlternateAddress: many@example.org"),
    ];
    let server = Slapd::start(&Setup { entries: &entries.concat(), ..Setup::default() });
    let store = reaching(&server.url(), "");
    for who in ["twin@example.org", "zhang@example.org", "many@example.org"] {
        assert!(store.find(&address(who)).await.unwrap().is_none(), "{who}");
        assert!(!store.verify_password(&address(who), &password("Old-Password-1")).await.unwrap(), "{who}");
    }
    assert!(store.find(&address("c1@example.org")).await.unwrap().is_some());
}

/// What only the filter takes for the address, and no address of the entry confirms, is another person.
#[tokio::test]
async fn an_entry_that_does_not_hold_the_address_is_not_taken_for_it() {
    let entries = entry("uid=li@example.org", "other@example.org", "");
    let server = Slapd::start(&Setup { entries: &entries, ..Setup::default() });
    let store = reaching(&server.url(), "ldap.filter = \"(|(mail={address})(uid={address}))\"");
    let li = store.find(&address("li@example.org")).await.unwrap().unwrap();
    assert_eq!(li.address, address("li@example.org"));
}

/// A server that shows one entry at most cannot tell whether there is another.
#[tokio::test]
async fn a_limit_of_the_server_that_hides_a_second_entry_makes_the_address_nobodys() {
    let entries = [entry("uid=a1", "twin@example.org", ""), entry("uid=a2", "twin@example.org", "")];
    let limits = "limits dn.exact=cn=resetgate,dc=example,dc=org size=1";
    let server = Slapd::start(&Setup { entries: &entries.concat(), database: limits, ..Setup::default() });
    let store = reaching(&server.url(), "");
    assert!(store.find(&address("twin@example.org")).await.unwrap().is_none());
    assert!(store.find(&address("zhang@example.org")).await.unwrap().is_some());
}

/// References to other servers are not followed: nobody named those in the configuration.
#[tokio::test]
async fn referrals_are_not_followed() {
    let entries = "\ndn: ou=elsewhere,ou=people,dc=example,dc=org\nobjectClass: referral\nobjectClass: extensibleObject\n\
                   ou: elsewhere\nref: ldap://127.0.0.1:9/ou=people,dc=example,dc=org\n";
    let server = Slapd::start(&Setup { entries, ..Setup::default() });
    let store = reaching(&server.url(), "");
    assert!(store.find(&address("zhang@example.org")).await.unwrap().is_some());
    assert!(store.find(&address("nobody@example.org")).await.unwrap().is_none());
    let beyond = reaching(&server.url(), "ldap.base = \"ou=elsewhere,ou=people,dc=example,dc=org\"");
    let error = beyond.find(&address("zhang@example.org")).await.unwrap_err();
    assert!(matches!(&error, AccountError::Unavailable { reason } if reason.contains("referral (10)")), "{error}");
}

#[tokio::test]
async fn a_base_that_is_not_there_is_an_outage_and_not_an_empty_directory() {
    let server = Slapd::start(&Setup::default());
    let store = reaching(&server.url(), "ldap.base = \"ou=nowhere,dc=example,dc=org\"");
    let error = store.find(&address("zhang@example.org")).await.unwrap_err();
    assert!(error.to_string().contains("account.ldap.base"), "{error}");
    let store = reaching(&server.url(), "ldap.bind_password = \"wrong\"");
    let error = store.find(&address("zhang@example.org")).await.unwrap_err();
    assert!(error.to_string().contains("bind_password"), "{error}");
    let store = reaching(&server.url(), "ldap.id = \"employeeNumber\"");
    let error = store.find(&address("zhang@example.org")).await.unwrap_err();
    assert!(error.to_string().contains("account.ldap.id"), "{error}");
}

/// More than a page, and more than a server shows at once.
#[tokio::test]
async fn whoever_runs_out_is_listed_soonest_first_over_pages() {
    let mut entries = String::new();
    for number in 0..600 {
        let mut more = String::new();
        let _ = writeln!(more, "passwordEnds: 202612{:02}{:02}0000Z", 1 + number % 28, number % 24);
        if number == 7 {
            more.push_str("pwdAccountLockedTime: 000001010000Z\n");
        }
        entries.push_str(&entry(&format!("uid=e{number}"), &format!("e{number}@example.org"), more.trim_end()));
    }
    let limits = "limits dn.exact=cn=resetgate,dc=example,dc=org size.soft=500 size.prtotal=unlimited";
    let server = Slapd::start(&Setup { entries: &entries, database: limits, ..Setup::default() });
    let store = reaching(&server.url(), "");
    let until = |millis: i64| Timestamp::from_millis(NOW.as_millis() + millis);
    let all = store.expiring(NOW, until(86_400_000 * 60), 10_000).await.unwrap();
    assert_eq!(all.len(), 599, "all but the disabled one");
    assert!(all.is_sorted_by_key(|one| one.expires_at));
    let first = store.expiring(NOW, until(86_400_000 * 60), 5).await.unwrap();
    let keys =
        |list: &[resetgate::account::Expiring]| list.iter().map(|one| one.subject.id.clone()).collect::<Vec<_>>();
    assert_eq!(keys(&first), keys(&all[..5]));
    let soon = store.expiring(NOW, until(86_400_000 * 9), 10_000).await.unwrap();
    assert!(!soon.is_empty() && soon.iter().all(|one| one.expires_at <= until(86_400_000 * 9)));
    assert!(store.expiring(until(86_400_000 * 90), until(86_400_000 * 99), 10).await.unwrap().is_empty());
    let _ = zhang(&store).await;
}
