//! Completed recoveries a second over each kind of store, beside what the store itself can do in the same run: the same
//! write by a bare client, with the same hash where the gateway is who hashes. Start, verify and complete go through the
//! HTTP API of the real application on loopback; sixteen claimants at once, against as many bare writers.
//!
//! A recovery asks a store three times and writes once. Between the two the store's adapter alone. The three take turns,
//! so that other load on the machine meets all alike; told are medians, and medians of ratios within a turn. It ends by
//! itself after some two minutes: `cargo bench --bench completes`, or `-- http` for one store.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a bench that cannot be set up has nothing to measure"
)]

#[path = "../../tests/stores/servers/mod.rs"]
#[expect(dead_code, unused_imports, reason = "the servers can do more than a bench needs")]
mod backends;
mod bare;
#[path = "../journey/connection.rs"]
mod connection;
mod places;
#[path = "../journey/servers.rs"]
#[expect(dead_code, reason = "what bare posts cost is another bench")]
mod servers;
#[path = "../journey/walker.rs"]
mod walker;

use std::time::Duration;

use futures_util::future::join_all;
use resetgate::account::PasswordWrite;
use resetgate::domain::{ChallengeId, Clock, NewPassword, SystemClock, SystemRandom};
use tokio::runtime::Runtime;

use places::{Held, Place};
use servers::{Accounts, Service};
use walker::{Walker, recoveries, share, stopwatch};

/// Claimants and writers at once, and so many people.
const CROWD: usize = 16;
/// Each of the three has so many turns.
const TURNS: usize = 7;
/// About so long takes a turn.
const TURN: Duration = Duration::from_secs(1);

const PASSWORD: &str = "Tiantian-2026x";

/// Writes through the store's adapter alone, shared among writers.
async fn adapter(place: &Place, times: u64) -> Duration {
    let clock = SystemClock::start();
    let password = NewPassword::parse(PASSWORD).unwrap();
    let began = stopwatch();
    join_all(place.people.iter().zip(share(times, CROWD)).map(async |(person, times)| {
        for _ in 0..times {
            let challenge = ChallengeId::draw(&SystemRandom);
            let write = PasswordWrite {
                password: &password,
                max_age: None,
                revoke_sessions: false,
                challenge,
                now: clock.now(),
            };
            place.store.set_password(person, write).await.unwrap();
        }
    }))
    .await;
    began.elapsed()
}

/// Bare writes, shared among writers.
async fn bare(place: &Place, times: u64) -> Duration {
    let began = stopwatch();
    join_all(share(times, CROWD).into_iter().enumerate().map(async |(writer, times)| {
        for _ in 0..times {
            place.limit.write(writer, PASSWORD).await;
        }
    }))
    .await;
    began.elapsed()
}

/// A second, after a first turn that warms and finds out how many fit into one.
#[derive(Default)]
struct Rate {
    times: u64,
    each: Vec<f64>,
}

impl Rate {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rate is no exact number"
    )]
    fn took(&mut self, took: Duration) {
        let rate = self.times as f64 / took.as_secs_f64();
        if self.times == FIRST {
            self.times = ((rate * TURN.as_secs_f64()) as u64).clamp(FIRST + 1, 20_000);
        } else {
            self.each.push(rate);
        }
    }
}

/// Of the first turn.
const FIRST: u64 = 64;

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

/// What the gateway itself can do, with accounts that cost nothing.
#[expect(clippy::print_stdout, reason = "a figure to hold the others against")]
async fn measure_the_gateway() {
    let service = Service::start(Accounts::Instant).await;
    let mut journeys = Rate { times: FIRST, ..Rate::default() };
    let mut walkers = join_all((0..CROWD).map(|person| Walker::new(&service, person))).await;
    for _ in 0..=TURNS {
        journeys.took(recoveries(&service, &mut walkers, journeys.times).await);
    }
    println!("{:<38} {:>7.0} recoveries/s", "no store", median(journeys.each));
}

async fn measure(place: &Place) {
    let [mut journeys, mut writes, mut limits] = [(); 3].map(|()| Rate { times: FIRST, ..Rate::default() });
    let mut walkers = join_all((0..CROWD).map(|person| Walker::new(&place.service, person))).await;
    for _ in 0..=TURNS {
        limits.took(bare(place, limits.times).await);
        writes.took(adapter(place, writes.times).await);
        journeys.took(recoveries(&place.service, &mut walkers, journeys.times).await);
    }
    tell(&place.name, journeys.each, writes.each, limits.each);
}

#[expect(clippy::print_stdout, reason = "the ratio is what this bench is for")]
fn tell(name: &str, journeys: Vec<f64>, writes: Vec<f64>, limits: Vec<f64>) {
    let ratio = |these: &[f64]| median(these.iter().zip(&limits).map(|(this, limit)| this / limit).collect());
    let (of_journeys, of_writes) = (ratio(&journeys), ratio(&writes));
    println!(
        "{name:<38} {:>7.0} recoveries/s {of_journeys:>5.2}   {:>7.0} adapter writes/s {of_writes:>5.2}   {:>7.0} bare writes/s",
        median(journeys),
        median(writes),
        median(limits)
    );
}

fn main() {
    let wanted: Vec<_> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let runtime = Runtime::new().unwrap();
    runtime.block_on(measure_the_gateway());
    for held in Held::ALL {
        if wanted.is_empty() || wanted.iter().any(|wanted| held.name().to_lowercase().contains(wanted)) {
            for scheme in held.schemes() {
                runtime.block_on(async { measure(&Place::open(*held, scheme).await).await });
            }
        }
    }
}
