//! resetgate.
pub mod account;
pub mod audit;
pub mod captcha;
pub mod cli;
pub mod domain;
pub mod limits;
pub mod policy;
pub mod sms;
