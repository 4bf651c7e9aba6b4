//! Delivery receipts that vendors post over HTTP: read, verified where the vendor signs them, and said in our words.
//!
//! Pure functions that know no web framework. Formats of strangers change, so unknown members are passed over here; what
//! is read is little, short, and believed no further than a [`DeliveryReport`] is.

mod aliyun;
#[cfg(any(feature = "huawei", feature = "twilio", feature = "vonage"))]
mod callback;
mod entry;
mod huawei;
mod settings;
mod tencent;
mod twilio;
mod vonage;

use secrecy::SecretString;

#[cfg(any(feature = "huawei", feature = "twilio", feature = "vonage"))]
pub(super) use self::callback::Callback;
use self::entry::{Entries, Entry};
pub use self::settings::{ReceiptKind, ReceiptSettings};
use super::{DeliveryReport, DeliveryState, ReportName};
use crate::domain::Timestamp;
use crate::outbound::Written;

/// The most that is read of one post; vendors send up to a few hundred at a time.
pub const MOST_RECEIPTS: usize = 500;

/// In which vendor's way receipts are written, with what proves them to be the vendor's where it signs them.
#[derive(Debug, Clone)]
pub enum ReceiptFormat {
    /// A JSON list, unsigned.
    Aliyun,
    /// A JSON list, unsigned.
    Tencent,
    /// A form for each message or a JSON list, unsigned.
    Huawei,
    /// A form or JSON, signed with the account's token.
    Twilio {
        /// The account's token; never empty.
        auth_token: SecretString,
    },
    /// A query, a form or JSON, unsigned.
    Vonage,
}

/// What was posted to the address that a vendor was given.
#[derive(Clone, Copy)]
pub struct Posted<'a> {
    /// The address as the vendor knows it: scheme, host and path from `public_url`, never from `Host`.
    pub url: &'a str,
    /// What stood after its `?`, as it came; empty without one.
    pub query: &'a str,
    /// A header by its name in lower case, where it came once and is text.
    pub header: &'a dyn Fn(&str) -> Option<&'a str>,
    /// The body, which the caller has capped.
    pub body: &'a [u8],
}

impl Posted<'_> {
    /// The body as it is read, whatever its charset.
    fn written(&self) -> Written<'_> {
        Written::new(self.body, (self.header)("content-type"))
    }
}

/// What a post held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipts {
    /// At most [`MOST_RECEIPTS`], in the order they came; the same one may come again.
    pub reports: Vec<DeliveryReport>,
    /// How many more were not read, or named no message.
    pub dropped: usize,
    /// What the vendor takes as "received"; anything else makes it post again.
    pub answer: ReceiptAnswer,
}

/// An answer to a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReceiptAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The type of the body; empty without one.
    pub content_type: &'static str,
    /// The body.
    pub body: &'static str,
}

impl ReceiptAnswer {
    const fn json(body: &'static str) -> Self {
        Self { status: 200, content_type: "application/json", body }
    }

    const fn empty(status: u16) -> Self {
        Self { status, content_type: "", body: "" }
    }
}

/// Why a post was not read. The vendor learns no more than that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// It does not prove to be the vendor's.
    #[error("the receipt is not signed by the provider")]
    Forged,
    /// It is not in the vendor's format.
    #[error("the receipt cannot be read")]
    Unreadable,
}

/// Reads what was posted about messages of `provider`, as it is named in the configuration.
///
/// # Errors
/// [`ReceiptError::Forged`] before anything is read of it, [`ReceiptError::Unreadable`] when nothing in it makes sense.
pub fn read(provider: &str, format: &ReceiptFormat, posted: &Posted<'_>) -> Result<Receipts, ReceiptError> {
    let (entries, report, answer) = match format {
        ReceiptFormat::Aliyun => (Entries::of_list(posted)?, aliyun::report as Reader, aliyun::ANSWER),
        ReceiptFormat::Tencent => (Entries::of_list(posted)?, tencent::report as Reader, tencent::ANSWER),
        ReceiptFormat::Huawei => (huawei::entries(posted)?, huawei::report as Reader, huawei::ANSWER),
        ReceiptFormat::Twilio { auth_token } => {
            (twilio::entries(posted, auth_token)?, twilio::report as Reader, twilio::ANSWER)
        }
        ReceiptFormat::Vonage => (vonage::entries(posted)?, vonage::report as Reader, vonage::ANSWER),
    };
    let found = entries.read.len();
    let of_provider = |said: Said| DeliveryReport {
        provider: provider.into(),
        name: said.name,
        state: said.state,
        code: said.code,
        at: said.at,
    };
    let reports: Vec<_> = entries.read.iter().filter_map(report).map(of_provider).collect();
    let dropped = entries.dropped + found - reports.len();
    Ok(Receipts { reports, dropped, answer })
}

/// What one entry says; nothing when it names no message.
type Reader = fn(&Entry) -> Option<Said>;

/// A report before it is known whose word it is.
struct Said {
    name: ReportName,
    state: DeliveryState,
    code: Option<Box<str>>,
    at: Option<Timestamp>,
}

/// What the words mean that carriers write into receipts, in China as elsewhere (SMPP 3.4, appendix B).
fn carrier_state(word: &str) -> Option<DeliveryState> {
    Some(match word {
        "DELIVRD" | "DELIVERED" => DeliveryState::Delivered,
        "EXPIRED" => DeliveryState::Expired,
        "UNDELIV" | "DELETED" => DeliveryState::Failed,
        "REJECTD" | "REJECTED" => DeliveryState::Rejected,
        "ACCEPTD" => DeliveryState::Accepted,
        "UNKNOWN" => DeliveryState::Unknown,
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
