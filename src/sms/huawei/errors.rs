//! What the error codes mean, after the vendor's list for sending (document `sms_05_0050`).

use crate::sms::SmsFault::{Balance, Clock, Credentials, Signature, Template};
use crate::sms::vendor::Meaning;

/// The meaning of a `code`, or of the `status` of the one number where `code` only points there.
///
/// A code that is not listed says that it was not taken, and names neither number nor text, so another provider may be
/// asked.
pub(super) fn meaning(code: &str) -> Meaning {
    match code {
        // `Created` is too far from the vendor's clock.
        "E000110" => Meaning::Faulty(Clock),
        // Frozen, for arrears in the first place.
        "E000112" => Meaning::Faulty(Balance),
        // Our address is not among those allowed.
        "E000620" => Meaning::Faulty(Credentials),
        // The channel does not belong to the application, or the signature is not active.
        "E200018" | "E200027" => Meaning::Faulty(Signature),
        // Variables; kind; not active; contract; not of this template; none given.
        "E200028" | "E200029" | "E200030" | "E200031" | "E200032" | "E200033" => Meaning::Faulty(Template),
        // So many are waiting that the vendor asks to wait.
        "E200015" => Meaning::Throttled,
        // The number stands there twice; we send one.
        "E200041" => Meaning::Refused,
        // A failure inside, or a form that it cannot read, and it does not say which; time-outs after it was passed on.
        "E000000" | "E200034" | "E200038" => Meaning::Unknown,
        _ => family(code),
    }
}

/// `E0000xx` find fault with the headers that prove us, `E0001xx` with the application that they name.
fn family(code: &str) -> Meaning {
    if code.starts_with("E0000") || code.starts_with("E0001") {
        Meaning::Faulty(Credentials)
    } else {
        Meaning::NotTaken
    }
}
