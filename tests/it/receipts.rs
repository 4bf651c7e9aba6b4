//! Delivery receipts over HTTP: what is believed, what is counted, and that nothing else follows from them.

use std::fmt::Write as _;
use std::sync::Arc;

use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use resetgate::audit::{AuditEvent, EventKind};
use resetgate::sms::{SmsError, SmsProvider};
use serde_json::{Value, json};
use sha1::Sha1;

use crate::harness::{ANNA, Answer, Client, Setup, Shape, TestApp, Vendor, WIDE_GATES, WIDE_SENDS};

pub const SECRET: &str = "0123456789abcdefABCDEF-_";
pub const TOKEN: &str = "12345678901234567890123456789012";
const RECEIPTS: &str = "resetgate_sms_receipts_total";
const DELIVERED: &str = "resetgate_sms_delivered_total";
const DELAY: &str = "resetgate_sms_delivery_delay_seconds";

/// With these lines of `[sms.receipts.main]`.
async fn app(vendor: &Arc<Vendor>, lines: &str) -> TestApp {
    let provider: Arc<dyn SmsProvider> = vendor.clone();
    let settings = format!(
        "[server]\npublic_url = \"https://reset.example.gov.cn\"\n[sms]\nproviders = [\"main\"]\n\
         [sms.provider.main]\nkind = \"console\"\n[sms.receipts.main]\n{lines}\n{WIDE_GATES}{WIDE_SENDS}"
    );
    TestApp::start_with(Setup { provider: Some(provider), ..Setup::with(&settings) }).await
}

fn aliyun() -> String {
    format!("format = \"aliyun\"\nsecret = \"{SECRET}\"")
}

/// One receipt as Alibaba Cloud writes it.
fn entry(out_id: &str, is_there: bool) -> Value {
    let (success, code) = if is_there { (true, "DELIVERED") } else { (false, "UNDELIV") };
    json!({ "phone_number": "13800138000", "success": success, "err_code": code, "biz_id": "b^0", "out_id": out_id })
}

async fn post(client: &Client, path: &str, body: &Value) -> Answer {
    client.post(&format!("/v1/delivery-reports/{path}"), body).await
}

async fn report(app: &TestApp, entries: &[Value]) -> Answer {
    post(&app.client(), &format!("main/{SECRET}"), &json!(entries)).await
}

/// Has a code sent; our id of the message.
async fn sent(app: &TestApp, vendor: &Vendor) -> String {
    let before = app.events.count(|event| matches!(event.kind, EventKind::CodeSent { .. }));
    app.claimant().start(ANNA).await;
    let order = vendor.asked().await;
    app.events.nth(before + 1, |event| matches!(event.kind, EventKind::CodeSent { .. })).await;
    order
}

/// Waits until so many receipts are counted.
async fn counted(app: &TestApp, count: u64) {
    let of = |event: &AuditEvent| match event.kind {
        EventKind::ReceiptsTaken { count, .. } => count,
        _ => 0,
    };
    app.events.until(|events| events.iter().map(of).sum::<u64>() >= count).await;
}

/// T23, case 91: a receipt tells the trail and the figures what became of the message, and changes nothing.
#[tokio::test]
async fn a_receipt_is_told_with_its_order_its_challenge_and_how_long_it_took() {
    let vendor = Arc::new(Vendor::default());
    let mut app = app(&vendor, &aliyun()).await;
    let order = sent(&app, &vendor).await;
    app.advance(4);
    let answer = report(&app, &[entry(&order, true)]).await.expect(200);
    assert_eq!(answer.body["code"], 0, "in the vendor's words");
    let told = app.events.nth(1, |event| matches!(event.kind, EventKind::SmsDelivered { .. })).await;
    let code = app.events.nth(1, |event| matches!(event.kind, EventKind::CodeSent { .. })).await;
    assert_eq!(told.challenge, code.challenge);
    let figures = app.figures().await;
    figures.expect(RECEIPTS, &[("provider", "main"), ("result", "matched")], 1.0);
    figures.expect(DELIVERED, &[("provider", "main"), ("state", "delivered")], 1.0);
    figures.expect(&format!("{DELAY}_count"), &[("provider", "main")], 1.0);
    figures.expect(&format!("{DELAY}_sum"), &[("provider", "main")], 4.0);
    app.stop().await;
    let trail = app.trail();
    let line = trail.iter().find(|line| line.contains("\"sms.delivered\"")).unwrap();
    assert!(line.contains(&order) && line.contains("\"seconds\":4.0") && line.contains("\"service\""), "{line}");
}

