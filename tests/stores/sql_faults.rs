//! Servers that do not answer, answer late, die midway, or take no writes: what was written is known, or said to be unknown.

use std::sync::Arc;
use std::time::Duration;

use resetgate::account::{AccountError, AccountStore};

use crate::contract::address;
use crate::servers::mariadb::MariaDb;
use crate::servers::postgres::Postgres;
use crate::servers::proxy::{Proxy, Way};
use crate::sql::{Base, Hand, Server, challenge};

/// The first bytes of a hash on its way to the server.
const HASH: &[u8] = b"$argon2id$";

async fn both_behind_proxies() -> Vec<(Base, Proxy)> {
    let mut both = Vec::new();
    for mut base in [Base::postgres().await, Base::mariadb().await] {
        base.settings.timeout = "1s".parse().unwrap();
        base.settings.sql.connections = 2;
        both.push(base.behind_proxy().await);
    }
    both
}

fn is_unavailable<T: std::fmt::Debug>(outcome: &Result<T, AccountError>) -> bool {
    matches!(outcome, Err(AccountError::Unavailable { .. }))
}

#[tokio::test]
async fn a_server_behind_a_black_hole_is_unavailable_in_time_and_comes_back() {
    for (base, proxy) in both_behind_proxies().await {
        let store = base.open().await;
        let who = Hand(&store).subject("zhang@example.org").await.id;
        proxy.set(Way::Hole);
        // More than there are connections.
        for _ in 0..3 {
            assert!(is_unavailable(&store.find(&address("zhang@example.org")).await));
        }
        assert!(is_unavailable(&Hand(&store).set(&who, "New-Password-1").await));
        assert!(is_unavailable(&store.check().await));
        proxy.reopen().await;
        // Connections that are still being made into the hole are given up first.
        let mut tries = 0;
        while store.check().await.is_err() {
            tries += 1;
            assert!(tries < 10, "it does not come back");
        }
        assert!(Hand(&store).signs_in("zhang@example.org", "Old-Password-1").await);
    }
}

/// case 79: before the commit nothing was written, wherever the answer stays away.
#[tokio::test]
async fn a_write_that_is_lost_before_the_commit_leaves_the_old_password() {
    for (base, proxy) in both_behind_proxies().await {
        let store = base.open().await;
        let who = Hand(&store).subject("zhang@example.org").await.id;
        let one = challenge();
        for (reaches_the_server, then) in [(false, Way::Hole), (false, Way::Cut), (true, Way::Hole), (true, Way::Cut)] {
            if reaches_the_server {
                proxy.after_bytes(HASH, then);
            } else {
                proxy.before_bytes(HASH, then);
            }
            let outcome = Hand(&store).set_again(&who, "New-Password-1", one).await;
            assert!(is_unavailable(&outcome), "{then:?}: {outcome:?}");
            assert!(proxy.has_sprung());
            proxy.reopen().await;
            assert!(Hand(&store).signs_in("zhang@example.org", "Old-Password-1").await, "{then:?}");
        }
        // The same challenge may be tried again: nothing was written by it.
        Hand(&store).set_again(&who, "New-Password-1", one).await.unwrap();
        assert!(Hand(&store).signs_in("zhang@example.org", "New-Password-1").await);
    }
}

/// case 79: from the commit on the outcome is unknown, and the table of challenges settles it for whoever asks again.
#[tokio::test]
async fn a_commit_without_an_answer_is_unknown_and_a_repeat_finds_out() {
    for (base, proxy) in both_behind_proxies().await {
        let store = base.open().await;
        let who = Hand(&store).subject("zhang@example.org").await.id;
        for (number, reaches_the_server, then) in
            [(1, false, Way::Hole), (2, false, Way::Cut), (3, true, Way::Hole), (4, true, Way::Cut)]
        {
            let (one, new, other) = (challenge(), format!("New-Password-{number}"), format!("Other-Password-{number}"));
            if reaches_the_server {
                proxy.after_bytes(b"COMMIT", then);
            } else {
                proxy.before_bytes(b"COMMIT", then);
            }
            let outcome = Hand(&store).set_again(&who, &new, one).await;
            assert!(matches!(outcome, Err(AccountError::Unknown { .. })), "{number}: {outcome:?}");
            proxy.reopen().await;
            assert_eq!(Hand(&store).signs_in("zhang@example.org", &new).await, reaches_the_server, "{number}");
            // Only what was not written is written now.
            Hand(&store).set_again(&who, &other, one).await.unwrap();
            assert_eq!(Hand(&store).signs_in("zhang@example.org", &other).await, !reaches_the_server, "{number}");
        }
    }
}

