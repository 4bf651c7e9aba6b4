//! The service ends: what is queued leaves or is told, and nothing leaves twice.

use std::sync::Arc;

use resetgate::audit::EventKind;
use resetgate::sms::SmsProvider;
use serde_json::json;

use crate::harness::{ANNA, Directory, Gated, Setup, TestApp, Wire};

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
        let body = json!({ "account": address });
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
    gate.open(MESSAGES);
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
    gate.open(MESSAGES);
    starts_again_silently(&directory, &gate, 0).await;
}

/// A connection that is stuck uses up all the time for stopping. The write behind it, the notice of it, and every queued
/// message get their turn all the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_stuck_connection_costs_neither_the_write_nor_the_queue_their_turn() {
    let (gate, directory) = (Arc::new(Gated::default()), Arc::new(Directory::default()));
    let provider: Arc<dyn SmsProvider> = gate.clone();
    let settings = format!("{WIDE}[server]\nshutdown_grace = \"1s\"");
    let mut app = TestApp::start_with(Setup {
        provider: Some(provider),
        accounts: Some(directory.between()),
        ..Setup::with(&settings)
    })
    .await;
    let mut anna = app.claimant().start(ANNA).await;
    gate.open(1);
    let code = app.events.nth(1, |event| matches!(event.kind, EventKind::CodeSent { .. })).await;
    assert_eq!(code.challenge.map(|id| id.to_string()), Some(anna.id.clone()));
    let code = gate.outbound.code(&anna.id, 1);
    anna.verify(&code).await.expect(200);
    directory.hold_writes();
    let (body, path) = (json!({ "new_password": "Tiantian-2026x" }).to_string(), anna.path("/complete"));
    let mut stuck = Wire::to(app.api).await;
    let head = format!("POST {path} HTTP/1.1\r\nhost: x\r\nauthorization: Flow {}\r\n", anna.credential);
    let head = format!("{head}content-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
    assert!(stuck.send(format!("{head}{body}").as_bytes()).await);
    directory.write_begun().await;
    for number in 0..20 {
        let address = format!("person{number}@example.gov.cn");
        app.add(&address, &format!("138001{number:05}")).await;
        app.client().post("/v1/password-resets", &json!({ "account": address })).await.expect(202);
    }

    let late = async {
        assert_eq!(stuck.answer().await.status, 0, "it was cut off: the time is over");
        directory.let_go();
        gate.open(100);
    };
    tokio::join!(app.stop(), late);
    assert!(app.signs_in(ANNA, "Tiantian-2026x").await);
    assert_eq!((outcomes(&app), gate.outbound.notices().len()), ((21, Vec::new()), 1));
    assert!(app.trail().last().unwrap().contains("stopped"));
}

/// Both ports are free again and every event is on disk.
#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_service_has_ended_every_listener_and_closed_its_trail() {
    let mut app = TestApp::start().await;
    let anna = app.claimant().verified(ANNA).await;
    anna.complete("Tiantian-2026x").await.expect(200);
    app.stop().await;
    assert!(tokio::net::TcpStream::connect(app.api).await.is_err());
    assert!(tokio::net::TcpStream::connect(app.ops).await.is_err());
    let trail = app.trail();
    for kind in ["\"password.reset\"", "\"notice.sent\"", "\"stopped\""] {
        assert!(trail.iter().any(|line| line.contains(kind)), "{kind} was written before the end");
    }
}
