//! A message that did not leave costs nobody anything.

use proptest::prelude::*;

use super::*;

/// Every window is as if the message had not been asked for: account, phone, prefix and budget.
#[test]
fn a_booking_that_is_given_back_counts_in_no_window() {
    let settings = LimitsSettings { prefix: vec!["1/1h".parse().unwrap()], ..defaults() };
    let gates = Gates::of(&LimitsSettings { budget: vec!["1/1h".parse().unwrap()], ..settings });
    for _ in 0..100 {
        let booking = gates.book_at("anna", &phone(1), START).unwrap();
        assert_eq!(gates.send("anna", &phone(1)), Err(SendGate::Account));
        assert_eq!(gates.send("bela", &phone(1)), Err(SendGate::Phone));
        assert_eq!(gates.send("bela", &phone(2)), Err(SendGate::Prefix));
        assert_eq!(gates.send("bela", "13900139000"), Err(SendGate::Budget));
        gates.give_back(booking);
        assert!((gates.left() - 1.0).abs() < f64::EPSILON);
    }
    assert_eq!(gates.send("anna", &phone(1)), Ok(()));
}

/// What a provider refused, it may have sent, or be asked for without end: the person may ask again, the spending is bounded.
#[test]
fn the_part_of_the_person_leaves_block_and_budget_charged() {
    let gates = Gates::of(&LimitsSettings { budget: vec!["2/1h".parse().unwrap()], ..defaults() });
    for _ in 0..2 {
        let booking = gates.book_at("anna", &phone(1), START).unwrap();
        gates.give_back(booking.of_the_person());
    }
    assert_eq!(gates.send("anna", &phone(1)), Err(SendGate::Budget));
    let settings = LimitsSettings { prefix: vec!["1/1h".parse().unwrap()], ..defaults() };
    let gates = Gates::of(&settings);
    gates.give_back(gates.book_at("anna", &phone(1), START).unwrap().of_the_person());
    assert_eq!(gates.send("anna", &phone(1)), Err(SendGate::Prefix));
}

/// What is given back late, after its window or after a sweep, frees nothing that others booked since.
#[test]
fn a_booking_that_is_given_back_late_takes_nothing_from_others() {
    let gates = Gates::by_default();
    let booking = gates.book_at("anna", &phone(1), START).unwrap();
    gates.wait(86_400);
    gates.sweep();
    assert_eq!(gates.send("anna", &phone(1)), Ok(()));
    gates.give_back(booking);
    assert_eq!(gates.send("anna", &phone(1)), Err(SendGate::Account));
    assert!(gates.left() < 1.0);
}

/// A notice goes out on a full budget and is counted; a code that is given back after it makes no room that it took.
#[test]
fn a_notice_beyond_the_budget_keeps_the_place_that_a_given_back_code_had() {
    let gates = Gates::of(&LimitsSettings { budget: vec!["3/1h".parse().unwrap()], ..defaults() });
    let bookings: Vec<_> =
        (0..3).map(|number| gates.book_at(&format!("person {number}"), &phone(number), START).unwrap()).collect();
    gates.wait(60);
    gates.notice();
    let mut bookings = bookings.into_iter();
    gates.give_back(bookings.next().unwrap());
    assert_eq!(gates.send("person 9", &phone(9)), Err(SendGate::Budget), "two codes and the notice fill it");
    bookings.for_each(|booking| gates.give_back(booking));
    assert!(gates.left() < 1.0, "the notice stands");
}

/// What is booked: when, whose, to which number, and what to give back.
type Booked = Vec<(Timestamp, u32, u32, Booking)>;

fn excess(booked: &Booked, end: Timestamp, same: impl Fn(u32, u32) -> bool) -> i64 {
    let held = |length| {
        let inside = |then: Timestamp| then <= end && end.since(then) < Duration::from_secs(length);
        booked.iter().filter(|(then, account, number, _)| same(*account, *number) && inside(*then)).count()
    };
    let over = |(length, count): (u64, i64)| i64::try_from(held(length)).unwrap() - count;
    [(60, 1), (3_600, 5), (86_400, 10)].map(over).into_iter().max().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever is booked and given back in whatever order, the windows hold exactly what stands: none more than its count,
    /// and none refuses with room in it.
    #[test]
    fn windows_hold_exactly_what_was_not_given_back(
        steps in prop::collection::vec((0_u64..2_000, 0_u32..2, 0_u32..2, any::<Option<prop::sample::Index>>()), 1..200)
    ) {
        let gates = Gates::by_default();
        let mut booked = Booked::new();
        for (pause, account, number, give_back) in steps {
            gates.wait(pause);
            let now = gates.clock.now();
            if let Some(index) = give_back.filter(|_| !booked.is_empty()) {
                let (.., booking) = booked.remove(index.index(booked.len()));
                gates.give_back(booking);
            }
            match gates.book_at(&format!("person {account}"), &phone(number), now) {
                Ok(booking) => booked.push((now, account, number, booking)),
                Err(SendGate::Account) => prop_assert!(excess(&booked, now, |of, _| of == account) >= 0),
                Err(SendGate::Phone) => prop_assert!(excess(&booked, now, |_, to| to == number) >= 0),
                Err(gate) => prop_assert!(false, "{gate:?} cannot be full"),
            }
            prop_assert!(excess(&booked, now, |of, _| of == account) <= 0);
            prop_assert!(excess(&booked, now, |_, to| to == number) <= 0);
        }
    }
}
