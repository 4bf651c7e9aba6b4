use proptest::prelude::*;

use super::entry::{Entry, What};
use super::*;
use crate::domain::EventId;

fn key() -> AuditKey {
    AuditKey::new(&SecretString::from("k".repeat(32)))
}

fn written(event: AuditEvent) -> String {
    let entry = Entry { at: START, what: What::Event(Box::new(event)) };
    entry.json(7, EventId::draw(&SystemRandom), &key()).unwrap()
}

fn order() -> OrderId {
    "ord_0123456789abcdefghjkmnpqr0".parse().unwrap()
}

fn sent() -> EventKind {
    let (provider, message_id) = ("primary".into(), Some("m-1".into()));
    EventKind::CodeSent { provider, phone: phone(), seconds: 0.123_456, order: order(), message_id }
}

fn every_kind() -> Vec<EventKind> {
    let word: Box<str> = "primary".into();
    vec![
        EventKind::ResetRequested,
        EventKind::ResetResendRequested,
        EventKind::ResetResumed { sends: true },
        EventKind::ResetResumed { sends: false },
        sent(),
        EventKind::CodeWithheld {
            reason: "phone",
            order: Some(order()),
            provider: Some(word.clone()),
            detail: Some("busy".into()),
        },
        EventKind::CodeVerified,
        EventKind::CodeRejected { result: "wrong" },
        EventKind::FlowLocked,
        EventKind::FlowCancelled,
        EventKind::FlowsExpired { count: 3 },
        EventKind::PasswordRefused { rules: vec!["length"] },
        EventKind::PasswordReset { seconds: 42.0, lock: None },
        EventKind::StoreFailed { result: "busy" },
        EventKind::NoticeSent {
            delivered: false,
            order: Some(order()),
            provider: Some(word.clone()),
            message_id: Some("m-1".into()),
            detail: Some("busy".into()),
        },
        EventKind::SmsDelivered { provider: word.clone(), order: order(), seconds: 4.2 },
        EventKind::SmsFailed { provider: word.clone(), order: order(), state: "expired", code: Some("EXPIRED".into()) },
        EventKind::ReceiptsTaken { provider: word.clone(), result: "unknown", state: None, count: 3 },
        EventKind::ProviderOpened { provider: word.clone() },
        EventKind::ProviderClosed { provider: word.clone() },
        EventKind::ProviderFaulty { provider: word.clone(), fault: "balance", over: false },
        EventKind::ProviderFaulty { provider: word, fault: "balance", over: true },
        EventKind::RateLimited { gate: "start" },
        EventKind::CaptchaIssued { kind: "image" },
        EventKind::CaptchaAnswered { kind: "image", result: "ok" },
        EventKind::BudgetLow { left: 0.2 },
        EventKind::FailuresHigh { allowed: "100/1h".parse().unwrap() },
        EventKind::Service { phase: "started" },
    ]
}

#[test]
fn a_line_says_who_what_when_and_where() {
    let event = AuditEvent {
        kind: sent(),
        account: Some(address()),
        subject: Some(SubjectId::new("uid=4711")),
        challenge: Some(ChallengeId::draw(&SystemRandom)),
        from: Some("203.0.113.7".parse().unwrap()),
        request: Some(RequestId::draw(&SystemRandom)),
    };
    let line: serde_json::Value = serde_json::from_str(&written(event.clone())).unwrap();
    assert_eq!(line["seq"], 7);
    assert_eq!(line["ts"], "2026-11-23T23:59:56.000Z");
    assert!(line["id"].as_str().unwrap().starts_with("evt_"));
    assert_eq!((&line["kind"], &line["actor"]["type"]), (&"code.sent".into(), &"claimant".into()));
    assert_eq!(line["target"]["account"], "zh***@example.org");
    assert_eq!(line["target"]["ref"], key().reference("address", "zhangsan@example.org"));
    assert_eq!(line["target"]["subject"], key().reference("subject", "uid=4711"));
    assert_eq!(line["phone"]["number"], "138****8765");
    assert_eq!(line["phone"]["ref"], key().reference("phone", "+8613800138765"));
    assert_eq!(
        (&line["result"], &line["provider"], &line["seconds"]),
        (&"ok".into(), &"primary".into(), &0.123.into())
    );
    assert_eq!((&line["order"], &line["message_id"]), (&order().to_string().into(), &"m-1".into()));
    assert_eq!(line["ip"], "203.0.113.7");
    assert_eq!(line["challenge"], event.challenge.unwrap().to_string());
    assert_eq!(line["request_id"], event.request.unwrap().to_string());
}

