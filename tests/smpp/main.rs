//! The SMPP provider against an SMSC that is not ours, and against peers that misbehave in one way each.

#![cfg(feature = "smpp")]
#![expect(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "a test may stop at the first surprise")]

mod command;
mod faults;
mod figures;
mod once;
mod peer;
mod provider;
mod receipts;
mod smsc;
mod taking;
mod tls;
