//! What the error codes mean, after the reference of SNS: those of `Publish`, and those that all actions share.

use super::xml::Document;
use crate::sms::SmsError;
use crate::sms::SmsFault::{Clock, Credentials};
use crate::sms::vendor::{Answer, Complaint, Hidden, Meaning, by_status};

/// What follows from an answer that took no message. With a 5xx, SNS itself is at a loss, whatever the code.
pub(super) fn error(answer: &Answer, hidden: &Hidden<'_>) -> SmsError {
    let document = Document::of(&answer.body);
    let at = |path: &str| document.as_ref().and_then(|document| document.text(path));
    let (Some(code), false) = (at("ErrorResponse/Error/Code"), answer.status.is_redirection()) else {
        return by_status(answer);
    };
    let sentence = at("ErrorResponse/Error/Message").unwrap_or_default();
    let meaning = match by_status(answer) {
        SmsError::Unreachable { .. } => meaning(code, sentence),
        SmsError::Throttled { .. } => Meaning::Throttled,
        _ => Meaning::Unknown,
    };
    let request = at("ErrorResponse/RequestId").unwrap_or_default();
    Complaint { code, sentence, request }.error(meaning, answer, hidden)
}

/// Some codes end in `Exception` and some do not. One that is not listed is about the request and names neither number
/// nor text, so another provider may be asked.
fn meaning(code: &str, sentence: &str) -> Meaning {
    match code.strip_suffix("Exception").unwrap_or(code) {
        "Throttling" | "Throttled" | "RequestThrottled" | "RequestLimitExceeded" | "TooManyRequests" | "SlowDown" => {
            Meaning::Throttled
        }
        // The number or the text; the number's owner wants nothing from AWS.
        "InvalidParameter"
        | "InvalidParameterValue"
        | "ParameterValueInvalid"
        | "Validation"
        | "ValidationError"
        | "OptedOut" => Meaning::Refused,
        // "Signature expired: … is now earlier than …", "Signature not yet current: … is still later than …"
        "SignatureDoesNotMatch" | "InvalidSignature"
            if sentence.starts_with("Signature expired") || sentence.starts_with("Signature not yet current") =>
        {
            Meaning::Faulty(Clock)
        }
        "RequestExpired" | "RequestTimeTooSkewed" => Meaning::Faulty(Clock),
        // The key: wrong secret, unknown, not allowed, ended, or not for this service.
        "SignatureDoesNotMatch"
        | "InvalidSignature"
        | "IncompleteSignature"
        | "MissingAuthenticationToken"
        | "InvalidClientTokenId"
        | "UnrecognizedClient"
        | "InvalidAccessKeyId"
        | "AuthorizationError"
        | "AccessDenied"
        | "NotAuthorized"
        | "InvalidSecurity"
        | "OptInRequired"
        | "ExpiredToken" => Meaning::Faulty(Credentials),
        _ => Meaning::NotTaken,
    }
}
