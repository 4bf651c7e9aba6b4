//! The house's clock, as governor reads it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use governor::nanos::Nanos;

use crate::domain::{Clock, Timestamp};

/// A quarter of what governor can count, about 146 years: it adds spans to moments without looking for overflow.
const END: Duration = Duration::from_nanos(u64::MAX / 4);

/// Nanoseconds since the limiter was built, read from the clock once a request: the machine's clock costs more than
/// all the buckets of a gate together. A clock that goes back stands still instead of wrapping.
#[derive(Clone)]
pub(super) struct Ticks {
    clock: Arc<dyn Clock>,
    origin: Timestamp,
    latest: Arc<AtomicU64>,
}

impl Ticks {
    pub(super) fn start(clock: Arc<dyn Clock>) -> Self {
        Self { origin: clock.now(), clock, latest: Arc::default() }
    }

    /// Reads the clock.
    pub(super) fn tick(&self) {
        let now = Nanos::from(self.clock.now().since(self.origin).min(END)).as_u64();
        // The clock counts milliseconds, so nearly every request finds them noted already.
        if now > self.latest.load(Ordering::Relaxed) {
            self.latest.fetch_max(now, Ordering::Relaxed);
        }
    }
}

/// The same clock for one set of buckets. governor keeps moments as spans since it was built, and asks first for when
/// that is: buckets that take over what others counted must begin where those did, at the origin.
#[derive(Clone)]
pub(super) struct Since {
    ticks: Ticks,
    begun: Arc<AtomicBool>,
}

impl Since {
    pub(super) fn origin(ticks: Ticks) -> Self {
        Self { ticks, begun: Arc::default() }
    }
}

impl governor::clock::Clock for Since {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        if !self.begun.load(Ordering::Relaxed) && !self.begun.swap(true, Ordering::Relaxed) {
            return Nanos::from(0);
        }
        self.ticks.latest.load(Ordering::Relaxed).into()
    }
}
