//! Passing a failing provider by for a while, so that its time-outs do not hold up everybody's codes.

use std::sync::{Mutex, PoisonError};

use super::settings::BreakerSettings;
use crate::domain::Timestamp;

/// Counts failures in a row. Closed, then open, then one message tries: it closes the breaker or opens it again.
#[derive(Debug)]
pub(super) struct Breaker {
    settings: BreakerSettings,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    failures: u32,
    first_failure: Option<Timestamp>,
    open_until: Option<Timestamp>,
    /// When it opened first in this outage.
    opened_at: Option<Timestamp>,
}

impl Breaker {
    pub(super) fn new(settings: BreakerSettings) -> Self {
        Self { settings, state: Mutex::default() }
    }

    /// Whether a message may try the provider now. Where the answer is yes after an open time, it is so for this
    /// message alone: the next one is let through when this one is done, or after another open time should it never be.
    pub(super) fn admits(&self, now: Timestamp) -> bool {
        let mut state = self.state();
        match state.open_until {
            None => true,
            Some(until) if now < until => false,
            Some(_) => {
                state.open_until = Some(now.plus(self.settings.open_for.get()));
                true
            }
        }
    }

    /// What may be shown to anybody: open and worth a try in turn since the outage began, for `open_for` each. Never
    /// whether a message has tried it, because only a message to an existing account does.
    pub(super) fn shows_open(&self, now: Timestamp) -> bool {
        let turn = self.settings.open_for.get().as_millis().max(1);
        self.state().opened_at.is_some_and(|at| (now.since(at).as_millis() / turn).is_multiple_of(2))
    }

    /// The provider answered, whatever it said.
    pub(super) fn answered(&self) {
        *self.state() = State::default();
    }

    /// The provider was not there, or did not say what became of the message.
    pub(super) fn failed(&self, now: Timestamp) {
        let mut state = self.state();
        let fresh = state.first_failure.is_none_or(|first| now.since(first) > self.settings.window.get());
        if fresh {
            (state.failures, state.first_failure) = (0, Some(now));
        }
        state.failures = state.failures.saturating_add(1);
        if state.open_until.is_some() || state.failures >= self.settings.failures {
            state.open_until = Some(now.plus(self.settings.open_for.get()));
            state.opened_at = state.opened_at.or(Some(now));
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn breaker() -> Breaker {
        let (window, open_for) = ("30s".parse().unwrap(), "60s".parse().unwrap());
        Breaker::new(BreakerSettings { failures: 3, window, open_for })
    }

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_millis(0).plus(Duration::from_secs(seconds))
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
        assert!(breaker.admits(at(3)) && !breaker.shows_open(at(3)));
        breaker.failed(at(4));
        assert!(!breaker.admits(at(4)) && breaker.shows_open(at(4)));
    }

    #[test]
    fn failures_spread_wider_than_the_window_do_not_open_it() {
        let breaker = breaker();
        for second in [0, 31, 62, 93] {
            breaker.failed(at(second));
        }
        assert!(breaker.admits(at(93)));
    }

    /// case 42: what is shown changes with time alone; a message that tries, which only an existing account sends, does not.
    #[test]
    fn a_message_that_tries_does_not_show() {
        let (tried, untried) = (breaker(), breaker());
        for breaker in [&tried, &untried] {
            (0..3).for_each(|second| breaker.failed(at(second)));
        }
        for second in [2, 61, 62, 63, 121, 122, 181, 182] {
            if second >= 62 && tried.admits(at(second)) {
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
        (0..3).for_each(|second| breaker.failed(at(second)));
        assert!(!breaker.admits(at(61)));
        assert!(breaker.admits(at(62)));
        assert!(!breaker.admits(at(62)), "a second message is let through beside the first");
        breaker.failed(at(63));
        assert!(!breaker.admits(at(122)));
        assert!(breaker.admits(at(123)));
        breaker.answered();
        assert!(breaker.admits(at(123)) && breaker.admits(at(123)));
    }

    #[test]
    fn a_try_that_never_ends_does_not_keep_it_open_for_ever() {
        let breaker = breaker();
        (0..3).for_each(|second| breaker.failed(at(second)));
        assert!(breaker.admits(at(62)));
        assert!(breaker.admits(at(122)));
    }
}
