//! The contract of the API: the description that is served, the answers that are given, and that they agree.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod captchas;
mod codes;
mod configuration;
mod description;
mod languages;
mod operation;
mod outages;
mod receipts;
mod refusals;
mod replay;
mod resends;
mod resets;
mod routes;
mod shape;
mod stage;
