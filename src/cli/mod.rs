//! The commands beside serving.

pub mod sms;
