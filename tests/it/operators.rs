//! The operators' port: alive, ready, counted.

use std::sync::Arc;
use std::time::Duration;

use resetgate::audit::EventKind;
use resetgate::sms::SmsProvider;
use serde_json::json;

use crate::harness::{ANNA, Claimant, DISABLED, Gated, Setup, TestApp, UNBOUND};

/// Walks through what people do, right and wrong, so that every family has something to count.
async fn busy_day(app: &TestApp) -> Vec<String> {
    let mut seen = Vec::new();
    let mut anna = app.claimant().start(ANNA).await;
    let code = anna.code().await;
    anna.verify(&Claimant::wrong(&code)).await.problem(422, "code_incorrect");
    anna.verify(&code).await.expect(200);
    anna.complete("short").await.problem(422, "password_policy");
    anna.complete("Tiantian-2026x").await.expect(200);
    seen.extend([anna.id.clone(), anna.credential.clone(), code]);
    for address in [UNBOUND, DISABLED] {
        let other = app.claimant().start(address).await;
        app.delivery(&other.id, 1).await.unwrap_err();
        seen.push(other.id.clone());
    }
    let wrong = json!({ "account": ANNA, "captcha": { "id": "x", "nonce": "1" } });
    // Anna's completed recovery gave its start back.
    for _ in 0..3 {
        app.client().post("/v1/password-resets", &wrong).await.problem(422, "captcha_incorrect");
    }
    app.client().post("/v1/password-resets", &wrong).await.problem(429, "rate_limited");
    app.client().get("/anna@example.gov.cn/13800138000").await.problem(404, "not_found");
    app.events.nth(1, |event| matches!(event.kind, EventKind::NoticeSent { .. })).await;
    seen
}

#[tokio::test]
async fn after_one_day_every_family_is_there_and_counts_what_happened() {
    let app = TestApp::start().await;
    busy_day(&app).await;
    let figures = app.figures().await;
    let names = figures.names();
    for family in [
        "resetgate_build_info",
        "resetgate_http_requests_total",
        "resetgate_http_request_duration_seconds_count",
        "resetgate_flows_total",
        "resetgate_flows_live",
        "resetgate_failures_alarm",
        "resetgate_flow_duration_seconds_sum",
        "resetgate_captchas_issued_total",
        "resetgate_captcha_answers_total",
        "resetgate_codes_verified_total",
        "resetgate_sms_sends_total",
        "resetgate_sms_send_duration_seconds_bucket",
        "resetgate_sms_parts_total",
        "resetgate_sms_queue_depth",
        "resetgate_sms_budget_remaining_ratio",
        "resetgate_rate_limited_total",
        "resetgate_policy_refusals_total",
        "resetgate_form_errors_total",
        "resetgate_store_requests_total",
        "resetgate_store_request_duration_seconds_count",
        "resetgate_audit_last_write_timestamp_seconds",
        "resetgate_audit_events_total",
        "process_resident_memory_bytes",
        "process_cpu_seconds_total",
        "process_start_time_seconds",
        "process_open_fds",
    ] {
        assert!(names.contains(family), "{family} is missing");
    }
    let one = |name, labels: &[(&str, &str)]| figures.expect(name, labels, 1.0);
    one("resetgate_flows_total", &[("kind", "reset"), ("outcome", "completed")]);
    one("resetgate_codes_verified_total", &[("result", "ok")]);
    one("resetgate_codes_verified_total", &[("result", "wrong")]);
    figures.expect("resetgate_sms_sends_total", &[("provider", "captured"), ("result", "accepted")], 2.0);
    one("resetgate_policy_refusals_total", &[("rule", "policy.length")]);
    one("resetgate_rate_limited_total", &[("policy", "start")]);
    one("resetgate_audit_events_total", &[("kind", "password.reset")]);
    one("resetgate_http_requests_total", &[("route", "other"), ("status", "404")]);
    assert!(figures.value("process_resident_memory_bytes", &[]) > 1_000_000.0);
    assert!(figures.value("process_open_fds", &[]) > 5.0);
    assert!(figures.value("process_start_time_seconds", &[]) > 1_500_000_000.0);
}

