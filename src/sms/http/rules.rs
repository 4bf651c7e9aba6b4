//! What an answer means. The one question: may a message have left?
//!
//! | answer | word | because |
//! |---|---|---|
//! | what `success` describes | taken | the operator says so |
//! | what `number_limited` describes | number limited | it says so of this number, until `Retry-After` |
//! | what `throttled` describes, 429, 503 with `Retry-After` | throttled | it says that it did not take it and when to come back |
//! | 3xx | unreachable | redirects are not followed, so nobody was given the message |
//! | 401, 403, 404, 405, 407 | unreachable | it takes nothing from us: the settings are wrong, not the message |
//! | 408, 425 | unknown | a machine on the way lost patience, perhaps after passing the message on |
//! | any other 4xx; a `success` status whose member is something else | refused | it read the message and will not have it |
//! | 5xx, another 2xx, an answer that cannot be read where it must be | unknown | it may have left |

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::Value;

use super::settings::AnswerRule;
use crate::sms::SmsError;
use crate::sms::vendor::{Answer, Hidden};

/// How long a number is let alone where the answer does not say.
const NUMBER_WAIT: Duration = Duration::from_mins(1);

/// Reads answers as the settings describe them.
#[derive(Debug)]
pub(super) struct Rules {
    pub(super) success: AnswerRule,
    pub(super) throttled: Option<AnswerRule>,
    pub(super) number_limited: Option<AnswerRule>,
    pub(super) message_id: Option<String>,
}

enum Match<'a> {
    Yes,
    OtherStatus,
    /// The member is something else.
    No(&'a Value),
    /// Whether it matches cannot be told.
    Unclear(String),
}

impl AnswerRule {
    fn matches<'a>(&self, answer: &Answer, body: &'a Result<Value, String>) -> Match<'a> {
        if !self.status.contains(&answer.status.as_u16()) {
            return Match::OtherStatus;
        }
        let (Some(pointer), Some(equals)) = (&self.pointer, &self.equals) else { return Match::Yes };
        match body {
            Err(reason) => Match::Unclear(reason.clone()),
            Ok(body) => match body.pointer(pointer) {
                Some(found) if found == equals => Match::Yes,
                Some(found) => Match::No(found),
                None => Match::Unclear(format!("its body has no {pointer}")),
            },
        }
    }
}

impl Rules {
    /// Whether the body of an answer tells anything.
    pub(super) fn need_body(&self) -> bool {
        let limits = [&self.throttled, &self.number_limited].into_iter().flatten();
        self.message_id.is_some() || limits.chain([&self.success]).any(|rule| rule.pointer.is_some())
    }

    /// The gateway's id of the message, or what became of it. No text in `hidden` is repeated in a reason.
    pub(super) fn judge(&self, answer: &Answer, hidden: &Hidden<'_>) -> Result<Option<String>, SmsError> {
        let status = answer.status;
        let body = answer.body.json();
        if status.is_redirection() {
            let reason = format!("it answered {}, a redirect, and none is followed; correct `url`", status.as_u16());
            return Err(SmsError::Unreachable { reason });
        }
        let retry_after = answer.retry_after;
        for (rule, limit) in [
            (&self.number_limited, SmsError::NumberLimited { wait: retry_after.unwrap_or(NUMBER_WAIT) }),
            (&self.throttled, SmsError::Throttled { retry_after }),
        ] {
            match rule.as_ref().map(|rule| rule.matches(answer, &body)) {
                Some(Match::Yes) => return Err(limit),
                Some(Match::Unclear(reason)) if status.is_success() => return Err(unknown(status, &reason)),
                _ => {}
            }
        }
        match self.success.matches(answer, &body) {
            Match::Yes => Ok(self.message_id(&body, hidden)),
            Match::Unclear(reason) => Err(unknown(status, &reason)),
            Match::No(found) => Err(SmsError::Refused { reason: self.described(status, Some(found), hidden) }),
            Match::OtherStatus => Err(self.by_status(answer, &body, hidden)),
        }
    }

    fn by_status(&self, answer: &Answer, body: &Result<Value, String>, hidden: &Hidden<'_>) -> SmsError {
        let (status, retry_after) = (answer.status, answer.retry_after);
        let found = self.success.pointer.as_ref().and_then(|pointer| body.as_ref().ok()?.pointer(pointer));
        let reason = self.described(status, found, hidden);
        match status.as_u16() {
            429 => SmsError::Throttled { retry_after },
            503 if retry_after.is_some() => SmsError::Throttled { retry_after },
            401 | 403 | 404 | 405 | 407 => {
                SmsError::Unreachable { reason: format!("{reason}; check `url`, `method` and `headers`") }
            }
            408 | 425 => SmsError::Unknown { reason },
            400..500 => SmsError::Refused { reason },
            _ => SmsError::Unknown { reason },
        }
    }

    fn described(&self, status: StatusCode, found: Option<&Value>, hidden: &Hidden<'_>) -> String {
        let status = status.as_u16();
        match (&self.success.pointer, found.and_then(|value| word(value, hidden))) {
            (Some(pointer), Some(word)) => format!("it answered {status} with {pointer} = {word}"),
            _ => format!("it answered {status}"),
        }
    }

    fn message_id(&self, body: &Result<Value, String>, hidden: &Hidden<'_>) -> Option<String> {
        match body.as_ref().ok()?.pointer(self.message_id.as_ref()?)? {
            Value::String(id) => hidden.id(id),
            Value::Number(id) => hidden.id(&id.to_string()),
            _ => None,
        }
    }
}

fn unknown(status: StatusCode, reason: &str) -> SmsError {
    SmsError::Unknown { reason: format!("it answered {}, but {reason}", status.as_u16()) }
}

/// An error word for the operator.
fn word(value: &Value, hidden: &Hidden<'_>) -> Option<String> {
    match value {
        Value::String(text) => hidden.code(text),
        Value::Number(_) | Value::Bool(_) | Value::Null => hidden.code(&value.to_string()),
        Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests;
