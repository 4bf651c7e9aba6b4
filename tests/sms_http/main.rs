//! The HTTP gateway against real servers on this machine: what arrives, how often, and what becomes of each answer.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise, in its servers too")]

mod answers;
mod chain;
mod gateway;
mod silence;
mod tls;
