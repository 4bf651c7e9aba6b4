//! Numbers that a provider wants nothing for.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use crate::domain::Timestamp;

/// The longest that a provider's word holds a number; its limits are over a day at most.
const LONGEST: Duration = Duration::from_hours(24);

/// Until when, by number. Keys are keyed hashes, so that no number lies in memory in clear.
pub(super) struct Holds {
    until: HashMap<u64, Timestamp>,
    hash: RandomState,
    max_keys: usize,
}

impl Holds {
    pub(super) fn new(max_keys: usize) -> Self {
        Self { until: HashMap::new(), hash: RandomState::new(), max_keys }
    }

    /// Holds a number. When there is no room it is not held: the provider refuses it by itself.
    pub(super) fn hold(&mut self, number: &str, wait: Duration, now: Timestamp) {
        if self.until.len() >= self.max_keys {
            self.prune(now);
        }
        let key = self.hash.hash_one(number);
        if self.until.len() < self.max_keys || self.until.contains_key(&key) {
            let until = self.until.entry(key).or_insert(now);
            *until = (*until).max(now.plus(wait.min(LONGEST)));
        }
    }

    pub(super) fn has(&self, number: &str, now: Timestamp) -> bool {
        self.until.get(&self.hash.hash_one(number)).is_some_and(|until| now < *until)
    }

    /// Forgets those that are over.
    pub(super) fn prune(&mut self, now: Timestamp) {
        self.until.retain(|_, until| now < *until);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_millis(0).plus(Duration::from_secs(seconds))
    }

    /// case 89: for as long as the provider said, and a day at most.
    #[test]
    fn a_number_is_held_for_its_time_and_no_longer_than_a_day() {
        let mut holds = Holds::new(10);
        holds.hold("+1", Duration::from_mins(1), at(0));
        holds.hold("+1", Duration::from_secs(5), at(1));
        holds.hold("+2", Duration::MAX, at(0));
        assert!(holds.has("+1", at(59)) && !holds.has("+1", at(60)) && !holds.has("+3", at(0)));
        assert!(holds.has("+2", at(86_399)) && !holds.has("+2", at(86_400)));
    }

    #[test]
    fn a_flood_of_numbers_fills_no_more_than_its_room_and_frees_none_before_its_time() {
        let mut holds = Holds::new(10);
        (0..100).for_each(|number| holds.hold(&format!("+{number}"), Duration::from_mins(1), at(0)));
        assert_eq!(holds.until.len(), 10);
        assert!((0..10).all(|number| holds.has(&format!("+{number}"), at(59))));
        holds.hold("+100", Duration::from_mins(1), at(60));
        assert!(holds.has("+100", at(61)));
        assert_eq!(holds.until.len(), 1, "those that are over made room");
    }
}
