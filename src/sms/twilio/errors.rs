//! What the error codes mean, after Twilio's error dictionary: its parts about accounts and about sending messages.

use serde::Deserialize;

use crate::sms::SmsError;
use crate::sms::SmsFault::{Credentials, Signature};
use crate::sms::vendor::{Answer, Complaint, Hidden, Meaning, by_status, scalar, spoken};

/// An error as Twilio writes it.
#[derive(Deserialize)]
struct Told {
    #[serde(deserialize_with = "scalar")]
    code: String,
    #[serde(default)]
    message: String,
}

/// What follows from an answer that took no message. With a 5xx, Twilio itself is at a loss, whatever the code.
pub(super) fn error(answer: &Answer, hidden: &Hidden<'_>) -> SmsError {
    let told: Told = match spoken(answer) {
        Ok(told) => told,
        Err(error) => return error,
    };
    let meaning = match by_status(answer) {
        SmsError::Unreachable { .. } => meaning(told.code.parse().unwrap_or_default()),
        SmsError::Throttled { .. } => Meaning::Throttled,
        _ => Meaning::Unknown,
    };
    // Some sentences show a number with its last digits hidden.
    let has_number = told.message.split(|sign: char| !sign.is_ascii_digit()).any(|digits| digits.len() > 6);
    let sentence = if has_number { "" } else { &told.message };
    Complaint { code: &told.code, sentence, request: "" }.error(meaning, answer, hidden)
}

/// A code that is not listed is about the request and names neither number nor text, so another provider may be asked. So are
/// those that one number alone meets: a country that the account may not send to (21408), and a trial account that sends to
/// verified numbers only (21608).
fn meaning(code: u32) -> Meaning {
    match code {
        // Account not active, suspended or without access; not authenticated; test credentials; no such account.
        10_001 | 20_003 | 20_005 | 20_006 | 20_008 | 20_403 | 20_404 | 30_002 => Meaning::Faulty(Credentials),
        // No sender, or one that is not the account's, cannot send or is not the service's; no such service, or empty.
        21_212 | 21_603 | 21_606 | 21_659..=21_661 | 21_701 | 21_703..=21_705 => Meaning::Faulty(Signature),
        // Requests; the account's or the sender's rate; the sender's queue is full.
        20_429 | 14_107 | 21_611 => Meaning::Throttled,
        // The number: invalid, missing, unsubscribed, not reachable, not mobile. The text: missing, too long, unfit.
        21_211 | 21_217 | 21_604 | 21_610 | 21_612 | 21_614 | 21_602 | 21_605 | 21_617..=21_619 => Meaning::Refused,
        _ => Meaning::NotTaken,
    }
}