/// case 99: no label tells of anybody, and a stranger's paths and methods make no series of their own.
#[tokio::test]
async fn no_label_holds_an_account_a_phone_an_address_or_a_challenge() {
    let app = TestApp::start().await;
    let mut secrets = busy_day(&app).await;
    for number in 0..20 {
        let client = app.client().at(&format!("203.0.113.{number}"));
        client.send("BREW", &format!("/v1/stranger{number}"), &[], None).await;
    }
    let all = app.figures().await.0;
    secrets
        .extend(["anna", "bert", "carl", "example.gov.cn", "13800138000", "138****8000", "8000138"].map(str::to_owned));
    secrets.extend(["198.51.100", "203.0.113", "rst_", "req_", "stranger", "BREW", "Tiantian"].map(str::to_owned));
    for sample in &all {
        for (label, held) in &sample.labels {
            let found = secrets.iter().find(|secret| held.contains(secret.as_str()));
            assert_eq!(found, None, "{} {label}={held}", sample.name);
        }
    }
    assert!(all.len() < 600, "{} series on a normal node", all.len());
}

#[tokio::test]
async fn a_service_is_alive_ready_and_knows_its_version() {
    let app = TestApp::start().await;
    assert_eq!(app.ops("/livez").await, (200, "ok\n".to_owned()));
    assert_eq!(app.ops("/readyz").await, (200, "ok\n".to_owned()));
    let (status, verbose) = app.ops("/readyz?verbose").await;
    assert_eq!(
        (status, verbose.as_str()),
        (200, "[+] account store: ok\n[+] audit trail: ok\n[+] outbox: ok\n[+] sms provider captured: ok\nready\n")
    );
    let version = app.ops("/version").await.1;
    assert!(version.contains("resetgate") && version.contains(env!("CARGO_PKG_VERSION")), "{version}");
    assert_eq!(app.client().get("/metrics").await.status, 404, "not on the public port");
    assert_eq!(app.client().get("/readyz").await.status, 404, "not on the public port");
}

/// Asks again until the answer has this status; an outage shows and ends when the disk is tried again.
async fn ready(app: &TestApp, wanted: u16) -> String {
    let asked = async {
        loop {
            let (status, report) = app.ops("/readyz?verbose").await;
            if status == wanted {
                return report;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), asked).await.expect("readiness changed")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trail_that_cannot_be_written_makes_the_service_not_ready_and_changes_no_answer() {
    let app = TestApp::start().await;
    let mut anna = app.claimant().start(ANNA).await;
    let code = anna.code().await;
    ready(&app, 200).await;
    let (trail, away) = (app.data.join("audit"), app.data.join("away"));
    std::fs::rename(&trail, &away).unwrap();
    std::fs::write(&trail, "a file where the directory was").unwrap();

    anna.verify(&code).await.expect(200);
    let report = ready(&app, 503).await;
    assert!(report.contains("[-] audit trail: the audit trail cannot be written"), "{report}");
    assert!(report.contains("[+] account store: ok") && report.ends_with("not ready\n"), "{report}");
    assert_eq!(app.ops("/readyz").await, (503, "not ready\n".to_owned()), "the reason is for who asks for it");
    anna.complete("Tiantian-2026x").await.expect(200);

    std::fs::remove_file(&trail).unwrap();
    std::fs::rename(&away, &trail).unwrap();
    ready(&app, 200).await;
    let mut app = app;
    app.stop().await;
    let lines = app.trail();
    for kind in ["\"code.verified\"", "\"password.reset\""] {
        assert!(lines.iter().any(|line| line.contains(kind)), "{kind} was kept through the outage");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_outbox_makes_the_service_not_ready_until_it_is_emptied() {
    let gate = Arc::new(Gated::default());
    let provider: Arc<dyn SmsProvider> = gate.clone();
    let settings = "[captcha]\nrequired = false\n[sms]\nqueue = 1\nworkers = 1\n[limits]\nstart = [\"100/1d\"]";
    let app = TestApp::start_with(Setup { provider: Some(provider), ..Setup::with(settings) }).await;
    app.add("bob@example.gov.cn", "13800138001").await;
    let start = async |address: &str| app.client().post("/v1/password-resets", &json!({ "account": address })).await;
    start(ANNA).await.expect(202);
    gate.asked(1).await;
    start("bob@example.gov.cn").await.expect(202);
    start("bob@example.gov.cn").await.problem(503, "sms_unavailable");
    assert!(ready(&app, 503).await.contains("[-] outbox: the queue of messages is full"));
    gate.open(100);
    ready(&app, 200).await;
}
