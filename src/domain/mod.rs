//! Words and pure rules of the house: no I/O, no async, no framework.
//!
//! Everything above speaks in these types. What outside text may become one of them is decided here,
//! once, by a `parse` that names what is wrong.

mod birthday;
mod challenge;
mod code;
mod credential;
#[cfg(test)]
mod decorated;
mod delivery;
mod file_value;
mod finding;
mod id;
mod language;
mod lock;
mod mailbox;
mod media_type;
mod password;
mod phone;
mod quantity;
mod random;
mod requester;
pub mod signs;
mod stored;
mod subject;
mod table;
mod time;

pub use birthday::{Birthday, BirthdayError};
pub use challenge::{
    Arming, Challenge, ChallengeRules, ChallengeView, Ending, Presented, Refusal, Resumption, State, Verdict,
};
pub use code::{CodeDigest, CodeError, CodeKeys, OneTimeCode};
pub use credential::{CredentialDigest, FlowCredential};
pub use delivery::{DeliveryReport, DeliveryState, MessageName, ReportName};
pub use file_value::{has_blank_edge, single_value};
pub use finding::{Condition, Finding};
pub use id::{CaptchaId, ChallengeId, EventId, IdError, OrderId, RequestId};
pub use language::{accepted_languages, is_same_language, nearest_language};
pub use lock::Lock;
pub use mailbox::{MailboxAddress, MailboxError};
pub use media_type::{is_media_type, is_utf8_text, without_byte_order_mark};
pub use password::{MAX_PASSWORD_BYTES, MAX_PASSWORD_CODE_POINTS, NewPassword, PasswordError};
pub use phone::{PhoneError, PhoneNumber, Region};
pub use quantity::{ByteSize, Period, QuantityError, Rate};
pub use random::{Randomness, SystemRandom};
pub use requester::{Network, Requester, network};
pub use stored::Stored;
pub use subject::{PersonalFacts, Subject, SubjectId, SubjectStamp};
pub use table::{Row, Table, TableError};
pub use time::{Clock, ManualClock, SystemClock, Timestamp};

/// What a challenge, a code or a captcha is for. Part of every digest and seal, so that
/// what was issued for one purpose is worthless for the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Setting a new password after the old one is lost.
    Recovery,
    /// Binding a phone to a mailbox.
    Binding,
}

impl Purpose {
    /// The stable word used in digests, seals and audit lines.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Recovery => "recovery",
            Self::Binding => "binding",
        }
    }

    /// The byte that stands for the purpose inside a seal.
    #[must_use]
    pub const fn as_byte(self) -> u8 {
        match self {
            Self::Recovery => 1,
            Self::Binding => 2,
        }
    }
}
