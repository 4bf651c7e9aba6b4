//! Forms with Basic credentials.

use data_encoding::BASE64;
use reqwest::Request;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

/// The value of `Authorization` for a name and its password (RFC 7617), marked as not to be shown.
pub(in crate::sms) fn basic(name: &str, password: &SecretString) -> Option<HeaderValue> {
    let pair = Zeroizing::new(format!("{name}:{}", password.expose_secret()));
    let value = Zeroizing::new(format!("Basic {}", BASE64.encode(pair.as_bytes())));
    let mut value = HeaderValue::from_str(&value).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// The request with a form as its body.
pub(in crate::sms) fn with_form(mut request: Request, form: String) -> Request {
    let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
    request.headers_mut().insert(CONTENT_TYPE, kind);
    *request.body_mut() = Some(form.into());
    request
}
