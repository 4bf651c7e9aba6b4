//! Work that must not stop midway when a client hangs up.

use std::future::Future;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio_util::task::TaskTracker;

use super::FlowError;

/// Runs verifications and completions as their own tasks on the main runtime: a handler's future is dropped
/// when the client resets the connection, and a server worker's runtime ends before the service does.
#[derive(Debug, Clone)]
pub struct Tasks {
    runtime: Handle,
    tracker: TaskTracker,
}

impl Tasks {
    /// On the given runtime.
    #[must_use]
    pub fn on(runtime: Handle) -> Self {
        Self { runtime, tracker: TaskTracker::new() }
    }

    /// Runs `work` to its end whatever becomes of the caller.
    ///
    /// # Errors
    /// What the work gives, or [`FlowError::Unavailable`] when it was torn down.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, FlowError>> + Send + 'static,
    ) -> Result<T, FlowError> {
        match self.tracker.spawn_on(work, &self.runtime).await {
            Ok(outcome) => outcome,
            Err(error) => Err(FlowError::Unavailable { reason: format!("a task ended early: {error}") }),
        }
    }

    /// Waits until all are done, or the time is over; says whether they are.
    pub async fn finish(&self, within: Duration) -> bool {
        self.tracker.close();
        tokio::time::timeout(within, self.tracker.wait()).await.is_ok()
    }
}
