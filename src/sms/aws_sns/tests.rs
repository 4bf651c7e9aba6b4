use reqwest::header::AUTHORIZATION;

use super::*;
use crate::domain::Timestamp;
use crate::sms::SmsFault;
use crate::sms::captured::Captured;
use crate::sms::samples::{TIMES, answer, around, message};

const PUBLISH: &str = include_str!("../../../tests/sms_vendors/captures/aws-sns-publish.http");
const THROTTLED: &str = include_str!("../../../tests/sms_vendors/captures/aws-sns-publish-throttled.http");

const HIDDEN: Hidden<'static> = Hidden::new(["13800138000", "text", "002569"]);
/// 2026-11-23T08:22:22Z, when the captures were made.
const STAMP: Stamp = Stamp { now: Timestamp::from_millis(1_795_422_142_000), nonce: [0; 16] };

fn settings(more: &str) -> AwsSnsSettings {
    let mut table: toml::Table = toml::from_str(
        "region = \"us-east-1\"\naccess_key_id = \"AKIDEXAMPLE\"\n\
         secret_access_key = \"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY\"\nsender_id = \"MUNIMAIL\"",
    )
    .unwrap();
    table.extend(toml::from_str::<toml::Table>(more).unwrap());
    table.try_into().unwrap()
}

fn vendor(more: &str) -> AwsSns {
    settings(more).sns().unwrap()
}

fn judge(status: u16, body: &str) -> Result<Option<String>, SmsError> {
    vendor("").judge(&answer(status, body), &HIDDEN)
}

fn told(code: &str, message: &str) -> String {
    format!(
        "<ErrorResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><Error><Type>Sender</Type><Code>{code}</Code>\
         <Message>{message}</Message></Error><RequestId>req-1</RequestId></ErrorResponse>"
    )
}

fn said(status: u16, code: &str, message: &str) -> SmsError {
    judge(status, &told(code, message)).unwrap_err()
}

/// case 84
#[test]
fn requests_are_those_of_amazons_own_client() {
    for captured in [PUBLISH, THROTTLED] {
        let expected = Captured::read(captured);
        let sns = vendor(&format!("endpoint = \"http://{}\"", expected.header("host")));
        let request = sns.request(&message("【市政邮箱】验证码 123456，5分钟内有效。"), &STAMP).unwrap();
        for name in ["authorization", "content-type", "x-amz-date"] {
            assert_eq!(request.headers()[name], expected.header(name));
        }
        assert_eq!(request.body().unwrap().as_bytes().unwrap(), expected.body.as_bytes());
        assert_eq!((request.method().as_str(), request.url().path()), ("POST", "/"));
    }
}

/// A key of a role for a while; its token is signed, too. The signature was made by Amazon's own client.
#[test]
fn a_session_has_its_token_among_what_is_signed() {
    let sns = vendor("session_token = \"FwoGZXIvYXdzEXAMPLE==\"");
    let request = sns.request(&message("x"), &STAMP).unwrap();
    let authorization = request.headers()[AUTHORIZATION].to_str().unwrap();
    let expected = "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, \
                    Signature=2c115ad277e2128e4b293c2cf6190b62a9ea222e54d368b31c363ddea50014e9";
    assert!(authorization.ends_with(expected), "{authorization}");
    assert_eq!(request.headers()["x-amz-security-token"], "FwoGZXIvYXdzEXAMPLE==");
    assert_eq!(request.url().as_str(), "https://sns.us-east-1.amazonaws.com/");
    assert_eq!(settings("region = \"cn-north-1\"").usual(), "https://sns.cn-north-1.amazonaws.com.cn");
}

/// case 2
#[test]
fn a_message_carries_its_price_and_the_line_when_asked() {
    let form = vendor("max_price = \"0.50\"\notp_line = true").form(&message("a002569"));
    let price = "&MessageAttributes.entry.3.Name=AWS.SNS.SMS.MaxPrice&MessageAttributes.entry.3.Value.DataType=Number\
                 &MessageAttributes.entry.3.Value.StringValue=0.50";
    assert!(form.ends_with(price), "{form}");
    assert!(form.contains("&Message=a002569%0A%40reset.example.gov.cn+%23002569&"), "{form}");
}

#[test]
fn a_taken_message_has_its_id() {
    let taken = "<PublishResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><PublishResult><MessageId>567910cd\
                 </MessageId></PublishResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></PublishResponse>";
    assert_eq!(judge(200, taken), Ok(Some("567910cd".to_owned())));
    for unclear in ["", "<html>", "{}", &taken[..taken.len() - 1], "<PublishResponse></PublishResponse>"] {
        assert!(matches!(judge(200, unclear), Err(SmsError::Unknown { .. })), "{unclear}");
    }
    assert!(matches!(judge(500, taken), Err(SmsError::Unknown { .. })));
}

