//! A soak: the whole service for a while, with SMS gateways that fail at random, counted at their end of the wire.
//!
//! A short one runs with the other tests. The long one: `SOAK_SECONDS=600 cargo test --release --test soak -- --nocapture`

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may end at once")]

mod everybody;
mod far_end;

// The application harness of the journeys, as it is; not every part of it is of use here.
#[path = "../it/harness/mod.rs"]
#[expect(dead_code, unused_imports, reason = "shared with tests/it, which uses the rest")]
mod service;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use everybody::Everybody;
use far_end::{FarEnd, Fate};
use service::{Setup, TestApp, WIDE_GATES, WIDE_SENDS};
use tokio::time::Instant;

/// People who ask at once.
const CROWD: usize = 16;
/// How much the process may hold more at the end than after a third of the time, in MiB: what the test itself counts, and
/// caches that fill. Those that would fill for half an hour of real time are made small.
const GROWTH: usize = 48;

/// No order is delivered twice, none that a gateway accepted is missing from the audit trail, memory stays flat.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::print_stdout, reason = "the figures are for whoever asks with --nocapture")]
async fn whatever_the_gateways_do_no_order_is_delivered_twice_and_none_is_missing_from_the_trail() {
    let seconds = std::env::var("SOAK_SECONDS").map_or(15, |text| text.parse().unwrap());
    let gateways = [FarEnd::start(1).await, FarEnd::start(2).await, FarEnd::start(3).await];
    let setup = Setup {
        settings: settings(&gateways),
        configured_providers: true,
        accounts: Some(Box::new(|_| Arc::new(Everybody))),
        ..Setup::default()
    };
    let mut app = TestApp::start_with(setup).await;
    let (began, end) = (Instant::now(), Instant::now() + Duration::from_secs(seconds));
    let asked = AtomicUsize::new(0);
    let crowd = futures_util::future::join_all((0..CROWD).map(|place| ask_until(&app, place, end, &asked)));
    let ((), third) = tokio::join!(async { drop(crowd.await) }, watch(&app, began, end));
    let memory = (third, resident());
    app.stop().await;

    let trail = trail(&app);
    let (mut taken_by, mut twice) = (HashMap::new(), Vec::new());
    let mut fates: HashMap<Fate, usize> = HashMap::new();
    let mut acknowledged = HashSet::new();
    for gateway in &gateways {
        for (order, fate) in gateway.seen() {
            *fates.entry(fate).or_default() += 1;
            if fate.delivers() && taken_by.insert(order.clone(), gateway.number).is_some() {
                twice.push(order.clone());
            }
            if fate == Fate::Takes {
                acknowledged.insert(order);
            }
        }
    }
    let asked = asked.load(Ordering::SeqCst);
    println!(
        "{seconds} s: {asked} asked, {} delivered, {} of them acknowledged; {fates:?}; {} MiB after a third, {} at the end",
        taken_by.len(),
        acknowledged.len(),
        memory.0,
        memory.1
    );
    assert!(twice.is_empty(), "delivered twice: {twice:?}");
    // An answer that came too late was not heard: then the trail says that it may have left.
    let known = |order: &&String| trail.sent.contains(*order) || trail.doubtful.contains(*order);
    let missing: Vec<_> = taken_by.keys().filter(|order| !known(order)).collect();
    assert!(missing.is_empty(), "taken, and neither sent nor doubtful in the trail: {missing:?}");
    let unheard = acknowledged.iter().filter(|order| !trail.sent.contains(*order)).count();
    assert!(unheard * 20 <= acknowledged.len(), "{unheard} of {} answers were not heard", acknowledged.len());
    let invented: Vec<_> = trail.sent.iter().filter(|order| !acknowledged.contains(*order)).collect();
    assert!(invented.is_empty(), "in the trail as sent, and accepted by nobody: {invented:?}");
    assert_eq!(trail.ended, asked, "every start that was taken ends with a code that was sent or withheld");
    for fate in Fate::ALL {
        assert!(fates.get(&fate).is_some_and(|count| *count > 0), "{fate:?} never happened: {fates:?}");
    }
    assert!(memory.1 < memory.0 + GROWTH, "{} MiB after a third, {} MiB at the end", memory.0, memory.1);
}

