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
//! | any other 4xx; a `success` status whose member or text is something else | refused | it read the message and will not have it |
//! | 5xx, another 2xx, an answer that cannot be read where it must be | unknown | it may have left |

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::Value;

use super::answer_rule::{Match, Reading, Rule};
use super::settings::HttpSettings;
use crate::outbound::Written;
use crate::sms::SmsError;
use crate::sms::check::Problem;
use crate::sms::vendor::{Answer, Hidden};

/// How long a number is let alone where the answer does not say.
const NUMBER_WAIT: Duration = Duration::from_mins(1);

/// Reads answers as the settings describe them.
#[derive(Debug)]
pub(super) struct Rules {
    success: Rule,
    throttled: Option<Rule>,
    number_limited: Option<Rule>,
    message_id: Option<String>,
}

impl Rules {
    /// The rules of a gateway.
    ///
    /// # Errors
    /// Names the first key that cannot be used.
    pub(super) fn read(settings: &HttpSettings) -> Result<Self, Problem> {
        let first = |problems: Vec<Problem>| problems.into_iter().next().unwrap_or_default();
        let optional = |key, rule: &Option<_>| rule.as_ref().map(|rule| Rule::read(key, rule)).transpose();
        Ok(Self {
            success: Rule::read("success", &settings.success).map_err(first)?,
            throttled: optional("throttled", &settings.throttled).map_err(first)?,
            number_limited: optional("number_limited", &settings.number_limited).map_err(first)?,
            message_id: settings.message_id.clone().filter(|pointer| !pointer.is_empty()),
        })
    }

    /// Whether the body of an answer tells anything.
    pub(super) fn need_body(&self) -> bool {
        let limits = [&self.throttled, &self.number_limited].into_iter().flatten();
        self.message_id.is_some() || limits.chain([&self.success]).any(Rule::reads_body)
    }

    /// The gateway's id of the message, or what became of it. No text in `hidden` is repeated in a reason. A text that names no
    /// charset is judged in every reading; where they do not come to the same, it may have left.
    pub(super) fn judge(&self, answer: &Answer, hidden: &Hidden<'_>) -> Result<Option<String>, SmsError> {
        let readings = match answer.body.written() {
            Ok(written) => readings(written),
            Err(reason) => vec![Reading::unread(reason)],
        };
        let mut outcomes = readings.iter().map(|reading| self.judged(answer, reading, hidden));
        let ambiguous =
            || unknown(answer.status, "its charset is not named, and in another one it says something else");
        let first = outcomes.next().ok_or_else(ambiguous)?;
        let is_same = |other: Result<Option<String>, SmsError>| match (&first, &other) {
            (Ok(one), Ok(two)) => one == two,
            (Err(one), Err(two)) => one.name() == two.name(),
            _ => false,
        };
        if outcomes.all(is_same) { first } else { Err(ambiguous()) }
    }

    fn judged(&self, answer: &Answer, body: &Reading, hidden: &Hidden<'_>) -> Result<Option<String>, SmsError> {
        let status = answer.status;
        if status.is_redirection() {
            let reason = format!("it answered {}, a redirect, and none is followed; correct `url`", status.as_u16());
            return Err(SmsError::Unreachable { reason });
        }
        let retry_after = answer.retry_after;
        for (rule, limit) in [
            (&self.number_limited, SmsError::NumberLimited { wait: retry_after.unwrap_or(NUMBER_WAIT) }),
            (&self.throttled, SmsError::Throttled { retry_after }),
        ] {
            match rule.as_ref().map(|rule| rule.matches(status, body)) {
                Some(Match::Yes) => return Err(limit),
                Some(Match::Unclear(reason)) if status.is_success() => return Err(unknown(status, &reason)),
                _ => {}
            }
        }
        match self.success.matches(status, body) {
            Match::Yes => Ok(self.message_id(body, hidden)),
            Match::Unclear(reason) => Err(unknown(status, &reason)),
            Match::No => Err(SmsError::Refused { reason: self.described(status, body, hidden) }),
            Match::OtherStatus => Err(self.by_status(answer, body, hidden)),
        }
    }

    fn by_status(&self, answer: &Answer, body: &Reading, hidden: &Hidden<'_>) -> SmsError {
        let (status, retry_after) = (answer.status, answer.retry_after);
        let reason = self.described(status, body, hidden);
        match status.as_u16() {
            429 => SmsError::Throttled { retry_after },
            503 if retry_after.is_some() => SmsError::Throttled { retry_after },
            401 => SmsError::Unreachable {
                reason: format!(
                    "it rejected our credentials (HTTP 401): {reason}; check `headers`, and the keys in `url` and `body`"
                ),
            },
            403 => SmsError::Unreachable {
                reason: format!(
                    "it denied us access (HTTP 403): {reason}; check `headers`, the keys in `url` and `body`, and our address there"
                ),
            },
            404 | 405 | 407 => {
                SmsError::Unreachable { reason: format!("{reason}; check `url`, `method` and `headers`") }
            }
            408 | 425 => SmsError::Unknown { reason },
            400..500 => SmsError::Refused { reason },
            _ => SmsError::Unknown { reason },
        }
    }

    fn described(&self, status: StatusCode, body: &Reading, hidden: &Hidden<'_>) -> String {
        let told = self.success.described(body, hidden).map(|told| format!(" with {told}")).unwrap_or_default();
        format!("it answered {}{told}", status.as_u16())
    }

    fn message_id(&self, body: &Reading, hidden: &Hidden<'_>) -> Option<String> {
        match body.json.as_ref().ok()?.pointer(self.message_id.as_ref()?)? {
            Value::String(id) => hidden.id(id),
            Value::Number(id) => hidden.id(&id.to_string()),
            _ => None,
        }
    }
}

/// What a body may say. A reading that is JSON is believed before those that are not.
fn readings(written: &Written<'_>) -> Vec<Reading> {
    let all: Vec<_> = written.readings().into_iter().map(|text| Reading::of(&text)).collect();
    let has_json = all.iter().any(|reading| reading.json.is_ok());
    all.into_iter().filter(|reading| !has_json || reading.json.is_ok()).collect()
}

fn unknown(status: StatusCode, reason: &str) -> SmsError {
    SmsError::Unknown { reason: format!("it answered {}, but {reason}", status.as_u16()) }
}

#[cfg(test)]
mod tests;
