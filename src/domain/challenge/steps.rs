//! The steps: each takes a challenge and gives the next one, or refuses and changes nothing.

use super::{Armed, Arming, Challenge, Ending, Presented, Refusal, Resumption, State, Verdict};
use crate::domain::{CredentialDigest, Timestamp};

impl Challenge {
    fn expect(&self, state: State, now: Timestamp) -> Result<(), Refusal> {
        let actual = self.state(now);
        if actual == state { Ok(()) } else { Err(Refusal::State(actual)) }
    }

    /// Gives the challenge its code. Earlier codes keep working within their own time.
    ///
    /// # Errors
    /// When the challenge has ended, or a later send overtook this one.
    pub fn arm(mut self, arming: Arming, now: Timestamp) -> Result<Self, Refusal> {
        self.expect(State::CodeSent, now)?;
        // A worker that comes after the code's own end would send what cannot work.
        if now >= self.code_expires_at {
            return Err(Refusal::State(State::Expired));
        }
        if arming.send != self.sends {
            return Err(Refusal::SendsExhausted);
        }
        self.armed.retain(|armed| now < armed.until);
        self.armed.push(Armed {
            digest: arming.digest,
            until: self.code_expires_at,
            send: arming.send,
            compared: false,
        });
        self.subject = Some((arming.subject, arming.stamp));
        Ok(self)
    }

    /// Takes back the code of a send whose message did not leave: nobody holds it, so it would serve guesses only.
    /// Whether it was there still and nothing was compared with it, so that it is as if it had never been drawn.
    #[must_use]
    pub fn disarm(mut self, send: u8) -> (Self, bool) {
        let place = self.armed.iter().position(|armed| armed.send == send);
        let untouched = place.is_some_and(|place| !self.armed.remove(place).compared);
        (self, untouched)
    }

    /// Presents a code: counts first, then compares.
    ///
    /// # Errors
    /// When the credential is another's or the challenge is not waiting for a code.
    pub fn present(mut self, presented: &Presented, now: Timestamp) -> Result<(Self, Verdict), Refusal> {
        self.admit(&presented.credential)?;
        self.expect(State::CodeSent, now)?;
        if now >= self.code_expires_at {
            return Ok((self, Verdict::CodeExpired));
        }
        self.attempts_left = self.attempts_left.saturating_sub(1);
        self.armed.iter_mut().for_each(|armed| armed.compared = true);
        // Every pair is compared, so that time tells neither which code nor which key it was.
        let right = self
            .armed
            .iter()
            .filter(|armed| now < armed.until)
            .flat_map(|armed| presented.digests.iter().map(|digest| armed.digest.matches(digest)))
            .fold(false, |any, one| any | one);
        if right {
            self.state = State::Verified;
            self.credential = presented.next;
            self.verified_until = Some(now.plus(self.rules.verified_ttl));
            self.armed.clear();
            return Ok((self, Verdict::Matched));
        }
        if self.attempts_left == 0 {
            self.state = State::Locked;
            self.armed.clear();
            return Ok((self, Verdict::LockedNow));
        }
        let attempts_left = self.attempts_left;
        Ok((self, Verdict::Wrong { attempts_left }))
    }

    /// Asks for a further code.
    ///
    /// # Errors
    /// When it is too soon, all sends are used, or the challenge is not waiting for a code.
    pub fn resend(mut self, credential: &CredentialDigest, now: Timestamp) -> Result<Self, Refusal> {
        self.admit(credential)?;
        if let Some(refusal) = self.view(now).resend_refusal(now) {
            return Err(refusal);
        }
        self.sends += 1;
        // A code ends with its challenge, and is not told to work for longer.
        self.code_expires_at = now.plus(self.rules.code_ttl).min(self.expires_at);
        self.resend_at = now.plus(self.rules.resend_after);
        Ok(self)
    }

    /// Continues the challenge instead of opening another: a person who goes back and starts again for the same mailbox
    /// keeps the codes that are on their way to the phone. Sends a further code where one may be sent, which the second
    /// value tells; the tries stay as they are.
    ///
    /// # Errors
    /// When it must be opened anew: the credential is another's or the mailbox another, the challenge is not waiting for
    /// a code, or no code of it works any more and no further one may be sent that could live as long as others.
    pub fn resume(mut self, asked: Resumption, now: Timestamp) -> Result<(Self, bool), Refusal> {
        self.admit(&asked.credential)?;
        self.expect(State::CodeSent, now)?;
        if asked.purpose != self.purpose || asked.account != self.account {
            return Err(Refusal::Credential);
        }
        self.locale = asked.locale;
        self.return_to = asked.return_to.or(self.return_to);
        let in_full = now.plus(self.rules.code_ttl) <= self.expires_at;
        if in_full && self.view(now).resend_refusal(now).is_none() {
            return self.resend(&asked.credential, now).map(|next| (next, true));
        }
        if now < self.code_expires_at { Ok((self, false)) } else { Err(Refusal::SendsExhausted) }
    }

    /// Takes the right to write the password; of any number of callers exactly one gets it.
    ///
    /// # Errors
    /// When the challenge is not verified, or no longer.
    pub fn spend(mut self, credential: &CredentialDigest, now: Timestamp) -> Result<Self, Refusal> {
        self.admit(credential)?;
        self.expect(State::Verified, now)?;
        self.state = State::Spent;
        Ok(self)
    }

    /// Ends a spent challenge: the password was written, or may have been (`None`).
    #[must_use]
    pub fn complete(mut self, ending: Option<Ending>) -> Self {
        if self.state == State::Spent {
            self.state = State::Completed;
            self.ending = ending;
        }
        self
    }

    /// Gives the right back after the store has surely not written.
    #[must_use]
    pub fn reinstate(mut self) -> Self {
        if self.state == State::Spent {
            self.state = State::Verified;
        }
        self
    }

    /// Counts a password that was refused by rules that know the account; the last one ends the challenge.
    ///
    /// # Errors
    /// When the challenge is not verified, or no longer.
    pub fn refuse(mut self, credential: &CredentialDigest, now: Timestamp) -> Result<Self, Refusal> {
        self.admit(credential)?;
        self.expect(State::Verified, now)?;
        if self.refusals_left == 0 {
            self.state = State::Locked;
        }
        self.refusals_left = self.refusals_left.saturating_sub(1);
        Ok(self)
    }

    /// Makes way for a sibling that wrote the password. A challenge whose code was right ends; one that still waits
    /// for its code becomes a decoy, because its holder may be a stranger and must not see that anything happened.
    #[must_use]
    pub fn supersede(mut self, now: Timestamp) -> Self {
        match self.state(now) {
            State::CodeSent => self.armed.clear(),
            State::Verified => self.state = State::Cancelled,
            _ => {}
        }
        self
    }

    /// Ends the challenge, if it has not ended.
    #[must_use]
    pub fn cancel(mut self, now: Timestamp) -> Self {
        if self.is_live(now) {
            self.state = State::Cancelled;
            self.armed.clear();
        }
        self
    }
}
