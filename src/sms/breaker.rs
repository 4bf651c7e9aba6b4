//! Passing a failing provider by for a while, so that its time-outs do not hold up everybody's codes.
//!
//! What it does and what it shows differ. Only messages to existing accounts are sent, so whatever one message changes
//! must not be seen from outside (case 42): it shows open only once as many messages failed, or were passed by, as the
//! settings say, and then turns with time alone. What stays visible is the message that fills the number up, or ends an
//! outage; it takes a failing provider, no other traffic, and a captcha for each look.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::settings::BreakerSettings;
use crate::domain::{PhoneNumber, Timestamp};

/// The longest that a provider's own wish to be left alone is followed: a mistaken one must not end its use.
const LONGEST_PAUSE: Duration = Duration::from_mins(5);

/// Counts failures in a row. Closed, then open, then one message tries: it closes the breaker or opens it again.
#[derive(Debug)]
pub(super) struct Breaker {
    settings: BreakerSettings,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    failures: u32,
    first_failure: Option<Timestamp>,
    open_until: Option<Timestamp>,
    /// Since when this outage shows.
    shown_since: Option<Timestamp>,
    /// Until when the provider asked not to be asked.
    paused_until: Option<Timestamp>,
    /// The number of the last message, where the provider wanted nothing for a while after it.
    throttled: Option<(PhoneNumber, Timestamp)>,
}

/// Whether a message may try a provider now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Admission {
    /// It may.
    Yes,
    /// The provider wants nothing for so much longer.
    Paused(Duration),
    /// It failed too often.
    Open,
}

impl Breaker {
    pub(super) fn new(settings: BreakerSettings) -> Self {
        Self { settings, state: Arc::default() }
    }

    /// The same breaker under other settings: what it counted and until when it is open stays.
    pub(super) fn under(&self, settings: BreakerSettings) -> Self {
        Self { settings, state: Arc::clone(&self.state) }
    }

    /// How long messages pass the provider by.
    pub(super) const fn open_for(&self) -> Duration {
        self.settings.open_for.get()
    }

    /// Whether a message may try the provider now. Where the answer is yes after an open time, it is so for this
    /// message alone: the next one is let through when this one is done, or after another open time should it never be.
    pub(super) fn admits(&self, now: Timestamp) -> Admission {
        let mut state = self.state();
        if let Some(until) = state.paused_until.filter(|until| now < *until) {
            return Admission::Paused(until.since(now));
        }
        match state.open_until {
            None => Admission::Yes,
            Some(until) if now < until => {
                state.count(&self.settings, now);
                Admission::Open
            }
            Some(_) => {
                state.open_until = Some(now.plus(self.settings.open_for.get()));
                Admission::Yes
            }
        }
    }

    /// Whether messages pass the provider by at present. For operators: it tells what single messages did.
    pub(super) fn is_open(&self, now: Timestamp) -> bool {
        let state = self.state();
        [state.open_until, state.paused_until].into_iter().flatten().any(|until| now < until)
    }

    /// What may be shown to anybody: open and worth a try in turn since the outage began to show, for `open_for` each.
    pub(super) fn shows_open(&self, now: Timestamp) -> bool {
        let turn = self.settings.open_for.get().as_millis().max(1);
        self.state().shown_since.is_some_and(|since| (now.since(since).as_millis() / turn).is_multiple_of(2))
    }

    /// The provider answered, whatever it said. Whether that closed the breaker.
    pub(super) fn answered(&self) -> bool {
        std::mem::take(&mut *self.state()).open_until.is_some()
    }

    /// The provider answered that it wants nothing for a while. Whether that closed the breaker. It is left alone once it
    /// said so to two numbers in a row and within the window: many mean one number by it, and that one must not hold up everybody's codes.
    pub(super) fn throttled(&self, wait: Option<Duration>, number: &PhoneNumber, now: Timestamp) -> bool {
        let mut state = self.state();
        let soon = |at: &Timestamp| now.since(*at) <= self.settings.window.get();
        let is_second = state.throttled.as_ref().is_some_and(|(first, at)| first != number && soon(at));
        let paused_until = wait.filter(|_| is_second).map(|wait| now.plus(wait.min(LONGEST_PAUSE)));
        let throttled = Some((number.clone(), now));
        std::mem::replace(&mut *state, State { paused_until, throttled, ..State::default() }).open_until.is_some()
    }

    /// The provider was not there, or did not say what became of the message. Whether that opened the breaker.
    pub(super) fn failed(&self, now: Timestamp) -> bool {
        let mut state = self.state();
        state.count(&self.settings, now);
        let opens = state.open_until.is_some() || state.failures >= self.settings.failures;
        opens && self.open(&mut state, now)
    }

    /// The provider takes nothing from us until an operator acts: the next message would fare no better. Whether that
    /// opened the breaker.
    pub(super) fn shut(&self, now: Timestamp) -> bool {
        let mut state = self.state();
        state.count(&self.settings, now);
        self.open(&mut state, now)
    }

    fn open(&self, state: &mut State, now: Timestamp) -> bool {
        state.open_until.replace(now.plus(self.settings.open_for.get())).is_none()
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Counts a message that failed or was passed by.
    fn count(&mut self, settings: &BreakerSettings, now: Timestamp) {
        let fresh = self.first_failure.is_none_or(|first| now.since(first) > settings.window.get());
        if fresh {
            (self.failures, self.first_failure) = (0, Some(now));
        }
        self.failures = self.failures.saturating_add(1);
        // What was said of numbers before is no longer in a row.
        self.throttled = None;
        if self.failures >= settings.failures {
            self.shown_since = self.shown_since.or(Some(now));
        }
    }
}

#[cfg(test)]
mod tests;
