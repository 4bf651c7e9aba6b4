//! The journeys, against the real application on free ports, with a clock that moves only when told to.
//!
//! One binary, one application per test, no order and no shared state. Numbers like "case 12" are the security cases
//! that a test covers.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod captchas;
mod challenges;
mod codes;
mod failures;
mod harness;
mod journey;
mod races;
mod names;
mod operators;
mod passwords;
mod secrecy;
mod shutdown;
mod store;
