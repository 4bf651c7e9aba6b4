//! Signed requests: HTTP Message Signatures (RFC 9421) with HMAC-SHA-256, over the digest of the body (RFC 9530).
//!
//! A standard form, so that implementers find a library; and a text of a few lines for those who do not.

use data_encoding::{BASE64, HEXLOWER};
use hmac::{Hmac, KeyInit, Mac};
use reqwest::Request;
use reqwest::header::{HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::domain::Timestamp;

/// The fewest characters of a key; `resetgate secret new` makes 43.
const MIN_KEY: usize = 32;
/// The most characters of a key's name.
const MAX_KEY_ID: usize = 64;
/// What is signed, in this order; a header that a request does not have is left out.
const COVERED: [&str; 5] = ["@method", "@path", "content-digest", "resetgate-version", "idempotency-key"];

/// A key that requests are signed with, and its name.
#[derive(Clone)]
pub struct SigningKey {
    id: Box<str>,
    key: SecretString,
}

/// What makes one request different from the next.
#[derive(Debug, Clone, Copy)]
pub struct Stamp {
    /// When it is made.
    pub now: Timestamp,
    /// Never the same twice.
    pub nonce: [u8; 16],
}

impl SigningKey {
    /// From the settings `key_id` and `key`.
    #[must_use]
    pub fn new(id: &str, key: &SecretString) -> Self {
        Self { id: id.into(), key: key.clone() }
    }

    /// Problems of the settings, by their names.
    #[must_use]
    pub fn problems(id: &str, key: &SecretString) -> Vec<(&'static str, String)> {
        let mut problems = Vec::new();
        let plain = |sign: u8| sign.is_ascii_alphanumeric() || matches!(sign, b'.' | b'-' | b'_');
        if !(1..=MAX_KEY_ID).contains(&id.len()) || !id.bytes().all(plain) {
            let problem = format!("must be 1 to {MAX_KEY_ID} of A-Z a-z 0-9 . - _; write the name the key has there");
            problems.push(("key_id", problem));
        }
        let length = key.expose_secret().chars().count();
        if length < MIN_KEY {
            let problem =
                format!("has {length} characters and needs at least {MIN_KEY}; make one: resetgate secret new");
            problems.push(("key", problem));
        }
        problems
    }

    /// Adds `content-digest`, `signature-input` and `signature`. The request must be complete.
    pub fn sign(&self, request: &mut Request, stamp: &Stamp) {
        let body = request.body().and_then(reqwest::Body::as_bytes).unwrap_or_default();
        let digest = format!("sha-256=:{}:", BASE64.encode(&Sha256::digest(body)));
        insert(request, "content-digest", &digest);
        let covered: Vec<_> = COVERED.into_iter().filter_map(|name| Some((name, component(request, name)?))).collect();
        let names: Vec<_> = covered.iter().map(|(name, _)| format!("\"{name}\"")).collect();
        let parameters = format!(
            "({});created={};nonce=\"{}\";keyid=\"{}\";alg=\"hmac-sha256\"",
            names.join(" "),
            stamp.now.as_secs(),
            HEXLOWER.encode(&stamp.nonce),
            self.id,
        );
        let signature = BASE64.encode(&self.tag(&base(&covered, &parameters)));
        insert(request, "signature-input", &format!("sig={parameters}"));
        insert(request, "signature", &format!("sig=:{signature}:"));
    }

    fn tag(&self, base: &str) -> Vec<u8> {
        match Hmac::<Sha256>::new_from_slice(self.key.expose_secret().as_bytes()) {
            Ok(mac) => mac.chain_update(base).finalize().into_bytes().to_vec(),
            Err(_) => unreachable!("HMAC takes keys of any length"),
        }
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "SigningKey({}, ••••)", self.id)
    }
}

