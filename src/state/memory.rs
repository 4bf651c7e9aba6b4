//! The adapter for one process: moka caches, each step one `and_compute_with`.
//!
//! LRU, because moka's default drops what was just inserted when the cache is full. Expiry is inside the values:
//! moka's own time to live restarts at every write, so it only bounds memory here.

mod orders;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use moka::ops::compute::Op;
use moka::policy::EvictionPolicy;
use moka::sync::Cache;

pub use self::orders::MemoryOrders;
use super::alarm::Overall;
use super::failures::FailureRecord;
use super::{
    Alarm, Armed, ChallengeStore, FailureCounts, FailureSettings, Standing, StateError, StateSettings, StepError,
    UsedOnce,
};
use crate::domain::{
    Arming, Challenge, ChallengeId, ChallengeView, CredentialDigest, Ending, Presented, Refusal, Resumption, State,
    SubjectId, Timestamp, Verdict,
};

/// How long after its end a challenge is counted as expired: a step that took its moment just before may be under way.
const SETTLED: Duration = Duration::from_secs(5);

/// A challenge, and whether its end by time was counted. All versions of a challenge share the latter.
#[derive(Debug, Clone)]
struct Kept {
    challenge: Challenge,
    counted: Arc<AtomicBool>,
}

/// Everything that lives in one process. A restart forgets it: codes are void then, which fails closed.
#[derive(Debug)]
pub struct MemoryState {
    challenges: Cache<u128, Arc<Kept>>,
    armed: Cache<SubjectId, Arc<Vec<ChallengeId>>>,
    used: Cache<u128, ()>,
    failures: Cache<String, Arc<FailureRecord>>,
    /// Of addresses that hold no code. Strangers can make up any number of them, so they are kept apart.
    strangers: Cache<String, Arc<FailureRecord>>,
    overall: Overall,
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
            overall: Overall::new(failure_rules.alarm),
            failure_rules,
        }
    }

    /// How many challenges are remembered, about.
    #[must_use]
    pub fn challenges_remembered(&self) -> u64 {
        self.challenges.entry_count()
    }

    /// Whether wrong codes over all accounts are more than allowed at present.
    #[must_use]
    pub fn failures_high(&self, now: Timestamp) -> bool {
        self.overall.is_high(now)
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
            let kept = Kept::clone(entry.value());
            match rule(kept.challenge) {
                Ok((challenge, told)) => {
                    outcome = Ok(told);
                    Op::Put(Arc::new(Kept { challenge, counted: kept.counted }))
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
        self.challenges.get(&id.as_u128()).is_some_and(|kept| kept.challenge.is_live(now))
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
        let id = challenge.id().as_u128();
        self.challenges.insert(id, Arc::new(Kept { challenge, counted: Arc::default() }));
        Ok(())
    }

    async fn view(
        &self,
        id: &ChallengeId,
        credential: &CredentialDigest,
        now: Timestamp,
    ) -> Result<ChallengeView, StepError> {
        let kept = self.challenges.get(&id.as_u128()).ok_or(Refusal::NotFound)?;
        kept.challenge.admit(credential)?;
        Ok(kept.challenge.view(now))
    }

    async fn arm(&self, id: &ChallengeId, arming: Arming, slots: usize, now: Timestamp) -> Result<Armed, StateError> {
        if !self.reserve(&arming.subject.clone(), id, slots, now) {
            return Ok(Armed::NoSlot);
        }
        let armed = self.step(id, |challenge| challenge.arm(arming, now).map(|next| (next, ())));
        Ok(if armed.is_ok() { Armed::Yes } else { Armed::Ended })
    }

    async fn disarm(&self, id: &ChallengeId, send: u8) -> Result<bool, StateError> {
        // Its place among the account's live codes stays taken until the challenge ends: further sends need it.
        Ok(self.step(id, |challenge| Ok(challenge.disarm(send))).unwrap_or(false))
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

    async fn resume(
        &self,
        id: &ChallengeId,
        asked: Resumption,
        now: Timestamp,
    ) -> Result<(ChallengeView, bool), StepError> {
        Ok(self.step(id, |challenge| {
            let (next, sends) = challenge.resume(asked, now)?;
            let view = next.view(now);
            Ok((next, (view, sends)))
        })?)
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

    async fn take_expired(&self, now: Timestamp) -> Result<u64, StateError> {
        // Walking through does not count as use, so it keeps no challenge from being forgotten.
        let ended = self.challenges.iter().filter(|(_, kept)| {
            let over = kept.challenge.state(now) == State::Expired;
            over && now.since(kept.challenge.forget_at()) >= SETTLED && !kept.counted.swap(true, Ordering::Relaxed)
        });
        Ok(u64::try_from(ended.count()).unwrap_or(u64::MAX))
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
    async fn count(&self, account: &str, now: Timestamp) -> Result<Alarm, StateError> {
        self.failures_of(account).entry_by_ref(account).and_compute_with(|entry| {
            let before = entry.map(|entry| FailureRecord::clone(entry.value())).unwrap_or_default();
            Op::Put(Arc::new(before.count(&self.failure_rules, now)))
        });
        Ok(self.overall.count(now))
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
