//! Names, keys and values of any signs: each is one value, and nobody else's.

use std::time::Duration;

use resetgate::account::{AccountError, AccountStore};
use resetgate::domain::{Stored, SubjectId};

use crate::contract::{NOW, address, phone};
use crate::sql::{Base, Hand, Server};

/// case 77: what means something to databases, directories, shells and logs.
fn strange() -> Vec<String> {
    let texts = [
        "*)(uid=*",
        "' OR '1'='1",
        "'; DROP TABLE person; --",
        "\\",
        "\\'",
        "\"`[]",
        "line\nend\r\n",
        "${jndi:ldap://x}",
        "%s%n{}",
        "密码 🔑 \u{202e}İı",
        "a blank at the end ",
        ":id",
    ];
    texts.iter().map(ToString::to_string).chain(["x".repeat(10_000)]).collect()
}

fn quoted(base: &Base, text: &str) -> String {
    let text = text.replace('\'', "''");
    let text = if matches!(base.server, Server::MariaDb(_)) { text.replace('\\', "\\\\") } else { text };
    format!("'{text}'")
}

/// case 77: the text itself is the key here, so that what is bound is what is compared.
#[tokio::test]
async fn a_key_of_any_signs_names_its_own_row_alone() {
    for mut base in Base::each().await {
        base.settings.sql.find = base
            .settings
            .sql
            .find
            .replace("SELECT p.id,", "SELECT p.unit AS id,")
            .replace("p.unit,\n", "")
            .replace("p.unit, p.enabled", "p.enabled");
        base.settings.sql.set_password =
            "UPDATE person SET hash = :hash, changed = :now, expires = :expires WHERE unit = :id AND enabled".into();
        base.settings.sql.bind_phone =
            "UPDATE person SET mobile = :mobile, bound = :now WHERE unit = :id AND enabled".into();
        let base = base.without_table_of_challenges();
        base.run("UPDATE person SET unit = address").await;
        let store = base.open().await;
        let hand = Hand(&store);
        for key in strange() {
            let id = SubjectId::new(key.clone());
            if key.trim() == key {
                assert_eq!(hand.set(&id, "New-Password-1").await, Err(AccountError::NoSuchAccount), "{key}");
            }
            base.run(&format!(
                "UPDATE person SET unit = {}, hash = NULL WHERE address = 'li@example.org'",
                quoted(&base, &key)
            ))
            .await;
            let found = hand.subject("li@example.org").await;
            assert_eq!(found.id.as_str(), key);
            hand.set(&found.id, "New-Password-1").await.unwrap();
            assert!(hand.signs_in("li@example.org", "New-Password-1").await, "{key}");
            store.bind_phone(&found.id, Some(&phone("13800000001")), NOW).await.unwrap();
            assert_eq!(hand.subject("li@example.org").await.phone, Stored::Value(phone("13800000001")));
            assert!(hand.signs_in("zhang@example.org", "Old-Password-1").await, "nobody else was touched by {key}");
            store.bind_phone(&found.id, None, NOW).await.unwrap();
        }
        // No text of PostgreSQL can hold it, so it names nobody anywhere.
        let nul = SubjectId::new("li@example.org\0");
        assert_eq!(hand.set(&nul, "New-Password-1").await, Err(AccountError::NoSuchAccount));
        assert_eq!(store.bind_phone(&nul, None, NOW).await, Err(AccountError::NoSuchAccount));
    }
}

/// case 77.
#[tokio::test]
async fn values_of_any_signs_are_read_as_they_are() {
    for base in Base::each().await {
        let store = base.open().await;
        for text in strange() {
            let value = quoted(&base, &text);
            // Only the unit has room for everything.
            let short = if text.len() > 200 { "NULL".to_owned() } else { value.clone() };
            base.run(&format!(
                "UPDATE person SET unit = {value}, work_phone = {short}, mobile = {short}, birthday = {short}
                 WHERE address = 'li@example.org'"
            ))
            .await;
            let found = Hand(&store).subject("li@example.org").await;
            assert_eq!(found.unit.as_deref(), Some(text.as_str()));
            assert!(found.phone.value().is_none() && found.facts.birthday.value().is_none());
            assert_eq!(found.facts.work_phone.is_some(), text.len() <= 200);
        }
    }
}

