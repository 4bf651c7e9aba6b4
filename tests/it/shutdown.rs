//! The service ends: what is queued leaves or is told, and nothing leaves twice.

use std::sync::Arc;

use resetgate::audit::EventKind;
use resetgate::sms::SmsProvider;

use crate::harness::{Gated, Setup, TestApp};

const MESSAGES: usize = 100;
const WIDE: &str = "[captcha]\nrequired = false\n[limits]\nstart = [\"1000/1d\"]\nprefix = [\"1000/1h\"]\nbudget = [\"1000/1h\"]\n\
                    [sms]\nworkers = 8\n";

/// An application whose provider stands still, with a hundred people who wait for their code.
async fn crowded(directory: &Arc<tempfile::TempDir>, gate: &Arc<Gated>, settings: &str) -> TestApp {
    let provider: Arc<dyn SmsProvider> = gate.clone();
    let setup = Setup { provider: Some(provider), ..Setup::with(&format!("{WIDE}{settings}")) };
    let app = TestApp::start_in(directory.clone(), setup).await;
    for number in 0..MESSAGES {
        let address = format!("person{number}@example.gov.cn");
        app.add(&address, &format!("138001{number:05}")).await;
        let body = serde_json::json!({ "account": address });
        app.client().post("/v1/password-resets", &body).await.expect(202);
    }
    gate.asked(8).await;
    app
}

fn outcomes(app: &TestApp) -> (usize, Vec<&'static str>) {
    let sent = app.events.count(|event| matches!(event.kind, EventKind::CodeSent { .. }));
    let withheld = app.events.all().into_iter().filter_map(|event| match event.kind {
        EventKind::CodeWithheld { reason, .. } => Some(reason),
        _ => None,
    });
    (sent, withheld.collect())
}

async fn starts_again_silently(directory: &Arc<tempfile::TempDir>, gate: &Arc<Gated>, sent: usize) {
    let provider: Arc<dyn SmsProvider> = gate.clone();
    let mut app = TestApp::start_in(directory.clone(), Setup { provider: Some(provider), ..Setup::with(WIDE) }).await;
    assert_eq!(app.ops("/readyz").await.0, 200);
    app.stop().await;
    assert_eq!(gate.outbound.all().len(), sent, "nothing of the former run leaves in the next");
}

/// case 103: within the time for stopping everything that is queued leaves, once, and again after a restart nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_queued_messages_leave_before_the_service_ends() {
    let (directory, gate) = (Arc::new(tempfile::tempdir().unwrap()), Arc::new(Gated::default()));
    let mut app = crowded(&directory, &gate, "[server]\nshutdown_grace = \"60s\"").await;
    gate.open();
    app.stop().await;
    assert_eq!(outcomes(&app), (MESSAGES, Vec::new()));
    let mut numbers: Vec<_> = gate.outbound.codes().into_iter().map(|message| message.to).collect();
    numbers.sort();
    numbers.dedup();
    assert_eq!(numbers.len(), MESSAGES, "everybody got one");
    starts_again_silently(&directory, &gate, MESSAGES).await;
}

/// case 103: when the time for stopping is over, what was being handed over is told as unknown and the rest as dropped;
/// none is forgotten, and none leaves after a restart.
#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_leave_in_time_is_told_in_the_trail_and_never_sent_later() {
    let (directory, gate) = (Arc::new(tempfile::tempdir().unwrap()), Arc::new(Gated::default()));
    let mut app = crowded(&directory, &gate, "[server]\nshutdown_grace = \"1s\"").await;
    app.stop().await;
    let (sent, mut withheld) = outcomes(&app);
    withheld.sort_unstable();
    let expected = [vec!["provider_unknown"; 8], vec!["shutdown"; MESSAGES - 8]].concat();
    assert_eq!((sent, withheld), (0, expected));
    let told = app.trail().iter().filter(|line| line.contains("\"code.withheld\"")).count();
    assert_eq!(told, MESSAGES, "each has its line on disk before the process ends");
    assert!(app.trail().last().unwrap().contains("stopped"));
    gate.open();
    starts_again_silently(&directory, &gate, 0).await;
}

/// Both ports are free again and every event is on disk.
#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_service_has_ended_every_listener_and_closed_its_trail() {
    let mut app = TestApp::start().await;
    let anna = app.claimant().verified(crate::harness::ANNA).await;
    anna.complete("Tiantian-2026x").await.expect(200);
    app.stop().await;
    assert!(tokio::net::TcpStream::connect(app.api).await.is_err());
    assert!(tokio::net::TcpStream::connect(app.ops).await.is_err());
    let trail = app.trail();
    for kind in ["\"password.reset\"", "\"notice.sent\"", "\"stopped\""] {
        assert!(trail.iter().any(|line| line.contains(kind)), "{kind} was written before the end");
    }
}
