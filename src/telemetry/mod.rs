//! What operators see: logs and metrics.

mod logs;
mod metered;
mod metrics;

pub use logs::{LogError, LogFormat, init_logs};
pub use metered::MeteredAccounts;
pub use metrics::{Gauges, Metrics};
