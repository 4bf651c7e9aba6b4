//! What became of a message after a provider took it: delivery receipts, as the provider tells them.

use super::{OrderId, Timestamp};

/// One delivery receipt. It is a stranger's word: no secret, no number, and nothing that a code's worth may hang on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryReport {
    /// Whose word it is, as named in the configuration.
    pub provider: Box<str>,
    /// Which message it is about.
    pub name: ReportName,
    /// What became of it.
    pub state: DeliveryState,
    /// The provider's own word for it, short and of plain signs.
    pub code: Option<Box<str>>,
    /// When it happened, where the provider said so with its time zone.
    pub at: Option<Timestamp>,
}

/// Which message a receipt is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ReportName {
    /// The id that we gave it, at providers that carry ours along.
    Order(OrderId),
    /// The id that the provider gave it, as it answered when it took it. May come before that one does, and for
    /// a message of several parts there is one for each.
    Message(MessageName),
}

/// A provider's id of a message, in the form in which ids are compared: in lower case, and without leading zeros where it is a
/// number. Providers write one id in the answer and the same with other letters and zeros in the receipt.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MessageName(Box<str>);

impl MessageName {
    /// In the form in which ids are compared.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<T: AsRef<str>> From<T> for MessageName {
    fn from(id: T) -> Self {
        let id = id.as_ref();
        let is_number = !id.is_empty() && id.bytes().all(|sign| sign.is_ascii_hexdigit());
        let significant = if is_number { id.trim_start_matches('0') } else { id };
        let same = if is_number && significant.is_empty() { "0" } else { significant };
        Self(same.to_ascii_lowercase().into())
    }
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DeliveryState {
    /// It is on the phone.
    Delivered,
    /// It will not arrive.
    Failed,
    /// Its validity ended first.
    Expired,
    /// The network or the provider would not have it.
    Rejected,
    /// On its way; another receipt follows.
    Accepted,
    /// The provider does not know, or said something that we do not.
    Unknown,
}

impl DeliveryState {
    /// The stable word, as in metrics and the audit trail.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::Expired => "expired",
            Self::Rejected => "rejected",
            Self::Accepted => "accepted",
            Self::Unknown => "unknown",
        }
    }

    /// Whether nothing more is to come.
    #[must_use]
    pub const fn is_final(self) -> bool {
        !matches!(self, Self::Accepted | Self::Unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_the_same_with_other_letters_and_leading_zeros() {
        for (one, two) in [
            ("000123", "123"),
            ("00000000A1B2C3D4", "a1b2c3d4"),
            ("1BFA-77-0", "1bfa-77-0"),
            ("SM0123456789ABCDEF", "sm0123456789abcdef"),
            ("000", "0"),
        ] {
            assert_eq!(MessageName::from(one), MessageName::from(two));
        }
        for (one, two) in [("100", "1"), ("0x1", "x1"), ("00-1", "0-1"), ("12345^0", "12345"), ("", "0")] {
            assert_ne!(MessageName::from(one), MessageName::from(two), "{one} {two}");
        }
    }
}
