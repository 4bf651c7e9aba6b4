use std::time::Duration;

use super::*;
use crate::domain::Timestamp;
use crate::sms::SmsFault;
use crate::sms::captured::Captured;
use crate::sms::samples::{ORDER, message};
use crate::sms::vendor::{Body, Meaning, sha256_hex};

const CAPTURES: [&str; 3] = [
    include_str!("../../../tests/sms_vendors/captures/tencent-tc3-sendsms.http"),
    include_str!("../../../tests/sms_vendors/captures/tencent-tc3-sendsms-limit.http"),
    include_str!("../../../tests/sms_vendors/captures/tencent-tc3-sendsms-autherr.http"),
];

fn settings(more: &str) -> TencentSettings {
    let mut table: toml::Table = toml::from_str(
        "key_id = \"AKIDtestSecretId0000\"\nkey_secret = \"testSecretKey000000000000\"\napp_id = \"1400000000\"\n\
         sign_name = \"市政邮箱\"\ntemplate = { code = { zh-CN = \"1234567\" } }\nparams = [\"{code}\", \"{minutes}\"]",
    )
    .unwrap();
    table.extend(toml::from_str::<toml::Table>(more).unwrap());
    table.try_into().unwrap()
}

fn vendor() -> Tencent {
    let settings = settings("");
    Tencent {
        endpoint: Endpoint::read(None, settings::ENDPOINT).unwrap(),
        region: settings::REGION.into(),
        key_id: settings.key_id.as_str().into(),
        key_secret: settings.key_secret,
        app_id: settings.app_id.as_str().into(),
        sign_name: settings.sign_name.as_str().into(),
        template: settings.template,
        values: Values::by_place(settings.params.as_deref()).unwrap(),
    }
}

const STAMP: Stamp = Stamp { now: Timestamp::from_millis(1_795_422_141_000), nonce: [0; 16] };

/// case 84
#[test]
fn the_signature_of_the_vendors_own_client_comes_out_the_same() {
    for text in CAPTURES {
        let captured = Captured::read(text);
        let signed = captured.signed();
        let canonical = signature::canonical(&signed, captured.body.as_bytes());
        let seconds: i64 = captured.header("x-tc-timestamp").parse().unwrap();
        let secret = "testSecretKey000000000000".to_owned().into();
        let key = ("AKIDtestSecretId0000", &secret);
        let now = Timestamp::from_millis(seconds * 1_000);
        let authorization = signature::authorization(key, "sms", now, &canonical, &signed);
        assert_eq!(authorization, captured.header("authorization"));
    }
}

/// The two examples of the vendor's description of version 3; one has its key with asterisks, and they count.
#[test]
fn the_documented_examples_come_out_the_same() {
    let body = "{\"Limit\": 1, \"Filters\": [{\"Values\": [\"\\u672a\\u547d\\u540d\"], \"Name\": \"instance-name\"}]}";
    assert_eq!(sha256_hex(body.as_bytes()), "35e9c5b0e3ae67532d3c9f17ead6c90222632e5b1ff7f6e89887f1398934f064");
    let headers = [
        ("content-type", "application/json; charset=utf-8"),
        ("host", "cvm.tencentcloudapi.com"),
        ("x-tc-action", "DescribeInstances"),
    ];
    for (secret, headers, hash, signature) in [
        (
            "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
            &headers[..2],
            "5ffe6a04c0664d6b969fab9a13bdab201d63ee709638e2749d62a09ca18d7031",
            "72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168",
        ),
        (
            "Gu5t9xGARNpq86cd98joQYCN3*******",
            &headers[..],
            "7019a55be8395899b900fb5564e4200d984910f34794a27cb3fb7d10ff6a1e84",
            "be4f67d323c78ab9acb7395e43c0dbcf822a9cfac32fea2449a7bc7726b770a3",
        ),
    ] {
        let canonical = signature::canonical(headers, body.as_bytes());
        assert_eq!(sha256_hex(canonical.as_bytes()), hash);
        let secret = secret.to_owned().into();
        let now = Timestamp::from_millis(1_551_113_065_000);
        let own = signature::authorization(("AKIDEXAMPLE", &secret), "cvm", now, &canonical, headers);
        assert!(own.starts_with("TC3-HMAC-SHA256 Credential=AKIDEXAMPLE/2019-02-25/cvm/tc3_request, SignedHeaders="));
        assert!(own.ends_with(&format!(", Signature={signature}")), "{own}");
    }
}

