//! The adapter for one process: moka caches, each step one `and_compute_with`.
//!
//! LRU, because moka's default drops what was just inserted when the cache is full. Expiry is inside the values:
//! moka's own time to live restarts at every write, so it only bounds memory here.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use moka::ops::compute::Op;
use moka::policy::EvictionPolicy;
use moka::sync::Cache;

use super::failures::FailureRecord;
use super::{
    Armed, ChallengeStore, FailureCounts, FailureSettings, Standing, StateError, StateSettings, StepError, UsedOnce,
};
use crate::domain::{
    Arming, Challenge, ChallengeId, ChallengeView, CredentialDigest, Ending, Presented, Refusal, SubjectId, Timestamp,
    Verdict,
};

/// Everything that lives in one process. A restart forgets it: codes are void then, which fails closed.
#[derive(Debug)]
pub struct MemoryState {
    challenges: Cache<u128, Arc<Challenge>>,
    armed: Cache<SubjectId, Arc<Vec<ChallengeId>>>,
    used: Cache<u128, ()>,
    failures: Cache<String, Arc<FailureRecord>>,
    /// Of addresses that hold no code. Strangers can make up any number of them, so they are kept apart.
    strangers: Cache<String, Arc<FailureRecord>>,
    failure_rules: FailureSettings,
}

fn cache<K, V>(capacity: u64, life: Option<Duration>) -> Cache<K, V>
where
    K: std::hash::Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    let builder = Cache::builder().max_capacity(capacity).eviction_policy(EvictionPolicy::lru());
    match life {
        Some(life) => builder.time_to_live(life).build(),
        None => builder.build(),
    }
}

impl MemoryState {
    /// `life` is the longest that a challenge can matter, `captcha_life` the longest that a captcha is accepted.
    #[must_use]
    pub fn new(
        settings: &StateSettings,
        failure_rules: FailureSettings,
        life: Duration,
        captcha_life: Duration,
    ) -> Self {
        Self {
            challenges: cache(settings.max_challenges, Some(life)),
            armed: cache(settings.max_challenges, Some(life)),
            used: cache(settings.max_used, Some(captcha_life)),
            failures: cache(settings.max_failures, None),
            strangers: cache(settings.max_failures, None),
            failure_rules,
        }
    }

    /// How many challenges are remembered, about.
    #[must_use]
    pub fn challenges_remembered(&self) -> u64 {
        self.challenges.entry_count()
    }

    /// Lets the caches finish what they put off, so that a test sees their bounds.
    #[cfg(test)]
    pub(super) fn settle(&self) {
        self.challenges.run_pending_tasks();
        self.used.run_pending_tasks();
        self.failures.run_pending_tasks();
        self.strangers.run_pending_tasks();
    }

    /// Runs one rule of the challenge as one indivisible step.
    fn step<T>(
        &self,
        id: &ChallengeId,
        rule: impl FnOnce(Challenge) -> Result<(Challenge, T), Refusal>,
    ) -> Result<T, Refusal> {
        let mut outcome = Err(Refusal::NotFound);
        self.challenges.entry(id.as_u128()).and_compute_with(|entry| {
            let Some(entry) = entry else { return Op::Nop };
            match rule(Challenge::clone(entry.value())) {
                Ok((next, told)) => {
                    outcome = Ok(told);
                    Op::Put(Arc::new(next))
                }
                Err(refusal) => {
                    outcome = Err(refusal);
                    Op::Nop
                }
            }
        });
        outcome
    }

    fn failures_of(&self, account: &str) -> &Cache<String, Arc<FailureRecord>> {
        if account.starts_with('@') { &self.strangers } else { &self.failures }
    }

    fn is_live(&self, id: &ChallengeId, now: Timestamp) -> bool {
        self.challenges.get(&id.as_u128()).is_some_and(|challenge| challenge.is_live(now))
    }

    /// Takes one of the account's slots for live codes.
    fn reserve(&self, subject: &SubjectId, id: &ChallengeId, slots: usize, now: Timestamp) -> bool {
        let mut reserved = false;
        self.armed.entry_by_ref(subject).and_compute_with(|entry| {
            let before = entry.map(moka::Entry::into_value).unwrap_or_default();
            let mut live: Vec<_> =
                before.iter().filter(|other| *other != id && self.is_live(other, now)).copied().collect();
            reserved = live.len() < slots;
            if reserved {
                live.push(*id);
                Op::Put(Arc::new(live))
            } else {
                Op::Nop
            }
        });
        reserved
    }
}

#[async_trait]
impl ChallengeStore for MemoryState {
    async fn open(&self, challenge: Challenge) -> Result<(), StateError> {
        self.challenges.insert(challenge.id().as_u128(), Arc::new(challenge));
        Ok(())
    }

