//! The command line.

pub mod config;
mod new_file;
pub mod secret;
