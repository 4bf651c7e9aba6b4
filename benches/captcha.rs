//! Our picture beside the crate's own at the same size, in one run on one core, and the other costs of a captcha.
//!
//! `cargo bench --bench captcha`; the figures that matter are ratios between lines of one run.
#![expect(clippy::expect_used, reason = "a benchmark may fail loudly")]

use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr};

use criterion::{Criterion, criterion_group, criterion_main};
use resetgate::captcha::{CaptchaAnswer, CaptchaDesk, CaptchaKind, CaptchaSettings, Sealed, Voice, solve_pow};
use resetgate::domain::{Purpose, Requester, SystemRandom, Timestamp};

const NOW: Timestamp = Timestamp::from_millis(1_795_402_872_000);
const PURPOSE: Purpose = Purpose::Recovery;
const VOICE: Voice = Voice::Mandarin;
/// Captchas that are drawn in turn, because some texts cost more than others.
const TURNS: usize = 256;

#[derive(serde::Deserialize)]
struct File {
    captcha: CaptchaSettings,
}

fn desk(size: (u32, u32)) -> CaptchaDesk {
    let (_, section) = include_str!("../config/default.toml").split_once("\n[captcha]\n").expect("the section exists");
    let (section, _) = section.split_once("\n[").expect("another section follows");
    let defaults = toml::from_str::<File>(&format!("[captcha]\n{section}")).expect("the defaults are right").captcha;
    CaptchaDesk::new(&CaptchaSettings { size, ..defaults }, [7; 32]).expect("the defaults make a desk")
}

fn requester() -> Requester {
    Requester::from(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7)))
}

fn issued(desk: &CaptchaDesk, kind: CaptchaKind) -> Vec<Sealed> {
    (0..TURNS)
        .map(|_| desk.issue(&SystemRandom, kind, VOICE, PURPOSE, &requester(), NOW))
        .map(|issued| desk.open(&issued.id, NOW).expect("what was issued opens"))
        .collect()
}

fn pictures(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("picture");
    group.bench_function("crate, medium, 220x120", |bench| {
        bench.iter(|| black_box(captcha::generate(captcha::Difficulty::Medium).as_png()));
    });
    for size in [(220, 120), (320, 120), (480, 200)] {
        let desk = desk(size);
        let mut turn = issued(&desk, CaptchaKind::Image).into_iter().cycle();
        group.bench_function(format!("ours, {}x{}", size.0, size.1), |bench| {
            bench.iter(|| turn.next().map(|sealed| desk.picture(&sealed).map(black_box)));
        });
    }
    group.finish();
}

fn seal_and_judge(criterion: &mut Criterion) {
    let desk = desk((320, 120));
    let from = requester();
    criterion.bench_function("issue and open", |bench| {
        bench.iter(|| desk.open(&desk.issue(&SystemRandom, CaptchaKind::Image, VOICE, PURPOSE, &from, NOW).id, NOW));
    });
    let issued = desk.issue(&SystemRandom, CaptchaKind::Pow, VOICE, PURPOSE, &from, NOW);
    let sealed = desk.open(&issued.id, NOW).expect("what was issued opens");
    let nonce = CaptchaAnswer::Nonce(solve_pow(&issued.salt.unwrap_or_default(), issued.bits));
    criterion.bench_function("verify a proof of work", |bench| {
        bench.iter(|| desk.judge(black_box(&sealed), black_box(&nonce), PURPOSE, &from));
    });
}

criterion_group!(captcha_costs, pictures, seal_and_judge);
criterion_main!(captcha_costs);
