//! Amazon SNS, after its reference.

use resetgate::sms::SmsFault;

use super::{Class, Row, Said};

const fn said(status: &'static str, body: &'static str, class: Class, shows: &'static [&'static str]) -> Said {
    Said { status, body, class, shows }
}

const CREDENTIALS: Class = Class::Faulty(SmsFault::Credentials);

pub const ROW: Row = Row {
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
            Class::NotTaken,
            &["InvalidAction"],
        ),
        said(
            "404 Not Found",
            "<ErrorResponse><Error><Code>InvalidAction</Code><Message>Not with s3cr3t</Message></Error><RequestId>req-1</RequestId></ErrorResponse>",
            Class::NotTaken,
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
