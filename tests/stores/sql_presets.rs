//! The ready-made statements, over tables as the projects publish them.

use std::sync::Arc;

use resetgate::account::conformance::Cast;
use resetgate::account::sql::SqlPreset;
use resetgate::account::{AccountStore, MaxAge, Scheme};
use resetgate::domain::{Stored, Timestamp};

use crate::contract::{NOW, cast, keeps_every_promise, phone};
use crate::servers::mariadb::MariaDb;
use crate::servers::postgres::Postgres;
use crate::sql::{Base, Hand, Server};

const NO_RULES: &str = "a_refused_password_leaves_the_old_one";

/// Tables with the names, types and defaults that matter of PostfixAdmin 3.3.13 (schema 1844 of its `upgrade.php`), in our words.
/// `created` and `modified` are there because other tools rely on them.
pub fn postfixadmin(truth: &str, moment: &str) -> String {
    let dated = format!("created {moment}, modified {moment}, active {truth} NOT NULL DEFAULT TRUE");
    format!(
        "CREATE TABLE domain (domain VARCHAR(255) PRIMARY KEY, description VARCHAR(255) NOT NULL DEFAULT '',
            aliases INTEGER NOT NULL DEFAULT 0, mailboxes INTEGER NOT NULL DEFAULT 0, maxquota BIGINT NOT NULL DEFAULT 0,
            quota BIGINT NOT NULL DEFAULT 0, transport VARCHAR(255) NOT NULL DEFAULT '',
            backupmx {truth} NOT NULL DEFAULT FALSE, {dated}, password_expiry INT DEFAULT 0);
         CREATE TABLE mailbox (username VARCHAR(255) PRIMARY KEY, password VARCHAR(255) NOT NULL DEFAULT '',
            name VARCHAR(255) NOT NULL DEFAULT '', maildir VARCHAR(255) NOT NULL DEFAULT '', quota BIGINT NOT NULL DEFAULT 0,
            local_part VARCHAR(255) NOT NULL DEFAULT '', domain VARCHAR(255) NOT NULL, {dated},
            phone VARCHAR(30) NOT NULL DEFAULT '', email_other VARCHAR(255) NOT NULL DEFAULT '',
            token VARCHAR(255) NOT NULL DEFAULT '', token_validity {moment}, password_expiry {moment});
         CREATE TABLE alias (address VARCHAR(255) PRIMARY KEY, goto TEXT NOT NULL, domain VARCHAR(255) NOT NULL, {dated});
         CREATE TABLE alias_domain (alias_domain VARCHAR(255) PRIMARY KEY, target_domain VARCHAR(255) NOT NULL, {dated})"
    )
}

/// Tables with the names, types and defaults that matter of iRedMail 1.7.3 (`iredmail.mysql`, `iredmail.pgsql`), in our words.
fn iredmail(truth: &str, moment: &str) -> String {
    let dated = format!(
        "created {moment} NOT NULL DEFAULT '1970-01-01 01:01:01', modified {moment} NOT NULL DEFAULT '1970-01-01 01:01:01',
            active {truth} NOT NULL DEFAULT 1"
    );
    format!(
        "{}; ALTER TABLE mailbox ADD COLUMN mobile VARCHAR(255) NOT NULL DEFAULT '';
         ALTER TABLE mailbox ADD COLUMN telephone VARCHAR(255) NOT NULL DEFAULT '';
         ALTER TABLE mailbox ADD COLUMN birthday DATE NOT NULL DEFAULT '0001-01-01'",
        iredmail_before_173(truth, moment, &dated)
    )
}

/// The same of iRedMail 1.0 to 1.7.2.
fn iredmail_before_173(truth: &str, moment: &str, dated: &str) -> String {
    format!(
        "CREATE TABLE domain (domain VARCHAR(255) NOT NULL DEFAULT '' PRIMARY KEY, backupmx {truth} NOT NULL DEFAULT 0, {dated});
         CREATE TABLE alias_domain (alias_domain VARCHAR(255) PRIMARY KEY, target_domain VARCHAR(255) NOT NULL, {dated});
         CREATE TABLE mailbox (username VARCHAR(255) PRIMARY KEY, password VARCHAR(255) NOT NULL DEFAULT '',
            name VARCHAR(255) NOT NULL DEFAULT '', domain VARCHAR(255) NOT NULL DEFAULT '',
            department VARCHAR(255) NOT NULL DEFAULT '', employeeid VARCHAR(255) DEFAULT '',
            passwordlastchange {moment} NOT NULL DEFAULT '1970-01-01 01:01:01',
            expired {moment} NOT NULL DEFAULT '9999-12-31 00:00:00', {dated});
         CREATE TABLE forwardings (id INTEGER, address VARCHAR(255) NOT NULL DEFAULT '',
            forwarding VARCHAR(255) NOT NULL DEFAULT '', domain VARCHAR(255) NOT NULL DEFAULT '',
            dest_domain VARCHAR(255) NOT NULL DEFAULT '', is_maillist {truth} NOT NULL DEFAULT 0,
            is_list {truth} NOT NULL DEFAULT 0, is_forwarding {truth} NOT NULL DEFAULT 0, is_alias {truth} NOT NULL DEFAULT 0,
            active {truth} NOT NULL DEFAULT 1, UNIQUE (address, forwarding))"
    )
}

