use proptest::prelude::*;

use super::*;

/// case 46: two sends within a minute, the sixth in an hour and the eleventh in a day are refused, across midnight too.
#[test]
fn an_account_gets_one_a_minute_five_an_hour_and_ten_in_any_day() {
    let gates = Gates::by_default();
    let mut sent = 0;
    let mut minutes = Vec::new();
    for minute in 0..(25 * 60) {
        for _ in 0..2 {
            if gates.send("anna", &phone(1)).is_ok() {
                sent += 1;
                minutes.push(minute);
            }
        }
        gates.wait(60);
    }
    assert_eq!(minutes[..11], [0, 1, 2, 3, 4, 60, 61, 62, 63, 64, 1_440]);
    assert_eq!(sent, 15, "the first five of the second day follow when those of the first have left");
}

/// case 46: the last of a minute is as late as the first second in which it has passed.
#[test]
fn a_window_ends_exactly_when_its_length_has_passed() {
    let gates = Gates::by_default();
    assert_eq!(gates.send("anna", &phone(1)), Ok(()));
    gates.clock.advance(Duration::from_millis(59_999));
    assert_eq!(gates.send("anna", &phone(1)), Err(SendGate::Account));
    gates.clock.advance(Duration::from_millis(1));
    assert_eq!(gates.send("anna", &phone(1)), Ok(()));
}

/// case 41: accounts that share a phone share its limit; one that was refused has booked nothing.
#[test]
fn a_phone_is_limited_whatever_the_account_and_a_refusal_books_nothing() {
    let gates = Gates::by_default();
    assert_eq!(gates.send("anna", &phone(1)), Ok(()));
    for _ in 0..100 {
        assert_eq!(gates.send("bela", &phone(1)), Err(SendGate::Phone));
    }
    assert_eq!(gates.send("bela", &phone(2)), Ok(()), "the refusals have used up nothing of the account");
    assert!((gates.left() - 198.0 / 200.0).abs() < 1e-9, "nor of the budget");
}

/// case 50: of forty numbers in one block of ten thousand the thirty-first is silent; the neighbouring block is not.
#[test]
fn a_block_of_ten_thousand_numbers_gets_thirty_an_hour() {
    let gates = Gates::by_default();
    let answers: Vec<_> = (0..40).map(|number| gates.send(&format!("person {number}"), &phone(number))).collect();
    assert!(answers[..30].iter().all(Result::is_ok));
    assert!(answers[30..].iter().all(|answer| *answer == Err(SendGate::Prefix)));
    assert_eq!(gates.send("person 30", "13800140000"), Ok(()), "the refusal has booked nothing");
    gates.wait(3_600);
    assert_eq!(gates.send("person 31", &phone(31)), Ok(()));
}

/// case 49: the budget ends, in the hour and in the day, and says how much is left.
#[test]
fn the_budget_ends_in_the_hour_and_in_the_day() {
    let gates =
        Gates::of(&LimitsSettings { budget: vec!["4/1h".parse().unwrap(), "6/1d".parse().unwrap()], ..defaults() });
    let send = |number| gates.send(&format!("person {number}"), &phone(number));
    assert!((0..3).all(|number| send(number).is_ok()));
    assert!((gates.left() - 0.25).abs() < 1e-9, "the hour is the smaller one");
    assert_eq!((send(3), send(4)), (Ok(()), Err(SendGate::Budget)));
    assert!(gates.left().abs() < 1e-9);
    gates.wait(3_600);
    assert!((gates.left() - 2.0 / 6.0).abs() < 1e-9, "the day is the smaller one");
    assert_eq!((send(5), send(6), send(7)), (Ok(()), Ok(()), Err(SendGate::Budget)));
    gates.wait(86_400);
    assert!((gates.left() - 1.0).abs() < 1e-9);
}

#[test]
fn a_notice_leaves_on_an_empty_budget_and_still_counts() {
    let gates = Gates::of(&LimitsSettings { budget: vec!["2/1h".parse().unwrap()], ..defaults() });
    for _ in 0..5 {
        gates.notice();
    }
    assert!(gates.left().abs() < f64::EPSILON, "never below nothing");
    assert_eq!(gates.send("anna", &phone(1)), Err(SendGate::Budget));
    gates.wait(1_800);
    gates.notice();
    gates.wait(1_800);
    assert!((gates.left() - 0.5).abs() < 1e-9, "the notice of half an hour ago still counts");
}

