//! `/problems/{code}`: one page for each code, in every language there is.

use std::fmt::Write as _;

use actix_web::{HttpResponse, web};

use crate::http::call::Call;
use crate::http::locale::Language;
use crate::http::problem::{CODES, Problem};

/// What happened and what to do.
pub async fn show(call: Call, code: web::Path<String>) -> Result<HttpResponse, Problem> {
    let known = CODES.iter().find(|(known, _)| *known == code.as_str());
    let (code, status) = known.ok_or_else(|| Problem::new(&call, "not_found"))?;
    let mut page = format!(
        "<!doctype html><meta charset=utf-8><meta name=viewport content=\"width=device-width\"><title>{code}</title><h1>{code} · {status}</h1>"
    );
    let catalog = call.language.catalog();
    for tag in catalog.tags() {
        let language = Language::choose(catalog, [tag]);
        let text = |part: &str| escape(&language.text(&format!("problem.{code}.{part}"), &[]));
        let written = write!(
            page,
            "<section lang={tag}><h2>{}</h2><p>{}</p><p>{}</p></section>",
            text("title"),
            text("detail"),
            text("advice")
        );
        debug_assert!(written.is_ok(), "writing to a String does not fail");
    }
    Ok(HttpResponse::Ok().content_type("text/html; charset=utf-8").body(page))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
