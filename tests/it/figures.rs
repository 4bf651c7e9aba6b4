//! Figures that answer one question each: what do messages cost, what stops people, how many give up.

use std::collections::BTreeMap;
use std::sync::Arc;

use resetgate::audit::EventKind;
use resetgate::http::CODES;
use resetgate::sms::{SmsError, SmsProvider};
use serde_json::json;

use crate::harness::{ANNA, Claimant, Directory, Fate, Refusing, Setup, TestApp, UNBOUND, UNKNOWN, Wire};

const PARTS: &str = "resetgate_sms_parts_total";
const ERRORS: &str = "resetgate_form_errors_total";
const FLOWS: &str = "resetgate_flows_total";
const BREAKER: &str = "resetgate_sms_breaker_open";

#[tokio::test]
async fn codes_and_notices_cost_parts_by_provider_and_language() {
    let app = TestApp::start().await;
    app.claimant().verified(ANNA).await.complete("Tiantian-2026x").await.expect(200);
    app.add("bob@example.gov.cn", "13800138001").await;
    let mut bob = app.claimant();
    bob.client = bob.client.with("accept-language", "en");
    let bob = bob.start("bob@example.gov.cn").await;
    bob.code().await;
    app.delivery(&app.claimant().start(UNBOUND).await.id, 1).await.unwrap_err();
    app.events.nth(1, |event| matches!(event.kind, EventKind::NoticeSent { delivered: true, .. })).await;
    let figures = app.figures().await;
    figures.expect(PARTS, &[("provider", "captured"), ("locale", "zh-CN")], 2.0);
    figures.expect(PARTS, &[("provider", "captured"), ("locale", "en")], 1.0);
    figures.expect(PARTS, &[], 3.0);
}

#[tokio::test]
async fn a_message_that_nobody_took_costs_nothing() {
    let refusing: Arc<dyn SmsProvider> = Arc::new(Refusing(SmsError::Unreachable { reason: "a test".to_owned() }));
    let app = TestApp::start_with(Setup { provider: Some(refusing), ..Setup::default() }).await;
    app.delivery(&app.claimant().start(ANNA).await.id, 1).await.unwrap_err();
    app.figures().await.expect(PARTS, &[], 0.0);
}

/// Every refusal counts, whether a flow, a parser, the router or the framework refused, and nothing else does.
#[tokio::test]
async fn every_problem_of_the_client_is_counted_by_its_code() {
    let app = TestApp::start_with(Setup::with("[limits]\nstart = [\"5/1h\"]")).await;
    let client = app.client();
    let mut anna = app.claimant().start(ANNA).await;
    let mut told = BTreeMap::<String, f64>::new();
    let mut seen = Vec::new();
    let code = anna.code().await;
    seen.push(anna.verify("12345").await.problem(422, "code_format"));
    seen.push(anna.verify(&Claimant::wrong(&code)).await.problem(422, "code_incorrect"));
    seen.push(anna.resend(&json!({})).await.problem(429, "resend_too_soon"));
    seen.push(anna.verify(&Claimant::wrong(&code)).await.problem(422, "code_incorrect"));
    anna.verify(&code).await.expect(200);
    seen.push(anna.complete("short").await.problem(422, "password_policy"));
    anna.complete("Tiantian-2026x").await.expect(200);
    seen.push(anna.verify(&code).await.problem(409, "flow_state"));
    let captcha = json!({ "id": "x", "nonce": "1" });
    let body = json!({ "account": UNKNOWN, "captcha": captcha });
    // The recovery that was completed gave its start back.
    for _ in 0..4 {
        seen.push(client.post("/v1/password-resets", &body).await.problem(422, "captcha_incorrect"));
    }
    seen.push(client.post("/v1/password-resets", &body).await.problem(429, "rate_limited"));
    seen.push(client.post("/v1/password-resets", &json!({ "account": "<b>" })).await.problem(422, "validation_failed"));
    seen.push(client.post_text("/v1/password-resets", "{").await.problem(400, "bad_request"));
    seen.push(client.get("/v1/anna@example.gov.cn").await.problem(404, "not_found"));
    seen.push(client.get("/v1/captchas").await.problem(405, "method_not_allowed"));
    seen.push(client.with("origin", "https://evil.example").post("/v1/captchas", &json!({})).await);
    assert_eq!(seen.last().unwrap().code(), "forbidden");
    for answer in seen {
        *told.entry(answer.code().to_owned()).or_default() += 1.0;
    }
    let raw =
        Wire::exchange(app.api, &["POST /v1/captchas HTTP/1.1", "host: x", "content-type: text/plain"], "x").await;
    assert_eq!(raw.status, 415);
    told.insert("unsupported_media_type".to_owned(), 1.0);
    let page = Wire::exchange(app.api, &["GET /nowhere HTTP/1.1", "host: x", "accept: text/html"], "").await;
    assert!(page.status == 404 && page.head.contains("content-type: text/html"), "{page:?}");
    *told.entry("not_found".to_owned()).or_default() += 1.0;

    let figures = app.figures().await;
    let counted = figures.0.iter().filter(|sample| sample.name == ERRORS);
    let counted: BTreeMap<_, _> = counted.map(|sample| (sample.labels["code"].clone(), sample.value)).collect();
    assert_eq!(counted, told);
    assert!(counted.keys().all(|code| CODES.iter().any(|(known, _)| known == code)));
}

