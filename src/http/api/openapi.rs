//! The description of the API, `OpenAPI` 3.1: served, and printed by `resetgate openapi`.

use actix_web::HttpResponse;

/// The document.
pub const OPENAPI: &str = include_str!("openapi.json");

/// Serves it.
pub async fn show() -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(OPENAPI)
}
