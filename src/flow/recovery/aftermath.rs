//! What is done elsewhere once a password was written: sessions ended, caches flushed.
//!
//! Also after a write whose outcome nobody knows. If it was done, a cache still lets the old password in and whoever
//! knew it stays signed in; if it was not, mail clients sign in once more with what they have. The first is worse.

use super::RecoveryParts;
use crate::account::{PasswordChange, sessions_ended};
use crate::audit::EventKind;
use crate::domain::{ChallengeView, Subject};
use crate::flow::Origin;

impl RecoveryParts {
    pub(super) fn change(
        &self,
        view: &ChallengeView,
        subject: &Subject,
        revoke_sessions: bool,
        certain: bool,
    ) -> PasswordChange {
        PasswordChange::of(subject, &view.account, self.clock.now(), revoke_sessions, certain)
    }

    /// Runs the hooks and tells what became of each. Whether sessions were ended.
    pub(super) async fn run_hooks(&self, origin: &Origin, view: &ChallengeView, change: &PasswordChange) -> bool {
        let reports = self.hooks.run(change).await;
        let ended = sessions_ended(&reports);
        for report in reports {
            let (hook, seconds) = (report.hook, report.seconds);
            let kind = match report.outcome {
                Ok(()) => EventKind::HookDone { hook, seconds },
                Err(reason) => {
                    tracing::warn!(%hook, %reason, challenge = %view.id, "hook failed after a password reset");
                    EventKind::HookFailed { hook, reason, seconds }
                }
            };
            self.record(origin, view, kind);
        }
        ended
    }
}
