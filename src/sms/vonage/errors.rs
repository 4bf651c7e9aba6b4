//! What the statuses mean, after Vonage's guide "Troubleshooting SMS". They stand as text inside an answer of 200.

use serde::Deserialize;

use crate::sms::SmsError;
use crate::sms::SmsFault::{Balance, Credentials, Signature};
use crate::sms::vendor::{Answer, Complaint, Hidden, Meaning, by_status, optional_scalar, scalar, spoken};

/// The status of a message that was taken.
const TAKEN: &str = "0";

/// An answer: one entry for each part of the message.
#[derive(Deserialize)]
struct Told {
    messages: Vec<Part>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Part {
    #[serde(deserialize_with = "scalar")]
    status: String,
    #[serde(default, deserialize_with = "optional_scalar")]
    message_id: Option<String>,
    #[serde(default)]
    error_text: String,
}

/// How the door before the API turns somebody away.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Turned {
    #[serde(deserialize_with = "scalar")]
    error_code: String,
    #[serde(default)]
    error_code_label: String,
}

/// The id of the first part, or what became of the message.
pub(super) fn judge(answer: &Answer, hidden: &Hidden<'_>) -> Result<Option<String>, SmsError> {
    let told = answer.body.json::<Told>().ok().filter(|told| answer.status.is_success() && !told.messages.is_empty());
    let Some(told) = told else { return Err(turned_away(answer, hidden)) };
    let (taken, refused): (Vec<_>, Vec<_>) = told.messages.iter().partition(|part| part.status == TAKEN);
    let Some(first) = refused.first() else {
        return Ok(taken.first().and_then(|part| hidden.id(part.message_id.as_deref()?)));
    };
    let status = &first.status;
    // Part of the text is on its way.
    let meaning = if taken.is_empty() { meaning(status) } else { Meaning::Unknown };
    Err(Complaint { code: &format!("status.{status}"), sentence: &first.error_text, request: "" }
        .error(meaning, answer, hidden))
}

/// What an answer means that holds no message.
pub(super) fn turned_away(answer: &Answer, hidden: &Hidden<'_>) -> SmsError {
    let turned: Turned = match spoken(answer) {
        Ok(turned) => turned,
        Err(error) => return error,
    };
    let meaning = match answer.status.as_u16() {
        401 | 403 => Meaning::Faulty(Credentials),
        402 => Meaning::Faulty(Balance),
        _ => return by_status(answer),
    };
    Complaint { code: &turned.error_code, sentence: &turned.error_code_label, request: "" }
        .error(meaning, answer, hidden)
}

/// A status that is not listed is about the request and names neither number nor text, so another provider may be asked.
fn meaning(status: &str) -> Meaning {
    match status {
        // Too fast; too many connections.
        "1" | "10" => Meaning::Throttled,
        // Invalid parameter; a message or prefix that cannot be processed; a number that is barred (7) or out of service
        // (33); a text that is too long; a network that is not the number's.
        "3" | "6" | "7" | "12" | "22" | "33" => Meaning::Refused,
        // Key or secret; account suspended; not for HTTP; a request's signature; a secret where a signature is wanted.
        "4" | "8" | "11" | "14" | "32" => Meaning::Faulty(Credentials),
        "9" => Meaning::Faulty(Balance),
        // A sender that is not the account's.
        "15" => Meaning::Faulty(Signature),
        // Something failed while the message was processed.
        "5" => Meaning::Unknown,
        _ => Meaning::NotTaken,
    }
}
