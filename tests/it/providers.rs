//! What is wrong at a provider is told to operators once, and to nobody else.

use std::sync::Arc;
use std::time::Duration;

use resetgate::audit::EventKind;
use resetgate::sms::{SmsError, SmsFault, SmsProvider};

use crate::harness::{ANNA, Setup, Shape, TestApp, UNKNOWN, Vendor, WIDE_GATES, WIDE_SENDS};

const BREAKER: &str =
    "[flow]\nlive_per_account = 10\n[sms]\nbreaker = { failures = 3, window = \"30s\", open_for = \"60s\" }\n";

async fn app(vendor: &Arc<Vendor>) -> TestApp {
    let provider: Arc<dyn SmsProvider> = vendor.clone();
    TestApp::start_with(Setup {
        provider: Some(provider),
        ..Setup::with(&format!("{BREAKER}{WIDE_GATES}{WIDE_SENDS}"))
    })
    .await
}

/// Why no code left, if none did.
async fn ask(app: &TestApp, account: &str) -> Option<&'static str> {
    let claimant = app.claimant().start(account).await;
    let id = claimant.id.parse().unwrap();
    let told = app.events.nth(1, |event| {
        event.challenge == Some(id) && matches!(event.kind, EventKind::CodeSent { .. } | EventKind::CodeWithheld { .. })
    });
    match told.await.kind {
        EventKind::CodeWithheld { reason, .. } => Some(reason),
        _ => None,
    }
}

fn faulty(fault: SmsFault) -> SmsError {
    SmsError::Faulty { fault, reason: "InvalidAccessKeyId".to_owned() }
}

/// The names of all events about providers, in order.
fn told(app: &TestApp) -> Vec<&'static str> {
    let all = app.events.all().into_iter().map(|event| event.kind.name());
    all.filter(|name| name.starts_with("provider.")).collect()
}

/// case 87: a refused key is told once, however many messages meet it, and so is its end.
#[tokio::test]
async fn a_fault_of_our_account_is_an_alarm_once_and_its_end_is_told_once() {
    let vendor = Arc::new(Vendor::default());
    let mut app = app(&vendor).await;
    let fault = [("provider", "main"), ("fault", "credentials")];
    let open = [("provider", "main")];
    vendor.say([faulty(SmsFault::Credentials), faulty(SmsFault::Credentials)]);
    assert_eq!(ask(&app, ANNA).await, Some("provider_faulty"));
    assert_eq!(ask(&app, ANNA).await, Some("provider_unreachable"), "it is passed by at once");
    assert_eq!(told(&app), ["provider.faulty", "provider.opened"]);
    let figures = app.figures().await;
    figures.expect("resetgate_sms_fault", &fault, 1.0);
    figures.expect("resetgate_sms_breaker_open", &open, 1.0);
    figures.expect("resetgate_sms_sends_total", &[("provider", "main"), ("result", "provider_faulty")], 1.0);
    figures.expect("resetgate_rate_limited_total", &[], 0.0);
    let (status, verbose) = app.ops("/readyz?verbose").await;
    assert_eq!(status, 200, "another replica would fare no better");
    let line = "[!] sms provider main: messages pass it by; it refuses our credentials\n";
    assert!(verbose.contains(line), "{verbose}");

    app.advance(60);
    assert_eq!(ask(&app, ANNA).await, Some("provider_faulty"), "one of them tries");
    assert_eq!(told(&app).len(), 2, "it is the same outage");
    app.advance(60);
    assert_eq!(ask(&app, ANNA).await, None);
    assert_eq!(told(&app), ["provider.faulty", "provider.opened", "provider.mended", "provider.closed"]);
    let figures = app.figures().await;
    figures.expect("resetgate_sms_fault", &fault, 0.0);
    figures.expect("resetgate_sms_breaker_open", &open, 0.0);
    assert!(app.ops("/readyz?verbose").await.1.contains("[+] sms provider main: ok\n"));
    app.stop().await;
    let lines: Vec<_> = app.trail().into_iter().filter(|line| line.contains("\"provider.")).collect();
    assert_eq!(lines.len(), 4, "{lines:#?}");
    assert!(lines[0].contains("\"provider\":\"main\"") && lines[0].contains("\"reason\":\"credentials\""), "{lines:?}");
}

