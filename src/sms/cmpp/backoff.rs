//! How long to wait before the next connection.

use std::time::Duration;

use crate::domain::Randomness;

const FIRST: Duration = Duration::from_millis(200);
/// Where doubling ends, and how long to wait when only an operator can help.
const LONGEST: Duration = Duration::from_mins(1);

/// Doubles with every failure in a row. Half of each wait is chance, so that several of us do not come back at once.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    failures: u32,
    served: bool,
}

impl Backoff {
    /// The connection served its purpose: when it ends, the next is made at once.
    pub(super) fn served(&mut self) {
        self.served = true;
    }

    /// The wait before the next connection. `hopeless` when it will fail until an operator acts.
    pub(super) fn next(&mut self, hopeless: bool, random: &dyn Randomness) -> Duration {
        if std::mem::take(&mut self.served) {
            self.failures = 0;
            return Duration::ZERO;
        }
        let whole = if hopeless { LONGEST } else { FIRST.saturating_mul(1 << self.failures.min(16)).min(LONGEST) };
        self.failures = self.failures.saturating_add(1);
        let half = whole / 2;
        half + Duration::from_millis(random.below(u64::try_from(half.as_millis()).unwrap_or(u64::MAX)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::SystemRandom;

    #[test]
    fn waits_double_up_to_a_minute_and_half_of_each_is_chance() {
        let mut backoff = Backoff::default();
        for whole in [200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 51_200, 60_000, 60_000] {
            let wait = backoff.next(false, &SystemRandom);
            assert!(
                wait >= Duration::from_millis(whole / 2) && wait <= Duration::from_millis(whole),
                "{whole}: {wait:?}"
            );
        }
        backoff.served();
        assert_eq!(backoff.next(false, &SystemRandom), Duration::ZERO);
        assert!(backoff.next(false, &SystemRandom) <= FIRST);
    }

    /// A gateway that is asked with a wrong secret again and again locks the account.
    #[test]
    fn what_only_an_operator_mends_is_tried_once_a_minute() {
        let mut backoff = Backoff::default();
        assert!(backoff.next(true, &SystemRandom) >= Duration::from_secs(30));
    }
}
