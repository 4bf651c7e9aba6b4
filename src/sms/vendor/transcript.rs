//! What goes over the wire, for an operator's test message: secrets and the number masked.

use std::fmt;

use crate::outbound::{Answer, Body};
use crate::sms::SmsMessage;

/// What stands where a secret was.
const MASK: &str = "••••";
/// The most that is shown of a body.
const MAX_SHOWN: usize = 2_000;

/// Lines of a request (`>`) and its answer (`<`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Transcript(Vec<String>);

impl Transcript {
    /// Whether nothing stands in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds the lines of another one.
    pub fn append(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Adds one line as it is; the caller has masked it.
    pub fn line(&mut self, line: impl Into<String>) {
        self.0.push(line.into());
    }

    /// Adds a request.
    pub(super) fn request(&mut self, request: &reqwest::Request, message: &SmsMessage, secrets: &[&str]) {
        let shown = |text: &str| masked(text, message, secrets);
        self.line(shown(&format!("> {} {}", request.method(), request.url())));
        for (name, value) in request.headers() {
            let value = value.to_str().unwrap_or_default();
            let value = match (is_secret(request.headers(), name), value.split_once(' ')) {
                (false, _) => shown(value),
                // The scheme and what was signed tell an operator what is wrong; the rest is the secret.
                (true, Some((scheme, _))) if name == reqwest::header::AUTHORIZATION => format!("{scheme} {MASK}"),
                (true, _) => MASK.to_owned(),
            };
            self.line(format!("> {name}: {value}"));
        }
        let body = request.body().and_then(reqwest::Body::as_bytes).unwrap_or_default();
        self.body('>', &String::from_utf8_lossy(body), &shown);
    }

    /// Adds an answer.
    pub(super) fn answer(&mut self, answer: &Answer, message: &SmsMessage, secrets: &[&str]) {
        let shown = |text: &str| masked(text, message, secrets);
        self.line(format!("< {}", answer.status));
        match &answer.body {
            Body::Read(written) => self.body('<', &written.shown(), &shown),
            Body::Unread(reason) => self.line(format!("< ({reason})")),
        }
    }

    fn body(&mut self, mark: char, text: &str, shown: &dyn Fn(&str) -> String) {
        let text = shown(text);
        let short: String = text.chars().take(MAX_SHOWN).collect();
        for line in short.lines() {
            self.line(format!("{mark} {}", line.replace(|sign: char| sign.is_control(), " ")));
        }
    }
}

fn is_secret(headers: &reqwest::header::HeaderMap, name: &reqwest::header::HeaderName) -> bool {
    headers.get_all(name).iter().any(reqwest::header::HeaderValue::is_sensitive)
}

/// The number with its middle hidden, as written and as a form writes it; the secrets not at all. Secrets are looked for in
/// the text as it came, so that none hides in what another one left over.
fn masked(text: &str, message: &SmsMessage, secrets: &[&str]) -> String {
    let number = message.to.national();
    let mut places: Vec<(usize, usize)> = secrets.iter().flat_map(|secret| occurrences(text, secret)).collect();
    places.sort_unstable();
    let (mut shown, mut done) = (String::new(), 0);
    for (start, end) in places {
        if start >= done {
            shown.push_str(&text[done..start].replace(number, &message.to.masked()));
            shown.push_str(MASK);
        }
        done = done.max(end);
    }
    shown + &text[done..].replace(number, &message.to.masked())
}

/// Where `secret` stands in `text`, also where it overlaps itself.
fn occurrences(text: &str, secret: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find(secret).filter(|_| !secret.is_empty()) {
        found.push((from + at, from + at + secret.len()));
        from += at + secret.chars().next().map_or(1, char::len_utf8);
    }
    found
}

impl fmt::Display for Transcript {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|line| writeln!(out, "{line}"))
    }
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;
    use crate::sms::samples::message;

    #[test]
    fn a_request_is_shown_without_its_secrets_and_with_the_number_masked() {
        let url = "https://sms.example.org/?key=k3y&to=%2B8613800138000".parse().unwrap();
        let mut request = reqwest::Request::new(reqwest::Method::POST, url);
        let mut value = HeaderValue::from_static("Basic czNjcjN0");
        value.set_sensitive(true);
        request.headers_mut().insert("authorization", value.clone());
        request.headers_mut().insert("x-key", value);
        request.headers_mut().insert("x-sdk-date", HeaderValue::from_static("20261123T083000Z"));
        *request.body_mut() = Some("{\"to\":\"+8613800138000\",\n\"key\":\"s3cr3t\"}".into());
        let mut transcript = Transcript::default();
        transcript.request(&request, &message("text"), &["s3cr3t", "k3y", ""]);
        let expected = "> POST https://sms.example.org/?key=••••&to=%2B86138****8000\n> authorization: Basic ••••\n\
                        > x-key: ••••\n> x-sdk-date: 20261123T083000Z\n> {\"to\":\"+86138****8000\",\n> \"key\":\"••••\"}\n";
        assert_eq!(transcript.to_string(), expected);
    }

    #[test]
    fn a_secret_is_masked_whole_although_another_is_a_part_of_it_or_reaches_into_it() {
        let shown = |text: &str, secrets: &[&str]| masked(text, &message("text"), secrets);
        assert_eq!(shown("re-send-k3y, send", &["send", "re-send-k3y"]), "••••, ••••");
        assert_eq!(shown("<abcdefgh>", &["abcdef", "efgh"]), "<••••>");
        assert_eq!(shown("ababab 市ab", &["abab", "市a"]), "•••• ••••b");
        assert_eq!(shown("to 13800138000 x13800138000-k3y", &["x13800138000-k3y"]), "to 138****8000 ••••");
    }
}
