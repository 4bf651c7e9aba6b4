use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::sms::MessageKind;
use crate::sms::samples::{ORDER, gateway, message};

fn filled(more: &str, message: &SmsMessage) -> (String, Option<String>) {
    let (url, body) = Outgoing::read(&gateway(more)).unwrap().fill(message).unwrap();
    (url.to_string(), body)
}

fn problem(more: &str) -> String {
    let problems = Outgoing::read(&gateway(more)).unwrap_err();
    problems.into_iter().map(|(key, problem)| format!("{key} {problem}")).collect::<Vec<_>>().join("\n")
}

/// case 2: the code is a text in JSON, with its leading zeros.
#[test]
fn every_value_has_its_place_in_json() {
    let body =
        r#"body = '{"a":["{to}","{to_national}","x{code}"],"b":{"t":"{text}"},"r":"{ref}","l":"{locale}","n":{}}'"#;
    let (_, body) = filled(body, &message("a \"quoted\"\n\\ text"));
    let expected = json!({
        "a": ["+8613800138000", "13800138000", "x002569"], "b": {"t": "a \"quoted\"\n\\ text"},
        "r": ORDER, "l": "zh-CN", "n": {},
    });
    assert_eq!(serde_json::from_str::<Value>(&body.unwrap()).unwrap(), expected);
}

#[test]
fn every_value_is_percent_encoded_in_a_form() {
    let form = "format = \"form\"\nbody = \"key=1&to={to}&text={text}&code={code}\"";
    let (_, body) = filled(form, &message("a&b=c +%码"));
    assert_eq!(body.unwrap(), "key=1&to=%2B8613800138000&text=a%26b%3Dc%20%2B%25%E7%A0%81&code=002569");
}

#[test]
fn a_get_on_this_machine_carries_the_values_in_its_query() {
    let get = "method = \"GET\"\nbody = \"-\"\nurl = \"http://127.0.0.1:9/send?to={to}&text={text}\"";
    let (url, body) = filled(get, &message("a&b#c"));
    assert_eq!((url.as_str(), body), ("http://127.0.0.1:9/send?to=%2B8613800138000&text=a%26b%23c", None));
}

