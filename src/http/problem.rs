//! Errors on the wire: `application/problem+json` (RFC 9457) with a stable `code`.

use std::fmt;

use actix_web::cookie::Cookie;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use serde_json::{Map, Value, json};

use super::call::Call;

/// Every code and its status. The texts are in the locale files, and each has a page at `/problems/{code}`.
pub const CODES: [(&str, u16); 29] = [
    ("bad_request", 400),
    ("unauthorized", 401),
    ("forbidden", 403),
    ("not_found", 404),
    ("flow_not_found", 404),
    ("method_not_allowed", 405),
    ("request_timeout", 408),
    ("flow_state", 409),
    ("sends_exhausted", 409),
    ("code_expired", 410),
    ("flow_expired", 410),
    ("captcha_gone", 410),
    ("payload_too_large", 413),
    ("unsupported_media_type", 415),
    ("validation_failed", 422),
    ("captcha_required", 422),
    ("captcha_incorrect", 422),
    ("captcha_expired", 422),
    ("code_format", 422),
    ("code_incorrect", 422),
    ("password_policy", 422),
    ("flow_locked", 423),
    ("rate_limited", 429),
    ("resend_too_soon", 429),
    ("internal", 500),
    ("sms_unavailable", 503),
    ("store_unavailable", 503),
    ("store_outcome_unknown", 503),
    ("service_unavailable", 503),
];

/// Codes that only pages know; a program has no cookie to miss.
const PAGE_CODES: [(&str, u16); 1] = [("cookies_needed", 400)];

/// What an answer carries inside for the figures: which of [`CODES`] it tells, whatever it looks like outside.
#[derive(Debug, Clone, Copy)]
pub struct ProblemCode(pub &'static str);

/// One error answer.
#[derive(Debug)]
pub struct Problem {
    code: &'static str,
    status: StatusCode,
    members: Map<String, Value>,
    retry_after: Option<u64>,
    rate_limit: Option<Box<(String, String)>>,
    cookie: Option<Box<Cookie<'static>>>,
}

impl Problem {
    /// With the texts of its code.
    #[must_use]
    pub fn new(call: &Call, code: &'static str) -> Self {
        Self::with_values(call, code, &[])
    }

    /// With the texts of its code, placeholders filled in.
    #[must_use]
    pub fn with_values(call: &Call, code: &'static str, values: &[(&str, &str)]) -> Self {
        let status =
            CODES.iter().chain(&PAGE_CODES).find(|(known, _)| *known == code).map_or(500, |(_, status)| *status);
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let text = |part: &str| call.language.text(&format!("problem.{code}.{part}"), values);
        let mut members = Map::new();
        members.insert("type".into(), call.base.link(&format!("/problems/{code}")).into());
        members.insert("title".into(), text("title").into());
        members.insert("status".into(), status.as_u16().into());
        members.insert("code".into(), code.into());
        members.insert("detail".into(), text("detail").into());
        members.insert("instance".into(), call.origin.request.to_string().into());
        Self { code, status, members, retry_after: None, rate_limit: None, cookie: None }
    }

    /// For a request that no middleware saw.
    #[must_use]
    pub fn unplaced() -> Self {
        let members = [("code".to_owned(), json!("internal")), ("status".to_owned(), json!(500))];
        let members = members.into_iter().collect();
        Self {
            code: "internal",
            status: StatusCode::INTERNAL_SERVER_ERROR,
            members,
            retry_after: None,
            rate_limit: None,
            cookie: None,
        }
    }

    /// For an error of the framework, whose own text stays inside.
    #[must_use]
    pub fn from_framework(call: &Call, error: &actix_web::Error) -> Self {
        let code = match error.as_response_error().status_code() {
            StatusCode::PAYLOAD_TOO_LARGE => "payload_too_large",
            StatusCode::NOT_FOUND => "not_found",
            StatusCode::METHOD_NOT_ALLOWED => "method_not_allowed",
            StatusCode::REQUEST_TIMEOUT => "request_timeout",
            status if status.is_client_error() => "bad_request",
            _ => "internal",
        };
        Self::with_values(call, code, &[("reason", "the request cannot be read")])
    }

    /// Its stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// Its `title` or `detail`.
    #[must_use]
    pub fn text(&self, part: &str) -> String {
        self.members.get(part).and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    /// When to come back, in whole seconds.
    #[must_use]
    pub const fn waits(&self) -> Option<u64> {
        self.retry_after
    }

    /// Adds a member.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.members.insert(name.to_owned(), value.into());
        self
    }

    /// Adds one entry to `errors`: where, which, and in words.
    #[must_use]
    pub fn at(self, pointer: &str, code: &str, message: impl Into<String>) -> Self {
        self.with_errors(vec![json!({ "pointer": pointer, "code": code, "message": message.into() })])
    }

    /// Sets `errors`.
    #[must_use]
    pub fn with_errors(self, errors: Vec<Value>) -> Self {
        self.with("errors", Value::Array(errors))
    }

    /// Says when to come back, in whole seconds: as header, and as member.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self.with("retry_after", seconds)
    }

    /// Sets the flow cookie anew.
    #[must_use]
    pub fn with_cookie(mut self, cookie: Cookie<'static>) -> Self {
        self.cookie = Some(Box::new(cookie));
        self
    }

    /// Adds the `RateLimit` fields.
    #[must_use]
    pub fn rate_limit(mut self, policy: String, left: String) -> Self {
        self.rate_limit = Some(Box::new((policy, left)));
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.code)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        response.insert_header((header::CONTENT_TYPE, "application/problem+json"));
        if let Some(seconds) = self.retry_after {
            response.insert_header((header::RETRY_AFTER, HeaderValue::from(seconds)));
        }
        if let Some((policy, left)) = self.rate_limit.as_deref() {
            response.insert_header(("ratelimit-policy", policy.as_str()));
            response.insert_header(("ratelimit", left.as_str()));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            response.insert_header((header::WWW_AUTHENTICATE, "Flow"));
        }
        if let Some(cookie) = &self.cookie {
            response.cookie(Cookie::clone(cookie));
        }
        response.extensions_mut().insert(ProblemCode(self.code));
        response.body(Value::Object(self.members.clone()).to_string())
    }
}
