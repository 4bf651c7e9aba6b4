//! Delivery receipts: what a gateway says became of a message (SMPP 3.4, 5.2.28 and appendix B).
//!
//! Optional parameters where they are given, because they are standard; the text where they are not. Appendix B calls the
//! text "SMSC vendor specific", and so it is: names in any case, fields missing or in another order, an id in another
//! base than in the `submit_sm_resp`. What follows `text:` quotes the message, may say anything, and is not read.

use serde::Deserialize;

use super::incoming::Deliver;
use crate::sms::DeliveryState;

/// How the id in the text of a receipt is written, beside the one in the answer to the message.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReceiptId {
    /// Alike.
    #[default]
    Same,
    /// In decimal, where the answer has it in hexadecimal.
    Decimal,
    /// In hexadecimal, where the answer has it in decimal.
    Hex,
}

impl ReceiptId {
    /// An id as the answer has it, in the form that ids are compared in. One that is no number stays as it is.
    pub(super) fn of_answer(self, id: String) -> String {
        match self {
            Self::Same => Some(id.clone()),
            Self::Decimal => u128::from_str_radix(&id, 16).ok().map(|number| format!("{number:x}")),
            Self::Hex => id.parse::<u128>().ok().map(|number| number.to_string()),
        }
        .unwrap_or(id)
    }

    /// An id as the text of a receipt has it, in the same form.
    fn of_text(self, id: String) -> String {
        match self {
            Self::Same => Some(id.clone()),
            Self::Decimal => id.parse::<u128>().ok().map(|number| format!("{number:x}")),
            Self::Hex => u128::from_str_radix(&id, 16).ok().map(|number| number.to_string()),
        }
        .unwrap_or(id)
    }
}

/// What became of one message.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Receipt {
    pub id: Box<str>,
    pub state: DeliveryState,
    /// Their word, and their error number unless it is zero: `UNDELIV/021`.
    pub code: Option<Box<str>>,
}

impl Receipt {
    /// Reads a receipt; `None` when it does not say which message it is about.
    pub(super) fn read(deliver: &Deliver<'_>, form: ReceiptId) -> Option<Self> {
        let text = deliver.text();
        let told = text.get(..quoted_from(&text)).unwrap_or_default();
        let of_text = || field(told, "id").map(|id| form.of_text(id));
        let id = deliver.receipted.clone().map(|id| form.of_answer(id)).or_else(of_text)?;
        let word = field(told, "stat").map(|word| word.to_ascii_uppercase());
        let state = deliver.state.map(by_number).or_else(|| word.as_deref().map(by_word));
        let error = field(told, "err").filter(|error| error.bytes().any(|sign| sign != b'0'));
        let code = word.map(|word| error.map_or(word.clone(), |error| format!("{word}/{error}")));
        Some(Self { id: id.into(), state: state.unwrap_or(DeliveryState::Unknown), code: code.map(Into::into) })
    }
}

/// Where the quotation of the message begins.
fn quoted_from(text: &str) -> usize {
    place(text, "text").map_or(text.len(), |(start, _)| start)
}

/// The value of `name:`, one word of up to 64 plain signs.
fn field(text: &str, name: &str) -> Option<String> {
    let (_, after) = place(text, name)?;
    let value = text.get(after..)?.trim_start_matches(' ').split_ascii_whitespace().next()?;
    let plain = |sign: u8| sign.is_ascii_alphanumeric() || matches!(sign, b'.' | b'-' | b'_' | b'/' | b'+');
    ((1..=64).contains(&value.len()) && value.bytes().all(plain)).then(|| value.to_owned())
}

/// Where `name:` begins and ends, in any case, at the start of a word.
fn place(text: &str, name: &str) -> Option<(usize, usize)> {
    let octets = text.as_bytes();
    let begins = |at: &usize| {
        let fits = octets.get(*at..at + name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()));
        let ends_well = octets.get(at + name.len()) == Some(&b':');
        fits && ends_well && (*at == 0 || octets[at - 1].is_ascii_whitespace())
    };
    let start = (0..octets.len()).find(begins)?;
    Some((start, start + name.len() + 1))
}

/// `message_state` (SMPP 3.4, 5.2.28). 6 is "accepted", which the standard means of a person and gateways of themselves;
/// either way it is not on the phone.
const fn by_number(state: u8) -> DeliveryState {
    match state {
        1 | 6 => DeliveryState::Accepted,
        2 => DeliveryState::Delivered,
        3 => DeliveryState::Expired,
        4 | 5 => DeliveryState::Failed,
        8 => DeliveryState::Rejected,
        _ => DeliveryState::Unknown,
    }
}

/// The words of appendix B, and those that gateways add.
fn by_word(word: &str) -> DeliveryState {
    match word {
        "DELIVRD" | "DELIVERED" => DeliveryState::Delivered,
        "EXPIRED" => DeliveryState::Expired,
        "DELETED" | "UNDELIV" | "UNDELIVERABLE" | "FAILED" => DeliveryState::Failed,
        "REJECTD" | "REJECTED" => DeliveryState::Rejected,
        "ACCEPTD" | "ACCEPTED" | "ENROUTE" | "BUFFERED" => DeliveryState::Accepted,
        _ => DeliveryState::Unknown,
    }
}

#[cfg(test)]
mod tests;