/// For the server.
pub fn postfixadmin_tables(server: &Server) -> String {
    match server {
        Server::MariaDb(_) => postfixadmin("TINYINT(1)", "DATETIME NOT NULL DEFAULT '2000-01-01 00:00:00'"),
        _ => postfixadmin("BOOLEAN", "TIMESTAMPTZ DEFAULT '2000-01-01'"),
    }
}

/// For the server.
pub fn iredmail_tables(server: &Server) -> String {
    match server {
        Server::MariaDb(_) => iredmail("TINYINT(1)", "DATETIME"),
        _ => iredmail("INT2", "TIMESTAMP WITHOUT TIME ZONE"),
    }
}

pub async fn base(server: Server, preset: SqlPreset, tables: &str, scheme: Scheme) -> (Base, String) {
    let mut base = Base::bare(server).await;
    base.run(tables).await;
    base.settings.sql.preset = preset;
    // The mark is brought by the preset.
    (base.settings.hash.scheme, base.settings.hash.blf_cost) = (scheme, 4);
    let old = base.hashing().hash(&crate::contract::password("Old-Password-1")).await.unwrap().expose().to_owned();
    (base, old)
}

/// One number a mailbox, and no days that are none.
fn people() -> Cast {
    Cast { several: None, ..cast() }
}

const NO_SEVERAL: &str = "of_several_numbers_the_mobile_one_is_the_phone";

#[tokio::test]
async fn the_tables_of_postfixadmin_keep_every_promise() {
    for server in [Server::Postgres(Postgres::shared()), Server::MariaDb(MariaDb::shared())] {
        let tables = postfixadmin_tables(&server);
        let (base, old) = base(server, SqlPreset::PostfixAdmin, &tables, Scheme::BlfCrypt).await;
        base.run(&format!(
            "INSERT INTO domain (domain, password_expiry) VALUES ('example.org', 365);
             INSERT INTO mailbox (username, password, domain, active, phone, modified, password_expiry) VALUES
                ('zhang@example.org', '{old}', 'example.org', TRUE, '13800000000', '2026-11-01', '2027-11-01'),
                ('li@example.org', '', 'example.org', TRUE, '', '2026-11-01', '2027-11-01'),
                ('wang@example.org', '{old}', 'example.org', FALSE, '13800000002', '2026-11-01', '2027-11-01'),
                ('qian@example.org', '', 'example.org', TRUE, 'call me', '2026-11-01', '2027-11-01');
             INSERT INTO alias (address, goto, domain) VALUES
                ('zhang@example.org', 'zhang@example.org', 'example.org'),
                ('zhang.san@example.org', 'zhang@example.org', 'example.org'),
                ('all@example.org', 'zhang@example.org,li@example.org', 'example.org'),
                ('li@example.org', 'zhang@example.org', 'example.org')"
        ))
        .await;
        let store = base.open().await;
        assert!(store.find(&crate::contract::address("all@example.org")).await.unwrap().is_none(), "a list is nobody");
        // Li's mail goes to zhang, and li is a person still, whose name zhang's password may hold.
        let (li, zhang) =
            (Hand(&store).subject("li@example.org").await, Hand(&store).subject("zhang@example.org").await);
        assert!(li.address.as_str() == "li@example.org" && zhang.facts.user_names == ["zhang", "zhang.san"]);
        keeps_every_promise(Arc::new(store), people(), &[NO_RULES, NO_SEVERAL]).await;
        assert!(
            base.ask("SELECT password FROM mailbox WHERE username = 'zhang@example.org'")
                .await
                .starts_with("{BLF-CRYPT}$2y$")
        );
        let written = Hand(&base.open().await).set(&zhang.id, "Old-Password-1").await.unwrap();
        assert_eq!(written.expires_at, MaxAge::Months(1).expiry(NOW));
        // Where passwords do not expire, the column holds the past.
        base.run("UPDATE domain SET password_expiry = 0; UPDATE mailbox SET password_expiry = '2000-01-01'").await;
        let store = base.open().await;
        assert!(Hand(&store).signs_in("zhang@example.org", "Old-Password-1").await);
        // Nor is an end promised that nobody heeds.
        let written = Hand(&store).set(&zhang.id, "Old-Password-1").await.unwrap();
        assert_eq!(written.expires_at, None);
        base.run("UPDATE domain SET active = FALSE").await;
        assert!(!Hand(&base.open().await).subject("zhang@example.org").await.enabled, "with its whole domain");
    }
}

