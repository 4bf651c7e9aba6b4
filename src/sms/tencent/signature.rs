//! TC3-HMAC-SHA256, version 3 of Tencent Cloud's signature of requests.

use secrecy::{ExposeSecret, SecretString};

use crate::domain::Timestamp;
use crate::sms::vendor::{header_lines, header_names, hmac_sha256, hmac_sha256_hex, sha256_hex};

const ALGORITHM: &str = "TC3-HMAC-SHA256";

/// The one text that a POST of `body` to `/` is signed as. The names of `headers` are in lower case and sorted; their
/// values count in lower case.
pub(super) fn canonical(headers: &[(&str, &str)], body: &[u8]) -> String {
    let lines = header_lines(headers).to_lowercase();
    format!("POST\n/\n\n{lines}\n{}\n{}", header_names(headers), sha256_hex(body))
}

/// The value of `authorization`. The key that signs is made anew for each day (UTC) and `service`.
pub(super) fn authorization(
    key: (&str, &SecretString),
    service: &str,
    now: Timestamp,
    canonical: &str,
    headers: &[(&str, &str)],
) -> String {
    let time = now.to_string();
    let day = time.split('T').next().unwrap_or_default();
    let scope = format!("{day}/{service}/tc3_request");
    let text = format!("{ALGORITHM}\n{}\n{scope}\n{}", now.as_secs(), sha256_hex(canonical.as_bytes()));
    let (key_id, secret) = key;
    let secret = zeroize::Zeroizing::new(format!("TC3{}", secret.expose_secret()));
    let of_day = hmac_sha256(secret.as_bytes(), day);
    let signing = hmac_sha256(&hmac_sha256(&of_day, service), "tc3_request");
    let signature = hmac_sha256_hex(&signing, &text);
    format!("{ALGORITHM} Credential={key_id}/{scope}, SignedHeaders={}, Signature={signature}", header_names(headers))
}
