//! S2: the code from the message. With `page.flow = "single"` the new password stands below it.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use maud::{Markup, html};
use serde::Deserialize;

use super::form::Form;
use super::frame::{Sheet, Step};
use super::password;
use super::pieces::{Errors, Field, contacts, hidden, on_and_back, way_back};
use super::stop::{Stop, Way};
use super::visit::{Visit, way_again};
use crate::domain::{ChallengeView, CodeError, State, signs};
use crate::flow::{FlowError, Passed, RecoveryFlow};
use crate::http::problem::Problem;

/// What the page before tells.
#[derive(Default, Deserialize)]
pub struct Told {
    #[serde(default)]
    from: String,
    #[serde(default)]
    error: String,
}

/// The page, or the one that the recovery stands at by now.
pub async fn show(
    visit: Visit,
    flow: web::Data<RecoveryFlow>,
    told: Option<web::Query<Told>>,
) -> Result<HttpResponse, Stop> {
    let told = told.map(web::Query::into_inner).unwrap_or_default();
    if matches!(told.from.as_str(), "start" | "again") && visit.cookie.recovery.is_none() {
        return Err(Stop::new(Problem::new(&visit.call, "cookies_needed"), Way::To("/")));
    }
    let view = match standing(&visit, &flow, State::CodeSent, None).await? {
        Standing::Here(view) => view,
        Standing::Elsewhere(answer) => return Ok(answer),
    };
    let mut errors = Errors::default();
    if told.error == "code_incorrect" {
        errors.add("code", "code_incorrect", incorrect(&visit, view.attempts_left));
    }
    let status = match told.from.as_str() {
        "resend" => Some(visit.text("code.resent")),
        "again" => Some(visit.text("code.still_valid")),
        _ => None,
    };
    Ok(page(&visit, StatusCode::OK, &flow, &view, &Shown { typed: "", status, errors }))
}

/// A code was typed.
pub async fn submit(mut visit: Visit, flow: web::Data<RecoveryFlow>, form: Form) -> Result<HttpResponse, Stop> {
    let (id, credential) = visit.recovery(Some(&form))?;
    visit.trust(&form)?;
    if visit.was_left(&form) {
        return Ok(visit.see("/code"));
    }
    if visit.speaks_otherwise(&form) {
        return again(&visit, &flow, &form, StatusCode::OK, Errors::default()).await;
    }
    if signs::trimmed(form.text("code")).is_empty() {
        let mut errors = Errors::default();
        errors.add(
            "code",
            "code_format",
            visit.text_with("code.required", &[("n", &flow.rules().code_length.to_string())]),
        );
        return again(&visit, &flow, &form, StatusCode::UNPROCESSABLE_ENTITY, errors).await;
    }
    let code = form.text("code").to_owned().into();
    match flow.verify(&visit.call.origin, &id, &credential, code).await {
        Ok(Passed { value, .. }) => {
            visit.hold(id, value.credential);
            Ok(visit.see("/password"))
        }
        Err(FlowError::CodeForm(fault)) => {
            let mut errors = Errors::default();
            errors.add("code", "code_format", malformed(&visit, fault));
            again(&visit, &flow, &form, StatusCode::UNPROCESSABLE_ENTITY, errors).await
        }
        // Led on with GET: a page that is loaded again must not cost a second try.
        Err(FlowError::CodeIncorrect { .. }) => Ok(visit.see("/code?error=code_incorrect")),
        Err(FlowError::CodeExpired | FlowError::State(_)) => Ok(visit.see("/code")),
        Err(error) => Err(stop(&visit, &error, Some(&form))),
    }
}

/// Where a recovery stands, seen from a page.
pub enum Standing {
    /// At this page.
    Here(Box<ChallengeView>),
    /// At another one, which this leads to.
    Elsewhere(HttpResponse),
}

