use std::time::Duration;

use serde_json::json;

use super::*;
use crate::sms::samples::gateway;
use crate::sms::vendor::Body;

const HIDDEN: Hidden<'static> = Hidden::new(["13800138000", "", "002569"]);

fn rules(more: &str) -> Rules {
    Rules::read(&gateway(more)).unwrap()
}

#[expect(clippy::needless_pass_by_value, reason = "a test builds its bodies where it names them")]
fn answer(status: u16, body: Value) -> Answer {
    Answer::of(status, Body::of(body.to_string()))
}

fn unreadable(status: u16) -> Answer {
    Answer { body: Body::Unread("its body broke off".to_owned()), ..answer(status, Value::Null) }
}

fn said(answer: &Answer) -> SmsError {
    rules("").judge(answer, &HIDDEN).unwrap_err()
}

#[test]
fn success_is_a_status_and_a_member_and_gives_the_id() {
    assert_eq!(rules("").judge(&answer(200, json!({"code": 0, "id": "m-1"})), &HIDDEN), Ok(Some("m-1".to_owned())));
    assert_eq!(rules("").judge(&answer(202, json!({"code": 0, "id": 7})), &HIDDEN), Ok(Some("7".to_owned())));
    assert_eq!(rules("").judge(&answer(200, json!({"code": 0, "id": "a\r\nb"})), &HIDDEN), Ok(None));
    assert_eq!(rules("").judge(&answer(202, json!({"code": 0, "id": "13800138000-1"})), &HIDDEN), Ok(None));
    let by_status = rules("success = { status = [200] }");
    assert_eq!(by_status.judge(&unreadable(200), &HIDDEN), Ok(None));
}

/// case 85: 200 with an error code is no success.
#[test]
fn a_success_status_with_another_member_is_refused_and_says_which() {
    let error = said(&answer(200, json!({"code": "isv.MOBILE_NUMBER_ILLEGAL"})));
    let reason = "it answered 200 with /code = \"isv.MOBILE_NUMBER_ILLEGAL\", not 0".to_owned();
    assert_eq!(error, SmsError::Refused { reason });
    let reason = "it answered 200 with /code = \"00\", not 0".to_owned();
    assert_eq!(said(&answer(200, json!({"code": "00"}))), SmsError::Refused { reason });
}

/// Some gateways write the code as a text, and others come to.
#[test]
fn a_member_is_compared_by_value_in_every_rule() {
    for code in [json!("0"), json!(0), json!(0.0)] {
        assert_eq!(
            rules("").judge(&answer(200, json!({"code": code, "id": "m-1"})), &HIDDEN),
            Ok(Some("m-1".to_owned()))
        );
    }
    let limited = rules("number_limited = { status = [200], pointer = \"/code\", equals = \"33\" }");
    let error = limited.judge(&answer(200, json!({"code": 33})), &HIDDEN).unwrap_err();
    assert_eq!(error, SmsError::NumberLimited { wait: Duration::from_mins(1) });
    let busy = rules("throttled = { status = [200], pointer = \"/busy\", equals = true }");
    let error = busy.judge(&answer(200, json!({"busy": "true", "code": 0})), &HIDDEN).unwrap_err();
    assert_eq!(error, SmsError::Throttled { retry_after: None });
}

fn bytes(body: &[u8]) -> Answer {
    Answer::of(200, Body::of(body))
}

/// A byte order mark, and 成功 in GBK: neither makes a message that was taken an unknown one.
#[test]
fn a_success_is_one_in_any_charset() {
    for body in [&b"\xef\xbb\xbf{\"code\":0}"[..], b"{\"code\":0,\"msg\":\"\xb3\xc9\xb9\xa6\"}"] {
        assert_eq!(rules("").judge(&bytes(body), &HIDDEN), Ok(None));
    }
}

/// `-1,余额不足` and `0,成功` in GBK, which nothing names.
#[test]
fn a_text_is_judged_by_a_pattern_in_any_charset() {
    let rules = rules("success = { status = [200], pattern = \"^0,\" }\nmessage_id = \"\"");
    assert!(rules.need_body());
    assert_eq!(rules.judge(&bytes(b"0,\xb3\xc9\xb9\xa6\r\n"), &HIDDEN), Ok(None));
    let reason = "it answered 200 with \"-1,balance not enough\"".to_owned();
    assert_eq!(rules.judge(&bytes(b"-1,balance not enough"), &HIDDEN), Err(SmsError::Refused { reason }));
    let reason = "it answered 200 with \"-1,余额不足\"".to_owned();
    assert_eq!(rules.judge(&bytes(b"-1,\xd3\xe0\xb6\xee\xb2\xbb\xd7\xe3"), &HIDDEN), Err(SmsError::Refused { reason }));
    assert!(matches!(rules.judge(&bytes(b""), &HIDDEN), Err(SmsError::Unknown { .. })));
}