#[tokio::test]
async fn the_tables_of_iredmail_serve_recoveries() {
    for server in [Server::Postgres(Postgres::shared()), Server::MariaDb(MariaDb::shared())] {
        let tables = iredmail_tables(&server);
        let (mut base, old) = base(server, SqlPreset::IRedMail, &tables, Scheme::Ssha512).await;
        base.run(&format!(
            "INSERT INTO domain (domain) VALUES ('example.org');
             INSERT INTO mailbox (username, password, domain, active, mobile, birthday, department) VALUES
                ('zhang@example.org', '{old}', 'example.org', 1, '010-55500100, 13800000000', '1990-01-02', '信息中心'),
                ('wang@example.org', '{old}', 'example.org', 0, '13800000002', '0001-01-01', '');
             INSERT INTO forwardings (address, forwarding, domain, is_alias, is_forwarding) VALUES
                ('zhang@example.org', 'zhang@example.org', 'example.org', 0, 1),
                ('zhang.san@example.org', 'zhang@example.org', 'example.org', 1, 0)"
        ))
        .await;
        let error = base.open().await.expiring(NOW, NOW, 1).await.unwrap_err().to_string();
        assert!(error.contains("is not kept") && error.contains("account.sql.set_password"), "{error}");
        // It keeps no validity, which the settings must say.
        base.settings.max_age_choices = vec![MaxAge::Never];
        let mut problems = base.settings.check();
        problems.retain(|(key, _)| !key.starts_with("hash."));
        assert_eq!(problems, []);
        let store = base.open().await;
        let hand = Hand(&store);
        let zhang = hand.subject("zhang.san@example.org").await;
        assert_eq!(
            (zhang.phone.clone(), zhang.unit.as_deref()),
            (Stored::Value(phone("13800000000")), Some("信息中心"))
        );
        assert_eq!(zhang.facts.birthday.value().unwrap().to_string(), "1990-01-02");
        let wang = hand.subject("wang@example.org").await;
        assert!(!wang.enabled && wang.facts.birthday == Stored::Nothing && wang.unit.is_none());
        let written = hand.set(&zhang.id, "New-Password-1").await.unwrap();
        assert_eq!(written.expires_at, None);
        assert!(hand.signs_in("zhang@example.org", "New-Password-1").await);
        assert!(!hand.subject("zhang@example.org").await.stamp().matches(&zhang.stamp()));
        assert!(hand.set(&wang.id, "New-Password-1").await.is_err());
        store.bind_phone(&zhang.id, None, NOW).await.unwrap();
        assert!(hand.subject("zhang@example.org").await.phone == Stored::Nothing);
    }
}

/// As PostfixAdmin 3.3 itself does with every new password; and people are told the end that counts.
#[tokio::test]
async fn a_password_lives_as_long_as_its_domain_says_unless_less_was_chosen() {
    let day = |days: i64| Some(Timestamp::from_millis(NOW.as_millis() + days * 86_400_000));
    for server in [Server::Postgres(Postgres::shared()), Server::MariaDb(MariaDb::shared())] {
        let tables = postfixadmin_tables(&server);
        let (base, old) = base(server, SqlPreset::PostfixAdmin, &tables, Scheme::BlfCrypt).await;
        base.run(&format!(
            "INSERT INTO domain (domain, password_expiry) VALUES ('example.org', 90);
             INSERT INTO mailbox (username, password, domain) VALUES ('zhang@example.org', '{old}', 'example.org')"
        ))
        .await;
        let kept = match base.server {
            Server::MariaDb(_) => "SELECT CAST(password_expiry AS CHAR) FROM mailbox",
            _ => "SELECT CAST(password_expiry AT TIME ZONE 'UTC' AS TEXT) FROM mailbox",
        };
        let store = base.open().await;
        let who = Hand(&store).subject("zhang@example.org").await.id;
        for (choice, end, column) in [
            (None, day(90), "2027-02-21 03:00:00"),
            (Some(MaxAge::Never), day(90), "2027-02-21 03:00:00"),
            (Some(MaxAge::Months(12)), day(90), "2027-02-21 03:00:00"),
            (Some(MaxAge::Months(1)), day(30), "2026-12-23 03:00:00"),
        ] {
            let written = Hand(&store).set_for(&who, "New-Password-1", choice).await.unwrap();
            assert_eq!((written.expires_at, base.ask(kept).await.as_str()), (end, column), "{choice:?}");
        }
        // Without a rule of the domain nothing ends, whatever the column holds.
        base.run("UPDATE domain SET password_expiry = 0").await;
        let store = base.open().await;
        let who = Hand(&store).subject("zhang@example.org").await.id;
        assert_eq!(Hand(&store).set_for(&who, "New-Password-1", None).await.unwrap().expires_at, None);
        assert!(base.ask(kept).await.starts_with("9999-12-30"));
    }
}

