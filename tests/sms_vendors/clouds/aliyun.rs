//! Alibaba Cloud, version 2017-05-25: "Request syntax and signature method V3", `SendSms`, `GetSmsSign`, `GetSmsTemplate`.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Answer, KEY_ID, KEY_SECRET, NOW, Request, escaped, hex, hmac, listed, pairs, part, sha256};

const MUST_BE_SIGNED: [&str; 6] =
    ["host", "x-acs-action", "x-acs-version", "x-acs-date", "x-acs-signature-nonce", "x-acs-content-sha256"];

pub fn serve(request: &Request, taken: &mut Vec<BTreeMap<String, String>>) -> Answer {
    if let Some((code, message)) = doubt(request) {
        return ("400 Bad Request", json!({ "RequestId": "A1", "Code": code, "Message": message }).to_string());
    }
    let given = pairs(&request.query);
    let get = |name: &str| given.get(name).map_or("", String::as_str);
    let said = |code: &str, message: &str| {
        ("200 OK", json!({ "RequestId": "A2", "Code": code, "Message": message }).to_string())
    };
    match request.header("x-acs-action") {
        "GetSmsSign" => {
            let registered =
                |operator: &str, status: i64| json!({ "OperatorCode": operator, "RegisterStatus": status });
            let list = [registered("mobile", 3), registered("unicom", -1), registered("telecom", 1)];
            let status = i64::from(get("SignName") == "市政邮箱");
            ("200 OK", json!({ "Code": "OK", "SignStatus": status, "SignIspRegisterDetailList": list }).to_string())
        }
        "GetSmsTemplate" => match get("TemplateCode") {
            "SMS_1" => {
                let content = "动态密码${code}，${min}分钟内有效";
                ("200 OK", json!({ "Code": "OK", "TemplateStatus": "1", "TemplateContent": content }).to_string())
            }
            "SMS_2" => ("200 OK", json!({ "Code": "OK", "TemplateStatus": "2" }).to_string()),
            _ => said("isv.SMS_TEMPLATE_ILLEGAL", "模板不合法"),
        },
        "SendSms" if get("PhoneNumbers").len() != 11 => said("isv.MOBILE_NUMBER_ILLEGAL", "非法手机号"),
        "SendSms" if get("SignName") != "市政邮箱" => said("isv.SMS_SIGNATURE_ILLEGAL", "签名不合法"),
        "SendSms" if get("TemplateCode") != "SMS_1" => said("isv.SMS_TEMPLATE_ILLEGAL", "模板不合法"),
        "SendSms" => match serde_json::from_str::<BTreeMap<String, Value>>(get("TemplateParam")) {
            Ok(params) if !params.values().all(Value::is_string) => said("isv.INVALID_JSON_PARAM", "参数不合法"),
            Ok(params) if params.contains_key("code") && params.contains_key("min") => {
                taken.push(given);
                let taken = json!({ "Code": "OK", "Message": "OK", "BizId": "9006^0", "RequestId": "A3" });
                ("200 OK", taken.to_string())
            }
            Ok(_) => said("isv.TEMPLATE_MISSING_PARAMETERS", "缺少参数"),
            Err(_) => said("isv.INVALID_JSON_PARAM", "参数不合法"),
        },
        _ => ("404 Not Found", json!({ "RequestId": "A4", "Code": "InvalidAction.NotFound" }).to_string()),
    }
}

fn doubt(request: &Request) -> Option<(&'static str, &'static str)> {
    let authorization = request.header("authorization");
    let signed = part(authorization, "SignedHeaders");
    let names: Vec<_> = signed.split(';').collect();
    if !authorization.starts_with("ACS3-HMAC-SHA256 ") || !MUST_BE_SIGNED.iter().all(|name| names.contains(name)) {
        return Some(("IncompleteSignature", "a header is not signed"));
    }
    if request.header("x-acs-version") != "2017-05-25" {
        return Some(("InvalidVersion", "no such version"));
    }
    if part(authorization, "Credential") != KEY_ID {
        return Some(("InvalidAccessKeyId.NotFound", "Specified access key is not found."));
    }
    let date = request.header("x-acs-date").parse::<jiff::Timestamp>().ok()?.as_millisecond();
    if (date - NOW.as_millis()).abs() > 15 * 60 * 1000 {
        return Some(("InvalidTimeStamp.Expired", "Specified time stamp or date value is expired."));
    }
    let query: Vec<_> = pairs(&request.query).iter().map(|(k, v)| format!("{}={}", escaped(k), escaped(v))).collect();
    let lines = listed(request, signed, ToOwned::to_owned);
    let hash = sha256(&request.body);
    let (method, path, query) = (&request.method, &request.path, query.join("&"));
    let canonical = format!("{method}\n{path}\n{query}\n{lines}\n{signed}\n{hash}");
    let signature = hmac(KEY_SECRET.as_bytes(), &format!("ACS3-HMAC-SHA256\n{}", sha256(&canonical)));
    let right = hash == request.header("x-acs-content-sha256") && hex(&signature) == part(authorization, "Signature");
    (!right).then_some(("SignatureDoesNotMatch", "Specified signature is not matched with our calculation."))
}
