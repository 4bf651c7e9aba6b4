//! What the steps of a challenge cost in the memory store, by 1, 2 and 8 threads, each on challenges of its own.
//!
//! A figure is wall time over all steps of all threads: with perfect sharing it halves with two threads.

#![expect(clippy::expect_used, reason = "a bench that cannot be set up has nothing to measure")]

use std::hint::black_box;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use futures_util::FutureExt;
use resetgate::domain::{
    Arming, Challenge, ChallengeId, ChallengeRules, CodeKeys, FlowCredential, MailboxAddress, OneTimeCode,
    PersonalFacts, Presented, Purpose, Stored, Subject, SubjectId, SubjectStamp, SystemRandom, Timestamp,
};
use resetgate::state::{ChallengeStore, FailureSettings, MemoryState, StateSettings};

/// Challenges that are made ready at once, outside the time that is taken.
const BATCH: u64 = 4_096;
const NOW: Timestamp = Timestamp::from_millis(1_795_417_200_000);

/// How far a challenge has come before the step that is measured.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Come {
    NotYet,
    Armed,
    Verified,
}

struct Desk {
    state: MemoryState,
    rules: ChallengeRules,
    keys: CodeKeys,
    account: MailboxAddress,
    stamp: SubjectStamp,
    right: OneTimeCode,
    wrong: OneTimeCode,
}

/// A challenge, and what its owner is about to present.
struct Ready {
    challenge: Option<Challenge>,
    id: ChallengeId,
    subject: SubjectId,
    right: Presented,
    wrong: Presented,
    rotated: FlowCredential,
}

fn section<T: serde::de::DeserializeOwned>(name: &str) -> T {
    let file: toml::Table = toml::from_str(include_str!("../config/default.toml")).expect("defaults are TOML");
    file[name].clone().try_into().expect("the section is sound")
}

impl Desk {
    fn new() -> Self {
        let (state, failures): (StateSettings, FailureSettings) = (section("state"), section("failures"));
        let minutes = Duration::from_mins;
        let code = |digits| OneTimeCode::parse(digits, 6).expect("six digits");
        let account = MailboxAddress::parse("anna@example.org").expect("an address");
        let subject = Subject {
            id: SubjectId::new("1"),
            address: account.clone(),
            unit: None,
            phone: Stored::Nothing,
            enabled: true,
            ended: false,
            password_changed_at: None,
            aliases: Vec::new(),
            phone_bound_at: None,
            facts: PersonalFacts::default(),
        };
        Self {
            state: MemoryState::new(&state, failures, minutes(26), minutes(4)),
            rules: ChallengeRules {
                code_ttl: minutes(5),
                resend_after: minutes(1),
                max_sends: 3,
                max_attempts: 5,
                ttl: minutes(15),
                verified_ttl: minutes(10),
                max_refusals: 5,
            },
            keys: CodeKeys::new(vec![7; 32].into(), None),
            account,
            stamp: subject.stamp(),
            right: code("002569"),
            wrong: code("111111"),
        }
    }

    fn ready(&self, come: Come) -> Ready {
        let id = ChallengeId::draw(&SystemRandom);
        let (held, rotated) = (FlowCredential::draw(id, &SystemRandom), FlowCredential::draw(id, &SystemRandom));
        let (account, digest) = (self.account.clone(), held.digest());
        let challenge = Challenge::open(id, Purpose::Recovery, account, "zh-CN", digest, self.rules, NOW);
        let presented = |code| Presented {
            credential: held.digest(),
            digests: self.keys.present(&id, Purpose::Recovery, &self.account, code),
            next: rotated.digest(),
        };
        let (right, wrong) = (presented(&self.right), presented(&self.wrong));
        // Every account its own: the places for live codes are no part of what is measured.
        let subject = SubjectId::new(id.to_string());
        let mut ready = Ready { challenge: Some(challenge), id, subject, right, wrong, rotated };
        if come >= Come::Armed {
            self.open(&mut ready);
            let digest = self.keys.seal(&id, Purpose::Recovery, &self.account, &self.right);
            let arming = Arming { subject: ready.subject.clone(), stamp: self.stamp, digest, send: 1 };
            black_box(self.state.arm(&id, arming, 3, NOW).now_or_never());
        }
        if come == Come::Verified {
            self.present(&ready.id, &ready.right);
        }
        ready
    }

    fn open(&self, ready: &mut Ready) {
        if let Some(challenge) = ready.challenge.take() {
            black_box(self.state.open(challenge).now_or_never());
        }
    }

    fn present(&self, id: &ChallengeId, presented: &Presented) {
        let outcome = self.state.present(id, presented, NOW).now_or_never();
        assert!(black_box(outcome).is_some_and(|outcome| outcome.is_ok()), "it was compared");
    }

    fn spend(&self, ready: &Ready) {
        let outcome = self.state.spend(&ready.id, &ready.rotated.digest(), NOW).now_or_never();
        assert!(black_box(outcome).is_some_and(|outcome| outcome.is_ok()), "it was spent");
    }

    /// The time of `steps` steps, shared by `threads`.
    fn time(&self, threads: usize, steps: u64, come: Come, step: impl Fn(&Self, &mut Ready) + Sync) -> Duration {
        let mut taken = Duration::ZERO;
        let mut left = steps;
        while left > 0 {
            let batch = left.min(BATCH);
            let mut ready: Vec<_> = (0..batch).map(|_| self.ready(come)).collect();
            taken += self.race(threads, &mut ready, &step);
            left -= batch;
        }
        taken
    }

    #[expect(clippy::disallowed_methods, reason = "time is what is measured")]
    fn race(&self, threads: usize, ready: &mut [Ready], step: &(impl Fn(&Self, &mut Ready) + Sync)) -> Duration {
        let share = ready.len().div_ceil(threads).max(1);
        let shares: Vec<_> = ready.chunks_mut(share).collect();
        let gate = Barrier::new(shares.len() + 1);
        thread::scope(|scope| {
            let run = |share: &mut [Ready]| {
                gate.wait();
                for one in share {
                    step(self, one);
                }
            };
            let running: Vec<_> = shares.into_iter().map(|share| scope.spawn(move || run(share))).collect();
            gate.wait();
            let begun = Instant::now();
            for thread in running {
                thread.join().expect("a step does not panic");
            }
            begun.elapsed()
        })
    }
}

fn steps(bench: &mut Criterion) {
    let desk = Desk::new();
    let mut group = bench.benchmark_group("challenge");
    for threads in [1, 2, 8] {
        let mut measure = |name: &str, come, step: fn(&Desk, &mut Ready)| {
            group.bench_function(format!("{name}, {threads} threads"), |run| {
                run.iter_custom(|count| desk.time(threads, count, come, step));
            });
        };
        measure("open", Come::NotYet, Desk::open);
        measure("present, wrong", Come::Armed, |desk, ready| desk.present(&ready.id, &ready.wrong));
        measure("present, right", Come::Armed, |desk, ready| desk.present(&ready.id, &ready.right));
        measure("spend", Come::Verified, |desk, ready| desk.spend(ready));
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().measurement_time(Duration::from_secs(3)).warm_up_time(Duration::from_secs(1));
    targets = steps
}
criterion_main!(benches);
