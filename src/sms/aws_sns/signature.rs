//! AWS Signature Version 4, for a POST to `/` without a query.

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::domain::Timestamp;
use crate::sms::vendor::{header_lines, header_names, hmac_sha256, hmac_sha256_hex, sha256_hex};

/// What SNS is called in the scope of a signature.
const SERVICE: &str = "sns";

/// A key of an account, for one region.
pub(super) struct Key {
    pub(super) id: Box<str>,
    pub(super) secret: SecretString,
    pub(super) session_token: Option<SecretString>,
    pub(super) region: Box<str>,
}

/// The values of `x-amz-date` and `authorization`.
pub(super) struct Proof {
    pub(super) date: String,
    pub(super) authorization: String,
}

impl Key {
    /// Signs a body for a host, with its type, the date and the session's token where there is one.
    pub(super) fn sign(&self, now: Timestamp, host: &str, content_type: &str, body: &[u8]) -> Proof {
        let date = written(now);
        let day = date.split('T').next().unwrap_or_default();
        let token = self.session_token.as_ref().map(|token| ("x-amz-security-token", token.expose_secret()));
        let headers = [("content-type", content_type), ("host", host), ("x-amz-date", &date)];
        let headers: Vec<_> = headers.into_iter().chain(token).collect();
        let (lines, names) = (Zeroizing::new(header_lines(&headers)), header_names(&headers));
        let canonical = Zeroizing::new(format!("POST\n/\n\n{}\n{names}\n{}", *lines, sha256_hex(body)));
        let scope = format!("{day}/{}/{SERVICE}/aws4_request", self.region);
        let signed = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{}", sha256_hex(canonical.as_bytes()));
        let secret = Zeroizing::new(format!("AWS4{}", self.secret.expose_secret()));
        let parts = [&*self.region, SERVICE, "aws4_request"];
        let first = Zeroizing::new(hmac_sha256(secret.as_bytes(), day));
        let key = parts.iter().fold(first, |key, part| Zeroizing::new(hmac_sha256(&*key, part)));
        let signature = hmac_sha256_hex(&*key, &signed);
        let authorization =
            format!("AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={names}, Signature={signature}", self.id);
        Proof { date, authorization }
    }
}

/// Like `20261123T082222Z`.
fn written(now: Timestamp) -> String {
    let moment = jiff::Timestamp::from_second(now.as_secs()).unwrap_or_default();
    moment.strftime("%Y%m%dT%H%M%SZ").to_string()
}
