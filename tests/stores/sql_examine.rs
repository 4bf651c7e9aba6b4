//! What is wrong with statements, tables and rights is told at the start, by name.

use resetgate::account::{AccountSettings, AccountStore};
use resetgate::domain::Condition;

use crate::sql::{Base, Server};

/// One thing made wrong.
type Wrong = fn(&mut AccountSettings);

#[tokio::test]
async fn a_database_that_fits_is_found_good_in_every_point() {
    for base in Base::each().await {
        let store = base.open().await;
        let findings = store.examine().await;
        assert!(findings.iter().all(|one| one.state == Condition::Good), "{findings:#?}");
        for what in ["server", "account.sql.find", "account.sql.remember", "writing"] {
            assert!(findings.iter().any(|one| one.what == what), "{what}");
        }
    }
}

#[tokio::test]
async fn every_statement_is_tried_against_the_living_schema() {
    let wrongs: [(Wrong, &[&str]); 6] = [
        (
            |it| it.sql.find = it.sql.find.replace("person AS p LEFT", "nowhere AS p LEFT"),
            &["account.sql.find", "nowhere"],
        ),
        (
            |it| it.sql.set_password = it.sql.set_password.replace("hash =", "hsah ="),
            &["account.sql.set_password", "hsah"],
        ),
        (|it| it.sql.find = it.sql.find.replace("p.address,", "p.address AS mail,"), &["no column `address`"]),
        (
            |it| it.sql.find = it.sql.find.replace("AS password_hash", "AS pasword_hash"),
            &["`pasword_hash`", "did you mean password_hash?"],
        ),
        (
            |it| it.sql.expiring = it.sql.expiring.replace("AS expires_at", "AS work_phone"),
            &["account.sql.expiring", "expires_at"],
        ),
        (|it| it.sql.bind_phone = it.sql.bind_phone.replace("UPDATE", "UPDTE"), &["account.sql.bind_phone"]),
    ];
    for mut base in Base::each().await {
        let sound = base.settings.clone();
        for (wrong, words) in wrongs {
            base.settings = sound.clone();
            wrong(&mut base.settings);
            let refusal = base.refusal().await;
            assert!(words.iter().all(|word| refusal.contains(word)), "{words:?}: {refusal}");
        }
        // All of it at once.
        base.settings = sound.clone();
        base.settings.sql.set_password = base.settings.sql.set_password.replace("hash =", "hsah =");
        base.settings.sql.recall = "SELECT changed_at FROM nowhere WHERE challenge = :challenge".into();
        let refusal = base.refusal().await;
        assert!(refusal.contains("hsah") && refusal.contains("nowhere"), "{refusal}");
    }
}

#[tokio::test]
async fn what_find_does_not_give_is_told_with_what_it_costs() {
    let mut base = Base::file().await;
    base.settings.sql.find = "SELECT id, address FROM person WHERE address = :address".into();
    let findings = base.open().await.examine().await;
    for loss in ["sent a code", "password that they know", "by other means"] {
        let told = findings.iter().any(|one| one.state == Condition::Doubtful && one.text.contains(loss));
        assert!(told, "{loss}: {findings:#?}");
    }
}

#[tokio::test]
async fn a_right_that_is_missing_is_named() {
    for mut base in [Base::postgres().await, Base::mariadb().await] {
        let database = &base.database;
        if let Server::Postgres(_) = &base.server {
            let name = format!("reader_{database}");
            base.run(&format!("CREATE ROLE {name} LOGIN; GRANT SELECT ON person, nickname TO {name}")).await;
            base.settings.sql.url = base.settings.sql.url.replace("root@", &format!("{name}@"));
        } else {
            base.run(&format!(
                "CREATE USER reader@localhost; CREATE USER reader@'127.0.0.1';
                 GRANT SELECT ON {database}.* TO reader@localhost; GRANT SELECT ON {database}.* TO reader@'127.0.0.1'"
            ))
            .await;
            base.settings.sql.url = base.settings.sql.url.replace("mail@", "reader@");
        }
        let refusal = base.refusal().await;
        assert!(refusal.contains("reader") && refusal.contains("account.sql.set_password says"), "{refusal}");
        assert!(refusal.contains("grant it") && !refusal.contains("account.sql.find says"), "{refusal}");
    }
}

