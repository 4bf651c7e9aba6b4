//! The command line.

pub mod account;
