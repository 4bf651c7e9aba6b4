//! Locks by wrong passwords, and the validity of a password policy, in `OpenLDAP` with ppolicy.

use resetgate::account::ldap::LdapAccounts;
use resetgate::account::{AccountError, AccountStore, MaxAge, PasswordWrite};
use resetgate::domain::{SubjectId, Timestamp};

use crate::contract::{NOW, address, password};
use crate::ldap::{challenge, reaching, set, signs_in, zhang};
use crate::servers::slapd::{Setup, Slapd};

const ZHANG: &str = "uid=zhang,ou=people,dc=example,dc=org";

fn strict(more: &str) -> Slapd {
    let server = Slapd::start(&Setup { policy: "ppolicy_hash_cleartext", ..Setup::default() });
    server.change(&format!(
        "dn: cn=policy,dc=example,dc=org\nchangetype: modify\nadd: pwdLockout\npwdLockout: TRUE\n-\n\
         add: pwdMaxFailure\npwdMaxFailure: 3\n-\nadd: pwdLockoutDuration\npwdLockoutDuration: 1800\n{more}"
    ));
    server
}

async fn lock(server: &Slapd, store: &LdapAccounts, right: &str) {
    for _ in 0..3 {
        assert!(!signs_in(store, "Wrong-Password-1").await);
    }
    assert_eq!(server.values(ZHANG, "pwdAccountLockedTime").len(), 1);
    assert!(!signs_in(store, right).await, "the right one is refused");
}

/// Whichever way the password is written, the server lifts its lock with it.
#[tokio::test]
async fn a_lock_by_wrong_passwords_ends_with_the_recovery() {
    for way in [
        "{ write = \"password_modify\", expiry = \"\" }",
        "{ write = \"user_password\", hashed_by = \"server\", expiry = \"\" }",
        "{ write = \"user_password\", expiry = \"\", policy = \"cn=policy,dc=example,dc=org\" }",
    ] {
        let server = strict("");
        let store = reaching(&server.url(), &format!("ldap.password = {way}"));
        let who = zhang(&store).await;
        lock(&server, &store, "Old-Password-1").await;
        let written = set(&store, &who, "New-Password-1", challenge()).await.unwrap();
        assert_eq!(written.lock, None, "{way}");
        assert!(signs_in(&store, "New-Password-1").await, "{way}");
        // The lock of an administrator is another matter.
        server.change(&format!(
            "dn: {ZHANG}\nchangetype: modify\nreplace: pwdAccountLockedTime\npwdAccountLockedTime: 000001010000Z\n"
        ));
        assert!(!store.find(&address("zhang@example.org")).await.unwrap().unwrap().enabled);
        assert_eq!(set(&store, &who, "Other-Password-1", challenge()).await, Err(AccountError::NoSuchAccount));
    }
}

async fn choose(store: &LdapAccounts, who: &SubjectId, max_age: Option<MaxAge>) -> Option<Timestamp> {
    let new = password("Chosen-Password-1");
    let write = PasswordWrite { password: &new, max_age, revoke_sessions: true, challenge: challenge(), now: NOW };
    store.set_password(who, write).await.unwrap().expires_at
}

/// 90 days; no choice and a longer one come to the same.
#[tokio::test]
async fn the_validity_of_the_policy_is_told_unless_less_was_chosen() {
    let server = strict("-\nadd: pwdMaxAge\npwdMaxAge: 7776000\n");
    let policy = "ldap.password = { policy = \"cn=policy,dc=example,dc=org\" }";
    let store = reaching(&server.url(), policy);
    let who = zhang(&store).await;
    for choice in [None, Some(MaxAge::Never), Some(MaxAge::Months(12))] {
        let told = choose(&store, &who, choice).await.expect("it runs out");
        let changed = server.values(ZHANG, "pwdChangedTime").pop().unwrap();
        let changed = jiff::civil::DateTime::strptime("%Y%m%d%H%M%SZ", &changed).unwrap();
        let end = changed.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp().as_millisecond() + 90 * 86_400_000;
        assert_eq!(told, Timestamp::from_millis(end), "{choice:?}");
    }
    assert_eq!(choose(&store, &who, Some(MaxAge::Months(1))).await, MaxAge::Months(1).expiry(NOW));
}
