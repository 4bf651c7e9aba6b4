//! Runs a store through the conformance suite.
//!
//! A stage gives a store that holds exactly these people, of whom it may leave out what the store cannot hold:
//!
//! * `zhang@example.org`, alias `zhang.san@example.org`, phone +86 138 0000 0000, "Old-Password-1"
//! * `li@example.org`, neither phone nor password
//! * `wang@example.org`, disabled, phone +86 138 0000 0002, "Old-Password-1"
//! * `zhao@example.org`, a landline and +86 138 0000 0003
//! * `qian@example.org`, "call me" for a phone and 1990-02-31 for a birthday

use std::sync::Arc;

use resetgate::account::AccountStore;
use resetgate::account::conformance::{ALL, Cast, Trial, Verdict};
use resetgate::domain::{
    Clock, MailboxAddress, ManualClock, NewPassword, PhoneNumber, Region, SystemRandom, Timestamp,
};

/// 2026-11-23T03:00:00Z, a day after the people of the stage got their passwords.
pub const NOW: Timestamp = Timestamp::from_millis(1_795_402_800_000);

pub fn address(text: &str) -> MailboxAddress {
    MailboxAddress::parse(text).unwrap()
}

pub fn password(text: &str) -> NewPassword {
    NewPassword::parse(text).unwrap()
}

pub fn phone(text: &str) -> PhoneNumber {
    PhoneNumber::parse(text, Region::CN).unwrap()
}

/// A clock that stands at [`NOW`].
pub fn clock() -> Arc<dyn Clock> {
    Arc::new(ManualClock::at(NOW))
}

/// The people above.
pub fn cast() -> Cast {
    Cast {
        bound: address("zhang@example.org"),
        password: password("Old-Password-1"),
        phone: Some(phone("13800000000")),
        alias: Some(address("zhang.san@example.org")),
        unbound: Some(address("li@example.org")),
        passwordless: Some(address("li@example.org")),
        disabled: Some(address("wang@example.org")),
        several: Some((address("zhao@example.org"), phone("13800000003"))),
        malformed: Some(address("qian@example.org")),
        refused: None,
    }
}

/// Tries every promise, one after the other on one stage. `left_out` are the promises that this stage may leave
/// untried; each of them must be.
pub async fn keeps_every_promise(store: Arc<dyn AccountStore>, cast: Cast, left_out: &[&str]) {
    let trial = Trial { store, cast, clock: clock(), random: Arc::new(SystemRandom) };
    let mut wrong = Vec::new();
    for promise in ALL {
        match promise.try_on(&trial).await {
            Verdict::Kept if !left_out.contains(&promise.name) => {}
            Verdict::NotTried(_) if left_out.contains(&promise.name) => {}
            verdict => wrong.push(format!("{}: {verdict:?}", promise.name)),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
