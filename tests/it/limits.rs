//! What a refusal at a gate by requester says, and what the silent gates do not say.

use serde_json::json;
use sfv::{BareItem, List, ListEntry, Parser};

use crate::harness::{ANNA, Answer, Setup, Shape, TestApp, UNKNOWN};

/// The first entry of a structured field: its name and its whole numbers.
fn entry(answer: &Answer, field: &str) -> (String, Vec<(String, i64)>) {
    let text = answer.header(field).unwrap_or_else(|| panic!("{field} is there"));
    let list: List = Parser::new(text).parse().unwrap_or_else(|error| panic!("{field}: {text}: {error}"));
    let [ListEntry::Item(item)] = list.as_slice() else { panic!("{field}: {text}") };
    let BareItem::String(name) = &item.bare_item else { panic!("{field}: {text}") };
    let number = |value: &BareItem| value.as_integer().expect("a whole number").into();
    (name.to_string(), item.params.iter().map(|(key, value)| (key.to_string(), number(value))).collect())
}

fn params(pairs: &[(&str, i64)]) -> Vec<(String, i64)> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), *value)).collect()
}

/// case 51: `Retry-After` is the real wait, rounded up: a second earlier is refused again, then it passes.
#[tokio::test]
async fn a_refusal_says_how_long_to_wait_and_keeps_its_word() {
    let app = TestApp::start().await;
    let mut claimant = app.claimant();
    for _ in 0..5 {
        claimant.try_start(UNKNOWN).await.expect(202);
    }
    let refused = claimant.try_start(UNKNOWN).await.problem(429, "rate_limited");
    assert_eq!(refused.header("content-type"), Some("application/problem+json"));
    assert_eq!(refused.header("cache-control"), Some("no-store"));
    assert_eq!(refused.body["violated-policies"], json!(["start"]));
    let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert_eq!(refused.body["retry_after"], wait);
    assert_eq!(wait, 120, "five in ten minutes come back one by one");
    app.advance(wait - 1);
    let again = claimant.try_start(UNKNOWN).await.problem(429, "rate_limited");
    assert_eq!(again.header("retry-after"), Some("1"));
    app.advance(1);
    claimant.try_start(UNKNOWN).await.expect(202);
}

/// case 51: the `RateLimit` fields are structured fields (RFC 9651), before the limit and at it.
#[tokio::test]
async fn the_rate_limit_fields_are_structured_fields() {
    let app = TestApp::start().await;
    let mut claimant = app.claimant();
    for left in [4, 3, 2, 1, 0] {
        let answer = claimant.try_start(UNKNOWN).await.expect(202);
        assert_eq!(entry(&answer, "ratelimit-policy"), ("start".to_owned(), params(&[("q", 5), ("w", 600)])));
        let (name, values) = entry(&answer, "ratelimit");
        assert_eq!((name.as_str(), &values[0]), ("start", &("r".to_owned(), left)));
        assert_eq!(values[1].0, "t");
    }
    let refused = claimant.try_start(UNKNOWN).await.problem(429, "rate_limited");
    assert_eq!(entry(&refused, "ratelimit-policy"), ("start".to_owned(), params(&[("q", 5), ("w", 600)])));
    assert_eq!(entry(&refused, "ratelimit"), ("start".to_owned(), params(&[("r", 0), ("t", 120)])));
}

/// case 51: a silent gate says nothing, neither how much is left nor when to come back.
#[tokio::test]
async fn a_silent_gate_adds_no_field() {
    let app = TestApp::start_with(Setup::with("[limits]\naccount = [\"1/1d\"]\nbudget = [\"2/1d\"]")).await;
    let mut shapes = Vec::new();
    for (number, outcome) in [(1, None), (2, Some("account")), (3, Some("account"))] {
        let mut claimant = app.claimant_from(&format!("198.51.100.{number}"));
        let answer = claimant.try_start(ANNA).await.expect(202);
        assert!(answer.header("retry-after").is_none());
        assert_eq!(entry(&answer, "ratelimit").0, "start");
        shapes.push(Shape::of(&answer));
        assert_eq!(app.delivery(&claimant.id, 1).await.err(), outcome);
    }
    assert!(shapes.iter().all(|shape| *shape == shapes[0]));
}

/// case 40: the eleventh request of a day for a known and an unknown account: the same 202 from elsewhere, and the same 429
/// with the same wait from one address.
#[tokio::test]
async fn the_eleventh_request_of_a_day_does_not_tell_who_is_known() {
    let app = TestApp::start().await;
    let (mut shapes, mut outcomes) = (Vec::new(), Vec::new());
    for hour in 0..11 {
        for (side, account) in [(0, ANNA), (1, UNKNOWN)] {
            let mut claimant = app.claimant_from(&format!("2001:db8:{hour:x}{side}::1"));
            shapes.push((hour, Shape::of(&claimant.try_start(account).await.expect(202))));
            outcomes.push(app.delivery(&claimant.id, 1).await.err());
        }
        app.advance(7_200);
    }
    for pair in shapes.chunks(2) {
        assert_eq!(pair[0], pair[1]);
    }
    assert_eq!(outcomes[18..], [None, Some("unknown_account"), Some("account"), Some("unknown_account")]);
    let mut limited = Vec::new();
    for (address, account) in [("198.51.100.8", ANNA), ("198.51.100.9", UNKNOWN)] {
        let mut claimant = app.claimant_from(address);
        for _ in 0..5 {
            claimant.try_start(account).await.expect(202);
        }
        limited.push(Shape::of(&claimant.try_start(account).await.problem(429, "rate_limited")));
    }
    assert_eq!(limited[0], limited[1]);
}
