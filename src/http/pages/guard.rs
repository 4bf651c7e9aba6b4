//! What the browser is told to allow on a page: nothing but what the pages use.

use actix_web::HttpResponseBuilder;
use actix_web::http::header::{self, HeaderName};

use super::PageRules;

/// The content security policy and its neighbours, for one page.
pub fn headers(response: &mut HttpResponseBuilder, rules: &PageRules) {
    let name = HeaderName::from_static;
    response
        .insert_header((header::CONTENT_SECURITY_POLICY, rules.policy_header.as_str()))
        .insert_header((name("permissions-policy"), "otp-credentials=(self)"))
        .insert_header((name("cross-origin-opener-policy"), "same-origin"))
        .insert_header((name("x-robots-tag"), "noindex"));
    if rules.tls {
        response.insert_header((header::STRICT_TRANSPORT_SECURITY, "max-age=31536000"));
    }
}

/// `default-src 'none'` and what is left: our own files, pictures and sounds, forms to ourselves, and one kind of
/// script address that trusted types let through, the worker of the proof of work.
#[must_use]
pub fn content_security_policy(embed_origins: &[String]) -> String {
    let ancestors = if embed_origins.is_empty() { "'none'".to_owned() } else { embed_origins.join(" ") };
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
         worker-src 'self'; media-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}; \
         require-trusted-types-for 'script'; trusted-types resetgate"
    )
}
