//! Servers that fail: before anything was written, after, or while nobody can tell.

use std::sync::Arc;
use std::time::Duration;

use resetgate::account::ldap::LdapAccounts;
use resetgate::account::{AccountError, AccountStore};
use resetgate::domain::Stored;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::time::Instant;

use crate::contract::{NOW, address, password, phone};
use crate::ldap::{challenge, reaching, set, settings, signs_in, store, zhang};
use crate::servers::ldap_proxy::{BIND, EXTENDED, Failure, MODIFY, Proxy, SEARCH};
use crate::servers::slapd::{Setup, Slapd, free_port};

const IMPATIENT: &str = "timeout = \"4s\"\nldap.connect_timeout = \"1s\"\nldap.operation_timeout = \"1s\"";

/// A listener that takes connections, reads, and answers with `answer` or with nothing.
async fn stub(answer: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ldap://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut bytes = vec![0; 1_024];
                while let Ok(1..) = stream.read(&mut bytes).await {
                    if !answer.is_empty() && stream.write_all(answer).await.is_err() {
                        break;
                    }
                }
            });
        }
    });
    url
}

fn over(urls: &[String], more: &str) -> Arc<LdapAccounts> {
    store(&settings(&format!("ldap.urls = {urls:?}\n{more}"))).unwrap()
}

/// Nothing was written, so nobody is told of a server that was away for a moment.
#[tokio::test]
async fn a_restart_of_the_server_fails_no_request() {
    let mut server = Slapd::start(&Setup::default());
    let store = reaching(&server.url(), "");
    for round in 0..3 {
        // Every connection that is kept is in use.
        for _ in 0..8 {
            assert!(store.find(&address("zhang@example.org")).await.unwrap().is_some());
        }
        server.restart();
        let month = NOW.plus(Duration::from_hours(24 * 40));
        assert!(store.expiring(NOW, month, 10).await.unwrap().len() <= 1);
        let who = zhang(&store).await;
        let password = format!("New-Password-{round}");
        set(&store, &who, &password, challenge()).await.unwrap();
        assert!(signs_in(&store, &password).await);
    }
    server.stop();
    assert!(matches!(store.check().await, Err(AccountError::Unavailable { .. })));
    server.start_again();
    assert_eq!(store.check().await, Ok(()));
}

/// A connection that is lost under a read is made anew, and the read asked again.
#[tokio::test]
async fn a_read_that_is_cut_off_is_asked_again() {
    let server = Slapd::start(&Setup::default());
    let proxy = Proxy::before(server.port()).await;
    let store = reaching(&proxy.url(), IMPATIENT);
    for failure in [Failure::CutBefore, Failure::CutAfter, Failure::Swallowed, Failure::Unanswered] {
        proxy.fail_once(SEARCH, failure);
        assert!(store.find(&address("zhang@example.org")).await.unwrap().is_some(), "{failure:?}");
        let mut kinds = proxy.take_kinds();
        kinds.retain(|kind| *kind == SEARCH);
        assert_eq!(kinds.len(), 2, "{failure:?}");
    }
}

