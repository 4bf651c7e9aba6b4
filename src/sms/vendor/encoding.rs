//! Values in queries and forms, and requests made of them.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};
use reqwest::{Method, Request, Url};

use crate::sms::SmsError;

/// All but the unreserved signs of RFC 3986.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A value as it stands in a query or a form.
pub(in crate::sms) fn percent_encoded(value: &str) -> String {
    utf8_percent_encode(value, ESCAPED).to_string()
}

/// `a=b&c=d`, in the order given.
pub(in crate::sms) fn form(pairs: &[(&str, &str)]) -> String {
    let pairs = pairs.iter().map(|(name, value)| format!("{}={}", percent_encoded(name), percent_encoded(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// A POST with these headers; the one that authorises it is never shown.
///
/// # Errors
/// When a key cannot stand in a header; nothing left then.
pub(in crate::sms) fn post(
    url: Url,
    headers: &[(&str, &str)],
    authorization: &str,
    body: String,
) -> Result<Request, SmsError> {
    let unusable = || SmsError::Unreachable { reason: "a key holds signs that a header cannot carry".to_owned() };
    let mut request = Request::new(Method::POST, url);
    for (name, value) in headers {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unusable())?;
        request.headers_mut().insert(name, HeaderValue::from_str(value).map_err(|_| unusable())?);
    }
    let mut value = HeaderValue::from_str(authorization).map_err(|_| unusable())?;
    value.set_sensitive(true);
    request.headers_mut().insert(AUTHORIZATION, value);
    *request.body_mut() = Some(body.into());
    Ok(request)
}
