//! Tencent Cloud: a JSON list, unsigned.

use super::aliyun::not_delivered;
use super::{DeliveryState, Entry, ReceiptAnswer, Said};

pub(super) const ANSWER: ReceiptAnswer = ReceiptAnswer::json(r#"{"result":0,"errmsg":"OK"}"#);

pub(super) fn report(entry: &Entry) -> Option<Said> {
    let word = entry.code("errmsg");
    let state = match entry.text("report_status").as_deref() {
        Some("SUCCESS") => DeliveryState::Delivered,
        Some("FAIL") => not_delivered(word.as_deref()),
        _ => DeliveryState::Unknown,
    };
    // Its times have no zone.
    Some(Said { name: entry.message("sid")?, state, code: word, at: None })
}
