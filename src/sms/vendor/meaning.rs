//! What a vendor's error code means, for the tables of the vendors.

use std::time::Duration;

use crate::sms::{SmsError, SmsFault};

/// The class of a code; the words come from the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sms) enum Meaning {
    /// The number or the text; no other provider helps.
    Refused,
    /// This number had enough, for so long.
    NumberLimited(Duration),
    /// Our account; only an operator mends it.
    Faulty(SmsFault),
    /// We are too fast, or have too much open.
    Throttled,
    /// Nothing left, for another reason.
    Unreachable,
    /// It may have left.
    Unknown,
}

impl Meaning {
    /// The error, with the vendor's words and the wait that it asked for.
    pub(in crate::sms) fn with(self, reason: String, retry_after: Option<Duration>) -> SmsError {
        match self {
            Self::Refused => SmsError::Refused { reason },
            Self::NumberLimited(wait) => SmsError::NumberLimited { wait },
            Self::Faulty(fault) => SmsError::Faulty { fault, reason },
            Self::Throttled => SmsError::Throttled { retry_after },
            Self::Unreachable => SmsError::Unreachable { reason },
            Self::Unknown => SmsError::Unknown { reason },
        }
    }
}