/// case 79: without a table nobody can find out, so there is no second write.
#[tokio::test]
async fn without_a_table_an_unknown_outcome_stays_unknown() {
    for (base, proxy) in both_behind_proxies().await {
        let base = base.without_table_of_challenges();
        let store = base.open().await;
        let who = Hand(&store).subject("zhang@example.org").await.id;
        let one = challenge();
        proxy.after_bytes(b"COMMIT", Way::Hole);
        for _ in 0..2 {
            let outcome = Hand(&store).set_again(&who, "New-Password-1", one).await;
            assert!(matches!(outcome, Err(AccountError::Unknown { .. })), "{outcome:?}");
            proxy.reopen().await;
        }
        assert!(Hand(&store).signs_in("zhang@example.org", "New-Password-1").await);
        Hand(&store).set(&who, "New-Password-2").await.unwrap();
    }
}

#[tokio::test]
async fn a_server_that_answers_ten_seconds_late_is_unavailable_and_writes_nothing() {
    for (base, proxy) in both_behind_proxies().await {
        let store = base.open().await;
        let who = Hand(&store).subject("zhang@example.org").await.id;
        proxy.delay(Duration::from_secs(10));
        assert!(is_unavailable(&store.find(&address("zhang@example.org")).await));
        assert!(is_unavailable(&Hand(&store).set(&who, "New-Password-1").await));
        proxy.reopen().await;
        assert!(Hand(&store).signs_in("zhang@example.org", "Old-Password-1").await);
    }
}

#[tokio::test]
async fn a_restart_of_the_server_is_survived() {
    let mut postgres = Postgres::start();
    let port = postgres.port;
    let mut base = Base::with_people(Server::Postgres(Arc::new(postgres))).await;
    base.settings.timeout = "3s".parse().unwrap();
    let store = base.open().await;
    let Server::Postgres(server) = base.server else { unreachable!() };
    postgres = Arc::into_inner(server).unwrap();
    postgres.restart();
    assert_eq!(postgres.port, port);
    assert!(Hand(&store).signs_in("zhang@example.org", "Old-Password-1").await);
    postgres.kill();
    assert!(is_unavailable(&store.find(&address("zhang@example.org")).await));
    postgres.start_again();
    let who = Hand(&store).subject("zhang@example.org").await.id;
    Hand(&store).set(&who, "New-Password-1").await.unwrap();

    let mut base = Base::with_people(Server::MariaDb(Arc::new(MariaDb::start()))).await;
    base.settings.timeout = "3s".parse().unwrap();
    let store = base.open().await;
    let Server::MariaDb(server) = base.server else { unreachable!() };
    let mut mariadb = Arc::into_inner(server).unwrap();
    mariadb.restart();
    assert!(Hand(&store).signs_in("zhang@example.org", "Old-Password-1").await);
    mariadb.kill();
    assert!(is_unavailable(&store.find(&address("zhang@example.org")).await));
    mariadb.start_again();
    let who = Hand(&store).subject("zhang@example.org").await.id;
    Hand(&store).set(&who, "New-Password-1").await.unwrap();
}

/// A server of the test's own, to be ended in the middle of its work.
enum Own {
    Postgres(Postgres),
    MariaDb(MariaDb),
}

impl Own {
    fn of(server: Server) -> Self {
        match server {
            Server::Postgres(server) => Self::Postgres(Arc::into_inner(server).unwrap()),
            Server::MariaDb(server) => Self::MariaDb(Arc::into_inner(server).unwrap()),
            Server::File(_) => panic!("a file has no server"),
        }
    }

    fn kill(&mut self) {
        match self {
            Self::Postgres(server) => server.kill(),
            Self::MariaDb(server) => server.kill(),
        }
    }

    fn start_again(&mut self) {
        match self {
            Self::Postgres(server) => server.start_again(),
            Self::MariaDb(server) => server.start_again(),
        }
    }
}

