//! Who counts as one requester: addresses, networks, and whom forwarded headers are believed from.

use serde_json::json;

use crate::harness::{Answer, Client, Setup, TestApp};

/// Three captchas an hour for each requester.
const TIGHT: &str = "[limits]\ncaptcha = [\"3/1h\"]";

async fn fetch(client: &Client) -> Answer {
    client.post("/v1/captchas", &json!({ "kind": "pow" })).await
}

/// How many of so many captchas are given out to addresses in turn.
async fn given(app: &TestApp, count: usize, address: impl Fn(usize) -> String) -> usize {
    let (client, mut given) = (app.client(), 0);
    for number in 0..count {
        let answer = fetch(&client.at(&address(number))).await;
        if answer.status == 201 {
            given += 1;
        } else {
            answer.problem(429, "rate_limited");
        }
    }
    given
}

/// case 48: a thousand addresses of one IPv6 /64 are one requester.
#[tokio::test]
async fn a_thousand_addresses_of_one_64_are_one_requester() {
    let app = TestApp::start_with(Setup::with(TIGHT)).await;
    assert_eq!(given(&app, 1_000, |number| format!("2001:db8:1:2:{number:x}::{number:x}")).await, 3);
    assert_eq!(given(&app, 1, |_| "2001:db8:1:3::1".to_owned()).await, 1);
}

/// case 48: sixteen /64s of one /56 share their /48, which may do four times as much.
#[tokio::test]
async fn the_networks_of_one_site_share_a_wider_bucket() {
    let app = TestApp::start_with(Setup::with(TIGHT)).await;
    assert_eq!(given(&app, 48, |number| format!("2001:db8:1:{:x}::1", number % 16)).await, 12);
    assert_eq!(given(&app, 1, |_| "2001:db8:2::1".to_owned()).await, 1);
}

/// case 48: an IPv4 address written as IPv6 is the same requester; what has a zone id or is no address at all is the proxy's.
#[tokio::test]
async fn every_spelling_of_an_address_is_one_requester() {
    let app = TestApp::start_with(Setup::with(TIGHT)).await;
    let mapped =
        ["203.0.113.7", "::ffff:203.0.113.7", "203.0.113.7:4711", "[::ffff:203.0.113.7]:80", "::FFFF:cb00:7107"];
    assert_eq!(given(&app, 10, |number| mapped[number % 5].to_owned()).await, 3);
    let unreadable = ["fe80::1%eth0", "localhost", "", "203.0.113", "1.2.3.4.5", "0x7f.1"];
    assert_eq!(given(&app, 12, |number| unreadable[number % 6].to_owned()).await, 3);
}

/// case 52: a peer that is no trusted proxy is itself, whatever it writes.
#[tokio::test]
async fn an_untrusted_peer_is_itself() {
    let app = TestApp::start_with(Setup::with(&format!("{TIGHT}\n[server]\ntrusted_proxies = []"))).await;
    let long = "1.1.1.1,".repeat(1_280);
    let spoofs = [
        ("x-forwarded-for", "127.0.0.1"),
        ("x-forwarded-for", "[::1]:80 , 10.0.0.1, garbage"),
        ("x-forwarded-for", long.as_str()),
        ("x-real-ip", "203.0.113.7"),
        ("forwarded", "for=203.0.113.8"),
        ("true-client-ip", "203.0.113.9"),
        ("cf-connecting-ip", "203.0.113.10"),
    ];
    let mut statuses = Vec::new();
    for (name, value) in spoofs {
        statuses.push(fetch(&app.client().with(name, value)).await.status);
    }
    // Two lines of one header.
    let twice = [("x-forwarded-for", "203.0.113.11"), ("content-type", "application/json")];
    statuses.push(app.client().send("POST", "/v1/captchas", &twice, Some(b"{}".to_vec())).await.status);
    assert_eq!(statuses, [201, 201, 201, 429, 429, 429, 429, 429]);
}

/// case 53: behind a trusted proxy the rightmost address that is no proxy counts; what stands left of it is the client's own word.
#[tokio::test]
async fn behind_a_trusted_proxy_the_rightmost_address_counts() {
    let trusted = "[server]\ntrusted_proxies = [\"127.0.0.1/32\", \"10.0.0.0/8\"]";
    let app = TestApp::start_with(Setup::with(&format!("{TIGHT}\n{trusted}"))).await;
    assert_eq!(given(&app, 9, |number| format!("6.6.6.{number}, 203.0.113.7")).await, 3);
    assert_eq!(given(&app, 9, |number| format!("203.0.113.7, 203.0.113.8, 10.0.0.{number}")).await, 3);
    // Without a readable hop it is the last proxy itself.
    assert_eq!(given(&app, 9, |_| "6.6.6.6, nonsense, 10.0.0.1".to_owned()).await, 3);
    assert_eq!(given(&app, 9, |number| format!("6.6.7.{number}{}", ", 10.1.1.1".repeat(40))).await, 3);
}

/// case 54: nobody is exempt, not loopback, not a private address.
#[tokio::test]
async fn no_address_is_exempt() {
    let app = TestApp::start_with(Setup::with(TIGHT)).await;
    let addresses =
        ["127.0.0.1", "127.0.0.2", "::1", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.1.1", "fd00::1", "0.0.0.0"];
    for address in addresses {
        assert_eq!(given(&app, 5, |_| address.to_owned()).await, 3, "{address}");
    }
}

/// case 55: whoever floods the gate with addresses does not push his own full bucket out of memory.
#[tokio::test]
async fn a_flood_of_addresses_does_not_free_the_one_that_was_refused() {
    let app = TestApp::start_with(Setup::with(&format!("{TIGHT}\nmax_keys = 1000"))).await;
    assert_eq!(given(&app, 4, |_| "203.0.113.7".to_owned()).await, 3);
    let passed = given(&app, 1_200, |number| format!("10.1.{}.{}", number / 250, number % 250)).await;
    assert!((999..1_010).contains(&passed), "{passed} of 1200 newcomers passed, and the rest shared one bucket");
    assert_eq!(given(&app, 4, |_| "203.0.113.7".to_owned()).await, 0);
    app.advance(3_600);
    assert_eq!(given(&app, 4, |_| "203.0.113.7".to_owned()).await, 3);
}
