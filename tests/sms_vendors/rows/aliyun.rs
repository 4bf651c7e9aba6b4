use resetgate::sms::SmsFault::{Balance, Clock, Credentials, Signature, Template};

use super::{Class, Row, Said};

pub const ROW: Row = Row {
    kind: "aliyun",
    table: |endpoint| {
        format!(
            "endpoint = \"{endpoint}\"\nkey_id = \"testAccessKeyId0000\"\nkey_secret = \"s3cr3t\"\nsign_name = \"市政邮箱\"\n\
             template.code = {{ zh-CN = \"SMS_123456789\" }}"
        )
    },
    taken: (
        r#"{"Code":"OK","Message":"OK","BizId":"900619746936498440^0","RequestId":"F655A8D5"}"#,
        "900619746936498440^0",
    ),
    said: &[
        Said {
            status: "200 OK",
            body: r#"{"Code":"isv.MOBILE_NUMBER_ILLEGAL","Message":"13800138000invalid mobile number","RequestId":"F655A8D5"}"#,
            class: Class::Refused,
            shows: &["isv.MOBILE_NUMBER_ILLEGAL", "F655A8D5"],
        },
        Said {
            status: "200 OK",
            body: r#"{"Code":"isv.BUSINESS_LIMIT_CONTROL","Message":"触发小时级流控Permits:5","RequestId":"F655A8D5"}"#,
            class: Class::NumberLimited(3600),
            shows: &["3600 s"],
        },
        Said {
            status: "200 OK",
            body: r#"{"Code":"isv.DAY_LIMIT_CONTROL","Message":"触发日发送限额","RequestId":"F655A8D5"}"#,
            class: Class::Throttled(None),
            shows: &[],
        },
        Said {
            status: "400 Bad Request",
            body: r#"{"Code":"Throttling.User","Message":"Request was denied due to user flow control.","RequestId":"F6"}"#,
            class: Class::Throttled(None),
            shows: &[],
        },
        Said {
            status: "200 OK",
            body: r#"{"Code":"isv.SMS_SIGNATURE_ILLEGAL","Message":"短信签名不合法","RequestId":"F655A8D5"}"#,
            class: Class::Faulty(Signature),
            shows: &["短信签名不合法", "F655A8D5"],
        },
        Said {
            status: "200 OK",
            body: r#"{"Code":"isv.TEMPLATE_MISSING_PARAMETERS","Message":"模板变量缺少参数","RequestId":"F655A8D5"}"#,
            class: Class::Faulty(Template),
            shows: &["isv.TEMPLATE_MISSING_PARAMETERS"],
        },
        Said {
            status: "200 OK",
            body: r#"{"Code":"isv.AMOUNT_NOT_ENOUGH","Message":"账户余额不足","RequestId":"F655A8D5"}"#,
            class: Class::Faulty(Balance),
            shows: &["isv.AMOUNT_NOT_ENOUGH"],
        },
        Said {
            status: "400 Bad Request",
            body: r#"{"RequestId":"F655A8D5","HostId":"dysmsapi.aliyuncs.com","Code":"InvalidTimeStamp.Expired","Message":"expired"}"#,
            class: Class::Faulty(Clock),
            shows: &["InvalidTimeStamp.Expired"],
        },
        Said {
            status: "404 Not Found",
            body: r#"{"RequestId":"F655A8D5","Code":"InvalidAccessKeyId.NotFound","Message":"Specified access key is not found."}"#,
            class: Class::Faulty(Credentials),
            shows: &["InvalidAccessKeyId.NotFound", "F655A8D5"],
        },
        Said {
            status: "200 OK",
            body: r#"{"Code":"isv.SOMETHING_NEW","RequestId":"F655A8D5"}"#,
            class: Class::NotTaken,
            shows: &["isv.SOMETHING_NEW"],
        },
        Said {
            status: "200 OK",
            body: r#"{"Code":"isp.SYSTEM_ERROR","Message":"系统错误","RequestId":"F655A8D5"}"#,
            class: Class::Unknown,
            shows: &["isp.SYSTEM_ERROR"],
        },
        Said {
            status: "503 Service Unavailable",
            body: r#"{"Code":"ServiceUnavailable","RequestId":"F655A8D5"}"#,
            class: Class::Unknown,
            shows: &["503", "ServiceUnavailable"],
        },
        Said { status: "200 OK", body: "{}", class: Class::Unknown, shows: &[] },
    ],
};
