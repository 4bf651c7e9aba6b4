//! Twilio, Vonage and Amazon SNS.

use resetgate::sms::SmsFault;

use super::{Class, Row, Said};

const fn said(status: &'static str, body: &'static str, class: Class, shows: &'static [&'static str]) -> Said {
    Said { status, body, class, shows }
}

const CREDENTIALS: Class = Class::Faulty(SmsFault::Credentials);

pub const TWILIO: Row = Row {
    kind: "twilio",
    table: |endpoint| {
        format!(
            "account_sid = \"AC00000000000000000000000000000000\"\nauth_token = \"s3cr3t\"\nfrom = \"+15005550006\"\n\
             endpoint = \"{endpoint}\""
        )
    },
    taken: (
        r#"{"account_sid":"AC00000000000000000000000000000000","error_code":null,"status":"queued","sid":"SM00000000000000000000000000000000"}"#,
        "SM00000000000000000000000000000000",
    ),
    said: &[
        said(
            "400 Bad Request",
            r#"{"code":21211,"message":"The 'To' number 13800138000 is not a valid phone number.","more_info":"https://www.twilio.com/docs/errors/21211","status":400}"#,
            Class::Refused,
            &["21211"],
        ),
        said(
            "400 Bad Request",
            r#"{"code":21610,"message":"Attempt to send to unsubscribed recipient","status":400}"#,
            Class::Refused,
            &["21610", "unsubscribed"],
        ),
        said(
            "401 Unauthorized",
            r#"{"code":20003,"message":"Authenticate","more_info":"https://www.twilio.com/docs/errors/20003","status":401}"#,
            CREDENTIALS,
            &["20003", "Authenticate"],
        ),
        said(
            "400 Bad Request",
            r#"{"code":21606,"message":"The 'From' phone number is not a valid message-capable number","status":400}"#,
            Class::Faulty(SmsFault::Signature),
            &["21606"],
        ),
        said(
            "429 Too Many Requests",
            r#"{"code":20429,"message":"Too Many Requests","status":429}"#,
            Class::Throttled(None),
            &[],
        ),
        said(
            "400 Bad Request",
            r#"{"code":21609,"message":"Invalid StatusCallback URL","status":400}"#,
            Class::Unreachable,
            &["21609"],
        ),
        said(
            "500 Internal Server Error",
            r#"{"code":20500,"message":"Internal Server Error","status":500}"#,
            Class::Unknown,
            &["20500"],
        ),
    ],
};

pub const VONAGE: Row = Row {
    kind: "vonage",
    table: |endpoint| {
        format!("api_key = \"testkey1\"\napi_secret = \"s3cr3t\"\nfrom = \"MUNIMAIL\"\nendpoint = \"{endpoint}\"")
    },
    taken: (
        r#"{"message-count":"1","messages":[{"to":"8613800138000","message-id":"0A0000000123ABCD1","status":"0","remaining-balance":"3.14159265","message-price":"0.03330000","network":"12345"}]}"#,
        "0A0000000123ABCD1",
    ),
    said: &[
        said(
            "200 OK",
            r#"{"message-count":"1","messages":[{"status":"1","error-text":"Throughput Rate Exceeded - please wait [ 250 ] and retry"}]}"#,
            Class::Throttled(None),
            &[],
        ),
        said(
            "200 OK",
            r#"{"message-count":"1","messages":[{"status":"2","error-text":"Missing to param"}]}"#,
            Class::Unreachable,
            &["status.2", "Missing to param"],
        ),
        said(
            "200 OK",
            r#"{"message-count":"1","messages":[{"status":"4","error-text":"Bad Credentials"}]}"#,
            CREDENTIALS,
            &["status.4", "Bad Credentials"],
        ),
        said(
            "200 OK",
            r#"{"message-count":"1","messages":[{"status":"5","error-text":"Internal Error"}]}"#,
            Class::Unknown,
            &["status.5"],
        ),
        said(
            "200 OK",
            r#"{"message-count":"1","messages":[{"status":"7","error-text":"Number barred: 8613800138000"}]}"#,
            Class::Refused,
            &["status.7"],
        ),
        said(
            "200 OK",
            r#"{"message-count":"1","messages":[{"status":"9","error-text":"Partner quota exceeded"}]}"#,
            Class::Faulty(SmsFault::Balance),
            &["status.9"],
        ),
        said(
            "200 OK",
            r#"{"message-count":"1","messages":[{"status":"15","error-text":"Illegal Sender Address - rejected"}]}"#,
            Class::Faulty(SmsFault::Signature),
            &["status.15"],
        ),
        said(
            "200 OK",
            r#"{"message-count":"2","messages":[{"status":"0","message-id":"1"},{"status":"1","error-text":"Throttled"}]}"#,
            Class::Unknown,
            &["status.1"],
        ),
        said(
            "401 Unauthorized",
            r#"{"error-code":"401","error-code-label":"authentication failed"}"#,
            CREDENTIALS,
            &["authentication failed"],
        ),
    ],
};

