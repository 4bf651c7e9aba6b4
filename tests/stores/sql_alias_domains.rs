//! An address at an alias domain names whom the same address at the target domain names, in the tables of products that know
//! alias domains; and nobody else, however loosely a server compares.

use resetgate::account::sql::{SqlAccounts, SqlPreset};
use resetgate::account::{AccountStore, Scheme};
use resetgate::domain::{MailboxAddress, Stored};

use crate::contract::address;
use crate::servers::mariadb::MariaDb;
use crate::servers::postgres::Postgres;
use crate::sql::{Hand, Server};
use crate::sql_presets::{base, iredmail_tables, postfixadmin_tables};

/// old.example leads to city.example, whose mailbox zhao.liu has the alias zhao; gone.example led there once. Chen has a
/// mailbox, and qian an alias, at old.example itself; and `zhàng` is not zhang.
async fn alias_domains_lead_to_the_target(store: &SqlAccounts) {
    for (asked, primary) in [
        ("zhao.liu@city.example", Some("zhao.liu@city.example")),
        ("zhao.liu@old.example", Some("zhao.liu@city.example")),
        ("zhao@city.example", Some("zhao.liu@city.example")),
        ("zhao@old.example", Some("zhao.liu@city.example")),
        ("Zhao.Liu@OLD.example", Some("zhao.liu@city.example")),
        // What stands at the alias domain itself comes before what it leads to.
        ("chen@old.example", Some("chen@old.example")),
        ("chen@city.example", Some("chen@city.example")),
        ("qian@old.example", Some("zhao.liu@city.example")),
        ("qian@city.example", Some("qian@city.example")),
        ("zhao.liu@gone.example", None),
        ("zhao.liu@elsewhere.example", None),
        ("nobody@old.example", None),
        ("zhang@old.example", None),
        ("zhao_liu@old.example", None),
        ("%@old.example", None),
    ] {
        let found = store.find(&address(asked)).await.unwrap();
        assert_eq!(found.as_ref().map(|subject| subject.address.as_str()), primary, "{asked}");
    }
    let zhao = Hand(store).subject("zhao.liu@old.example").await;
    let aliases: Vec<_> = zhao.aliases.iter().map(MailboxAddress::as_str).collect();
    for alias in ["zhao.liu@old.example", "zhao@city.example", "zhao@old.example"] {
        assert!(aliases.contains(&alias), "{alias} is not among {aliases:?}");
    }
    Hand(store).set(&zhao.id, "New-Password-1").await.unwrap();
    assert!(Hand(store).signs_in("zhao.liu@old.example", "New-Password-1").await);
}

#[tokio::test]
async fn postfixadmin_finds_addresses_at_alias_domains() {
    for server in [Server::Postgres(Postgres::shared()), Server::MariaDb(MariaDb::shared())] {
        let tables = postfixadmin_tables(&server);
        let (base, old) = base(server, SqlPreset::PostfixAdmin, &tables, Scheme::BlfCrypt).await;
        base.run(&format!(
            "INSERT INTO domain (domain) VALUES ('city.example'), ('old.example'), ('gone.example');
             INSERT INTO alias_domain (alias_domain, target_domain, active) VALUES
                ('old.example', 'city.example', TRUE), ('gone.example', 'city.example', FALSE);
             INSERT INTO mailbox (username, password, domain) VALUES
                ('zhao.liu@city.example', '{old}', 'city.example'), ('chen@city.example', '', 'city.example'),
                ('chen@old.example', '', 'old.example'), ('qian@city.example', '', 'city.example'),
                ('zhàng@city.example', '', 'city.example');
             INSERT INTO alias (address, goto, domain) VALUES
                ('zhao.liu@city.example', 'zhao.liu@city.example', 'city.example'),
                ('zhao@city.example', 'zhao.liu@city.example', 'city.example'),
                ('qian@old.example', 'zhao.liu@city.example', 'old.example')"
        ))
        .await;
        alias_domains_lead_to_the_target(&base.open().await).await;
    }
}

#[tokio::test]
async fn iredmail_finds_addresses_at_alias_domains() {
    for server in [Server::Postgres(Postgres::shared()), Server::MariaDb(MariaDb::shared())] {
        let tables = iredmail_tables(&server);
        let (base, old) = base(server, SqlPreset::IRedMail, &tables, Scheme::Ssha512).await;
        base.run(&format!(
            "INSERT INTO domain (domain) VALUES ('city.example'), ('old.example');
             INSERT INTO alias_domain (alias_domain, target_domain, active) VALUES
                ('old.example', 'city.example', 1), ('gone.example', 'city.example', 0);
             INSERT INTO mailbox (username, password, domain) VALUES
                ('zhao.liu@city.example', '{old}', 'city.example'), ('chen@city.example', '', 'city.example'),
                ('chen@old.example', '', 'old.example'), ('qian@city.example', '', 'city.example'),
                ('zhàng@city.example', '', 'city.example');
             INSERT INTO forwardings (address, forwarding, domain, is_alias, is_forwarding) VALUES
                ('zhao.liu@city.example', 'zhao.liu@city.example', 'city.example', 0, 1),
                ('zhao@city.example', 'zhao.liu@city.example', 'city.example', 1, 0),
                ('qian@old.example', 'zhao.liu@city.example', 'old.example', 1, 0)"
        ))
        .await;
        alias_domains_lead_to_the_target(&base.open().await).await;
    }
}

/// The way for what is older than 1.7.3 is printed with the preset, and works.
#[tokio::test]
async fn an_older_iredmail_is_told_its_missing_column_and_served_after_the_printed_statements() {
    for server in [Server::Postgres(Postgres::shared()), Server::MariaDb(MariaDb::shared())] {
        let older: Vec<_> = iredmail_tables(&server).split(';').map(str::trim).map(str::to_owned).collect();
        let older: Vec<_> = older.into_iter().filter(|sql| !sql.starts_with("ALTER")).collect();
        let (base, old) = base(server, SqlPreset::IRedMail, &older.join(";"), Scheme::Ssha512).await;
        base.run(&format!(
            "INSERT INTO domain (domain) VALUES ('example.org');
             INSERT INTO mailbox (username, password, domain) VALUES ('zhang@example.org', '{old}', 'example.org')"
        ))
        .await;
        let refusal = base.refusal().await;
        assert!(refusal.contains("account.sql.find") && refusal.contains("mobile"), "{refusal}");
        let printed = SqlPreset::IRedMail.text().lines().filter_map(|line| line.strip_prefix("#   ALTER"));
        let printed: Vec<_> = printed.map(|sql| format!("ALTER{sql}")).collect();
        assert_eq!(printed.len(), 3);
        base.run(&printed.concat()).await;
        let store = base.open().await;
        let zhang = Hand(&store).subject("zhang@example.org").await;
        assert!(zhang.facts.birthday == Stored::Nothing && zhang.phone == Stored::Nothing);
        store.bind_phone(&zhang.id, Some(&crate::contract::phone("13800000000")), crate::contract::NOW).await.unwrap();
        assert!(Hand(&store).subject("zhang@example.org").await.phone.value().is_some());
    }
}
