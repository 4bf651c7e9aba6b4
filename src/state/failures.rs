//! What wrong codes of one account lead to: a pure rule from a record and a moment to a standing.

use std::collections::VecDeque;
use std::time::Duration;

use super::FailureSettings;
use crate::domain::Timestamp;

/// Whether codes may be sent to an account. The mailbox itself is never touched, and a code in hand keeps working
/// while its account waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nothing stands against it.
    Free,
    /// Not before this moment.
    Waiting {
        /// End of the wait.
        until: Timestamp,
    },
    /// Not until the phone is bound anew.
    Paused {
        /// When the last wrong code came.
        since: Timestamp,
    },
}

/// The wrong codes of one account.
#[derive(Debug, Clone, Default)]
pub(super) struct FailureRecord {
    /// Moments inside the window, oldest first; never more than `pause_after`.
    recent: VecDeque<Timestamp>,
    /// In a row, over any time.
    consecutive: u32,
}

impl FailureRecord {
    pub(super) fn count(mut self, rules: &FailureSettings, now: Timestamp) -> Self {
        self.forget(rules, now);
        if self.recent.len() >= rules.pause_after as usize {
            self.recent.pop_front();
        }
        self.recent.push_back(now);
        self.consecutive = self.consecutive.saturating_add(1);
        self
    }

    fn forget(&mut self, rules: &FailureSettings, now: Timestamp) {
        while self.recent.len() > 1 && self.recent.front().is_some_and(|&first| now.since(first) >= rules.window.get())
        {
            self.recent.pop_front();
        }
    }

    pub(super) fn standing(&self, rules: &FailureSettings, now: Timestamp) -> Standing {
        let Some(&last) = self.recent.back() else { return Standing::Free };
        if self.consecutive >= rules.pause_after {
            return Standing::Paused { since: last };
        }
        let inside = self.recent.iter().filter(|&&moment| now.since(moment) < rules.window.get()).count();
        let Some(excess) = u32::try_from(inside).unwrap_or(u32::MAX).checked_sub(rules.free) else {
            return Standing::Free;
        };
        let wait = rules.first_wait.get().checked_mul(2_u32.saturating_pow(excess)).unwrap_or(Duration::MAX);
        let until = last.plus(wait.min(rules.max_wait.get()));
        if now < until { Standing::Waiting { until } } else { Standing::Free }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> FailureSettings {
        toml::from_str(
            "window = '24h'\nfree = 10\nfirst_wait = '30s'\nmax_wait = '1h'\npause_after = 100\nalarm = '100/1h'",
        )
        .unwrap()
    }

    fn after(wrong: u32) -> (FailureRecord, Timestamp) {
        let now = Timestamp::from_millis(1_000_000);
        ((0..wrong).fold(FailureRecord::default(), |record, _| record.count(&rules(), now)), now)
    }

    #[test]
    fn nine_wrong_codes_cost_nothing_and_the_tenth_begins_a_doubling_wait() {
        let (record, now) = after(9);
        assert_eq!(record.standing(&rules(), now), Standing::Free);
        for (wrong, seconds) in [(10, 30), (11, 60), (12, 120), (16, 1_920), (17, 3_600), (40, 3_600)] {
            let (record, now) = after(wrong);
            assert_eq!(
                record.standing(&rules(), now),
                Standing::Waiting { until: now.plus(Duration::from_secs(seconds)) }
            );
            assert_eq!(record.standing(&rules(), now.plus(Duration::from_secs(seconds))), Standing::Free);
        }
    }

    #[test]
    fn wrong_codes_are_forgotten_after_the_window() {
        let (record, now) = after(12);
        let later = now.plus(Duration::from_hours(24));
        assert_eq!(record.count(&rules(), later).standing(&rules(), later), Standing::Free);
    }

    #[test]
    fn a_hundred_in_a_row_pause_whatever_time_lies_between() {
        let start = Timestamp::from_millis(0);
        let weekly = |index: u32| start.plus(Duration::from_hours(24 * 7) * index);
        let record = (0..100).fold(FailureRecord::default(), |record, index| record.count(&rules(), weekly(index)));
        assert_eq!(record.standing(&rules(), weekly(99)), Standing::Paused { since: weekly(99) });
        assert_eq!(record.standing(&rules(), weekly(500)), Standing::Paused { since: weekly(99) });
    }
}
