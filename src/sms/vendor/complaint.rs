//! A vendor's error in its own words, and what it means.

use std::time::Duration;

use serde::de::DeserializeOwned;

use super::words::{Hidden, by_status};
use crate::domain::{Condition, Finding};
use crate::outbound::Answer;
use crate::sms::{SmsError, SmsFault};

/// What an error code means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sms) enum Meaning {
    /// The number; no other provider helps.
    Refused,
    /// This number had enough for so long.
    NumberLimited(Duration),
    /// An operator has to mend it.
    Faulty(SmsFault),
    /// Our account had enough.
    Throttled,
    /// It did not take it, for a reason that says nothing about the message; another provider may.
    NotTaken,
    /// It may have taken it.
    Unknown,
}

/// What a vendor complains of. Every part came from outside.
pub(in crate::sms) struct Complaint<'a> {
    /// Its code.
    pub code: &'a str,
    /// Its sentence; may be empty.
    pub sentence: &'a str,
    /// Its name for our request, which its support asks for; may be empty.
    pub request: &'a str,
}

impl Complaint<'_> {
    /// The error that follows.
    pub(in crate::sms) fn error(&self, meaning: Meaning, answer: &Answer, hidden: &Hidden<'_>) -> SmsError {
        let reason = self.reason(answer, hidden);
        match meaning {
            Meaning::Refused => SmsError::Refused { reason },
            Meaning::NumberLimited(wait) => SmsError::NumberLimited { wait },
            Meaning::Faulty(fault) => SmsError::Faulty { fault, reason },
            Meaning::Throttled => SmsError::Throttled { retry_after: answer.retry_after },
            Meaning::NotTaken => SmsError::NotTaken { reason },
            Meaning::Unknown => SmsError::Unknown { reason },
        }
    }

    fn reason(&self, answer: &Answer, hidden: &Hidden<'_>) -> String {
        let code = hidden.code(self.code).unwrap_or_else(|| "an error".to_owned());
        let sentence = hidden.sentence(self.sentence);
        let sentence = if sentence.is_empty() { sentence } else { format!(": {sentence}") };
        let request = hidden.id(self.request).map(|id| format!(" (request {id})")).unwrap_or_default();
        format!("it answered {} with {code}{sentence}{request}", answer.status.as_u16())
    }
}

/// An answer in the vendor's own language, whatever its status.
///
/// # Errors
/// What follows when it is not: somebody on the way spoke, or it cannot be read.
pub(in crate::sms) fn spoken<T: DeserializeOwned>(answer: &Answer) -> Result<T, SmsError> {
    if answer.status.is_redirection() {
        return Err(by_status(answer));
    }
    answer.body.json().map_err(|_| by_status(answer))
}

/// What a live check found out when the question itself failed.
pub(in crate::sms) fn unanswered(what: &str, error: &SmsError) -> Finding {
    let state = match error {
        SmsError::Faulty { .. }
        | SmsError::NotTaken { .. }
        | SmsError::Unreachable { .. }
        | SmsError::Refused { .. } => Condition::Bad,
        SmsError::NumberLimited { .. } | SmsError::Throttled { .. } | SmsError::Unknown { .. } => Condition::Doubtful,
    };
    Finding { what: what.to_owned(), state, text: error.to_string() }
}
