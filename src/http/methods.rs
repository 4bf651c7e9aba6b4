//! Methods that every resource has without naming them: HEAD wherever GET is, and OPTIONS (RFC 9110, 9.1 and 9.3.7).

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpRequest, HttpResponse, Resource, web};

/// Has HEAD answered by whatever answers GET: the same gates and the same head. The connection remembers what was asked
/// and leaves the body out.
pub(super) fn head_as_get(request: &mut ServiceRequest) {
    if *request.method() == Method::HEAD {
        request.head_mut().method = Method::GET;
    }
}

/// The same for a listener that has no middleware of its own.
///
/// # Errors
/// What the inner service gives.
pub async fn understand_head(
    mut request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    head_as_get(&mut request);
    next.call(request).await
}

/// A resource with the `methods` that its routes have, like `GET, POST`. OPTIONS is told them; another method is told
/// them and gets what `refuse` answers.
pub(super) fn resource<R>(path: &str, methods: &'static str, refuse: R) -> Resource
where
    R: Fn(&HttpRequest) -> HttpResponse + Clone + 'static,
{
    let other = move |request: HttpRequest| {
        let mut response = match *request.method() {
            Method::OPTIONS => HttpResponse::NoContent().finish(),
            _ => refuse(&request),
        };
        let allowed = format!("{}, OPTIONS", methods.replace("GET", "GET, HEAD"));
        if let Ok(allowed) = HeaderValue::try_from(allowed) {
            response.headers_mut().insert(header::ALLOW, allowed);
        }
        std::future::ready(response)
    };
    web::resource(path).default_service(web::to(other))
}
