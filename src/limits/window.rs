//! Exact counts over rolling windows: at most so many in any span of that length.
//!
//! A token bucket lets up to twice its count through such a span, which is fine for requests and too much for
//! messages that cost money and disturb people.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use crate::domain::{Rate, Timestamp};

/// Where keys go that there is no room for. A keyed hash meets it by chance once in 2^128.
const OVERFLOW: u128 = 0;

/// A full table is pruned again after so long; each time walks all of it.
const PRUNE_PAUSE: Duration = Duration::from_secs(10);

/// When something happened, the newest last. No more moments than the largest count, but for messages that go out in any
/// case: with those at most twice as many.
#[derive(Debug, Default)]
pub(super) struct Log(VecDeque<Timestamp>);

/// Rates that one log is checked against together.
#[derive(Debug)]
pub(super) struct Windows {
    rates: Box<[(usize, Duration)]>,
    keep: usize,
    longest: Duration,
}

impl Windows {
    pub(super) fn new(rates: &[Rate]) -> Self {
        let rates: Box<[_]> = rates.iter().map(|rate| (rate.count.get() as usize, rate.period.get())).collect();
        Self {
            keep: rates.iter().map(|(count, _)| *count).max().unwrap_or(1),
            longest: rates.iter().map(|(_, period)| *period).max().unwrap_or_default(),
            rates,
        }
    }

    /// Whether one more fits into every window that ends now: the `count`-th newest must have left it.
    pub(super) fn admit(&self, log: &Log, now: Timestamp) -> bool {
        let now = log.not_before_newest(now);
        self.rates.iter().all(|(count, period)| {
            let nth = log.0.len().checked_sub(*count).and_then(|nth| log.0.get(nth));
            nth.is_none_or(|nth| now.since(*nth) >= *period)
        })
    }

    /// Notes one more, whether or not it fits; the moment under which it stands.
    pub(super) fn note(&self, log: &mut Log, now: Timestamp) -> Timestamp {
        let now = log.not_before_newest(now);
        // What has left the longest window decides nothing any more; what has not must stay, for one that is newer may
        // be struck out.
        let past = |log: &Log| log.0.front().is_some_and(|oldest| now.since(*oldest) >= self.longest);
        while log.0.len() >= self.keep && (past(log) || log.0.len() >= self.keep.saturating_mul(2)) {
            log.0.pop_front();
        }
        log.0.push_back(now);
        now
    }

    /// The part that is left of the fullest window, 0 to 1.
    pub(super) fn left(&self, log: &Log, now: Timestamp) -> f64 {
        let now = log.not_before_newest(now);
        let share = |(count, period): &(usize, Duration)| {
            let used = log.0.len() - log.0.partition_point(|then| now.since(*then) >= *period);
            1.0 - ratio(used, *count)
        };
        self.rates.iter().map(share).fold(1.0, f64::min).max(0.0)
    }

    /// Whether the log limits nothing any more.
    fn is_spent(&self, log: &Log, now: Timestamp) -> bool {
        log.0.back().is_none_or(|newest| now.since(*newest) >= self.longest)
    }
}

impl Log {
    /// Strikes out one that was noted at this moment, if it is not forgotten already.
    pub(super) fn strike(&mut self, noted: Timestamp) {
        if let Some(place) = self.0.iter().rposition(|moment| *moment == noted) {
            self.0.remove(place);
        }
    }

    /// A clock that was set back must neither reorder the log nor free anything: time stands still for it.
    fn not_before_newest(&self, now: Timestamp) -> Timestamp {
        self.0.back().map_or(now, |newest| now.max(*newest))
    }
}

fn ratio(part: usize, whole: usize) -> f64 {
    let count = |number: usize| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
    count(part) / count(whole)
}

/// Logs by key. Keys are kept as keyed hashes, so that no number and no account lies in memory in clear.
pub(super) struct Table {
    windows: Windows,
    logs: HashMap<u128, Log>,
    hashes: [RandomState; 2],
    max_keys: usize,
    pruned: Option<Timestamp>,
}

impl Table {
    pub(super) fn new(rates: &[Rate], max_keys: usize) -> Self {
        Self {
            windows: Windows::new(rates),
            logs: HashMap::new(),
            hashes: [RandomState::new(), RandomState::new()],
            max_keys,
            pruned: None,
        }
    }

    /// Where `text` is counted. When the table is full of live keys, all new ones are counted as one: forgetting an
    /// old one would free it.
    pub(super) fn slot(&mut self, text: &str, now: Timestamp) -> u128 {
        let [high, low] = &self.hashes;
        let key = u128::from(high.hash_one(text)) << 64 | u128::from(low.hash_one(text));
        if self.logs.contains_key(&key) || self.logs.len() < self.max_keys {
            return key;
        }
        if self.pruned.is_none_or(|pruned| now.since(pruned) >= PRUNE_PAUSE) {
            self.pruned = Some(now);
            self.prune(now);
        }
        if self.logs.len() < self.max_keys { key } else { OVERFLOW }
    }

    /// Other rates over what was noted.
    pub(super) fn follow(&mut self, rates: &[Rate]) {
        self.windows = Windows::new(rates);
    }

    pub(super) fn admit(&self, slot: u128, now: Timestamp) -> bool {
        self.logs.get(&slot).is_none_or(|log| self.windows.admit(log, now))
    }

    pub(super) fn note(&mut self, slot: u128, now: Timestamp) -> Timestamp {
        self.windows.note(self.logs.entry(slot).or_default(), now)
    }

    /// Strikes out one that was noted in a slot at this moment.
    pub(super) fn strike(&mut self, slot: u128, noted: Timestamp) {
        if let Some(log) = self.logs.get_mut(&slot) {
            log.strike(noted);
        }
    }

    /// Forgets keys that are limited no more.
    pub(super) fn prune(&mut self, now: Timestamp) {
        self.logs.retain(|_, log| !self.windows.is_spent(log, now));
    }

    /// Gives memory back.
    pub(super) fn shrink(&mut self) {
        self.logs.shrink_to_fit();
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.logs.len()
    }
}