/// case 42: what a stranger sees changes when as many messages met the fault as with any other outage, and for all alike.
#[tokio::test]
async fn an_outage_shows_to_all_alike_and_not_by_one_message() {
    let vendor = Arc::new(Vendor::default());
    let app = app(&vendor).await;
    vendor.say([faulty(SmsFault::Balance)]);
    ask(&app, ANNA).await;
    ask(&app, UNKNOWN).await;
    ask(&app, ANNA).await;
    assert_eq!(app.client().get("/v1/config").await.body["status"]["sms"], "ok");
    ask(&app, ANNA).await;
    assert_eq!(app.client().get("/v1/config").await.body["status"]["sms"], "down");
    let [known, unknown] = [ANNA, UNKNOWN].map(async |account| app.claimant().try_start(account).await);
    let (known, unknown) = (known.await, unknown.await);
    known.clone().problem(503, "sms_unavailable");
    assert_eq!(Shape::of(&known), Shape::of(&unknown));
    app.advance(60);
    assert_eq!(ask(&app, ANNA).await, None, "worth a try again");
}

/// case 89: a number that had enough at the provider is left alone for as long, silently and with a word of its own.
#[tokio::test]
async fn a_number_that_had_enough_is_held_for_the_providers_time() {
    let vendor = Arc::new(Vendor::default());
    let app = app(&vendor).await;
    app.add("bob@example.gov.cn", "13800138001").await;
    vendor.say([SmsError::NumberLimited { wait: Duration::from_hours(1) }]);
    assert_eq!(ask(&app, ANNA).await, Some("provider_number_limited"));
    assert_eq!(ask(&app, ANNA).await, Some("phone_held"));
    assert_eq!(ask(&app, "bob@example.gov.cn").await, None, "another number is not");
    app.advance(3_599);
    assert_eq!(ask(&app, ANNA).await, Some("phone_held"));
    app.advance(1);
    assert_eq!(ask(&app, ANNA).await, None);
    app.figures().await.expect("resetgate_rate_limited_total", &[("policy", "phone_held")], 2.0);
    assert_eq!(told(&app), Vec::<&str>::new(), "it says nothing of the provider");
}

/// No order that a provider took is missing from the trail: who took it, by which id, and ours.
#[tokio::test]
async fn every_order_is_in_the_trail_with_who_took_it() {
    let vendor = Arc::new(Vendor::default());
    let mut app = app(&vendor).await;
    let mut claimant = app.claimant().start(ANNA).await;
    let first = vendor.asked().await;
    app.events.nth(1, |event| matches!(event.kind, EventKind::CodeSent { .. })).await;
    vendor.say([SmsError::Unknown { reason: "no answer in time".to_owned() }]);
    app.advance(60);
    claimant.resend(&serde_json::json!({})).await.expect(202);
    let second = vendor.asked().await;
    app.events.nth(1, |event| matches!(event.kind, EventKind::CodeWithheld { .. })).await;
    claimant.try_start(ANNA).await.expect(202);
    vendor.asked().await;
    app.events.nth(2, |event| matches!(event.kind, EventKind::CodeSent { .. })).await;
    app.stop().await;
    let trail = app.trail();
    let line = |order: &str| trail.iter().find(|line| line.contains(order)).unwrap_or_else(|| panic!("{trail:#?}"));
    for part in ["\"code.sent\"", "\"provider\":\"main\"", "\"message_id\":\"m-1\"", "138****8000"] {
        assert!(line(&first).contains(part), "{part}: {}", line(&first));
    }
    for part in ["\"code.withheld\"", "\"provider\":\"main\"", "provider_unknown", "no answer in time"] {
        assert!(line(&second).contains(part), "{part}: {}", line(&second));
    }
}
