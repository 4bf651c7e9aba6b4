//! Twilio, after its error dictionary.

use resetgate::sms::SmsFault;

use super::{Class, Row, Said};

const fn said(status: &'static str, body: &'static str, class: Class, shows: &'static [&'static str]) -> Said {
    Said { status, body, class, shows }
}

const CREDENTIALS: Class = Class::Faulty(SmsFault::Credentials);

pub const ROW: Row = Row {
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
            Class::NotTaken,
            &["21609"],
        ),
        said(
            "400 Bad Request",
            r#"{"code":21609,"message":"Not with s3cr3t","status":400}"#,
            Class::NotTaken,
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
