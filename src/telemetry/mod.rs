//! What operators see: logs and metrics.

mod logs;
mod metered;
mod metrics;
mod process;
mod sms;

pub use logs::{LogError, LogFormat, LogLevel, init_logs, log_panics};
pub use metered::MeteredAccounts;
pub use metrics::{Gauges, Metrics};
