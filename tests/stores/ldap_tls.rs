//! A directory that cannot prove its name gets no password, not even the service's own.

use resetgate::account::{AccountError, AccountStore};

use crate::ldap::{reaching, settings, store};
use crate::servers::certificates::{Authority, Shown};
use crate::servers::ldap_proxy::{BIND, Proxy, SEARCH};
use crate::servers::slapd::{Setup, Slapd};

/// Why a store that believes `believed` does not speak to a server that shows `shown`, over `StartTLS` and over LDAPS.
async fn refusals(shown: &Shown, believed: &Authority) -> [String; 2] {
    let server = Slapd::start(&Setup { shows: Some(shown), ..Setup::default() });
    let file = believed.file();
    let mut reasons = Vec::new();
    for (url, starttls) in [(server.named_url(), true), (server.tls_url(), false)] {
        let store = reaching(&url, &format!("ldap.starttls = {starttls}\nldap.ca_file = '{}'", file.path().display()));
        let error = store.check().await.unwrap_err();
        assert!(matches!(error, AccountError::Unavailable { .. }), "{error}");
        reasons.push(error.to_string());
    }
    reasons.try_into().unwrap()
}

#[tokio::test]
async fn a_certificate_of_the_private_authority_is_good() {
    let authority = Authority::new();
    let server = Slapd::start(&Setup { shows: Some(&authority.shows("localhost")), ..Setup::default() });
    let file = authority.file();
    for (url, starttls) in [(server.named_url(), true), (server.tls_url(), false)] {
        let store = reaching(&url, &format!("ldap.starttls = {starttls}\nldap.ca_file = '{}'", file.path().display()));
        assert_eq!(store.check().await, Ok(()));
    }
}

/// T24
#[tokio::test]
async fn a_certificate_of_another_authority_is_refused() {
    for reason in refusals(&Authority::new().shows("localhost"), &Authority::new()).await {
        assert!(reason.contains("ca_file must hold the authority that signed it"), "{reason}");
    }
}

/// T24
#[tokio::test]
async fn a_certificate_for_another_host_is_refused() {
    let authority = Authority::new();
    for reason in refusals(&authority.shows("ldap.example.org"), &authority).await {
        assert!(reason.contains("its certificate is for "), "{reason}");
    }
}

/// T24
#[tokio::test]
async fn an_expired_certificate_is_refused() {
    let authority = Authority::new();
    for reason in refusals(&authority.shows_expired("localhost"), &authority).await {
        assert!(reason.contains("expired"), "{reason}");
    }
}

/// A server, or somebody on the way, that refuses `StartTLS` does not get the password in the clear instead.
#[tokio::test]
async fn without_starttls_nothing_is_said_in_the_clear() {
    let server = Slapd::start(&Setup::default());
    let proxy = Proxy::before(server.port()).await;
    let file = Authority::new().file();
    let store = reaching(&proxy.url(), &format!("ldap.starttls = true\nldap.ca_file = '{}'", file.path().display()));
    let reason = store.check().await.unwrap_err().to_string();
    assert!(reason.contains("refuses StartTLS"), "{reason}");
    let kinds = proxy.take_kinds();
    assert!(!kinds.contains(&BIND) && !kinds.contains(&SEARCH), "{kinds:?}");
}

#[test]
fn authorities_that_cannot_be_read_are_told_at_start() {
    let settings = settings("ldap.urls = [\"ldaps://localhost\"]\nldap.ca_file = \"/nowhere/ca.pem\"");
    let error = store(&settings).err().map(|error| error.to_string()).unwrap_or_default();
    assert!(error.contains("/nowhere/ca.pem"), "{error}");
}
