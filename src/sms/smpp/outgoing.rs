//! The bodies of what we send: `bind_transceiver` and `submit_sm` (SMPP 3.4, 4.1.5 and 4.4.1).

use std::time::Duration;

use zeroize::Zeroizing;

use crate::sms::texts::{OF_SEVERAL, ONE_PART};

/// SMPP 3.4, as it is written in a bind.
const VERSION: u8 = 0x34;
/// The short message begins with a header of its own (SMPP 3.4, 5.2.12).
const UDH: u8 = 0x40;
/// UCS-2, most significant byte first (SMPP 3.4, 5.2.19).
const UCS2: u8 = 0x08;

/// Who we are to the gateway.
pub(super) struct Bind<'a> {
    pub system_id: &'a str,
    pub password: &'a str,
    pub system_type: &'a str,
}

impl Bind<'_> {
    pub(super) fn body(&self) -> Zeroizing<Vec<u8>> {
        let mut out = Zeroizing::new(Vec::with_capacity(48));
        for text in [self.system_id, self.password, self.system_type] {
            c_string(&mut out, text);
        }
        // No range of addresses: the account has the ones it has.
        out.extend_from_slice(&[VERSION, 0, 0, 0]);
        out
    }
}

/// An address with its type of number and numbering plan (SMPP 3.4, 5.2.5 and 5.2.6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    pub ton: u8,
    pub npi: u8,
    pub digits: Box<str>,
}

impl Address {
    /// An international number, without its `+`.
    pub(super) fn international(e164: &str) -> Self {
        Self { ton: 1, npi: 1, digits: e164.trim_start_matches('+').into() }
    }
}

/// One short message.
pub(super) struct Submit<'a> {
    pub service_type: &'a str,
    pub source: &'a Address,
    pub destination: &'a Address,
    /// Empty lets the gateway decide.
    pub validity: &'a str,
    pub wants_receipt: bool,
    pub part: &'a Part,
}

/// What one short message carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub esm_class: u8,
    pub data_coding: u8,
    pub octets: Zeroizing<Vec<u8>>,
}

impl Submit<'_> {
    pub(super) fn body(&self) -> Zeroizing<Vec<u8>> {
        // Of full size at once: a vector that grows leaves copies of the code behind.
        let mut out = Zeroizing::new(Vec::with_capacity(320));
        c_string(&mut out, self.service_type);
        for address in [self.source, self.destination] {
            out.extend_from_slice(&[address.ton, address.npi]);
            c_string(&mut out, &address.digits);
        }
        // Protocol and priority are the gateway's to choose.
        out.extend_from_slice(&[self.part.esm_class, 0, 0]);
        // At once.
        c_string(&mut out, "");
        c_string(&mut out, self.validity);
        // Replaces nothing; no message of the gateway's own.
        let length = u8::try_from(self.part.octets.len()).unwrap_or(u8::MAX);
        out.extend_from_slice(&[u8::from(self.wants_receipt), 0, self.part.data_coding, 0, length]);
        out.extend_from_slice(&self.part.octets[..usize::from(length)]);
        out
    }
}

/// A text as UCS-2, in parts when it is longer than one message holds. `None` when it is longer than 255 parts.
///
/// Always UCS-2: mainland gateways expect it, and "the SMSC's default alphabet" is another one at each gateway.
/// `reference` ties the parts together on the phone (3GPP TS 23.040, 9.2.3.24.1).
pub(super) fn parts(text: &str, reference: u8) -> Option<Vec<Part>> {
    let units: Zeroizing<Vec<u16>> = Zeroizing::new(text.encode_utf16().collect());
    if units.len() <= ONE_PART {
        return Some(vec![Part { esm_class: 0, data_coding: UCS2, octets: octets(&[], &units) }]);
    }
    let mut pieces = Vec::new();
    let mut rest: &[u16] = &units;
    while !rest.is_empty() {
        let mut length = rest.len().min(OF_SEVERAL);
        // A sign of two units that would be torn goes to the next part.
        if length < rest.len() && (0xD800..0xDC00).contains(&rest[length - 1]) {
            length -= 1;
        }
        let (piece, tail) = rest.split_at(length);
        pieces.push(piece);
        rest = tail;
    }
    let total = u8::try_from(pieces.len()).ok()?;
    let parts = (1..=total).zip(pieces);
    let part = |(number, piece): (u8, &[u16])| {
        let header = [5, 0, 3, reference, total, number];
        Part { esm_class: UDH, data_coding: UCS2, octets: octets(&header, piece) }
    };
    Some(parts.map(part).collect())
}

