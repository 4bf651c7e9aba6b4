//! Wrong codes over all accounts: one or two on each of many stay below every account's own count.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use crate::domain::{Rate, Timestamp};

/// Whether counting a wrong code raised the alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alarm {
    /// As usual, or told already.
    Quiet,
    /// More than allowed over all accounts; told once in the rate's period, not with every code.
    Raised {
        /// What is allowed.
        allowed: Rate,
    },
}

/// The latest wrong codes, whosever they were.
#[derive(Debug)]
pub(super) struct Overall {
    allowed: Rate,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    /// Oldest first; never more than one beyond what is allowed, because that many answer the question.
    recent: VecDeque<Timestamp>,
    told: Option<Timestamp>,
}

impl Seen {
    fn is_high(&self, allowed: Rate, now: Timestamp) -> bool {
        let oldest = self.recent.front().filter(|_| self.recent.len() > allowed.count.get() as usize);
        oldest.is_some_and(|&oldest| now.since(oldest) < allowed.period.get())
    }
}

impl Overall {
    pub(super) fn new(allowed: Rate) -> Self {
        Self { allowed, seen: Mutex::default() }
    }

    pub(super) fn count(&self, now: Timestamp) -> Alarm {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.recent.len() > self.allowed.count.get() as usize {
            seen.recent.pop_front();
        }
        seen.recent.push_back(now);
        let told = seen.told.is_some_and(|told| now.since(told) < self.allowed.period.get());
        if told || !seen.is_high(self.allowed, now) {
            return Alarm::Quiet;
        }
        seen.told = Some(now);
        Alarm::Raised { allowed: self.allowed }
    }

    /// Whether there are more than allowed at present.
    pub(super) fn is_high(&self, now: Timestamp) -> bool {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).is_high(self.allowed, now)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn minutes(count: u64) -> Timestamp {
        Timestamp::from_millis(1_795_417_200_000).plus(Duration::from_mins(count))
    }

    fn overall() -> Overall {
        Overall::new("3/1h".parse().unwrap())
    }

    /// How many alarms so many wrong codes raise.
    fn alarms(overall: &Overall, wrong: usize, at: Timestamp) -> usize {
        (0..wrong).filter(|_| overall.count(at) != Alarm::Quiet).count()
    }

    #[test]
    fn one_more_than_allowed_raises_one_alarm_however_many_follow() {
        let overall = overall();
        assert_eq!((alarms(&overall, 3, minutes(0)), overall.is_high(minutes(0))), (0, false));
        assert_eq!(overall.count(minutes(59)), Alarm::Raised { allowed: "3/1h".parse().unwrap() });
        assert_eq!(alarms(&overall, 1_000, minutes(60)), 0);
        assert!(overall.is_high(minutes(60)));
    }

    #[test]
    fn it_goes_on_being_told_once_in_the_time_while_they_keep_coming() {
        let overall = overall();
        let told = |from, to| (from..to).map(|minute| alarms(&overall, 1, minutes(minute))).sum::<usize>();
        assert_eq!((told(0, 63), told(63, 123), told(123, 183)), (1, 1, 1));
    }

    #[test]
    fn the_usual_number_raises_none_for_ever_and_the_window_rolls() {
        let overall = overall();
        assert_eq!((0..1_000).map(|turn| alarms(&overall, 1, minutes(turn * 20))).sum::<usize>(), 0);
        let last = 999 * 20;
        assert_eq!(alarms(&overall, 1, minutes(last + 1)), 1, "the third of the last hour, and one more");
        assert!(overall.is_high(minutes(last + 19)) && !overall.is_high(minutes(last + 20)), "it ends by itself");
    }

    #[test]
    fn of_many_at_once_one_raises_it() {
        let overall = overall();
        let raised: usize = std::thread::scope(|scope| {
            let each: Vec<_> = (0..8).map(|_| scope.spawn(|| alarms(&overall, 100, minutes(0)))).collect();
            each.into_iter().map(|one| one.join().unwrap()).sum()
        });
        assert_eq!(raised, 1);
    }
}
