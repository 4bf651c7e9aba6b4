use std::time::Duration;

use secrecy::SecretString;

use super::*;
use crate::domain::Timestamp;
use crate::sms::SmsFault;
use crate::sms::captured::Captured;
use crate::sms::samples::{TIMES, answer, around, message};

const CREATE: &str = include_str!("../../../tests/sms_vendors/captures/twilio-messages-create.http");
const NUMBER_REFUSED: &str = include_str!("../../../tests/sms_vendors/captures/twilio-messages-err21211.http");
const SERVICE: &str = include_str!("../../../tests/sms_vendors/captures/twilio-messages-err429.http");

const HIDDEN: Hidden<'static> = Hidden::new(["13800138000", "text", "002569"]);
const STAMP: Stamp = Stamp { now: Timestamp::from_millis(0), nonce: [0; 16] };

fn settings(more: &str) -> TwilioSettings {
    let mut table: toml::Table = toml::from_str(
        "account_sid = \"AC00000000000000000000000000000000\"\nauth_token = \"0123456789abcdef0123456789abcdef\"\n\
         from = \"+15005550006\"",
    )
    .unwrap();
    table.extend(toml::from_str::<toml::Table>(more).unwrap());
    table.retain(|_, value| value.as_str() != Some("-"));
    table.try_into().unwrap()
}

fn vendor(more: &str, callback: Option<&str>) -> Twilio {
    let url = callback.map(|url| SecretString::from(url.to_owned()));
    settings(more).twilio(url.as_ref().map(Callback::new)).unwrap()
}

fn keys(more: &str) -> Vec<String> {
    settings(more).check().into_iter().map(|(key, _)| key).collect()
}

fn body(request: &Request) -> &str {
    std::str::from_utf8(request.body().unwrap().as_bytes().unwrap()).unwrap()
}

fn without_end(text: &str) -> SmsMessage {
    SmsMessage { valid_for: None, ..message(text) }
}

/// case 84
#[test]
fn requests_are_those_of_twilios_own_client() {
    let text = "【市政邮箱】验证码 123456，5分钟内有效。\n\n@mail.example.gov.cn #123456";
    let from = vendor("", Some("https://reset.example.gov.cn/v1/dlr/twilio"));
    let service = vendor("from = \"-\"\nmessaging_service_sid = \"MG00000000000000000000000000000000\"", None);
    for (captured, twilio, message) in [(CREATE, from, without_end(text)), (SERVICE, service, without_end("x"))] {
        let expected = Captured::read(captured);
        let request = twilio.request(&message, &STAMP).unwrap();
        assert!(captured.starts_with(&format!("POST {} HTTP/1.1\r\n", request.url().path())));
        assert_eq!(request.headers()[AUTHORIZATION], expected.header("authorization"));
        assert_eq!(request.headers()["content-type"], expected.header("content-type"));
        assert_eq!(body(&request), expected.body);
    }
    // The one for `123` is of a number that no message here can have.
    let expected = Captured::read(NUMBER_REFUSED).body.replace("123", "%2B8613800138000");
    assert_eq!(body(&vendor("", None).request(&without_end("x"), &STAMP).unwrap()), expected);
}

/// case 2: the code as the text has it, with its leading zeros.
#[test]
fn a_message_waits_no_longer_than_its_code_works_and_carries_the_line_when_asked() {
    let waits = |seconds| SmsMessage { valid_for: Some(Duration::from_secs(seconds)), ..message("a002569") };
    let form = |more: &str, seconds| vendor(more, None).form(&waits(seconds));
    assert!(form("", 300).ends_with("&ValidityPeriod=300&From=%2B15005550006&Body=a002569"));
    assert!(form("", 0).contains("ValidityPeriod=1&") && form("", 99_999).contains("ValidityPeriod=14400&"));
    assert!(form("otp_line = true", 300).ends_with("&Body=a002569%0A%40reset.example.gov.cn+%23002569"));
}

#[test]
fn a_key_takes_the_place_of_the_token() {
    let key = "api_key = \"SK00000000000000000000000000000000\"\napi_secret = \"s3cr3t\"";
    let request = vendor(key, None).request(&message("x"), &STAMP).unwrap();
    let expected = "Basic U0swMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDpzM2NyM3Q=";
    assert_eq!(request.headers()[AUTHORIZATION], expected);
    assert_eq!(request.url().path(), "/2010-04-01/Accounts/AC00000000000000000000000000000000/Messages.json");
}

