//! What a look at a directory finds before the first person needs it.

use std::io::Write;
use std::sync::{Arc, Mutex};

use resetgate::account::{AccountError, AccountStore, Surroundings};
use resetgate::domain::{Condition, Finding, SystemRandom};

use crate::contract::clock;
use crate::ldap::{over_two, reaching, settings};
use crate::servers::certificates::Authority;
use crate::servers::slapd::{Setup, Slapd, free_port};

const ZHANG: &str = "uid=zhang,ou=people,dc=example,dc=org";

async fn findings(server: &Slapd, more: &str) -> Vec<Finding> {
    reaching(&server.url(), more).examine().await
}

fn state(findings: &[Finding], what: &str) -> Option<Condition> {
    findings.iter().find(|finding| finding.what == what).map(|finding| finding.state)
}

fn not_good(findings: &[Finding]) -> Vec<&Finding> {
    findings.iter().filter(|finding| finding.state != Condition::Good).collect()
}

#[tokio::test]
async fn a_sound_directory_is_told_as_sound_and_left_as_it_is() {
    let authority = Authority::new();
    let server = Slapd::start(&Setup { shows: Some(&authority.shows("localhost")), ..Setup::default() });
    let before = server.values(ZHANG, "entryCSN");
    let file = authority.file();
    let more = format!(
        "ldap.ca_file = '{}'\nldap.attributes.unit = \"\"\nldap.attributes.password_changed = \"\"
        ldap.password = {{ write = \"user_password\", shadow_last_change = true, clear_reset = true, marker = \"resetMarker\" }}",
        file.path().display()
    );
    let findings = reaching(&server.tls_url(), &more).examine().await;
    assert!(not_good(&findings).is_empty(), "{:#?}", not_good(&findings));
    for right in
        ["userPassword", "mobile", "phoneBoundAt", "passwordEnds", "resetMarker", "shadowLastChange", "pwdReset"]
    {
        assert_eq!(state(&findings, &format!("right to write {right}")), Some(Condition::Good), "{right}");
    }
    assert_eq!(server.values(ZHANG, "entryCSN"), before, "nothing was written");
}

#[tokio::test]
async fn a_right_that_is_missing_is_named() {
    let rights =
        "access to attrs=userPassword by anonymous auth\naccess to * by dn.exact=cn=resetgate,dc=example,dc=org read";
    let server = Slapd::start(&Setup { rights: Some(rights), ..Setup::default() });
    let findings = findings(&server, "").await;
    for right in ["userPassword", "mobile", "phoneBoundAt", "passwordEnds"] {
        assert_eq!(state(&findings, &format!("right to write {right}")), Some(Condition::Bad), "{right}");
    }
}

#[tokio::test]
async fn a_service_that_may_do_far_more_is_told() {
    let rights = "access to attrs=userPassword by dn.exact=cn=resetgate,dc=example,dc=org write by anonymous auth\n\
                  access to * by dn.exact=cn=resetgate,dc=example,dc=org write";
    let config =
        "database config\nrootdn cn=admin,cn=config\naccess to * by dn.exact=cn=resetgate,dc=example,dc=org read\n";
    let server = Slapd::start(&Setup { rights: Some(rights), globally: config, ..Setup::default() });
    let before = server.values("ou=people,dc=example,dc=org", "entryCSN");
    let findings = findings(&server, "").await;
    let excess: Vec<_> = findings.iter().filter(|finding| finding.what == "rights beyond need").collect();
    assert!(excess.iter().any(|finding| finding.text.contains("base itself")), "{excess:?}");
    assert!(excess.iter().any(|finding| finding.text.contains("cn=config")), "{excess:?}");
    assert_eq!(server.values("ou=people,dc=example,dc=org", "entryCSN"), before, "nothing was written");
}

#[tokio::test]
async fn a_name_that_the_schema_does_not_have_is_told() {
    let server = Slapd::start(&Setup::default());
    let findings = findings(&server, "ldap.attributes = { mobile = \"cellphone\", unit = \"department\" }").await;
    assert_eq!(state(&findings, "attribute cellphone"), Some(Condition::Bad));
    assert_eq!(state(&findings, "attribute department"), Some(Condition::Doubtful));
}

#[tokio::test]
async fn a_base_a_filter_or_a_way_of_writing_that_does_not_fit_is_told() {
    let server = Slapd::start(&Setup::default());
    let nowhere = findings(&server, "ldap.base = \"ou=nowhere,dc=example,dc=org\"").await;
    assert_eq!(state(&nowhere, "base"), Some(Condition::Bad));
    let nobody = findings(&server, "ldap.filter = \"(&(objectClass=device)(cn={address}))\"").await;
    assert_eq!(state(&nobody, "accounts"), Some(Condition::Doubtful));
    let windows = findings(&server, "ldap.password.write = \"unicode_pwd\"").await;
    assert_eq!(state(&windows, "password write"), Some(Condition::Bad));
    let followed = findings(&server, "").await;
    assert_eq!(state(&followed, "password write"), Some(Condition::Doubtful), "Password Modify and an expiry");
    let alone = findings(&server, "ldap.password.expiry = \"\"").await;
    assert_eq!(state(&alone, "password write"), Some(Condition::Good));
}

/// A second server that is dead shows before the first fails, too.
#[tokio::test]
async fn every_server_is_looked_at_by_itself() {
    let server = Slapd::start(&Setup::default());
    let dead = format!("ldap://127.0.0.1:{}", free_port());
    let findings = over_two(&server.url(), &dead).examine().await;
    assert_eq!(state(&findings, &format!("server {}", server.url())), Some(Condition::Good));
    assert_eq!(state(&findings, &format!("server {dead}")), Some(Condition::Bad));
    assert_eq!(state(&findings, "base"), Some(Condition::Good));
    let none = over_two(&dead, &dead).examine().await;
    assert!(none.iter().all(|finding| finding.state == Condition::Bad) && none.len() == 2, "{none:?}");
    let wrong = findings_with_wrong_password(&server).await;
    assert!(wrong[0].text.contains("bind_password") && !wrong[0].text.contains("not the one"), "{wrong:?}");
}

async fn findings_with_wrong_password(server: &Slapd) -> Vec<Finding> {
    findings(server, "ldap.bind_password = \"not the one\"").await
}

/// What is logged, kept for the test to read.
#[derive(Clone, Default)]
struct Page(Arc<Mutex<Vec<u8>>>);

impl Write for Page {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What a start logs, and what readiness says after it.
async fn start(url: &str, more: &str) -> (String, Result<(), AccountError>) {
    let page = Page::default();
    let writer = page.clone();
    let lines = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
    let _guard = tracing::subscriber::set_default(lines);
    let settings = settings(&format!(
        "ldap.urls = [\"{url}\"]\ntimeout = \"3s\"\nldap.connect_timeout = \"1s\"\nldap.operation_timeout = \"1s\"\n{more}"
    ));
    let around = Surroundings { clock: clock(), random: Arc::new(SystemRandom) };
    // Neither a directory that is down nor a wrong word keeps the service from starting.
    let store = resetgate::account::open(&settings, &around).await.unwrap();
    let readiness = store.check().await;
    let logged = String::from_utf8(page.0.lock().unwrap().clone()).unwrap();
    (logged, readiness)
}

#[tokio::test]
async fn a_wrong_base_or_password_is_loud_at_the_start_and_nobody_is_ready() {
    let server = Slapd::start(&Setup::default());
    let (logged, readiness) = start(&server.url(), "").await;
    assert_eq!((logged.as_str(), readiness), ("", Ok(())));
    for (wrong, key) in [
        ("ldap.base = \"ou=nowhere,dc=example,dc=org\"", "account.ldap.base"),
        ("ldap.base = \"nowhere\"", "account.ldap.base"),
        ("ldap.bind_password = \"hunter2-hunter2\"", "bind_password"),
    ] {
        let (logged, readiness) = start(&server.url(), wrong).await;
        assert!(logged.contains("ERROR") && logged.contains(key), "{wrong}: {logged}");
        assert!(!logged.contains("hunter2"), "{logged}");
        assert!(readiness.unwrap_err().to_string().contains(key), "{wrong}");
    }
    let dead = format!("ldap://127.0.0.1:{}", free_port());
    let (logged, readiness) = start(&dead, "").await;
    assert!(logged.contains("WARN") && logged.contains("refused") && !logged.contains("ERROR"), "{logged}");
    assert!(readiness.is_err());
}
