//! Where the service stands on its host: at the root, or below a path that a proxy gives it.

use std::fmt;
use std::sync::Arc;

use actix_web::cookie::{Cookie, CookieBuilder};
use actix_web::dev::ServiceRequest;
use actix_web::http::Uri;

/// Every route of the public listener; `*` is a segment that varies. A base path that one of them begins with could not
/// be told from it.
const ROUTES: [&str; 21] = [
    "/code",
    "/resend",
    "/password",
    "/done",
    "/help",
    "/assets/*",
    "/openapi.json",
    "/problems/*",
    "/v1/config",
    "/v1/captchas",
    "/v1/captchas/*/image",
    "/v1/captchas/*/audio",
    "/v1/password-resets",
    "/v1/password-resets/*",
    "/v1/password-resets/*/resend",
    "/v1/password-resets/*/verify",
    "/v1/password-resets/*/complete",
    "/v1/delivery-reports",
    "/v1/delivery-reports/*",
    "/v1/delivery-reports/*/*",
    "/",
];

/// Longer paths would make links and cookies longer than anybody reads.
const LONGEST: usize = 200;

/// The path of `server.public_url`, without a slash at its end: `""` at the root, else like `/reset`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BasePath(Arc<str>);

/// A path that no service can stand below.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BasePathError {
    /// `//` somewhere.
    #[error("has two slashes in a row")]
    DoubleSlash,
    /// `.` or `..` as a segment.
    #[error("has a segment `.` or `..`, which browsers and proxies take away")]
    Dots,
    /// `%41` and the like.
    #[error("has a %-escape, which proxies write in different ways")]
    Escape,
    /// Anything else but letters, digits and `-` `.` `_` `~`.
    #[error("has other signs than ASCII letters, digits, - . _ and ~")]
    Sign,
    /// More than 200 bytes.
    #[error("has more than {LONGEST} characters")]
    Long,
    /// A page or an API path of ours is called the same.
    #[error("is the address of a page or of the API itself; take another, like /reset")]
    Taken,
}

impl BasePath {
    /// Reads the path of an address as it was written; one slash at its end is dropped.
    ///
    /// # Errors
    /// [`BasePathError`].
    pub fn parse(written: &str) -> Result<Self, BasePathError> {
        let path = written.strip_suffix('/').unwrap_or(written);
        if path.is_empty() {
            return Ok(Self::default());
        }
        let segments: Vec<&str> = path.strip_prefix('/').ok_or(BasePathError::Sign)?.split('/').collect();
        let unreserved = |sign: char| sign.is_ascii_alphanumeric() || "-._~".contains(sign);
        if segments.contains(&"") {
            Err(BasePathError::DoubleSlash)
        } else if segments.iter().any(|segment| matches!(*segment, "." | "..")) {
            Err(BasePathError::Dots)
        } else if path.contains('%') {
            Err(BasePathError::Escape)
        } else if !segments.iter().all(|segment| segment.chars().all(unreserved)) {
            Err(BasePathError::Sign)
        } else if path.len() > LONGEST {
            Err(BasePathError::Long)
        } else if ROUTES.iter().any(|route| begins(route, &segments)) {
            Err(BasePathError::Taken)
        } else {
            Ok(Self(path.into()))
        }
    }

    /// The address of a path of ours, as browsers must ask for it: `/code` is `/reset/code` below `/reset`.
    #[must_use]
    pub fn link(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    /// Takes the base path away from what is asked for, where the proxy left it there.
    pub(super) fn take_from(&self, request: &mut ServiceRequest) {
        let Some(uri) = self.below(request.uri()) else { return };
        request.match_info_mut().get_mut().update(&uri);
        request.head_mut().uri = uri;
    }

    fn below(&self, uri: &Uri) -> Option<Uri> {
        if self.0.is_empty() {
            return None;
        }
        let rest = uri.path().strip_prefix(&*self.0).filter(|rest| rest.is_empty() || rest.starts_with('/'))?;
        let path = if rest.is_empty() { "/" } else { rest };
        let all = uri.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
        let mut parts = uri.clone().into_parts();
        parts.path_and_query = Some(all.parse().ok()?);
        Uri::from_parts(parts).ok()
    }

    /// The full name of a cookie of ours.
    ///
    /// At the root `__Host-` has browsers insist on `Secure`, `Path=/` and no domain, so that nobody else can set it.
    /// Below a path `__Secure-` is left, which another host of the domain can set for the whole domain.
    #[must_use]
    pub fn cookie_name(&self, name: &str) -> String {
        format!("{}{name}", if self.0.is_empty() { "__Host-" } else { "__Secure-" })
    }

    /// A cookie of ours, for this path and no script.
    pub(super) fn cookie(&self, name: &str, value: String) -> CookieBuilder<'static> {
        let path = if self.0.is_empty() { "/".to_owned() } else { self.0.to_string() };
        Cookie::build(self.cookie_name(name), value).path(path).secure(true).http_only(true)
    }
}

