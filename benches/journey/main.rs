//! What a recovery costs over HTTP: start, verify and complete against the real application on loopback, beside three
//! posts to a bare actix-web endpoint in the same run. The number to look at is the ratio of the two.
//!
//! Captchas are fetched and solved before the clock starts; that the message reaches its provider is waited for.

#![expect(clippy::expect_used, reason = "a bench that cannot be set up has nothing to measure")]

mod connection;
mod servers;
mod walker;

use std::cell::RefCell;
use std::time::Duration;

use criterion::{BenchmarkGroup, Criterion, criterion_group, criterion_main, measurement::WallTime};
use futures_util::future::join_all;
use serde_json::json;
use tokio::runtime::Runtime;

use connection::Connection;
use servers::{Accounts, Service, bare};
use walker::{Walker, recoveries, share, stopwatch};

/// The requests of one recovery.
const STEPS: u32 = 3;

/// Time and number of what was done, over all rounds.
type Total = RefCell<(Duration, u64)>;

fn add(total: &Total, took: Duration, times: u64) -> Duration {
    let mut total = total.borrow_mut();
    total.0 += took;
    total.1 += times;
    took
}

async fn posts(connections: &mut [Connection], times: u64) -> Duration {
    let each = share(times, connections.len());
    let body = json!({ "account": "person1@example.gov.cn", "code": "123456" });
    let began = stopwatch();
    join_all(connections.iter_mut().zip(&each).map(async |(connection, &times)| {
        for _ in 0..times * u64::from(STEPS) {
            connection.post("/", None, &body, 200).await;
        }
    }))
    .await;
    began.elapsed()
}

fn walk(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    runtime: &Runtime,
    service: &Service,
    clients: usize,
) -> Total {
    let mut walkers: Vec<_> = runtime.block_on(join_all((0..clients).map(|place| Walker::new(service, place))));
    let total = Total::default();
    group.bench_function(name, |run| {
        run.iter_custom(|times| add(&total, runtime.block_on(recoveries(service, &mut walkers, times)), times));
    });
    total
}

fn journey(bench: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let _guard = runtime.enter();
    let yardstick = bare();
    let instant = runtime.block_on(Service::start(Accounts::Instant));
    let mut group = bench.benchmark_group("journey");
    for clients in [1, 16] {
        let mut connections: Vec<_> =
            runtime.block_on(join_all((0..clients).map(async |_| Connection::open(yardstick).await)));
        let bare = Total::default();
        group.bench_function(format!("three bare posts, {clients} connections"), |run| {
            run.iter_custom(|times| add(&bare, runtime.block_on(posts(&mut connections, times)), times));
        });
        let name = format!("a recovery, instant accounts, {clients} connections");
        let walked = walk(&mut group, &name, &runtime, &instant, clients);
        tell(clients, &walked, &bare);
    }
    group.sample_size(10);
    let stored = runtime.block_on(Service::start(Accounts::Stored));
    walk(&mut group, "a recovery, sqlite and argon2id, 1 connection", &runtime, &stored, 1);
    group.finish();
}

#[expect(clippy::print_stdout, clippy::cast_precision_loss, reason = "the ratio is what this bench is for")]
fn tell(clients: usize, walked: &Total, bare: &Total) {
    let mean = |total: &Total| total.borrow().0.as_secs_f64() / total.borrow().1 as f64;
    let (walked, bare) = (mean(walked), mean(bare));
    if walked.is_finite() && bare.is_finite() {
        let (micros, yardstick, ratio) = (walked * 1e6, bare * 1e6, walked / bare);
        println!(
            "{clients} connections: a recovery {micros:.0} µs, three bare posts {yardstick:.0} µs, ratio {ratio:.2}"
        );
    }
}

criterion_group!(benches, journey);
criterion_main!(benches);