/// case 2: the same JSON as the vendor's own client, the code a text.
#[test]
fn the_body_is_that_of_the_vendors_own_client() {
    let mut message = message("text");
    message.code = Some("123456".to_owned().into());
    let request = vendor().request(&message, &STAMP).unwrap();
    let body = String::from_utf8(request.body().unwrap().as_bytes().unwrap().to_vec()).unwrap();
    let captured = Captured::read(CAPTURES[0]);
    let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    assert_eq!(json(&body.replace(ORDER, "rst-01")), json(captured.body));
    for name in ["x-tc-action", "x-tc-version", "x-tc-timestamp", "x-tc-region"] {
        assert_eq!(request.headers()[name].to_str().unwrap(), captured.header(name));
    }
}

fn judged(status: u16, body: &str) -> Result<Option<String>, SmsError> {
    let answer = Answer::of(status, Body::of(body));
    vendor().judge(&answer, &Hidden::new(["13800138000", "text", "002569"]))
}

#[test]
fn only_the_code_of_the_one_number_says_that_it_was_taken() {
    let of = |code: &str| {
        format!(
            "{{\"Response\":{{\"SendStatusSet\":[{{\"SerialNo\":\"2640:1\",\"PhoneNumber\":\"+8613800138000\",\"Fee\":1,\
             \"SessionContext\":\"x\",\"Code\":\"{code}\",\"Message\":\"m\",\"IsoCode\":\"CN\"}}],\"RequestId\":\"a0aabda6\"}}}}"
        )
    };
    assert_eq!(judged(200, &of("Ok")), Ok(Some("2640:1".to_owned())));
    let wait = Duration::from_hours(24);
    assert_eq!(judged(200, &of("LimitExceeded.PhoneNumberDailyLimit")), Err(SmsError::NumberLimited { wait }));
    assert!(matches!(judged(500, &of("Ok")), Err(SmsError::Unknown { .. })));
    for empty in
        ["{\"Response\":{\"RequestId\":\"a\"}}", "{\"Response\":{\"SendStatusSet\":[],\"RequestId\":\"a\"}}", "{}"]
    {
        assert!(matches!(judged(200, empty), Err(SmsError::Unknown { .. })), "{empty}");
    }
    let failed =
        r#"{"Response":{"Error":{"Code":"AuthFailure.SecretIdNotFound","Message":"密钥不存在"},"RequestId":"ed93"}}"#;
    let reason = "it answered 200 with AuthFailure.SecretIdNotFound: 密钥不存在 (request ed93)".to_owned();
    assert_eq!(judged(200, failed), Err(SmsError::Faulty { fault: SmsFault::Credentials, reason }));
}

