//! Active Directory, as Samba's domain controller speaks it.

use resetgate::account::conformance::Cast;
use resetgate::account::ldap::LdapAccounts;
use resetgate::account::{AccountError, AccountStore, MaxAge, PasswordWrite};
use resetgate::domain::{Clock, Condition, Lock, SystemClock, Timestamp};

use crate::contract::{NOW, address, cast, keeps_every_promise, password};
use crate::ldap::{challenge, reaching, set, signs_in, zhang};
use crate::servers::certificates::Authority;
use crate::servers::samba::{BASE, DOMAIN, SERVICE, SERVICE_PASSWORD, Samba, TIMID};

fn settings(authority: &std::path::Path, more: &str) -> String {
    format!(
        "ldap.ca_file = '{}'
        ldap.bind_dn = \"{SERVICE}\"
        ldap.bind_password = \"{SERVICE_PASSWORD}\"
        ldap.base = \"{BASE}\"
        ldap.filter = \"(&(objectCategory=person)(objectClass=user)(|(mail={{address}})(proxyAddresses=smtp:{{address}})))\"
        ldap.id = \"objectGUID\"
        ldap.attributes = {{ aliases = [\"proxyAddresses\"], phone_bound = \"\", birthday = \"\", unit = \"department\", \
            password_changed = \"pwdLastSet\" }}
        ldap.password = {{ write = \"unicode_pwd\", expiry = \"\" }}
        {more}",
        authority.display()
    )
}

/// One domain for all of it: to make one takes seconds.
#[tokio::test]
async fn active_directory_keeps_every_promise_and_tells_about_itself() {
    let authority = Authority::new();
    let server = Samba::start(&authority.shows("localhost"));
    let file = authority.file();
    let plain = settings(file.path(), "");
    let store = reaching(&server.url(), &plain);

    // Shorter than the seven signs of the domain's policy. No telephone number in `mobile` besides the one.
    let people = Cast { several: None, refused: Some(password("Sh-7")), ..cast() };
    let untried = [
        "of_several_numbers_the_mobile_one_is_the_phone",
        "validity_is_kept_to_the_calendar_month",
        "what_runs_out_is_listed",
    ];
    keeps_every_promise(store.clone(), people, &untried).await;

    let who = zhang(&store).await;
    let outcome = set(&store, &who, "Sh-7", challenge()).await;
    let Err(AccountError::PasswordRefused { reason }) = outcome else { unreachable!("{outcome:?}") };
    assert!(reason.contains("0000052D") && !reason.contains("Sh-7"), "{reason}");

    let with_expiry = plain.replace("expiry = \"\"", "expiry = \"accountExpires\", expiry_format = \"filetime\"");
    let keeping = reaching(&server.url(), &with_expiry);
    let written = set(&keeping, &who, "New-Password-1", challenge()).await.unwrap();
    let until = |days: i64| Timestamp::from_millis(NOW.as_millis() + days * 86_400_000);
    let soon = keeping.expiring(NOW, until(60), 10).await.unwrap();
    assert_eq!(soon.len(), 1);
    assert_eq!(
        (soon[0].subject.address.clone(), Some(soon[0].expires_at)),
        (address("zhang@example.org"), written.expires_at)
    );
    assert!(keeping.expiring(NOW, until(7), 10).await.unwrap().is_empty());

    let findings = keeping.examine().await;
    let bad: Vec<_> = findings.iter().filter(|finding| finding.state == Condition::Bad).collect();
    assert!(bad.is_empty(), "{bad:#?}");
    let state = |what: &str| findings.iter().find(|finding| finding.what == what).map(|finding| finding.state);
    assert_eq!(state("right to write mobile"), Some(Condition::Good));
    assert_eq!(state("right to write accountExpires"), Some(Condition::Good));
    assert_eq!(state("right to write lockoutTime"), Some(Condition::Good));
    assert_eq!(state("right to write unicodePwd"), Some(Condition::Doubtful), "nothing tells");
    assert_eq!(state("rights beyond need"), Some(Condition::Good));

    let admin = settings(file.path(), "").replace(SERVICE, "CN=Administrator,CN=Users,DC=ad,DC=example,DC=org");
    let admin = reaching(&server.url(), &admin.replace(SERVICE_PASSWORD, "Admin-Password-1")).examine().await;
    let excess: Vec<_> = admin.iter().filter(|finding| finding.what == "rights beyond need").collect();
    assert!(excess.iter().any(|finding| finding.text.contains("administrator of the domain")), "{excess:?}");

    let wrong_way = reaching(&server.url(), &plain.replace("unicode_pwd", "password_modify")).examine().await;
    let told = wrong_way.iter().find(|finding| finding.what == "password write").unwrap();
    assert!(told.state == Condition::Bad && told.text.contains("unicode_pwd"), "{told:?}");
    let _ = signs_in(&store, "New-Password-1").await;

    locks_end_with_the_recovery_or_are_told(&server, &plain).await;
    an_account_whose_time_is_over_is_told_apart(&server, &plain, &with_expiry).await;
    the_rules_of_the_domain_are_told(&server, &plain).await;
}

const ZHANG: &str = "CN=zhang,OU=people,DC=ad,DC=example,DC=org";

fn replace(server: &Samba, dn: &str, attribute: &str, value: &str) {
    server.change(&format!("dn: {dn}\nchangetype: modify\nreplace: {attribute}\n{attribute}: {value}\n"));
}

/// Ten wrong passwords.
async fn lock(server: &Samba, store: &LdapAccounts, right: &str) {
    for _ in 0..10 {
        assert!(!signs_in(store, "Wrong-Password-1").await);
    }
    assert_ne!(server.value(ZHANG, "lockoutTime").trim_start_matches('0'), "", "it is locked");
    assert!(!signs_in(store, right).await, "the right one is refused");
}

async fn locks_end_with_the_recovery_or_are_told(server: &Samba, plain: &str) {
    replace(server, DOMAIN, "lockoutThreshold", "10");
    let able = reaching(&server.url(), plain);
    let who = zhang(&able).await;
    set(&able, &who, "Able-Password-1", challenge()).await.unwrap();
    lock(server, &able, "Able-Password-1").await;
    let written = set(&able, &who, "Able-Password-2", challenge()).await.unwrap();
    assert_eq!((written.lock, server.value(ZHANG, "lockoutTime").as_str()), (None, "0"));
    assert!(signs_in(&able, "Able-Password-2").await, "at once");

    let timid = reaching(&server.url(), &plain.replace(SERVICE, TIMID));
    let findings = timid.examine().await;
    let right = findings.iter().find(|finding| finding.what == "right to write lockoutTime").unwrap();
    assert!(right.state == Condition::Doubtful && right.text.contains("stays locked after a recovery"), "{right:?}");
    lock(server, &able, "Able-Password-2").await;
    let once = challenge();
    let written = set(&timid, &who, "Timid-Password-1", once).await.unwrap();
    let ends_at = written.lock.expect("it stays locked").ends_at.expect("the domain says for how long");
    let left = ends_at.as_millis() - SystemClock::start().now().as_millis();
    assert!((28 * 60_000..=30 * 60_000).contains(&left), "{left} ms of half an hour");
    assert_eq!(set(&timid, &who, "Other-Password-1", once).await.unwrap(), written, "a repeat says the same");
    assert!(!signs_in(&able, "Timid-Password-1").await);
    replace(server, ZHANG, "lockoutTime", "0");
    assert!(signs_in(&able, "Timid-Password-1").await, "it was written all the same");

    // Until an administrator lifts it: there is no end to tell.
    replace(server, DOMAIN, "lockoutDuration", "-9223372036854775808");
    lock(server, &able, "Timid-Password-1").await;
    let written = set(&timid, &who, "Timid-Password-2", challenge()).await.unwrap();
    assert_eq!(written.lock, Some(Lock { ends_at: None }));
    set(&able, &who, "Able-Password-3", challenge()).await.unwrap();
    assert!(signs_in(&able, "Able-Password-3").await);

    // 773: the password must be changed at the next sign-in. The one just chosen need not.
    replace(server, ZHANG, "pwdLastSet", "0");
    set(&able, &who, "Able-Password-4", challenge()).await.unwrap();
    assert_ne!(server.value(ZHANG, "pwdLastSet"), "0");
    assert!(signs_in(&able, "Able-Password-4").await);
}

async fn an_account_whose_time_is_over_is_told_apart(server: &Samba, plain: &str, with_expiry: &str) {
    let (store, keeping) = (reaching(&server.url(), plain), reaching(&server.url(), with_expiry));
    let find = async |store: &LdapAccounts| store.find(&address("zhang@example.org")).await.unwrap().unwrap();
    let who = zhang(&store).await;
    // 2020, and three weeks from the present of the tests.
    replace(server, ZHANG, "accountExpires", "132223104000000000");
    let found = find(&store).await;
    assert!(!found.enabled && found.ended);
    assert_eq!(set(&store, &who, "Ended-Password-1", challenge()).await, Err(AccountError::NoSuchAccount));
    assert!(find(&keeping).await.enabled, "there it is the end of a password, which a recovery is for");
    replace(server, ZHANG, "accountExpires", "134416908000000000");
    assert!(find(&store).await.enabled);
    let choose = async |max_age| {
        let new = password("Kept-Password-1");
        let write = PasswordWrite { password: &new, max_age, revoke_sessions: true, challenge: challenge(), now: NOW };
        keeping.set_password(&who, write).await.unwrap().expires_at
    };
    let end = Some(Timestamp::from_millis(134_416_908_000_000_000 / 10_000 - 11_644_473_600_000));
    assert_eq!(choose(None).await, end, "no choice leaves the end of the account");
    assert_eq!(server.value(ZHANG, "accountExpires"), "134416908000000000");
    assert_eq!(choose(Some(MaxAge::Never)).await, None);
    assert_eq!(server.value(ZHANG, "accountExpires"), "9223372036854775807");
}

/// 42 days, whatever is chosen.
async fn the_rules_of_the_domain_are_told(server: &Samba, plain: &str) {
    replace(server, DOMAIN, "maxPwdAge", "-36288000000000");
    let store = reaching(&server.url(), plain);
    let who = zhang(&store).await;
    let written = set(&store, &who, "Rules-Password-1", challenge()).await.unwrap();
    let left = written.expires_at.unwrap().as_millis() - SystemClock::start().now().as_millis();
    assert!((42 * 86_400_000 - 120_000..=42 * 86_400_000).contains(&left), "{left} ms of 42 days");
}
