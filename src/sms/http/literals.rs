//! What an operator wrote into an address, a body or headers that may be the account's key: every value that no `{…}` fills,
//! and what stands beside a `{…}`.

use percent_encoding::percent_decode_str;
use reqwest::Url;
use reqwest::header::HeaderMap;
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::outgoing::FIELDS;
use super::settings::{Format, HttpSettings};
use crate::sms::template::Template;

/// Signs below which a text is no key, and would hide half of a transcript.
const SHORTEST: usize = 4;

/// Those values, as they stand, as they are written on the wire and as an answer may repeat them.
pub(super) fn read(settings: &HttpSettings, headers: &HeaderMap) -> Vec<SecretString> {
    let mut found = Found(Vec::new());
    found.address(&settings.url);
    if let Some(body) = &settings.body {
        match settings.format.unwrap_or(Format::Json) {
            Format::Form => found.pairs(body.expose_secret()),
            Format::Json => found.json(body.expose_secret()),
        }
    }
    for value in headers.values().filter(|value| value.is_sensitive()).filter_map(|value| value.to_str().ok()) {
        found.whole(value);
        // What follows the scheme.
        value.split_once(' ').into_iter().for_each(|(_, rest)| found.whole(rest));
    }
    found.0
}

struct Found(Vec<SecretString>);

impl Found {
    /// Each part of the path, and each value of the query. As it was written, too: the client may write it otherwise.
    fn address(&mut self, text: &str) {
        let Ok(url) = Url::parse(text) else { return };
        url.path_segments().into_iter().flatten().for_each(|segment| self.escaped(segment));
        self.pairs(url.query().unwrap_or_default());
        self.pairs(text.split_once('?').map_or("", |(_, query)| query));
    }

    fn pairs(&mut self, form: &str) {
        for pair in form.split('&') {
            self.escaped(pair.split_once('=').map_or(pair, |(_, value)| value));
        }
    }

    /// Every text and number of a JSON body but the names of members. Read as it was written: that is what is sent.
    fn json(&mut self, body: &str) {
        let mut rest = body;
        while let Some(at) = rest.find(|sign: char| sign == '"' || sign == '-' || sign.is_ascii_digit()) {
            let (token, after) = if rest[at..].starts_with('"') { text(&rest[at..]) } else { number(&rest[at..]) };
            rest = after;
            match token.strip_prefix('"').and_then(|token| token.strip_suffix('"')) {
                Some(_) if after.trim_start().starts_with(':') => {}
                Some(written) => {
                    self.value(written);
                    if let Ok(read) = serde_json::from_str::<String>(token).map(Zeroizing::new) {
                        self.value(&read);
                        let usual = Zeroizing::new(serde_json::Value::from(read.as_str()).to_string());
                        self.value(&usual[1..usual.len() - 1]);
                    }
                }
                None => self.whole(token),
            }
        }
    }

    fn escaped(&mut self, value: &str) {
        self.value(value);
        if let Ok(read) = percent_decode_str(value).decode_utf8() {
            self.value(&Zeroizing::new(read.into_owned()));
        }
    }

    /// What of a value nothing fills.
    fn value(&mut self, text: &str) {
        match Template::parse(text, FIELDS) {
            Ok(template) => template.literals().for_each(|literal| self.whole(literal)),
            Err(_) => self.whole(text),
        }
    }

    fn whole(&mut self, text: &str) {
        let is_known = self.0.iter().any(|known| known.expose_secret() == text);
        if text.len() >= SHORTEST && !is_known {
            self.0.push(text.to_owned().into());
        }
    }
}

/// The text in quotes that `rest` begins with, and what follows.
fn text(rest: &str) -> (&str, &str) {
    let mut is_escaped = false;
    let end = rest.bytes().skip(1).position(|byte| {
        let ends = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        ends
    });
    rest.split_at(end.map_or(rest.len(), |end| end + 2))
}

/// The number that `rest` begins with, and what follows.
fn number(rest: &str) -> (&str, &str) {
    let end = rest.find(|sign: char| !sign.is_ascii_alphanumeric() && !"+-.".contains(sign));
    rest.split_at(end.unwrap_or(rest.len()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use reqwest::header::HeaderValue;

    use super::*;
    use crate::sms::samples::gateway;

    fn found(more: &str) -> Vec<String> {
        read(&gateway(more), &HeaderMap::new()).iter().map(|secret| secret.expose_secret().to_owned()).collect()
    }

    #[test]
    fn values_that_nothing_fills_may_be_keys() {
        let json = r#"body = '{"to":"{to}","text":"{text}","auth":{"key":"s3cr\"t","n":1},"kind":"1"}'"#;
        assert_eq!(found(json), ["send", "s3cr\\\"t", "s3cr\"t"]);
        let form = "format = \"form\"\nbody = \"to={to}&text={text}&key=a%2Fb7&lone-key\"";
        assert_eq!(found(form), ["send", "a%2Fb7", "a/b7", "lone-key"]);
        let url = "url = \"https://sms.example.org/hooks/in-the-path%21/v1?key=in-the-url&v=2\"";
        assert_eq!(found(url), ["hooks", "in-the-path%21", "in-the-path!", "in-the-url"]);
    }

    #[test]
    fn numbers_and_what_stands_beside_a_field_may_be_keys() {
        let body =
            |json: &str| found(&format!("body = '{{\"to\":\"{{to}}\",\"text\":\"{{text}}\",{json}}}'"))[1..].to_vec();
        assert_eq!(
            body(r#""app": 140000666677778888999900001111, "n":[1,-12.50e3, true]"#),
            ["140000666677778888999900001111", "-12.50e3"]
        );
        assert_eq!(body(r#""sign":"key=s3cr3t;to={to};ab{Cd}""#), ["key=s3cr3t;to=", ";ab{Cd}"]);
        assert_eq!(body(r#""key":"a\/b\u0041c""#), [r"a\/b\u0041c", "a/bAc"]);
    }

    /// A gateway may repeat them in its answer.
    #[test]
    fn values_of_headers_are_keys_with_their_scheme_and_without() {
        let mut value = HeaderValue::from_static("Bearer t0ken");
        value.set_sensitive(true);
        let mut headers = HeaderMap::new();
        headers.insert("authorization", value);
        headers.insert("content-type", HeaderValue::from_static("application/json"));
        let found = read(&gateway(""), &headers);
        let found: Vec<_> = found.iter().map(ExposeSecret::expose_secret).collect();
        assert_eq!(found, ["send", "Bearer t0ken", "t0ken"]);
    }

    proptest! {
        #[test]
        fn parsing_any_body_as_json_never_panics(body in "\\PC{0,60}") {
            Found(Vec::new()).json(&body);
        }

        #[test]
        fn parsing_finds_every_text_of_a_json_body(values in prop::collection::vec("[^{}]{4,12}", 1..4)) {
            let mut found = Found(Vec::new());
            found.json(&serde_json::Value::from(values.clone()).to_string());
            for value in values {
                prop_assert!(found.0.iter().any(|known| known.expose_secret() == value), "{value}");
            }
        }
    }
}