/// case 87: the vendor's list.
#[test]
fn each_documented_code_has_its_class() {
    use Meaning::{Faulty, NotTaken, NumberLimited, Refused, Throttled, Unknown};
    use SmsFault::{Balance, Clock, Credentials, Signature, Template};
    for (class, codes) in [
        (NumberLimited(Duration::from_secs(30)), "LimitExceeded.PhoneNumberThirtySecondLimit"),
        (NumberLimited(Duration::from_hours(1)), "LimitExceeded.PhoneNumberOneHourLimit"),
        (
            NumberLimited(Duration::from_hours(24)),
            "LimitExceeded.PhoneNumberDailyLimit LimitExceeded.PhoneNumberSameContentDailyLimit",
        ),
        (
            Throttled,
            "LimitExceeded.DeliveryFrequencyLimit LimitExceeded.AppDailyLimit LimitExceeded.DailyLimit \
             LimitExceeded.AppMainlandChinaDailyLimit LimitExceeded.AppGlobalDailyLimit RequestLimitExceeded \
             RequestLimitExceeded.UinLimitExceeded",
        ),
        (
            Refused,
            "InvalidParameterValue.IncorrectPhoneNumber FailedOperation.PhoneNumberInBlacklist \
             FailedOperation.PhoneNumberParseFail LimitExceeded.PhoneNumberCountLimit",
        ),
        (Faulty(Signature), "FailedOperation.SignatureIncorrectOrUnapproved FailedOperation.MissingSignature"),
        (
            Faulty(Template),
            "FailedOperation.TemplateIncorrectOrUnapproved FailedOperation.TemplateUnapprovedOrNotExist \
             FailedOperation.TemplateParamSetNotMatchApprovedTemplate FailedOperation.ContainSensitiveWord \
             InvalidParameterValue.TemplateParameterFormatError InvalidParameterValue.TemplateParameterLengthLimit",
        ),
        (
            Faulty(Balance),
            "FailedOperation.InsufficientBalanceInSmsPackage UnauthorizedOperation.SerivceSuspendDueToArrears \
             UnauthorizedOperation.ServiceSuspendDueToArrears",
        ),
        (
            Faulty(Credentials),
            "AuthFailure.SignatureFailure AuthFailure.SecretIdNotFound UnauthorizedOperation.RequestIpNotInWhitelist \
             UnauthorizedOperation.SmsSdkAppIdVerifyFail UnauthorizedOperation.RequestPermissionDeny",
        ),
        (Faulty(Clock), "AuthFailure.SignatureExpire InternalError.RequestTimeException"),
        (Unknown, "InternalError InternalError.Timeout InternalError.OtherError InternalError.SendAndRecvFail"),
        (NotTaken, "UnsupportedOperation.UnsupportedRegion InvalidParameter FailedOperation.SomethingNew"),
    ] {
        codes.split_whitespace().for_each(|code| assert_eq!(errors::meaning(code), class, "{code}"));
    }
}

#[test]
fn what_the_vendor_cannot_take_is_said_before_anything_starts() {
    let keys = |more: &str| settings(more).check().into_iter().map(|(key, _)| key).collect::<Vec<_>>();
    assert_eq!(settings("").check(), []);
    assert_eq!(settings("params = [\"{code}\", \"123456\", \"\"]\nregion = \"ap-beijing\"").check(), []);
    for (more, key) in [
        ("app_id = \"app\"", "app_id"),
        ("sign_name = \"\"", "sign_name"),
        ("template = { code = { en = \"SMS_1\" } }", "template.code.en"),
        ("params = [\"{code}\", \"five\"]", "params"),
        ("params = [\"{code}{minutes}\"]", "params"),
        ("params = [\"{code}\", \"1234567\"]", "params"),
        ("region = \"Guangzhou!\"", "region"),
        ("endpoint = \"sms.tencentcloudapi.com\"", "endpoint"),
    ] {
        assert_eq!(keys(more), [key], "{more}");
    }
}

proptest::proptest! {
    #[test]
    fn any_answer_is_judged_without_panic_and_taken_only_when_it_says_so(
        status in 100_u16..600,
        body in "\\PC{0,60}|([{\\[]?\"(Response|SendStatusSet|SerialNo|Code|Error|RequestId)\":(null|7|\\[|\"(Ok|[A-Z][a-z]{0,9}\\.[A-Z][a-z]{0,9})\")[}\\],]{0,3}){0,6}",
    ) {
        let outcome = judged(status, &body);
        proptest::prop_assert!(outcome.is_err() || (body.contains(r#""Ok""#) && (200..300).contains(&status)));
    }
}