/// case 66: the collation of MariaDB takes case, accents and blanks at the end for the same; that is not our idea of it.
#[tokio::test]
async fn an_address_that_a_collation_takes_for_another_is_not_found() {
    let base = Base::mariadb().await;
    base.run(
        "INSERT INTO person (address, mobile, enabled) VALUES
            ('zhàng@example.org', '13800000004', TRUE), ('sün@example.org', '13800000005', TRUE),
            ('OTHER@example.org', '13800000006', TRUE)",
    )
    .await;
    assert_eq!(base.ask("SELECT CAST(count(*) AS CHAR) FROM person WHERE address = 'zhang@example.org'").await, "2");
    let store = base.open().await;
    assert_eq!(Hand(&store).subject("zhang@example.org").await.phone, Stored::Value(phone("13800000000")));
    assert!(store.find(&address("sun@example.org")).await.unwrap().is_none());
    // Case alone makes no other address.
    assert_eq!(Hand(&store).subject("other@example.org").await.phone, Stored::Value(phone("13800000006")));
}

/// What is meant cannot be known, and a guess would give one person's mailbox to another.
#[tokio::test]
async fn two_accounts_with_one_address_are_nobody_until_one_is_left() {
    for base in Base::each().await {
        let store = base.open().await;
        base.run("INSERT INTO person (address, mobile, enabled) VALUES ('Zhang@example.org', '13800000004', TRUE)")
            .await;
        // The servers whose comparisons tell case apart see two addresses, so they get it as a further name.
        base.run("INSERT INTO nickname SELECT 'zhang@example.org', id FROM person WHERE mobile = '13800000004'").await;
        assert!(store.find(&address("zhang@example.org")).await.unwrap().is_none());
        assert!(!Hand(&store).signs_in("zhang@example.org", "Old-Password-1").await);
        base.run("DELETE FROM nickname WHERE address = 'zhang@example.org'").await;
        base.run("DELETE FROM person WHERE mobile = '13800000004'").await;
        assert!(Hand(&store).signs_in("zhang@example.org", "Old-Password-1").await);
    }
}

/// case 37: the same bytes go to the server, whether it knows the address or not.
#[tokio::test]
async fn known_and_unknown_addresses_cost_the_same_requests() {
    for base in [Base::postgres().await, Base::mariadb().await] {
        let (mut base, proxy) = base.behind_proxy().await;
        base.settings.sql.connections = 1;
        let store = base.open().await;
        let hand = Hand(&store);
        // A connection that is given back is asked in the background whether it is well.
        let settled = async || {
            tokio::time::sleep(Duration::from_millis(200)).await;
            proxy.sent()
        };
        // The first request of a connection prepares its statement.
        store.check().await.unwrap();
        let mut costs = Vec::new();
        for who in ["zhang@example.org", "wang2@example.org", "zzzzz@example.org"] {
            let before = settled().await;
            store.find(&address(who)).await.unwrap();
            let found = settled().await;
            hand.signs_in(who, "Old-Password-1").await;
            costs.push((found - before, settled().await - found));
        }
        assert_eq!(costs[1], costs[2]);
        assert_eq!(costs[0], costs[1]);
    }
}

/// A statement may compare more loosely than it should; what it then finds is compared again.
#[tokio::test]
async fn a_statement_that_looks_for_patterns_finds_only_the_address_itself() {
    for mut base in Base::each().await {
        base.settings.sql.find = base.settings.sql.find.replace("p.address = :address", "p.address LIKE :address");
        let store = base.open().await;
        assert!(store.find(&address("zhang@example.org")).await.unwrap().is_some());
        for pattern in ["zhan_@example.org", "%@example.org", "z%@example.org"] {
            assert!(store.find(&address(pattern)).await.unwrap().is_none(), "{pattern}");
        }
    }
}

/// `MariaDB` and `SQLite` read a number out of the beginning of a text, or out of another way to write it.
#[tokio::test]
async fn a_text_that_is_nearly_a_numeric_key_is_none() {
    for base in Base::each().await {
        let store = base.open().await;
        let key = Hand(&store).subject("zhang@example.org").await.id;
        let key = key.as_str();
        for near in [format!("{key}x"), format!("{key} "), format!("0{key}"), format!("+{key}"), format!("{key}.0")] {
            let outcome = Hand(&store).set(&SubjectId::new(near.clone()), "New-Password-1").await;
            assert_eq!(outcome, Err(AccountError::NoSuchAccount), "{near}");
        }
        assert!(Hand(&store).signs_in("zhang@example.org", "Old-Password-1").await);
    }
}
