//! One rate of a requester gate: a bucket for each network.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use governor::clock::Clock as _;
use governor::middleware::{StateInformationMiddleware, StateSnapshot};
use governor::nanos::Nanos;
use governor::{NotUntil, Quota, RateLimiter};

use super::bounded::{BoundedStore, Step, Visit};
use super::settings::LONGEST;
use super::ticks::{Since, Ticks};
use super::{Allowance, Limited};
use crate::domain::{Network, Rate};

/// A full map is swept again after so long; each time walks all of it.
const SWEEP_PAUSE: Duration = Duration::from_secs(10);

/// The buckets of one rate: `count` at once, refilled evenly over the period.
pub(super) struct Buckets {
    limiter: RateLimiter<Visit, BoundedStore, Since, StateInformationMiddleware>,
    store: BoundedStore,
    limit: u32,
    /// What one is worth, in nanoseconds.
    worth: u64,
    window_secs: u64,
    max_keys: usize,
    swept: AtomicU64,
}

impl Buckets {
    /// In place of `before`, it goes on with what was counted there: a bucket that refills in so much time still does.
    pub(super) fn new(rate: Rate, factor: u32, max_keys: usize, ticks: Ticks, before: Option<&Self>) -> Self {
        let count = rate.count.saturating_mul(NonZeroU32::new(factor).unwrap_or(NonZeroU32::MIN));
        let store = before.map_or_else(|| BoundedStore::new(max_keys), |before| before.store.clone());
        Self {
            limiter: RateLimiter::new(quota(count, rate.period.get()), store.clone(), Since::origin(ticks)),
            store,
            limit: count.get(),
            worth: u64::try_from(step(count, rate.period.get()).as_nanos()).unwrap_or(u64::MAX),
            window_secs: rate.period.as_secs(),
            max_keys,
            swept: AtomicU64::new(0),
        }
    }

    /// Whether one more would pass now; takes nothing.
    pub(super) fn look(&self, network: Network) -> Result<(), Limited> {
        self.visit(Visit { network, step: Step::Look }).map(|_| ())
    }

    /// Takes one.
    pub(super) fn charge(&self, network: Network) -> Result<Allowance, Limited> {
        if self.limiter.len() >= self.max_keys {
            self.make_room();
        }
        self.visit(Visit { network, step: Step::Charge })
    }

    /// Gives one back, where one was taken; never more than the bucket holds.
    pub(super) fn give_back(&self, network: Network) {
        let _ = self.visit(Visit { network, step: Step::GiveBack(self.worth) });
    }

    /// Forgets networks whose bucket is full again.
    pub(super) fn sweep(&self) {
        self.limiter.retain_recent();
        self.limiter.shrink_to_fit();
    }

    fn visit(&self, visit: Visit) -> Result<Allowance, Limited> {
        self.limiter.check_key(&visit).map(|state| self.allowance(&state)).map_err(|refusal| self.limited(&refusal))
    }

    fn allowance(&self, state: &StateSnapshot) -> Allowance {
        Allowance { limit: self.limit, window_secs: self.window_secs, remaining: state.remaining_burst_capacity() }
    }

    fn limited(&self, refusal: &NotUntil<Nanos>) -> Limited {
        let wait = refusal.wait_time_from(self.limiter.clock().now());
        Limited { retry_after: wait.max(Duration::from_secs(1)), limit: self.limit, window_secs: self.window_secs }
    }

    fn make_room(&self) {
        let now = self.limiter.clock().now().as_u64();
        let swept = self.swept.load(Ordering::Relaxed);
        let pause = u64::try_from(SWEEP_PAUSE.as_nanos()).unwrap_or(u64::MAX);
        let due = swept == 0 || now.saturating_sub(swept) >= pause;
        // Whoever sets the mark sweeps; the others share the common bucket meanwhile.
        if due && self.swept.compare_exchange(swept, now.max(1), Ordering::Relaxed, Ordering::Relaxed).is_ok() {
            self.limiter.retain_recent();
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.limiter.len()
    }
}

fn step(count: NonZeroU32, period: Duration) -> Duration {
    (period.min(LONGEST) / count.get()).max(Duration::from_nanos(1))
}

fn quota(count: NonZeroU32, period: Duration) -> Quota {
    Quota::with_period(step(count, period)).map_or_else(|| Quota::per_second(count), |quota| quota.allow_burst(count))
}
