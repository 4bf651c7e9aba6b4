//! Huawei Cloud: a form for each message, or a JSON list of up to 50; unsigned unless the account asks for it.

use serde::Deserialize;

use super::{DeliveryState, Entries, Entry, Posted, ReceiptAnswer, ReceiptError, Said, carrier_state};

pub(super) const ANSWER: ReceiptAnswer = ReceiptAnswer::empty(200);

#[derive(Deserialize)]
struct Batch {
    #[serde(rename = "statusReportList")]
    list: Entries,
}

pub(super) fn entries(posted: &Posted<'_>) -> Result<Entries, ReceiptError> {
    let written = posted.written();
    let text = written.shown();
    if text.trim_ascii_start().starts_with('{') {
        return written.json().map(|batch: Batch| batch.list).map_err(|_| ReceiptError::Unreadable);
    }
    Ok(Entries::one(Entry::of_form(text.as_bytes())))
}

pub(super) fn report(entry: &Entry) -> Option<Said> {
    let word = entry.code("status");
    let state = word.as_deref().map_or(DeliveryState::Unknown, |word| {
        // Beside the words of SMPP, carriers and the platform write codes of their own, all for failures.
        carrier_state(word).unwrap_or(DeliveryState::Failed)
    });
    let name = entry.order("extend").or_else(|| entry.message("smsMsgId"))?;
    Some(Said { name, state, code: word, at: entry.moment("updateTime") })
}
