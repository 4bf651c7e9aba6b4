//! S5, S6, S10 and every other page that says why it does not go on: what happened, that the old password still
//! works, when to come back, the way on, whom to turn to, and the number under which the log knows it.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use maud::{Markup, html};

use super::frame::Sheet;
use super::pieces::{contacts, hidden};
use super::stop::Way;
use super::visit::Visit;
use crate::http::problem::Problem;

/// Words a problem as a page.
#[must_use]
pub fn page(visit: &Visit, problem: &Problem, way: &Way) -> HttpResponse {
    // Without the cookie a form would be refused for lacking it.
    let way = if visit.has_cookie { way } else { &Way::To("/") };
    let code = shown_code(problem.code());
    let known = |part: &str| visit.call.language.knows(&format!("page.stopped.{code}.{part}"));
    let text = |part| if known(part) { visit.text(&format!("stopped.{code}.{part}")) } else { problem.text(part) };
    let body = html! {
        p { (text("detail")) }
        @if let Some(seconds) = problem.waits() { (wait(visit, seconds)) }
        (onward(visit, code, way, problem.waits()))
        @if let Way::Again(account) = way { (contacts(visit, account)) } @else { (contacts(visit, "")) }
        p #incident .hint { (visit.text("incident")) " " code { (visit.call.origin.request) } }
    };
    // Who presses early for another code made no mistake.
    let fault = Some(problem.code()).filter(|code| *code != "resend_too_soon");
    let sheet = Sheet { fault, ..Sheet::plain(text("title"), body) };
    let status = if code == "flow_expired" { StatusCode::GONE } else { problem.status_code() };
    let mut response = visit.page(status, &sheet);
    if let Some(seconds) = problem.waits() {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// Whoever comes without a recovery, or with one that is over, reads the same.
fn shown_code(code: &'static str) -> &'static str {
    match code {
        "unauthorized" | "flow_not_found" | "flow_state" => "flow_expired",
        other => other,
    }
}

fn wait(visit: &Visit, seconds: u64) -> Markup {
    let rules = visit.rules();
    let moment = rules.now().plus(Duration::from_secs(seconds));
    // A wait over midnight needs the day as well.
    let clock = visit.call.language.clock(moment, &rules.zone);
    let (today, then) =
        (visit.call.language.day(rules.now(), &rules.zone), visit.call.language.day(moment, &rules.zone));
    let time = if today == then { clock } else { format!("{then} {clock}") };
    html! {
        p { (visit.text("stopped.after")) " " time #retry-at datetime=(moment) { (time) } }
        p #wait data-seconds=(seconds) data-left=(visit.text("stopped.left")) data-over=(visit.text("stopped.over"))
            role="timer" {}
    }
}

fn onward(visit: &Visit, code: &str, way: &Way, waits: Option<u64>) -> Markup {
    let label = visit.text(if waits.is_some() { "stopped.retry" } else { "again" });
    // Nothing is to be tried again: the code that was sent is waited for at once.
    if code == "resend_too_soon" {
        return html! { p { a #back .button href=(visit.link("/code")) { (visit.text("back_to_code")) } } };
    }
    html! {
        @match way {
            Way::Again(account) => {
                form method="post" action=(visit.link("/")) {
                    (hidden(visit, account))
                    @if code == "flow_expired" && !account.is_empty() { p { strong { (account) } } }
                    button #retry type="submit" name="action" value="again" { (label) }
                }
            }
            Way::To(path) => {
                form method="get" action=(visit.link(path)) { button #retry type="submit" { (label) } }
            }
        }
    }
}
