//! What a gate costs, beside governor's bare `check_key` in the same run.

#![expect(clippy::expect_used, reason = "a bench that cannot be set up has nothing to measure")]

use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use futures_util::FutureExt;
use governor::{Quota, RateLimiter as Governor};
use resetgate::domain::{Clock, PhoneNumber, Region, Requester, SubjectId, SystemClock};
use resetgate::limits::{LimitsSettings, MemoryLimits, RateLimiter, RequesterGate};

fn limits(change: impl FnOnce(&mut toml::Table)) -> (MemoryLimits, Arc<dyn Clock>) {
    let mut file: toml::Table = toml::from_str(include_str!("../config/default.toml")).expect("defaults are TOML");
    let section = file.get_mut("limits").and_then(toml::Value::as_table_mut).expect("there is a section");
    change(section);
    let settings: LimitsSettings = section.clone().try_into().expect("the section is sound");
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::start());
    (MemoryLimits::new(&settings, Arc::clone(&clock)), clock)
}

fn roomy(section: &mut toml::Table, key: &str) {
    section.insert(key.to_owned(), toml::Value::Array(vec!["1000000/1s".into()]));
}

fn stranger(number: u32) -> Requester {
    IpAddr::from(Ipv4Addr::from(number)).into()
}

fn pass(limits: &MemoryLimits, gate: RequesterGate, from: Requester) -> bool {
    limits.pass(gate, &from).now_or_never().is_some_and(|answer| answer.is_ok_and(|answer| answer.is_ok()))
}

fn requesters(bench: &mut Criterion) {
    let mut group = bench.benchmark_group("requester");
    let quota = Quota::per_second(1_000_000.try_into().expect("not zero"));
    let bare = Governor::keyed(quota);
    group.bench_function("bare governor, hot key", |run| run.iter(|| bare.check_key(black_box(&7_u32)).is_ok()));
    let number = AtomicU32::new(0);
    group.bench_function("bare governor, cold key", |run| {
        run.iter(|| bare.check_key(&number.fetch_add(1, Ordering::Relaxed)).is_ok());
    });
    drop(bare);

    let (hot, _) = limits(|section| roomy(section, "captcha"));
    group.bench_function("pass, hot key, one rate", |run| {
        run.iter(|| pass(&hot, RequesterGate::Captcha, black_box(stranger(7))));
    });
    let site: Requester = "2001:db8::1".parse::<IpAddr>().expect("an address").into();
    group.bench_function("pass, hot key, one rate, IPv6", |run| {
        run.iter(|| pass(&hot, RequesterGate::Captcha, black_box(site)));
    });
    let (cold, _) = limits(|section| drop(section.insert("max_keys".into(), 100_000_000.into())));
    group.bench_function("pass, cold key, one rate", |run| {
        run.iter(|| pass(&cold, RequesterGate::Captcha, stranger(number.fetch_add(1, Ordering::Relaxed))));
    });
    drop(cold);
    let (full, _) = limits(|section| drop(section.insert("max_keys".into(), 1_000.into())));
    for number in 0..2_000 {
        pass(&full, RequesterGate::Start, stranger(number));
    }
    group.bench_function("pass, cold key, memory full, two rates", |run| {
        run.iter(|| pass(&full, RequesterGate::Start, stranger(number.fetch_add(1, Ordering::Relaxed))));
    });
    let (shut, _) = limits(|_| ());
    while pass(&shut, RequesterGate::Start, stranger(7)) {}
    group.bench_function("refused, hot key, two rates", |run| {
        run.iter(|| pass(&shut, RequesterGate::Start, black_box(stranger(7))));
    });
    group.finish();
}

fn sends(bench: &mut Criterion) {
    let (limits, clock) = limits(|section| {
        for gate in ["account", "phone", "prefix", "budget"] {
            roomy(section, gate);
        }
    });
    let people: Vec<_> = (0..1_000)
        .map(|number| {
            let phone = PhoneNumber::parse(&format!("138001{number:05}"), Region::CN).expect("a mobile number");
            (SubjectId::new(format!("person {number}")), phone)
        })
        .collect();
    let mut turn = people.iter().cycle();
    bench.bench_function("book_send, 1000 known accounts", |run| {
        run.iter(|| {
            let (account, phone) = turn.next().expect("a cycle has no end");
            limits.book_send(account, phone, clock.now()).now_or_never()
        });
    });
}

fn sweep(bench: &mut Criterion) {
    let mut group = bench.benchmark_group("sweep");
    group.sample_size(10);
    group.bench_function("100k live keys", |run| {
        let (limits, clock) = limits(|_| ());
        for number in 0..100_000 {
            pass(&limits, RequesterGate::Verify, stranger(number));
        }
        run.iter(|| limits.sweep(clock.now()).now_or_never());
    });
    group.bench_function("100k spent keys", |run| {
        let filled = || {
            let (limits, clock) = limits(|section| roomy(section, "captcha"));
            for number in 0..100_000 {
                pass(&limits, RequesterGate::Captcha, stranger(number));
            }
            (limits, clock)
        };
        run.iter_batched_ref(
            filled,
            |(limits, clock)| limits.sweep(clock.now()).now_or_never(),
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

criterion_group!(benches, requesters, sends, sweep);
criterion_main!(benches);