/// The signature base of RFC 9421, 2.5: a line for each component, the parameters last, no line end after them.
fn base(covered: &[(&str, String)], parameters: &str) -> String {
    let mut lines: Vec<_> = covered.iter().map(|(name, value)| format!("\"{name}\": {value}")).collect();
    lines.push(format!("\"@signature-params\": {parameters}"));
    lines.join("\n")
}

fn component(request: &Request, name: &str) -> Option<String> {
    match name {
        "@method" => Some(request.method().to_string()),
        "@path" => Some(request.url().path().to_owned()),
        header => Some(request.headers().get(header)?.to_str().ok()?.trim().to_owned()),
    }
}

/// Everything that is put in is visible ASCII, so it is always put in.
fn insert(request: &mut Request, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        request.headers_mut().insert(HeaderName::from_static(name), value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> SigningKey {
        SigningKey::new("gate-1", &"0123456789abcdef0123456789abcdef".to_owned().into())
    }

    /// RFC 9421, B.2.5: the published example of an HMAC signature. Its key is binary, so the tag is made here.
    #[test]
    fn the_published_example_of_the_standard_comes_out() {
        let key = "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==";
        let covered = [
            ("date", "Tue, 20 Apr 2021 02:07:55 GMT".to_owned()),
            ("@authority", "example.com".to_owned()),
            ("content-type", "application/json".to_owned()),
        ];
        let parameters = "(\"date\" \"@authority\" \"content-type\");created=1618884473;keyid=\"test-shared-secret\"";
        let mac = Hmac::<Sha256>::new_from_slice(&BASE64.decode(key.as_bytes()).unwrap()).unwrap();
        let tag = mac.chain_update(base(&covered, parameters)).finalize().into_bytes();
        assert_eq!(BASE64.encode(&tag), "pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=");
    }

    fn signed(path: &str, body: &str, once: Option<&str>) -> Request {
        let url = format!("https://accounts.example.gov.cn{path}").parse().unwrap();
        let mut request = Request::new(reqwest::Method::POST, url);
        request.headers_mut().insert("resetgate-version", HeaderValue::from_static("1"));
        if let Some(once) = once {
            request.headers_mut().insert("idempotency-key", HeaderValue::from_str(once).unwrap());
        }
        *request.body_mut() = Some(body.to_owned().into());
        key()
            .sign(&mut request, &Stamp { now: Timestamp::from_millis(1_795_417_200_500), nonce: *b"sixteen bytes 16" });
        request
    }

    /// The examples of the description for implementers, who test their own code with them.
    #[test]
    fn the_vectors_of_the_description_come_out() {
        let description: serde_json::Value = serde_json::from_str(crate::account::http::OPENAPI).unwrap();
        let vectors = description["components"]["x-signature-vectors"].as_array().unwrap();
        assert_eq!(vectors.len(), 2);
        for vector in vectors {
            let text = |name: &str| vector[name].as_str().unwrap();
            let request = signed(text("path"), text("body"), vector["idempotency_key"].as_str());
            for name in ["content-digest", "signature-input", "signature"] {
                assert_eq!(request.headers()[name], text(name), "{vector}");
            }
            let covered: Vec<_> =
                COVERED.into_iter().filter_map(|name| Some((name, component(&request, name)?))).collect();
            let parameters = text("signature-input").strip_prefix("sig=").unwrap();
            assert_eq!(base(&covered, parameters), text("signature_base"));
        }
    }

    #[test]
    fn a_key_that_can_be_guessed_or_named_badly_is_refused_without_being_shown() {
        let problems = |id: &str, key: &str| SigningKey::problems(id, &key.to_owned().into());
        assert_eq!(problems("gate-1", &"k".repeat(32)), []);
        for id in ["", "a b", "a\"", &"a".repeat(65)] {
            assert_eq!(problems(id, &"k".repeat(32))[0].0, "key_id", "{id}");
        }
        let told = problems("gate-1", "s3cr3t");
        assert!(told[0].0 == "key" && !told[0].1.contains("s3cr3t"), "{told:?}");
        assert!(!format!("{:?}", key()).contains("0123"));
    }
}
