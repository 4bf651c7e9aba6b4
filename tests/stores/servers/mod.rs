//! Servers that the tests start for themselves and end again.

pub mod account_api;
pub mod dovecot;
pub mod fault;
