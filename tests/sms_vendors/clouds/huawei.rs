//! Huawei Cloud, `batchSendSms` version 1: "API signing algorithm" and "X-WSSE authentication".

use std::collections::BTreeMap;

use data_encoding::BASE64;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{Answer, KEY_ID, KEY_SECRET, NOW, Request, hex, hmac, listed, pairs, part, sha256};

pub fn serve(request: &Request, taken: &mut Vec<BTreeMap<String, String>>) -> Answer {
    if let Some(code) = doubt(request) {
        return ("401 Unauthorized", json!({ "code": code, "description": "d" }).to_string());
    }
    let given = pairs(&request.body);
    let get = |name: &str| given.get(name).map_or("", String::as_str);
    let variables = serde_json::from_str::<Vec<String>>(get("templateParas")).unwrap_or_default();
    let status = if get("from") != "8823040504797" {
        "E200018"
    } else if get("templateId") != "0af54a31d9b84a2ab8c6d1a2e0e0a0a0" {
        "E200030"
    } else if variables.len() != 1 {
        "E200028"
    } else {
        "000000"
    };
    let code = if status == "000000" { status } else { "E000510" };
    let one = json!({ "originTo": get("to"), "smsMsgId": "4b4b34e7_8", "status": status, "total": 1 });
    if status == "000000" {
        taken.push(given);
    }
    ("200 OK", json!({ "code": code, "description": "d", "result": [one] }).to_string())
}

fn doubt(request: &Request) -> Option<&'static str> {
    if request.path != "/sms/batchSendSms/v1" || request.header("content-type") != "application/x-www-form-urlencoded" {
        return Some("E000040");
    }
    if request.header("authorization").starts_with("WSSE ") { wsse(request) } else { signed(request) }
}

fn signed(request: &Request) -> Option<&'static str> {
    let authorization = request.header("authorization");
    let signed = part(authorization, "SignedHeaders");
    let date = request.header("x-sdk-date");
    let sent = jiff::fmt::strtime::parse("%Y%m%dT%H%M%SZ", date).ok()?.to_datetime().ok()?;
    let sent = sent.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_millisecond();
    if (sent - NOW.as_millis()).abs() > 15 * 60 * 1000 {
        return Some("E000110");
    }
    if part(authorization, "Access") != KEY_ID {
        return Some("E000102");
    }
    let payload = match request.header("x-sdk-content-sha256") {
        "" => sha256(&request.body),
        named => named.to_owned(),
    };
    let lines = listed(request, signed, ToOwned::to_owned);
    let canonical = format!("{}\n{}/\n{}\n{lines}\n{signed}\n{payload}", request.method, request.path, request.query);
    let text = format!("SDK-HMAC-SHA256\n{date}\n{}", sha256(&canonical));
    let right = authorization.starts_with("SDK-HMAC-SHA256 ")
        && hex(&hmac(KEY_SECRET.as_bytes(), &text)) == part(authorization, "Signature");
    (!right).then_some("E000045")
}

/// Takes the digest as bytes and as hex, for nobody knows which of them the vendor takes.
fn wsse(request: &Request) -> Option<&'static str> {
    if request.header("authorization") != r#"WSSE realm="SDP",profile="UsernameToken",type="Appkey""# {
        return Some("E000008");
    }
    let token = request.header("x-wsse");
    let quoted = |name| part(token, name).trim_matches('"');
    let (nonce, created) = (quoted("Nonce"), quoted("Created"));
    let sent = created.parse::<jiff::Timestamp>().ok()?.as_millisecond();
    if (sent - NOW.as_millis()).abs() > 15 * 60 * 1000 {
        return Some("E000110");
    }
    let digest = Sha256::digest(format!("{nonce}{created}{KEY_SECRET}"));
    let forms = [BASE64.encode(&digest), BASE64.encode(hex(&digest).as_bytes())];
    // The digest ends in `=`, so it is read up to its quotation mark.
    let own = token.split_once("PasswordDigest=\"").and_then(|(_, rest)| rest.split_once('"')).map_or("", |it| it.0);
    let right = quoted("Username") == KEY_ID && forms.iter().any(|form| form == own);
    (!right).then_some("E000101")
}
