//! Recovery: a new password after the old one is lost.

mod aftermath;
mod complete;
mod start;
mod verify;

use std::sync::Arc;

use secrecy::ExposeSecret;

use super::{CaptchaFlow, Gates, Origin, Outbox, Tasks};
use crate::account::{AccountStore, AfterReset, MaxAge, PasswordWritten};
use crate::audit::{AuditEvent, AuditSink, EventKind};
use crate::domain::{
    ChallengeRules, ChallengeView, Clock, CodeKeys, FlowCredential, MailboxAddress, NewPassword, PasswordError,
    PhoneNumber, Randomness, Timestamp,
};
use crate::policy::{PasswordPolicy, Violations};
use crate::state::{ChallengeStore, FailureCounts};

/// What a recovery follows beside the rules of the challenge.
#[derive(Debug, Clone)]
pub struct RecoveryRules {
    /// How long and how often.
    pub challenge: ChallengeRules,
    /// Digits of a code.
    pub code_length: usize,
    /// Whether a captcha is asked for. Only `resetgate dev` may say no.
    pub captcha_required: bool,
    /// Further codes per challenge that need no new captcha.
    pub resend_free: u8,
    /// Validities that may be chosen.
    pub max_age_choices: Vec<MaxAge>,
}

/// The ports of a recovery.
pub struct RecoveryParts {
    /// Gates by requester.
    pub gates: Gates,
    /// Captchas.
    pub captcha: Arc<CaptchaFlow>,
    /// Challenges.
    pub challenges: Arc<dyn ChallengeStore>,
    /// Wrong codes per account.
    pub failures: Arc<dyn FailureCounts>,
    /// Where the accounts live.
    pub accounts: Arc<dyn AccountStore>,
    /// What is done elsewhere once a password was written.
    pub hooks: Arc<dyn AfterReset>,
    /// Password rules.
    pub policy: Arc<PasswordPolicy>,
    /// The queue of messages.
    pub outbox: Outbox,
    /// Where events go.
    pub audit: Arc<dyn AuditSink>,
    /// Keys of the code digests.
    pub keys: Arc<CodeKeys>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub random: Arc<dyn Randomness>,
    /// What it follows.
    pub rules: RecoveryRules,
}

/// The journey; cheap to clone, because its second half runs as tasks of its own.
#[derive(Clone)]
pub struct RecoveryFlow {
    parts: Arc<RecoveryParts>,
    tasks: Tasks,
}

/// What a claimant asks to start with.
#[derive(Debug)]
pub struct Start {
    /// The address, whether or not it exists.
    pub account: MailboxAddress,
    /// The captcha.
    pub captcha: Option<super::CaptchaAnswered>,
    /// Language of the messages.
    pub locale: Box<str>,
    /// An allowed address to lead back to.
    pub return_to: Option<Box<str>>,
    /// What the client holds of a recovery that it began before, whatever became of that.
    pub held: Option<FlowCredential>,
}

/// A started recovery; the same for every address.
#[derive(Debug)]
pub struct Started {
    /// Where it stands.
    pub view: ChallengeView,
    /// What the client holds from now on: told once, or what it came with.
    pub credential: FlowCredential,
    /// Whether a message was asked for now. `false` when a recovery goes on whose next message must wait.
    pub sends: bool,
    /// When it was started, for answers that count down.
    pub at: Timestamp,
}

/// A verified recovery.
#[derive(Debug)]
pub struct Verified {
    /// Where it stands.
    pub view: ChallengeView,
    /// The rotated credential; the old one is void.
    pub credential: FlowCredential,
    /// The phone that got the code; `None` when the account store could not say.
    pub phone: Option<PhoneNumber>,
}

/// What a claimant asks to complete with.
#[derive(Debug)]
pub struct Completion {
    /// The new password as typed.
    pub password: secrecy::SecretString,
    /// The same once more, where it is asked for twice.
    pub repeated: Option<secrecy::SecretString>,
    /// The code as typed, for the one-page form.
    pub code: Option<secrecy::SecretString>,
    /// How long the password stays valid.
    pub max_age: Option<MaxAge>,
    /// Whether other sessions are to be ended, where the account store can.
    pub revoke_sessions: bool,
}

/// A completed recovery. Nobody is signed in.
#[derive(Debug)]
pub struct Completed {
    /// Where it stands.
    pub view: ChallengeView,
    /// What the store wrote.
    pub written: PasswordWritten,
    /// When the code was accepted in the same call: what the recovery answers to from now on.
    pub credential: Option<FlowCredential>,
}

impl RecoveryFlow {
    /// Over its ports.
    #[must_use]
    pub fn new(parts: RecoveryParts, tasks: Tasks) -> Self {
        Self { parts: Arc::new(parts), tasks }
    }

    /// What it follows.
    #[must_use]
    pub fn rules(&self) -> &RecoveryRules {
        &self.parts.rules
    }

    /// The rules that a password breaks by itself and by not being typed the same twice; counts nothing.
    ///
    /// # Errors
    /// When the text is no password at all.
    pub fn check_shape(&self, completion: &Completion) -> Result<Violations, PasswordError> {
        Ok(self.parts.shape(&NewPassword::parse(completion.password.expose_secret())?, completion))
    }

    /// The moment, for answers that count down.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.parts.clock.now()
    }

    /// Tells the figures of the recoveries that ended by time; whoever reads the figures asks for it first.
    pub async fn count_expired(&self) {
        match self.parts.challenges.take_expired(self.now()).await {
            Ok(0) => {}
            Ok(count) => self.parts.audit.record(&AuditEvent::of(EventKind::FlowsExpired { count })),
            Err(error) => tracing::warn!(%error, "expired recoveries could not be counted"),
        }
    }

    /// Names the password rules in force.
    #[must_use]
    pub fn policy_version(&self) -> &str {
        &self.parts.policy.describe().version
    }
}

impl RecoveryParts {
    fn shape(&self, password: &NewPassword, completion: &Completion) -> Violations {
        let typed = completion.password.expose_secret();
        let alike = completion.repeated.as_ref().is_none_or(|again| again.expose_secret() == typed);
        self.policy.check_shape(password).and_match(alike)
    }

    fn record(&self, origin: &Origin, view: &ChallengeView, kind: EventKind) {
        self.audit.record(&AuditEvent {
            account: Some(view.account.clone()),
            subject: view.subject.as_ref().map(|(subject, _)| subject.clone()),
            challenge: Some(view.id),
            ..origin.event(kind)
        });
    }
}
