//! Proving possession of the phone.

use secrecy::{ExposeSecret, SecretString};

use super::{RecoveryFlow, RecoveryParts, Verified};
use crate::audit::{AuditEvent, EventKind};
use crate::domain::{ChallengeId, ChallengeView, FlowCredential, OneTimeCode, Presented, State, Subject, Verdict};
use crate::flow::{FlowError, Origin, Passed};
use crate::limits::RequesterGate;
use crate::state::{Alarm, Standing};

impl RecoveryFlow {
    /// Presents a code. Runs to its end even when the client hangs up.
    ///
    /// # Errors
    /// Gate, credential, a text that cannot be a code, a wrong or late code, or a challenge that stands elsewhere.
    pub async fn verify(
        &self,
        origin: &Origin,
        id: &ChallengeId,
        credential: &FlowCredential,
        code: SecretString,
    ) -> Result<Passed<Verified>, FlowError> {
        let allowance = self.parts.gates.pass(RequesterGate::Verify, origin).await?;
        let (parts, origin, id, credential) = (self.parts.clone(), *origin, *id, credential.clone());
        let value = self
            .tasks
            .run(async move {
                let code = OneTimeCode::parse(code.expose_secret(), parts.rules.code_length)?;
                let view = parts.challenges.view(&id, &credential.digest(), parts.clock.now()).await?;
                parts.prove(&origin, &view, &credential, &code).await
            })
            .await?;
        Ok(Passed { value, allowance })
    }
}

impl RecoveryParts {
    /// The step from `code_sent` to `verified`.
    pub(super) async fn prove(
        &self,
        origin: &Origin,
        before: &ChallengeView,
        credential: &FlowCredential,
        code: &OneTimeCode,
    ) -> Result<Verified, FlowError> {
        let next = FlowCredential::draw(before.id, &*self.random);
        let key = failure_key(before);
        let now = self.clock.now();
        // A paused account keeps counting, and nothing matches any more: the authenticator is disabled.
        let paused = matches!(self.failures.standing(&key, now).await?, Standing::Paused { .. });
        let digests =
            if paused { Vec::new() } else { self.keys.present(&before.id, before.purpose, &before.account, code) };
        let presented = Presented { credential: credential.digest(), digests, next: next.digest() };
        let (view, verdict) = self.challenges.present(&before.id, &presented, now).await?;
        // It may have been armed since it was looked at; what counts is what the code was compared with.
        let key = failure_key(&view);
        match verdict {
            Verdict::Matched => self.admit(origin, view, next, &key).await,
            Verdict::Wrong { attempts_left } => {
                self.count_wrong(origin, &view, &key, "wrong").await?;
                Err(FlowError::CodeIncorrect { attempts_left })
            }
            Verdict::LockedNow => {
                self.count_wrong(origin, &view, &key, "locked").await?;
                self.record(origin, &view, EventKind::FlowLocked);
                Err(FlowError::Locked)
            }
            Verdict::CodeExpired => {
                self.record(origin, &view, EventKind::CodeRejected { result: "expired" });
                Err(FlowError::CodeExpired)
            }
        }
    }

    /// Counts a wrong code and says so; of its account, and of all accounts together.
    async fn count_wrong(
        &self,
        origin: &Origin,
        view: &ChallengeView,
        key: &str,
        result: &'static str,
    ) -> Result<(), FlowError> {
        let alarm = self.failures.count(key, self.clock.now()).await?;
        self.record(origin, view, EventKind::CodeRejected { result });
        if let Alarm::Raised { allowed } = alarm {
            tracing::warn!(%allowed, "wrong codes over all accounts exceed failures.alarm: possible guessing attack");
            self.audit.record(&AuditEvent::of(EventKind::FailuresHigh { allowed }));
        }
        Ok(())
    }

    async fn admit(
        &self,
        origin: &Origin,
        view: ChallengeView,
        credential: FlowCredential,
        key: &str,
    ) -> Result<Verified, FlowError> {
        // Looked up only now: before the code was right, the time of a look-up would tell who has an account.
        let phone = match self.accounts.find(&view.account).await {
            Ok(subject) if is_unchanged(&view, subject.as_ref()) => subject.and_then(|subject| subject.phone.value()),
            Ok(_) => return Err(self.void(origin, &view).await?),
            // The code was right and stays right; `complete` looks again.
            Err(error) => {
                tracing::warn!(%error, challenge = %view.id, "account store unavailable after a correct code");
                None
            }
        };
        self.failures.clear(key).await?;
        self.record(origin, &view, EventKind::CodeVerified);
        Ok(Verified { view, credential, phone })
    }

    /// Ends a challenge whose account changed since the code was sent; to the outside one more wrong code.
    async fn void(&self, origin: &Origin, view: &ChallengeView) -> Result<FlowError, FlowError> {
        self.challenges.cancel(&view.id, self.clock.now()).await?;
        self.record(origin, view, EventKind::CodeRejected { result: "void" });
        Ok(match view.attempts_left {
            0 => FlowError::Locked,
            attempts_left => FlowError::CodeIncorrect { attempts_left },
        })
    }

    pub(super) fn expect(view: &ChallengeView, state: State) -> Result<(), FlowError> {
        match view.state {
            actual if actual == state => Ok(()),
            State::Locked => Err(FlowError::Locked),
            State::Expired => Err(FlowError::Expired),
            other => Err(FlowError::State(other)),
        }
    }
}

/// Wrong codes count against the account that was armed, or against the address while none was: both count alike.
fn failure_key(view: &ChallengeView) -> String {
    view.subject
        .as_ref()
        .map_or_else(|| format!("@{}", view.account.as_str()), |(subject, _)| subject.as_str().to_owned())
}

/// Whether phone, password and enabled state are what they were when the code was sent.
pub(super) fn is_unchanged(view: &ChallengeView, subject: Option<&Subject>) -> bool {
    match (&view.subject, subject) {
        (Some((id, stamp)), Some(subject)) => subject.enabled && *id == subject.id && stamp.matches(&subject.stamp()),
        _ => false,
    }
}
