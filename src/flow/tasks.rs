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
            Err(error) => Err(FlowError::Unavailable { reason: ended_early(&error).to_owned() }),
        }
    }

    /// Waits until all are done, or the time is over; says whether they are.
    pub async fn finish(&self, within: Duration) -> bool {
        self.tracker.close();
        tokio::time::timeout(within, self.tracker.wait()).await.is_ok()
    }
}

/// Why a task has no outcome. The words of a panic stay out of it: they may quote what was being worked on.
pub(super) fn ended_early(error: &tokio::task::JoinError) -> &'static str {
    if error.is_panic() { "a task panicked" } else { "a task was stopped" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken() -> Result<(), FlowError> {
        panic!("Tiantian-2026x")
    }

    /// case 99: the words of a panic may quote a password; they are in no reason.
    #[tokio::test]
    async fn a_panic_is_an_outage_without_its_words() {
        let tasks = Tasks::on(Handle::current());
        let outcome = tasks.run(async { broken() }).await;
        let Err(FlowError::Unavailable { reason }) = outcome else { panic!("{outcome:?}") };
        assert_eq!(reason, "a task panicked");
        assert!(tasks.finish(Duration::from_secs(1)).await, "a task that panicked is over");
    }
}
