//! What a `command_status` means (SMPP 3.4, 5.1.3). The one question: may a message have left?
//!
//! A status other than zero says that the gateway did not take the message, so most of them let another provider try.
//! It is unknown what became of it where the status names no reason (`ESME_RSYSERR`: something broke inside, perhaps
//! after the message was stored; `ESME_RUNKNOWNERR`), where it belongs to another request, and for the numbers of vendors
//! (0x400 to 0x4FF), which the standard leaves open.

use super::super::{SmsError, SmsFault};

/// What follows from a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    /// The number or the text.
    Refused,
    /// Too much at once, or their queue is full.
    Throttled,
    /// Our account.
    Account,
    /// What the account may use as a sender, which can differ from country to country.
    Sender,
    /// The session itself is not what they think it is.
    Session,
    /// They cannot do with this message what we ask; nothing left, and another provider may.
    Elsewhere,
    /// It may have left.
    Unclear,
}

/// The session is not bound, to them: binding again is the cure.
pub(super) const NOT_BOUND: u32 = 0x04;
/// A command that we do not have.
pub(super) const UNKNOWN_COMMAND: u32 = 0x03;
/// A PDU that cannot be read, for good.
pub(super) const NEVER: u32 = 0x65;

#[rustfmt::skip]
const TABLE: &[(u32, &str, Class)] = &[
    (0x01, "ESME_RINVMSGLEN", Class::Refused),
    (0x02, "ESME_RINVCMDLEN", Class::Session),
    (0x03, "ESME_RINVCMDID", Class::Session),
    (0x04, "ESME_RINVBNDSTS", Class::Session),
    (0x05, "ESME_RALYBND", Class::Session),
    (0x06, "ESME_RINVPRTFLG", Class::Elsewhere),
    (0x07, "ESME_RINVREGDLVFLG", Class::Elsewhere),
    (0x08, "ESME_RSYSERR", Class::Unclear),
    (0x0A, "ESME_RINVSRCADR", Class::Sender),
    (0x0B, "ESME_RINVDSTADR", Class::Refused),
    (0x0C, "ESME_RINVMSGID", Class::Unclear),
    (0x0D, "ESME_RBINDFAIL", Class::Account),
    (0x0E, "ESME_RINVPASWD", Class::Account),
    (0x0F, "ESME_RINVSYSID", Class::Account),
    (0x11, "ESME_RCANCELFAIL", Class::Unclear),
    (0x13, "ESME_RREPLACEFAIL", Class::Unclear),
    (0x14, "ESME_RMSGQFUL", Class::Throttled),
    (0x15, "ESME_RINVSERTYP", Class::Account),
    (0x33, "ESME_RINVNUMDESTS", Class::Unclear),
    (0x34, "ESME_RINVDLNAME", Class::Unclear),
    (0x40, "ESME_RINVDESTFLAG", Class::Unclear),
    (0x42, "ESME_RINVSUBREP", Class::Elsewhere),
    (0x43, "ESME_RINVESMCLASS", Class::Elsewhere),
    (0x44, "ESME_RCNTSUBDL", Class::Unclear),
    (0x45, "ESME_RSUBMITFAIL", Class::Elsewhere),
    (0x48, "ESME_RINVSRCTON", Class::Sender),
    (0x49, "ESME_RINVSRCNPI", Class::Sender),
    (0x50, "ESME_RINVDSTTON", Class::Elsewhere),
    (0x51, "ESME_RINVDSTNPI", Class::Elsewhere),
    (0x53, "ESME_RINVSYSTYP", Class::Account),
    (0x54, "ESME_RINVREPFLAG", Class::Elsewhere),
    (0x55, "ESME_RINVNUMMSGS", Class::Unclear),
    (0x58, "ESME_RTHROTTLED", Class::Throttled),
    (0x61, "ESME_RINVSCHED", Class::Elsewhere),
    (0x62, "ESME_RINVEXPIRY", Class::Elsewhere),
    (0x63, "ESME_RINVDFTMSGID", Class::Elsewhere),
    (0x64, "ESME_RX_T_APPN", Class::Unclear),
    (0x65, "ESME_RX_P_APPN", Class::Unclear),
    (0x66, "ESME_RX_R_APPN", Class::Unclear),
    (0x67, "ESME_RQUERYFAIL", Class::Unclear),
    (0xC0, "ESME_RINVOPTPARSTREAM", Class::Elsewhere),
    (0xC1, "ESME_ROPTPARNOTALLWD", Class::Elsewhere),
    (0xC2, "ESME_RINVPARLEN", Class::Elsewhere),
    (0xC3, "ESME_RMISSINGOPTPARAM", Class::Elsewhere),
    (0xC4, "ESME_RINVOPTPARAMVAL", Class::Elsewhere),
    (0xFE, "ESME_RDELIVERYFAILURE", Class::Unclear),
    (0xFF, "ESME_RUNKNOWNERR", Class::Unclear),
];

