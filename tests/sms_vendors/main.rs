//! Every kind of provider that is reached over HTTP, against servers on this machine: one table of faults for all of
//! them, and each vendor's own words.
//!
//! A new kind is a row in `rows.rs`.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise, in its servers too")]

mod chain;
mod clouds;
mod faults;
#[expect(dead_code, reason = "its chains are of one kind alone; here the servers are used")]
#[path = "../sms_http/gateway.rs"]
mod gateway;
mod rows;
mod signed;
mod silence;
mod tls;
mod words;
