use resetgate::sms::SmsFault::{Balance, Clock, Credentials, Signature, Template};

use super::{Class, Row, Said};

pub const ROW: Row = Row {
    kind: "tencent",
    table: |endpoint| {
        format!(
            "endpoint = \"{endpoint}\"\nkey_id = \"AKIDtestSecretId0000\"\nkey_secret = \"s3cr3t\"\napp_id = \"1400000000\"\n\
             sign_name = \"市政邮箱\"\ntemplate.code = {{ zh-CN = \"1234567\" }}\nparams = [\"{{code}}\", \"{{minutes}}\"]"
        )
    },
    taken: (
        r#"{"Response":{"SendStatusSet":[{"SerialNo":"2640:1","PhoneNumber":"+8613800138000","Fee":1,"SessionContext":"x","Code":"Ok","Message":"send success","IsoCode":"CN"}],"RequestId":"a0aabda6"}}"#,
        "2640:1",
    ),
    said: &[
        Said {
            status: "200 OK",
            body: r#"{"Response":{"SendStatusSet":[{"SerialNo":"","PhoneNumber":"+8613800138000","Fee":0,"Code":"InvalidParameterValue.IncorrectPhoneNumber","Message":"+8613800138000 incorrect"}],"RequestId":"a0aabda6"}}"#,
            class: Class::Refused,
            shows: &["InvalidParameterValue.IncorrectPhoneNumber", "a0aabda6"],
        },
        Said {
            status: "200 OK",
            body: r#"{"Response":{"SendStatusSet":[{"Code":"FailedOperation.PhoneNumberInBlacklist","Message":"m"}],"RequestId":"a0aabda6"}}"#,
            class: Class::Refused,
            shows: &["FailedOperation.PhoneNumberInBlacklist"],
        },
        Said {
            status: "200 OK",
            body: r#"{"Response":{"SendStatusSet":[{"Code":"LimitExceeded.PhoneNumberThirtySecondLimit","Message":"m"}],"RequestId":"a0aabda6"}}"#,
            class: Class::NumberLimited(30),
            shows: &["30 s"],
        },
        Said {
            status: "200 OK",
            body: r#"{"Response":{"SendStatusSet":[{"Code":"LimitExceeded.AppDailyLimit","Message":"m"}],"RequestId":"a0aabda6"}}"#,
            class: Class::Throttled(None),
            shows: &[],
        },
        Said {
            status: "200 OK",
            body: r#"{"Response":{"Error":{"Code":"RequestLimitExceeded","Message":"m"},"RequestId":"a0aabda6"}}"#,
            class: Class::Throttled(None),
            shows: &[],
        },
        Said {
            status: "200 OK",
            body: r#"{"Response":{"SendStatusSet":[{"Code":"FailedOperation.SignatureIncorrectOrUnapproved","Message":"签名未审批"}],"RequestId":"a0aabda6"}}"#,
            class: Class::Faulty(Signature),
            shows: &["签名未审批", "a0aabda6"],
        },
        Said {
            status: "200 OK",
            body: r#"{"Response":{"SendStatusSet":[{"Code":"InvalidParameterValue.TemplateParameterFormatError","Message":"m"}],"RequestId":"a0aabda6"}}"#,
            class: Class::Faulty(Template),
            shows: &["InvalidParameterValue.TemplateParameterFormatError"],
        },
        Said {
            status: "200 OK",
            body: r#"{"Response":{"SendStatusSet":[{"Code":"FailedOperation.InsufficientBalanceInSmsPackage","Message":"m"}],"RequestId":"a0aabda6"}}"#,
            class: Class::Faulty(Balance),
            shows: &["FailedOperation.InsufficientBalanceInSmsPackage"],
        },
        Said {
            status: "200 OK",
            body: r#"{"Response":{"Error":{"Code":"AuthFailure.SignatureExpire","Message":"m"},"RequestId":"a0aabda6"}}"#,
            class: Class::Faulty(Clock),
            shows: &["AuthFailure.SignatureExpire", "a0aabda6"],
        },
        Said {
            status: "200 OK",
            body: r#"{"Response":{"Error":{"Code":"UnauthorizedOperation.RequestIpNotInWhitelist","Message":"m"},"RequestId":"a0aabda6"}}"#,
            class: Class::Faulty(Credentials),
            shows: &["UnauthorizedOperation.RequestIpNotInWhitelist"],
        },
        Said {
            status: "200 OK",
            body: r#"{"Response":{"Error":{"Code":"FailedOperation.SomethingNew","Message":"m"},"RequestId":"a0aabda6"}}"#,
            class: Class::NotTaken,
            shows: &["FailedOperation.SomethingNew"],
        },
        Said {
            status: "200 OK",
            body: r#"{"Response":{"Error":{"Code":"InternalError.Timeout","Message":"m"},"RequestId":"a0aabda6"}}"#,
            class: Class::Unknown,
            shows: &["InternalError.Timeout"],
        },
        Said { status: "200 OK", body: r#"{"Response":{"RequestId":"a0aabda6"}}"#, class: Class::Unknown, shows: &[] },
        Said { status: "200 OK", body: "{}", class: Class::Unknown, shows: &[] },
    ],
};
