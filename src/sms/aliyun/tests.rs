use std::time::Duration;

use super::*;
use crate::domain::{PhoneNumber, Region, Timestamp};
use crate::sms::SmsFault;
use crate::sms::captured::Captured;
use crate::sms::samples::{ORDER, message};
use crate::sms::vendor::{Body, Meaning};

const CAPTURES: [&str; 2] = [
    include_str!("../../../tests/sms_vendors/captures/aliyun-acs3-sendsms.http"),
    include_str!("../../../tests/sms_vendors/captures/aliyun-acs3-sendsms-err.http"),
];

fn settings(more: &str) -> AliyunSettings {
    let mut table: toml::Table = toml::from_str(
        "key_id = \"testAccessKeyId0000\"\nkey_secret = \"testAccessKeySecret00000000000\"\nsign_name = \"市政邮箱\"\n\
         template = { code = { zh-CN = \"SMS_123456789\" } }",
    )
    .unwrap();
    table.extend(toml::from_str::<toml::Table>(more).unwrap());
    table.try_into().unwrap()
}

fn vendor(more: &str) -> Aliyun {
    let settings = settings(more);
    Aliyun {
        endpoint: Endpoint::read(None, settings::ENDPOINT).unwrap(),
        key_id: settings.key_id.as_str().into(),
        key_secret: settings.key_secret,
        sign_name: settings.sign_name.as_str().into(),
        template: settings.template,
        values: Values::by_name(settings.params_by_name.as_ref()).unwrap(),
    }
}

const STAMP: Stamp = Stamp { now: Timestamp::from_millis(1_795_422_011_000), nonce: [0xab; 16] };

/// case 84
#[test]
fn the_signature_of_the_vendors_own_client_comes_out_the_same() {
    for text in CAPTURES {
        let captured = Captured::read(text);
        let signed = captured.signed();
        let canonical = signature::canonical(captured.query, &signed, captured.body.as_bytes());
        let secret = "testAccessKeySecret00000000000".to_owned().into();
        let authorization = signature::authorization("testAccessKeyId0000", &secret, &canonical, &signed);
        assert_eq!(authorization, captured.header("authorization"));
    }
}

/// The example of the vendor's description of version 3.
#[test]
fn the_documented_example_comes_out_the_same() {
    let empty = sha256_hex(b"");
    let headers = [
        ("host", "ecs.cn-shanghai.aliyuncs.com"),
        ("x-acs-action", "RunInstances"),
        ("x-acs-content-sha256", empty.as_str()),
        ("x-acs-date", "2023-10-26T10:22:32Z"),
        ("x-acs-signature-nonce", "3156853299f313e23d1673dc12e1703d"),
        ("x-acs-version", "2014-05-26"),
    ];
    let query = signature::query(vec![
        ("RegionId", "cn-shanghai"),
        ("ImageId", "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"),
    ]);
    let canonical = signature::canonical(&query, &headers, b"");
    let hash = "7ea06492da5221eba5297e897ce16e55f964061054b7695beedaac1145b1e259";
    assert_eq!(sha256_hex(canonical.as_bytes()), hash);
    let secret = "YourAccessKeySecret".to_owned().into();
    assert_eq!(
        signature::authorization("YourAccessKeyId", &secret, &canonical, &headers),
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;\
         x-acs-signature-nonce;x-acs-version,Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    );
}

/// case 2: what is sent is what the vendor's own client sends, the code a text in the JSON of its template.
#[test]
fn the_query_is_that_of_the_vendors_own_client() {
    let mut message = message("text");
    message.code = Some("123456".to_owned().into());
    let request = vendor("").request(&message, &STAMP).unwrap();
    let own = request.url().query().unwrap().replace(ORDER, "rst-01J000000000000000000001");
    assert_eq!(own, Captured::read(CAPTURES[0]).query);
    message.code = Some("002569".to_owned().into());
    let more = "params_by_name = { code = \"{code}\", min = \"{minutes}\" }";
    let request = vendor(more).request(&message, &STAMP).unwrap();
    assert!(
        request
            .url()
            .query()
            .unwrap()
            .ends_with("&TemplateParam=%7B%22code%22%3A%22002569%22%2C%22min%22%3A%225%22%7D")
    );
    assert_eq!(
        (request.method().as_str(), request.headers()["x-acs-date"].to_str().unwrap()),
        ("POST", "2026-11-23T08:20:11Z")
    );
}

#[test]
fn a_notice_has_its_own_template_and_no_variables_and_a_foreign_number_its_country() {
    let mut message = message("text");
    message.kind = MessageKind::Notice;
    assert!(!vendor("").carries(MessageKind::Notice) && vendor("").request(&message, &STAMP).is_err());
    message.to = PhoneNumber::parse("+85261234567", Region::CN).unwrap();
    let vendor = vendor("template = { code = { en = \"SMS_1\" }, notice = { en = \"SMS_2\" } }");
    let request = vendor.request(&message, &STAMP).unwrap();
    let query = request.url().query().unwrap();
    assert!(query.contains("PhoneNumbers=85261234567&") && query.ends_with("&TemplateCode=SMS_2"), "{query}");
}

fn judged(status: u16, body: &str) -> Result<Option<String>, SmsError> {
    let answer = Answer::of(status, Body::of(body));
    vendor("").judge(&answer, &Hidden::new(["13800138000", "text", "002569"]))
}