fn octets(header: &[u8], units: &[u16]) -> Zeroizing<Vec<u8>> {
    let mut octets = Zeroizing::new(Vec::with_capacity(header.len() + 2 * units.len()));
    octets.extend_from_slice(header);
    for unit in units {
        octets.extend_from_slice(&unit.to_be_bytes());
    }
    octets
}

/// How long a message is worth delivering, as a relative time `YYMMDDhhmmss000R` (SMPP 3.4, 7.1.1), at most 28 days.
pub(super) fn validity(valid_for: Option<Duration>) -> String {
    let Some(valid_for) = valid_for else { return String::new() };
    // Whole seconds, rounded up: zero would be no time at all.
    let seconds = valid_for.as_millis().div_ceil(1000).clamp(1, 28 * 86_400);
    let (minutes, hours) = (seconds / 60 % 60, seconds / 3600 % 24);
    format!("0000{:02}{hours:02}{minutes:02}{:02}000R", seconds / 86_400, seconds % 60)
}

fn c_string(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(text.as_bytes());
    out.push(0);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(parts: &[Part], header: usize) -> Vec<String> {
        let units = |part: &Part| {
            let pairs = part.octets[header..].chunks(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
            pairs.collect::<Vec<_>>()
        };
        parts.iter().map(|part| String::from_utf16(&units(part)).unwrap()).collect()
    }

    #[test]
    fn seventy_units_are_one_message_and_one_more_are_two() {
        let one = parts(&"码".repeat(70), 7).unwrap();
        assert_eq!((one.len(), one[0].esm_class, one[0].octets.len()), (1, 0, 140));
        let two = parts(&"码".repeat(71), 7).unwrap();
        assert_eq!(two.iter().map(|part| part.octets.len()).collect::<Vec<_>>(), [6 + 134, 6 + 8]);
        assert_eq!((&two[0].octets[..6], &two[1].octets[..6]), (&[5, 0, 3, 7, 2, 1][..], &[5, 0, 3, 7, 2, 2][..]));
        assert!(two.iter().all(|part| part.esm_class == UDH && part.data_coding == UCS2));
    }

    /// The 67th unit would be half a sign.
    #[test]
    fn a_sign_of_two_units_is_never_torn() {
        let text = format!("{}😀{}", "a".repeat(66), "b".repeat(10));
        assert_eq!(texts(&parts(&text, 1).unwrap(), 6), ["a".repeat(66), format!("😀{}", "b".repeat(10))]);
    }

    #[test]
    fn a_text_that_no_header_can_count_is_refused() {
        assert_eq!(parts(&"a".repeat(67 * 255), 1).unwrap().len(), 255);
        assert_eq!(parts(&"a".repeat(67 * 255 + 1), 1), None);
    }

    #[test]
    fn validity_is_relative_and_never_nothing() {
        let seconds = |seconds| validity(Some(Duration::from_secs(seconds)));
        assert_eq!(seconds(300), "000000000500000R");
        assert_eq!(seconds(86_400 + 3_661), "000001010101000R");
        assert_eq!((seconds(0), seconds(u64::MAX)), ("000000000001000R".to_owned(), "000028000000000R".to_owned()));
        assert_eq!(validity(None), "");
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_put_into_parts_without_panic_and_comes_out_whole(text in "(\\PC|😀){0,300}") {
            let parts = parts(&text, 9).unwrap();
            let header = if parts.len() > 1 { 6 } else { 0 };
            proptest::prop_assert!(parts.iter().all(|part| part.octets.len() <= 140));
            proptest::prop_assert_eq!(texts(&parts, header).concat(), text);
        }
    }
}