/// What a table without transactions has taken stays, so that "exactly one row, or taken back" would not be true there.
#[tokio::test]
async fn a_table_that_cannot_take_back_is_refused_by_its_name() {
    let mut base = Base::mariadb().await;
    for engine in ["MyISAM", "Aria"] {
        base.run(&format!("ALTER TABLE person ENGINE = {engine}")).await;
        let refusal = base.refusal().await;
        for word in ["account.sql.set_password: writes the table person", engine, "ALTER TABLE person ENGINE = InnoDB"]
        {
            assert!(refusal.contains(word), "{word}: {refusal}");
        }
        assert!(refusal.contains("account.sql.bind_phone") && !refusal.contains("account.sql.remember"), "{refusal}");
    }
    base.run("ALTER TABLE person ENGINE = InnoDB; ALTER TABLE resetgate_write ENGINE = MyISAM").await;
    assert!(base.refusal().await.contains("account.sql.remember: writes the table resetgate_write"));
    // What is only read may be anything, and another database is looked at under its own name.
    base.run("ALTER TABLE resetgate_write ENGINE = InnoDB; ALTER TABLE nickname ENGINE = MyISAM").await;
    base.open().await;
    base.settings.sql.bind_phone =
        base.settings.sql.bind_phone.replace("UPDATE person", &format!("UPDATE `{}`.person AS p", base.database));
    base.open().await;
    base.run("CREATE VIEW people AS SELECT * FROM person").await;
    base.settings.sql.set_password = base.settings.sql.set_password.replace("person", "people");
    let findings = base.open().await.examine().await;
    let told =
        |one: &resetgate::domain::Finding| one.state == Condition::Doubtful && one.text.contains("through people");
    assert!(findings.iter().any(told), "{findings:#?}");
}

#[tokio::test]
async fn a_moment_for_a_column_of_numbers_is_told_with_the_way_to_write_it() {
    let mut base = Base::postgres().await;
    base.run("ALTER TABLE person ALTER changed TYPE BIGINT USING extract(epoch FROM changed)::bigint").await;
    let refusal = base.refusal().await;
    assert!(refusal.contains("INT8 for :now") && refusal.contains(":now_seconds"), "{refusal}");
    base.settings.sql.set_password = base.settings.sql.set_password.replace(":now", ":now_seconds");
    base.open().await;
}

#[tokio::test]
async fn a_server_that_is_not_there_or_lets_nobody_in_is_told() {
    let mut base = Base::mariadb().await;
    let good = base.settings.sql.url.clone();
    base.settings.sql.url = good.replace("mail@", "stranger@");
    base.settings.sql.password = "hunter2-hunter2".into();
    let refusal = base.refusal().await;
    assert!(refusal.contains("does not let stranger in") && refusal.contains("account.sql.password"), "{refusal}");
    assert!(!refusal.contains("hunter2"), "{refusal}");
    // Long before account.timeout, and with the reason.
    base.settings.timeout = "60s".parse().unwrap();
    for kind in ["mysql", "postgres"] {
        base.settings.sql.url = format!("{kind}://mail@127.0.0.1:{}/mail", crate::servers::free_port());
        let refusal = tokio::time::timeout(std::time::Duration::from_secs(10), base.refusal()).await.unwrap();
        let told = refusal.contains("mail at 127.0.0.1") && refusal.contains("connection refused");
        assert!(told && !refusal.contains("hunter2"), "{refusal}");
    }
    base.settings.sql.url = "sqlite:///nowhere/mail.db".into();
    assert!(base.refusal().await.contains("/nowhere/mail.db"));
}

/// The pool goes on trying, as it should; when its time is up the server's own words are told.
#[tokio::test]
async fn a_server_without_a_place_is_told_as_one() {
    let mut base = Base::postgres().await;
    let name = format!("many_{}", base.database);
    base.run(&format!("CREATE ROLE {name} LOGIN CONNECTION LIMIT 0")).await;
    base.settings.sql.url = base.settings.sql.url.replace("root@", &format!("{name}@"));
    base.settings.timeout = "2s".parse().unwrap();
    let refusal = base.refusal().await;
    assert!(refusal.contains("takes no more connections now"), "{refusal}");
}
