//! What an answer means. For a question nothing is lost by asking later; for a write the one question is whether it
//! was surely not done.

use serde::de::DeserializeOwned;

use super::wire::Problem;
use crate::account::AccountError;
use crate::outbound::{Answer, Body, Unanswered, one_line};

/// What a store may say instead of doing it, each with its status. Nothing was written then.
const CODES: [(&str, u16); 7] = [
    ("bad_request", 400),
    ("unauthorized", 401),
    ("not_found", 404),
    ("disabled", 409),
    ("policy", 422),
    ("not_supported", 501),
    ("unavailable", 503),
];

/// What a store said.
#[derive(Debug)]
pub(super) enum Said<T> {
    /// It was done, and this is the answer.
    Done(T),
    /// A problem of the contract: nothing was done.
    Not { code: &'static str, violations: Vec<String> },
    /// There was no connection: nothing was done.
    NotSent(String),
    /// Anything else: it may have been done.
    Unclear(String),
}

impl<T: DeserializeOwned> Said<T> {
    /// Reads an answer whose success has the status 200 and a body of the type.
    pub fn of(answer: Result<Answer, Unanswered>) -> Self {
        Self::read(answer, Body::json)
    }
}

impl Said<()> {
    /// Reads an answer whose success has the status 204 and no body.
    pub fn of_nothing(answer: Result<Answer, Unanswered>) -> Self {
        match answer {
            Ok(answer) if answer.status.as_u16() == 204 => Self::Done(()),
            Ok(answer) if answer.status.as_u16() == 200 => Self::Unclear("it answered 200 instead of 204".to_owned()),
            other => Self::read(other, |_| Ok(())),
        }
    }
}

impl<T> Said<T> {
    fn read(answer: Result<Answer, Unanswered>, success: impl Fn(&Body) -> Result<T, String>) -> Self {
        let answer = match answer {
            Ok(answer) => answer,
            Err(Unanswered::NotSent(reason)) => return Self::NotSent(reason),
            Err(Unanswered::Lost(reason)) => return Self::Unclear(reason),
        };
        let status = answer.status.as_u16();
        if status == 200 {
            return match success(&answer.body) {
                Ok(value) => Self::Done(value),
                Err(reason) => Self::Unclear(format!("it answered 200, but {reason}")),
            };
        }
        let problem = answer.body.json::<Problem>().ok();
        let known = problem.and_then(|problem| {
            let (code, _) = CODES.into_iter().find(|known| *known == (&*problem.code, status))?;
            Some(Self::Not { code, violations: problem.violations })
        });
        known.unwrap_or_else(|| Self::Unclear(format!("it answered {status} and no problem of the contract")))
    }

    /// The answer as it was understood, or why it could not be.
    pub fn and_then<U>(self, read: impl FnOnce(T) -> Result<U, &'static str>) -> Said<U> {
        match self {
            Self::Done(value) => match read(value) {
                Ok(value) => Said::Done(value),
                Err(problem) => Said::Unclear(format!("it answered 200, but {problem}")),
            },
            Self::Not { code, violations } => Said::Not { code, violations },
            Self::NotSent(reason) => Said::NotSent(reason),
            Self::Unclear(reason) => Said::Unclear(reason),
        }
    }

    /// Of a question.
    pub fn question(self) -> Result<T, AccountError> {
        match self {
            Self::Done(value) => Ok(value),
            Self::Not { code: "not_found", .. } => Err(AccountError::NoSuchAccount),
            Self::Not { code, .. } => Err(AccountError::Unavailable { reason: said(code) }),
            Self::NotSent(reason) | Self::Unclear(reason) => Err(AccountError::Unavailable { reason }),
        }
    }

    /// Of a write. `secret` is repeated in no reason.
    pub fn write(self, secret: &str) -> Result<T, AccountError> {
        match self {
            Self::Done(value) => Ok(value),
            Self::Not { code: "not_found" | "disabled", .. } => Err(AccountError::NoSuchAccount),
            Self::Not { code: "policy", violations } => {
                Err(AccountError::PasswordRefused { reason: listed(&violations, secret) })
            }
            Self::Not { code, .. } => Err(AccountError::Unavailable { reason: said(code) }),
            Self::NotSent(reason) => Err(AccountError::Unavailable { reason }),
            Self::Unclear(reason) => Err(AccountError::Unknown { reason }),
        }
    }
}

/// What to do about a problem that only an operator mends.
fn said(code: &str) -> String {
    let advice = match code {
        "unauthorized" => "; compare key_id and key of [account.http], or the client certificate, and both clocks",
        "bad_request" => "; it does not understand this version of the contract: resetgate openapi --store",
        _ => "",
    };
    format!("it answered `{code}`{advice}")
}

/// The store's words, short; those that repeat the password are left out.
fn listed(violations: &[String], secret: &str) -> String {
    let told = violations.iter().filter(|text| secret.is_empty() || !text.contains(secret));
    let told: Vec<_> = told.take(10).map(|text| one_line(text, 80)).collect();
    if told.is_empty() { "no rule was named".to_owned() } else { told.join(", ") }
}

#[cfg(test)]
mod tests;