/// case 91: twice, out of order, contradicting, about nothing we know: counted, and the first final word stays.
#[tokio::test]
async fn what_comes_twice_late_or_about_nothing_is_counted_and_ignored() {
    let vendor = Arc::new(Vendor::default());
    let app = app(&vendor, &aliyun()).await;
    let order = sent(&app, &vendor).await;
    let unheard = "ord_00000000000000000000000000";
    let messages = app.events.count(|event| matches!(event.kind, EventKind::CodeSent { .. }));
    let all = [
        entry(&order, true),
        entry(&order, true),
        entry(&order, false),
        entry(unheard, false),
        json!({ "success": true }),
        json!(["no object"]),
    ];
    report(&app, &all).await.expect(200);
    counted(&app, 6).await;
    let figures = app.figures().await;
    for (result, count) in [("matched", 1.0), ("duplicate", 2.0), ("unknown", 1.0), ("dropped", 2.0)] {
        figures.expect(RECEIPTS, &[("result", result)], count);
    }
    figures.expect(DELIVERED, &[], 1.0);
    let failed = app.events.count(|event| matches!(event.kind, EventKind::SmsFailed { .. }));
    assert_eq!(failed, 0, "a forged or late \"failed\" changes nothing");
    assert_eq!(
        app.events.count(|event| matches!(event.kind, EventKind::CodeSent { .. })),
        messages,
        "and sends nothing"
    );
}

/// A message that will not arrive is told with the provider's word for it, and nobody at the page learns of it.
#[tokio::test]
async fn a_failed_message_is_told_inside_and_shows_nowhere_outside() {
    let vendor = Arc::new(Vendor::default());
    let app = app(&vendor, &aliyun()).await;
    let claimant = app.claimant().start(ANNA).await;
    let order = vendor.asked().await;
    app.events.nth(1, |event| matches!(event.kind, EventKind::CodeSent { .. })).await;
    let before = claimant.status().await.body;
    report(&app, &[entry(&order, false)]).await.expect(200);
    let told = app.events.nth(1, |event| matches!(event.kind, EventKind::SmsFailed { .. })).await;
    let EventKind::SmsFailed { state, code, .. } = told.kind else { panic!() };
    assert_eq!((state, code.as_deref()), ("failed", Some("UNDELIV")));
    assert_eq!(claimant.status().await.body, before);
    app.figures().await.expect(&format!("{DELAY}_count"), &[], 0.0);
}

/// case 93, case 94: a receipt may be faster than the provider's own answer.
#[tokio::test]
async fn a_receipt_before_the_providers_answer_is_not_lost() {
    let vendor = Arc::new(Vendor::default());
    let app = app(&vendor, &aliyun()).await;
    vendor.stand();
    app.claimant().start(ANNA).await;
    let order = vendor.asked().await;
    app.advance(1);
    report(&app, &[entry(&order, true)]).await.expect(200);
    counted(&app, 1).await;
    app.advance(1);
    vendor.go();
    app.events.nth(1, |event| matches!(event.kind, EventKind::SmsDelivered { .. })).await;
    let kinds: Vec<_> = app.events.all().iter().map(|event| event.kind.name()).collect();
    let place = |kind| kinds.iter().position(|known| *known == kind).unwrap();
    assert!(place("code.sent") < place("sms.delivered"), "the message is told before its arrival");
    app.figures().await.expect(&format!("{DELAY}_sum"), &[], 1.0);
}

/// An outcome that was unknown may have left; a receipt tells.
#[tokio::test]
async fn a_message_of_unknown_fate_is_recognised_when_its_receipt_comes() {
    let vendor = Arc::new(Vendor::default());
    let app = app(&vendor, &aliyun()).await;
    vendor.say([SmsError::Unknown { reason: "no answer in time".to_owned() }]);
    app.claimant().start(ANNA).await;
    let order = vendor.asked().await;
    app.events.nth(1, |event| matches!(event.kind, EventKind::CodeWithheld { reason: "provider_unknown", .. })).await;
    report(&app, &[entry(&order, true)]).await.expect(200);
    app.events.nth(1, |event| matches!(event.kind, EventKind::SmsDelivered { .. })).await;
}

