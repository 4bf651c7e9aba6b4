//! The one table from what a flow refuses to what the wire says.

use serde_json::{Value, json};

use super::api::answers;
use super::call::Call;
use super::credential;
use super::headers;
use super::problem::Problem;
use crate::account::AccountError;
use crate::domain::{ChallengeView, CodeError, FlowCredential, MailboxError, PasswordError};
use crate::flow::{CaptchaFault, FlowError};
use crate::policy::Violations;

impl Problem {
    /// What the wire says of a refusal.
    #[must_use]
    pub fn of(call: &Call, error: &FlowError) -> Self {
        match error {
            FlowError::Limited { gate, limited, until } => {
                let seconds = whole_seconds(limited.retry_after);
                let (policy, left) = headers::refuse(*gate, limited, seconds);
                Self::with_values(call, "rate_limited", &[("seconds", &seconds.to_string())])
                    .retry_after(seconds)
                    .with("retry_at", until.to_string())
                    .rate_limit(policy, left)
                    .with("violated-policies", json!([gate.name()]))
            }
            FlowError::Captcha { fault, fresh } => {
                let code = match fault {
                    CaptchaFault::Required => "captcha_required",
                    CaptchaFault::Incorrect => "captcha_incorrect",
                    CaptchaFault::Expired => "captcha_expired",
                };
                let problem = Self::new(call, code);
                let message = call.language.text(&format!("problem.{code}.detail"), &[]);
                problem.at("/captcha/answer", code, message).with("captcha", answers::captcha(fresh, &call.base))
            }
            FlowError::CaptchaNotFound => Self::new(call, "not_found"),
            FlowError::CaptchaGone => Self::new(call, "captcha_gone"),
            FlowError::CodeForm(form) => code_form(call, *form),
            FlowError::CodeIncorrect { attempts_left } => {
                Self::with_values(call, "code_incorrect", &[("left", &attempts_left.to_string())])
                    .with("attempts_left", *attempts_left)
            }
            FlowError::CodeExpired => Self::new(call, "code_expired"),
            FlowError::Locked => Self::new(call, "flow_locked"),
            FlowError::Expired => Self::new(call, "flow_expired"),
            FlowError::NotFound => Self::new(call, "flow_not_found"),
            FlowError::Unauthorized => Self::new(call, "unauthorized"),
            FlowError::State(state) => Self::with_values(call, "flow_state", &[("state", state.as_str())])
                .with("state", state.as_str())
                .with("allowed", json!(answers::allowed(*state))),
            FlowError::TooSoon { wait, until } => {
                let seconds = whole_seconds(*wait);
                Self::with_values(call, "resend_too_soon", &[("seconds", &seconds.to_string())])
                    .retry_after(seconds)
                    .with("retry_at", until.to_string())
            }
            FlowError::SendsExhausted => Self::new(call, "sends_exhausted"),
            FlowError::SmsUnavailable => Self::new(call, "sms_unavailable").retry_after(30),
            FlowError::Policy { violations, view, credential } => policy(call, violations, view, credential.as_ref()),
            FlowError::PasswordForm(form) => password_form(call, *form),
            FlowError::MaxAge => invalid(call, "/max_age", "max_age"),
            FlowError::Store { error, credential } => store(call, error, credential.as_ref()),
            FlowError::Unavailable { reason } => {
                tracing::error!(%reason, request_id = %call.origin.request, "a part of the service does not answer");
                Self::new(call, "service_unavailable").retry_after(5)
            }
        }
    }

    /// What the wire says of a text that is no mail address.
    #[must_use]
    pub fn of_mailbox(call: &Call, error: MailboxError, example: &str) -> Self {
        let key = if error == MailboxError::Empty { "account_required" } else { "account_format" };
        let message = call.language.text(&format!("field.{key}"), &[("example", example)]);
        Self::new(call, "validation_failed").at("/account", key, message)
    }
}

/// A field whose value cannot be accepted.
#[must_use]
pub fn invalid(call: &Call, pointer: &str, key: &str) -> Problem {
    Problem::new(call, "validation_failed").at(pointer, key, call.language.text(&format!("field.{key}"), &[]))
}

/// Waits are told in whole seconds, rounded up, at least one.
fn whole_seconds(wait: std::time::Duration) -> u64 {
    u64::try_from(wait.as_millis().div_ceil(1_000)).unwrap_or(u64::MAX).max(1)
}

fn code_form(call: &Call, form: CodeError) -> Problem {
    let (CodeError::Length { expected, .. } | CodeError::NotDigits { expected }) = form;
    let digits = expected.to_string();
    let values = [("n", digits.as_str())];
    let message = call.language.text("problem.code_format.detail", &values);
    Problem::with_values(call, "code_format", &values).at("/code", "code_format", message)
}

fn password_form(call: &Call, form: PasswordError) -> Problem {
    let key = match form {
        PasswordError::Empty => "password_required",
        PasswordError::TooLong => "password_too_long",
        PasswordError::Control => "password_control",
    };
    invalid(call, "/new_password", key)
}

fn policy(call: &Call, violations: &Violations, view: &ChallengeView, credential: Option<&FlowCredential>) -> Problem {
    let errors: Vec<Value> = violations
        .iter()
        .map(|violation| {
            let params = &violation.params;
            let values: Vec<(&str, String)> = params.iter().map(|(name, value)| (*name, value.to_string())).collect();
            let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let mut entry = json!({
                "pointer": "/new_password",
                "code": violation.id(),
                "message": call.language.text(violation.id(), &values),
            });
            if !params.is_empty() {
                entry["params"] = params.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
            }
            entry
        })
        .collect();
    let count = errors.len().to_string();
    let problem = Problem::with_values(call, "password_policy", &[("count", &count)])
        .with("state", view.state.as_str())
        .with_errors(errors);
    rotated(call, problem, credential)
}

fn store(call: &Call, error: &AccountError, credential: Option<&FlowCredential>) -> Problem {
    let problem =
        match error {
            AccountError::Unavailable { .. } => Problem::new(call, "store_unavailable").retry_after(5),
            AccountError::Busy => Problem::new(call, "store_unavailable").retry_after(2),
            AccountError::PasswordRefused { .. } => Problem::with_values(call, "password_policy", &[("count", "1")])
                .at("/new_password", "policy.store", call.language.text("policy.store", &[])),
            AccountError::NoSuchAccount => return Problem::new(call, "flow_expired"),
            AccountError::Unknown { .. } => return Problem::new(call, "store_outcome_unknown"),
        };
    rotated(call, problem.with("state", "verified"), credential)
}

/// The code was accepted in the same call, so the client must learn its new credential from the refusal.
fn rotated(call: &Call, problem: Problem, credential: Option<&FlowCredential>) -> Problem {
    match credential {
        Some(credential) => {
            problem.with("flow_token", credential.expose()).with_cookie(credential::cookie(&call.base, credential))
        }
        None => problem,
    }
}
