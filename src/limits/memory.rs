//! Limits of one process.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use async_trait::async_trait;
use ipnet::IpNet;

use super::requesters::{RequesterGates, UNLIMITED};
use super::sends::SendBook;
use super::{Allowance, Booking, Limited, LimitsError, LimitsSettings, RateLimiter, RequesterGate, SendGate};
use crate::domain::{Clock, PhoneNumber, Requester, SubjectId, Timestamp};

/// Counts in the memory of this process; a restart forgets, and two processes count apart.
///
/// No address is exempt, not loopback and not a private one: behind a wrongly set proxy everybody would be.
pub struct MemoryLimits {
    enabled: bool,
    gates: ArcSwap<RequesterGates>,
    sends: Mutex<SendBook>,
}

impl MemoryLimits {
    /// Builds the gates. `settings` must have passed [`LimitsSettings::check`].
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "ports are handed over, so that every constructor looks alike")]
    pub fn new(settings: &LimitsSettings, clock: Arc<dyn Clock>) -> Self {
        Self {
            enabled: settings.enabled,
            gates: ArcSwap::from_pointee(RequesterGates::new(settings, &clock)),
            sends: Mutex::new(SendBook::new(settings)),
        }
    }

    /// Requests that seem to come from one of these came through it, and nobody knows from whom: no known network.
    #[must_use]
    pub fn behind(self, proxies: &[IpNet]) -> Self {
        let mut gates = self.gates.into_inner();
        if let Some(gates) = Arc::get_mut(&mut gates) {
            gates.set_proxies(proxies);
        }
        Self { gates: ArcSwap::new(gates), ..self }
    }

    /// Follows other rates from now on, and keeps what was counted. `enabled` and `max_keys` stay as they were.
    ///
    /// A rate that looks further back than the one before it knows only what was remembered for that.
    pub fn follow(&self, settings: &LimitsSettings) {
        self.gates.store(Arc::new(self.gates.load().following(settings)));
        self.sends().follow(settings);
    }

    /// A lock for the few hundred nanoseconds of a booking; a panic of its holder leaves counts that are at worst too high.
    fn sends(&self) -> MutexGuard<'_, SendBook> {
        self.sends.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The most keys that one limiter remembers.
    #[cfg(test)]
    pub(super) fn remembered(&self) -> usize {
        let gates = self.gates.load();
        let gates = RequesterGate::ALL.iter().map(|gate| gates.gate(*gate).remembered());
        gates.max().unwrap_or(0).max(self.sends().remembered())
    }
}

#[async_trait]
impl RateLimiter for MemoryLimits {
    async fn pass(
        &self,
        gate: RequesterGate,
        requester: &Requester,
    ) -> Result<Result<Allowance, Limited>, LimitsError> {
        if !self.enabled {
            return Ok(Ok(UNLIMITED));
        }
        Ok(self.gates.load().pass(gate, requester))
    }

    async fn forgive(&self, requester: &Requester) -> Result<(), LimitsError> {
        if self.enabled {
            self.gates.load().forgive(requester);
        }
        Ok(())
    }

    async fn book_send(
        &self,
        account: &SubjectId,
        phone: &PhoneNumber,
        now: Timestamp,
    ) -> Result<Result<Booking, SendGate>, LimitsError> {
        if !self.enabled {
            return Ok(Ok(Booking::NOWHERE));
        }
        Ok(self.sends().book(account, phone, now))
    }

    async fn give_back(&self, booking: Booking) -> Result<(), LimitsError> {
        if self.enabled {
            self.sends().give_back(booking);
        }
        Ok(())
    }

    async fn book_notice(&self, now: Timestamp) -> Result<(), LimitsError> {
        if self.enabled {
            self.sends().book_notice(now);
        }
        Ok(())
    }

    async fn hold(&self, phone: &PhoneNumber, wait: Duration, now: Timestamp) -> Result<(), LimitsError> {
        if self.enabled {
            self.sends().hold(phone, wait, now);
        }
        Ok(())
    }

    async fn budget_left(&self, now: Timestamp) -> Result<f64, LimitsError> {
        Ok(self.sends().budget_left(now))
    }

    async fn sweep(&self, now: Timestamp) {
        self.gates.load().sweep();
        self.sends().sweep(now);
    }
}