/// By the provider's id of the message, where it does not carry ours along.
#[tokio::test]
async fn a_provider_that_knows_only_its_own_id_is_understood() {
    let vendor = Arc::new(Vendor::default());
    let app = app(&vendor, &format!("format = \"tencent\"\nsecret = \"{SECRET}\"")).await;
    sent(&app, &vendor).await;
    let entry = json!({ "mobile": "13800138000", "report_status": "SUCCESS", "errmsg": "DELIVRD", "sid": "m-1" });
    let answer = report(&app, &[entry]).await.expect(200);
    assert_eq!(answer.body["result"], 0);
    app.events.nth(1, |event| matches!(event.kind, EventKind::SmsDelivered { .. })).await;
}

/// case 91: wrong secret, wrong address, no such provider, no secret: the same answer, and nothing is read.
#[tokio::test]
async fn who_is_not_expected_learns_nothing() {
    let vendor = Arc::new(Vendor::default());
    let app = app(&vendor, &format!("{}\nallow = [\"203.0.113.0/24\", \"2001:db8::/32\"]", aliyun())).await;
    let order = sent(&app, &vendor).await;
    let (near, far) = (app.client().at("203.0.113.7"), app.client().at("198.51.100.9"));
    let body = json!([entry(&order, true)]);
    let paths = [
        (&far, format!("main/{SECRET}")),
        (&near, format!("main/{}x", &SECRET[..23])),
        (&near, format!("main/{SECRET}x")),
        (&near, "main/x".to_owned()),
        (&near, format!("other/{SECRET}")),
    ];
    for paths in [paths.to_vec(), vec![(&near, "main".to_owned()), (&near, "other".to_owned())]] {
        let mut shapes = Vec::new();
        for (client, path) in paths {
            let answer = post(client, &path, &body).await;
            answer.clone().problem(404, "not_found");
            shapes.push(Shape::of(&answer));
        }
        assert!(shapes.iter().all(|shape| *shape == shapes[0]), "{shapes:#?}");
    }
    let large = json!("x".repeat(200_000));
    post(&near, "main/wrong", &large).await.problem(404, "not_found");
    assert_eq!(app.events.count(|event| matches!(event.kind, EventKind::ReceiptsTaken { .. })), 0);
    post(&app.client().at("2001:db8::7"), &format!("main/{SECRET}"), &body).await.expect(200);
    app.events.nth(1, |event| matches!(event.kind, EventKind::SmsDelivered { .. })).await;
}

/// case 91: a batch of ten thousand does no harm, one beyond the limit is refused, and so is what makes no sense.
#[tokio::test]
async fn ten_thousand_at_once_do_no_harm() {
    let vendor = Arc::new(Vendor::default());
    let app = app(&vendor, &aliyun()).await;
    let order = sent(&app, &vendor).await;
    let mut many = vec![json!({ "out_id": order, "success": true })];
    many.extend((0..9_999).map(|number| json!({ "biz_id": format!("x-{number}"), "success": true })));
    for _ in 0..3 {
        report(&app, &many).await.expect(200);
    }
    counted(&app, 30_000).await;
    let figures = app.figures().await;
    figures.expect(RECEIPTS, &[], 30_000.0);
    figures.expect(RECEIPTS, &[("result", "matched")], 1.0);
    figures.expect(DELIVERED, &[], 1.0);
    let client = app.client();
    post(&client, &format!("main/{SECRET}"), &json!("x".repeat(1 << 20))).await.problem(413, "payload_too_large");
    for text in ["", "{", "null", "{\"a\":[", "\u{0}"] {
        client.post_text(&format!("/v1/delivery-reports/main/{SECRET}"), text).await.problem(400, "bad_request");
    }
    assert_eq!(app.ops("/readyz").await.0, 200);
}

/// What Twilio signs a form at this address with.
pub fn signature(url: &str, form: &[(&str, &str)]) -> String {
    let mut sorted = form.to_vec();
    sorted.sort_unstable();
    let mut mac = Hmac::<Sha1>::new_from_slice(TOKEN.as_bytes()).unwrap();
    mac.update(url.as_bytes());
    for (name, value) in sorted {
        mac.update(format!("{name}{value}").as_bytes());
    }
    BASE64.encode(&mac.finalize().into_bytes())
}

