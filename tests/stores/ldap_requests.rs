//! A directory is asked the same, whoever exists.

use resetgate::account::AccountStore;
use resetgate::account::ldap::LdapAccounts;

use crate::contract::{address, password};
use crate::dovecot::setup;
use crate::harness::TestApp;
use crate::ldap::reaching;
use crate::servers::ldap_proxy::{BIND, Proxy, SEARCH, UNBIND, kind_of};
use crate::servers::slapd::{SERVICE, Setup, Slapd};

/// Accounts of every kind, and addresses that nobody has.
const ALL: [&str; 7] = [
    "zhang@example.org",
    "zhang.san@example.org",
    "li@example.org",
    "wang@example.org",
    "nobody@example.org",
    "*@example.org",
    "zhang@elsewhere.example",
];

async fn ready(proxy: &Proxy, store: &LdapAccounts) {
    // Every connection that is kept is made.
    for _ in 0..4 {
        store.check().await.unwrap();
    }
    proxy.take();
}

/// case 53: known, unknown, unbound and disabled cost one search.
#[tokio::test]
async fn looking_anybody_up_is_one_search() {
    let server = Slapd::start(&Setup::default());
    let proxy = Proxy::before(server.port()).await;
    let store = reaching(&proxy.url(), "");
    ready(&proxy, &store).await;
    for who in ALL {
        let _ = store.find(&address(who)).await.unwrap();
        assert_eq!(proxy.take_kinds(), [SEARCH], "{who}");
    }
}

/// case 53: known, unknown, unbound and disabled cost one search and one bind, over a connection of its own.
#[tokio::test]
async fn signing_anybody_in_is_one_search_and_one_bind_of_the_same_length() {
    let server = Slapd::start(&Setup::default());
    let proxy = Proxy::before(server.port()).await;
    let store = reaching(&proxy.url(), "");
    ready(&proxy, &store).await;
    for who in ALL {
        for text in ["Old-Password-1", "Wrong-Password-1"] {
            let right = store.verify_password(&address(who), &password(text)).await.unwrap();
            assert_eq!(
                right,
                who.starts_with("zhang") && !who.ends_with("elsewhere.example") && text == "Old-Password-1"
            );
            let mut requests = proxy.take();
            requests.retain(|message| kind_of(message) != Some(UNBIND));
            let kinds: Vec<_> = requests.iter().filter_map(|message| kind_of(message)).collect();
            assert_eq!(kinds, [SEARCH, BIND], "{who}");
            let bind = requests.last().unwrap();
            assert!(!contains(bind, SERVICE) && contains(bind, "ou=people,dc=example,dc=org"), "{who}");
        }
    }
    // The connections of the service are the service's still.
    assert_eq!(store.check().await, Ok(()));
}

/// case 53: the same of whole starts, through the API and to the end of their deliveries.
#[tokio::test]
async fn starting_for_anybody_is_one_search() {
    let server = Slapd::start(&Setup::default());
    let proxy = Proxy::before(server.port()).await;
    let store = reaching(&proxy.url(), "");
    ready(&proxy, &store).await;
    let app = TestApp::start_with(setup("", Some(store))).await;
    let mut sent = 0;
    for (number, who) in
        ["zhang@example.org", "li@example.org", "wang@example.org", "nobody@example.org"].iter().enumerate()
    {
        proxy.take();
        let mut claimant = app.claimant_from(&format!("203.0.113.{number}"));
        claimant.try_start(who).await.expect(202);
        sent += u32::from(app.delivery(&claimant.id, 1).await.is_ok());
        assert_eq!(proxy.take_kinds(), [SEARCH], "{who}");
    }
    assert_eq!(sent, 1, "zhang alone has a phone and is enabled");
}

fn contains(message: &[u8], text: &str) -> bool {
    message.windows(text.len()).any(|window| window == text.as_bytes())
}
