//! Who we are and whether the gateway is who it says: MD5 over a shared secret, as the standard has it.

use jiff::tz::TimeZone;
use md5::{Digest, Md5};
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

use crate::domain::Timestamp;

/// `AuthenticatorSource`: MD5 of `Source_Addr`, nine zero bytes, the secret and the time as ten digits.
pub(super) fn authenticator(sp_id: &str, secret: &SecretString, timestamp: u32) -> [u8; 16] {
    let digest = Md5::new().chain_update(sp_id).chain_update([0; 9]).chain_update(secret.expose_secret());
    digest.chain_update(format!("{timestamp:010}")).finalize().into()
}

/// Whether `AuthenticatorISMG` is MD5 of the status as it was on the wire, our own authenticator and the secret.
pub(super) fn proves_itself(shown: &[u8], raw_status: &[u8], own: &[u8; 16], secret: &SecretString) -> bool {
    let digest = Md5::new().chain_update(raw_status).chain_update(own).chain_update(secret.expose_secret()).finalize();
    digest.as_slice().ct_eq(shown).into()
}

/// `MMDDHHMMSS` as a number, in the time of the gateways.
pub(super) fn timestamp(now: Timestamp) -> u32 {
    written(now, "%m%d%H%M%S").parse().unwrap_or(0)
}

/// `ValId_Time`: an absolute moment as SMPP 3.3 writes it, `YYMMDDhhmmss`, tenths, quarter hours from UTC and their sign.
pub(super) fn valid_until(end: Timestamp) -> String {
    written(end, "%y%m%d%H%M%S032+")
}

/// `YYMMDDHHMM` of a status report.
pub(super) fn done_at(text: [u8; 10]) -> Option<Timestamp> {
    let text = std::str::from_utf8(&text).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?;
    let moment = jiff::civil::DateTime::strptime("%Y%m%d%H%M", format!("20{text}")).ok()?;
    Some(Timestamp::from_millis(moment.to_zoned(beijing()).ok()?.timestamp().as_millisecond()))
}

fn written(moment: Timestamp, format: &str) -> String {
    jiff::Timestamp::from_millisecond(moment.as_millis())
        .map(|moment| moment.to_zoned(beijing()).strftime(format).to_string())
        .unwrap_or_default()
}

/// The whole mainland keeps one time, and no summer time since 1991.
fn beijing() -> TimeZone {
    TimeZone::fixed(jiff::tz::offset(8))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        data_encoding::HEXLOWER.encode(bytes)
    }

    fn secret() -> SecretString {
        "888888".to_owned().into()
    }

    #[test]
    fn the_authenticator_is_the_one_of_the_known_vectors() {
        assert_eq!(hex(&authenticator("900001", &secret(), 1_123_083_827)), "fa8f8d505c7dc11e72d87ab3c204fb12");
        assert_eq!(hex(&authenticator("900001", &secret(), 1_123_083_828)), "c7f22c71ad6231396c3891828b4bb72e");
    }

    /// A month before October has a leading zero, which the number loses and the digest must not.
    #[test]
    fn a_time_is_ten_digits_in_the_digest_and_a_number_on_the_wire() {
        let march = Timestamp::from_millis(1_772_560_000_000);
        assert_eq!(timestamp(march), 304_014_640);
        let expected = Md5::digest(b"900001\0\0\0\0\0\0\0\0\08888880304014640");
        assert_eq!(authenticator("900001", &secret(), 304_014_640), <[u8; 16]>::from(expected));
    }

    #[test]
    fn a_gateway_proves_itself_with_the_secret_and_not_with_the_status_alone() {
        let own = authenticator("900001", &secret(), 1_123_083_827);
        let right = Md5::digest([&[0; 4][..], &own, b"888888"].concat());
        assert!(proves_itself(&right, &[0; 4], &own, &secret()));
        assert!(!proves_itself(&right, &[0], &own, &secret()));
        assert!(!proves_itself(&right[..15], &[0; 4], &own, &secret()));
        assert!(!proves_itself(&Md5::digest([0; 4]), &[0; 4], &own, &secret()));
    }

    #[test]
    fn times_are_those_of_beijing_whatever_the_machine_keeps() {
        let new_year = Timestamp::from_millis(1_798_732_800_000);
        assert_eq!(timestamp(new_year), 101_000_000);
        assert_eq!(valid_until(new_year), "270101000000032+");
        assert_eq!(done_at(*b"2701010000"), Some(new_year));
        for wrong in [b"2713010000", b"2701012400", b"+701010000", b"\0\0\0\0\0\0\0\0\0\0", b"\xff701010000"] {
            assert_eq!(done_at(*wrong), None);
        }
    }
}
