//! `/v1/captchas`

use std::sync::Arc;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};

use super::bodies::CaptchaRequest;
use super::{ApiRules, answers};
use crate::domain::Purpose;
use crate::flow::{CaptchaFlow, Passed};
use crate::http::call::Call;
use crate::http::headers;
use crate::http::problem::Problem;
use crate::http::problem_table::invalid;
use crate::http::strict::StrictOrNone;
use crate::limits::RequesterGate;

/// Issues a captcha; "change picture" is the same call with `replaces`.
pub async fn issue(
    call: Call,
    flow: web::Data<Arc<CaptchaFlow>>,
    request: HttpRequest,
    body: StrictOrNone<CaptchaRequest>,
) -> Result<HttpResponse, Problem> {
    let body = body.0.unwrap_or_default();
    let call = call.in_language(&request, body.locale.as_deref());
    let kind = body.kind.unwrap_or_else(|| flow.default_kind());
    if !flow.desk.kinds().contains(&kind) {
        return Err(invalid(&call, "/kind", "kind"));
    }
    let issued = flow.issue(&call.origin, kind, call.language.tag(), Purpose::Recovery, body.replaces.as_deref()).await;
    let Passed { value, allowance } = issued.map_err(|error| Problem::of(&call, &error))?;
    let mut response = HttpResponse::Created();
    headers::allow(&mut response, RequesterGate::Captcha, &allowance);
    Ok(response.json(answers::captcha(&value, &call.base)))
}

/// The picture.
pub async fn image(
    call: Call,
    flow: web::Data<Arc<CaptchaFlow>>,
    rules: web::Data<ApiRules>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let picture = flow.picture(&call.origin, &id).await;
    picture.map(|picture| media(picture, "image/png", &rules)).map_err(|error| Problem::of(&call, &error))
}

/// The sound.
pub async fn audio(
    call: Call,
    flow: web::Data<Arc<CaptchaFlow>>,
    rules: web::Data<ApiRules>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let sound = flow.audio(&call.origin, &id).await;
    sound.map(|sound| media(sound, "audio/wav", &rules)).map_err(|error| Problem::of(&call, &error))
}

fn media(passed: Passed<Vec<u8>>, kind: &'static str, rules: &ApiRules) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    if rules.captchas_for_others {
        // An `img` of another site's page sends no origin, so that no single page can be let in; the address is a secret.
        response.insert_header(("cross-origin-resource-policy", "cross-origin"));
    }
    headers::allow(&mut response, RequesterGate::Media, &passed.allowance);
    response.insert_header((header::CONTENT_TYPE, kind)).body(passed.value)
}
