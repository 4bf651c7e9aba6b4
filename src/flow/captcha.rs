//! Issuing and redeeming captchas. Nothing is stored when one is issued; using one takes its id, right or wrong.

use std::sync::Arc;

use tokio::sync::Semaphore;

use super::tasks::ended_early;
use super::{CaptchaFault, FlowError, Gates, Origin, Passed};
use crate::audit::{AuditSink, EventKind};
use crate::captcha::{CaptchaAnswer, CaptchaDesk, CaptchaError, CaptchaKind, Issued, Voice};
use crate::domain::{Clock, Purpose, Randomness};
use crate::limits::RequesterGate;
use crate::state::UsedOnce;

/// A captcha and what was answered.
#[derive(Debug)]
pub struct CaptchaAnswered {
    /// The id as it was issued.
    pub id: String,
    /// The answer, if one was given.
    pub answer: Option<CaptchaAnswer>,
}

/// The desk at which captchas are issued and redeemed.
pub struct CaptchaFlow {
    /// Draws and judges.
    pub desk: Arc<CaptchaDesk>,
    /// Ids already used.
    pub used: Arc<dyn UsedOnce>,
    /// Gates by requester.
    pub gates: Gates,
    /// Where events go.
    pub audit: Arc<dyn AuditSink>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub random: Arc<dyn Randomness>,
    /// How many sounds may be made at once; the rest wait.
    pub sounds: Semaphore,
    /// Who speaks to people whose language has no voice.
    pub voice: Voice,
}

impl CaptchaFlow {
    /// Issues a captcha for a reader of `locale`; `replaces` names a former one that is void from now on ("change
    /// picture").
    ///
    /// # Errors
    /// When the gate is shut or the store cannot answer.
    pub async fn issue(
        &self,
        origin: &Origin,
        kind: CaptchaKind,
        locale: &str,
        purpose: Purpose,
        replaces: Option<&str>,
    ) -> Result<Passed<Issued>, FlowError> {
        let allowance = self.gates.pass(RequesterGate::Captcha, origin).await?;
        let now = self.clock.now();
        if let Some(Ok(former)) = replaces.map(|id| self.desk.open(id, now)) {
            self.used.take(former.id(), former.expires_at(), now).await?;
        }
        Ok(Passed { value: self.draw(origin, kind, locale, purpose), allowance })
    }

    /// What is issued when nothing is asked for.
    #[must_use]
    pub fn default_kind(&self) -> CaptchaKind {
        self.desk.kinds().first().copied().unwrap_or(CaptchaKind::Image)
    }

    /// A captcha that was issued before, as it was shown then; `None` when its time is over or it is not ours.
    #[must_use]
    pub fn shown(&self, id: &str) -> Option<Issued> {
        self.desk.shown(id, self.clock.now()).ok()
    }

    /// Whether a captcha can be understood by a reader of `locale`: a picture always, a recording in their voice.
    #[must_use]
    pub fn speaks(&self, issued: &Issued, locale: &str) -> bool {
        issued.kind != CaptchaKind::Audio || issued.voice == self.voice_for(locale)
    }

    fn voice_for(&self, locale: &str) -> Voice {
        Voice::of(locale).unwrap_or(self.voice)
    }

    fn draw(&self, origin: &Origin, kind: CaptchaKind, locale: &str, purpose: Purpose) -> Issued {
        self.audit.record(&origin.event(EventKind::CaptchaIssued { kind: kind.as_str() }));
        let voice = self.voice_for(locale);
        self.desk.issue(&*self.random, kind, voice, purpose, &origin.requester, self.clock.now())
    }

    /// The picture of a captcha, the same bytes each time.
    ///
    /// # Errors
    /// When the gate is shut, the id is not ours, is of another kind, or is past its time.
    pub async fn picture(&self, origin: &Origin, id: &str) -> Result<Passed<Vec<u8>>, FlowError> {
        let allowance = self.gates.pass(RequesterGate::Media, origin).await?;
        let sealed = self.desk.open(id, self.clock.now())?;
        Ok(Passed { value: self.desk.picture(&sealed)?, allowance })
    }

