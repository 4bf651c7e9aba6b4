//! Alibaba Cloud (SmsReport): a JSON list, unsigned, at least once each, in any order.

use super::{DeliveryState, Entry, ReceiptAnswer, Said, carrier_state};

/// Only the number is looked at; without it the post comes again after 1, 5 and 10 minutes.
pub(super) const ANSWER: ReceiptAnswer = ReceiptAnswer::json(r#"{"code":0,"msg":"接收成功"}"#);

pub(super) fn report(entry: &Entry) -> Option<Said> {
    let word = entry.code("err_code");
    let state = match entry.text("success").map(|text| text.to_ascii_lowercase()).as_deref() {
        Some("true") => DeliveryState::Delivered,
        Some("false") => not_delivered(word.as_deref()),
        _ => DeliveryState::Unknown,
    };
    let name = entry.order("out_id").or_else(|| entry.message("biz_id"))?;
    // Its times have no zone.
    Some(Said { name, state, code: word, at: None })
}

/// A failure by its word; a word of success would contradict the rest.
pub(super) fn not_delivered(word: Option<&str>) -> DeliveryState {
    let state = word.and_then(carrier_state).filter(|state| *state != DeliveryState::Delivered);
    state.unwrap_or(DeliveryState::Failed)
}
