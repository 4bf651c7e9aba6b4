//! The flow credential on the wire: `Authorization: Flow …` for programs, a cookie for browsers.

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header;

use super::base_path::BasePath;
use super::call::Call;
use super::cookies;
use super::problem::Problem;
use crate::domain::FlowCredential;

/// The cookie's name, but for its prefix.
const NAME: &str = "resetgate";

/// The credential of a request; the header goes before the cookie.
///
/// # Errors
/// 401 when there is none, or it cannot be one.
pub fn credential(call: &Call, request: &HttpRequest) -> Result<FlowCredential, Problem> {
    let presented = match request.headers().get(header::AUTHORIZATION) {
        Some(value) => value.to_str().ok().and_then(|text| {
            let (scheme, credential) = text.split_once(' ')?;
            scheme.eq_ignore_ascii_case("flow").then(|| FlowCredential::parse(credential.trim()))?
        }),
        None => cookies::sole(request, &call.base.cookie_name(NAME), FlowCredential::parse),
    };
    presented.ok_or_else(|| Problem::new(call, "unauthorized"))
}

/// The cookie that carries a credential.
#[must_use]
pub fn cookie(base: &BasePath, credential: &FlowCredential) -> Cookie<'static> {
    base.cookie(NAME, credential.expose().to_owned()).same_site(SameSite::Strict).finish()
}

/// The cookie that ends it.
#[must_use]
pub fn no_cookie(base: &BasePath) -> Cookie<'static> {
    let mut cookie = base.cookie(NAME, String::new()).same_site(SameSite::Strict).finish();
    cookie.make_removal();
    cookie
}
