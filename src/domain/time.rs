//! Time, passed in and never called from the side.

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// A moment in UTC, in whole milliseconds since 1970. Time zones and daylight saving exist only in texts for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970-01-01T00:00:00Z, rounded down.
    #[must_use]
    pub const fn as_secs(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The moment `span` later; stops at the end of time instead of wrapping.
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
    }

    /// How long after `earlier` this is; zero when it is not after.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

/// RFC 3339 in UTC with seconds, as the API prints it.
impl fmt::Display for Timestamp {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_second(self.as_secs()) {
            Ok(moment) => write!(out, "{moment}"),
            Err(_) => write!(out, "{}", self.as_secs()),
        }
    }
}

/// Where the current moment comes from.
pub trait Clock: Send + Sync {
    /// The current moment; never earlier than an answer given before.
    fn now(&self) -> Timestamp;
}

/// Wall time read once at start, then carried on by the monotonic clock: stepping the machine's
/// clock back does not revive an expired code, stepping it forward frees no limit.
#[derive(Debug)]
pub struct SystemClock {
    anchor: Timestamp,
    since: Instant,
}

impl SystemClock {
    /// Anchors the clock at the machine's present wall time.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place where the machine's clocks are read")]
    pub fn start() -> Self {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { anchor: Timestamp(0).plus(wall), since: Instant::now() }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        self.anchor.plus(self.since.elapsed())
    }
}

/// A clock that moves only when told to.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// Starts at `now`.
    #[must_use]
    pub const fn at(now: Timestamp) -> Self {
        Self(AtomicI64::new(now.0))
    }

    /// Moves forward by `span`.
    pub fn advance(&self, span: Duration) {
        self.0.fetch_add(i64::try_from(span.as_millis()).unwrap_or(i64::MAX), Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timestamp_prints_as_rfc_3339_in_utc() {
        assert_eq!(Timestamp::from_millis(1_795_402_872_345).to_string(), "2026-11-23T03:01:12Z");
    }

    /// case 105: a leap second is not a second of its own, nor does a negative span wrap.
    #[test]
    fn the_time_since_a_later_moment_is_zero() {
        let now = Timestamp::from_millis(1_000);
        assert_eq!(now.since(now.plus(Duration::from_secs(5))), Duration::ZERO);
        assert_eq!(now.plus(Duration::MAX).as_millis(), i64::MAX);
    }

    /// case 6 and case 57: the clock is anchored once, so a step of the wall clock cannot reach it.
    #[test]
    fn the_system_clock_is_carried_by_the_monotonic_clock_after_its_start() {
        let clock = SystemClock { anchor: Timestamp::from_millis(5_000), since: SystemClock::start().since };
        let first = clock.now();
        let second = clock.now();
        assert!(first >= Timestamp::from_millis(5_000) && first < Timestamp::from_millis(65_000));
        assert!(second >= first);
    }
}