/// An outage is no fault of the form.
#[tokio::test]
async fn problems_of_the_service_are_no_form_errors() {
    let directory = Arc::new(Directory::default());
    let app = TestApp::start_with(directory.setup("")).await;
    let anna = app.claimant().verified(ANNA).await;
    directory.decide(Fate::Away);
    anna.complete("Tiantian-2026x").await.problem(503, "store_unavailable");
    app.figures().await.expect(ERRORS, &[], 0.0);
}

/// Ended by time counts once, however often the figures are read, and whether or not there was an account; what ended
/// otherwise counts as that.
#[tokio::test]
async fn recoveries_that_ended_by_time_are_counted_once_and_no_others_are() {
    let app = TestApp::start_with(Setup::with(
        "[limits]\nstart = [\"100/1d\"]\naccount = [\"100/1d\"]\nphone = [\"100/1d\"]",
    ))
    .await;
    let expired = async |count| {
        let figures = app.figures().await;
        figures.expect(FLOWS, &[("kind", "reset"), ("outcome", "expired")], count);
        figures
    };
    app.claimant().start(UNKNOWN).await;
    app.claimant().start(ANNA).await.code().await;
    app.claimant().verified(ANNA).await;
    app.claimant().start(UNKNOWN).await.guess("000000", 5).await;
    let cancelled = app.claimant().start(UNKNOWN).await;
    cancelled.holder().send("DELETE", &cancelled.path(""), &[], None).await.expect(204);
    expired(0.0).await;
    app.advance(15 * 60 + 5);
    expired(3.0).await;
    app.claimant().verified(ANNA).await.complete("Tiantian-2026x").await.expect(200);
    app.claimant().start(UNKNOWN).await;
    app.advance(3_600);
    let figures = expired(4.0).await;
    for outcome in ["locked", "cancelled", "completed"] {
        figures.expect(FLOWS, &[("outcome", outcome)], 1.0);
    }
    app.advance(86_400);
    expired(4.0).await;
    assert!(app.trail().iter().all(|line| !line.contains("expired")), "a flood of them would bury what matters");
}

/// A gateway that nobody answers at is passed by: the figure says so for as long as it is, and for no other.
#[tokio::test]
async fn the_figure_of_a_breaker_says_which_provider_is_passed_by_and_until_when() {
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let settings = format!(
        r#"
[sms]
providers = ["main", "terminal"]
breaker = {{ failures = 2, window = "30s", open_for = "60s" }}
[sms.provider.main]
kind = "http"
url = "http://{gone}/send"
body = '{{"to":"{{to}}","text":"{{text}}"}}'
success = {{ status = [200] }}
"#
    );
    let app = TestApp::start_with(Setup { configured_providers: true, ..Setup::with(&settings) }).await;
    let expect = async |main, terminal, status| {
        let figures = app.figures().await;
        assert_eq!(figures.0.iter().filter(|sample| sample.name == BREAKER).count(), 2);
        figures.expect(BREAKER, &[("provider", "main")], main);
        figures.expect(BREAKER, &[("provider", "terminal")], terminal);
        assert_eq!(app.client().get("/v1/config").await.body["status"]["sms"], status);
    };
    expect(0.0, 0.0, "ok").await;
    for number in 1..=2 {
        app.add(&format!("person{number}@example.gov.cn"), &format!("1380013800{number}")).await;
        app.claimant().start(&format!("person{number}@example.gov.cn")).await;
        app.events.nth(number, |event| matches!(event.kind, EventKind::CodeSent { .. })).await;
        if number == 1 {
            expect(0.0, 0.0, "ok").await;
        }
    }
    expect(1.0, 0.0, "degraded").await;
    app.advance(59);
    expect(1.0, 0.0, "degraded").await;
    app.advance(1);
    expect(0.0, 0.0, "ok").await;
}