/// Whether the recovery of a browser stands where a page expects it.
///
/// # Errors
/// The page for a recovery that is over, or that nobody knows.
pub async fn standing(
    visit: &Visit,
    flow: &RecoveryFlow,
    expected: State,
    form: Option<&Form>,
) -> Result<Standing, Stop> {
    let (id, credential) = visit.recovery(form)?;
    let view = flow.view(&visit.call.origin, &id, &credential).await;
    let Passed { value: view, .. } = view.map_err(|error| stop(visit, &error, form))?;
    if view.state == expected {
        return Ok(Standing::Here(Box::new(view)));
    }
    let over = |code| Stop::new(Problem::new(&visit.call, code), Way::Again(view.account.as_str().to_owned()));
    match view.state {
        State::CodeSent => Ok(Standing::Elsewhere(visit.see("/code"))),
        State::Verified => Ok(Standing::Elsewhere(visit.see("/password"))),
        State::Completed if view.ending.is_some() => Ok(Standing::Elsewhere(visit.see("/done"))),
        State::Completed | State::Spent => Err(over("store_outcome_unknown")),
        State::Locked => Err(over("flow_locked")),
        State::Expired | State::Cancelled => Err(over("flow_expired")),
    }
}

/// The page for what a flow refuses for good.
#[must_use]
pub fn stop(visit: &Visit, error: &FlowError, form: Option<&Form>) -> Stop {
    let way = match error {
        FlowError::Limited { .. }
        | FlowError::TooSoon { .. }
        | FlowError::SendsExhausted
        | FlowError::SmsUnavailable
        | FlowError::Unavailable { .. } => Way::To("/code"),
        _ => way_again(form),
    };
    Stop::new(Problem::of(&visit.call, error), way)
}

/// What is told of a wrong code.
#[must_use]
pub fn incorrect(visit: &Visit, attempts_left: u8) -> String {
    visit.text_with("code.incorrect", &[("left", &attempts_left.to_string())])
}

/// What is told of a text that cannot be a code.
#[must_use]
pub fn malformed(visit: &Visit, fault: CodeError) -> String {
    let (key, expected, given) = match fault {
        CodeError::NotDigits { expected } => ("code.letters", expected, 0),
        CodeError::Length { expected, given } if given < expected => ("code.too_short", expected, given),
        CodeError::Length { expected, given } => ("code.too_long", expected, given),
    };
    visit.text_with(key, &[("n", &expected.to_string()), ("m", &given.to_string())])
}

/// The page once more, with what was typed, unless the recovery stands elsewhere by now.
///
/// # Errors
/// As for [`standing`].
pub async fn again(
    visit: &Visit,
    flow: &RecoveryFlow,
    form: &Form,
    status: StatusCode,
    errors: Errors,
) -> Result<HttpResponse, Stop> {
    Ok(match standing(visit, flow, State::CodeSent, Some(form)).await? {
        Standing::Here(view) => {
            page(visit, status, flow, &view, &Shown { typed: form.text("code"), status: None, errors })
        }
        Standing::Elsewhere(answer) => answer,
    })
}

struct Shown<'a> {
    typed: &'a str,
    status: Option<String>,
    errors: Errors,
}