    async fn view(
        &self,
        id: &ChallengeId,
        credential: &CredentialDigest,
        now: Timestamp,
    ) -> Result<ChallengeView, StepError> {
        let challenge = self.challenges.get(&id.as_u128()).ok_or(Refusal::NotFound)?;
        challenge.admit(credential)?;
        Ok(challenge.view(now))
    }

    async fn arm(&self, id: &ChallengeId, arming: Arming, slots: usize, now: Timestamp) -> Result<Armed, StateError> {
        if !self.reserve(&arming.subject.clone(), id, slots, now) {
            return Ok(Armed::NoSlot);
        }
        let armed = self.step(id, |challenge| challenge.arm(arming, now).map(|next| (next, ())));
        Ok(if armed.is_ok() { Armed::Yes } else { Armed::Ended })
    }

    async fn present(
        &self,
        id: &ChallengeId,
        presented: &Presented,
        now: Timestamp,
    ) -> Result<(ChallengeView, Verdict), StepError> {
        Ok(self.step(id, |challenge| {
            let (next, verdict) = challenge.present(presented, now)?;
            let view = next.view(now);
            Ok((next, (view, verdict)))
        })?)
    }

    async fn resend(
        &self,
        id: &ChallengeId,
        credential: &CredentialDigest,
        now: Timestamp,
    ) -> Result<ChallengeView, StepError> {
        Ok(self.step(id, |challenge| challenge.resend(credential, now).map(|next| viewed(next, now)))?)
    }

    async fn spend(
        &self,
        id: &ChallengeId,
        credential: &CredentialDigest,
        now: Timestamp,
    ) -> Result<ChallengeView, StepError> {
        Ok(self.step(id, |challenge| challenge.spend(credential, now).map(|next| viewed(next, now)))?)
    }

    async fn complete(&self, id: &ChallengeId, ending: Option<Ending>, _now: Timestamp) -> Result<(), StateError> {
        let _ = self.step(id, |challenge| Ok((challenge.complete(ending), ())));
        Ok(())
    }

    async fn reinstate(&self, id: &ChallengeId, _now: Timestamp) -> Result<(), StateError> {
        let _ = self.step(id, |challenge| Ok((challenge.reinstate(), ())));
        Ok(())
    }

    async fn refuse(
        &self,
        id: &ChallengeId,
        credential: &CredentialDigest,
        now: Timestamp,
    ) -> Result<ChallengeView, StepError> {
        Ok(self.step(id, |challenge| challenge.refuse(credential, now).map(|next| viewed(next, now)))?)
    }

    async fn cancel(&self, id: &ChallengeId, now: Timestamp) -> Result<(), StateError> {
        let _ = self.step(id, |challenge| Ok((challenge.cancel(now), ())));
        Ok(())
    }

    async fn cancel_others(&self, subject: &SubjectId, except: &ChallengeId, now: Timestamp) -> Result<(), StateError> {
        let others = self.armed.remove(subject).unwrap_or_default();
        for id in others.iter().filter(|id| *id != except) {
            let _ = self.step(id, |challenge| Ok((challenge.supersede(now), ())));
        }
        Ok(())
    }
}

fn viewed(challenge: Challenge, now: Timestamp) -> (Challenge, ChallengeView) {
    let view = challenge.view(now);
    (challenge, view)
}

#[async_trait]
impl UsedOnce for MemoryState {
    async fn take(&self, id: u128, until: Timestamp, now: Timestamp) -> Result<bool, StateError> {
        if now >= until {
            return Ok(false);
        }
        // Not `or_insert(…).is_fresh()`: of several calls at once more than one can be fresh.
        let mut first = false;
        self.used.entry(id).and_compute_with(|taken| {
            first = taken.is_none();
            if first { Op::Put(()) } else { Op::Nop }
        });
        Ok(first)
    }
}

#[async_trait]
impl FailureCounts for MemoryState {
    async fn count(&self, account: &str, now: Timestamp) -> Result<(), StateError> {
        self.failures_of(account).entry_by_ref(account).and_compute_with(|entry| {
            let before = entry.map(|entry| FailureRecord::clone(entry.value())).unwrap_or_default();
            Op::Put(Arc::new(before.count(&self.failure_rules, now)))
        });
        Ok(())
    }

    async fn clear(&self, account: &str) -> Result<(), StateError> {
        self.failures_of(account).invalidate(account);
        Ok(())
    }

    async fn standing(&self, account: &str, now: Timestamp) -> Result<Standing, StateError> {
        let record = self.failures_of(account).get(account);
        Ok(record.map_or(Standing::Free, |record| record.standing(&self.failure_rules, now)))
    }
}
