//! What Vonage's statuses mean (its guide "Troubleshooting SMS"). They stand as text inside an answer of 200.

use serde::Deserialize;
use serde_json::Value;

use crate::sms::vendor::{Answer, Hidden, Meaning, by_status};
use crate::sms::{SmsError, SmsFault};

/// The status of a message that was taken.
const TAKEN: &str = "0";

/// Statuses and classes. Any other one is about the request, so nothing left.
const STATUSES: &[(&[&str], Meaning)] = &[
    // Too fast; too many connections.
    (&["1", "10"], Meaning::Throttled),
    // A parameter is missing; the receipts' address is unfit.
    (&["2", "23"], Meaning::Unreachable),
    // A parameter is invalid, the message or its number cannot be processed, too long, a network that is none.
    (&["3", "6", "12", "22"], Meaning::Refused),
    // The number: barred, taken out of service.
    (&["7", "33"], Meaning::Refused),
    // Key or secret; account suspended, or not for HTTP; a request's signature; only listed numbers for a trial account.
    (&["4", "8", "11", "14", "29", "32"], Meaning::Faulty(SmsFault::Credentials)),
    // No credit.
    (&["9"], Meaning::Faulty(SmsFault::Balance)),
    // The sender is not one of the account's.
    (&["15"], Meaning::Faulty(SmsFault::Signature)),
    // Something failed while the message was processed.
    (&["5"], Meaning::Unknown),
];

/// An answer: one entry for each part of the message.
#[derive(Deserialize)]
struct Told {
    messages: Vec<Part>,
}

#[derive(Deserialize)]
struct Part {
    /// A text by its documentation; a number is as good.
    status: Value,
    #[serde(default, rename = "message-id")]
    id: String,
    #[serde(default, rename = "error-text")]
    text: String,
}

/// An answer of the account's own pages and of the door before them.
#[derive(Deserialize)]
struct Turned {
    #[serde(rename = "error-code")]
    code: Value,
    #[serde(default, rename = "error-code-label")]
    label: String,
}

impl Part {
    fn status(&self) -> String {
        plain(&self.status)
    }
}

/// The id of the first part, or what became of the message.
pub(super) fn judge(answer: &Answer, hidden: &Hidden<'_>) -> Result<Option<String>, SmsError> {
    let told = answer.body.json::<Told>().ok().filter(|_| answer.status.is_success());
    let Some(told) = told else { return Err(turned_away(answer, hidden)) };
    let taken = |part: &&Part| part.status() == TAKEN;
    let Some(first) = told.messages.first() else {
        return Err(SmsError::Unknown { reason: "Vonage answered 200 without a message in it".to_owned() });
    };
    let refused = told.messages.iter().find(|part| !taken(part));
    let Some(refused) = refused else { return Ok(hidden.id(&first.id)) };
    let status = hidden.code(&refused.status()).unwrap_or_default();
    let reason = format!("Vonage answered with status {status}: {}", hidden.sentence(&refused.text));
    if told.messages.iter().any(|part| taken(&part)) {
        return Err(SmsError::Unknown { reason: format!("{reason}; other parts of the message were taken") });
    }
    let known = STATUSES.iter().find(|(statuses, _)| statuses.contains(&&*status)).map(|(_, meaning)| *meaning);
    Err(known.unwrap_or(Meaning::Unreachable).with(reason, answer.retry_after))
}

/// What an answer means that holds no message.
pub(super) fn turned_away(answer: &Answer, hidden: &Hidden<'_>) -> SmsError {
    let status = answer.status.as_u16();
    match (answer.body.json::<Turned>(), status) {
        (Ok(turned), 401 | 402 | 403) => {
            let code = hidden.code(&plain(&turned.code)).unwrap_or_default();
            let reason = format!("Vonage answered {status} with {code}: {}", hidden.sentence(&turned.label));
            let fault = if status == 402 { SmsFault::Balance } else { SmsFault::Credentials };
            SmsError::Faulty { fault, reason }
        }
        _ => by_status(answer),
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
