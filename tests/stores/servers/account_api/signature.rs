//! Verifying a request, step by step as the description says.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use actix_web::HttpRequest;
use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use resetgate::domain::Clock;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

const WINDOW: i64 = 300;
const NEEDED: [&str; 4] = ["@method", "@path", "content-digest", "resetgate-version"];

/// Why a request is not accepted.
#[derive(Debug, PartialEq, Eq)]
pub enum Refusal {
    Missing(&'static str),
    UnknownKey,
    Stale,
    NotCovered,
    Digest,
    Signature,
    Replayed,
}

pub struct Verifier {
    key_id: String,
    key: String,
    clock: Arc<dyn Clock>,
    seen: Mutex<HashMap<String, i64>>,
}

impl Verifier {
    pub fn new(key_id: &str, key: &str, clock: Arc<dyn Clock>) -> Self {
        Self { key_id: key_id.to_owned(), key: key.to_owned(), clock, seen: Mutex::default() }
    }

    pub fn verify(&self, request: &HttpRequest, body: &[u8]) -> Result<(), Refusal> {
        let header = |name: &'static str| {
            request.headers().get(name).and_then(|value| value.to_str().ok()).ok_or(Refusal::Missing(name))
        };
        let input = header("signature-input")?.strip_prefix("sig=").ok_or(Refusal::Missing("sig"))?;
        let (list, parameters) = input.strip_prefix('(').and_then(|rest| rest.split_once(')')).unwrap_or_default();
        let parameters: HashMap<_, _> = parameters
            .split(';')
            .filter_map(|part| part.split_once('='))
            .map(|(k, v)| (k, v.trim_matches('"')))
            .collect();
        // 1.
        if parameters.get("keyid") != Some(&self.key_id.as_str()) || parameters.get("alg") != Some(&"hmac-sha256") {
            return Err(Refusal::UnknownKey);
        }
        // 2.
        let now = self.clock.now().as_secs();
        let created: i64 = parameters.get("created").and_then(|text| text.parse().ok()).ok_or(Refusal::Stale)?;
        if (now - created).abs() > WINDOW {
            return Err(Refusal::Stale);
        }
        // 3.
        let covered: Vec<_> = list.split(' ').map(|name| name.trim_matches('"')).collect();
        let once = request.headers().contains_key("idempotency-key");
        if !NEEDED.iter().all(|name| covered.contains(name)) || once != covered.contains(&"idempotency-key") {
            return Err(Refusal::NotCovered);
        }
        // 4.
        let digest = format!("sha-256=:{}:", BASE64.encode(&Sha256::digest(body)));
        if header("content-digest")? != digest {
            return Err(Refusal::Digest);
        }
        // 5.
        let value = |name: &str| match name {
            "@method" => request.method().as_str().to_owned(),
            "@path" => request.path().to_owned(),
            name => request.headers().get(name).unwrap().to_str().unwrap().to_owned(),
        };
        let lines: Vec<_> = covered.iter().map(|name| format!("\"{name}\": {}\n", value(name))).collect();
        let base = format!("{}\"@signature-params\": {input}", lines.concat());
        // 6.
        let mac = Hmac::<Sha256>::new_from_slice(self.key.as_bytes()).unwrap().chain_update(base);
        let right = format!("sig=:{}:", BASE64.encode(&mac.finalize().into_bytes()));
        if !bool::from(right.as_bytes().ct_eq(header("signature")?.as_bytes())) {
            return Err(Refusal::Signature);
        }
        // 7.
        let nonce = (*parameters.get("nonce").ok_or(Refusal::Missing("nonce"))?).to_owned();
        let mut seen = self.seen.lock().unwrap();
        seen.retain(|_, at| now - *at <= 2 * WINDOW);
        if seen.insert(nonce, now).is_some() { Err(Refusal::Replayed) } else { Ok(()) }
    }
}
