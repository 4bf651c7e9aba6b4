//! Vonage, after its guide "Troubleshooting SMS".

use resetgate::sms::SmsFault;

use super::{Class, Row, Said};

const fn said(status: &'static str, body: &'static str, class: Class, shows: &'static [&'static str]) -> Said {
    Said { status, body, class, shows }
}

const CREDENTIALS: Class = Class::Faulty(SmsFault::Credentials);

pub const ROW: Row = Row {
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
            Class::NotTaken,
            &["status.2", "Missing to param"],
        ),
        said(
            "200 OK",
            r#"{"message-count":"1","messages":[{"status":"2","error-text":"Not with s3cr3t"}]}"#,
            Class::NotTaken,
            &["status.2"],
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
