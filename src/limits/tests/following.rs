//! Limits that change while the service runs: what was counted counts on.

use super::*;

fn with(changes: impl FnOnce(&mut LimitsSettings)) -> LimitsSettings {
    let mut settings = defaults();
    changes(&mut settings);
    settings
}

fn rates(texts: &[&str]) -> Vec<crate::domain::Rate> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

/// Who stood before a shut gate is not let through by a change of something else, nor by one of its own count.
#[test]
fn a_shut_gate_stays_shut_when_its_rate_changes() {
    let gates = Gates::of(&with(|settings| settings.start = rates(&["5/10m"])));
    assert_eq!(gates.passed(RequesterGate::Start, "192.0.2.1", 9), 5);
    gates.limits.follow(&with(|settings| (settings.start, settings.read) = (rates(&["5/10m"]), rates(&["1/1m"]))));
    assert_eq!(gates.passed(RequesterGate::Start, "192.0.2.1", 9), 0);
    gates.limits.follow(&with(|settings| settings.start = rates(&["10/10m"])));
    assert_eq!(gates.passed(RequesterGate::Start, "192.0.2.1", 9), 0);
    assert_eq!(gates.passed(RequesterGate::Start, "192.0.2.2", 99), 10, "others have the new rate");
    gates.wait(60);
    assert_eq!(gates.passed(RequesterGate::Start, "192.0.2.1", 9), 1, "it refills at the new rate");
}

/// A rate more, and one less.
#[test]
fn a_rate_that_is_added_counts_from_now_and_one_that_is_taken_out_no_more() {
    let gates = Gates::of(&with(|settings| settings.start = rates(&["5/10m"])));
    assert_eq!(gates.passed(RequesterGate::Start, "2001:db8::1", 2), 2);
    gates.limits.follow(&with(|settings| settings.start = rates(&["5/10m", "6/1d"])));
    assert_eq!(gates.passed(RequesterGate::Start, "2001:db8::1", 9), 3);
    gates.limits.follow(&with(|settings| settings.start = rates(&["100/10m"])));
    gates.wait(600);
    assert_eq!(gates.passed(RequesterGate::Start, "2001:db8::1", 200), 100);
}

#[test]
fn messages_that_left_count_under_the_new_limits() {
    let gates = Gates::by_default();
    assert_eq!(gates.send("anna", &phone(1)), Ok(()));
    gates.wait(60);
    let booking = gates.book_at("anna", &phone(1), gates.clock.now()).unwrap();
    gates.limits.follow(&with(|settings| settings.account = rates(&["2/1h"])));
    assert_eq!(gates.send("anna", &phone(2)), Err(SendGate::Account));
    gates.give_back(booking);
    assert_eq!(gates.send("anna", &phone(2)), Ok(()), "a booking of before can be given back after");
    gates.limits.follow(&with(|settings| settings.budget = rates(&["2/1d"])));
    assert_eq!(gates.send("bela", &phone(3)), Err(SendGate::Budget));
    gates.limits.follow(&with(|settings| settings.countries = vec!["+44".to_owned()]));
    assert_eq!(gates.send("bela", &phone(3)), Err(SendGate::Country));
    gates.limits.follow(&defaults());
    assert_eq!(gates.send("bela", &phone(3)), Ok(()));
}
