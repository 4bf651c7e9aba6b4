//! S4: the password was changed; where the old one must be replaced, and whom to call when it was somebody else.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use maud::{Markup, html};

use super::code::{Standing, standing};
use super::frame::Sheet;
use super::pieces::contacts;
use super::stop::Stop;
use super::visit::Visit;
use crate::domain::{ChallengeView, Lock, State};
use crate::flow::RecoveryFlow;

/// The page; loading it again does nothing again.
pub async fn show(visit: Visit, flow: web::Data<RecoveryFlow>) -> Result<HttpResponse, Stop> {
    Ok(match standing(&visit, &flow, State::Completed, None).await? {
        Standing::Here(view) if view.ending.is_some() => {
            visit.page(StatusCode::OK, &Sheet::plain(visit.text("done.title"), body(&visit, &view)))
        }
        Standing::Here(_) => visit.see("/code"),
        Standing::Elsewhere(answer) => answer,
    })
}

fn body(visit: &Visit, view: &ChallengeView) -> Markup {
    let rules = visit.rules();
    let way = view.return_to.as_deref().or(rules.login_url.as_deref());
    let expires = view.ending.and_then(|ending| ending.password_expires_at);
    html! {
        p { strong { (view.account.as_str()) } }
        @if let Some(lock) = view.ending.and_then(|ending| ending.lock) { p #locked { (locked(visit, lock)) } }
        h2 { (visit.text("done.update")) }
        ul {
            li { (visit.text("done.webmail")) }
            li { (visit.text("done.clients"))
                @if !rules.client_settings.is_empty() {
                    ul.plain {
                        @for (protocol, server) in &rules.client_settings { li { (setting(visit, protocol, server)) } }
                    }
                }
            }
            li { (visit.text("done.saved")) }
            li { (visit.text("done.shared")) }
            @if view.ending.is_some_and(|ending| ending.sessions_revoked) { li { (visit.text("done.sessions")) } }
        }
        p #copy-status role="status" data-done=(visit.text("done.copied")) {}
        p #expires {
            @if let Some(moment) = expires {
                (visit.text_with("done.expires", &[("day", &visit.call.language.day(moment, &rules.zone))]))
            } @else {
                (visit.text("done.expires_never"))
            }
        }
        @if let Some(way) = way { p { a #login .button href=(way) { (visit.text("done.login")) } } }
        h2 { (visit.text("done.not_you")) }
        p { (visit.text("done.not_you_advice")) }
        (contacts(visit, view.account.as_str()))
    }
}

/// When the new password works, where wrong ones have locked the account.
fn locked(visit: &Visit, lock: Lock) -> String {
    let Some(end) = lock.ends_at else { return visit.text("done.locked") };
    let (language, zone) = (&visit.call.language, &visit.rules().zone);
    visit.text_with("done.locked_until", &[("day", &language.day(end, zone)), ("time", &language.clock(end, zone))])
}

fn setting(visit: &Visit, protocol: &str, server: &str) -> Markup {
    let label = visit.text_with("done.copy", &[("server", server)]);
    html! {
        span { (protocol.to_uppercase()) " " code dir="ltr" { (server) } " " }
        button.second type="button" hidden data-copy=(server) aria-label=(label) { (visit.text("done.copy_short")) }
    }
}
