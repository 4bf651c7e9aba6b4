//! Challenges while they live, ids already used, wrong codes per account, and messages until their receipts are in: ports
//! and the memory adapter.
//!
//! Every method is one indivisible step. There is no `get` and no `put` that a caller could combine wrongly;
//! `view` returns a copy that cannot be written back.

use async_trait::async_trait;

use crate::domain::{
    Arming, Challenge, ChallengeId, ChallengeView, CredentialDigest, Ending, Presented, Refusal, Resumption, SubjectId,
    Timestamp, Verdict,
};

mod alarm;
mod failures;
mod memory;
mod orders;
mod settings;
#[cfg(test)]
mod tests;

pub use alarm::Alarm;
pub use failures::Standing;
pub use memory::{MemoryOrders, MemoryState};
pub use orders::{SentOrder, SentOrders, Settled, Settlement};
pub use settings::{FailureSettings, StateSettings};

/// The store cannot answer; nothing is known to have happened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the challenge store is unavailable: {reason}")]
pub struct StateError {
    /// What failed.
    pub reason: String,
}

/// Why a step did not happen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StepError {
    /// A rule of the challenge.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The store.
    #[error(transparent)]
    State(#[from] StateError),
}

/// What became of a code that was to be armed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Armed {
    /// The code works now; it may be sent.
    Yes,
    /// The account has as many live codes as it may; nothing may be sent.
    NoSlot,
    /// The challenge ended, or a later send overtook this one.
    Ended,
}

/// Challenges while they live.
#[async_trait]
pub trait ChallengeStore: Send + Sync {
    /// Keeps a challenge that was just opened.
    async fn open(&self, challenge: Challenge) -> Result<(), StateError>;
    /// What may be told to the holder of `credential`.
    async fn view(
        &self,
        id: &ChallengeId,
        credential: &CredentialDigest,
        now: Timestamp,
    ) -> Result<ChallengeView, StepError>;
    /// Gives a challenge its code, if the account has fewer than `slots` other live armed challenges.
    async fn arm(&self, id: &ChallengeId, arming: Arming, slots: usize, now: Timestamp) -> Result<Armed, StateError>;
    /// Takes back the code of a send that did not leave; whether nothing was compared with it.
    async fn disarm(&self, id: &ChallengeId, send: u8) -> Result<bool, StateError>;
    /// Compares one presented code: counts first. Returns the view after the step.
    async fn present(
        &self,
        id: &ChallengeId,
        presented: &Presented,
        now: Timestamp,
    ) -> Result<(ChallengeView, Verdict), StepError>;
    /// Starts a further send.
    async fn resend(
        &self,
        id: &ChallengeId,
        credential: &CredentialDigest,
        now: Timestamp,
    ) -> Result<ChallengeView, StepError>;
    /// Goes on with a challenge that a start names by its credential, and says whether that starts a further send.
    async fn resume(
        &self,
        id: &ChallengeId,
        asked: Resumption,
        now: Timestamp,
    ) -> Result<(ChallengeView, bool), StepError>;
    /// Takes the right to write the password; of any number of callers exactly one gets it.
    async fn spend(
        &self,
        id: &ChallengeId,
        credential: &CredentialDigest,
        now: Timestamp,
    ) -> Result<ChallengeView, StepError>;
    /// Ends a spent challenge, with what the account store said; `None` when nobody knows whether it wrote.
    async fn complete(&self, id: &ChallengeId, ending: Option<Ending>, now: Timestamp) -> Result<(), StateError>;
    /// Gives the right to write back, after the account store has surely not written.
    async fn reinstate(&self, id: &ChallengeId, now: Timestamp) -> Result<(), StateError>;
    /// Counts a password refused for personal facts; returns the view after the step.
    async fn refuse(
        &self,
        id: &ChallengeId,
        credential: &CredentialDigest,
        now: Timestamp,
    ) -> Result<ChallengeView, StepError>;
    /// Ends a challenge, whoever asks; an ended one stays as it is.
    async fn cancel(&self, id: &ChallengeId, now: Timestamp) -> Result<(), StateError>;
    /// Takes the codes of every challenge of an account but `except`; verified ones end, the others become decoys.
    async fn cancel_others(&self, subject: &SubjectId, except: &ChallengeId, now: Timestamp) -> Result<(), StateError>;
    /// How many challenges ended by time since this was last asked. Each counts once, and none that ended otherwise.
    async fn take_expired(&self, now: Timestamp) -> Result<u64, StateError>;
}

/// Single-use ids: captchas and whatever else may serve once.
#[async_trait]
pub trait UsedOnce: Send + Sync {
    /// Takes an id; `true` for exactly one caller until `until`, when it may be forgotten.
    async fn take(&self, id: u128, until: Timestamp, now: Timestamp) -> Result<bool, StateError>;
}

/// Wrong codes per account. A new code never resets them (NIST SP 800-63B-4, 3.1.3.2).
///
/// `account` is the account store's key, or `@` and an address for one that holds no code; the latter may be forgotten
/// in a flood, the former must not be displaced by it.
#[async_trait]
pub trait FailureCounts: Send + Sync {
    /// Counts one wrong code, of the account and of all together.
    async fn count(&self, account: &str, now: Timestamp) -> Result<Alarm, StateError>;
    /// Forgets them after the holder proved possession.
    async fn clear(&self, account: &str) -> Result<(), StateError>;
    /// Whether codes may be sent to the account.
    async fn standing(&self, account: &str, now: Timestamp) -> Result<Standing, StateError>;
}
