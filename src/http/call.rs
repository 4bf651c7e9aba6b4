//! What every handler needs to know of a request: who asks, in which language.

use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::dev::{Payload, ServiceRequest};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap};
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use super::base_path::BasePath;
use super::locale::{Catalog, Language};
use super::problem::Problem;
use super::requester::ClientAddress;
use crate::domain::{Randomness, RequestId, accepted_languages, is_media_type};
use crate::flow::Origin;

/// How a request is understood; built once, shared by all workers.
pub struct CallRules {
    /// Finds the requester.
    pub client_address: ClientAddress,
    /// Texts.
    pub catalog: Arc<Catalog>,
    /// For request ids.
    pub random: Arc<dyn Randomness>,
    /// Where the service stands on its host.
    pub base: BasePath,
    /// Our own origin, like `https://mail.example.gov.cn`.
    pub public_origin: String,
    /// Origins of integrators' pages.
    pub cors_origins: Vec<String>,
}

/// One request.
#[derive(Clone)]
pub struct Call {
    /// Who asks, and in which request.
    pub origin: Origin,
    /// The language of the answer.
    pub language: Language,
    /// What stands before every path of ours.
    pub base: BasePath,
}

impl Call {
    /// Understands a request as far as its head goes.
    #[must_use]
    pub fn of(rules: &CallRules, request: &ServiceRequest) -> Self {
        let peer = request.peer_addr().map_or(std::net::Ipv4Addr::UNSPECIFIED.into(), |socket| socket.ip());
        let origin = Origin {
            requester: rules.client_address.resolve(peer, request.headers()),
            request: RequestId::draw(&*rules.random),
        };
        let language = Language::choose(&rules.catalog, asked_languages(request.headers()));
        Self { origin, language, base: rules.base.clone() }
    }

    /// The same call in the language a body asks for, where there is it; `Content-Language` follows.
    #[must_use]
    pub fn in_language(mut self, request: &HttpRequest, asked: Option<&str>) -> Self {
        if let Some(tag) = asked.and_then(|asked| self.language.catalog().find(asked)) {
            self.language = Language::choose(self.language.catalog(), [tag]);
            request.extensions_mut().insert(self.clone());
        }
        self
    }
}

/// The tags of `Accept-Language`, most wanted first.
fn asked_languages(headers: &HeaderMap) -> Vec<&str> {
    let text = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted_languages(text)
}

/// Whether a request that may have an effect comes from a page of somebody else (cross-site request forgery).
///
/// A browser names the page's origin on every such request; programs that are no browsers name none.
#[must_use]
pub fn is_foreign(rules: &CallRules, request: &ServiceRequest) -> bool {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return false;
    }
    let text = |name: header::HeaderName| request.headers().get(name).map(|value| value.to_str().unwrap_or("null"));
    let Some(origin) = text(header::ORIGIN) else {
        return text(header::HeaderName::from_static("sec-fetch-site")).is_some_and(|site| site == "cross-site");
    };
    if origin == "null"
        && let Some(site) = text(header::HeaderName::from_static("sec-fetch-site"))
    {
        // Our pages send no referrer, and then browsers name no origin of a form either.
        return !matches!(site, "same-origin" | "none");
    }
    // An older browser's form: its anchor decides. What is not a form is refused by its media type.
    let form = text(header::CONTENT_TYPE).is_some_and(|kind| is_media_type(kind, "application/x-www-form-urlencoded"));
    if origin == "null" && form {
        return false;
    }
    let own = origin == rules.public_origin
        || rules.cors_origins.iter().any(|allowed| allowed == origin)
        || text(header::HOST)
            .is_some_and(|host| origin.split_once("://").is_some_and(|(_, authority)| authority == host));
    !own
}

impl FromRequest for Call {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::attached(request))
    }
}

impl Call {
    /// The call that [`super::observe`] attached.
    ///
    /// # Errors
    /// When the middleware is missing, which is a fault of the assembly.
    pub fn attached(request: &HttpRequest) -> Result<Self, Problem> {
        request.extensions().get::<Self>().cloned().ok_or_else(Problem::unplaced)
    }
}
