//! Another code; from the third on a captcha comes first.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use maud::html;

use super::form::Form;
use super::frame::{Sheet, Step};
use super::pieces::{Errors, hidden};
use super::stop::{Stop, Way};
use super::visit::Visit;
use super::{captcha, code};
use crate::captcha::Issued;
use crate::flow::{CaptchaFault, CaptchaFlow, FlowError, RecoveryFlow};
use crate::http::problem::Problem;

/// The button for another code was pressed, or the captcha before it answered.
pub async fn submit(
    mut visit: Visit,
    captchas: web::Data<Arc<CaptchaFlow>>,
    flow: web::Data<RecoveryFlow>,
    form: Form,
) -> Result<HttpResponse, Stop> {
    let (id, credential) = visit.recovery(Some(&form))?;
    visit.trust(&form)?;
    if visit.was_left(&form) {
        return Ok(visit.see("/code"));
    }
    if visit.speaks_otherwise(&form) {
        let captcha = captcha::keep(&visit, &captchas, &form).await?;
        return Ok(page(&visit, StatusCode::OK, &form, &captcha, &Errors::default(), false));
    }
    if let Some(kind) = captcha::asked_kind(&captchas, &form) {
        let captcha = captcha::draw(&visit, &captchas, Some(kind), Some(&form)).await?;
        return Ok(page(&visit, StatusCode::OK, &form, &captcha, &Errors::default(), true));
    }
    match flow.resend(&visit.call.origin, &id, &credential, captcha::answered(&form)).await {
        Ok(_) => Ok(visit.see("/code?from=resend")),
        Err(FlowError::Captcha { fault, fresh }) => {
            let mut errors = Errors::default();
            // The first time there was nothing to answer.
            let first = fault == CaptchaFault::Required && form.given("captcha").is_none();
            if !first {
                captcha::add(&visit, fault, fresh.kind, &mut errors);
            }
            let status = if first { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
            Ok(page(&visit, status, &form, &fresh, &errors, false))
        }
        Err(FlowError::State(_) | FlowError::SendsExhausted) => Ok(visit.see("/code")),
        Err(error @ FlowError::TooSoon { .. }) => Err(Stop::new(Problem::of(&visit.call, &error), Way::To("/code"))),
        Err(error) => Err(code::stop(&visit, &error, Some(&form))),
    }
}

fn page(
    visit: &Visit,
    status: StatusCode,
    form: &Form,
    captcha: &Issued,
    errors: &Errors,
    chosen: bool,
) -> HttpResponse {
    let body = html! {
        p { (visit.text("resend.lead")) }
        form #step method="post" action=(visit.link("/resend")) novalidate {
            (hidden(visit, form.text("account")))
            (captcha::fields(visit, captcha, errors, chosen))
            button #submit type="submit" { (visit.text("resend.submit")) }
        }
        p { a href=(visit.link("/code")) { (visit.text("back_to_code")) } }
    };
    let sheet = Sheet::of_step(visit, Step::Code, visit.text("resend.title"), errors, body);
    let focus = sheet.focus && !chosen;
    visit.page(status, &Sheet { focus, ..sheet })
}
