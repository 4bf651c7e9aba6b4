use std::time::Duration;

use super::*;
use crate::domain::Region;

fn breaker() -> Breaker {
    let (window, open_for) = ("30s".parse().unwrap(), "60s".parse().unwrap());
    Breaker::new(BreakerSettings { failures: 3, window, open_for })
}

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_millis(0).plus(Duration::from_secs(seconds))
}

fn number(last: u8) -> PhoneNumber {
    PhoneNumber::parse(&format!("1380013800{last}"), Region::CN).unwrap()
}

/// Asks for `wait` after messages to two numbers.
fn throttled(breaker: &Breaker, wait: Duration, now: Timestamp) {
    for last in [0, 1] {
        breaker.throttled(Some(wait), &number(last), now);
    }
}

fn admits(breaker: &Breaker, now: Timestamp) -> bool {
    breaker.admits(now) == Admission::Yes
}

/// Fails three times in the first three seconds, which opens it.
fn opened(breaker: &Breaker) {
    for second in 0..3 {
        breaker.failed(at(second));
    }
}

/// case 88: so many failures in a row open it.
#[test]
fn failures_in_a_row_open_it_and_one_answer_between_them_does_not() {
    let breaker = breaker();
    breaker.failed(at(0));
    breaker.failed(at(1));
    breaker.answered();
    breaker.failed(at(2));
    breaker.failed(at(3));
    assert!(admits(&breaker, at(3)) && !breaker.shows_open(at(3)));
    breaker.failed(at(4));
    assert!(!admits(&breaker, at(4)) && breaker.shows_open(at(4)));
}

#[test]
fn failures_spread_wider_than_the_window_do_not_open_it() {
    let breaker = breaker();
    for second in [0, 31, 62, 93] {
        breaker.failed(at(second));
    }
    assert!(admits(&breaker, at(93)));
}

/// case 42: what is shown changes with time alone; a message that tries, which only an existing account sends, does not.
#[test]
fn a_message_that_tries_does_not_show() {
    let (tried, untried) = (breaker(), breaker());
    for breaker in [&tried, &untried] {
        opened(breaker);
    }
    for second in [2, 61, 62, 63, 121, 122, 181, 182] {
        if second >= 62 && admits(&tried, at(second)) {
            tried.failed(at(second));
        }
        assert_eq!(tried.shows_open(at(second)), untried.shows_open(at(second)), "{second}");
    }
    assert!(untried.shows_open(at(61)) && !untried.shows_open(at(62)) && untried.shows_open(at(122)));
    tried.answered();
    assert!(!tried.shows_open(at(182)));
}

/// case 88: after the open time exactly one message tries.
#[test]
fn after_the_open_time_one_message_tries_and_decides() {
    let breaker = breaker();
    opened(&breaker);
    assert!(!admits(&breaker, at(61)));
    assert!(admits(&breaker, at(62)));
    assert!(!admits(&breaker, at(62)), "a second message is let through beside the first");
    breaker.failed(at(63));
    assert!(!admits(&breaker, at(122)));
    assert!(admits(&breaker, at(123)));
    breaker.answered();
    assert!(admits(&breaker, at(123)) && admits(&breaker, at(123)));
}

#[test]
fn a_try_that_never_ends_does_not_keep_it_open_for_ever() {
    let breaker = breaker();
    opened(&breaker);
    assert!(admits(&breaker, at(62)));
    assert!(admits(&breaker, at(122)));
}

#[test]
fn it_tells_once_that_it_opened_and_once_that_it_closed() {
    let breaker = breaker();
    let told: Vec<_> = (0..5).map(|second| breaker.failed(at(second))).collect();
    assert_eq!(told, [false, false, true, false, false]);
    assert!(admits(&breaker, at(64)));
    assert!(!breaker.failed(at(65)), "it never closed");
    assert!(breaker.answered() && !breaker.answered());
    assert!(breaker.shut(at(70)) && !breaker.shut(at(71)));
    assert!(breaker.throttled(None, &number(0), at(72)) && !breaker.throttled(None, &number(1), at(73)));
}

/// case 87: a fault of the account opens it at once. case 42: that one message told so does not show; as many as
/// otherwise do.
#[test]
fn a_fault_opens_it_at_once_and_does_not_show_before_as_many_messages_met_it() {
    let breaker = breaker();
    assert!(breaker.shut(at(0)));
    assert!(breaker.is_open(at(1)) && !breaker.shows_open(at(1)));
    assert!(!admits(&breaker, at(1)) && !breaker.shows_open(at(1)));
    assert!(!admits(&breaker, at(2)) && breaker.shows_open(at(2)));

    let quiet = self::breaker();
    quiet.shut(at(0));
    for second in [20, 40, 59] {
        assert!(!admits(&quiet, at(second)));
    }
    assert!(!quiet.shows_open(at(59)), "spread wider than the window");
    assert!(!quiet.is_open(at(60)) && admits(&quiet, at(60)));
}

#[test]
fn a_provider_that_asks_for_time_gets_it_within_bounds() {
    let breaker = breaker();
    throttled(&breaker, Duration::from_secs(10), at(0));
    assert_eq!(breaker.admits(at(4)), Admission::Paused(Duration::from_secs(6)));
    assert!(breaker.is_open(at(9)) && !breaker.shows_open(at(9)) && !breaker.is_open(at(10)));
    assert!(admits(&breaker, at(10)));
    throttled(&breaker, Duration::MAX, at(10));
    assert!(!admits(&breaker, at(309)) && admits(&breaker, at(310)));
}

/// Many gateways answer 429 to one number that had enough: its owner must not hold up everybody's codes.
#[test]
fn one_number_alone_does_not_pause_a_provider() {
    let (breaker, wait) = (breaker(), Some(Duration::from_mins(4)));
    for second in 0..9 {
        breaker.throttled(wait, &number(0), at(second));
    }
    assert!(admits(&breaker, at(9)));
    breaker.answered();
    breaker.throttled(wait, &number(1), at(10));
    assert!(admits(&breaker, at(11)), "a message that was taken lies between the two");
    breaker.failed(at(12));
    breaker.throttled(wait, &number(0), at(13));
    assert!(admits(&breaker, at(14)), "and so is a failure");
    breaker.throttled(wait, &number(1), at(60));
    assert!(admits(&breaker, at(61)), "too long ago");
    breaker.throttled(wait, &number(0), at(62));
    assert!(!admits(&breaker, at(63)));
}

/// case 88: of fifty at once after the open time, one.
#[test]
fn of_fifty_at_once_exactly_one_tries() {
    let breaker = breaker();
    opened(&breaker);
    let tries: usize = std::thread::scope(|scope| {
        let each: Vec<_> = (0..50).map(|_| scope.spawn(|| usize::from(admits(&breaker, at(62))))).collect();
        each.into_iter().map(|one| one.join().unwrap()).sum()
    });
    assert_eq!(tries, 1);
}
