//! One proof of possession of a phone, from request to end.
//!
//! The whole rule is here, as pure functions from a challenge and a moment to the next challenge and a
//! verdict; a store only has to run one of them per call, indivisibly. A decoy (unknown, unbound, disabled
//! or over quota) is a challenge that is never armed: it counts, expires and words everything alike.

use std::time::Duration;

mod steps;
#[cfg(test)]
mod tests;

use super::{
    ChallengeId, CodeDigest, CredentialDigest, Lock, MailboxAddress, Purpose, SubjectId, SubjectStamp, Timestamp,
};

/// How long and how often; the same for every challenge.
#[derive(Debug, Clone, Copy)]
pub struct ChallengeRules {
    /// How long a code works (2 to 10 minutes; NIST SP 800-63B-4 3.1.3.2 caps it at 10).
    pub code_ttl: Duration,
    /// How long until a further code may be asked for.
    pub resend_after: Duration,
    /// Codes per challenge.
    pub max_sends: u8,
    /// Tries per challenge, over all its codes.
    pub max_attempts: u8,
    /// From request to end.
    pub ttl: Duration,
    /// Time to choose a password after the code was right.
    pub verified_ttl: Duration,
    /// New passwords refused before the challenge ends, so that it is no oracle for personal facts.
    pub max_refusals: u8,
}

/// Where a challenge stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// A code was asked for; whether one left is nobody's business.
    CodeSent,
    /// The code was right.
    Verified,
    /// The password is being written, by exactly one caller.
    Spent,
    /// The password was written.
    Completed,
    /// Too many wrong codes, or too many passwords refused.
    Locked,
    /// Time is over.
    Expired,
    /// Ended by its owner, by a completed sibling, or because the account changed.
    Cancelled,
}

impl State {
    /// The stable word in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CodeSent => "code_sent",
            Self::Verified => "verified",
            Self::Spent => "spent",
            Self::Completed => "completed",
            Self::Locked => "locked",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
        }
    }
}

/// Whom a challenge was armed for, learnt by the outbox worker.
#[derive(Debug, Clone)]
pub struct Arming {
    /// The account.
    pub subject: SubjectId,
    /// Its state when the code was drawn.
    pub stamp: SubjectStamp,
    /// The code's digest.
    pub digest: CodeDigest,
    /// Which of the challenge's sends this is, so that a late worker cannot arm an old one.
    pub send: u8,
}

#[derive(Debug, Clone)]
struct Armed {
    digest: CodeDigest,
    until: Timestamp,
    send: u8,
    /// Whether a presented code was compared with it.
    compared: bool,
}

/// One challenge. Fields are private: it changes only by the steps below.
#[derive(Debug, Clone)]
pub struct Challenge {
    id: ChallengeId,
    purpose: Purpose,
    account: MailboxAddress,
    locale: Box<str>,
    return_to: Option<Box<str>>,
    credential: CredentialDigest,
    state: State,
    rules: ChallengeRules,
    attempts_left: u8,
    refusals_left: u8,
    sends: u8,
    code_expires_at: Timestamp,
    resend_at: Timestamp,
    verified_until: Option<Timestamp>,
    expires_at: Timestamp,
    opened_at: Timestamp,
    subject: Option<(SubjectId, SubjectStamp)>,
    ending: Option<Ending>,
    armed: Vec<Armed>,
}

/// What the account store said when it wrote the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ending {
    /// When the new password runs out; `None` is never.
    pub password_expires_at: Option<Timestamp>,
    /// Whether other sessions were ended.
    pub sessions_revoked: bool,
    /// What keeps the account locked for a while yet.
    pub lock: Option<Lock>,
}

/// What a claimant presents: a credential, and digests of the code under every valid key.
#[derive(Debug)]
pub struct Presented {
    /// Of the credential that came with the request.
    pub credential: CredentialDigest,
    /// Of the typed code.
    pub digests: Vec<CodeDigest>,
    /// The credential that replaces the old one when the code is right.
    pub next: CredentialDigest,
}

/// What a start asks for that comes with the credential of a challenge.
#[derive(Debug)]
pub struct Resumption {
    /// Of the credential that came with the request.
    pub credential: CredentialDigest,
    /// What the start is for.
    pub purpose: Purpose,
    /// The address as typed, canonical.
    pub account: MailboxAddress,
    /// Language of the messages from now on.
    pub locale: Box<str>,
    /// Where the claimant came from this time; the former place stays when there is none.
    pub return_to: Option<Box<str>>,
}

/// The outcome of presenting a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Right: the challenge is verified and its credential rotated.
    Matched,
    /// Wrong, and so many tries are left (at least one).
    Wrong {
        /// Tries left.
        attempts_left: u8,
    },
    /// Wrong, and that was the last try.
    LockedNow,
    /// Every code of the challenge is past its time; nothing was counted.
    CodeExpired,
}

/// Why a step was refused; nothing changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No such challenge, or forgotten since it ended.
    #[error("no such challenge")]
    NotFound,
    /// Not the credential of this challenge.
    #[error("not the credential of this challenge")]
    Credential,
    /// The challenge stands elsewhere.
    #[error("the challenge is {0:?}")]
    State(State),
    /// The next code may be asked for later.
    #[error("too soon")]
    TooSoon {
        /// How long to wait.
        wait: Duration,
        /// Until when.
        until: Timestamp,
    },
    /// All codes of the challenge were sent.
    #[error("no sends left")]
    SendsExhausted,
}

