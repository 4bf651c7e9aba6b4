//! S1: whose mailbox, and a captcha.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use maud::html;
use serde::Deserialize;

use super::captcha;
use super::form::Form;
use super::frame::{Sheet, Step};
use super::pieces::{Errors, Field};
use super::stop::{Stop, Way};
use super::visit::Visit;
use crate::captcha::Issued;
use crate::domain::{MailboxAddress, MailboxError, State};
use crate::flow::{CaptchaFault, CaptchaFlow, FlowError, Passed, RecoveryFlow, Start};
use crate::http::problem::Problem;

/// What a page that leads here may say.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    account: String,
    #[serde(default)]
    return_to: String,
}

/// Everything on the page that can change.
struct Filled<'a> {
    account: &'a str,
    return_to: &'a str,
    captcha: Issued,
    /// Whether this kind of captcha was asked for just now.
    chosen: bool,
    errors: Errors,
}

/// The first page.
pub async fn show(
    visit: Visit,
    flow: web::Data<Arc<CaptchaFlow>>,
    asked: Option<web::Query<Asked>>,
) -> Result<HttpResponse, Stop> {
    let (account, return_to) =
        asked.map_or_else(Default::default, |web::Query(asked)| (asked.account, asked.return_to));
    let captcha = captcha::draw(&visit, &flow, None, None).await?;
    let filled = Filled { account: &account, return_to: &return_to, captcha, chosen: false, errors: Errors::default() };
    Ok(page(&visit, StatusCode::OK, &filled))
}

/// A button of the first page was pressed.
pub async fn submit(
    mut visit: Visit,
    captchas: web::Data<Arc<CaptchaFlow>>,
    recovery: web::Data<RecoveryFlow>,
    form: Form,
) -> Result<HttpResponse, Stop> {
    // Before a message leaves that could not be used: without the cookie the next page would not know of it.
    if !visit.has_cookie {
        return Err(Stop::new(Problem::new(&visit.call, "cookies_needed"), Way::To("/")));
    }
    visit.trust(&form)?;
    let (account, return_to) = (form.text("account"), form.text("return_to"));
    let filled = |captcha, errors| Filled { account, return_to, captcha, chosen: false, errors };
    if visit.speaks_otherwise(&form) {
        let captcha = captcha::keep(&visit, &captchas, &form).await?;
        return Ok(page(&visit, StatusCode::OK, &filled(captcha, Errors::default())));
    }
    if form.text("action") == "again" {
        let captcha = captcha::draw(&visit, &captchas, None, None).await?;
        return Ok(page(&visit, StatusCode::OK, &filled(captcha, Errors::default())));
    }
    if let Some(kind) = captcha::asked_kind(&captchas, &form) {
        let captcha = captcha::draw(&visit, &captchas, Some(kind), Some(&form)).await?;
        let filled = Filled { chosen: true, ..filled(captcha, Errors::default()) };
        return Ok(page(&visit, StatusCode::OK, &filled));
    }
    let mut errors = Errors::default();
    let rules = visit.rules();
    let parsed = MailboxAddress::typed(account, &rules.mail_domain);
    if let Err(error) = &parsed {
        let key = if *error == MailboxError::Empty { "field.account_required" } else { "field.account_format" };
        errors.add(
            "account",
            "validation_failed",
            visit.call.language.text(key, &[("example", &rules.example_address)]),
        );
    }
    let answered = captcha::answered(&form);
    let needed = recovery.rules().captcha_required && answered.is_none();
    match parsed {
        Ok(mailbox) if !needed => {
            if proven(&visit, &recovery, &mailbox).await? {
                return Ok(visit.see("/password"));
            }
            let start = Start {
                account: mailbox,
                captcha: answered,
                locale: visit.call.language.tag().into(),
                return_to: rules.return_to.admits(return_to).then(|| return_to.into()),
                held: visit.cookie.recovery.as_ref().map(|(_, credential)| credential.clone()),
            };
            let started = recovery.start(&visit.call.origin, start).await;
            match started {
                Ok(Passed { value, .. }) => {
                    visit.hold(value.view.id, value.credential);
                    Ok(visit.see(if value.sends { "/code?from=start" } else { "/code?from=again" }))
                }
                Err(FlowError::Captcha { fault, fresh }) => {
                    captcha::add(&visit, fault, fresh.kind, &mut errors);
                    Ok(page(&visit, StatusCode::UNPROCESSABLE_ENTITY, &filled(*fresh, errors)))
                }
                Err(error) => Err(Stop::new(Problem::of(&visit.call, &error), Way::Again(account.to_owned()))),
            }
        }
        _ => {
            // Nothing was asked of anybody yet, so the same picture may be answered still.
            let captcha = captcha::keep(&visit, &captchas, &form).await?;
            if needed {
                captcha::add(&visit, CaptchaFault::Required, captcha.kind, &mut errors);
            }
            Ok(page(&visit, StatusCode::UNPROCESSABLE_ENTITY, &filled(captcha, errors)))
        }
    }
}

/// Whether this browser proved its code for the mailbox already: it goes on to the password, because another code would
/// have to wait and prove the same.
async fn proven(visit: &Visit, recovery: &RecoveryFlow, mailbox: &MailboxAddress) -> Result<bool, Stop> {
    let Some((id, credential)) = &visit.cookie.recovery else { return Ok(false) };
    match recovery.view(&visit.call.origin, id, credential).await {
        Ok(Passed { value, .. }) => Ok(value.state == State::Verified && value.account == *mailbox),
        Err(error @ (FlowError::Limited { .. } | FlowError::Unavailable { .. })) => {
            Err(Stop::new(Problem::of(&visit.call, &error), Way::Again(mailbox.as_str().to_owned())))
        }
        Err(_) => Ok(false),
    }
}

fn page(visit: &Visit, status: StatusCode, filled: &Filled<'_>) -> HttpResponse {
    let rules = visit.rules();
    let account = Field {
        id: "account",
        label: visit.text("identify.account"),
        hint: Some(visit.text_with("identify.account_hint", &[("example", &rules.example_address)])),
        errors: &filled.errors,
    };
    // Where whoever remembers the password came from.
    let way = Some(filled.return_to).filter(|way| rules.return_to.admits(way)).or(rules.login_url.as_deref());
    let body = html! {
        p { (visit.text("identify.lead")) }
        form #step method="post" action=(visit.link("/")) novalidate {
            input type="hidden" name="csrf" value=(visit.cookie.anchor());
            input type="hidden" name="return_to" value=(filled.return_to);
            (account.head(visit))
            input #account name="account" type="email" dir="ltr" value=(filled.account) autocomplete="username" autocapitalize="off"
                spellcheck="false" aria-describedby=[account.described_by()] aria-invalid=[account.invalid()];
            (captcha::fields(visit, &filled.captcha, &filled.errors, filled.chosen))
            button #submit type="submit" name="action" value="send" { (visit.text("identify.submit")) }
        }
        @if let Some(way) = way { p { a #sign-in href=(way) { (visit.text("identify.login")) } } }
    };
    // The first page is read from its top.
    let sheet = Sheet {
        focus: false,
        ..Sheet::of_step(visit, Step::Identify, visit.text("identify.title"), &filled.errors, body)
    };
    visit.page(status, &sheet)
}
