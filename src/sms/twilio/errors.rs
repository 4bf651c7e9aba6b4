//! What Twilio's error codes mean (its error dictionary, the parts about accounts and about sending messages).

use serde::Deserialize;

use crate::sms::vendor::{Answer, Hidden, Meaning, by_status};
use crate::sms::{SmsError, SmsFault};

/// Codes and classes. Any other code of a 4xx is about the request, so nothing left; with a 5xx, Twilio itself is at a
/// loss, whatever the code.
const CODES: &[(&[u32], Meaning)] = &[
    // Account not active; not authenticated; suspended; no access; test credentials; no such account; messaging suspended.
    (&[10001, 20003, 20005, 20006, 20008, 20403, 20404, 30002], Meaning::Faulty(SmsFault::Credentials)),
    // The account may not send to this country; a trial account sends to verified numbers alone.
    (&[21408, 21608], Meaning::Faulty(SmsFault::Credentials)),
    // The sender: none, none of the account's, cannot send messages, not the service's; no service of this id, or empty.
    (
        &[21212, 21603, 21606, 21659, 21660, 21661, 21701, 21703, 21704, 21705],
        Meaning::Faulty(SmsFault::Signature),
    ),
    // Too many requests; the account's or the sender's rate; the sender's queue is full.
    (&[14107, 20429, 21611], Meaning::Throttled),
    // The number: invalid, missing, unsubscribed, not reachable, not mobile.
    (&[21211, 21217, 21604, 21610, 21612, 21614], Meaning::Refused),
    // The text: missing, too long, unfit.
    (&[21602, 21605, 21617, 21618, 21619], Meaning::Refused),
];

/// An error as Twilio writes it.
#[derive(Deserialize)]
struct Told {
    code: u32,
    #[serde(default)]
    message: String,
}

/// What an answer that took no message means.
pub(super) fn error(answer: &Answer, hidden: &Hidden<'_>) -> SmsError {
    let Ok(told) = answer.body.json::<Told>() else { return by_status(answer) };
    let status = answer.status.as_u16();
    let reason = format!("Twilio answered {status} with {}: {}", told.code, sentence(&told.message, hidden));
    let known = CODES.iter().find(|(codes, _)| codes.contains(&told.code)).map(|(_, meaning)| *meaning);
    match by_status(answer) {
        SmsError::Unreachable { .. } => known.unwrap_or(Meaning::Unreachable).with(reason, answer.retry_after),
        // A limit that only the status tells, and its wait.
        throttled @ SmsError::Throttled { .. } => throttled,
        _ => SmsError::Unknown { reason },
    }
}

/// Twilio's sentence, unless it may hold part of a number: some show one with its last digits hidden.
fn sentence(text: &str, hidden: &Hidden<'_>) -> String {
    let has_number = text.split(|sign: char| !sign.is_ascii_digit()).any(|digits| digits.len() > 6);
    if has_number { String::new() } else { hidden.sentence(text) }
}