pub const AWS_SNS: Row = Row {
    kind: "aws_sns",
    table: |endpoint| {
        format!(
            "region = \"us-east-1\"\naccess_key_id = \"AKIDEXAMPLE\"\nsecret_access_key = \"s3cr3t\"\nendpoint = \"{endpoint}\""
        )
    },
    taken: (
        "<PublishResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><PublishResult>\
         <MessageId>567910cd-659e-55d4-8ccb-5aaf14679dc0</MessageId></PublishResult><ResponseMetadata>\
         <RequestId>d74b8436-ae13-5ab4-a9ff-ce54dfea72a0</RequestId></ResponseMetadata></PublishResponse>",
        "567910cd-659e-55d4-8ccb-5aaf14679dc0",
    ),
    said: &[
        said(
            "400 Bad Request",
            "<ErrorResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><Error><Type>Sender</Type>\
             <Code>InvalidParameter</Code><Message>Invalid parameter: PhoneNumber Reason: +8613800138000 is not valid to \
             publish to</Message></Error><RequestId>req-1</RequestId></ErrorResponse>",
            Class::Refused,
            &["InvalidParameter", "req-1"],
        ),
        said(
            "400 Bad Request",
            "<ErrorResponse><Error><Code>Throttling</Code><Message>Rate exceeded</Message></Error><RequestId>req-1</RequestId></ErrorResponse>",
            Class::Throttled(None),
            &[],
        ),
        said(
            "403 Forbidden",
            "<ErrorResponse><Error><Code>InvalidClientTokenId</Code><Message>The security token included in the request is \
             invalid.</Message></Error><RequestId>req-1</RequestId></ErrorResponse>",
            CREDENTIALS,
            &["InvalidClientTokenId", "security token", "req-1"],
        ),
        // case 87
        said(
            "403 Forbidden",
            "<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code><Message>Signature expired: 20261123T080000Z is now \
             earlier than 20261123T082222Z (20261123T083722Z - 15 min.)</Message></Error><RequestId>req-1</RequestId></ErrorResponse>",
            Class::Faulty(SmsFault::Clock),
            &["SignatureDoesNotMatch", "20261123T080000Z", "req-1"],
        ),
        said(
            "404 Not Found",
            "<ErrorResponse><Error><Code>InvalidAction</Code><Message>Not here</Message></Error><RequestId>req-1</RequestId></ErrorResponse>",
            Class::Unreachable,
            &["InvalidAction"],
        ),
        said(
            "500 Internal Server Error",
            "<ErrorResponse><Error><Code>InternalFailure</Code></Error><RequestId>req-1</RequestId></ErrorResponse>",
            Class::Unknown,
            &["InternalFailure", "req-1"],
        ),
    ],
};
