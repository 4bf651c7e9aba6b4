use super::*;
use crate::domain::Timestamp;
use crate::sms::SmsFault;
use crate::sms::captured::Captured;
use crate::sms::samples::{ORDER, message};
use crate::sms::vendor::{Body, Meaning};

const CAPTURES: [&str; 2] = [
    include_str!("../../../tests/sms_vendors/captures/huawei-sdkhmac-batchsendsms.http"),
    include_str!("../../../tests/sms_vendors/captures/huawei-sdkhmac-batchsendsms-err.http"),
];
const CALLBACK: &str = "https://reset.example.gov.cn/v1/dlr/huawei";

fn settings(more: &str) -> HuaweiSettings {
    let mut table: toml::Table = toml::from_str(
        "key_id = \"TESTAKHUAWEI00000000\"\nkey_secret = \"testSkHuawei0000000000000000000000000000\"\n\
         from = \"8823040504797\"\nsign_name = \"市政邮箱\"\n\
         template = { code = { zh-CN = \"0af54a31d9b84a2ab8c6d1a2e0e0a0a0\" } }",
    )
    .unwrap();
    table.extend(toml::from_str::<toml::Table>(more).unwrap());
    table.try_into().unwrap()
}

fn vendor(proof: Proof) -> Huawei {
    let settings = settings("");
    Huawei {
        endpoint: Endpoint::read(None, settings::ENDPOINT).unwrap(),
        key_id: settings.key_id.as_str().into(),
        callback: Some(Callback::new(&CALLBACK.to_owned().into())),
        key_secret: settings.key_secret,
        proof,
        from: settings.from.as_str().into(),
        sign_name: settings.sign_name.as_deref().map(Into::into),
        template: settings.template,
        values: Values::by_place(settings.params.as_deref()).unwrap(),
    }
}

const STAMP: Stamp = Stamp { now: Timestamp::from_millis(1_795_422_233_000), nonce: [0xab; 16] };

/// case 84
#[test]
fn the_signature_of_the_vendors_own_client_comes_out_the_same() {
    for text in CAPTURES {
        let captured = Captured::read(text);
        let signed = captured.signed();
        let canonical = signature::canonical(PATH, &signed);
        let secret = "testSkHuawei0000000000000000000000000000".to_owned().into();
        let key = ("TESTAKHUAWEI00000000", &secret);
        let authorization = signature::authorization(key, captured.header("x-sdk-date"), &canonical, &signed);
        assert_eq!(authorization, captured.header("authorization"));
    }
}

/// Computed by hand from the vendor's text: SHA-256 of nonce, time and secret in a row.
#[test]
fn a_wsse_digest_is_of_the_bytes_or_of_their_hex() {
    let secret = "testAppSecret0000000000000000".to_owned().into();
    let digest = |form| {
        let nonce = "66c92b11ff8a425fb8d4ccfe0ed9ed1f";
        signature::wsse(("testAppKey", &secret), nonce, "2026-11-23T08:30:00Z", form)
    };
    assert_eq!(
        digest(WsseDigest::Raw),
        "UsernameToken Username=\"testAppKey\",PasswordDigest=\"W6kb8mbkCpsLsoI5POlzpBrM2j1rZ0STrSW2QErrOIg=\",\
         Nonce=\"66c92b11ff8a425fb8d4ccfe0ed9ed1f\",Created=\"2026-11-23T08:30:00Z\""
    );
    let hex = "NWJhOTFiZjI2NmU0MGE5YjBiYjI4MjM5M2NlOTczYTQxYWNjZGEzZDZiNjc0NDkzYWQyNWI2NDA0YWViMzg4OA==";
    assert!(digest(WsseDigest::Hex).contains(hex));
}

/// case 2: the same form as the vendor's own client, the code a text in a list of texts.
#[test]
fn the_form_is_that_of_the_vendors_own_client() {
    let mut message = message("text");
    message.code = Some("123456".to_owned().into());
    let request = vendor(Proof::SdkHmac).request(&message, &STAMP).unwrap();
    let body = String::from_utf8(request.body().unwrap().as_bytes().unwrap().to_vec()).unwrap();
    let captured = Captured::read(CAPTURES[0]);
    assert_eq!(body.replace(ORDER, "rst-01"), captured.body);
    assert_eq!(request.url().as_str(), "https://smsapi.cn-north-4.myhuaweicloud.com/sms/batchSendSms/v1");
    for name in ["x-sdk-date", "x-sdk-content-sha256", "content-type"] {
        assert_eq!(request.headers()[name].to_str().unwrap(), captured.header(name));
    }
    message.code = Some("002569".to_owned().into());
    let request = vendor(Proof::Wsse(WsseDigest::Hex)).request(&message, &STAMP).unwrap();
    let body = String::from_utf8(request.body().unwrap().as_bytes().unwrap().to_vec()).unwrap();
    assert!(body.contains("&templateParas=%5B%22002569%22%5D&"), "{body}");
    assert_eq!(request.headers()["authorization"].to_str().unwrap(), signature::WSSE);
    assert!(request.headers()["x-wsse"].is_sensitive() && request.headers()["authorization"].is_sensitive());
}

