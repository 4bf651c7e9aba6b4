//! What an operator wrote into an address or a body that may be the account's key: every value that no `{…}` fills.

use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use zeroize::Zeroizing;

use super::settings::{Format, HttpSettings};

/// Signs below which a text is no key, and would hide half of a transcript.
const SHORTEST: usize = 4;

/// Those values, as they stand and as they are written on the wire.
pub(super) fn read(settings: &HttpSettings) -> Vec<SecretString> {
    let mut found = Vec::new();
    if let Ok(url) = Url::parse(&settings.url) {
        pairs(url.query().unwrap_or_default(), &mut found);
    }
    if let Some(body) = &settings.body {
        match settings.format.unwrap_or(Format::Json) {
            Format::Form => pairs(body.expose_secret(), &mut found),
            Format::Json => {
                if let Ok(body) = serde_json::from_str(body.expose_secret()) {
                    texts(&body, &mut found);
                }
            }
        }
    }
    found
}

fn pairs(form: &str, found: &mut Vec<SecretString>) {
    for value in form.split('&').filter_map(|pair| pair.split_once('=')).map(|(_, value)| value) {
        add(value, found);
    }
}

fn texts(value: &Value, found: &mut Vec<SecretString>) {
    match value {
        Value::String(text) => {
            add(text, found);
            // As JSON writes it.
            let written = Zeroizing::new(value.to_string());
            add(written.trim_matches('"'), found);
        }
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Object(members) => members.values().for_each(|member| texts(member, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn add(text: &str, found: &mut Vec<SecretString>) {
    let known = || found.iter().any(|known| known.expose_secret() == text);
    if text.len() >= SHORTEST && !text.contains(['{', '}']) && !known() {
        found.push(text.to_owned().into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sms::samples::gateway;

    fn found(more: &str) -> Vec<String> {
        read(&gateway(more)).iter().map(|secret| secret.expose_secret().to_owned()).collect()
    }

    #[test]
    fn values_that_nothing_fills_may_be_keys() {
        let json = r#"body = '{"to":"{to}","text":"{text}","auth":{"key":"s3cr\"t","n":1},"kind":"1"}'"#;
        assert_eq!(found(json), ["s3cr\"t", "s3cr\\\"t"]);
        assert_eq!(found("format = \"form\"\nbody = \"to={to}&text={text}&key=a%2Fb7\""), ["a%2Fb7"]);
        assert_eq!(found("url = \"https://sms.example.org/send?key=in-the-url&v=2\"")[0], "in-the-url");
    }
}