fn settings(gateways: &[FarEnd]) -> String {
    let names: Vec<_> = gateways.iter().map(|gateway| format!("\"g{}\"", gateway.number)).collect();
    let mut text = format!(
        "{WIDE_GATES}{WIDE_SENDS}[sms]\nproviders = [{}]\nworkers = 32\ntimeout = \"400ms\"\nconnect_timeout = \"200ms\"\n\
         breaker = {{ failures = 5, window = \"30s\", open_for = \"1m\" }}\n[state]\nmax_orders = 5000\nmax_challenges = 5000\n",
        names.join(", ")
    );
    text.extend(gateways.iter().map(|FarEnd { number, url, .. }| {
        format!(
            "[sms.provider.g{number}]\nkind = \"http\"\nurl = \"{url}\"\n\
             body = '{{\"to\":\"{{to}}\",\"text\":\"{{text}}\",\"ref\":\"{{ref}}\"}}'\n\
             success = {{ status = [200], pointer = \"/code\", equals = 0 }}\n"
        )
    }));
    text
}

/// Asks for codes for one person after another, until the time is over.
async fn ask_until(app: &TestApp, place: usize, end: Instant, asked: &AtomicUsize) {
    let client = service::Client::new(app.api, &format!("198.51.100.{}", place + 1));
    for number in 0.. {
        if Instant::now() >= end {
            return;
        }
        let captcha = client.post("/v1/captchas", &serde_json::json!({ "kind": "pow" })).await.expect(201);
        let nonce = resetgate::captcha::solve_pow(&captcha.text("salt"), 8);
        let person = format!("p{place}x{number}@example.gov.cn");
        let body = serde_json::json!({ "account": person, "captcha": { "id": captcha.text("id"), "nonce": nonce } });
        let answer = client.post("/v1/password-resets", &body).await;
        match answer.status {
            202 => asked.fetch_add(1, Ordering::SeqCst),
            // All gateways are passed by, or the queue is full: told to everybody alike.
            503 => {
                tokio::task::yield_now().await;
                0
            }
            other => panic!("{other}: {}", answer.body),
        };
    }
}

/// Moves the service's clock along, and looks at the memory after a third of the time.
async fn watch(app: &TestApp, began: Instant, end: Instant) -> usize {
    let third = began + (end - began) / 3;
    let mut beat = tokio::time::interval(Duration::from_millis(100));
    let mut seen = None;
    while Instant::now() < end {
        beat.tick().await;
        // Twenty times as fast as the day goes, so that what is to be forgotten is forgotten within the run.
        app.clock.advance(Duration::from_secs(2));
        if seen.is_none() && Instant::now() >= third {
            seen = Some(resident());
        }
    }
    seen.unwrap_or_else(resident)
}

/// Memory of this process, in MiB.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() / 1024
}

/// What the trail says.
struct Told {
    /// Orders that a gateway took.
    sent: HashSet<String>,
    /// Orders that a gateway may have taken.
    doubtful: HashSet<String>,
    /// Starts whose message was sent or withheld.
    ended: usize,
}

fn trail(app: &TestApp) -> Told {
    let mut told = Told { sent: HashSet::new(), doubtful: HashSet::new(), ended: 0 };
    for file in std::fs::read_dir(app.data.join("audit")).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|kind| kind != "ndjson") {
            continue;
        }
        for line in std::fs::read_to_string(path).unwrap().lines() {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            let kind = line["kind"].as_str().unwrap();
            if kind == "code.sent" {
                told.sent.insert(line["order"].as_str().expect("an order").to_owned());
            }
            if let (Some("provider_unknown"), Some(order)) = (line["reason"].as_str(), line["order"].as_str()) {
                told.doubtful.insert(order.to_owned());
            }
            told.ended += usize::from(kind == "code.sent" || kind == "code.withheld");
        }
    }
    told
}
