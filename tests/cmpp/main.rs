//! CMPP against a gateway of our own, built from the text of the standard: what arrives, how often, and what becomes of
//! each answer and each silence.

#![cfg(feature = "cmpp")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise, in its gateway too")]

mod answers;
mod ending;
mod harness;
mod ismg;
mod login;
mod once;
mod reports;
mod silence;
mod wire;
