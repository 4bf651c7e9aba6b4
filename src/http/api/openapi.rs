//! The description of the API, `OpenAPI` 3.1: served, and printed by `resetgate openapi`.

use std::borrow::Cow;

use actix_web::HttpResponse;

use crate::http::BasePath;
use crate::http::call::Call;

/// The document.
pub const OPENAPI: &str = include_str!("openapi.json");

/// Where it says that the paths are.
const SERVER: &str = "\"servers\": [{\"url\": \"/\"";

/// Serves it.
pub async fn show(call: Call) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(placed(&call.base).into_owned())
}

/// With the base path that every path in it follows.
fn placed(base: &BasePath) -> Cow<'static, str> {
    if *base == BasePath::default() {
        return OPENAPI.into();
    }
    OPENAPI.replacen(SERVER, &format!("\"servers\": [{{\"url\": \"{base}\""), 1).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_description_says_where_the_paths_begin() {
        let server = |base| {
            let described: serde_json::Value = serde_json::from_str(&placed(&BasePath::parse(base).unwrap())).unwrap();
            described["servers"][0]["url"].clone()
        };
        assert_eq!((server(""), server("/reset/")), ("/".into(), "/reset".into()));
    }
}
