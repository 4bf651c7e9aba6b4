//! The gates as the flows see them, on a clock that moves only when told to.

mod floods;
mod following;
mod given_back;
mod requesters;
mod sends;
mod settings;

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;

use super::*;
use crate::domain::{Clock, ManualClock, Region};

/// Late in the evening, so that an hour crosses midnight in UTC.
const START: Timestamp = Timestamp::from_millis(1_795_475_400_000);

fn defaults() -> LimitsSettings {
    let mut file: toml::Table = toml::from_str(include_str!("../../../config/default.toml")).unwrap();
    file.remove("limits").unwrap().try_into().unwrap()
}

/// The limiter and its clock.
struct Gates {
    limits: MemoryLimits,
    clock: Arc<ManualClock>,
}

impl Gates {
    fn of(settings: &LimitsSettings) -> Self {
        let clock = Arc::new(ManualClock::at(START));
        Self { limits: MemoryLimits::new(settings, Arc::clone(&clock) as Arc<dyn Clock>), clock }
    }

    fn by_default() -> Self {
        Self::of(&defaults())
    }

    fn pass(&self, gate: RequesterGate, from: &str) -> Result<Allowance, Limited> {
        self.pass_from(gate, from.parse::<std::net::IpAddr>().unwrap().into())
    }

    fn pass_from(&self, gate: RequesterGate, from: Requester) -> Result<Allowance, Limited> {
        self.limits.pass(gate, &from).now_or_never().unwrap().unwrap()
    }

    /// How many of `tries` pass at once.
    fn passed(&self, gate: RequesterGate, from: &str, tries: usize) -> usize {
        (0..tries).filter(|_| self.pass(gate, from).is_ok()).count()
    }

    fn send(&self, account: &str, phone: &str) -> Result<(), SendGate> {
        self.send_at(account, phone, self.clock.now())
    }

    fn send_at(&self, account: &str, phone: &str, now: Timestamp) -> Result<(), SendGate> {
        self.book_at(account, phone, now).map(drop)
    }

    fn book_at(&self, account: &str, phone: &str, now: Timestamp) -> Result<Booking, SendGate> {
        let phone = PhoneNumber::parse(phone, Region::CN).unwrap();
        self.limits.book_send(&SubjectId::new(account), &phone, now).now_or_never().unwrap().unwrap()
    }

    fn give_back(&self, booking: Booking) {
        self.limits.give_back(booking).now_or_never().unwrap().unwrap();
    }

    fn notice(&self) {
        self.limits.book_notice(self.clock.now()).now_or_never().unwrap().unwrap();
    }

    fn left(&self) -> f64 {
        self.limits.budget_left(self.clock.now()).now_or_never().unwrap().unwrap()
    }

    fn sweep(&self) {
        self.limits.sweep(self.clock.now()).now_or_never().unwrap();
    }

    fn wait(&self, secs: u64) {
        self.clock.advance(Duration::from_secs(secs));
    }
}

/// One of the numbers in one block of ten thousand.
fn phone(number: u32) -> String {
    format!("1380013{number:04}")
}
