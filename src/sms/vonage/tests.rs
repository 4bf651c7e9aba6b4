use std::time::Duration;

use secrecy::SecretString;

use super::*;
use crate::domain::Timestamp;
use crate::sms::SmsFault;
use crate::sms::captured::Captured;
use crate::sms::samples::{ORDER, answer, message};

const BASIC: &str = include_str!("../../../tests/sms_vendors/captures/vonage-sms-basic.http");
const THROTTLED: &str = include_str!("../../../tests/sms_vendors/captures/vonage-sms-throttled.http");

const HIDDEN: Hidden<'static> = Hidden::new(["13800138000", "text", "002569"]);
const STAMP: Stamp = Stamp { now: Timestamp::from_millis(0), nonce: [0; 16] };

fn settings(more: &str) -> VonageSettings {
    let mut table: toml::Table =
        toml::from_str("api_key = \"testkey1\"\napi_secret = \"testsecret1\"\nfrom = \"MUNIMAIL\"").unwrap();
    table.extend(toml::from_str::<toml::Table>(more).unwrap());
    table.try_into().unwrap()
}

fn vendor(more: &str, callback: Option<&str>) -> Vonage {
    let url = callback.map(|url| SecretString::from(url.to_owned()));
    settings(more).vonage(url.as_ref().map(Callback::new)).unwrap()
}

fn judge(status: u16, body: &str) -> Result<Option<String>, SmsError> {
    vendor("", None).judge(&answer(status, body), &HIDDEN)
}

fn said(status: &str) -> SmsError {
    judge(200, &format!(r#"{{"message-count":"1","messages":[{{"status":"{status}","error-text":"why"}}]}}"#))
        .unwrap_err()
}

/// case 84
#[test]
fn requests_are_those_of_vonages_own_client() {
    let text = "【市政邮箱】验证码 123456，5分钟内有效。";
    let with = vendor("", Some("https://reset.example.gov.cn/v1/dlr/vonage"));
    let without_end = SmsMessage { valid_for: None, ..message(text) };
    // Our own reference is in every request.
    let throttled = Captured::read(THROTTLED).body.replace("&type", "&client-ref=rst-01&type");
    for (captured, expected_body, vonage, message) in [
        (BASIC, Captured::read(BASIC).body.to_owned(), with, message(text)),
        (THROTTLED, throttled, vendor("", None), without_end),
    ] {
        let expected = Captured::read(captured);
        let request = vonage.request(&message, &STAMP).unwrap();
        assert!(captured.starts_with(&format!("POST {} HTTP/1.1\r\n", request.url().path())));
        assert_eq!(request.headers()[AUTHORIZATION], expected.header("authorization"));
        assert_eq!(request.headers()["content-type"], expected.header("content-type"));
        let body = std::str::from_utf8(request.body().unwrap().as_bytes().unwrap()).unwrap();
        assert_eq!(body, expected_body.replace("rst-01", ORDER));
    }
}

/// case 2
#[test]
fn a_message_waits_no_longer_than_vonage_lets_it_and_carries_the_line_when_asked() {
    let waits = |seconds| SmsMessage { valid_for: Some(Duration::from_secs(seconds)), ..message("a002569") };
    assert!(vendor("", None).form(&waits(1)).contains("&ttl=20000"));
    assert!(vendor("", None).form(&waits(9_999_999)).contains("&ttl=604800000"));
    let bound = vendor("otp_line = true", None).form(&waits(300));
    assert!(bound.contains("&text=a002569%0A%40reset.example.gov.cn+%23002569&"), "{bound}");
}

#[test]
fn a_taken_message_has_the_id_of_its_first_part() {
    let one = r#"{"message-count":"1","messages":[{"to":"8613800138000","message-id":"0C1","status":"0","remaining-balance":"15.5"}]}"#;
    assert_eq!(judge(200, one), Ok(Some("0C1".to_owned())));
    let two = r#"{"messages":[{"message-id":"0C1","status":"0"},{"message-id":"0C2","status":0}]}"#;
    assert_eq!(judge(200, two), Ok(Some("0C1".to_owned())));
}

/// Some of the text is on its way, so nobody else may be asked.
#[test]
fn a_message_of_which_a_part_was_taken_is_unknown() {
    let parts = r#"{"messages":[{"status":"0","message-id":"0C1"},{"status":"1","error-text":"Throttled"}]}"#;
    assert!(matches!(judge(200, parts), Err(SmsError::Unknown { .. })));
}

/// case 85: the outcome stands inside an answer of 200, as text.
#[test]
fn every_status_has_its_class() {
    for status in ["1", "10"] {
        assert_eq!(said(status), SmsError::Throttled { retry_after: None });
    }
    for status in ["3", "6", "7", "12", "22", "33"] {
        assert_eq!(said(status), SmsError::Refused { reason: format!("it answered 200 with status.{status}: why") });
    }
    for (statuses, fault) in [
        (&["4", "8", "11", "14", "32"][..], SmsFault::Credentials),
        (&["9"], SmsFault::Balance),
        (&["15"], SmsFault::Signature),
    ] {
        for status in statuses {
            assert!(matches!(said(status), SmsError::Faulty { fault: own, .. } if own == fault), "{status}");
        }
    }
    for status in ["2", "23", "29", "999", ""] {
        assert!(matches!(said(status), SmsError::NotTaken { .. }), "{status}");
    }
    assert!(matches!(said("5"), SmsError::Unknown { .. }));
}

#[test]
fn the_door_before_the_api_and_strangers_have_their_class_too() {
    let turned = r#"{"error-code":"401","error-code-label":"authentication failed"}"#;
    let reason = "it answered 401 with 401: authentication failed".to_owned();
    assert_eq!(judge(401, turned), Err(SmsError::Faulty { fault: SmsFault::Credentials, reason }));
    assert!(matches!(judge(402, turned), Err(SmsError::Faulty { fault: SmsFault::Balance, .. })));
    assert_eq!(judge(429, turned), Err(SmsError::Throttled { retry_after: None }));
    assert!(matches!(judge(404, turned), Err(SmsError::Unreachable { .. })));
    for unclear in ["", "{}", r#"{"messages":[]}"#, r#"{"messages":[{}]}"#, turned, "<html>"] {
        assert!(matches!(judge(200, unclear), Err(SmsError::Unknown { .. })), "{unclear}");
    }
}

#[test]
fn settings_that_cannot_work_are_named() {
    let keys = |more: &str| settings(more).check().into_iter().map(|(key, _)| key).collect::<Vec<_>>();
    assert_eq!(keys("from = \"City Mail\""), [""; 0]);
    assert_eq!(keys("from = \"447700900000\""), [""; 0]);
    for (more, expected) in [
        ("api_key = \"\"", "api_key"),
        ("api_key = \"a:b\"", "api_key"),
        ("api_secret = \"\"", "api_secret"),
        ("from = \"\"", "from"),
        ("from = \"TwelveLetter\"", "from"),
        ("from = \"+447700900000\"", "from"),
        ("endpoint = \"http://rest.nexmo.com\"", "endpoint"),
    ] {
        assert_eq!(keys(more), [expected], "{more}");
    }
    assert!(!format!("{:?}", settings("")).contains("testsecret1"));
    let long = SecretString::from(format!("https://reset.example.gov.cn/{}", "a".repeat(72)));
    assert_eq!(settings("").vonage(Some(Callback::new(&long))).err().unwrap().key, "receipts");
}