/// What only a guessed charset says is no success, and no refusal either.
#[test]
fn what_a_guessed_charset_says_decides_nothing() {
    for rule in ["pattern = \"成功\"", "pointer = \"/msg\", equals = \"成功\"", "pattern = \"^[^@]*$\""] {
        let rules = rules(&format!("success = {{ status = [200], {rule} }}"));
        let guessed = bytes(b"{\"code\":0,\"msg\":\"\xb3\xc9\xb9\xa6\",\"x\":\"\x81\x40\"}");
        assert!(matches!(rules.judge(&guessed, &HIDDEN), Err(SmsError::Unknown { .. })), "{rule}");
    }
}

/// case 85: what cannot be read where it must be may have been a success.
#[test]
fn an_answer_that_cannot_be_read_is_unknown() {
    for answer in [unreadable(200), answer(200, json!({})), answer(200, json!([0])), answer(200, json!("OK"))] {
        assert!(matches!(said(&answer), SmsError::Unknown { .. }), "{answer:?}");
    }
}

/// case 85 and case 87: every other status by whether a message may have left.
#[test]
fn other_statuses_are_judged_by_whether_a_message_may_have_left() {
    for status in [301, 302, 304, 307, 308, 401, 403, 404, 405, 407] {
        assert!(matches!(said(&unreadable(status)), SmsError::Unreachable { .. }), "{status}");
    }
    for status in [400, 402, 409, 410, 413, 415, 422, 451] {
        assert!(matches!(said(&unreadable(status)), SmsError::Refused { .. }), "{status}");
    }
    for status in [201, 204, 206, 408, 425, 500, 501, 502, 503, 504, 599] {
        assert!(matches!(said(&unreadable(status)), SmsError::Unknown { .. }), "{status}");
    }
    assert_eq!(said(&unreadable(429)), SmsError::Throttled { retry_after: None });
}

#[test]
fn a_503_that_names_a_wait_took_nothing() {
    let wait = Some(Duration::from_secs(7));
    let answer = Answer { retry_after: wait, ..unreadable(503) };
    assert_eq!(said(&answer), SmsError::Throttled { retry_after: wait });
}

#[test]
fn an_operator_can_say_what_throttled_looks_like() {
    let rules =
        rules("throttled = { status = [200, 500], pointer = \"/code\", equals = \"isv.BUSINESS_LIMIT_CONTROL\" }");
    for status in [200, 500] {
        let error = rules.judge(&answer(status, json!({"code": "isv.BUSINESS_LIMIT_CONTROL"})), &HIDDEN).unwrap_err();
        assert_eq!(error, SmsError::Throttled { retry_after: None }, "{status}");
    }
    assert_eq!(rules.judge(&answer(200, json!({"code": 0})), &HIDDEN), Ok(None));
    assert!(matches!(rules.judge(&unreadable(200), &HIDDEN), Err(SmsError::Unknown { .. })));
    assert!(matches!(rules.judge(&unreadable(500), &HIDDEN), Err(SmsError::Unknown { .. })));
}

/// What is of one number holds up nobody else, even where the gateway says it with the status that means everybody.
#[test]
fn an_operator_can_say_what_the_limit_of_one_number_looks_like() {
    let rules = rules("number_limited = { status = [429], pointer = \"/scope\", equals = \"recipient\" }");
    assert!(rules.need_body());
    let limited = |answer: &Answer| rules.judge(answer, &HIDDEN).unwrap_err();
    let one = answer(429, json!({"scope": "recipient"}));
    assert_eq!(limited(&one), SmsError::NumberLimited { wait: Duration::from_mins(1) });
    let timed = Answer { retry_after: Some(Duration::from_secs(9)), ..one };
    assert_eq!(limited(&timed), SmsError::NumberLimited { wait: Duration::from_secs(9) });
    for all in [answer(429, json!({"scope": "account"})), unreadable(429)] {
        assert_eq!(limited(&all), SmsError::Throttled { retry_after: None });
    }
}

/// A success by status alone is still unclear when the body that would say "throttled" is missing.
#[test]
fn a_body_that_may_say_throttled_must_be_read() {
    let rules = rules(
        "success = { status = [200] }\nthrottled = { status = [200], pointer = \"/code\", equals = 1 }\nmessage_id = \"-\"",
    );
    assert!(rules.need_body());
    assert!(matches!(rules.judge(&unreadable(200), &HIDDEN), Err(SmsError::Unknown { .. })));
}

/// case 99: a gateway that echoes the message does not bring it into a log.
#[test]
fn a_reason_repeats_nothing_of_the_message() {
    for echo in ["13800138000", "+8613800138000", "code-002569", "a b", "<b>", "x\ny", "", &"9".repeat(65)] {
        for status in [200, 400, 403, 500] {
            let text = said(&answer(status, json!({"code": echo}))).to_string();
            assert!(!text.contains("/code ="), "{text}");
        }
    }
}