/// case 99: whatever happened, no line holds a whole number, a whole address or the store's key.
#[test]
fn no_line_of_any_kind_holds_a_whole_number_address_or_account_key() {
    for kind in every_kind() {
        let event =
            AuditEvent { account: Some(address()), subject: Some(SubjectId::new("uid=4711")), ..AuditEvent::of(kind) };
        let line = written(event);
        for secret in ["zhangsan", "13800138765", "0013876", "uid=4711"] {
            assert!(!line.contains(secret), "{line}");
        }
        serde_json::from_str::<serde_json::Value>(&line).unwrap();
    }
}

#[test]
fn every_kind_keeps_the_words_it_came_with() {
    let text: String = every_kind().into_iter().map(|kind| written(AuditEvent::of(kind))).collect();
    for word in [
        r#""reason":"phone""#,
        r#""detail":"busy""#,
        r#""result":"wrong""#,
        r#""rules":["length"]"#,
        r#""seconds":42.0"#,
        r#""result":"busy""#,
        r#""result":"failed""#,
        r#""left":0.2"#,
        r#""seconds":3600.0,"count":100"#,
        r#""count":3"#,
        r#""result":"started""#,
    ] {
        assert!(text.contains(word), "{word}");
    }
}

#[test]
fn references_differ_by_key_and_by_kind_and_are_stable() {
    let other = AuditKey::new(&SecretString::from("x".repeat(32)));
    assert_eq!(key().reference("phone", "1"), key().reference("phone", "1"));
    assert_ne!(key().reference("phone", "1"), other.reference("phone", "1"));
    assert_ne!(key().reference("phone", "1"), key().reference("address", "1"));
    assert_eq!(key().reference("phone", "1").len(), "hmac:".len() + 32);
    assert_eq!(format!("{:?}", key()), "AuditKey(••••)");
}

#[test]
fn a_long_detail_is_cut() {
    let detail = Some("字".repeat(5_000));
    let line =
        written(AuditEvent::of(EventKind::CodeWithheld { reason: "store", order: None, provider: None, detail }));
    assert_eq!(line.matches('字').count(), 300);
}

proptest! {
    /// case 77 and case 99: one event is one line, whatever signs a provider or a store answers with.
    #[test]
    fn one_event_is_one_line_whatever_it_holds(detail in "(?s).{0,80}", provider in "(?s).{0,20}") {
        let hostile = format!("\r\n{detail}\u{2028}\u{85}\u{202e}\u{1b}[2J\",\"seq\":9,${{jndi:x}}%0d%0a<script>");
        let kind = EventKind::CodeWithheld {
            reason: "provider_refused", order: None, provider: Some(provider.into()), detail: Some(hostile.clone())
        };
        let line = written(AuditEvent::of(kind));
        let broken = |sign: char| sign.is_control() || matches!(sign, '\u{2028}' | '\u{2029}' | '\u{202e}');
        prop_assert!(!line.contains(broken), "{}", line);
        let read: serde_json::Value = serde_json::from_str(&line).unwrap();
        prop_assert_eq!(read["detail"].as_str().unwrap(), &hostile);
        prop_assert_eq!(&read["seq"], 7);
    }
}
