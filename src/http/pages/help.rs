//! S7: whom to turn to. It knows units and domains, and nobody's account.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use maud::html;

use super::form::Form;
use super::frame::Sheet;
use super::pieces::{Errors, Field, contact_list};
use super::stop::Stop;
use super::visit::Visit;

/// The page with nothing searched for.
pub async fn show(visit: Visit) -> HttpResponse {
    page(&visit, "")
}

/// A search. A form that is sent, because somebody may type their whole address, which belongs into no URL.
pub async fn search(mut visit: Visit, form: Form) -> Result<HttpResponse, Stop> {
    visit.speaks_otherwise(&form);
    Ok(page(&visit, form.text("q").trim()))
}

fn page(visit: &Visit, sought: &str) -> HttpResponse {
    let rules = visit.rules();
    let errors = Errors::default();
    let found = rules.contacts.search(sought, visit.call.language.tag());
    let domain = rules.example_address.rsplit_once('@').map_or("", |(_, domain)| domain);
    let field = Field {
        id: "q",
        label: visit.text("help.search"),
        hint: Some(visit.text_with("help.search_hint", &[("domain", domain)])),
        errors: &errors,
    };
    let body = html! {
        p { (visit.text("help.lead")) }
        @if !rules.contacts.all().is_empty() {
            form #step method="post" action=(visit.link("/help")) novalidate {
                (field.head(visit))
                div.row {
                    input #q name="q" type="text" value=(sought) autocomplete="off" autocapitalize="off"
                        spellcheck="false" aria-describedby=[field.described_by()];
                    button #submit type="submit" { (visit.text("help.submit")) }
                }
            }
            div #contacts role="status" {
                @if !sought.is_empty() && found.is_empty() { p { (visit.text("help.nothing")) } }
                (contact_list(visit, &found))
            }
        }
        h2 { (visit.text("help.other")) }
        p { @if let Some(line) = rules.help.line(visit.call.language.tag()) { (line) } @else { (visit.text("contacts.none")) } }
        @if !rules.help.url.is_empty() { p { a href=(rules.help.url) { (rules.help.url) } } }
        h2 { (visit.text("help.bring")) }
        p { (visit.text("help.bring_what")) }
        p { a href=(visit.link("/")) { (visit.text("again")) } }
    };
    let form = (!rules.contacts.all().is_empty()).then_some("step");
    let sheet = Sheet { form, house: false, ..Sheet::plain(visit.text("help.title"), body) };
    visit.page(StatusCode::OK, &sheet)
}