/// The server dies with the update done and not committed; or with the commit done and not answered.
#[tokio::test]
async fn a_server_that_dies_midway_has_written_nothing_or_is_told_as_unknown() {
    for server in [Server::Postgres(Arc::new(Postgres::start())), Server::MariaDb(Arc::new(MariaDb::start()))] {
        let mut base = Base::with_people(server).await;
        base.settings.timeout = "5s".parse().unwrap();
        let (base, proxy) = base.behind_proxy().await;
        let store = base.open().await;
        let who = Hand(&store).subject("zhang@example.org").await.id;
        let mut server = Own::of(base.server);
        for (number, seen, is_unknown) in [(1, HASH, false), (2, b"COMMIT", true)] {
            let (one, new) = (challenge(), format!("New-Password-{number}"));
            proxy.after_bytes(seen, Way::Hole);
            let writing = async { Hand(&store).set_again(&who, &new, one).await };
            let dying = async {
                while !proxy.has_sprung() {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                server.kill();
                proxy.set(Way::Cut);
            };
            let (outcome, ()) = tokio::join!(writing, dying);
            assert_eq!(matches!(outcome, Err(AccountError::Unknown { .. })), is_unknown, "{outcome:?}");
            assert!(is_unknown || is_unavailable(&outcome), "{outcome:?}");
            server.start_again();
            proxy.reopen().await;
            // One of both, whole; and before the commit it is the old one.
            let (old, new) = (
                Hand(&store).signs_in("zhang@example.org", "Old-Password-1").await,
                Hand(&store).signs_in("zhang@example.org", &new).await,
            );
            assert!(old != new && (old || is_unknown), "{number}: old {old}, new {new}");
        }
    }
}

#[tokio::test]
async fn a_server_that_takes_no_writes_is_told_as_one() {
    let base = Base::postgres().await;
    let store = base.open().await;
    let who = Hand(&store).subject("zhang@example.org").await.id;
    base.run(&format!("ALTER DATABASE {} SET default_transaction_read_only = on", base.database)).await;
    base.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()").await;
    let error = Hand(&store).set(&who, "New-Password-1").await.unwrap_err();
    assert!(matches!(&error, AccountError::Unavailable { reason } if reason.contains("may only be read")), "{error}");
    assert!(Hand(&store).signs_in("zhang@example.org", "Old-Password-1").await);
    assert!(base.refusal().await.contains("writing: "));

    let base = Base::with_people(Server::MariaDb(Arc::new(MariaDb::start()))).await;
    let store = base.open().await;
    let who = Hand(&store).subject("zhang@example.org").await.id;
    base.run("SET GLOBAL read_only = 1").await;
    let error = Hand(&store).set(&who, "New-Password-1").await.unwrap_err();
    assert!(matches!(&error, AccountError::Unavailable { reason } if reason.contains("may only be read")), "{error}");
    assert!(Hand(&store).signs_in("zhang@example.org", "Old-Password-1").await);
    assert!(base.refusal().await.contains("writing: "));
}

/// The tables of MariaDB live in one file here, which may not grow for ever.
#[tokio::test]
async fn a_full_disk_is_told_as_one() {
    let options = ["--innodb-file-per-table=0", "--innodb-data-file-path=ibdata1:12M:autoextend:max:24M"];
    let base = Base::with_people(Server::MariaDb(Arc::new(MariaDb::start_with(&options)))).await;
    let store = base.open().await;
    let who = Hand(&store).subject("zhang@example.org").await.id;
    base.run("CREATE TABLE ballast (filling LONGTEXT)").await;
    let Server::MariaDb(server) = &base.server else { unreachable!() };
    let mut connection = server.connect(&base.database).await;
    // Ever smaller pieces, until nothing fits any more.
    for size in [1_000_000, 100_000, 7_000, 500, 10] {
        let fill = format!("INSERT INTO ballast VALUES (repeat('x', {size}))");
        while sqlx::query(sqlx::AssertSqlSafe(fill.clone())).execute(&mut connection).await.is_ok() {}
    }
    let mut last = Ok(());
    for _ in 0..2_000 {
        last = Hand(&store).set(&who, "New-Password-1").await.map(|_| ());
        if last.is_err() {
            break;
        }
    }
    let error = last.unwrap_err();
    assert!(matches!(&error, AccountError::Unavailable { reason } if reason.contains("is full")), "{error}");
    store.check().await.unwrap();
}
