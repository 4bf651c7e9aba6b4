//! Writing the new password: shape, account, personal facts, spend, write. A refused password does not cost the code.

use secrecy::ExposeSecret;

use super::verify::is_unchanged;
use super::{Completed, Completion, RecoveryFlow, RecoveryParts};
use crate::account::{AccountError, PasswordWrite, PasswordWritten};
use crate::audit::EventKind;
use crate::domain::{ChallengeId, ChallengeView, Ending, FlowCredential, NewPassword, OneTimeCode, State, Subject};
use crate::flow::{Delivery, FlowError, Origin, Passed};
use crate::limits::RequesterGate;
use crate::policy::Violations;

/// A challenge on its way through `complete`, with the credential that is valid now.
struct Proven {
    view: ChallengeView,
    credential: FlowCredential,
    /// Set when the code was accepted in this call: the client does not know the new credential yet.
    rotated: bool,
}

impl Proven {
    fn untold(&self) -> Option<FlowCredential> {
        self.rotated.then(|| self.credential.clone())
    }
}

impl RecoveryFlow {
    /// Sets the new password. Runs to its end even when the client hangs up.
    ///
    /// # Errors
    /// Gate, credential, code, policy, or the account store; only success and an unknown outcome end the challenge.
    pub async fn complete(
        &self,
        origin: &Origin,
        id: &ChallengeId,
        credential: &FlowCredential,
        completion: Completion,
    ) -> Result<Passed<Completed>, FlowError> {
        let allowance = self.parts.gates.pass(RequesterGate::Verify, origin).await?;
        let (parts, origin, id, credential) = (self.parts.clone(), *origin, *id, credential.clone());
        let value = self.tasks.run(async move { parts.complete(&origin, &id, credential, completion).await }).await?;
        Ok(Passed { value, allowance })
    }
}

impl RecoveryParts {
    async fn complete(
        &self,
        origin: &Origin,
        id: &ChallengeId,
        credential: FlowCredential,
        completion: Completion,
    ) -> Result<Completed, FlowError> {
        let view = self.challenges.view(id, &credential.digest(), self.clock.now()).await?;
        if completion.max_age.is_some_and(|age| !self.rules.max_age_choices.contains(&age)) {
            return Err(FlowError::MaxAge);
        }
        let code = if let (Some(code), State::CodeSent) = (&completion.code, view.state) {
            Some(OneTimeCode::parse(code.expose_secret(), self.rules.code_length)?)
        } else {
            Self::expect(&view, State::Verified)?;
            None
        };
        let password = NewPassword::parse(completion.password.expose_secret())?;
        let shape = self.shape(&password, &completion);
        let proven = match code {
            // The shape needs no secret, so a password that can never do costs no try.
            Some(_) if !shape.is_empty() => return Err(self.refused(origin, view, shape, None)),
            Some(code) => {
                let proven = self.prove(origin, &view, &credential, &code).await?;
                Proven { view: proven.view, credential: proven.credential, rotated: true }
            }
            None => Proven { view, credential, rotated: false },
        };
        let subject = self.same_subject(origin, &proven).await?;
        self.check_facts(origin, &proven, &password, shape, &subject).await?;
        self.challenges.spend(id, &proven.credential.digest(), self.clock.now()).await?;
        let written = self.write(origin, &proven, &subject, &password, &completion).await?;
        Ok(self.finish(origin, proven, subject, written, completion.revoke_sessions).await)
    }

    /// The account, found again and unchanged since the code was sent.
    async fn same_subject(&self, origin: &Origin, proven: &Proven) -> Result<Subject, FlowError> {
        let found = self.accounts.find(&proven.view.account).await;
        let found = found.map_err(|error| self.store_failed(origin, proven, error))?;
        match found {
            Some(subject) if is_unchanged(&proven.view, Some(&subject)) => Ok(subject),
            _ => {
                self.challenges.cancel(&proven.view.id, self.clock.now()).await?;
                self.record(origin, &proven.view, EventKind::CodeRejected { result: "void" });
                Err(FlowError::Expired)
            }
        }
    }

    async fn check_facts(
        &self,
        origin: &Origin,
        proven: &Proven,
        password: &NewPassword,
        shape: Violations,
        subject: &Subject,
    ) -> Result<(), FlowError> {
        let facts = self.policy.check_facts(password, &subject.facts);
        if facts.is_empty() && shape.is_empty() {
            return Ok(());
        }
        // Counted whatever was broken: that nothing personal was found tells as much as that something was, and a
        // password whose shape can never do would ask for nothing.
        let view = self.challenges.refuse(&proven.view.id, &proven.credential.digest(), self.clock.now()).await?;
        if view.state == State::Locked {
            self.record(origin, &view, EventKind::FlowLocked);
            return Err(FlowError::Locked);
        }
        Err(self.refused(origin, view, shape.and(facts), proven.untold()))
    }

