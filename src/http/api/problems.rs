//! `/problems/{code}`: one page for each code, in every language there is.

use actix_web::{HttpResponse, web};
use maud::{DOCTYPE, html};

use crate::http::call::Call;
use crate::http::locale::Language;
use crate::http::problem::{CODES, Problem};

/// What a text of a problem may be filled in with; the page speaks of no request, so it shows a gap.
const GAPS: [(&str, &str); 7] =
    [("reason", "…"), ("limit", "…"), ("n", "…"), ("left", "…"), ("seconds", "…"), ("state", "…"), ("count", "…")];

/// What happened and what to do; without script and style, so that the strictest content security policy holds for it.
pub async fn show(call: Call, code: web::Path<String>) -> Result<HttpResponse, Problem> {
    let known = CODES.iter().find(|(known, _)| *known == code.as_str());
    let (code, status) = known.ok_or_else(|| Problem::new(&call, "not_found"))?;
    let catalog = call.language.catalog();
    let title = format!("{code} · {status}");
    let page = html! {
        (DOCTYPE)
        html lang=(call.language.tag()) {
            head { meta charset="utf-8"; meta name="viewport" content="width=device-width"; title { (title) } }
            body { main {
                h1 { (title) }
                @for language in catalog.tags().map(|tag| Language::choose(catalog, [tag])) {
                    section lang=(language.tag()) dir=(language.direction()) {
                        @let text = |part: &str| language.text(&format!("problem.{code}.{part}"), &GAPS);
                        h2 { (text("title")) }
                        p { (text("detail")) }
                        p { (text("advice")) }
                    }
                }
            } }
        }
    };
    Ok(HttpResponse::Ok().content_type("text/html; charset=utf-8").body(page.into_string()))
}
