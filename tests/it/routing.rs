//! Messages take the route of their number or of their receiver's unit, over real gateways.

use std::fmt::Write as _;

use resetgate::account::NewAccount;
use resetgate::audit::EventKind;
use resetgate::domain::{PhoneNumber, Region};
use serde_json::Value;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::harness::{ANNA, Setup, Shape, TestApp, UNKNOWN, WIDE_GATES, WIDE_SENDS, mailbox};

/// A gateway that answers every message alike.
async fn gateway(status: u16) -> MockServer {
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(status).set_body_json(serde_json::json!({ "id": "m-1" }));
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}

/// The settings of `[sms]` with these gateways, `routes` in their order, and further lines of `[sms]`.
fn settings(gateways: &[(&str, String)], default: &[&str], routes: &[(&str, &str, &[&str])]) -> String {
    let names: Vec<_> = routes.iter().map(|(name, ..)| name).collect();
    let mut text = format!(
        "[sms]\nproviders = {default:?}\nroutes = {names:?}\n\
         breaker = {{ failures = 2, window = \"30s\", open_for = \"60s\" }}\n"
    );
    for (name, url) in gateways {
        write!(
            text,
            "[sms.provider.{name}]\nkind = \"http\"\nurl = \"{url}/send\"\nmessage_id = \"/id\"\n\
             body = '{{\"to\":\"{{to}}\",\"text\":\"{{text}}\",\"code\":\"{{code}}\"}}'\nsuccess = {{ status = [200] }}\n"
        )
        .unwrap();
    }
    for (name, condition, providers) in routes {
        write!(text, "[sms.route.{name}]\n{condition}\nproviders = {providers:?}\n").unwrap();
    }
    format!("{text}{WIDE_GATES}countries = [\"+86\", \"+852\"]\n{WIDE_SENDS}")
}

async fn app(settings: &str) -> TestApp {
    let app = TestApp::start_with(Setup { configured_providers: true, ..Setup::with(settings) }).await;
    for (name, phone, unit) in [
        ("virtual", "17012345678", None),
        ("tax", "13800138001", Some("税务局")),
        ("hongkong", "+85261234567", Some("税务局")),
    ] {
        let account = NewAccount {
            mobile: PhoneNumber::parse(phone, Region::CN).ok(),
            unit: unit.map(str::to_owned),
            ..NewAccount::bare(mailbox(&format!("{name}@example.gov.cn")))
        };
        app.accounts.add(&account).await.unwrap();
    }
    app
}

/// Who took the code of an account, or why nobody did.
async fn taken_by(app: &TestApp, account: &str) -> String {
    let id = app.claimant().start(account).await.id.parse().unwrap();
    let told = app.events.nth(1, |event| {
        event.challenge == Some(id) && matches!(event.kind, EventKind::CodeSent { .. } | EventKind::CodeWithheld { .. })
    });
    match told.await.kind {
        EventKind::CodeSent { provider, .. } => provider.into(),
        EventKind::CodeWithheld { reason, .. } => reason.to_owned(),
        _ => String::new(),
    }
}

#[tokio::test]
async fn number_and_unit_choose_the_route_and_a_limit_leads_on_along_it() {
    let servers = [gateway(200).await, gateway(200).await, gateway(429).await, gateway(200).await];
    let names = ["main", "virtual", "tax", "abroad"];
    let gateways: Vec<_> = names.into_iter().zip(servers.iter().map(MockServer::uri)).collect();
    let app = app(&settings(
        &gateways,
        &["main"],
        &[
            ("numbers", "prefix = [\"+86170\"]", &["virtual"]),
            ("abroad", "country = [\"HK\"]", &["abroad"]),
            ("tax", "unit = [\"税务局\"]", &["tax", "main"]),
        ],
    ))
    .await;
    for (account, provider) in [("anna", "main"), ("virtual", "virtual"), ("hongkong", "abroad"), ("tax", "main")] {
        assert_eq!(taken_by(&app, &format!("{account}@example.gov.cn")).await, provider, "{account}");
    }
    let asked = servers[2].received_requests().await.unwrap().len();
    assert_eq!(asked, 1, "the tax office's own gateway was asked first, by nobody else");
    let figures = app.figures().await;
    figures.expect("resetgate_sms_sends_total", &[("provider", "tax"), ("result", "provider_throttled")], 1.0);
    figures.expect("resetgate_sms_sends_total", &[("provider", "main"), ("result", "accepted")], 2.0);
    figures.expect("resetgate_sms_send_duration_seconds_count", &[], 5.0);
}

/// The notice of a change goes the way of the code.
#[tokio::test]
async fn a_notice_takes_the_route_of_its_receiver() {
    let servers = [gateway(200).await, gateway(200).await];
    let gateways: Vec<_> = ["main", "tax"].into_iter().zip(servers.iter().map(MockServer::uri)).collect();
    let app = app(&settings(&gateways, &["main"], &[("tax", "unit = [\"税务局\"]", &["tax"])])).await;
    let mut claimant = app.claimant().start("tax@example.gov.cn").await;
    app.events.nth(1, |event| matches!(event.kind, EventKind::CodeSent { .. })).await;
    let sent = servers[1].received_requests().await.unwrap().remove(0);
    let body: Value = serde_json::from_slice(&sent.body).unwrap();
    claimant.verify(body["code"].as_str().unwrap()).await.expect(200);
    claimant.complete("Tiantian-2026x").await.expect(200);
    let notice = app.events.nth(1, |event| matches!(event.kind, EventKind::NoticeSent { .. })).await;
    let EventKind::NoticeSent { delivered, provider, message_id, order, .. } = notice.kind else { panic!() };
    assert_eq!((delivered, provider.as_deref(), message_id.as_deref()), (true, Some("tax"), Some("m-1")));
    assert!(order.is_some());
    assert_eq!(servers[0].received_requests().await.unwrap().len(), 0);
}

/// case 42: with the default route out, every start is 503 alike; what becomes of another route nobody sees.
#[tokio::test]
async fn only_the_default_route_shows_and_then_to_all_alike() {
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let dead = format!("http://{gone}");
    let gateways = [("main", dead.clone()), ("spare", dead.clone()), ("tax", dead)];
    let routes: [(&str, &str, &[&str]); 1] = [("tax", "unit = [\"税务局\"]", &["tax"])];
    let app = app(&settings(&gateways, &["main", "spare"], &routes)).await;
    let status = async || app.client().get("/v1/config").await.body["status"]["sms"].clone();
    for _ in 0..3 {
        assert_eq!(taken_by(&app, "tax@example.gov.cn").await, "provider_unreachable");
    }
    assert_eq!(status().await, "ok", "the tax office's outage is not for strangers");
    app.figures().await.expect("resetgate_sms_breaker_open", &[("provider", "tax")], 1.0);
    for _ in 0..2 {
        assert_eq!(taken_by(&app, ANNA).await, "provider_unreachable");
    }
    assert_eq!(status().await, "down");
    let mut shapes = Vec::new();
    for account in [ANNA, UNKNOWN, "tax@example.gov.cn", "hongkong@example.gov.cn"] {
        let answer = app.claimant().try_start(account).await;
        answer.clone().problem(503, "sms_unavailable");
        shapes.push(Shape::of(&answer));
    }
    assert!(shapes.iter().all(|shape| *shape == shapes[0]));
    let opened = app.events.count(|event| matches!(event.kind, EventKind::ProviderOpened { .. }));
    assert_eq!(opened, 3, "each is told once");
}
