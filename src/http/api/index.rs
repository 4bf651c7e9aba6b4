//! `GET /`: what this service is, whom to ask for help, and where its description is.

use actix_web::{HttpResponse, web};

use super::ApiRules;
use crate::http::call::Call;
use crate::http::html::{escape, page};
use crate::http::locale::Language;

/// Whom to turn to; empty texts are not shown.
#[derive(Debug, Clone, Default)]
pub struct HelpContact {
    /// Office or person.
    pub name: String,
    /// As people dial it.
    pub phone: String,
    /// Mail address.
    pub email: String,
    /// When somebody answers.
    pub hours: String,
    /// A page with more.
    pub url: String,
}

/// The page, the same for everybody who reads its language.
pub async fn show(call: Call, rules: web::Data<ApiRules>) -> HttpResponse {
    let language = &call.language;
    let text = |key: &str| escape(&language.text(&format!("index.{key}"), &[]));
    let body = format!(
        "<p>{about}</p>\n<h2>{help}</h2>\n{contact}<h2>{programs}</h2>\n<ul>\n\
         <li><a href=\"/openapi.json\">{openapi}</a></li>\n<li><a href=\"/v1/config\">{config}</a></li>\n</ul>\n",
        about = text("about"),
        help = text("help"),
        contact = contact(language, &rules.help),
        programs = text("programs"),
        openapi = text("openapi"),
        config = text("config"),
    );
    page(language, &language.text("index.title", &[]), &body)
}

fn contact(language: &Language, help: &HelpContact) -> String {
    let dialled: String = help.phone.chars().filter(|sign| sign.is_ascii_digit() || *sign == '+').collect();
    let link = |scheme: &str, target: &str, shown: &str| {
        format!("<a href=\"{scheme}{}\">{}</a>", escape(target), escape(shown))
    };
    let lines = [
        ("name", &help.name, escape(&help.name)),
        ("phone", &help.phone, link("tel:", &dialled, &help.phone)),
        ("email", &help.email, link("mailto:", &help.email, &help.email)),
        ("hours", &help.hours, escape(&help.hours)),
        ("url", &help.url, link("", &help.url, &help.url)),
    ];
    let given: Vec<_> = lines
        .into_iter()
        .filter(|(_, text, _)| !text.is_empty())
        .map(|(key, _, shown)| {
            let label = escape(&language.text(&format!("index.contact.{key}"), &[]));
            format!("<dt>{label}</dt><dd>{shown}</dd>\n")
        })
        .collect();
    if given.is_empty() {
        format!("<p>{}</p>\n", escape(&language.text("index.no_contact", &[])))
    } else {
        format!("<dl>\n{}</dl>\n", given.concat())
    }
}