#[test]
fn a_notice_leaves_the_place_of_the_code_empty() {
    let notice = SmsMessage { kind: MessageKind::Notice, code: None, ..message("changed") };
    let (_, body) = filled(r#"body = '{"to":"{to}","text":"{text}","code":"{code}"}'"#, &notice);
    assert_eq!(serde_json::from_str::<Value>(&body.unwrap()).unwrap()["code"], "");
    assert!(!Outgoing::read(&gateway(r#"body = '{"to":"{to}","code":"{code}"}'"#)).unwrap().has_text());
}

#[test]
fn urls_that_leak_or_lead_nowhere_are_refused_with_what_to_write() {
    let local = "http://localhost:9/send";
    for (url, says) in [
        ("send", "is not a URL"),
        ("https://sms.example.org/a b", "is not a URL"),
        ("ftp://sms.example.org/", "must begin with https"),
        ("http://sms.example.org/", "is not encrypted"),
        ("http://127.0.0.1.example.org/", "is not encrypted"),
        ("https://name:key@sms.example.org/", "into headers"),
        ("https://sms.example.org/#key", "holds a `#`"),
        ("https://sms.example.org/?to={to}", "put it into the body"),
        ("https://sms.example.org/?to={phone}", "`{phone}` is not known here"),
        (&format!("{local}/{{ref}}"), "only after its `?`"),
        ("http://localhost:9{text}/?", "only after its `?`"),
    ] {
        let told = problem(&format!("url = \"{url}\""));
        assert!(told.starts_with("url ") && told.contains(says), "{url}: {told}");
    }
    for url in [local, "http://127.8.8.8/", "http://[::1]:9/", "https://sms.example.org/send?key=1"] {
        assert!(Outgoing::read(&gateway(&format!("url = \"{url}\""))).is_ok(), "{url}");
    }
}

/// A GET puts the text where proxies log it.
#[test]
fn a_get_to_another_machine_is_refused() {
    assert!(problem("method = \"GET\"\nbody = \"-\"").contains("set method = \"POST\""));
    assert!(problem("method = \"GET\"\nurl = \"http://localhost/?t={text}&to={to}\"").starts_with("body has no use"));
}

#[test]
fn bodies_that_could_not_be_filled_safely_are_refused() {
    for (body, says) in [
        ("body = \"-\"", "body is missing"),
        (r#"body = '{"to":{to},"text":"{text}"}'"#, "each {…} must stand inside quotes"),
        (r#"body = '{"to":"{to}","text":"\{text}"}'"#, "each {…} must stand inside quotes"),
        (r#"body = '{"to":"{to}","text":"\u00{text}"}'"#, "each {…} must stand inside quotes"),
        (r#"body = '{"to":"{to}","text":"\ud800{text}"}'"#, "each {…} must stand inside quotes"),
        (r#"body = '{"to":"{to}","name":"{name}"}'"#, "`{name}` is not known here"),
        (r#"body = '{"text":"{text}"}'"#, "names no receiver"),
        (r#"body = '{"to":"{to}"}'"#, "carries no message"),
        ("format = \"form\"\nbody = \"to={to}&text= {text}\"", "write them as %XX"),
    ] {
        assert!(problem(body).contains(says), "{body}: {}", problem(body));
    }
}

/// A body may hold the account's key: what is wrong with it is said without quoting it.
#[test]
fn an_error_does_not_quote_the_body() {
    assert!(!problem("body = '{\"key\": s3cr3t}'").contains("s3cr3t"));
}

fn outside_text() -> impl Strategy<Value = String> {
    proptest::collection::vec(
        prop_oneof![any::<char>(), "[\"\\\\{}&=#%+/?:,\n\r\u{0}]".prop_map(|it| it.chars().next().unwrap_or('x'))],
        0..40,
    )
    .prop_map(|signs| signs.into_iter().collect())
}

proptest! {
    /// case 77: no text breaks out of its JSON string: the rest of the document stays as it was written.
    #[test]
    fn a_text_stays_in_its_json_string(text in outside_text()) {
        let message = message(&text);
        let (_, body) = filled(r#"body = '{"to":"{to}","a":{"text":"<{text}>"},"ref":"{ref}","end":1}'"#, &message);
        let expected = json!({"to": "+8613800138000", "a": {"text": format!("<{text}>")}, "ref": ORDER, "end": 1});
        prop_assert_eq!(serde_json::from_str::<Value>(&body.unwrap()).unwrap(), expected);
    }

    /// case 77: nor out of its form field.
    #[test]
    fn a_text_stays_in_its_form_field(text in outside_text()) {
        let (_, body) = filled("format = \"form\"\nbody = \"to={to}&text={text}&end=1\"", &message(&text));
        let read = Url::parse(&format!("http://x/?{}", body.unwrap())).unwrap();
        let pairs: Vec<_> = read.query_pairs().map(|(key, value)| (key.into_owned(), value.into_owned())).collect();
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        prop_assert_eq!(pairs, vec![pair("to", "+8613800138000"), pair("text", &text), pair("end", "1")]);
    }

    /// case 77: nor out of its query field.
    #[test]
    fn a_text_stays_in_its_query_field(text in outside_text()) {
        let get = "method = \"GET\"\nbody = \"-\"\nurl = \"http://127.0.0.1:9/send?to={to}&text={text}&end=1\"";
        let url = Url::parse(&filled(get, &message(&text)).0).unwrap();
        prop_assert_eq!((url.host_str(), url.path(), url.fragment()), (Some("127.0.0.1"), "/send", None));
        let pairs: Vec<_> = url.query_pairs().map(|(_, value)| value.into_owned()).collect();
        prop_assert_eq!(pairs, vec!["+8613800138000".to_owned(), text, "1".to_owned()]);
    }

    /// Whatever an operator writes is read or refused.
    #[test]
    fn any_body_and_any_url_are_read_without_panic(text in outside_text()) {
        let settings = HttpSettings { body: Some(text.clone().into()), url: text, ..gateway("") };
        let _ = Outgoing::read(&settings);
    }
}
