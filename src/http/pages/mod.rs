//! The hosted pages: forgotten password, from mailbox to done. Server-rendered; they call the flows that the API calls.
//!
//! A page reads its form, calls one flow and words the answer. Forms are answered with 303 wherever loading a page again
//! could cost something; the recovery is named by the cookie, so that no URL holds anything about anybody.

mod assets;
mod captcha;
mod code;
mod cookie;
mod done;
mod form;
mod frame;
mod guard;
mod help;
mod identify;
mod password;
mod pieces;
mod resend;
mod stop;
mod stopped;
mod visit;

use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::dev::ServiceResponse;
use actix_web::http::header;
use actix_web::middleware::Compress;
use actix_web::{HttpRequest, web};

pub use assets::Assets;
pub use guard::content_security_policy;
use stop::{Stop, Way};
use visit::Visit;

use super::api::method_not_allowed;
use super::contacts::Contacts;
use super::help_contact::HelpContact;
use super::locale::Language;
use super::methods;
use super::problem::Problem;
use super::return_to::ReturnTo;
use super::zone::Zone;
use crate::domain::{Clock, Randomness, Timestamp, nearest_language};
use crate::policy::PolicyDescription;

/// What the pages need beside the flows.
pub struct PageRules {
    /// Whether code and new password stand on one page.
    pub single: bool,
    /// Where people sign in; offered at the end.
    pub login_url: Option<String>,
    /// Added when somebody types only a name; empty for none.
    pub mail_domain: String,
    /// In hints about how to write an address.
    pub example_address: String,
    /// The content security policy of every page.
    pub policy_header: String,
    /// Whether people reach it over TLS, and never otherwise.
    pub tls: bool,
    /// The service's name by language.
    pub names: BTreeMap<String, String>,
    /// A line at the foot by language.
    pub footers: BTreeMap<String, String>,
    /// Where a claimant may be led back to.
    pub return_to: ReturnTo,
    /// Mail client settings for the last page: imap, pop, smtp.
    pub client_settings: Vec<(&'static str, String)>,
    /// Whom to turn to.
    pub help: HelpContact,
    /// Whom to turn to, by domain and unit.
    pub contacts: Arc<Contacts>,
    /// In which times are told.
    pub zone: Zone,
    /// The password rules in force.
    pub policy: PolicyDescription,
    /// Style, script and logo.
    pub assets: Assets,
    /// For the anchors of forms.
    pub random: Arc<dyn Randomness>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl PageRules {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn name(&self, language: &Language) -> &str {
        spoken(&self.names, language)
    }

    fn footer(&self, language: &Language) -> &str {
        spoken(&self.footers, language)
    }
}

/// The text of a language, else of the default language.
fn spoken<'a>(texts: &'a BTreeMap<String, String>, language: &Language) -> &'a str {
    let nearest = |tag: &str| nearest_language(tag, texts.keys().map(String::as_str));
    let of = |tag: &str| nearest(tag).and_then(|tag| texts.get(tag)).map(String::as_str);
    of(language.tag()).or_else(|| of(language.catalog().default_tag())).unwrap_or_default()
}

/// The routes of the pages.
pub fn configure(routes: &mut web::ServiceConfig) {
    let page = |path, methods| methods::resource(path, methods, method_not_allowed).wrap(Compress::default());
    routes
        .service(page("/", "GET, POST").get(identify::show).post(identify::submit))
        .service(page("/code", "GET, POST").get(code::show).post(code::submit))
        .service(page("/resend", "POST").post(resend::submit))
        .service(page("/password", "GET, POST").get(password::show).post(password::submit))
        .service(page("/done", "GET").get(done::show))
        .service(page("/help", "GET, POST").get(help::show).post(help::search))
        .service(page("/assets/{name}", "GET").get(assets::show));
}

/// Whether whoever asks reads pages: a browser that shows what it gets, and not at an address of the API.
fn is_for_people(request: &HttpRequest) -> bool {
    let accepts = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    !request.path().starts_with("/v1") && accepts.is_some_and(|kinds| kinds.contains("text/html"))
}

/// Whether an error is one that a page handler chose.
#[must_use]
pub fn is_worded(error: &actix_web::Error) -> bool {
    error.as_error::<Stop>().is_some()
}

/// A problem as a page, where a person reads the answer; every other answer as it is.
#[must_use]
pub fn worded(response: ServiceResponse) -> ServiceResponse {
    if !is_for_people(response.request()) {
        return response;
    }
    let request = response.request().clone();
    let Some(error) = response.response().error() else { return response };
    let (problem, way) = match (error.as_error::<Stop>(), error.as_error::<Problem>()) {
        (Some(stop), _) => (&stop.problem, stop.way.clone()),
        (None, Some(problem)) => (problem, Way::To("/")),
        _ => return response,
    };
    let Ok(visit) = Visit::of(&request) else { return response };
    let mut page = stopped::page(&visit, problem, &way);
    if let Some(methods) = response.headers().get(header::ALLOW) {
        page.headers_mut().insert(header::ALLOW, methods.clone());
    }
    response.into_response(page)
}
