//! The JSON API, version 1.

pub(super) mod answers;
mod bodies;
mod captchas;
mod config;
mod delivery_reports;
mod openapi;
mod problems;
mod resets;

use actix_web::{HttpRequest, HttpResponse, web};

pub use config::ConfigAnswer;
pub use openapi::OPENAPI;

use super::call::Call;
use super::methods;
use super::problem::Problem;
use super::return_to::ReturnTo;

/// What answers need beside the flows.
#[derive(Debug, Clone)]
pub struct ApiRules {
    /// Whether pages of other origins show captchas.
    pub captchas_for_others: bool,
    /// In hints about how to write an address.
    pub example_address: String,
    /// Where a claimant may be led back to.
    pub return_to: ReturnTo,
    /// Mail client settings for the last page: imap, pop, smtp.
    pub client_settings: Vec<(&'static str, String)>,
}

/// The routes of the public listener.
pub fn configure(routes: &mut web::ServiceConfig) {
    let resource = |path, methods| methods::resource(path, methods, method_not_allowed);
    routes
        .service(resource("/v1/config", "GET").get(config::show))
        .service(resource("/v1/captchas", "POST").post(captchas::issue))
        .service(resource("/v1/captchas/{id}/image", "GET").get(captchas::image))
        .service(resource("/v1/captchas/{id}/audio", "GET").get(captchas::audio))
        .service(resource("/v1/password-resets", "POST").post(resets::start))
        .service(resource("/v1/password-resets/{id}", "GET, DELETE").get(resets::show).delete(resets::cancel))
        .service(resource("/v1/password-resets/{id}/resend", "POST").post(resets::resend))
        .service(resource("/v1/password-resets/{id}/verify", "POST").post(resets::verify))
        .service(resource("/v1/password-resets/{id}/complete", "POST").post(resets::complete))
        .service(resource("/v1/delivery-reports/{provider}", "POST").post(delivery_reports::take))
        .service(resource("/v1/delivery-reports/{provider}/{secret}", "POST").post(delivery_reports::take))
        .service(resource("/openapi.json", "GET").get(openapi::show))
        .service(resource("/problems/{code}", "GET").get(problems::show))
        .default_service(web::to(not_found));
}

async fn not_found(call: Call) -> HttpResponse {
    HttpResponse::from_error(Problem::new(&call, "not_found"))
}

/// The answer to a method that an address does not have.
pub(super) fn method_not_allowed(request: &HttpRequest) -> HttpResponse {
    let problem = Call::attached(request).map(|call| Problem::new(&call, "method_not_allowed"));
    HttpResponse::from_error(problem.unwrap_or_else(|unplaced| unplaced))
}