/// A rule of an operator's own tables, kept in a table of challenges, too; and one that cannot be read lets nothing be written.
#[tokio::test]
async fn own_tables_have_own_rules() {
    for mut base in Base::each().await {
        base.run("ALTER TABLE person ADD days VARCHAR(10)").await;
        base.settings.sql.max_days = "SELECT days FROM person WHERE id = :id".into();
        let store = base.open().await;
        let who = Hand(&store).subject("zhang@example.org").await.id;
        for (days, end) in [("NULL", None), ("'0'", None), ("'7'", Some(7)), ("'40000'", Some(40_000))] {
            base.run(&format!("UPDATE person SET days = {days}")).await;
            let end = end.map(|days: i64| Timestamp::from_millis(NOW.as_millis() + days * 86_400_000));
            let challenge = crate::sql::challenge();
            for _ in 0..2 {
                let written = Hand(&store).set_so(&who, "New-Password-1", None, challenge).await.unwrap();
                assert_eq!(written.expires_at, end, "{days}");
            }
        }
        base.run("UPDATE person SET days = 'soon'").await;
        let error = Hand(&store).set_for(&who, "Other-Password-1", None).await.unwrap_err().to_string();
        assert!(error.contains("account.sql.max_days"), "{error}");
        assert!(Hand(&store).signs_in("zhang@example.org", "New-Password-1").await, "nothing was written");
    }
}

/// The table of the Dovecot manual, with the columns that the preset asks for.
#[tokio::test]
async fn the_table_of_the_dovecot_manual_serves_recoveries() {
    let tables = "CREATE TABLE users (userid VARCHAR(128) NOT NULL, domain VARCHAR(128) NOT NULL,
            password VARCHAR(255) NOT NULL, home VARCHAR(255) NOT NULL, uid INTEGER NOT NULL, gid INTEGER NOT NULL);
         ALTER TABLE users ADD mobile VARCHAR(32);
         ALTER TABLE users ADD password_changed_at BIGINT;
         ALTER TABLE users ADD password_expires_at BIGINT;
         CREATE UNIQUE INDEX users_address ON users (userid, domain)";
    for server in [
        Server::Postgres(Postgres::shared()),
        Server::MariaDb(MariaDb::shared()),
        Server::File(tempfile::TempDir::new().unwrap()),
    ] {
        let (base, old) = base(server, SqlPreset::Dovecot, tables, Scheme::Argon2id).await;
        base.run(&format!(
            "INSERT INTO users (userid, domain, password, home, uid, gid, mobile) VALUES
                ('zhang', 'example.org', '{old}', '/', 1, 1, '13800000000'),
                ('li', 'example.org', '', '/', 1, 1, NULL), ('qian', 'example.org', '', '/', 1, 1, 'call me'),
                ('zhang', 'example.com', '{old}', '/', 1, 1, NULL)"
        ))
        .await;
        let store = Arc::new(base.open().await);
        let cast = Cast { alias: None, disabled: None, ..people() };
        let left_out = [
            NO_RULES,
            NO_SEVERAL,
            "an_address_and_its_alias_name_one_account",
            "unbound_and_disabled_accounts_are_found_as_what_they_are",
            "only_the_present_password_of_an_enabled_account_signs_in",
            "a_disabled_or_unknown_account_gets_no_password",
            "a_disabled_or_unknown_account_gets_no_phone",
        ];
        keeps_every_promise(store, cast, &left_out).await;
    }
}
