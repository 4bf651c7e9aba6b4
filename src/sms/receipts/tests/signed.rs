//! case 90: only what the account's token signed is read, over the address that Twilio was given.

use serde_json::Value;

use super::*;

const URL: &str = "https://reset.example.gov.cn/v1/dlr/twilio";
const TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// Signatures that Twilio's own package made.
fn captured() -> Value {
    serde_json::from_str(include_str!("../../../../tests/sms_vendors/captures/twilio-callback-signatures.json"))
        .unwrap()
}

fn form(parameters: &Value) -> String {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in parameters.as_object().unwrap() {
        form.append_pair(name, value.as_str().unwrap());
    }
    form.finish()
}

struct Callback<'a> {
    token: &'a str,
    url: &'a str,
    query: &'a str,
    kind: &'a str,
    signature: Option<&'a str>,
    body: &'a str,
}

impl<'a> Callback<'a> {
    fn new(body: &'a str, signature: &'a str) -> Self {
        let kind = "application/x-www-form-urlencoded; charset=UTF-8";
        Self { token: TOKEN, url: URL, query: "", kind, signature: Some(signature), body }
    }

    fn read(&self) -> Result<Receipts, ReceiptError> {
        let header = |name: &str| match name {
            "x-twilio-signature" => self.signature,
            "content-type" => Some(self.kind),
            _ => None,
        };
        let format = ReceiptFormat::Twilio { auth_token: self.token.to_owned().into() };
        let posted = Posted { url: self.url, query: self.query, header: &header, body: self.body.as_bytes() };
        read("main", &format, &posted)
    }

    fn is_forged(&self) -> bool {
        self.read() == Err(ReceiptError::Forged)
    }
}

fn said(state: DeliveryState, code: Option<&str>) -> Receipts {
    let name = message("SM00000000000000000000000000000000");
    let report = DeliveryReport { provider: "main".into(), name, state, code: code.map(Into::into), at: None };
    Receipts { reports: vec![report], dropped: 0, answer: ReceiptAnswer { status: 204, content_type: "", body: "" } }
}

/// case 90
#[test]
fn what_twilio_signed_is_read() {
    let captured = captured();
    let good = form(&captured["params"]);
    let signature = captured["signature"].as_str().unwrap();
    assert_eq!(Callback::new(&good, signature).read(), Ok(said(DeliveryState::Delivered, None)));
    let failed = form(&captured["undelivered"]["params"]);
    let signature = captured["undelivered"]["signature"].as_str().unwrap();
    assert_eq!(Callback::new(&failed, signature).read(), Ok(said(DeliveryState::Failed, Some("30003"))));
}

/// case 90: Twilio signs with or without the port that goes without saying, and so may the address be written.
#[test]
fn a_standard_port_may_be_signed_or_not() {
    let captured = captured();
    let body = form(&captured["params"]);
    for signature in [&captured["signature"], &captured["url_with_port"]["signature"]] {
        let plain = Callback::new(&body, signature.as_str().unwrap());
        assert!(plain.read().is_ok());
        let url = captured["url_with_port"]["url"].as_str().unwrap();
        assert!(Callback { url, ..plain }.read().is_ok());
    }
}

/// case 90
#[test]
fn anything_else_is_forged() {
    let captured = captured();
    let good = form(&captured["params"]);
    let signature = captured["signature"].as_str().unwrap();
    let callback = || Callback::new(&good, signature);
    for forged in [
        Callback { token: "0123456789abcdef0123456789abcdee", ..callback() },
        Callback { signature: None, ..callback() },
        Callback { signature: Some(""), ..callback() },
        Callback { signature: Some("AAAA"), ..callback() },
        Callback { signature: Some(&signature[1..]), ..callback() },
        Callback { body: &good.replace("delivered", "failed"), ..callback() },
        Callback { body: &format!("{good}&Extra=1"), ..callback() },
        Callback { body: &good.replace("&ApiVersion=2010-04-01", ""), ..callback() },
        Callback { body: "", ..callback() },
        Callback { url: "http://reset.example.gov.cn/v1/dlr/twilio", ..callback() },
        Callback { url: "https://evil.example/v1/dlr/twilio", ..callback() },
        Callback { url: "https://reset.example.gov.cn:8443/v1/dlr/twili", ..callback() },
        Callback { query: "a=1", ..callback() },
        Callback { kind: "application/json", ..callback() },
    ] {
        assert!(forged.is_forged());
    }
}

/// The example of Twilio's documentation; its query counts as it stands.
#[test]
fn the_documented_example_is_right_and_its_query_keeps_its_order() {
    let example = &captured()["doc_example"];
    let body = form(&example["params"]);
    let (url, query) = example["url"].as_str().unwrap().split_once('?').unwrap();
    let signature = example["signature"].as_str().unwrap();
    let callback = |query| Callback { token: "12345", url, query, ..Callback::new(&body, signature) };
    // It is signed, but about a call: nothing that has a message id.
    assert_eq!(callback(query).read().unwrap().dropped, 1);
    assert!(callback("bar=2&foo=1").is_forged());
}

/// case 90: JSON is bound by its digest in the query, and the query by the signature.
#[test]
fn json_is_read_when_its_digest_is_signed() {
    let captured = &captured()["json_body"];
    let (url, query) = captured["url"].as_str().unwrap().split_once('?').unwrap();
    let signature = captured["signature"].as_str().unwrap();
    let body = captured["body"].as_str().unwrap();
    let callback = |body, query| Callback { url, query, kind: "application/json", ..Callback::new(body, signature) };
    assert_eq!(callback(body, query).read().unwrap().dropped, 1);
    assert!(callback("{\"a\":2}", query).is_forged());
    assert!(callback(body, "").is_forged());
    assert!(callback(body, "bodySHA256=00").is_forged());
}

#[test]
fn every_status_has_a_meaning_and_some_failures_a_closer_one() {
    let state = |body: &str| twilio::report(&Entry::of_form(body.as_bytes())).unwrap().state;
    for (body, expected) in [
        ("MessageSid=SM1&MessageStatus=sent", DeliveryState::Accepted),
        ("MessageSid=SM1&MessageStatus=queued", DeliveryState::Accepted),
        ("SmsSid=SM1&SmsStatus=delivered", DeliveryState::Delivered),
        ("MessageSid=SM1&MessageStatus=failed&ErrorCode=30007", DeliveryState::Rejected),
        ("MessageSid=SM1&MessageStatus=failed&ErrorCode=30036", DeliveryState::Expired),
        ("MessageSid=SM1&MessageStatus=canceled", DeliveryState::Failed),
        ("MessageSid=SM1&MessageStatus=dancing", DeliveryState::Unknown),
        ("MessageSid=SM1", DeliveryState::Unknown),
    ] {
        assert_eq!(state(body), expected, "{body}");
    }
}

/// More members than receipts have are refused as they are, even if they were signed: nothing is sorted for strangers.
#[test]
fn a_form_of_very_many_members_is_forged() {
    use hmac::{Hmac, KeyInit, Mac};
    for (members, is_forged) in [(100, false), (101, true)] {
        let names: Vec<_> = (100..100 + members).map(|number| format!("m{number}")).collect();
        let mut mac = Hmac::<sha1::Sha1>::new_from_slice(TOKEN.as_bytes()).unwrap();
        mac.update(URL.as_bytes());
        mac.update(names.concat().as_bytes());
        let signature = data_encoding::BASE64.encode(&mac.finalize().into_bytes());
        assert_eq!(Callback::new(&names.join("&"), &signature).is_forged(), is_forged, "{members}");
    }
}
