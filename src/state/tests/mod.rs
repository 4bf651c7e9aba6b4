//! The memory store. Every call answers at once, so threads race on it without a runtime.

mod bounds;
mod expiry;
mod orders;
mod races;
mod steps;

use std::time::Duration;

use futures_util::FutureExt;

use super::{
    Armed, ChallengeStore, FailureCounts, MemoryState, Standing, StateError, StateSettings, StepError, UsedOnce,
};
use crate::domain::{
    Arming, Challenge, ChallengeId, ChallengeRules, CodeKeys, FlowCredential, MailboxAddress, OneTimeCode,
    PersonalFacts, Presented, Purpose, Refusal, Resumption, State, Subject, SubjectId, SubjectStamp, SystemRandom,
    Timestamp, Verdict,
};

const START: Timestamp = Timestamp::from_millis(1_795_417_200_000);
const RIGHT: &str = "002569";

fn seconds(seconds: u64) -> Timestamp {
    START.plus(Duration::from_secs(seconds))
}

fn bounded(max: u64) -> MemoryState {
    let sizes = StateSettings { max_challenges: max, max_used: max, max_failures: max, max_orders: max };
    let failures =
        "window = '24h'\nfree = 10\nfirst_wait = '30s'\nmax_wait = '1h'\npause_after = 100\nalarm = '100/1h'";
    let life = Duration::from_hours(1);
    MemoryState::new(&sizes, toml::from_str(failures).unwrap(), life, life)
}

fn store() -> MemoryState {
    bounded(10_000)
}

/// What a call of the memory store gives, which never waits.
fn at_once<T>(call: impl Future<Output = T>) -> T {
    call.now_or_never().expect("memory answers at once")
}

fn keys(current: u8, previous: Option<u8>) -> CodeKeys {
    CodeKeys::new(vec![current; 32].into(), previous.map(|byte| vec![byte; 32].into()))
}

fn stamp(subject: &SubjectId) -> SubjectStamp {
    let subject = Subject {
        id: subject.clone(),
        address: MailboxAddress::parse("anna@example.org").unwrap(),
        unit: None,
        phone: crate::domain::Stored::Nothing,
        enabled: true,
        ended: false,
        password_changed_at: None,
        aliases: Vec::new(),
        phone_bound_at: None,
        facts: PersonalFacts::default(),
    };
    subject.stamp()
}

fn anna() -> SubjectId {
    SubjectId::new("1")
}

/// A challenge and what its owner holds.
struct Claim {
    id: ChallengeId,
    account: MailboxAddress,
    credential: FlowCredential,
    next: FlowCredential,
}

impl Claim {
    fn draw() -> Self {
        let id = ChallengeId::draw(&SystemRandom);
        Self {
            id,
            account: MailboxAddress::parse("anna@example.org").unwrap(),
            credential: FlowCredential::draw(id, &SystemRandom),
            next: FlowCredential::draw(id, &SystemRandom),
        }
    }

    fn open(state: &MemoryState) -> Self {
        let minutes = |count| Duration::from_mins(count);
        let rules = ChallengeRules {
            code_ttl: minutes(5),
            resend_after: minutes(1),
            max_sends: 3,
            max_attempts: 5,
            ttl: minutes(15),
            verified_ttl: minutes(10),
            max_refusals: 5,
        };
        let claim = Self::draw();
        let (account, digest) = (claim.account.clone(), claim.credential.digest());
        let challenge = Challenge::open(claim.id, Purpose::Recovery, account, "en", digest, rules, START);
        at_once(state.open(challenge)).unwrap();
        claim
    }

    /// Open, and armed with [`RIGHT`] for Anna.
    fn armed(state: &MemoryState) -> Self {
        let claim = Self::open(state);
        assert_eq!(claim.arm(state, &anna(), 3, START), Armed::Yes);
        claim
    }

    fn verified(state: &MemoryState) -> Self {
        let mut claim = Self::armed(state);
        assert_eq!(claim.present(state, RIGHT, START), Ok(Verdict::Matched));
        claim.credential = claim.next.clone();
        claim
    }

    fn arming(&self, subject: &SubjectId, purpose: Purpose) -> Arming {
        let code = OneTimeCode::parse(RIGHT, 6).unwrap();
        let digest = keys(7, None).seal(&self.id, purpose, &self.account, &code);
        Arming { subject: subject.clone(), stamp: stamp(subject), digest, send: 1 }
    }

    fn arm(&self, state: &MemoryState, subject: &SubjectId, slots: usize, now: Timestamp) -> Armed {
        at_once(state.arm(&self.id, self.arming(subject, Purpose::Recovery), slots, now)).unwrap()
    }

    fn present(&self, state: &MemoryState, code: &str, now: Timestamp) -> Result<Verdict, StepError> {
        self.present_under(state, &keys(7, None), code, now)
    }

    fn present_under(
        &self,
        state: &MemoryState,
        keys: &CodeKeys,
        code: &str,
        now: Timestamp,
    ) -> Result<Verdict, StepError> {
        let code = OneTimeCode::parse(code, 6).unwrap();
        let digests = keys.present(&self.id, Purpose::Recovery, &self.account, &code);
        let presented = Presented { credential: self.credential.digest(), digests, next: self.next.digest() };
        at_once(state.present(&self.id, &presented, now)).map(|(_, verdict)| verdict)
    }

    fn state(&self, state: &MemoryState, now: Timestamp) -> Result<State, StepError> {
        at_once(state.view(&self.id, &self.credential.digest(), now)).map(|view| view.state)
    }
}

const fn refused<T>(refusal: Refusal) -> Result<T, StepError> {
    Err(StepError::Refused(refusal))
}

fn counted(state: &MemoryState, account: &str, times: usize) -> Result<Standing, StateError> {
    for _ in 0..times {
        at_once(state.count(account, START))?;
    }
    at_once(state.standing(account, START))
}
