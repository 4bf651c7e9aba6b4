//! The journeys, against the real application on free ports, with a clock that moves only when told to.
//!
//! One binary, one application per test, no order and no shared state. Numbers like "case 12" are the security cases
//! that a test covers.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod below_a_path;
mod bodies;
mod callbacks;
mod captchas;
mod challenges;
mod codes;
mod connections;
mod contract;
mod credentials;
mod enumeration;
mod failures;
mod figures;
mod fuzz;
mod given_back;
mod harness;
mod heads;
mod journey;
mod languages;
mod limits;
mod methods;
mod names;
mod offices;
mod operators;
mod origins;
mod page_misuse;
mod pages;
mod passwords;
mod providers;
mod races;
mod receipts;
mod requesters;
mod resuming;
mod routes;
mod routing;
mod secrecy;
mod sends;
mod shutdown;
mod slowness;
mod states;
mod store;
mod strictness;
mod timing;
