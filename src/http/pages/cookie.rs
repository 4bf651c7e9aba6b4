//! The one cookie of the pages: an anchor for forms, the language that was chosen, and the recovery under way.

use std::fmt;

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite};
use data_encoding::BASE64URL_NOPAD;
use subtle::ConstantTimeEq;

use crate::domain::{ChallengeId, FlowCredential, Randomness};
use crate::http::{BasePath, cookies};

/// The cookie's name, but for its prefix.
const NAME: &str = "resetgate-page";

/// What a browser holds between two pages.
#[derive(Clone)]
pub struct PageCookie {
    anchor: String,
    /// The tag of the language that was chosen by hand.
    pub language: Option<String>,
    /// The recovery under way.
    pub recovery: Option<(ChallengeId, FlowCredential)>,
}

impl PageCookie {
    /// For a browser that holds none.
    #[must_use]
    pub fn fresh(random: &dyn Randomness) -> Self {
        Self { anchor: BASE64URL_NOPAD.encode(&random.bytes::<16>()), language: None, recovery: None }
    }

    /// The cookie of a request; `None` when there is none, or none that we wrote.
    #[must_use]
    pub fn of(request: &HttpRequest, base: &BasePath) -> Option<Self> {
        cookies::sole(request, &base.cookie_name(NAME), Self::parse)
    }

    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let (anchor, language) = (parts.next()?, parts.next()?);
        let (id, credential) = (parts.next()?, parts.next()?);
        let sound = anchor.len() == 22 && BASE64URL_NOPAD.decode(anchor.as_bytes()).is_ok() && parts.next().is_none();
        sound.then(|| Self {
            anchor: anchor.to_owned(),
            language: (!language.is_empty()).then(|| language.to_owned()),
            recovery: id.parse().ok().zip(FlowCredential::parse(credential)),
        })
    }

    /// What every form carries. It is told to the page and not to scripts of others, it outlives the rotation of the
    /// credential, and nobody else can set the cookie: so a form that repeats it is ours.
    #[must_use]
    pub fn anchor(&self) -> &str {
        &self.anchor
    }

    /// Whether a form carries the anchor of this browser.
    #[must_use]
    pub fn anchors(&self, presented: &str) -> bool {
        self.anchor.as_bytes().ct_eq(presented.as_bytes()).into()
    }

    /// On its way to the browser; gone when the browser closes.
    #[must_use]
    pub fn bake(&self, base: &BasePath) -> Cookie<'static> {
        let language = self.language.as_deref().unwrap_or_default();
        let recovery = self.recovery.as_ref();
        let (id, credential) =
            recovery.map_or_else(Default::default, |(id, credential)| (id.to_string(), credential.expose()));
        base.cookie(NAME, format!("{}.{language}.{id}.{credential}", self.anchor))
            // Not `Strict`: a link of another site would come without it, and the fresh one that it then gets would end the
            // recovery. No GET has an effect, no page is told to its opener, and no form of another site carries it.
            .same_site(SameSite::Lax)
            .finish()
    }
}

impl fmt::Debug for PageCookie {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("PageCookie(••••)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::SystemRandom;

    #[test]
    fn a_cookie_reads_back_with_and_without_a_recovery() {
        let mut cookie = PageCookie::fresh(&SystemRandom);
        let again = PageCookie::parse(cookie.bake(&BasePath::default()).value()).unwrap();
        assert!(again.anchors(cookie.anchor()) && again.recovery.is_none() && again.language.is_none());
        cookie.language = Some("zh-CN".to_owned());
        let id = ChallengeId::draw(&SystemRandom);
        cookie.recovery = Some((id, FlowCredential::draw(id, &SystemRandom)));
        let again = PageCookie::parse(cookie.bake(&BasePath::default()).value()).unwrap();
        let (id, credential) = again.recovery.unwrap();
        assert_eq!(again.language.as_deref(), Some("zh-CN"));
        assert_eq!(id, cookie.recovery.as_ref().unwrap().0);
        assert!(credential.digest().matches(&cookie.recovery.unwrap().1.digest()));
    }

    #[test]
    fn what_we_did_not_write_is_no_cookie_and_no_other_anchor_fits() {
        let cookie = PageCookie::fresh(&SystemRandom);
        for text in ["", "...", "short...", "a.b.c.d.e", &format!("{}..", cookie.anchor())] {
            assert!(PageCookie::parse(text).is_none(), "{text}");
        }
        assert!(!cookie.anchors("") && !cookie.anchors(PageCookie::fresh(&SystemRandom).anchor()));
        assert_eq!(format!("{cookie:?}"), "PageCookie(••••)");
    }
}