#[tokio::test]
async fn the_next_server_is_asked_when_the_first_is_dead_silent_or_no_directory() {
    let server = Slapd::start(&Setup::default());
    let dead = format!("ldap://127.0.0.1:{}", free_port());
    let silent = stub(b"").await;
    let talker = stub(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
    // A sequence that is no message, which the library panics at.
    let broken = stub(&[0x30, 0x03, 0x02, 0x01, 0x01]).await;
    for first in [dead, silent, talker, broken] {
        let store = over(&[first.clone(), server.url()], IMPATIENT);
        assert!(store.find(&address("zhang@example.org")).await.unwrap().is_some(), "{first}");
        assert!(signs_in(&store, "Old-Password-1").await, "{first}");
        // It is known by now that the first does not answer, and nobody waits for it.
        let begun = Instant::now();
        assert!(signs_in(&store, "Old-Password-1").await, "{first}");
        assert!(begun.elapsed() < Duration::from_millis(900), "{first}: {:?}", begun.elapsed());
    }
}

/// case 79: whatever is wrong before the write, nothing was written, and it is told within the time.
#[tokio::test]
async fn a_black_hole_before_the_write_is_an_outage_and_writes_nothing() {
    let server = Slapd::start(&Setup::default());
    let proxy = Proxy::before(server.port()).await;
    let store = reaching(&proxy.url(), IMPATIENT);
    let who = zhang(&store).await;
    for kind in [SEARCH, BIND] {
        proxy.fail(kind, Failure::Swallowed);
        let begun = Instant::now();
        let one = challenge();
        let outcome = set(&store, &who, "New-Password-1", one).await;
        // A kept connection needs no bind; then the write is done.
        if kind == SEARCH {
            assert!(matches!(outcome, Err(AccountError::Unavailable { .. })), "{outcome:?}");
            assert!(matches!(store.check().await, Err(AccountError::Unavailable { .. })));
        }
        assert!(begun.elapsed() < Duration::from_secs(9), "{:?}", begun.elapsed());
        proxy.heal();
        // Nothing was sent, so the same challenge may write.
        set(&store, &who, "New-Password-2", one).await.unwrap();
    }
    assert!(signs_in(&store, "New-Password-2").await || signs_in(&store, "New-Password-1").await);
}

/// case 79: once the write was sent, only trying to sign in tells; a repeat of it writes nothing.
#[tokio::test]
async fn silence_after_the_write_is_unknown_and_no_second_write_follows() {
    for (kind, method) in [(EXTENDED, "password_modify"), (MODIFY, "user_password")] {
        for (failure, written) in [
            (Failure::Swallowed, false),
            (Failure::Unanswered, true),
            (Failure::CutBefore, false),
            (Failure::CutAfter, true),
        ] {
            let server = Slapd::start(&Setup::default());
            let proxy = Proxy::before(server.port()).await;
            let more = format!("{IMPATIENT}\nldap.password = {{ write = \"{method}\", expiry = \"\" }}");
            let store = reaching(&proxy.url(), &more);
            let who = zhang(&store).await;
            proxy.fail_once(kind, failure);
            let one = challenge();
            let outcome = set(&store, &who, "New-Password-1", one).await;
            assert!(matches!(outcome, Err(AccountError::Unknown { .. })), "{method} {failure:?}: {outcome:?}");
            assert_eq!(signs_in(&store, "New-Password-1").await, written, "{method} {failure:?}");
            proxy.take();
            let repeat = set(&store, &who, "New-Password-2", one).await;
            assert!(matches!(repeat, Err(AccountError::Unknown { .. })), "{method} {failure:?}: {repeat:?}");
            assert!(!proxy.take_kinds().contains(&kind), "{method} {failure:?}");
            assert!(!signs_in(&store, "New-Password-2").await);
            // Another challenge is another write.
            set(&store, &who, "New-Password-3", challenge()).await.unwrap();
            assert!(signs_in(&store, "New-Password-3").await);
        }
    }
}

/// With a marker in the directory, the repeat of a write of unknown outcome learns what became of it.
#[tokio::test]
async fn a_marker_tells_what_became_of_a_write_that_was_not_answered() {
    let server = Slapd::start(&Setup::default());
    let proxy = Proxy::before(server.port()).await;
    let more = format!("{IMPATIENT}\nldap.password = {{ write = \"user_password\", marker = \"resetMarker\" }}");
    let store = reaching(&proxy.url(), &more);
    let (who, one) = (zhang(&store).await, challenge());
    proxy.fail_once(MODIFY, Failure::Unanswered);
    let outcome = set(&store, &who, "New-Password-1", one).await;
    assert!(matches!(outcome, Err(AccountError::Unknown { .. })), "{outcome:?}");
    let repeat = set(&store, &who, "New-Password-2", one).await.unwrap();
    assert_eq!(repeat.expires_at.unwrap().to_string(), "2026-12-23T03:00:00Z");
    assert!(signs_in(&store, "New-Password-1").await);
}

#[tokio::test]
async fn a_phone_whose_binding_was_not_answered_may_be_bound() {
    let server = Slapd::start(&Setup::default());
    let proxy = Proxy::before(server.port()).await;
    let store = reaching(&proxy.url(), IMPATIENT);
    let who = zhang(&store).await;
    proxy.fail_once(MODIFY, Failure::Unanswered);
    let outcome = store.bind_phone(&who, Some(&phone("13800000001")), NOW).await;
    assert!(matches!(outcome, Err(AccountError::Unknown { .. })), "{outcome:?}");
    let subject = store.find(&address("zhang@example.org")).await.unwrap().unwrap();
    assert_eq!(subject.phone, Stored::Value(phone("13800000001")));
}

/// A sign-in that nobody answers is no wrong password.
#[tokio::test]
async fn a_sign_in_that_is_not_answered_is_an_outage() {
    let server = Slapd::start(&Setup::default());
    let proxy = Proxy::before(server.port()).await;
    let store = reaching(&proxy.url(), IMPATIENT);
    assert!(signs_in(&store, "Old-Password-1").await);
    proxy.fail(BIND, Failure::Swallowed);
    let (who, right) = (address("zhang@example.org"), password("Old-Password-1"));
    let outcome = store.verify_password(&who, &right).await;
    assert!(matches!(outcome, Err(AccountError::Unavailable { .. })), "{outcome:?}");
}

/// case 79: killed among writes, the directory has the last password that was told as written, or the next, of which
/// nobody could tell.
#[tokio::test]
async fn a_directory_that_is_killed_midway_has_one_password_whole() {
    let mut server = Slapd::start(&Setup::default());
    let store = reaching(&server.url(), IMPATIENT);
    let who = zhang(&store).await;
    let (told, mut heard) = tokio::sync::watch::channel(0);
    let writing = async {
        let mut last = "Old-Password-1".to_owned();
        for number in 1..100_000 {
            let next = format!("New-Password-{number}");
            if let Err(error) = set(&store, &who, &next, challenge()).await {
                return (last, next, error);
            }
            told.send_replace(number);
            last = next;
        }
        panic!("it was never killed");
    };
    let killing = async {
        heard.wait_for(|written| *written >= 20).await.unwrap();
        server.stop();
    };
    let ((last, next, error), ()) = tokio::join!(writing, killing);
    server.start_again();
    let (has_last, has_next) = (signs_in(&store, &last).await, signs_in(&store, &next).await);
    match error {
        AccountError::Unavailable { .. } => assert!(has_last && !has_next),
        AccountError::Unknown { .. } => assert!(has_last != has_next),
        other => panic!("{other}"),
    }
    set(&store, &who, "Last-Password-1", challenge()).await.unwrap();
    assert!(signs_in(&store, "Last-Password-1").await);
}
