//! Active Directory, as Samba's domain controller speaks it.

use resetgate::account::conformance::Cast;
use resetgate::account::{AccountError, AccountStore};
use resetgate::domain::{Condition, Timestamp};

use crate::contract::{NOW, address, cast, keeps_every_promise, password};
use crate::ldap::{challenge, reaching, set, signs_in, zhang};
use crate::servers::certificates::Authority;
use crate::servers::samba::{BASE, SERVICE, SERVICE_PASSWORD, Samba};

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
}