fn judged(status: u16, body: &str) -> Result<Option<String>, SmsError> {
    let answer = Answer::of(status, Body::of(body));
    vendor(Proof::SdkHmac).judge(&answer, &Hidden::new(["13800138000", "text", "002569"]))
}

fn about(code: &str, status: &str) -> String {
    format!(
        "{{\"code\":\"{code}\",\"description\":\"d\",\"result\":[{{\"originTo\":\"+8613800138000\",\"smsMsgId\":\"4b4b34e7_8\",\
         \"status\":\"{status}\",\"countryId\":\"CN\",\"total\":1}}]}}"
    )
}

#[test]
fn the_status_of_the_one_number_tells_and_the_code_only_points_to_it() {
    assert_eq!(judged(200, &about("000000", "000000")), Ok(Some("4b4b34e7_8".to_owned())));
    let reason = "it answered 200 with E200033: d".to_owned();
    let template = Err(SmsError::Faulty { fault: SmsFault::Template, reason });
    assert_eq!(judged(200, &about("E000510", "E200033")), template);
    assert_eq!(judged(200, &about("000000", "E200033")), template);
    assert!(matches!(judged(200, &about("E000510", "000000")), Err(SmsError::Unknown { .. })));
    assert!(matches!(judged(500, &about("000000", "000000")), Err(SmsError::Unknown { .. })));
    assert!(matches!(judged(200, "{\"code\":\"000000\",\"result\":[]}"), Err(SmsError::Unknown { .. })));
    let clock = judged(401, "{\"code\":\"E000110\",\"description\":\"Time out limit.\"}");
    assert!(matches!(clock, Err(SmsError::Faulty { fault: SmsFault::Clock, .. })));
}

/// case 87: the vendor's list.
#[test]
fn each_documented_code_has_its_class() {
    use Meaning::{Faulty, NotTaken, Refused, Throttled, Unknown};
    use SmsFault::{Balance, Clock, Credentials, Signature, Template};
    for (class, codes) in [
        (Faulty(Credentials), "E000001 E000027 E000045 E000101 E000102 E000109 E000111 E000620"),
        (Faulty(Clock), "E000110"),
        (Faulty(Balance), "E000112"),
        (Faulty(Signature), "E200018 E200027"),
        (Faulty(Template), "E200028 E200029 E200030 E200031 E200032 E200033"),
        (Throttled, "E200015"),
        (Refused, "E200041"),
        (Unknown, "E000000 E200034 E200038"),
        (NotTaken, "E000503 E000510 E200035 E999999"),
    ] {
        codes.split_whitespace().for_each(|code| assert_eq!(errors::meaning(code), class, "{code}"));
    }
}

/// The path of the callback may be all that proves a receipt.
#[test]
fn the_callback_is_a_secret_as_it_is_and_as_the_form_writes_it() {
    let vendor = vendor(Proof::SdkHmac);
    assert!(vendor.secrets().contains(&CALLBACK));
    assert!(vendor.secrets().contains(&"https%3A%2F%2Freset.example.gov.cn%2Fv1%2Fdlr%2Fhuawei"));
    assert!(!format!("{:?}", vendor.callback).contains("/v1/dlr"));
}

#[test]
fn what_the_vendor_cannot_take_is_said_before_anything_starts() {
    let keys = |more: &str| settings(more).check().into_iter().map(|(key, _)| key).collect::<Vec<_>>();
    assert_eq!(settings("sign_name = \"\"").check(), []);
    assert_eq!(settings("auth = \"wsse\"\nwsse_digest = \"raw\"").check(), []);
    for (more, key) in [
        ("from = \"\"", "from"),
        ("from = \"+8610690000\"", "from"),
        ("sign_name = \"【市政邮箱】\"", "sign_name"),
        ("wsse_digest = \"hex\"", "wsse_digest"),
        ("auth = \"sdk-hmac\"\nwsse_digest = \"hex\"", "wsse_digest"),
        ("template = { code = { en = \"no-template\" } }", "template.code.en"),
        ("params = []", "params"),
        ("endpoint = \"https://smsapi.cn-south-1.myhuaweicloud.com/sms\"", "endpoint"),
    ] {
        assert_eq!(keys(more), [key], "{more}");
    }
}

proptest::proptest! {
    #[test]
    fn any_answer_is_judged_without_panic_and_taken_only_when_it_says_so(
        status in 100_u16..600,
        body in "\\PC{0,60}|([{\\[]?\"(code|description|result|smsMsgId|status)\":(null|7|\\[|\"(000000|E[0-9]{6})\")[}\\],]{0,3}){0,6}",
    ) {
        let outcome = judged(status, &body);
        proptest::prop_assert!(outcome.is_err() || (body.contains(r#""000000""#) && (200..300).contains(&status)));
    }
}
