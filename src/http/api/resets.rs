//! `/v1/password-resets`

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use super::bodies::{CompleteBody, ResendBody, StartBody, VerifyBody};
use super::{ApiRules, answers};
use crate::domain::{ChallengeId, FlowCredential, MailboxAddress, PhoneNumber, Timestamp};
use crate::flow::{Completion, Passed, RecoveryFlow, Start, Started};
use crate::http::call::Call;
use crate::http::credential::{self, credential};
use crate::http::headers;
use crate::http::problem::Problem;
use crate::http::problem_table::invalid;
use crate::http::strict::{Object, Strict, StrictOrNone};
use crate::limits::{Allowance, RequesterGate};

/// Starts a recovery; the same answer for every address.
pub async fn start(
    call: Call,
    flow: web::Data<RecoveryFlow>,
    rules: web::Data<ApiRules>,
    request: HttpRequest,
    body: Strict<StartBody>,
) -> Result<HttpResponse, Problem> {
    let Strict(body) = body;
    let call = call.in_language(&request, body.locale.as_deref());
    let account = MailboxAddress::typed(&body.account, "");
    let account = account.map_err(|error| Problem::of_mailbox(&call, error, &rules.example_address))?;
    let return_to = return_to(&call, &rules, body.return_to)?;
    let captcha = body.captcha.map(|Object(captcha)| captcha.into());
    // None is needed to start; one that is no good says nothing about anybody.
    let held = credential(&call, &request).ok();
    let start = Start { account, captcha, locale: call.language.tag().into(), return_to, held };
    let started = flow.start(&call.origin, start).await.map_err(|error| Problem::of(&call, &error))?;
    let Passed { value: Started { view, credential, at, .. }, allowance } = started;
    let answer = answers::code_sent(&view, flow.rules().code_length, at);
    Ok(answered(&call, StatusCode::ACCEPTED, RequesterGate::Start, &allowance, answer, Some(&credential)))
}

/// Where a recovery stands.
pub async fn show(
    call: Call,
    flow: web::Data<RecoveryFlow>,
    id: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (id, credential) = named(&call, &id, &request)?;
    let view = flow.view(&call.origin, &id, &credential).await;
    let Passed { value, allowance } = view.map_err(|error| Problem::of(&call, &error))?;
    let answer = answers::status(&value, flow.rules().code_length, flow.now());
    Ok(answered(&call, StatusCode::OK, RequesterGate::Read, &allowance, answer, None))
}

/// Asks for a further code.
pub async fn resend(
    call: Call,
    flow: web::Data<RecoveryFlow>,
    id: web::Path<String>,
    request: HttpRequest,
    body: StrictOrNone<ResendBody>,
) -> Result<HttpResponse, Problem> {
    let (id, credential) = named(&call, &id, &request)?;
    let captcha = body.0.unwrap_or_default().captcha.map(|Object(captcha)| captcha.into());
    let view = flow.resend(&call.origin, &id, &credential, captcha).await;
    let Passed { value, allowance } = view.map_err(|error| Problem::of(&call, &error))?;
    let answer = answers::code_sent(&value, flow.rules().code_length, flow.now());
    Ok(answered(&call, StatusCode::ACCEPTED, RequesterGate::Start, &allowance, answer, None))
}

/// Presents a code.
pub async fn verify(
    call: Call,
    flow: web::Data<RecoveryFlow>,
    id: web::Path<String>,
    request: HttpRequest,
    body: Strict<VerifyBody>,
) -> Result<HttpResponse, Problem> {
    let (id, credential) = named(&call, &id, &request)?;
    let verified = flow.verify(&call.origin, &id, &credential, body.0.code).await;
    let Passed { value, allowance } = verified.map_err(|error| Problem::of(&call, &error))?;
    let answer = json!({
        "id": value.view.id.to_string(),
        "state": value.view.state.as_str(),
        "verified_until": value.view.verified_until.map(|until| until.to_string()),
        "account": value.view.account.as_str(),
        "phone_masked": value.phone.as_ref().map(PhoneNumber::masked),
        "policy_version": flow.policy_version(),
    });
    Ok(answered(&call, StatusCode::OK, RequesterGate::Verify, &allowance, answer, Some(&value.credential)))
}

/// Sets the new password; may carry the code when it was not presented yet.
pub async fn complete(
    call: Call,
    flow: web::Data<RecoveryFlow>,
    rules: web::Data<ApiRules>,
    id: web::Path<String>,
    request: HttpRequest,
    body: Strict<CompleteBody>,
) -> Result<HttpResponse, Problem> {
    let (id, credential) = named(&call, &id, &request)?;
    let Strict(body) = body;
    let completion = Completion {
        repeated: None,
        password: body.new_password,
        code: body.code,
        max_age: body.max_age,
        revoke_sessions: body.revoke_sessions.unwrap_or(true),
    };
    let completed = flow.complete(&call.origin, &id, &credential, completion).await;
    let Passed { value, allowance } = completed.map_err(|error| Problem::of(&call, &error))?;
    let guidance: Value =
        rules.client_settings.iter().map(|(name, server)| ((*name).to_owned(), json!(server))).collect();
    let mut answer = json!({
        "id": value.view.id.to_string(),
        "state": value.view.state.as_str(),
        "changed_at": value.written.changed_at.to_string(),
        "password_expires_at": value.written.expires_at.map(|moment: Timestamp| moment.to_string()),
        "sessions_revoked": value.written.sessions_revoked,
        "client_guidance": guidance,
        "return_to": value.view.return_to,
    });
    if let Some(lock) = value.written.lock {
        answer["lock"] = json!({ "ends_at": lock.ends_at.map(|moment| moment.to_string()) });
    }
    let mut response = HttpResponse::Ok();
    headers::allow(&mut response, RequesterGate::Verify, &allowance);
    Ok(response.cookie(credential::no_cookie(&call.base)).json(answer))
}

/// Ends a recovery.
pub async fn cancel(
    call: Call,
    flow: web::Data<RecoveryFlow>,
    id: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (id, credential) = named(&call, &id, &request)?;
    let cancelled = flow.cancel(&call.origin, &id, &credential).await;
    let Passed { allowance, .. } = cancelled.map_err(|error| Problem::of(&call, &error))?;
    let mut response = HttpResponse::NoContent();
    headers::allow(&mut response, RequesterGate::Read, &allowance);
    Ok(response.cookie(credential::no_cookie(&call.base)).finish())
}

/// The challenge that the path names and the credential that came with it.
fn named(call: &Call, id: &str, request: &HttpRequest) -> Result<(ChallengeId, FlowCredential), Problem> {
    let credential = credential(call, request)?;
    let id = id.parse().map_err(|_| Problem::new(call, "flow_not_found"))?;
    Ok((id, credential))
}

fn answered(
    call: &Call,
    status: StatusCode,
    gate: RequesterGate,
    allowance: &Allowance,
    answer: Value,
    credential: Option<&FlowCredential>,
) -> HttpResponse {
    let mut response = HttpResponse::build(status);
    headers::allow(&mut response, gate, allowance);
    match credential {
        Some(told) => {
            response.cookie(credential::cookie(&call.base, told)).json(answers::with_credential(answer, told))
        }
        None => response.json(answer),
    }
}

/// A place to lead back to must be an allowed one.
fn return_to(call: &Call, rules: &ApiRules, asked: Option<String>) -> Result<Option<Box<str>>, Problem> {
    match asked {
        Some(place) if !rules.return_to.admits(&place) => Err(invalid(call, "/return_to", "return_to")),
        place => Ok(place.map(String::into_boxed_str)),
    }
}
