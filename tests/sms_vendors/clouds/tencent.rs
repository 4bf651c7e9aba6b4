//! Tencent Cloud, version 2021-01-11: "Signature v3", `SendSms`, and the lists of templates, signatures and packages.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Answer, KEY_ID, KEY_SECRET, NOW, Request, hex, hmac, listed, part, sha256};

pub fn serve(request: &Request, taken: &mut Vec<BTreeMap<String, String>>) -> Answer {
    let said = |response: Value| ("200 OK", json!({ "Response": response }).to_string());
    let failed = |code: &str| said(json!({ "Error": { "Code": code, "Message": "m" }, "RequestId": "T1" }));
    if let Some(code) = doubt(request) {
        return failed(code);
    }
    let Ok(body) = serde_json::from_str::<Value>(&request.body) else { return failed("FailedOperation.JsonParseFail") };
    match request.header("x-tc-action") {
        "DescribeSmsTemplateList"
            if body["TemplateIdSet"].as_array().is_some_and(|ids| ids.iter().all(Value::is_u64)) =>
        {
            let of = |id: u64, status: i64| json!({ "TemplateId": id, "International": 0, "StatusCode": status });
            said(json!({ "DescribeTemplateStatusSet": [of(1_234_567, 0), of(1_234_568, -1)], "RequestId": "T2" }))
        }
        "DescribeSmsSignList" => {
            let own = json!({ "SignId": 5, "SignName": "市政邮箱", "StatusCode": 1 });
            said(json!({ "DescribeSignListStatusSet": [own], "RequestId": "T3" }))
        }
        "SmsPackagesStatistics" if body["BeginTime"] == "2024112308" && body["EndTime"] == "2026112308" => {
            let of = |ends: i64, amount: u64, used: u64| json!({ "PackageExpiredTime": ends, "PackageAmount": amount, "CurrentUsage": used });
            let set = [of(NOW.as_secs() - 1, 1000, 0), of(NOW.as_secs() + 1, 1000, 400)];
            said(json!({ "SmsPackagesStatisticsSet": set, "RequestId": "T4" }))
        }
        "SendSms" => {
            let code = send(&body);
            if code == "Ok" {
                let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
                let fields = body.as_object().unwrap().iter();
                taken.push(fields.map(|(name, value)| (name.clone(), text(value))).collect());
            }
            let number = &body["PhoneNumberSet"][0];
            let status = json!({ "SerialNo": "2640:1", "PhoneNumber": number, "Fee": 1, "Code": code, "Message": "m" });
            said(json!({ "SendStatusSet": [status], "RequestId": "T5" }))
        }
        _ => failed("InvalidAction"),
    }
}

fn send(body: &Value) -> &'static str {
    let variables = body["TemplateParamSet"].as_array().map_or(&[][..], Vec::as_slice);
    let digits = |value: &Value| {
        value.as_str().is_some_and(|text| text.len() <= 6 && text.bytes().all(|byte| byte.is_ascii_digit()))
    };
    if body["SmsSdkAppId"] != "1400000000" {
        "UnauthorizedOperation.SmsSdkAppIdVerifyFail"
    } else if body["SignName"] != "市政邮箱" {
        "FailedOperation.SignatureIncorrectOrUnapproved"
    } else if body["TemplateId"] != "1234567" || variables.len() != 2 {
        "FailedOperation.TemplateIncorrectOrUnapproved"
    } else if !variables.iter().all(digits) {
        "InvalidParameterValue.TemplateParameterFormatError"
    } else if body["PhoneNumberSet"].as_array().is_none_or(|numbers| numbers.len() != 1) {
        "InvalidParameterValue.IncorrectPhoneNumber"
    } else {
        "Ok"
    }
}

fn doubt(request: &Request) -> Option<&'static str> {
    let authorization = request.header("authorization");
    let signed = part(authorization, "SignedHeaders");
    let seconds: i64 = request.header("x-tc-timestamp").parse().unwrap_or(0);
    let day = jiff::Timestamp::from_second(seconds).unwrap().strftime("%Y-%m-%d").to_string();
    let scope = format!("{day}/sms/tc3_request");
    let names: Vec<_> = signed.split(';').collect();
    if !names.contains(&"content-type") || !names.contains(&"host") || request.header("x-tc-region").is_empty() {
        return Some("AuthFailure.InvalidAuthorization");
    }
    if (seconds - NOW.as_secs()).abs() > 300 {
        return Some("AuthFailure.SignatureExpire");
    }
    if part(authorization, "Credential") != format!("{KEY_ID}/{scope}") {
        return Some("AuthFailure.SecretIdNotFound");
    }
    let lines = listed(request, signed, str::to_lowercase);
    let (method, path, query, hash) = (&request.method, &request.path, &request.query, sha256(&request.body));
    let canonical = format!("{method}\n{path}\n{query}\n{lines}\n{signed}\n{hash}");
    let text = format!("TC3-HMAC-SHA256\n{seconds}\n{scope}\n{}", sha256(&canonical));
    let key = ["sms", "tc3_request"]
        .iter()
        .fold(hmac(format!("TC3{KEY_SECRET}").as_bytes(), &day), |key, step| hmac(&key, step));
    let right =
        authorization.starts_with("TC3-HMAC-SHA256 ") && hex(&hmac(&key, &text)) == part(authorization, "Signature");
    (!right).then_some("AuthFailure.SignatureFailure")
}
