//! Reading an answer without trusting its length, its speed or its type.

use std::time::Duration;

use reqwest::tls::TlsInfo;
use reqwest::{Response, StatusCode, header};
use serde::de::DeserializeOwned;

use super::Written;
use crate::domain::Timestamp;

/// The most that is read of a body unless more is expected; a peer's word takes a few hundred bytes.
pub const MAX_BODY: usize = 64 * 1024;
/// The longest wait that is believed.
const MAX_WAIT: Duration = Duration::from_hours(24);

/// What is kept of an answer.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// What `Retry-After` asks for, at most a day.
    pub retry_after: Option<Duration>,
    /// The body.
    pub body: Body,
    /// The peer's clock, as its `Date` says.
    pub date: Option<Timestamp>,
    /// The peer's certificate in DER, where TLS was spoken.
    pub certificate: Option<Vec<u8>>,
}

/// The bytes may hold anything, so they have no `Debug`.
pub enum Body {
    /// All of it.
    Read(Written<'static>),
    /// Why there is nothing to read.
    Unread(String),
}

impl std::fmt::Debug for Body {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Read(written) => write!(out, "Read({} bytes)", written.bytes().len()),
            Self::Unread(reason) => write!(out, "Unread({reason})"),
        }
    }
}

impl Body {
    /// The body as JSON, whatever its content type and its charset.
    ///
    /// # Errors
    /// Why it tells nothing, without repeating any of it.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, String> {
        self.written()?.json()
    }

    /// What came.
    ///
    /// # Errors
    /// Why there is nothing.
    pub fn written(&self) -> Result<&Written<'static>, String> {
        match self {
            Self::Read(written) => Ok(written),
            Self::Unread(reason) => Err(reason.clone()),
        }
    }

    /// A body as a test needs it.
    #[cfg(test)]
    pub(crate) fn of(bytes: impl Into<Vec<u8>>) -> Self {
        Self::Read(Written::new(bytes.into(), None))
    }
}

impl Answer {
    /// An answer as a test needs it.
    #[cfg(test)]
    pub(crate) fn of(status: u16, body: Body) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or_default();
        Self { status, retry_after: None, body, date: None, certificate: None }
    }

    /// Reads the head, and a body of at most `max_body` bytes; none is read when that is 0. What is wrong with the body
    /// is part of the answer.
    pub(super) async fn read(response: Response, max_body: usize, now: Timestamp) -> Self {
        let status = response.status();
        let value = response.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
        let retry_after = value.and_then(|value| wait(value, now));
        let date = response.headers().get(header::DATE).and_then(|value| moment(value.to_str().ok()?));
        let tls = response.extensions().get::<TlsInfo>();
        let certificate = tls.and_then(TlsInfo::peer_certificate).map(<[u8]>::to_vec);
        let kind =
            response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let body = match max_body {
            0 => Body::Unread("it was not read".to_owned()),
            most => read_body(response, most, kind.as_deref()).await,
        };
        Self { status, retry_after, body, date, certificate }
    }
}

async fn read_body(mut response: Response, most: usize, content_type: Option<&str>) -> Body {
    let mut bytes = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if bytes.len() + chunk.len() > most => {
                return Body::Unread(format!("its body is longer than {most} bytes"));
            }
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => break,
            Err(error) if error.is_timeout() => return Body::Unread("its body did not arrive in time".to_owned()),
            Err(_) => return Body::Unread("its body broke off".to_owned()),
        }
    }
    Body::Read(Written::new(bytes, content_type))
}

/// `Retry-After` (RFC 9110, 10.2.3): seconds or a date. A date in the past is a wait of zero.
fn wait(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    let wait = if let Ok(seconds) = value.parse() { Duration::from_secs(seconds) } else { moment(value)?.since(now) };
    Some(wait.min(MAX_WAIT))
}

fn moment(value: &str) -> Option<Timestamp> {
    let date = jiff::fmt::rfc2822::parse(value).ok()?;
    Some(Timestamp::from_millis(date.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_read_as_seconds_or_as_a_date_and_capped() {
        let now = Timestamp::from_millis(784_111_747_000);
        assert_eq!(wait("90", now), Some(Duration::from_secs(90)));
        assert_eq!(wait("Sun, 06 Nov 1994 08:49:37 GMT", now), Some(Duration::from_secs(30)));
        assert_eq!(wait("Sun, 06 Nov 1994 08:00:00 GMT", now), Some(Duration::ZERO));
        assert_eq!(wait("99999999", now), Some(MAX_WAIT));
        for nothing in ["", "soon", "-1", "1.5", "Sun, 99 Nov 1994"] {
            assert_eq!(wait(nothing, now), None, "{nothing}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_wait_is_read_without_panic_and_within_a_day(value in "\\PC{0,40}") {
            proptest::prop_assert!(wait(&value, Timestamp::from_millis(0)).is_none_or(|wait| wait <= MAX_WAIT));
        }
    }
}
