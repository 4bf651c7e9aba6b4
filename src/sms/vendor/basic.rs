//! Basic credentials.

use data_encoding::BASE64;
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

/// The value of `Authorization` for a name and its secret (RFC 7617), marked as not to be shown.
pub(in crate::sms) fn basic(name: &str, secret: &SecretString) -> Option<HeaderValue> {
    let pair = Zeroizing::new(format!("{name}:{}", secret.expose_secret()));
    let value = Zeroizing::new(format!("Basic {}", BASE64.encode(pair.as_bytes())));
    let mut value = HeaderValue::from_str(&value).ok()?;
    value.set_sensitive(true);
    Some(value)
}