impl fmt::Display for BasePath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

fn begins(route: &str, segments: &[&str]) -> bool {
    let mut own = route.split('/').skip(1);
    segments.iter().all(|segment| own.next().is_some_and(|own| own == "*" || own == *segment))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn below(base: &str, asked: &str) -> Option<String> {
        BasePath::parse(base).unwrap().below(&asked.parse().unwrap()).map(|uri| uri.to_string())
    }

    #[test]
    fn a_path_below_the_base_is_found_and_no_other() {
        let table = [
            ("/reset", Some("/")),
            ("/reset/", Some("/")),
            ("/reset/code", Some("/code")),
            ("/reset?account=a", Some("/?account=a")),
            ("/reset/v1/config?x=/reset", Some("/v1/config?x=/reset")),
            ("/reset/reset", Some("/reset")),
            ("/", None),
            ("/code", None),
            ("/resets", None),
            ("/Reset/code", None),
        ];
        for (asked, expected) in table {
            assert_eq!(below("/reset", asked).as_deref(), expected, "{asked}");
        }
        assert_eq!(below("/a/b/", "/a/b/code").as_deref(), Some("/code"));
        assert_eq!(below("", "/code"), None);
    }

    #[test]
    fn a_base_path_that_cannot_work_is_refused_by_name() {
        use BasePathError::{Dots, DoubleSlash, Escape, Long, Sign, Taken};
        let long = format!("/{}", "a".repeat(LONGEST));
        let table = [
            ("//", DoubleSlash),
            ("/a//b", DoubleSlash),
            ("/a//", DoubleSlash),
            ("/a/../b", Dots),
            ("/.", Dots),
            ("/a%2fb", Escape),
            ("/重置", Sign),
            ("/a b", Sign),
            ("/a;b", Sign),
            ("\\a", Sign),
            ("/a\\b", Sign),
            (long.as_str(), Long),
            ("/v1", Taken),
            ("/v1/captchas/", Taken),
            ("/password", Taken),
            ("/problems/x", Taken),
            ("/assets", Taken),
        ];
        for (written, expected) in table {
            assert_eq!(BasePath::parse(written), Err(expected), "{written}");
        }
        for (written, path) in
            [("", ""), ("/", ""), ("/reset/", "/reset"), ("/help/Reset-1.0~x_y", "/help/Reset-1.0~x_y")]
        {
            assert_eq!(BasePath::parse(written).unwrap().to_string(), path);
        }
    }

    /// A route that is added must be in the list.
    #[test]
    fn the_list_has_every_route() {
        let (api, pages) = (include_str!("api/mod.rs"), include_str!("pages/mod.rs"));
        let literals = |source: &'static str, before: &'static str| {
            source.split(before).skip(1).map(|rest| rest.split('"').next().unwrap_or_default())
        };
        let served: Vec<String> = literals(api, "resource(\"")
            .chain(literals(pages, "(page(\""))
            .map(|route| {
                route
                    .split('/')
                    .map(|part| if part.starts_with('{') { "*" } else { part })
                    .collect::<Vec<_>>()
                    .join("/")
            })
            .collect();
        assert!(served.len() >= 20, "{served:?}");
        for route in served {
            assert!(ROUTES.contains(&route.as_str()), "{route}");
        }
    }

    #[test]
    fn a_cookie_is_for_the_path_alone() {
        let cookie =
            |base: &str| BasePath::parse(base).unwrap().cookie("resetgate", "x".to_owned()).finish().to_string();
        assert_eq!(cookie(""), "__Host-resetgate=x; HttpOnly; Secure; Path=/");
        assert_eq!(cookie("/reset"), "__Secure-resetgate=x; HttpOnly; Secure; Path=/reset");
    }
}
