//! One request for a page: who asks, in which language, with which cookie; and the answer that keeps the cookie true.

use std::future::{Ready, ready};
use std::io::Write;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, HttpResponseBuilder, web};
use flate2::Compression;
use flate2::write::GzEncoder;

use super::cookie::PageCookie;
use super::form::Form;
use super::frame::{self, Sheet};
use super::stop::{Stop, Way};
use super::{PageRules, guard};
use crate::domain::{ChallengeId, FlowCredential};
use crate::http::call::Call;
use crate::http::locale::Language;
use crate::http::problem::{Problem, ProblemCode};

/// One request for a page.
pub struct Visit {
    /// Who asks, in the language of the answer.
    pub call: Call,
    /// What the browser holds, or will.
    pub cookie: PageCookie,
    /// Whether the browser sent it.
    pub has_cookie: bool,
    rules: web::Data<PageRules>,
    changed: bool,
    request: HttpRequest,
}

impl Visit {
    pub(super) fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let call = Call::attached(request)?;
        let Some(rules) = request.app_data::<web::Data<PageRules>>() else {
            return Err(Problem::new(&call, "internal"));
        };
        let held = PageCookie::of(request, &call.base);
        let has_cookie = held.is_some();
        // A handler that stopped may have learnt more than the browser knows yet.
        let learnt = request.extensions().get::<PageCookie>().cloned();
        let changed = learnt.is_some();
        let cookie = learnt.or(held).unwrap_or_else(|| PageCookie::fresh(&*rules.random));
        let mut visit = Self { call, cookie, has_cookie, rules: rules.clone(), changed, request: request.clone() };
        let query = url::form_urlencoded::parse(request.query_string().as_bytes());
        let asked = query.into_iter().find(|(name, _)| name == "lang").map(|(_, tag)| tag.into_owned());
        match asked {
            Some(tag) => visit.speak(&tag),
            None => {
                if let Some(tag) = visit.cookie.language.clone() {
                    visit.call.language = Language::choose(visit.call.language.catalog(), [tag.as_str()]);
                }
            }
        }
        // The middleware words what fails on the way, and names the language of the answer.
        request.extensions_mut().insert(visit.call.clone());
        Ok(visit)
    }

    /// The rules of the pages.
    #[must_use]
    pub fn rules(&self) -> &PageRules {
        &self.rules
    }

    /// The address of a path of ours; no page writes one without it.
    #[must_use]
    pub fn link(&self, path: &str) -> String {
        self.call.base.link(path)
    }

    /// A text of the pages.
    #[must_use]
    pub fn text(&self, key: &str) -> String {
        self.call.language.text(&format!("page.{key}"), &[])
    }

    /// A text of the pages with its placeholders filled in.
    #[must_use]
    pub fn text_with(&self, key: &str, values: &[(&str, &str)]) -> String {
        self.call.language.text(&format!("page.{key}"), values)
    }

    /// Changes to a language that there is, for this page and all that follow.
    pub fn speak(&mut self, tag: &str) {
        if let Some(tag) = self.call.language.catalog().find(tag).map(str::to_owned) {
            self.call.language = Language::choose(self.call.language.catalog(), [tag.as_str()]);
            self.cookie.language = Some(tag);
            self.change();
        }
    }

    /// Remembered with the request, so that the page which a later stop becomes keeps it.
    fn change(&mut self) {
        self.changed = true;
        self.request.extensions_mut().insert(self.cookie.clone());
    }

    /// Changes the language when the button of one was pressed in a form; tells whether one was.
    pub fn speaks_otherwise(&mut self, form: &Form) -> bool {
        let Some(tag) = form.given("lang") else { return false };
        self.speak(tag);
        true
    }

    /// From now on the browser holds this recovery.
    pub fn hold(&mut self, id: ChallengeId, credential: FlowCredential) {
        self.cookie.recovery = Some((id, credential));
        self.change();
    }

    /// The recovery under way.
    ///
    /// # Errors
    /// The page that says that there is none, and begins again with the mailbox of `form`.
    pub fn recovery(&self, form: Option<&Form>) -> Result<(ChallengeId, FlowCredential), Stop> {
        let again = || Stop::new(Problem::new(&self.call, "flow_expired"), way_again(form));
        self.cookie.recovery.clone().ok_or_else(again)
    }

    /// Whether a form was filled in on a page of ours, in this browser.
    ///
    /// # Errors
    /// The page that says that it was not.
    pub fn trust(&self, form: &Form) -> Result<(), Stop> {
        if self.has_cookie && self.cookie.anchors(form.text("csrf")) {
            return Ok(());
        }
        Err(Stop::new(Problem::new(&self.call, "forbidden"), way_again(Some(form))))
    }

    /// Whether a form is a step of another recovery than the one that the browser holds: of a tab that was left behind.
    /// It must neither cost a try nor set the password of another mailbox.
    #[must_use]
    pub fn was_left(&self, form: &Form) -> bool {
        let held = self.cookie.recovery.as_ref().map(|(id, _)| id.to_string());
        held.as_deref() != form.given("recovery")
    }

    /// A page.
    #[must_use]
    pub fn page(&self, status: StatusCode, sheet: &Sheet) -> HttpResponse {
        let mut response = HttpResponse::build(status);
        response.insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"));
        self.keep(&mut response, sheet.form.is_some());
        guard::headers(&mut response, &self.rules);
        let html = frame::page(self, sheet).into_string();
        let mut page = match unpacks(&self.request).then(|| packed(html.as_bytes())).flatten() {
            Some(packed) => {
                response
                    .insert_header((header::CONTENT_ENCODING, "gzip"))
                    .insert_header((header::VARY, "accept-encoding"));
                response.body(packed)
            }
            None => response.body(html),
        };
        if let Some(code) = sheet.fault {
            page.extensions_mut().insert(ProblemCode(code));
        }
        page
    }

    /// Leads on with GET, so that neither reload nor the back button sends a form twice.
    #[must_use]
    pub fn see(&self, path: &str) -> HttpResponse {
        let mut response = HttpResponse::SeeOther();
        if let Ok(place) = HeaderValue::from_str(&self.link(path)) {
            response.insert_header((header::LOCATION, place));
        }
        self.keep(&mut response, false);
        response.finish()
    }

    /// A page with a form needs the cookie that its anchor is compared with.
    fn keep(&self, response: &mut HttpResponseBuilder, needed: bool) {
        if self.changed || (needed && !self.has_cookie) {
            response.cookie(self.cookie.bake(&self.call.base));
        }
    }
}

/// Whether a browser unpacks gzip.
#[must_use]
pub fn unpacks(request: &HttpRequest) -> bool {
    let accepted = request.headers().get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    accepted.is_some_and(|codings| codings.split(',').any(|coding| coding.trim() == "gzip"))
}

/// Packed for the wire; the framework packs what is not, at its fastest level and a fifth larger.
#[must_use]
pub fn packed(content: &[u8]) -> Option<Vec<u8>> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::new(6));
    packer.write_all(content).ok()?;
    packer.finish().ok()
}

/// Starts again with the mailbox of a form, if it had one.
#[must_use]
pub fn way_again(form: Option<&Form>) -> Way {
    Way::Again(form.map_or_else(String::new, |form| form.text("account").to_owned()))
}

impl FromRequest for Visit {
    type Error = Stop;
    type Future = Ready<Result<Self, Stop>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request).map_err(Stop::from))
    }
}