#[test]
fn a_country_that_is_not_listed_is_refused_before_anything_is_booked() {
    let gates = Gates::by_default();
    assert_eq!(gates.send("anna", "+447400123456"), Err(SendGate::Country));
    assert_eq!(gates.send("anna", &phone(1)), Ok(()));
    let gates = Gates::of(&LimitsSettings { countries: vec!["+86".into(), "+44".into()], ..defaults() });
    assert_eq!(gates.send("anna", "+447400123456"), Ok(()));
}

/// case 57: a day ahead frees one day's worth, and the way back nothing.
#[test]
fn a_jump_of_the_clock_gives_no_free_budget_beyond_one_window() {
    let gates = Gates::by_default();
    let day = Duration::from_hours(24);
    assert_eq!(gates.send_at("anna", &phone(1), START), Ok(()));
    assert_eq!(gates.send_at("anna", &phone(1), START.plus(day)), Ok(()));
    for now in [START, Timestamp::from_millis(0), Timestamp::from_millis(i64::MIN), START.plus(day)] {
        assert_eq!(gates.send_at("anna", &phone(1), now), Err(SendGate::Account), "{now}");
    }
    assert_eq!(gates.send_at("anna", &phone(1), Timestamp::from_millis(i64::MAX)), Ok(()));
    assert_eq!(gates.send_at("anna", &phone(1), Timestamp::from_millis(i64::MAX)), Err(SendGate::Account));
}

/// case 57: a moment that comes late, from a slower thread or a clock set back, leaves no window before those already in it.
#[test]
fn a_moment_that_comes_late_makes_no_room_early() {
    let gates = Gates::of(&LimitsSettings { budget: vec!["4/1h".parse().unwrap()], ..defaults() });
    for late in [10, 5, 5, 5] {
        gates.limits.book_notice(START.plus(Duration::from_secs(late))).now_or_never().unwrap().unwrap();
    }
    gates.wait(3_607);
    assert!(gates.left().abs() < f64::EPSILON);
    gates.wait(3);
    assert!((gates.left() - 1.0).abs() < f64::EPSILON);
}

#[test]
fn of_two_hundred_sends_at_once_exactly_as_many_pass_as_the_window_holds() {
    let gates = Gates::of(&LimitsSettings { prefix: vec!["30/1h".parse().unwrap()], ..defaults() });
    let barrier = std::sync::Barrier::new(200);
    let passed: usize = std::thread::scope(|scope| {
        let senders: Vec<_> = (0..200)
            .map(|number| {
                let (gates, barrier) = (&gates, &barrier);
                scope.spawn(move || {
                    barrier.wait();
                    usize::from(gates.send(&format!("person {number}"), &phone(number)).is_ok())
                })
            })
            .collect();
        senders.into_iter().map(|sender| sender.join().unwrap()).sum()
    });
    assert_eq!(passed, 30);
    assert!((gates.left() - 170.0 / 200.0).abs() < 1e-9);
}

/// What was sent: when, to which account, to which number.
type Sent = Vec<(Timestamp, u32, u32)>;

/// The most that any window of the default lengths holds that ends at `end`, beyond its count; negative while all have room.
fn excess(sent: &Sent, end: Timestamp, same: impl Fn(u32, u32) -> bool) -> i64 {
    let held = |length| {
        let inside = |then: Timestamp| then <= end && end.since(then) < Duration::from_secs(length);
        sent.iter().filter(|(then, account, number)| same(*account, *number) && inside(*then)).count()
    };
    let over = |(length, count): (u64, i64)| i64::try_from(held(length)).unwrap() - count;
    [(60, 1), (3_600, 5), (86_400, 10)].map(over).into_iter().max().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// case 46: whatever is asked for and whenever, no window holds more than its count, and none refuses with room in it.
    #[test]
    fn no_window_ever_holds_more_than_its_count(
        steps in prop::collection::vec((0_u64..2_000, 0_u32..3, 0_u32..3), 1..200)
    ) {
        let gates = Gates::by_default();
        let mut sent = Sent::new();
        for (pause, account, number) in steps {
            gates.wait(pause);
            let now = gates.clock.now();
            match gates.send(&format!("person {account}"), &phone(number)) {
                Ok(()) => sent.push((now, account, number)),
                Err(SendGate::Account) => prop_assert!(excess(&sent, now, |of, _| of == account) >= 0),
                Err(SendGate::Phone) => prop_assert!(excess(&sent, now, |_, to| to == number) >= 0),
                Err(gate) => prop_assert!(false, "{gate:?} cannot be full"),
            }
            prop_assert!(excess(&sent, now, |of, _| of == account) <= 0);
            prop_assert!(excess(&sent, now, |_, to| to == number) <= 0);
        }
    }
}
