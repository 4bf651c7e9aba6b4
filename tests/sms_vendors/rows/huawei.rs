use resetgate::sms::SmsFault::{Balance, Clock, Credentials, Signature, Template};

use super::{Class, Row, Said};

pub const ROW: Row = Row {
    kind: "huawei",
    table: |endpoint| {
        format!(
            "endpoint = \"{endpoint}\"\nkey_id = \"TESTAKHUAWEI00000000\"\nkey_secret = \"s3cr3t\"\nfrom = \"8823040504797\"\n\
             template.code = {{ zh-CN = \"0af54a31d9b84a2ab8c6d1a2e0e0a0a0\" }}"
        )
    },
    taken: (
        r#"{"code":"000000","description":"Success","result":[{"originTo":"+8613800138000","createTime":"2026-11-23T08:23:53Z","from":"8823040504797","smsMsgId":"4b4b34e7_8","status":"000000","countryId":"CN","total":1}]}"#,
        "4b4b34e7_8",
    ),
    said: &[
        Said {
            status: "200 OK",
            body: r#"{"code":"E000510","description":"The SMS fails to be sent. For details, see status.","result":[{"originTo":"+8613800138000","smsMsgId":"4b4b34e7_8","status":"E200041"}]}"#,
            class: Class::Refused,
            shows: &["E200041"],
        },
        Said {
            status: "200 OK",
            body: r#"{"code":"E000510","description":"The SMS fails to be sent. For details, see status.","result":[{"smsMsgId":"4b4b34e7_8","status":"E200028"}]}"#,
            class: Class::Faulty(Template),
            shows: &["E200028", "see status"],
        },
        Said {
            status: "200 OK",
            body: r#"{"code":"E000510","result":[{"smsMsgId":"4b4b34e7_8","status":"E200018"}]}"#,
            class: Class::Faulty(Signature),
            shows: &["E200018"],
        },
        Said {
            status: "200 OK",
            body: r#"{"code":"E000510","result":[{"smsMsgId":"4b4b34e7_8","status":"E200015"}]}"#,
            class: Class::Throttled(None),
            shows: &[],
        },
        Said {
            status: "401 Unauthorized",
            body: r#"{"code":"E000110","description":"Time out limit."}"#,
            class: Class::Faulty(Clock),
            shows: &["E000110: Time out limit."],
        },
        Said {
            status: "403 Forbidden",
            body: r#"{"code":"E000112","description":"The subscriber status is frozen."}"#,
            class: Class::Faulty(Balance),
            shows: &["E000112"],
        },
        Said {
            status: "403 Forbidden",
            body: r#"{"code":"E000620","description":"The app client ip is not in ip white list."}"#,
            class: Class::Faulty(Credentials),
            shows: &["E000620"],
        },
        Said {
            status: "400 Bad Request",
            body: r#"{"code":"E000503","description":"The format of message is error."}"#,
            class: Class::NotTaken,
            shows: &["E000503"],
        },
        Said {
            status: "400 Bad Request",
            body: r#"{"code":"E000000","description":"System error."}"#,
            class: Class::Unknown,
            shows: &["E000000"],
        },
        Said { status: "200 OK", body: r#"{"code":"000000","result":[]}"#, class: Class::Unknown, shows: &[] },
        Said { status: "200 OK", body: "{}", class: Class::Unknown, shows: &[] },
    ],
};
