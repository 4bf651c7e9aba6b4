//! The JSON API, version 1.

pub(super) mod answers;
mod bodies;
mod captchas;
mod config;
mod delivery_reports;
mod openapi;
mod problems;
mod resets;

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, web};

pub use config::ConfigAnswer;
pub use openapi::OPENAPI;

use super::call::Call;
use super::problem::Problem;
use super::return_to::ReturnTo;

/// What answers need beside the flows.
#[derive(Debug, Clone)]
pub struct ApiRules {
    /// In hints about how to write an address.
    pub example_address: String,
    /// Where a claimant may be led back to.
    pub return_to: ReturnTo,
    /// Mail client settings for the last page: imap, pop, smtp.
    pub client_settings: Vec<(&'static str, String)>,
}

/// The routes of the public listener.
pub fn configure(routes: &mut web::ServiceConfig) {
    let only = |resource: actix_web::Resource, methods: &'static str| {
        resource.default_service(web::to(move |call: Call| std::future::ready(method_not_allowed(&call, methods))))
    };
    routes
        .service(only(web::resource("/v1/config").route(web::get().to(config::show)), "GET"))
        .service(only(web::resource("/v1/captchas").route(web::post().to(captchas::issue)), "POST"))
        .service(only(web::resource("/v1/captchas/{id}/image").route(web::get().to(captchas::image)), "GET"))
        .service(only(web::resource("/v1/captchas/{id}/audio").route(web::get().to(captchas::audio)), "GET"))
        .service(only(web::resource("/v1/password-resets").route(web::post().to(resets::start)), "POST"))
        .service(only(
            web::resource("/v1/password-resets/{id}")
                .route(web::get().to(resets::show))
                .route(web::delete().to(resets::cancel)),
            "GET, DELETE",
        ))
        .service(only(web::resource("/v1/password-resets/{id}/resend").route(web::post().to(resets::resend)), "POST"))
        .service(only(web::resource("/v1/password-resets/{id}/verify").route(web::post().to(resets::verify)), "POST"))
        .service(only(
            web::resource("/v1/password-resets/{id}/complete").route(web::post().to(resets::complete)),
            "POST",
        ))
        .service(only(
            web::resource("/v1/delivery-reports/{provider}").route(web::post().to(delivery_reports::take)),
            "POST",
        ))
        .service(only(
            web::resource("/v1/delivery-reports/{provider}/{secret}").route(web::post().to(delivery_reports::take)),
            "POST",
        ))
        .service(only(web::resource("/openapi.json").route(web::get().to(openapi::show)), "GET"))
        .service(only(web::resource("/problems/{code}").route(web::get().to(problems::show)), "GET"))
        .default_service(web::to(not_found));
}

async fn not_found(call: Call) -> HttpResponse {
    HttpResponse::from_error(Problem::new(&call, "not_found"))
}

/// The answer to a method that an address does not have.
pub(super) fn method_not_allowed(call: &Call, methods: &'static str) -> HttpResponse {
    let mut response = HttpResponse::from_error(Problem::new(call, "method_not_allowed"));
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(methods));
    response
}