#[test]
fn a_taken_message_has_the_id_that_receipts_name() {
    let judge = |status, body: &str| vendor("", None).judge(&answer(status, body), &HIDDEN);
    assert_eq!(judge(201, r#"{"sid":"SM1","status":"queued","error_code":null}"#), Ok(Some("SM1".to_owned())));
    for unclear in [r#"{"status":"queued"}"#, r#"{"sid":null}"#, "{", "", "[]"] {
        assert!(matches!(judge(201, unclear), Err(SmsError::Unknown { .. })), "{unclear}");
    }
}

/// case 85, T5
#[test]
fn every_code_has_its_class() {
    let judge = |status, code: u32| {
        let body = format!(r#"{{"code":{code},"message":"why","more_info":"https://x","status":{status}}}"#);
        vendor("", None).judge(&answer(status, &body), &HIDDEN).unwrap_err()
    };
    for code in [21211, 21217, 21604, 21610, 21612, 21614, 21602, 21605, 21617, 21618, 21619] {
        let reason = format!("it answered 400 with {code}: why");
        assert_eq!(judge(400, code), SmsError::Refused { reason });
    }
    let fault = |error| match error {
        SmsError::Faulty { fault, .. } => Some(fault),
        _ => None,
    };
    for code in [10001, 20003, 20005, 20006, 20008, 20403, 20404, 30002] {
        assert_eq!(fault(judge(401, code)), Some(SmsFault::Credentials), "{code}");
    }
    for code in [21212, 21603, 21606, 21659, 21660, 21661, 21701, 21703, 21704, 21705] {
        assert_eq!(fault(judge(400, code)), Some(SmsFault::Signature), "{code}");
    }
    for (status, code) in [(429, 20429), (429, 1), (400, 14107), (400, 21611)] {
        assert_eq!(judge(status, code), SmsError::Throttled { retry_after: None }, "{code}");
    }
    // 21408 and 21608 are of one number: a country without permission, or a number that a trial account has not verified.
    for code in [21609, 21408, 21608] {
        assert!(matches!(judge(400, code), SmsError::NotTaken { .. }), "{code}");
    }
    for (status, code) in [(500, 20500), (503, 20503), (500, 21211), (200, 21211)] {
        assert!(matches!(judge(status, code), SmsError::Unknown { .. }), "{code}");
    }
}

/// case 99: Twilio's sentences name the number.
#[test]
fn a_sentence_with_a_number_in_it_is_left_out() {
    for sentence in ["The 'To' number +8613800138000 is not valid.", "+861380013XXXX is unverified"] {
        let body = format!(r#"{{"code":21211,"message":"{sentence}","status":400}}"#);
        let error = vendor("", None).judge(&answer(400, &body), &HIDDEN).unwrap_err();
        assert_eq!(error, SmsError::Refused { reason: "it answered 400 with 21211".to_owned() });
    }
}

#[test]
fn what_goes_over_the_wire_is_shown_without_token_and_address_of_receipts() {
    let mut around = around();
    around.callbacks.insert("main".to_owned(), "https://reset.example.gov.cn/r/s3cr3t".to_owned().into());
    let twilio = settings("endpoint = \"http://127.0.0.1:1\"").build("main", TIMES, &around).unwrap();
    let shown = twilio.draft(&message("x")).unwrap().to_string();
    assert!(shown.contains("> authorization: Basic ••••") && shown.contains("StatusCallback=••••&"), "{shown}");
    assert!(!shown.contains("s3cr3t") && !shown.contains("13800138000"), "{shown}");
}

#[test]
fn settings_that_cannot_work_are_named() {
    assert_eq!(keys(""), [""; 0]);
    for (more, expected) in [
        ("account_sid = \"AC1\"", "account_sid"),
        ("auth_token = \"-\"", "auth_token"),
        ("auth_token = \" \"", "auth_token"),
        ("api_key = \"SK00000000000000000000000000000000\"", "api_secret"),
        ("api_secret = \"a\"", "api_key"),
        ("api_key = \"AC00000000000000000000000000000000\"\napi_secret = \"a\"", "api_key"),
        ("from = \"-\"", "from"),
        ("from = \"\"", "from"),
        ("messaging_service_sid = \"MG00000000000000000000000000000000\"", "from"),
        ("from = \"-\"\nmessaging_service_sid = \"MG0\"", "messaging_service_sid"),
        ("endpoint = \"http://api.twilio.com\"", "endpoint"),
        ("endpoint = \"http://127.0.0.1:9\"\nca_file = \"/ca.pem\"", "ca_file"),
    ] {
        assert_eq!(keys(more), [expected], "{more}");
    }
    let shown = format!("{:?}", settings("api_secret = \"s3cr3t\""));
    assert!(!shown.contains("s3cr3t") && !shown.contains("0123456789abcdef"), "{shown}");
}