fn find(status: u32) -> (&'static str, Class) {
    let row = TABLE.iter().find(|(own, ..)| *own == status);
    let vendors =
        if (0x400..0x500).contains(&status) { "a number of the vendor's own" } else { "no number of the standard" };
    row.map_or((vendors, Class::Unclear), |(_, name, class)| (name, *class))
}

/// What a refused `submit_sm` means, and one that was answered by `generic_nack`.
pub(super) fn of_submit(status: u32) -> SmsError {
    let (name, class) = find(status);
    let reason = format!("submit_sm was answered 0x{status:02X}, {name}");
    match class {
        Class::Refused => SmsError::Refused { reason },
        Class::Throttled => SmsError::Throttled { retry_after: None },
        Class::Account => SmsError::Faulty { fault: SmsFault::Credentials, reason },
        Class::Sender => SmsError::Faulty { fault: SmsFault::Signature, reason },
        Class::Session => SmsError::Unreachable { reason },
        Class::Elsewhere => SmsError::NotTaken { reason },
        Class::Unclear => SmsError::Unknown { reason },
    }
}

/// What a refused bind means. Nothing ever left, whatever the number.
pub(super) fn of_bind(status: u32) -> SmsError {
    let (name, class) = find(status);
    let reason = format!("bind_transceiver was answered 0x{status:02X}, {name}");
    match class {
        Class::Account => SmsError::Faulty { fault: SmsFault::Credentials, reason },
        Class::Throttled => SmsError::Throttled { retry_after: None },
        Class::Refused | Class::Sender | Class::Session | Class::Elsewhere | Class::Unclear => {
            SmsError::Unreachable { reason }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_message_is_classed_by_whether_it_may_have_left() {
        let names = |statuses: &[u32]| statuses.iter().map(|status| of_submit(*status).name()).collect::<Vec<_>>();
        assert_eq!(names(&[0x01, 0x0B]), ["provider_refused"; 2]);
        assert_eq!(names(&[0x14, 0x58]), ["provider_throttled"; 2]);
        assert_eq!(names(&[0x0A, 0x0D, 0x0E, 0x0F, 0x15, 0x48, 0x53]), ["provider_faulty"; 7]);
        assert_eq!(names(&[0x02, 0x04]), ["provider_unreachable"; 2]);
        assert_eq!(names(&[0x45, 0x50, 0x61, 0xC3]), ["provider_not_taken"; 4]);
        assert!(matches!(of_submit(0x0A), SmsError::Faulty { fault: SmsFault::Signature, .. }));
        assert_eq!(names(&[0x08, 0xFF, 0x400, 0x4FF, 0x500, u32::MAX, 0x0C]), ["provider_unknown"; 7]);
    }

    #[test]
    fn a_refused_bind_is_never_unknown() {
        for status in (0..0x600).chain([u32::MAX]) {
            let error = of_bind(status);
            assert!(error.lets_another_try(), "{status:#x}: {error}");
        }
        assert!(matches!(of_bind(0x0E), SmsError::Faulty { fault: SmsFault::Credentials, .. }));
    }

    #[test]
    fn a_reason_has_the_number_and_its_name() {
        let told = |status| of_submit(status).to_string();
        assert!(told(0x0B).ends_with("submit_sm was answered 0x0B, ESME_RINVDSTADR"), "{}", told(0x0B));
        assert!(told(0x0401).ends_with("0x401, a number of the vendor's own"), "{}", told(0x0401));
    }

    #[test]
    fn every_number_stands_there_once_and_in_order() {
        assert!(TABLE.is_sorted_by(|one, two| one.0 < two.0));
    }
}
