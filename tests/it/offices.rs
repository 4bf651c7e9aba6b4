//! Many people behind one address: networks that are known, and starts that are given back.

use crate::harness::{Claimant, Setup, TestApp, UNKNOWN};

const SENDS: &str = "account = [\"1000/1h\"]\nphone = [\"1000/1h\"]\nprefix = [\"1000/1h\"]\nbudget = [\"1000/1h\"]\n";

fn left(answer: &crate::harness::Answer) -> u32 {
    let told = answer.header("ratelimit").unwrap();
    told.split(";r=").nth(1).unwrap().split(';').next().unwrap().parse().unwrap()
}

/// How many starts for nobody's mailbox pass before the gate is shut.
async fn starts(mut claimant: Claimant<'_>, most: usize) -> usize {
    for passed in 0..most {
        if claimant.try_start(UNKNOWN).await.status == 429 {
            return passed;
        }
    }
    most
}

#[tokio::test]
async fn an_office_in_a_known_network_passes_wider_gates_and_nobody_else_does() {
    let networks = "known_networks = [\"203.0.113.0/28\", \"2001:db8:7::/48\", \"127.0.0.0/8\"]\n";
    let known = "[limits.known]\nstart = [\"12/10m\", \"40/1d\"]";
    let app = TestApp::start_with(Setup::with(&format!("[limits]\n{networks}{SENDS}{known}"))).await;
    for (address, expected) in [("203.0.113.7", 12), ("2001:db8:7:1::1", 12), ("203.0.113.16", 5), ("2001:db8:8::1", 5)]
    {
        assert_eq!(starts(app.claimant_from(address), 20).await, expected, "{address}");
    }
    // What comes from the proxy itself, because its header cannot be read, may come from anybody.
    assert_eq!(starts(app.claimant_from("unreadable"), 20).await, 5);
    let mut office = app.claimant_from("203.0.113.8");
    let answer = office.try_start(UNKNOWN).await.expect(202);
    assert_eq!(
        answer.header("ratelimit-policy"),
        Some("\"start\";q=12;w=600"),
        "what is told is the gate that was passed"
    );
}

/// Nine people of one office get their passwords through a gate of five; who gets none uses the gate up as before.
#[tokio::test]
async fn a_recovery_that_succeeds_gives_its_start_back() {
    let app = TestApp::start_with(Setup::with(&format!("[limits]\n{SENDS}"))).await;
    for number in 0..9 {
        let address = format!("person{number}@example.gov.cn");
        app.add(&address, &format!("1390013{number:04}")).await;
        let person = app.claimant_from("198.51.100.9").verified(&address).await;
        person.complete("Tiantian-2026x").await.expect(200);
    }
    let mut stranger = app.claimant_from("198.51.100.9");
    assert_eq!(left(&stranger.try_start(UNKNOWN).await.expect(202)), 4, "the gate is as full as before the nine");
    assert_eq!(starts(app.claimant_from("198.51.100.9"), 20).await, 4);
}

/// Not even an owner of accounts gets more starts that lead to nothing, and what is given back ends.
#[tokio::test]
async fn starts_are_given_back_one_for_one_and_only_so_often() {
    let limits = format!("[limits]\nforgive = [\"2/1h\"]\n{SENDS}");
    let app = TestApp::start_with(Setup::with(&limits)).await;
    for number in 0..4 {
        let address = format!("person{number}@example.gov.cn");
        app.add(&address, &format!("1390013{number:04}")).await;
        let person = app.claimant_from("198.51.100.9").verified(&address).await;
        person.complete("Tiantian-2026x").await.expect(200);
        // A second answer to the same success gives nothing.
        person.complete("Tiantian-2026y").await.problem(409, "flow_state");
    }
    assert_eq!(starts(app.claimant_from("198.51.100.9"), 20).await, 3, "two of four were given back");
    let off = TestApp::start_with(Setup::with(&format!("[limits]\nforgive = []\n{SENDS}"))).await;
    let anna = off.claimant_from("198.51.100.9").verified(crate::harness::ANNA).await;
    anna.complete("Tiantian-2026x").await.expect(200);
    assert_eq!(starts(off.claimant_from("198.51.100.9"), 20).await, 4);
}
