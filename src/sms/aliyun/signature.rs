//! ACS3-HMAC-SHA256, version 3 of Alibaba Cloud's signature of requests. There is no derived key.

use secrecy::{ExposeSecret, SecretString};

use crate::sms::vendor::{form, header_lines, header_names, hmac_sha256_hex, sha256_hex};

const ALGORITHM: &str = "ACS3-HMAC-SHA256";

/// Parameters as they stand in the address: sorted by name, escaped as in RFC 3986.
pub(super) fn query(mut parameters: Vec<(&str, &str)>) -> String {
    parameters.sort_unstable();
    form(&parameters)
}

/// The one text that a POST of `body` to `/` is signed as. The names of `headers` are in lower case and sorted.
pub(super) fn canonical(query: &str, headers: &[(&str, &str)], body: &[u8]) -> String {
    let lines = header_lines(headers);
    format!("POST\n/\n{query}\n{lines}\n{}\n{}", header_names(headers), sha256_hex(body))
}

/// The value of `authorization`.
pub(super) fn authorization(key_id: &str, secret: &SecretString, canonical: &str, headers: &[(&str, &str)]) -> String {
    let text = format!("{ALGORITHM}\n{}", sha256_hex(canonical.as_bytes()));
    let signature = hmac_sha256_hex(secret.expose_secret().as_bytes(), &text);
    format!("{ALGORITHM} Credential={key_id},SignedHeaders={},Signature={signature}", header_names(headers))
}