/// What may be told about a challenge. A copy: changing it changes nothing.
#[derive(Debug, Clone)]
pub struct ChallengeView {
    /// Its id.
    pub id: ChallengeId,
    /// What it is for.
    pub purpose: Purpose,
    /// The address as typed, canonical.
    pub account: MailboxAddress,
    /// Language of the messages.
    pub locale: Box<str>,
    /// Where the claimant came from and may be led back to.
    pub return_to: Option<Box<str>>,
    /// Where it stands now.
    pub state: State,
    /// Tries left.
    pub attempts_left: u8,
    /// Codes that may still be asked for.
    pub sends_left: u8,
    /// Which send is the latest, from 1.
    pub send: u8,
    /// End of the latest code.
    pub code_expires_at: Timestamp,
    /// When the next code may be asked for.
    pub resend_at: Timestamp,
    /// End of the time to choose a password.
    pub verified_until: Option<Timestamp>,
    /// End of the challenge.
    pub expires_at: Timestamp,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// Whom it was armed for, if it was.
    pub subject: Option<(SubjectId, SubjectStamp)>,
    /// What the account store said; `None` before the end, and when nobody knows whether it wrote.
    pub ending: Option<Ending>,
}

impl ChallengeView {
    /// From when a further message may leave: by asking for a further code, or, with none left, by starting again, which
    /// opens another challenge once no code of this one works any more.
    ///
    /// A rule of the challenge alone, so it says the same of known and unknown accounts.
    #[must_use]
    pub const fn next_send_at(&self) -> Timestamp {
        if self.sends_left == 0 { self.code_expires_at } else { self.resend_at }
    }

    /// Why no further code may be asked for now, if so.
    #[must_use]
    pub fn resend_refusal(&self, now: Timestamp) -> Option<Refusal> {
        match self.state {
            State::CodeSent if self.sends_left == 0 => Some(Refusal::SendsExhausted),
            State::CodeSent if now < self.resend_at => {
                Some(Refusal::TooSoon { wait: self.resend_at.since(now), until: self.resend_at })
            }
            State::CodeSent => None,
            state => Some(Refusal::State(state)),
        }
    }
}

impl Challenge {
    /// Opens a challenge that has no code yet.
    #[must_use]
    pub fn open(
        id: ChallengeId,
        purpose: Purpose,
        account: MailboxAddress,
        locale: &str,
        credential: CredentialDigest,
        rules: ChallengeRules,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            purpose,
            account,
            locale: locale.into(),
            return_to: None,
            credential,
            state: State::CodeSent,
            rules,
            attempts_left: rules.max_attempts,
            refusals_left: rules.max_refusals,
            sends: 1,
            code_expires_at: now.plus(rules.code_ttl.min(rules.ttl)),
            resend_at: now.plus(rules.resend_after),
            verified_until: None,
            expires_at: now.plus(rules.ttl),
            opened_at: now,
            subject: None,
            ending: None,
            armed: Vec::new(),
        }
    }

    /// Remembers where the claimant came from.
    #[must_use]
    pub fn returning_to(mut self, address: Option<Box<str>>) -> Self {
        self.return_to = address;
        self
    }

    /// Its id.
    #[must_use]
    pub const fn id(&self) -> &ChallengeId {
        &self.id
    }

    /// When a store may forget it: an ended challenge is remembered as long as it would have lived.
    #[must_use]
    pub fn forget_at(&self) -> Timestamp {
        self.verified_until.map_or(self.expires_at, |until| until.max(self.expires_at))
    }

    /// Where it stands at `now`. Expiry is a rule of the challenge, not of the cache that holds it.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> State {
        let over = match self.state {
            State::CodeSent => now >= self.expires_at,
            State::Verified => self.verified_until.is_none_or(|until| now >= until),
            _ => false,
        };
        if over { State::Expired } else { self.state }
    }

    /// Whether a code that can still be right is out.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        matches!(self.state(now), State::CodeSent | State::Verified)
    }

    /// What may be told.
    #[must_use]
    pub fn view(&self, now: Timestamp) -> ChallengeView {
        ChallengeView {
            id: self.id,
            purpose: self.purpose,
            account: self.account.clone(),
            locale: self.locale.clone(),
            return_to: self.return_to.clone(),
            state: self.state(now),
            attempts_left: self.attempts_left,
            sends_left: self.rules.max_sends.saturating_sub(self.sends),
            send: self.sends,
            code_expires_at: self.code_expires_at,
            resend_at: self.resend_at,
            verified_until: self.verified_until,
            expires_at: self.expires_at,
            opened_at: self.opened_at,
            subject: self.subject.clone(),
            ending: self.ending,
        }
    }

    /// Whether `credential` belongs to this challenge.
    ///
    /// # Errors
    /// [`Refusal::Credential`].
    pub fn admit(&self, credential: &CredentialDigest) -> Result<(), Refusal> {
        if self.credential.matches(credential) { Ok(()) } else { Err(Refusal::Credential) }
    }
}
