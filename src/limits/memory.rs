//! Limits of one process.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

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
    gates: RequesterGates,
    sends: Mutex<SendBook>,
}

impl MemoryLimits {
    /// Builds the gates. `settings` must have passed [`LimitsSettings::check`].
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "ports are handed over, so that every constructor looks alike")]
    pub fn new(settings: &LimitsSettings, clock: Arc<dyn Clock>) -> Self {
        Self {
            enabled: settings.enabled,
            gates: RequesterGates::new(settings, &clock),
            sends: Mutex::new(SendBook::new(settings)),
        }
    }

    /// Requests that seem to come from one of these came through it, and nobody knows from whom: no known network.
    #[must_use]
    pub fn behind(mut self, proxies: &[IpNet]) -> Self {
        self.gates.set_proxies(proxies);
        self
    }

    /// A lock for the few hundred nanoseconds of a booking; a panic of its holder leaves counts that are at worst too high.
    fn sends(&self) -> MutexGuard<'_, SendBook> {
        self.sends.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The most keys that one limiter remembers.
    #[cfg(test)]
    pub(super) fn remembered(&self) -> usize {
        let gates = RequesterGate::ALL.iter().map(|gate| self.gates.gate(*gate).remembered());
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
        Ok(self.gates.pass(gate, requester))
    }

    async fn forgive(&self, requester: &Requester) -> Result<(), LimitsError> {
        if self.enabled {
            self.gates.forgive(requester);
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
        self.gates.sweep();
        self.sends().sweep(now);
    }
}
