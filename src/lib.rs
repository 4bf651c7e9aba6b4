//! resetgate.
pub mod account;
pub mod app;
pub mod audit;
pub mod captcha;
pub mod cli;
pub mod domain;
pub mod flow;
pub mod http;
pub mod limits;
pub mod policy;
pub mod settings;
pub mod sms;
pub mod state;
pub mod telemetry;
