//! Account stores: every adapter keeps every promise of the conformance suite, on a real server where it has one.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may end at once")]

mod contract;
mod servers;
mod sql;
mod sql_contract;
mod sql_examine;
mod sql_faults;
mod sql_names;
mod sql_presets;
mod sql_readme;
mod sql_rows;
mod sql_tls;
mod sqlite;
