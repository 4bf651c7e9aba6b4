//! The request half: it never learns whether the mailbox exists.

use super::{RecoveryFlow, RecoveryParts, Start, Started};
use crate::audit::EventKind;
use crate::domain::{Challenge, ChallengeId, ChallengeView, FlowCredential, Purpose, Resumption, State, Timestamp};
use crate::flow::outbox::Place;
use crate::flow::{CaptchaAnswered, Delivery, FlowError, Origin, Passed};
use crate::limits::RequesterGate;
use crate::state::StepError;

impl RecoveryFlow {
    /// Starts a recovery: gate, captcha, unarmed challenge, outbox. The answer is the same for every address.
    ///
    /// A client that holds a recovery of the same mailbox which still waits for its code goes on with that one: its codes
    /// stay valid, its tries and sends stay counted, and a further code leaves only when it may. The credential stays as
    /// well: of two presses of one button, both answers are good.
    ///
    /// # Errors
    /// Gate, captcha, a full outbox, or a store that cannot answer; none of them depends on the address.
    pub async fn start(&self, origin: &Origin, start: Start) -> Result<Passed<Started>, FlowError> {
        let parts = &*self.parts;
        let allowance = parts.gates.pass(parts.gate_for(start.captcha.as_ref()), origin).await?;
        parts.take_captcha(origin, start.captcha.as_ref(), &start.locale).await?;
        let place = parts.outbox.reserve()?;
        let now = parts.clock.now();
        let (started, kind) = match parts.resume(&start, now).await? {
            Some(resumed) => {
                let kind = EventKind::ResetResumed { sends: resumed.sends };
                (resumed, kind)
            }
            None => (parts.open(start, now).await?, EventKind::ResetRequested),
        };
        if started.sends {
            RecoveryParts::hand_over(place, origin, &started.view, now);
        }
        parts.record(origin, &started.view, kind);
        Ok(Passed { value: started, allowance })
    }

    /// Asks for a further code. The first needs no captcha, later ones do.
    ///
    /// # Errors
    /// As for [`Self::start`], and when it is too soon or all sends are used.
    pub async fn resend(
        &self,
        origin: &Origin,
        id: &ChallengeId,
        credential: &FlowCredential,
        captcha: Option<CaptchaAnswered>,
    ) -> Result<Passed<ChallengeView>, FlowError> {
        let parts = &*self.parts;
        let gate = parts.gate_for(captcha.as_ref());
        let mut allowance = parts.gates.pass(gate, origin).await?;
        let now = parts.clock.now();
        let before = parts.challenges.view(id, &credential.digest(), now).await?;
        // Looked at before the captcha, so that nobody solves one for nothing; the step below decides.
        if let Some(refusal) = before.resend_refusal(now) {
            return Err(refusal.into());
        }
        if before.send > parts.rules.resend_free {
            parts.take_captcha(origin, captcha.as_ref(), &before.locale).await?;
        }
        if gate != RequesterGate::Start {
            // None was needed, so its being late stops nobody.
            allowance = parts.gates.pass(RequesterGate::Start, origin).await?;
        }
        let place = parts.outbox.reserve()?;
        let view = parts.challenges.resend(id, &credential.digest(), now).await?;
        RecoveryParts::hand_over(place, origin, &view, now);
        parts.record(origin, &view, EventKind::ResetResendRequested);
        Ok(Passed { value: view, allowance })
    }

    /// Where a recovery stands; never what became of a message.
    ///
    /// # Errors
    /// Gate, credential, or a store that cannot answer.
    pub async fn view(
        &self,
        origin: &Origin,
        id: &ChallengeId,
        credential: &FlowCredential,
    ) -> Result<Passed<ChallengeView>, FlowError> {
        let allowance = self.parts.gates.pass(RequesterGate::Read, origin).await?;
        let now = self.parts.clock.now();
        let view = self.parts.challenges.view(id, &credential.digest(), now).await?;
        Ok(Passed { value: view, allowance })
    }

    /// Ends a recovery.
    ///
    /// # Errors
    /// Gate, credential, or a store that cannot answer.
    pub async fn cancel(
        &self,
        origin: &Origin,
        id: &ChallengeId,
        credential: &FlowCredential,
    ) -> Result<Passed<()>, FlowError> {
        let parts = &*self.parts;
        let allowance = parts.gates.pass(RequesterGate::Read, origin).await?;
        let now = parts.clock.now();
        let view = parts.challenges.view(id, &credential.digest(), now).await?;
        parts.challenges.cancel(id, now).await?;
        // Asking twice, or too late, ends nothing: the trail and the figures must not say so.
        if matches!(view.state, State::CodeSent | State::Verified) {
            parts.record(origin, &view, EventKind::FlowCancelled);
        }
        Ok(Passed { value: (), allowance })
    }
}

impl RecoveryParts {
    /// A captcha that is past its time can only be answered with a fresh one, so it passes as one that is fetched: who
    /// thinks for long keeps their starts.
    fn gate_for(&self, captcha: Option<&CaptchaAnswered>) -> RequesterGate {
        let late = self.rules.captcha_required && captcha.is_some_and(|answered| self.captcha.is_late(answered));
        if late { RequesterGate::Captcha } else { RequesterGate::Start }
    }

    async fn take_captcha(
        &self,
        origin: &Origin,
        captcha: Option<&CaptchaAnswered>,
        locale: &str,
    ) -> Result<(), FlowError> {
        if !self.rules.captcha_required {
            return Ok(());
        }
        self.captcha.redeem(origin, captcha, locale, Purpose::Recovery).await
    }

    /// The recovery that the client holds, if it goes on; whatever speaks against it, another is opened.
    async fn resume(&self, start: &Start, now: Timestamp) -> Result<Option<Started>, FlowError> {
        let Some(held) = &start.held else { return Ok(None) };
        let asked = Resumption {
            credential: held.digest(),
            purpose: Purpose::Recovery,
            account: start.account.clone(),
            locale: start.locale.clone(),
            return_to: start.return_to.clone(),
        };
        match self.challenges.resume(held.challenge(), asked, now).await {
            Ok((view, sends)) => Ok(Some(Started { view, credential: held.clone(), sends, at: now })),
            Err(StepError::Refused(_)) => Ok(None),
            Err(StepError::State(error)) => Err(error.into()),
        }
    }

    async fn open(&self, start: Start, now: Timestamp) -> Result<Started, FlowError> {
        let id = ChallengeId::draw(&*self.random);
        let credential = FlowCredential::draw(id, &*self.random);
        let (digest, rules) = (credential.digest(), self.rules.challenge);
        let challenge = Challenge::open(id, Purpose::Recovery, start.account, &start.locale, digest, rules, now)
            .returning_to(start.return_to);
        let view = challenge.view(now);
        self.challenges.open(challenge).await?;
        Ok(Started { view, credential, sends: true, at: now })
    }

    fn hand_over(place: Place, origin: &Origin, view: &ChallengeView, asked_at: Timestamp) {
        place.fill(Delivery::Code {
            challenge: view.id,
            purpose: view.purpose,
            send: view.send,
            account: view.account.clone(),
            locale: view.locale.clone(),
            request: origin.request,
            asked_at,
        });
    }
}
