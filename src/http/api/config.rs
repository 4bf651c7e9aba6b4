//! `GET /v1/config`: what a page needs to know before it asks for anything.

use std::sync::Arc;

use actix_web::http::header::{self, EntityTag, IfNoneMatch};
use actix_web::{HttpResponse, web};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// The answer: fixed at start but for the state of the message service.
pub struct ConfigAnswer {
    fixed: Value,
    sms: Arc<dyn Fn() -> &'static str + Send + Sync>,
}

impl ConfigAnswer {
    /// `sms` says `ok`, `degraded` or `down`; a state of all, which tells nothing about anybody.
    #[must_use]
    pub fn new(fixed: Value, sms: Arc<dyn Fn() -> &'static str + Send + Sync>) -> Self {
        Self { fixed, sms }
    }
}

/// Answers with an entity tag, so that a client may ask often.
pub async fn show(answer: web::Data<ConfigAnswer>, known: web::Header<IfNoneMatch>) -> HttpResponse {
    let mut config = answer.fixed.clone();
    config["status"] = serde_json::json!({ "sms": (answer.sms)() });
    let body = config.to_string();
    let digest = Sha256::digest(body.as_bytes());
    let tag = EntityTag::new_strong(data_encoding::HEXLOWER.encode(&digest[..8]));
    let same = match &*known {
        IfNoneMatch::Any => false,
        IfNoneMatch::Items(tags) => tags.iter().any(|one| one.weak_eq(&tag)),
    };
    let mut response = if same { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response.insert_header(header::ETag(tag));
    if same { response.finish() } else { response.content_type("application/json").body(body) }
}