    /// The sound of a captcha, made off the async threads.
    ///
    /// # Errors
    /// As for [`Self::picture`].
    pub async fn audio(&self, origin: &Origin, id: &str) -> Result<Passed<Vec<u8>>, FlowError> {
        let allowance = self.gates.pass(RequesterGate::Media, origin).await?;
        let sealed = self.desk.open(id, self.clock.now())?;
        let desk = Arc::clone(&self.desk);
        // The semaphore is never closed, so there is always a turn.
        let _turn = self.sounds.acquire().await;
        let sound = tokio::task::spawn_blocking(move || desk.audio(&sealed)).await;
        let sound = sound
            .map_err(|error| FlowError::Unavailable { reason: format!("audio captcha: {}", ended_early(&error)) })?;
        Ok(Passed { value: sound?, allowance })
    }

    /// Whether an answered captcha is past its time. Tells nothing to the requester and stores nothing.
    #[must_use]
    pub fn is_late(&self, answered: &CaptchaAnswered) -> bool {
        answered.answer.is_some()
            && matches!(self.desk.open(&answered.id, self.clock.now()), Err(CaptchaError::Expired))
    }

    /// Takes a captcha: single use, right or wrong. A refusal carries a fresh one of the same kind for a reader of `locale`.
    ///
    /// # Errors
    /// [`FlowError::Captcha`], or when the store cannot answer.
    pub async fn redeem(
        &self,
        origin: &Origin,
        answered: Option<&CaptchaAnswered>,
        locale: &str,
        purpose: Purpose,
    ) -> Result<(), FlowError> {
        let Some(answered) = answered else {
            return Err(self.refuse(origin, CaptchaFault::Required, self.default_kind(), locale, purpose));
        };
        let Some(answer) = &answered.answer else {
            return Err(self.refuse(origin, CaptchaFault::Required, self.default_kind(), locale, purpose));
        };
        let now = self.clock.now();
        let sealed = match self.desk.open(&answered.id, now) {
            Ok(sealed) => sealed,
            Err(CaptchaError::Expired) => {
                return Err(self.refuse(origin, CaptchaFault::Expired, self.default_kind(), locale, purpose));
            }
            Err(_) => return Err(self.refuse(origin, CaptchaFault::Incorrect, self.default_kind(), locale, purpose)),
        };
        // Taken before it is judged, so that a wrong answer costs the captcha and two right ones cannot both pass.
        let first = self.used.take(sealed.id(), sealed.expires_at(), now).await?;
        let right = self.desk.judge(&sealed, answer, purpose, &origin.requester);
        if first && right {
            self.audit.record(&origin.event(EventKind::CaptchaAnswered { kind: sealed.kind().as_str(), result: "ok" }));
            return Ok(());
        }
        Err(self.refuse(origin, CaptchaFault::Incorrect, sealed.kind(), locale, purpose))
    }

    fn refuse(
        &self,
        origin: &Origin,
        fault: CaptchaFault,
        kind: CaptchaKind,
        locale: &str,
        purpose: Purpose,
    ) -> FlowError {
        let result = match fault {
            CaptchaFault::Required | CaptchaFault::Incorrect => "wrong",
            CaptchaFault::Expired => "expired",
        };
        self.audit.record(&origin.event(EventKind::CaptchaAnswered { kind: kind.as_str(), result }));
        FlowError::Captcha { fault, fresh: Box::new(self.draw(origin, kind, locale, purpose)) }
    }
}

impl From<CaptchaError> for FlowError {
    fn from(error: CaptchaError) -> Self {
        match error {
            CaptchaError::Expired => Self::CaptchaGone,
            CaptchaError::Unknown | CaptchaError::WrongKind(_) => Self::CaptchaNotFound,
            other => Self::Unavailable { reason: other.to_string() },
        }
    }
}