/// case 85, T5
#[test]
fn every_code_has_its_class() {
    for code in ["InvalidParameter", "ParameterValueInvalid", "ValidationException", "ValidationError", "OptedOut"] {
        let reason = format!("it answered 400 with {code}: why (request req-1)");
        assert_eq!(said(400, code, "why"), SmsError::Refused { reason });
    }
    for code in ["Throttling", "Throttled", "ThrottlingException", "RequestLimitExceeded", "TooManyRequestsException"] {
        assert_eq!(said(400, code, ""), SmsError::Throttled { retry_after: None });
    }
    for code in [
        "AuthorizationError",
        "AccessDeniedException",
        "InvalidClientTokenId",
        "UnrecognizedClientException",
        "ExpiredToken",
    ] {
        let error = said(403, code, "");
        assert!(matches!(error, SmsError::Faulty { fault: SmsFault::Credentials, .. }), "{code}");
    }
    for code in ["InvalidAction", "MissingParameter", "NotFound", "NewOfThisYear"] {
        assert!(matches!(said(400, code, ""), SmsError::NotTaken { .. }), "{code}");
    }
    for code in ["InternalError", "InternalFailure", "ServiceUnavailable", "InvalidParameter"] {
        assert!(matches!(said(500, code, ""), SmsError::Unknown { .. }), "{code}");
    }
    assert_eq!(said(429, "Unheard", ""), SmsError::Throttled { retry_after: None });
}

/// case 87: of a signature that does not fit, the message alone tells whether the secret or the clock is wrong.
#[test]
fn a_wrong_clock_is_told_from_a_wrong_secret() {
    let late = "Signature expired: 20261123T080000Z is now earlier than 20261123T082222Z (20261123T083722Z - 15 min.)";
    let early = "Signature not yet current: 20261123T090000Z is still later than 20261123T083722Z";
    let secret = "The request signature we calculated does not match the signature you provided.";
    for (code, message, fault) in [
        ("SignatureDoesNotMatch", late, SmsFault::Clock),
        ("SignatureDoesNotMatch", early, SmsFault::Clock),
        ("RequestExpired", "", SmsFault::Clock),
        ("SignatureDoesNotMatch", secret, SmsFault::Credentials),
    ] {
        let error = said(403, code, message);
        assert!(matches!(&error, SmsError::Faulty { fault: own, reason } if *own == fault && reason.contains(message)));
    }
}

#[test]
fn the_number_is_repeated_in_no_reason_and_keys_in_no_transcript() {
    let sentence = "Invalid parameter: PhoneNumber Reason: +8613800138000 is not valid to publish to";
    let reason = "it answered 400 with InvalidParameter (request req-1)".to_owned();
    assert_eq!(said(400, "InvalidParameter", sentence), SmsError::Refused { reason });
    let sns = settings("session_token = \"t0k3n\"\nendpoint = \"http://127.0.0.1:1\"")
        .build("main", TIMES, &around())
        .unwrap();
    let shown = sns.draft(&message("x")).unwrap().to_string();
    assert!(shown.contains("authorization: AWS4-HMAC-SHA256 ••••") && shown.contains("x-amz-security-token: ••••"));
    assert!(!shown.contains("t0k3n") && !shown.contains("13800138000"), "{shown}");
}

#[test]
fn settings_that_cannot_work_are_named() {
    let keys = |more: &str| settings(more).check().into_iter().map(|(key, _)| key).collect::<Vec<_>>();
    assert_eq!(keys("max_price = \"1\""), [""; 0]);
    for (more, expected) in [
        ("region = \"\"", "region"),
        ("region = \"evil.example/\"", "region"),
        ("access_key_id = \"a b\"", "access_key_id"),
        ("secret_access_key = \"\"", "secret_access_key"),
        ("session_token = \"a\\nb\"", "session_token"),
        ("sender_id = \"12345\"", "sender_id"),
        ("sender_id = \"TwelveLetter\"", "sender_id"),
        ("max_price = \"1,50\"", "max_price"),
        ("max_price = \"-1\"", "max_price"),
        ("endpoint = \"http://sns.us-east-1.amazonaws.com\"", "endpoint"),
    ] {
        assert_eq!(keys(more), [expected], "{more}");
    }
    assert!(!format!("{:?}", settings("")).contains("wJalr"));
}
