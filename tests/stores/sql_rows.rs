//! A write touches one row, or it is taken back; and what the database itself says against it.

use resetgate::account::{AccountError, AccountStore};
use resetgate::domain::Stored;

use crate::contract::{NOW, phone};
use crate::sql::{Base, Hand, Server};

#[tokio::test]
async fn a_statement_that_touches_two_rows_is_taken_back_and_told() {
    for mut base in Base::each().await {
        let loose = " OR address = 'li@example.org'";
        base.settings.sql.set_password.push_str(loose);
        base.settings.sql.bind_phone.push_str(loose);
        for base in [base] {
            let store = base.open().await;
            let who = Hand(&store).subject("zhang@example.org").await.id;
            let error = Hand(&store).set(&who, "New-Password-1").await.unwrap_err();
            let AccountError::Unavailable { reason } = error else { panic!("{error}") };
            assert!(reason.contains("account.sql.set_password touched 2 rows"), "{reason}");
            assert!(Hand(&store).signs_in("zhang@example.org", "Old-Password-1").await);
            assert!(!Hand(&store).signs_in("li@example.org", "New-Password-1").await);
            let bound = store.bind_phone(&who, Some(&phone("13800000009")), NOW).await;
            assert!(matches!(bound, Err(AccountError::Unavailable { .. })), "{bound:?}");
            assert!(Hand(&store).subject("li@example.org").await.phone == Stored::Nothing);
            assert_eq!(base.ask("SELECT coalesce(max(challenge), 'none') FROM resetgate_write").await, "none");
        }
    }
}

/// MariaDB counts changed rows unless it is asked for those that matched.
#[tokio::test]
async fn a_row_that_already_is_what_is_written_counts_as_touched() {
    for mut base in Base::each().await {
        base.settings.sql.bind_phone = "UPDATE person SET mobile = :mobile WHERE id = :id AND enabled".into();
        let store = base.open().await;
        let who = Hand(&store).subject("zhang@example.org").await.id;
        for _ in 0..2 {
            store.bind_phone(&who, Some(&phone("13800000000")), NOW).await.unwrap();
        }
    }
}

/// case 79: the rules of the database are the store's word on the password, and its words are passed on without the hash.
#[tokio::test]
async fn a_trigger_of_the_operator_refuses_a_password() {
    for base in Base::each().await {
        base.run(match &base.server {
            Server::Postgres(_) => {
                "CREATE FUNCTION too_soon() RETURNS trigger LANGUAGE plpgsql AS
                    $$ BEGIN RAISE EXCEPTION 'changed today already, %', NEW.hash; END $$;
                 CREATE TRIGGER too_soon BEFORE UPDATE ON person FOR EACH ROW EXECUTE FUNCTION too_soon()"
            }
            Server::MariaDb(_) => {
                "CREATE TRIGGER too_soon BEFORE UPDATE ON person FOR EACH ROW BEGIN
                    DECLARE words TEXT DEFAULT CONCAT('changed today already, ', NEW.hash);
                    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = words; END"
            }
            Server::File(_) => {
                "CREATE TRIGGER too_soon BEFORE UPDATE ON person
                    BEGIN SELECT RAISE(ABORT, 'changed today already'); END"
            }
        })
        .await;
        let store = base.open().await;
        let who = Hand(&store).subject("zhang@example.org").await.id;
        let error = Hand(&store).set(&who, "New-Password-1").await.unwrap_err();
        let AccountError::PasswordRefused { reason } = error else { panic!("{error}") };
        assert!(reason.contains("changed today already") && !reason.contains("argon2id"), "{reason}");
        assert!(Hand(&store).signs_in("zhang@example.org", "Old-Password-1").await);
    }
}

/// A hash cut to its column would lock the person out. MariaDB cuts unless it is told to be strict.
#[tokio::test]
async fn a_column_without_room_for_the_hash_is_told_and_nothing_is_cut() {
    for (base, alter) in [
        (Base::postgres().await, "ALTER TABLE person ALTER hash TYPE VARCHAR(64) USING NULL"),
        (Base::mariadb().await, "UPDATE person SET hash = NULL; ALTER TABLE person MODIFY hash VARCHAR(64)"),
    ] {
        base.run(alter).await;
        if let Server::MariaDb(server) = &base.server {
            server.run("mysql", "SET GLOBAL sql_mode = ''").await;
        }
        let store = base.open().await;
        let who = Hand(&store).subject("zhang@example.org").await.id;
        let error = Hand(&store).set(&who, "New-Password-1").await.unwrap_err().to_string();
        assert!(error.contains("no room") && error.contains("account.sql.set_password"), "{error}");
        assert_eq!(base.ask("SELECT coalesce(max(hash), 'none') FROM person").await, "none");
    }
}

/// case 72: the limit of a scheme is told as the store's rule, and nothing is written.
#[tokio::test]
async fn a_password_that_the_scheme_would_cut_is_refused() {
    let mut base = Base::file().await;
    (base.settings.hash.scheme, base.settings.hash.blf_cost) = (resetgate::account::Scheme::BlfCrypt, 4);
    let store = base.open().await;
    let who = Hand(&store).subject("zhang@example.org").await.id;
    let refused = Hand(&store).set(&who, &"aB3-".repeat(19)).await;
    assert!(matches!(refused, Err(AccountError::PasswordRefused { .. })), "{refused:?}");
    assert!(Hand(&store).signs_in("zhang@example.org", "Old-Password-1").await, "in the former scheme");
    Hand(&store).set(&who, &"aB3-".repeat(18)).await.unwrap();
    assert!(base.ask("SELECT hash FROM person WHERE address = 'zhang@example.org'").await.starts_with("$2y$04$"));
}
