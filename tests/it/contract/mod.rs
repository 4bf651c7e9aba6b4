//! The contract of the API: the description that is served, the answers that are given, and that they agree.

mod captchas;
mod codes;
mod configuration;
mod description;
mod index;
mod languages;
mod operation;
mod outages;
mod refusals;
mod replay;
mod resends;
mod resets;
mod routes;
mod shape;
mod stage;