    fn refused(
        &self,
        origin: &Origin,
        view: ChallengeView,
        violations: Violations,
        credential: Option<FlowCredential>,
    ) -> FlowError {
        self.record(origin, &view, EventKind::PasswordRefused { rules: violations.ids() });
        FlowError::Policy { violations, view: Box::new(view), credential }
    }

    async fn write(
        &self,
        origin: &Origin,
        proven: &Proven,
        subject: &Subject,
        password: &NewPassword,
        completion: &Completion,
    ) -> Result<PasswordWritten, FlowError> {
        let id = proven.view.id;
        let write = PasswordWrite {
            password,
            max_age: completion.max_age,
            revoke_sessions: completion.revoke_sessions,
            challenge: id,
            now: self.clock.now(),
        };
        match self.accounts.set_password(&subject.id, write).await {
            Ok(written) => Ok(written),
            Err(error) => {
                let now = self.clock.now();
                match &error {
                    // Nothing was written, so nothing is lost: the right to write is given back.
                    AccountError::Unavailable { .. } | AccountError::Busy | AccountError::PasswordRefused { .. } => {
                        self.challenges.reinstate(&id, now).await?;
                    }
                    AccountError::NoSuchAccount => self.challenges.complete(&id, None, now).await?,
                    // As if it was written, because it may have been.
                    AccountError::Unknown { .. } => {
                        self.challenges.complete(&id, None, now).await?;
                        self.challenges.cancel_others(&subject.id, &id, now).await?;
                        let change = self.change(&proven.view, subject, completion.revoke_sessions, false);
                        self.run_hooks(origin, &proven.view, &change).await;
                    }
                }
                Err(self.store_failed(origin, proven, error))
            }
        }
    }

    fn store_failed(&self, origin: &Origin, proven: &Proven, error: AccountError) -> FlowError {
        let result = match &error {
            AccountError::Unavailable { .. } => "unavailable",
            AccountError::Busy => "busy",
            AccountError::PasswordRefused { .. } => "refused",
            AccountError::NoSuchAccount => "gone",
            AccountError::Unknown { .. } => "unknown",
        };
        tracing::warn!(%error, challenge = %proven.view.id, "account store did not write the password");
        self.record(origin, &proven.view, EventKind::StoreFailed { result });
        FlowError::Store { error, credential: proven.untold() }
    }

    /// After a write nothing may fail any more: the password is set, whatever else cannot be done. Other challenges
    /// end first, because hooks may take seconds.
    async fn finish(
        &self,
        origin: &Origin,
        proven: Proven,
        subject: Subject,
        mut written: PasswordWritten,
        revoke_sessions: bool,
    ) -> Completed {
        let (credential, mut view) = (proven.untold(), proven.view);
        let now = self.clock.now();
        let others = self.challenges.cancel_others(&subject.id, &view.id, now).await;
        let seconds = now.since(view.opened_at).as_secs_f64();
        self.record(origin, &view, EventKind::PasswordReset { seconds, lock: written.lock });
        let change = self.change(&view, &subject, revoke_sessions, true);
        self.announce(origin, &view, subject);
        written.sessions_revoked |= self.run_hooks(origin, &view, &change).await;
        let ending = Ending {
            password_expires_at: written.expires_at,
            sessions_revoked: written.sessions_revoked,
            lock: written.lock,
        };
        let ended = self.challenges.complete(&view.id, Some(ending), self.clock.now()).await;
        for error in [ended.err(), others.err()].into_iter().flatten() {
            tracing::error!(%error, challenge = %view.id, "recovery could not be closed after its password was written");
        }
        self.gates.forgive(origin).await;
        view.state = State::Completed;
        view.ending = Some(ending);
        Completed { view, written, credential }
    }

    fn announce(&self, origin: &Origin, view: &ChallengeView, subject: Subject) {
        let place = self.outbox.reserve();
        match (place, subject.phone.value()) {
            (Ok(place), Some(phone)) => place.fill(Delivery::Notice {
                challenge: view.id,
                subject: subject.id,
                account: subject.address,
                phone,
                unit: subject.unit.map(Box::from),
                locale: view.locale.clone(),
                request: origin.request,
            }),
            (place, _) => {
                let reason = if place.is_err() { "no message can be taken" } else { "there is no phone" };
                self.record(origin, view, EventKind::notice_withheld(reason));
            }
        }
    }
}
