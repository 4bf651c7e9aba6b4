//! The house's clock, as governor reads it.

use std::sync::Arc;
use std::time::Duration;

use governor::nanos::Nanos;

use crate::domain::{Clock, Timestamp};

/// A quarter of what governor can count, about 146 years: it adds spans to moments without looking for overflow.
const END: Duration = Duration::from_nanos(u64::MAX / 4);

/// Time since the limiter was built. A clock that goes back stands still at zero instead of wrapping.
#[derive(Clone)]
pub(super) struct Ticks {
    clock: Arc<dyn Clock>,
    origin: Timestamp,
}

impl Ticks {
    pub(super) fn start(clock: Arc<dyn Clock>) -> Self {
        Self { origin: clock.now(), clock }
    }
}

impl governor::clock::Clock for Ticks {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        self.clock.now().since(self.origin).min(END).into()
    }
}
