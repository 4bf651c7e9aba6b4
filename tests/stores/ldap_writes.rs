//! What a write of a password does to a directory, and to whom.

use resetgate::account::{AccountError, AccountStore};
use resetgate::domain::SubjectId;

use crate::contract::{NOW, address, password, phone};
use crate::ldap::{challenge, reaching, set, signs_in, zhang};
use crate::servers::ldap_proxy::{EXTENDED, MODIFY, Proxy, SEARCH};
use crate::servers::slapd::{Setup, Slapd};

const ZHANG: &str = "uid=zhang,ou=people,dc=example,dc=org";

/// Password, validity, marker and the rest are there together or not at all.
#[tokio::test]
async fn everything_is_written_in_one_operation() {
    let server = Slapd::start(&Setup { policy: "ppolicy_hash_cleartext", ..Setup::default() });
    let proxy = Proxy::before(server.port()).await;
    let more = "ldap.connections = 1
                ldap.password = { write = \"user_password\", hashed_by = \"server\", shadow_last_change = true, \
                clear_reset = true, marker = \"resetMarker\" }";
    let store = reaching(&proxy.url(), more);
    let (who, one) = (zhang(&store).await, challenge());
    server.change(&format!("dn: {ZHANG}\nchangetype: modify\nreplace: pwdReset\npwdReset: TRUE\n"));
    proxy.take();
    set(&store, &who, "New-Password-1", one).await.unwrap();
    assert_eq!(proxy.take_kinds(), [SEARCH, MODIFY]);
    assert_eq!(server.values(ZHANG, "passwordEnds"), ["20261223030000Z"]);
    assert_eq!(server.values(ZHANG, "shadowLastChange"), ["20780"]);
    assert_eq!(server.values(ZHANG, "resetMarker"), [one.to_string()]);
    assert_eq!(server.values(ZHANG, "pwdReset"), [""; 0]);
    assert!(signs_in(&store, "New-Password-1").await);
}

/// A policy that makes everybody choose again after an administrator's reset does not hit who has just chosen.
#[tokio::test]
async fn whoever_has_just_chosen_need_not_choose_again() {
    // Only who may manage passwords is taken for an administrator.
    let rights = "access to attrs=userPassword by dn.exact=cn=resetgate,dc=example,dc=org manage by anonymous auth\n\
                  access to * by dn.exact=cn=resetgate,dc=example,dc=org write";
    let server = Slapd::start(&Setup { rights: Some(rights), ..Setup::default() });
    server.change("dn: cn=policy,dc=example,dc=org\nchangetype: modify\nreplace: pwdMustChange\npwdMustChange: TRUE\n");
    let plain = reaching(&server.url(), "");
    let who = zhang(&plain).await;
    set(&plain, &who, "New-Password-1", challenge()).await.unwrap();
    assert_eq!(server.values(ZHANG, "pwdReset"), ["TRUE"], "the server does what the key is there for");
    let clearing = reaching(&server.url(), "ldap.password = { clear_reset = true }");
    set(&clearing, &who, "New-Password-2", challenge()).await.unwrap();
    assert_eq!(server.values(ZHANG, "pwdReset"), [""; 0]);
}

/// The operation of RFC 3062 takes nothing besides; what fails after it is no failure of the password.
#[tokio::test]
async fn a_password_that_stands_is_told_as_written_though_its_validity_is_not() {
    let rights = "access to attrs=userPassword by dn.exact=cn=resetgate,dc=example,dc=org =w by anonymous auth\n\
                  access to * by dn.exact=cn=resetgate,dc=example,dc=org read";
    let server = Slapd::start(&Setup { rights: Some(rights), ..Setup::default() });
    let proxy = Proxy::before(server.port()).await;
    let store = reaching(&proxy.url(), "ldap.connections = 1");
    let who = zhang(&store).await;
    proxy.take();
    let written = set(&store, &who, "New-Password-1", challenge()).await.unwrap();
    assert_eq!((written.changed_at, written.expires_at), (NOW, None));
    assert_eq!(proxy.take_kinds(), [SEARCH, EXTENDED, MODIFY]);
    assert!(signs_in(&store, "New-Password-1").await);
}

/// case 79: with a marker in the directory, a repeat is recognised by a process that knows nothing of the first.
#[tokio::test]
async fn a_repeat_after_a_restart_is_recognised_by_its_marker() {
    let server = Slapd::start(&Setup::default());
    let more = "ldap.password = { marker = \"resetMarker\" }";
    let (before, after) = (reaching(&server.url(), more), reaching(&server.url(), more));
    let (who, one) = (zhang(&before).await, challenge());
    let first = set(&before, &who, "New-Password-1", one).await.unwrap();
    let repeat = set(&after, &who, "New-Password-2", one).await.unwrap();
    assert_eq!(repeat.expires_at, first.expires_at);
    assert!(signs_in(&after, "New-Password-1").await && !signs_in(&after, "New-Password-2").await);
}

/// Who was renamed keeps the key; whoever takes the old name gets nothing that was meant for the other.
#[tokio::test]
async fn a_name_that_passes_to_another_person_brings_no_password_along() {
    let server = Slapd::start(&Setup::default());
    let store = reaching(&server.url(), "");
    let who = zhang(&store).await;
    server.change(&format!("dn: {ZHANG}\nchangetype: modrdn\nnewrdn: uid=zhang.elder\ndeleteoldrdn: 1\n"));
    server.change("dn: uid=li,ou=people,dc=example,dc=org\nchangetype: modrdn\nnewrdn: uid=zhang\ndeleteoldrdn: 1\n");
    set(&store, &who, "New-Password-1", challenge()).await.unwrap();
    assert!(signs_in(&store, "New-Password-1").await);
    let (li, new) = (address("li@example.org"), password("New-Password-1"));
    assert!(!store.verify_password(&li, &new).await.unwrap());
}

#[tokio::test]
async fn an_entry_that_is_gone_is_no_account() {
    let server = Slapd::start(&Setup::default());
    let store = reaching(&server.url(), "");
    let who = zhang(&store).await;
    server.change(&format!("dn: {ZHANG}\nchangetype: delete\n"));
    assert_eq!(set(&store, &who, "New-Password-1", challenge()).await, Err(AccountError::NoSuchAccount));
    assert_eq!(store.bind_phone(&who, None, NOW).await, Err(AccountError::NoSuchAccount));
}

/// A password like a mark of a hash would be taken for a hash, or for the name of a program that verifies it.
#[tokio::test]
async fn a_password_that_looks_like_a_hash_is_refused_where_the_server_would_take_it_for_one() {
    let server = Slapd::start(&Setup { policy: "ppolicy_hash_cleartext", ..Setup::default() });
    let store = reaching(&server.url(), "ldap.password = { write = \"user_password\", hashed_by = \"server\" }");
    let who = zhang(&store).await;
    let outcome = set(&store, &who, "{SASL}zhang@EXAMPLE.ORG", challenge()).await;
    assert!(matches!(outcome, Err(AccountError::PasswordRefused { .. })), "{outcome:?}");
    assert!(signs_in(&store, "Old-Password-1").await);
}

/// case 79: what the server does not allow says what to do, and nothing was written.
#[tokio::test]
async fn missing_rights_and_a_read_only_server_say_what_to_do() {
    let bare =
        "access to attrs=userPassword by anonymous auth\naccess to * by dn.exact=cn=resetgate,dc=example,dc=org read";
    for (setup, told) in [
        (Setup { rights: Some(bare), ..Setup::default() }, "let account.ldap.bind_dn write"),
        (Setup { database: "readonly on", ..Setup::default() }, "unwillingToPerform (53)"),
    ] {
        let server = Slapd::start(&setup);
        for write in ["password_modify", "user_password"] {
            let store = reaching(&server.url(), &format!("ldap.password = {{ write = \"{write}\" }}"));
            let who = zhang(&store).await;
            let one = challenge();
            let outcome = set(&store, &who, "New-Password-1", one).await;
            let Err(AccountError::Unavailable { reason }) = outcome else { unreachable!("{outcome:?}") };
            assert!(reason.contains(told), "{reason}");
            let bound = store.bind_phone(&who, Some(&phone("13800000001")), NOW).await;
            assert!(matches!(&bound, Err(AccountError::Unavailable { reason }) if reason.contains(told)), "{bound:?}");
            assert!(signs_in(&store, "Old-Password-1").await);
            // A definite no: the same challenge may try again.
            assert!(matches!(set(&store, &who, "New-Password-1", one).await, Err(AccountError::Unavailable { .. })));
        }
    }
}

#[tokio::test]
async fn a_key_of_another_kind_of_store_is_nobodys() {
    let server = Slapd::start(&Setup::default());
    let store = reaching(&server.url(), "");
    for key in ["1", ZHANG, "*", "zhang@example.org", &"a".repeat(10_000)] {
        let outcome = set(&store, &SubjectId::new(key), "New-Password-1", challenge()).await;
        assert_eq!(outcome, Err(AccountError::NoSuchAccount), "{key:.60}");
    }
}
