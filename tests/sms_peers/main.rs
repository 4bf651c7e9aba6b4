//! Providers abroad against software of their own side: Amazon SNS as `moto` plays it, and receipts as Twilio's package
//! signs them. Both are Python, installed by `tests/run` into `target/sms_peers`; without them these tests fail.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod aws;
mod python;
mod twilio;
