//! Request bodies, read strictly: JSON objects only, no unknown, missing or repeated member, no guessing of types.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderMap};
use actix_web::web::{Bytes, BytesMut, Data};
use actix_web::{FromRequest, HttpRequest};
use futures_util::StreamExt;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::call::Call;
use super::problem::Problem;
use crate::domain::{is_media_type, is_utf8_text, without_byte_order_mark};

/// How much body is read, and for how long.
#[derive(Debug, Clone, Copy)]
pub struct BodyRules {
    /// In bytes.
    pub limit: usize,
    /// For the whole body.
    pub timeout: Duration,
}

/// A JSON object. Derived structs also accept arrays of their members in order; this does not.
#[derive(Debug)]
pub struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct Only<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Only<T> {
            type Value = Object<T>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Object)
            }
        }

        input.deserialize_map(Only(PhantomData))
    }
}

/// A strictly read body.
#[derive(Debug)]
pub struct Strict<T>(pub T);

/// A strictly read body that may be absent.
#[derive(Debug)]
pub struct StrictOrNone<T>(pub Option<T>);

type Extracting<T> = Pin<Box<dyn Future<Output = Result<T, Problem>>>>;

impl<T: DeserializeOwned + 'static> FromRequest for Strict<T> {
    type Error = Problem;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let call = Call::attached(&request)?;
            json_only(&call, request.headers())?;
            let body = read(&call, &request, payload).await?;
            parse(&call, &body).map(Self)
        })
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for StrictOrNone<T> {
    type Error = Problem;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let call = Call::attached(&request)?;
            let body = read(&call, &request, payload).await?;
            // An empty form of a foreign page has a media type too.
            if !body.is_empty() || request.headers().contains_key(header::CONTENT_TYPE) {
                json_only(&call, request.headers())?;
            }
            if body.is_empty() {
                return Ok(Self(None));
            }
            parse(&call, &body).map(|value| Self(Some(value)))
        })
    }
}

/// Anything else could be sent by a foreign page's form, or would have to be unpacked first.
fn json_only(call: &Call, headers: &HeaderMap) -> Result<(), Problem> {
    let refuse = || Problem::new(call, "unsupported_media_type");
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).ok_or_else(refuse)?;
    let json = is_media_type(kind, "application/json") && is_utf8_text(kind);
    if json && !headers.contains_key(header::CONTENT_ENCODING) { Ok(()) } else { Err(refuse()) }
}

pub(super) async fn read(call: &Call, request: &HttpRequest, payload: Payload) -> Result<Bytes, Problem> {
    let limit = request.app_data::<Data<BodyRules>>().map_or(0, |rules| rules.limit);
    read_up_to(call, request, payload, limit).await
}

/// A body of another limit than usual.
pub(super) async fn read_up_to(
    call: &Call,
    request: &HttpRequest,
    payload: Payload,
    limit: usize,
) -> Result<Bytes, Problem> {
    let Some(rules) = request.app_data::<Data<BodyRules>>().map(|rules| ***rules) else {
        return Err(Problem::new(call, "internal"));
    };
    match tokio::time::timeout(rules.timeout, collect(call, payload, limit)).await {
        Ok(body) => body,
        Err(_) => Err(Problem::new(call, "request_timeout")),
    }
}

async fn collect(call: &Call, mut payload: Payload, limit: usize) -> Result<Bytes, Problem> {
    let mut body = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| malformed(call, "the body broke off"))?;
        if body.len() + chunk.len() > limit {
            return Err(Problem::with_values(call, "payload_too_large", &[("limit", &limit.to_string())]));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

fn malformed(call: &Call, reason: &str) -> Problem {
    Problem::with_values(call, "bad_request", &[("reason", reason)])
}

fn parse<T: DeserializeOwned>(call: &Call, body: &[u8]) -> Result<T, Problem> {
    let mut input = serde_json::Deserializer::from_slice(without_byte_order_mark(body));
    let parsed: Result<Object<T>, _> = serde_path_to_error::deserialize(&mut input);
    match parsed {
        Ok(Object(value)) => input.end().map(|()| value).map_err(|_| malformed(call, "something follows the object")),
        Err(error) => {
            let path = error.path().to_string();
            let pointer = if path == "." { String::new() } else { format!("/{}", path.replace('.', "/")) };
            let (code, reason) = fault(error.inner());
            // serde's own text quotes the value, which may be a password; only its kind is told.
            Err(malformed(call, reason).at(&pointer, code, reason))
        }
    }
}

fn fault(error: &serde_json::Error) -> (&'static str, &'static str) {
    let text = error.to_string();
    let kinds = [
        ("unknown field", "unknown_member", "a member is not known"),
        ("missing field", "missing_member", "a member is missing"),
        ("duplicate field", "duplicate_member", "a member stands twice"),
        ("unknown variant", "unknown_value", "a value is not one of those there are"),
        ("invalid type", "wrong_type", "a value has another type"),
        ("invalid value", "wrong_value", "a value is not accepted"),
    ];
    let known = kinds.into_iter().find(|(prefix, ..)| text.starts_with(prefix));
    known.map_or(("not_json", "it is not JSON in UTF-8"), |(_, code, reason)| (code, reason))
}