fn page(
    visit: &Visit,
    status: StatusCode,
    flow: &RecoveryFlow,
    view: &ChallengeView,
    shown: &Shown<'_>,
) -> HttpResponse {
    let rules = visit.rules();
    let over = view.code_expires_at <= rules.now();
    let digits = flow.rules().code_length.to_string();
    let code = Field {
        id: "code",
        label: visit.text("code.label"),
        hint: Some(visit.text_with("code.hint", &[("n", &digits)])),
        errors: &shown.errors,
    };
    let action = if rules.single { "/password" } else { "/code" };
    let body = html! {
        (told(visit, view, over))
        @if over {
            (resend(visit, view, true, shown.status.as_deref()))
        } @else {
            form #step method="post" action=(visit.link(action)) novalidate {
                (hidden(visit, view.account.as_str()))
                (code.head(visit))
                input #code name="code" type="text" inputmode="numeric" autocomplete="one-time-code" value=(shown.typed)
                    autocapitalize="off" spellcheck="false" dir="ltr" data-length=(digits)
                    aria-describedby=[code.described_by()] aria-invalid=[code.invalid()];
                @if rules.single { (password::fields(visit, view, &shown.errors)) }
                (on_and_back(visit, &visit.text(if rules.single { "password.submit" } else { "code.submit" })))
            }
            (way_back(visit, view.account.as_str()))
            (resend(visit, view, false, shown.status.as_deref()))
        }
        p { a #another href=(visit.link("/")) { (visit.text("code.another")) } }
        (no_message(visit, view.account.as_str()))
    };
    let title = visit.text(if over { "code.expired_title" } else { "code.title" });
    let sheet = Sheet::of_step(visit, Step::Code, title, &shown.errors, body);
    // Who asked for another code is at its button still.
    let focus = sheet.focus && (over || shown.status.is_none());
    let sheet = Sheet { form: sheet.form.filter(|_| !over), focus, ..sheet };
    visit.page(status, &sheet)
}

fn told(visit: &Visit, view: &ChallengeView, over: bool) -> Markup {
    let rules = visit.rules();
    let until = visit.call.language.clock(view.code_expires_at, &rules.zone);
    let minutes = view.code_expires_at.since(rules.now()).as_secs().div_ceil(60).to_string();
    let values = [("account", view.account.as_str()), ("minutes", minutes.as_str()), ("time", until.as_str())];
    html! {
        @if over {
            p { (visit.text("code.expired")) }
        } @else {
            p { (visit.text_with("code.lead", &values)) }
            p { (visit.text_with("code.until", &values)) }
        }
    }
}

/// The button for another code. It can always be pressed: who presses early is told when.
fn resend(visit: &Visit, view: &ChallengeView, first: bool, status: Option<&str>) -> Markup {
    let rules = visit.rules();
    let wait = view.next_send_at().since(rules.now());
    let seconds = u64::try_from(wait.as_millis().div_ceil(1_000)).unwrap_or(u64::MAX);
    // The minute after the moment is told when seconds are left: who comes at the time that was told comes not too early.
    let minute = view.next_send_at().plus(Duration::from_secs(59));
    let further = [("time", visit.call.language.clock(minute, &rules.zone))];
    let further = further.each_ref().map(|(name, value)| (*name, value.as_str()));
    html! {
        @if view.sends_left > 0 {
            form #resend method="post" action=(visit.link("/resend")) {
                (hidden(visit, view.account.as_str()))
                button #resend-button .second[!first] type="submit" data-wait=(seconds)
                    data-waiting=(visit.text("code.wait")) data-ready=(visit.text("code.ready"))
                    aria-describedby="resend-status" autofocus[status.is_some()] {
                    (visit.text("code.resend"))
                }
                p #resend-status role="status" { (status.unwrap_or_default()) }
                @if seconds > 0 { p #further .hint { (visit.text_with("code.further", &further)) } }
            }
        } @else {
            p #resend-status role="status" { (status.unwrap_or_default()) }
            p { (visit.text("code.no_sends")) }
            @if seconds > 0 { p #further .hint { (visit.text_with("code.afresh", &further)) } }
            form method="post" action=(visit.link("/")) {
                (hidden(visit, view.account.as_str()))
                button.second type="submit" name="action" value="again" { (visit.text("again")) }
            }
        }
    }
}

fn no_message(visit: &Visit, account: &str) -> Markup {
    html! {
        details #no-sms {
            summary { (visit.text("no_sms.title")) }
            ul {
                @for key in ["no_sms.wait", "no_sms.spam", "no_sms.elsewhere", "no_sms.fixed", "no_sms.unbound"] { li { (visit.text(key)) } }
            }
            (contacts(visit, account))
        }
    }
}
