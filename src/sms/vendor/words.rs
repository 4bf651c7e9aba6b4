//! Words of a vendor, made fit for logs; and what a status means where the vendor said nothing.

use crate::outbound::Answer;
use crate::sms::SmsError;

/// A shorter key is also a part of many innocent words, which an operator needs.
const SHORTEST_KEY: usize = 6;
/// A shorter one may be a word of the address, as in `message-17`: without its id no receipt of a message is understood.
const SHORTEST_KEY_IN_AN_ID: usize = 16;

/// Texts of a message, and keys, that no reason, log or id may repeat.
#[derive(Clone, Copy)]
pub(in crate::sms) struct Hidden<'a> {
    message: [&'a str; 3],
    keys: &'a [&'a str],
}

impl<'a> Hidden<'a> {
    /// The number, the text and the code.
    pub(in crate::sms) const fn new(message: [&'a str; 3]) -> Self {
        Self { message, keys: &[] }
    }

    /// And what proves us to the vendor, which some of them repeat when they do not like it.
    pub(super) const fn with_keys(self, keys: &'a [&'a str]) -> Self {
        Self { keys, ..self }
    }

    /// Whether `text` repeats one of them.
    pub(in crate::sms) fn is_in(&self, text: &str) -> bool {
        self.repeats(text, SHORTEST_KEY)
    }

    fn repeats(&self, text: &str, shortest_key: usize) -> bool {
        let is_told = |secret: &&str| !secret.is_empty() && text.contains(*secret);
        self.message.iter().any(is_told) || self.keys.iter().filter(|key| key.len() >= shortest_key).any(is_told)
    }

    /// An error code for the operator: short, of plain signs, and nothing that came from the message.
    pub(in crate::sms) fn code(&self, text: &str) -> Option<String> {
        let plain = |sign: u8| sign.is_ascii_alphanumeric() || matches!(sign, b'.' | b'-' | b'_' | b':');
        let fits = (1..=64).contains(&text.len()) && text.bytes().all(plain);
        (fits && !self.is_in(text)).then(|| text.to_owned())
    }

    /// An id of the vendor for the message: up to 128 visible ASCII signs, and nothing that came from the message.
    pub(in crate::sms) fn id(&self, text: &str) -> Option<String> {
        let fits = (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        (fits && !self.repeats(text, SHORTEST_KEY_IN_AN_ID)).then(|| text.to_owned())
    }

    /// A vendor's sentence: one line, at most 160 signs; nothing at all when it repeats something of the message.
    pub(in crate::sms) fn sentence(&self, text: &str) -> String {
        if self.is_in(text) {
            return String::new();
        }
        text.chars()
            .map(|sign| if sign.is_control() { ' ' } else { sign })
            .take(160)
            .collect::<String>()
            .trim()
            .to_owned()
    }
}

/// What an answer without a word of the vendor's own means. The one question: may a message have left?
///
/// Redirects are not followed and other 4xx come from somebody on the way, so nobody was given the message; 408 and
/// 425 are of machines that lost patience, perhaps after passing it on; after a 5xx or a strange 2xx it may have left.
pub(in crate::sms) fn by_status(answer: &Answer) -> SmsError {
    let status = answer.status.as_u16();
    let unread = match answer.body.written() {
        Ok(written) if written.bytes().is_empty() => "its body is empty".to_owned(),
        Ok(_) => "its body is not what the vendor answers".to_owned(),
        Err(reason) => reason,
    };
    let reason = format!("it answered {status}, but {unread}");
    match status {
        429 => SmsError::Throttled { retry_after: answer.retry_after },
        503 if answer.retry_after.is_some() => SmsError::Throttled { retry_after: answer.retry_after },
        300..400 => SmsError::Unreachable { reason: format!("it answered {status}, a redirect, and none is followed") },
        408 | 425 => SmsError::Unknown { reason },
        400..500 => SmsError::Unreachable { reason },
        _ => SmsError::Unknown { reason },
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::sms::vendor::Body;

    const HIDDEN: Hidden<'static> = Hidden::new(["13800138000", "text", "002569"]);

    #[test]
    fn what_repeats_the_message_or_steers_a_terminal_is_not_repeated() {
        assert_eq!(HIDDEN.code("isv.MOBILE_NUMBER_ILLEGAL").as_deref(), Some("isv.MOBILE_NUMBER_ILLEGAL"));
        assert_eq!((HIDDEN.code("bad 13800138000"), HIDDEN.code("a\u{1b}[31m"), HIDDEN.code("")), (None, None, None));
        assert_eq!((HIDDEN.id("m-1").as_deref(), HIDDEN.id("a b"), HIDDEN.id("x002569")), (Some("m-1"), None, None));
        assert_eq!(HIDDEN.sentence("触发小时级流控\nPermits:5"), "触发小时级流控 Permits:5");
        assert_eq!((HIDDEN.sentence("to 13800138000"), HIDDEN.sentence(&"a".repeat(999)).len()), (String::new(), 160));
    }

    /// case 99: a vendor that repeats the key it does not know brings it into no log; a short part of a path hides nothing.
    #[test]
    fn what_repeats_a_key_is_not_repeated() {
        let hidden = HIDDEN.with_keys(&["s3cr3t-key", "send"]);
        assert_eq!(hidden.code("unknown:s3cr3t-key"), None);
        assert_eq!(hidden.sentence("there is no key s3cr3t-key"), "");
        assert_eq!(hidden.code("send_failed").as_deref(), Some("send_failed"));
        let hidden = HIDDEN.with_keys(&["0123456789abcdef", "message"]);
        assert_eq!((hidden.id("x0123456789abcdef"), hidden.id("message-17").as_deref()), (None, Some("message-17")));
    }

    /// case 85: by whether a message may have left.
    #[test]
    fn a_status_alone_is_judged_by_whether_a_message_may_have_left() {
        let answer = |status| Answer::of(status, Body::Unread("it was not read".to_owned()));
        for status in [301, 302, 307, 400, 401, 403, 404, 422] {
            assert!(matches!(by_status(&answer(status)), SmsError::Unreachable { .. }), "{status}");
        }
        for status in [200, 204, 408, 425, 500, 502, 503, 504] {
            assert!(matches!(by_status(&answer(status)), SmsError::Unknown { .. }), "{status}");
        }
        let busy = Answer { retry_after: Some(Duration::from_secs(9)), ..answer(503) };
        assert_eq!(by_status(&busy), SmsError::Throttled { retry_after: Some(Duration::from_secs(9)) });
        assert_eq!(by_status(&answer(429)), SmsError::Throttled { retry_after: None });
    }
}
