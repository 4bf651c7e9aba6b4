//! The two ways to prove who sent a request: SDK-HMAC-SHA256 and WSSE.
//!
//! Neither covers the form: the vendor signs forms as `UNSIGNED-PAYLOAD`, so only TLS protects number and code.

use data_encoding::{BASE64, HEXLOWER};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::settings::WsseDigest;
use crate::domain::Timestamp;
use crate::sms::vendor::{header_lines, header_names, hmac_sha256_hex, sha256_hex};

const ALGORITHM: &str = "SDK-HMAC-SHA256";
/// What stands for the digest of a form.
pub(super) const PAYLOAD: &str = "UNSIGNED-PAYLOAD";
/// What stands in `authorization` beside `x-wsse`.
pub(super) const WSSE: &str = r#"WSSE realm="SDP",profile="UsernameToken",type="Appkey""#;

/// `20261123T082353Z`.
pub(super) fn date(now: Timestamp) -> String {
    now.to_string().replace(['-', ':'], "")
}

/// The one text that a POST of a form is signed as. The names of `headers` are in lower case and sorted.
pub(super) fn canonical(path: &str, headers: &[(&str, &str)]) -> String {
    let lines = header_lines(headers);
    format!("POST\n{}/\n\n{lines}\n{}\n{PAYLOAD}", path.trim_end_matches('/'), header_names(headers))
}

/// The value of `authorization`.
pub(super) fn authorization(
    key: (&str, &SecretString),
    date: &str,
    canonical: &str,
    headers: &[(&str, &str)],
) -> String {
    let text = format!("{ALGORITHM}\n{date}\n{}", sha256_hex(canonical.as_bytes()));
    let (key_id, secret) = key;
    let signature = hmac_sha256_hex(secret.expose_secret().as_bytes(), &text);
    format!("{ALGORITHM} Access={key_id}, SignedHeaders={}, Signature={signature}", header_names(headers))
}

/// The value of `x-wsse`.
pub(super) fn wsse(key: (&str, &SecretString), nonce: &str, created: &str, form: WsseDigest) -> String {
    let (key_id, secret) = key;
    let digest =
        Sha256::new().chain_update(nonce).chain_update(created).chain_update(secret.expose_secret()).finalize();
    let digest = match form {
        WsseDigest::Raw => BASE64.encode(&digest),
        WsseDigest::Hex => BASE64.encode(HEXLOWER.encode(&digest).as_bytes()),
    };
    format!(r#"UsernameToken Username="{key_id}",PasswordDigest="{digest}",Nonce="{nonce}",Created="{created}""#)
}
