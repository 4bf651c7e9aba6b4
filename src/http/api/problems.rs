//! `/problems/{code}`: one page for each code, in every language there is.

use actix_web::{HttpResponse, web};

use crate::http::call::Call;
use crate::http::html::{escape, page};
use crate::http::locale::Language;
use crate::http::problem::{CODES, Problem};

/// What a text of a problem may be filled in with; the page speaks of no request, so it shows a gap.
const GAPS: [(&str, &str); 7] =
    [("reason", "…"), ("limit", "…"), ("n", "…"), ("left", "…"), ("seconds", "…"), ("state", "…"), ("count", "…")];

/// What happened and what to do.
pub async fn show(call: Call, code: web::Path<String>) -> Result<HttpResponse, Problem> {
    let known = CODES.iter().find(|(known, _)| *known == code.as_str());
    let (code, status) = known.ok_or_else(|| Problem::new(&call, "not_found"))?;
    let catalog = call.language.catalog();
    let section = |tag| {
        let language = Language::choose(catalog, [tag]);
        let text = |part: &str| escape(&language.text(&format!("problem.{code}.{part}"), &GAPS));
        let (title, detail, advice) = (text("title"), text("detail"), text("advice"));
        format!("<section lang=\"{tag}\"><h2>{title}</h2><p>{detail}</p><p>{advice}</p></section>\n")
    };
    let sections: Vec<_> = catalog.tags().map(section).collect();
    Ok(page(&call.language, &format!("{code} · {status}"), &sections.concat()))
}
