//! Vonage (SMS API): one receipt as a query, a form or JSON, as the account is set to; unsigned here.

use super::{DeliveryState, Entries, Entry, Posted, ReceiptAnswer, ReceiptError, Said};
use crate::domain::Timestamp;

pub(super) const ANSWER: ReceiptAnswer = ReceiptAnswer::empty(204);

pub(super) fn entries(posted: &Posted<'_>) -> Result<Entries, ReceiptError> {
    let written = posted.written();
    let text = written.shown();
    let entry = match text.trim_ascii_start().as_bytes() {
        [] => Entry::of_form(posted.query.as_bytes()),
        [b'{', ..] => Entry::of_object(posted)?,
        _ => Entry::of_form(text.as_bytes()),
    };
    Ok(Entries::one(entry))
}

pub(super) fn report(entry: &Entry) -> Option<Said> {
    let state = match entry.text("status").as_deref() {
        Some("delivered") => DeliveryState::Delivered,
        Some("failed") => DeliveryState::Failed,
        Some("expired") => DeliveryState::Expired,
        Some("rejected") => DeliveryState::Rejected,
        Some("accepted" | "buffered") => DeliveryState::Accepted,
        _ => DeliveryState::Unknown,
    };
    let name = entry.order("client-ref").or_else(|| entry.message("messageId"));
    let name = name.or_else(|| entry.message("message-id"))?;
    Some(Said { name, state, code: entry.code("err-code"), at: sent_at(entry) })
}

/// When Vonage sent it: in UTC by its documentation, with or without an offset to say so.
fn sent_at(entry: &Entry) -> Option<Timestamp> {
    entry.moment("message-timestamp").or_else(|| {
        let moment = entry.text("message-timestamp")?.parse::<jiff::civil::DateTime>().ok()?;
        let moment = moment.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
        Some(Timestamp::from_millis(moment.timestamp().as_millisecond()))
    })
}
