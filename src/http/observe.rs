//! The one middleware: understands the request, adds the headers every answer has, counts and logs.

use std::sync::Arc;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpResponse, web};

use super::call::{Call, CallRules, is_foreign};
use super::metrics::HttpMetrics;
use super::problem::{Problem, ProblemCode};
use super::unread::Unread;
use super::{methods, pages};

/// What the middleware needs.
pub struct Observation {
    /// How requests are understood.
    pub rules: Arc<CallRules>,
    /// Counters.
    pub metrics: HttpMetrics,
    /// Whether each request is logged.
    pub access_log: bool,
}

/// Wraps every route of the public listener.
///
/// # Errors
/// What the inner service gives; faults of the framework become problems.
pub async fn observe(
    observation: web::Data<Observation>,
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let began = stopwatch();
    observation.rules.base.take_from(&mut request);
    let call = Call::of(&observation.rules, &request);
    request.extensions_mut().insert(call.clone());
    let method = request.method().clone();
    methods::head_as_get(&mut request);
    let unread = Unread::keep(&mut request);
    let response = if is_foreign(&observation.rules, &request) {
        request.error_response(Problem::new(&call, "forbidden"))
    } else {
        // Handlers and extractors answer problems themselves; what is left are faults of the framework.
        let served = next.call(request).await;
        reworded(served.map_err(|error| Problem::from_framework(&call, &error))?.map_into_boxed_body(), &call)
    };
    // A page that words a problem tells it no less.
    let told = response.response().extensions().get::<ProblemCode>().copied();
    let response = pages::worded(response);
    // A body may have asked for another language than the head.
    let call = Call::attached(response.request()).unwrap_or(call);
    let response = unread.until_sent(finish(response, &call));
    let took = began.elapsed();
    let route = response.request().match_pattern().unwrap_or_else(|| "other".to_owned());
    let status = response.status().as_u16();
    observation.metrics.record(&route, method.as_str(), status, took);
    if let Some(ProblemCode(code)) = told.filter(|_| response.status().is_client_error()) {
        observation.metrics.form_error(code);
    }
    if observation.access_log {
        // No path and no query: a mistyped address could hold anything.
        tracing::info!(
            target: "access",
            request_id = %call.origin.request,
            method = method.as_str(),
            route,
            status,
            duration_ms = took.as_secs_f64() * 1_000.0,
            ip = %call.origin.requester.address(),
        );
    }
    Ok(response)
}

/// What the framework and its extractors refuse by themselves (a path or a header that cannot be read, a preflight of an
/// origin that is not allowed) is a problem like every other.
fn reworded(response: ServiceResponse<BoxBody>, call: &Call) -> ServiceResponse<BoxBody> {
    let problem = match response.response().error() {
        Some(error) if error.as_error::<Problem>().is_none() && !pages::is_worded(error) => {
            match *response.request().method() {
                Method::OPTIONS => Problem::new(call, "forbidden"),
                _ => Problem::from_framework(call, error),
            }
        }
        _ => return response,
    };
    response.into_response(HttpResponse::from_error(problem))
}

fn finish(mut response: ServiceResponse<BoxBody>, call: &Call) -> ServiceResponse<BoxBody> {
    let headers = response.headers_mut();
    let framed = headers.get(header::CONTENT_SECURITY_POLICY).is_some_and(|policy| {
        // A page that may be framed says by whom; the older header cannot.
        policy.to_str().is_ok_and(|text| text.contains("frame-ancestors") && !text.contains("frame-ancestors 'none'"))
    });
    let mut set = |name: HeaderName, value: &str| {
        if let (Ok(value), false) = (HeaderValue::from_str(value), headers.contains_key(&name)) {
            headers.insert(name, value);
        }
    };
    set(HeaderName::from_static("x-request-id"), &call.origin.request.to_string());
    set(header::CONTENT_LANGUAGE, call.language.tag());
    set(header::CACHE_CONTROL, "no-store");
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "no-referrer");
    if !framed {
        set(header::X_FRAME_OPTIONS, "DENY");
    }
    set(
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    );
    // A page in a frame is for pages of the same site; everything else is for our own pages, but what says otherwise.
    let readers = if framed { "same-site" } else { "same-origin" };
    set(HeaderName::from_static("cross-origin-resource-policy"), readers);
    response
}

#[expect(clippy::disallowed_methods, reason = "durations for logs and metrics; nothing is decided by them")]
fn stopwatch() -> std::time::Instant {
    std::time::Instant::now()
}
