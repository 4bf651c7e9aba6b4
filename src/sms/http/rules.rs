//! What an answer means. The one question: may a message have left?
//!
//! | answer | word | because |
//! |---|---|---|
//! | what `success` describes | taken | the operator says so |
//! | what `throttled` describes, 429, 503 with `Retry-After` | throttled | it says that it did not take it and when to come back |
//! | 3xx | unreachable | redirects are not followed, so nobody was given the message |
//! | 401, 403, 404, 405, 407 | unreachable | it takes nothing from us: the settings are wrong, not the message |
//! | 408, 425 | unknown | a machine on the way lost patience, perhaps after passing the message on |
//! | any other 4xx; a `success` status whose member is something else | refused | it read the message and will not have it |
//! | 5xx, another 2xx, an answer that cannot be read where it must be | unknown | it may have left |

use reqwest::StatusCode;
use serde_json::Value;

use super::answer::{Answer, Body};
use super::settings::AnswerRule;
use crate::sms::SmsError;

/// Reads answers as the settings describe them.
#[derive(Debug)]
pub(super) struct Rules {
    pub(super) success: AnswerRule,
    pub(super) throttled: Option<AnswerRule>,
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
    fn matches<'a>(&self, answer: &'a Answer) -> Match<'a> {
        if !self.status.contains(&answer.status.as_u16()) {
            return Match::OtherStatus;
        }
        let (Some(pointer), Some(equals)) = (&self.pointer, &self.equals) else { return Match::Yes };
        match &answer.body {
            Body::Unreadable(reason) => Match::Unclear(reason.clone()),
            Body::Json(body) => match body.pointer(pointer) {
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
        let points = |rule: &AnswerRule| rule.pointer.is_some();
        self.message_id.is_some() || points(&self.success) || self.throttled.as_ref().is_some_and(points)
    }

    /// The gateway's id of the message, or what became of it. No text in `hidden` is repeated in a reason.
    pub(super) fn judge(&self, answer: &Answer, hidden: &[&str]) -> Result<Option<String>, SmsError> {
        let status = answer.status;
        if status.is_redirection() {
            let reason = format!("it answered {}, a redirect, and none is followed; correct `url`", status.as_u16());
            return Err(SmsError::Unreachable { reason });
        }
        match self.throttled.as_ref().map(|rule| rule.matches(answer)) {
            Some(Match::Yes) => return Err(SmsError::Throttled { retry_after: answer.retry_after }),
            Some(Match::Unclear(reason)) if status.is_success() => return Err(unknown(status, &reason)),
            _ => {}
        }
        match self.success.matches(answer) {
            Match::Yes => Ok(self.message_id(answer).filter(|id| !repeats(id, hidden))),
            Match::Unclear(reason) => Err(unknown(status, &reason)),
            Match::No(found) => Err(SmsError::Refused { reason: self.described(status, Some(found), hidden) }),
            Match::OtherStatus => Err(self.by_status(answer, hidden)),
        }
    }

    fn by_status(&self, answer: &Answer, hidden: &[&str]) -> SmsError {
        let (status, retry_after) = (answer.status, answer.retry_after);
        let found = self.success.pointer.as_ref().and_then(|pointer| match &answer.body {
            Body::Json(body) => body.pointer(pointer),
            Body::Unreadable(_) => None,
        });
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

    fn described(&self, status: StatusCode, found: Option<&Value>, hidden: &[&str]) -> String {
        let status = status.as_u16();
        match (&self.success.pointer, found.and_then(|value| word(value, hidden))) {
            (Some(pointer), Some(word)) => format!("it answered {status} with {pointer} = {word}"),
            _ => format!("it answered {status}"),
        }
    }

    fn message_id(&self, answer: &Answer) -> Option<String> {
        let (Some(pointer), Body::Json(body)) = (&self.message_id, &answer.body) else { return None };
        match body.pointer(pointer)? {
            Value::String(id) => {
                (id.len() <= 128 && id.bytes().all(|byte| byte.is_ascii_graphic())).then(|| id.clone())
            }
            Value::Number(id) => Some(id.to_string()),
            _ => None,
        }
    }
}

fn unknown(status: StatusCode, reason: &str) -> SmsError {
    SmsError::Unknown { reason: format!("it answered {}, but {reason}", status.as_u16()) }
}

/// An error word for the operator: short, of plain signs, and nothing that came from the message.
fn word(value: &Value, hidden: &[&str]) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(_) | Value::Bool(_) | Value::Null => value.to_string(),
        Value::Array(_) | Value::Object(_) => return None,
    };
    let plain = |sign: u8| sign.is_ascii_alphanumeric() || matches!(sign, b'.' | b'-' | b'_' | b':');
    let fits = (1..=64).contains(&text.len()) && text.bytes().all(plain);
    (fits && !repeats(&text, hidden)).then_some(text)
}

fn repeats(text: &str, hidden: &[&str]) -> bool {
    hidden.iter().any(|secret| !secret.is_empty() && text.contains(secret))
}

#[cfg(test)]
mod tests;
