use std::net::{IpAddr, Ipv4Addr};

use super::*;

fn small() -> Gates {
    Gates::of(&LimitsSettings { max_keys: 1_000, prefix: vec!["100000/1h".parse().unwrap()], ..roomy() })
}

fn roomy() -> LimitsSettings {
    LimitsSettings { budget: vec!["100000/1h".parse().unwrap()], ..defaults() }
}

fn stranger(number: u32) -> Requester {
    IpAddr::from(Ipv4Addr::from(0x0B00_0000 + number)).into()
}

/// case 55: whoever floods the memory with requesters stays limited himself, and so do all that were known before.
#[test]
fn a_flood_of_requesters_neither_grows_without_end_nor_frees_a_known_one() {
    let gates = small();
    assert_eq!(gates.passed(RequesterGate::Start, "203.0.113.7", 9), 5);
    gates.pass(RequesterGate::Start, "203.0.113.8").unwrap();
    for number in 0..20_000 {
        let _ = gates.pass_from(RequesterGate::Start, stranger(number));
    }
    assert!(gates.limits.remembered() <= 1_001, "{}", gates.limits.remembered());
    assert!(gates.pass(RequesterGate::Start, "203.0.113.7").is_err(), "the hot bucket is still there");
    assert_eq!(gates.passed(RequesterGate::Start, "203.0.113.8", 9), 4, "and so is the half-full one");
    assert!(gates.pass_from(RequesterGate::Start, stranger(30_000)).is_err(), "newcomers share one bucket");
}

/// case 55: the common bucket is left as soon as a sweep has made room.
#[test]
fn a_sweep_makes_room_again_and_newcomers_get_their_own_bucket() {
    let gates = small();
    for number in 0..5_000 {
        let _ = gates.pass_from(RequesterGate::Captcha, stranger(number));
    }
    assert!(gates.pass_from(RequesterGate::Captcha, stranger(6_000)).is_err());
    gates.wait(11);
    assert!(gates.pass_from(RequesterGate::Captcha, stranger(6_001)).is_ok(), "a full map sweeps itself");
    assert!(gates.limits.remembered() < 10, "{}", gates.limits.remembered());
    assert_eq!((0..40).filter(|_| gates.pass_from(RequesterGate::Captcha, stranger(6_001)).is_ok()).count(), 29);
    gates.wait(86_400);
    gates.sweep();
    assert_eq!(gates.limits.remembered(), 0);
}

/// case 55: parallel newcomers pass the bound by no more than their number.
#[test]
fn parallel_newcomers_pass_the_bound_by_no_more_than_one_a_thread() {
    let gates = small();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let gates = &gates;
            scope.spawn(move || {
                for number in 0..2_000 {
                    let _ = gates.pass_from(RequesterGate::Start, stranger(thread * 10_000 + number));
                }
            });
        }
    });
    assert!((1_000..=1_008).contains(&gates.limits.remembered()), "{}", gates.limits.remembered());
}

/// case 55: a flood of accounts and numbers is counted as one, and an account known before keeps its own count.
#[test]
fn a_flood_of_accounts_shares_one_log_and_frees_nobody() {
    let gates = small();
    assert_eq!(gates.send("anna", &phone(9_999)), Ok(()));
    let passed = (0..3_000).filter(|number| gates.send(&format!("person {number}"), &phone(*number)).is_ok()).count();
    assert_eq!(passed, 1_000, "999 on their own and one for all the others");
    assert!(gates.limits.remembered() <= 1_001);
    assert_eq!(gates.send("anna", &phone(9_999)), Err(SendGate::Account));
    gates.wait(86_400);
    assert_eq!(gates.send("anna", &phone(9_999)), Ok(()), "a full table prunes itself");
    assert_eq!(gates.send("somebody new", &phone(5_000)), Ok(()));
    gates.wait(86_400);
    gates.sweep();
    assert_eq!(gates.limits.remembered(), 0);
}