#[test]
fn an_error_inside_a_success_is_an_error_and_a_success_inside_an_error_is_none() {
    let taken = r#"{"Code":"OK","Message":"OK","BizId":"900619746936498440^0","RequestId":"F655A8D5"}"#;
    assert_eq!(judged(200, taken), Ok(Some("900619746936498440^0".to_owned())));
    assert!(matches!(judged(500, taken), Err(SmsError::Unknown { .. })));
    let refused = r#"{"Code":"isv.MOBILE_NUMBER_ILLEGAL","Message":"非法手机号13800138000","RequestId":"F655A8D5"}"#;
    let reason = "it answered 200 with isv.MOBILE_NUMBER_ILLEGAL (request F655A8D5)".to_owned();
    assert_eq!(judged(200, refused), Err(SmsError::Refused { reason }));
    assert!(matches!(judged(200, "{}"), Err(SmsError::Unknown { .. })));
}

/// case 89, case 87: the vendor's list.
#[test]
fn each_documented_code_has_its_class() {
    use Meaning::{Faulty, NotTaken, NumberLimited, Refused, Throttled, Unknown};
    use SmsFault::{Balance, Clock, Credentials, Signature, Template};
    let of = |code: &str| errors::meaning(code, "", 200);
    for (message, wait) in [
        ("触发分钟级流控Permits:1", Duration::from_mins(1)),
        ("触发小时级流控Permits:5", Duration::from_hours(1)),
        ("触发天级流控Permits:10", Duration::from_hours(24)),
        ("limited", Duration::from_mins(1)),
    ] {
        assert_eq!(errors::meaning("isv.BUSINESS_LIMIT_CONTROL", message, 200), NumberLimited(wait));
    }
    for (class, codes) in [
        (Throttled, "isv.DAY_LIMIT_CONTROL isv.MONTH_LIMIT_CONTROL Throttling Throttling.User Throttling.Api"),
        (Refused, "isv.MOBILE_NUMBER_ILLEGAL isv.MOBILE_COUNT_OVER_LIMIT"),
        (
            Faulty(Signature),
            "isv.SMS_SIGNATURE_ILLEGAL isv.SMS_SIGN_ILLEGAL isv.SMS_SIGNATURE_SCENE_ILLEGAL isv.SIGN_STATE_ILLEGAL \
             isv.EXTEND_CODE_ERROR",
        ),
        (
            Faulty(Template),
            "isv.SMS_TEMPLATE_ILLEGAL isv.TEMPLATE_MISSING_PARAMETERS isv.TEMPLATE_PARAMS_ILLEGAL isv.INVALID_JSON_PARAM \
             isv.PARAM_LENGTH_LIMIT isv.PARAM_NOT_SUPPORT_URL isv.SMS_CONTENT_ILLEGAL isv.BLACK_KEY_CONTROL_LIMIT \
             isv.DOMESTIC_NUMBER_NOT_SUPPORTED",
        ),
        (Faulty(Balance), "isv.AMOUNT_NOT_ENOUGH isv.OUT_OF_SERVICE"),
        (
            Faulty(Credentials),
            "isp.RAM_PERMISSION_DENY isv.ACCOUNT_NOT_EXISTS isv.ACCOUNT_ABNORMAL isv.PRODUCT_UN_SUBSCRIPT \
             isv.PRODUCT_UNSUBSCRIBE isv.DENY_IP_RANGE SignatureDoesNotMatch InvalidAccessKeyId.NotFound \
             InvalidAccessKeyId.Inactive Forbidden.RAM NoPermission",
        ),
        (Faulty(Clock), "InvalidTimeStamp.Expired InvalidTimeStamp.Format IllegalTimestamp"),
        (Unknown, "isp.SYSTEM_ERROR isp.UNKNOWN SignatureNonceUsed"),
        (NotTaken, "isv.INVALID_PARAMETERS isv.SOMETHING_NEW InvalidAction.NotFound"),
    ] {
        codes.split_whitespace().for_each(|code| assert_eq!(of(code), class, "{code}"));
    }
    assert_eq!(errors::meaning("ServiceUnavailable", "", 503), Unknown);
}

#[test]
fn what_the_vendor_cannot_take_is_said_before_anything_starts() {
    let keys = |more: &str| settings(more).check().into_iter().map(|(key, _)| key).collect::<Vec<_>>();
    assert_eq!(settings("").check(), []);
    for (more, key) in [
        ("key_secret = \"\"", "key_secret"),
        ("sign_name = \"【市政邮箱】\"", "sign_name"),
        ("template = {}", "template.code"),
        ("template = { code = { en = \"123\" } }", "template.code.en"),
        ("params_by_name = { code = \"{minutes}\" }", "params_by_name"),
        ("endpoint = \"http://dysmsapi.aliyuncs.com\"", "endpoint"),
        ("endpoint = \"http://127.0.0.1:9\"\nca_file = \"/etc/ca.pem\"", "ca_file"),
    ] {
        assert_eq!(keys(more), [key], "{more}");
    }
}

proptest::proptest! {
    #[test]
    fn any_answer_is_judged_without_panic_and_taken_only_when_it_says_so(
        status in 100_u16..600,
        body in "\\PC{0,60}|([{\\[]?\"(Code|Message|BizId|RequestId)\":(null|7|\\[|\"(OK|isv\\.[A-Z_]{0,9})\")[}\\],]{0,3}){0,6}",
    ) {
        let outcome = judged(status, &body);
        proptest::prop_assert!(outcome.is_err() || (body.contains(r#""OK""#) && (200..300).contains(&status)));
    }
}
