//! The binary as operators run it: real processes on free ports, stopped by signals, watched from outside.
//!
//! Every wait has an end, and only processes that a test started are stopped. Numbers like "case 99" are the security
//! cases that a test covers.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod accounts;
mod config;
mod dev;
mod doctor;
mod gateway;
mod memory;
mod panics;
mod process;
mod reload;
mod secrecy;
mod signals;
mod site;
mod tools;
mod trail;
mod web;