/// case 90: Twilio's signature over the public address opens the way, whatever the request says of hosts; nothing else does.
#[tokio::test]
async fn a_signed_receipt_needs_no_secret_and_a_forged_one_is_a_strangers() {
    for (secret, path) in [("", "main".to_owned()), (SECRET, format!("main/{SECRET}"))] {
        let vendor = Arc::new(Vendor::default());
        let lines = format!("format = \"twilio\"\nauth_token = \"{TOKEN}\"\nsecret = \"{secret}\"");
        let app = app(&vendor, &lines).await;
        sent(&app, &vendor).await;
        let path = format!("/v1/delivery-reports/{path}");
        let form = [("MessageSid", "m-1"), ("MessageStatus", "delivered")];
        let body = "MessageSid=m-1&MessageStatus=delivered";
        let send = async |path: &str, signature: Option<&str>, body: &str| {
            let mut headers = vec![("content-type", "application/x-www-form-urlencoded")];
            headers.extend(signature.map(|signature| ("x-twilio-signature", signature)));
            app.client().send("POST", path, &headers, Some(body.into())).await
        };
        let good = signature(&format!("https://reset.example.gov.cn{path}"), &form);
        let stranger = send(&path.replace("main", "nobody"), Some(&good), body).await;
        stranger.clone().problem(404, "not_found");
        let elsewhere = signature(&format!("http://reset.example.gov.cn{path}"), &form);
        for (signature, body) in [
            (None, body),
            (Some(elsewhere.as_str()), body),
            (Some("AAAA"), body),
            (Some(good.as_str()), "MessageSid=m-1&MessageStatus=failed"),
        ] {
            let answer = send(&path, signature, body).await;
            answer.clone().problem(404, "not_found");
            // Who knows the secret may see that the signature is wrong; nobody else sees anything.
            assert!(!secret.is_empty() || Shape::of(&answer) == Shape::of(&stranger), "{signature:?} {body}");
        }
        assert_eq!(app.events.count(|event| matches!(event.kind, EventKind::SmsDelivered { .. })), 0);
        send(&path, Some(&good), body).await.expect(204);
        app.events.nth(1, |event| matches!(event.kind, EventKind::SmsDelivered { .. })).await;
        if secret.is_empty() {
            let stranger = send("/v1/delivery-reports/nobody", Some(&good), &"x".repeat(100_000)).await;
            stranger.problem(413, "payload_too_large");
            let large = format!("MessageSid={}", "x".repeat(100_000));
            send(&path, Some(&good), &large).await.problem(413, "payload_too_large");
        } else {
            send("/v1/delivery-reports/main", Some(&good), body).await.problem(404, "not_found");
        }
    }
}

/// case 99: the secret of an address stands in no figure, no line of the trail and no answer.
#[tokio::test]
async fn the_secret_of_the_address_is_repeated_nowhere() {
    let vendor = Arc::new(Vendor::default());
    let mut app = app(&vendor, &aliyun()).await;
    let order = sent(&app, &vendor).await;
    let mut said = String::new();
    for path in [format!("main/{SECRET}"), format!("nobody/{SECRET}"), format!("main/{SECRET}/more")] {
        for (method, accept) in [("POST", "*/*"), ("POST", "text/html"), ("GET", "text/html"), ("DELETE", "*/*")] {
            let path = format!("/v1/delivery-reports/{path}?{SECRET}");
            let body = json!([entry(&order, true)]).to_string();
            let answer = app.client().with("accept", accept).send(method, &path, &[], Some(body.into())).await;
            write!(said, "{:?} {}", answer.headers, String::from_utf8_lossy(&answer.bytes)).unwrap();
        }
    }
    said.push_str(&app.ops("/metrics").await.1);
    said.push_str(&app.ops("/readyz?verbose").await.1);
    app.stop().await;
    said.push_str(&app.trail().concat());
    assert!(said.contains("/v1/delivery-reports/{provider}/{secret}"), "the route is counted by its pattern");
    assert!(!said.contains(SECRET) && !said.contains("13800138000"), "{said}");
}
