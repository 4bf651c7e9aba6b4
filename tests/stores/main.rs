//! Account stores: every adapter keeps every promise of the conformance suite, on a real server where it has one.

#![expect(clippy::unwrap_used, reason = "a test may end at once")]

mod contract;
mod servers;
mod sql;
mod sql_contract;
mod sqlite;
