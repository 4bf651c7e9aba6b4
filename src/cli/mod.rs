//! The command line.

pub mod audit;
pub mod config;
pub mod secret;
