//! What the gateway's numbers mean: one table for connecting, one for messages, one for reports.

use crate::sms::{DeliveryState, SmsError, SmsFault};

/// Why `CMPP_CONNECT_RESP` said no; `Status` is not 0.
pub(super) fn refused_connection(status: u32) -> SmsError {
    let faulty = |what: &str| SmsError::Faulty {
        fault: SmsFault::Credentials,
        reason: format!("it refused the connection with status {status}: {what}"),
    };
    match status {
        1 => faulty("the message is built wrongly; check `version`"),
        2 => faulty("the source is not known; check `sp_id`, and which addresses the operator lets in"),
        3 => faulty("not authenticated; check `sp_id`, `secret` and the machine's clock"),
        4 => faulty("the version is too high; write version = \"2.0\""),
        _ => SmsError::Unreachable { reason: format!("it refused the connection with status {status}") },
    }
}

/// Why `CMPP_SUBMIT_RESP` said no; `Result` is not 0. Nothing left then, but for 3: a gateway that has seen the number
/// of a message may have seen the message.
pub(super) fn refused_message(result: u32) -> SmsError {
    let said = |what: &str| format!("it answered result {result}: {what}");
    let faulty = |fault, what: &str| SmsError::Faulty { fault, reason: said(what) };
    match result {
        1 => faulty(SmsFault::Credentials, "the message is built wrongly; check `version`"),
        2 => faulty(SmsFault::Credentials, "the command is not known; check `version`"),
        3 => SmsError::Unknown { reason: said("the sequence number was used before") },
        4 => faulty(SmsFault::Credentials, "the length is wrong; check `version`"),
        5 => faulty(SmsFault::Credentials, "the fee is wrong; check `fee_type` and `fee_code`"),
        6 => SmsError::Refused { reason: said("the text is too long") },
        7 => faulty(SmsFault::Credentials, "the service is not known; check `service_id`"),
        8 => SmsError::Throttled { retry_after: None },
        9 => SmsError::NotTaken { reason: said("this gateway does not serve the number") },
        10 => faulty(SmsFault::Signature, "the sender's number is wrong; check `src_id`"),
        11 => faulty(SmsFault::Credentials, "the source of the message is wrong; check `sp_id`"),
        12 => faulty(SmsFault::Credentials, "the number to be charged is wrong; check `fee_type`"),
        13 => SmsError::Refused { reason: said("the receiver's number is wrong") },
        _ => SmsError::Refused { reason: said("a word of this gateway's own; ask its operator") },
    }
}

/// What `Stat` of a status report means, and the word itself where it can be shown. ACCEPTD is on the way. The others of
/// the standard are `xB:code`, where somebody on the way said no, and `xA:code` and `xC:code`, where somebody said nothing.
pub(super) fn state(stat: [u8; 7]) -> (DeliveryState, Option<Box<str>>) {
    let word = stat.trim_ascii_end();
    let end = word.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    let word = word[..end].trim_ascii_end();
    let state = match word {
        b"DELIVRD" => DeliveryState::Delivered,
        b"EXPIRED" => DeliveryState::Expired,
        b"REJECTD" => DeliveryState::Rejected,
        b"ACCEPTD" => DeliveryState::Accepted,
        b"DELETED" | b"UNDELIV" | [b'A'..=b'Z', b'B', b':', ..] => DeliveryState::Failed,
        _ => DeliveryState::Unknown,
    };
    let shown = std::str::from_utf8(word).ok().filter(|word| !word.is_empty());
    let shown = shown.filter(|word| word.bytes().all(|byte| byte.is_ascii_graphic()));
    (state, shown.map(Into::into))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// case 94: who must act, whether the next provider is asked, and whether anything may have left.
    #[test]
    fn every_result_of_the_standard_has_its_class() {
        for result in [1, 2, 4, 5, 7, 11, 12] {
            let error = refused_message(result);
            assert!(matches!(error, SmsError::Faulty { fault: SmsFault::Credentials, .. }), "{result}");
        }
        assert!(matches!(refused_message(10), SmsError::Faulty { fault: SmsFault::Signature, .. }));
        assert_eq!(refused_message(8), SmsError::Throttled { retry_after: None });
        assert!(matches!(refused_message(9), SmsError::NotTaken { .. }));
        assert!(matches!(refused_message(3), SmsError::Unknown { .. }));
        for result in [6, 13, 14, 20, u32::MAX] {
            assert!(matches!(refused_message(result), SmsError::Refused { .. }), "{result}");
        }
        assert!(refused_message(7).to_string().contains("result 7: the service is not known; check `service_id`"));
    }

    /// case 94
    #[test]
    fn every_status_of_a_connection_has_its_class() {
        for status in 1..=4 {
            assert!(matches!(refused_connection(status), SmsError::Faulty { fault: SmsFault::Credentials, .. }));
        }
        for status in [5, 9, u32::MAX] {
            assert!(matches!(refused_connection(status), SmsError::Unreachable { .. }), "{status}");
        }
    }

    /// case 94: ACCEPTD is no end, and words that nobody knows are no harm.
    #[test]
    fn words_of_reports_are_understood_or_passed_on() {
        for (stat, expected) in [
            (b"DELIVRD", DeliveryState::Delivered),
            (b"EXPIRED", DeliveryState::Expired),
            (b"DELETED", DeliveryState::Failed),
            (b"UNDELIV", DeliveryState::Failed),
            (b"REJECTD", DeliveryState::Rejected),
            (b"ACCEPTD", DeliveryState::Accepted),
            (b"UNKNOWN", DeliveryState::Unknown),
            (b"MB:0041", DeliveryState::Failed),
            (b"MA:0001", DeliveryState::Unknown),
            (b"IC:0015", DeliveryState::Unknown),
            (b"BLACK01", DeliveryState::Unknown),
        ] {
            let word = std::str::from_utf8(stat).unwrap();
            assert_eq!(state(*stat), (expected, Some(word.into())));
        }
        assert!(!state(*b"ACCEPTD").0.is_final());
        assert_eq!(state(*b"CB:1\0\0\0"), (DeliveryState::Failed, Some("CB:1".into())));
        for nothing in [b"\0\0\0\0\0\0\0", b"       ", b"a\r\nb   ", b"\xff\xfe     "] {
            assert_eq!(state(*nothing), (DeliveryState::Unknown, None));
        }
    }

    proptest::proptest! {
        #[test]
        fn any_word_of_a_report_is_read_without_panic_and_shown_on_one_line(stat: [u8; 7]) {
            let shown = state(stat).1;
            proptest::prop_assert!(shown.is_none_or(|word| word.bytes().all(|byte| byte.is_ascii_graphic())));
        }
    }
}
