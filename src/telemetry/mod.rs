//! What operators see: logs and metrics.

mod logs;
mod metered;
mod metered_sms;
mod metrics;
mod process;

pub use logs::{LogError, LogFormat, init_logs, log_panics};
pub use metered::MeteredAccounts;
pub use metered_sms::MeteredProvider;
pub use metrics::{Gauges, Metrics};
