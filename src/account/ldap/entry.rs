//! An entry that a server sent. The library's own reader panics at what is no entry; this one does not.

use std::collections::HashMap;

use ldap3::asn1::{PL, StructureTag};

/// Longer values are nobody's number, address or unit.
const LONGEST: usize = 1_024;

/// `SearchResultEntry`, RFC 4511 4.5.2.
const ENTRY: u64 = 4;

/// An entry: its name and what was asked for.
pub(super) struct Entry {
    /// The distinguished name.
    pub(super) dn: String,
    /// By name in lower case, because servers answer in a spelling of their own.
    values: HashMap<String, Vec<Vec<u8>>>,
}

impl Entry {
    /// Reads one; `None` for a reference, and for what is no entry at all.
    pub(super) fn read(tag: StructureTag) -> Option<Self> {
        let mut parts = tag.match_id(ENTRY)?.expect_constructed()?.into_iter();
        let dn = String::from_utf8(parts.next()?.expect_primitive()?).ok()?;
        let mut values = HashMap::new();
        for attribute in parts.next()?.expect_constructed()? {
            let mut parts = attribute.expect_constructed()?.into_iter();
            let name = String::from_utf8(parts.next()?.expect_primitive()?).ok()?.to_ascii_lowercase();
            let all = parts.next()?.expect_constructed()?;
            let all = all.into_iter().map(StructureTag::expect_primitive).collect::<Option<Vec<_>>>()?;
            values.insert(name, all);
        }
        Some(Self { dn, values })
    }

    /// The values of an attribute, as they are.
    pub(super) fn bytes(&self, name: &str) -> &[Vec<u8>] {
        self.values.get(&name.to_ascii_lowercase()).map_or(&[], Vec::as_slice)
    }

    /// The texts of an attribute that somebody may have meant, sorted: a server may send them in any order, and the
    /// same one must come first each time. Without those that are overlong, of several lines or no text.
    pub(super) fn texts(&self, name: &str) -> Vec<&str> {
        let values = self.bytes(name).iter().filter(|value| value.len() <= LONGEST);
        let texts = values.filter_map(|value| std::str::from_utf8(value).ok());
        let mut texts: Vec<_> = texts.filter(|text| !text.chars().any(char::is_control)).collect();
        texts.sort_unstable();
        texts
    }

    /// Every value of an attribute as a text, sorted; what is no UTF-8 is left marked, so that it is read as nothing else.
    pub(super) fn all(&self, name: &str) -> Vec<String> {
        let mut texts: Vec<_> =
            self.bytes(name).iter().map(|value| String::from_utf8_lossy(value).into_owned()).collect();
        texts.sort_unstable();
        texts
    }

    /// The first text of an attribute.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.texts(name).into_iter().find(|text| !text.trim().is_empty())
    }

    /// Whether anything is there.
    pub(super) fn has(&self, name: &str) -> bool {
        !self.bytes(name).is_empty()
    }
}

/// The number of a context-specific part of a sequence, as controls carry it.
pub(super) fn context_number(encoded: &[u8], id: u64) -> Option<u8> {
    let (_, sequence) = ldap3::asn1::parse_tag(encoded).ok()?;
    let part = sequence.expect_constructed()?.into_iter().find(|part| {
        part.class == ldap3::asn1::TagClass::Context && part.id == id && matches!(part.payload, PL::P(_))
    })?;
    part.expect_primitive()?.last().copied()
}

#[cfg(test)]
impl Entry {
    pub(super) fn of(dn: &str, values: &[(&str, &str)]) -> Self {
        let mut entry = Self { dn: dn.to_owned(), values: HashMap::new() };
        for (name, value) in values {
            entry.values.entry(name.to_ascii_lowercase()).or_default().push(value.as_bytes().to_vec());
        }
        entry
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(bytes: &[u8]) -> Option<Entry> {
        Entry::read(ldap3::asn1::parse_tag(bytes).ok()?.1)
    }

    #[test]
    fn an_entry_is_read_and_its_texts_come_in_one_order() {
        // dn "a", attribute M with "2" and "1".
        let bytes = [0x64, 0x10, 4, 1, b'a', 0x30, 11, 0x30, 9, 4, 1, b'M', 0x31, 6, 4, 1, b'2', 4, 1, b'1'];
        let mut bytes = bytes.to_vec();
        bytes[1] = u8::try_from(bytes.len() - 2).unwrap();
        bytes[6] = u8::try_from(bytes.len() - 7).unwrap();
        bytes[8] = u8::try_from(bytes.len() - 9).unwrap();
        let entry = parsed(&bytes).unwrap();
        assert_eq!((entry.dn.as_str(), entry.texts("m"), entry.text("n")), ("a", vec!["1", "2"], None));
        assert!(entry.has("M") && !entry.has("n"));
    }

    #[test]
    fn values_that_nobody_can_have_meant_are_passed_by() {
        let long = "1".repeat(10_000);
        let entry = Entry::of("cn=x", &[("m", &long), ("m", "1\n2"), ("m", "1\x0002"), ("m", "  "), ("m", "12")]);
        assert_eq!(entry.text("m"), Some("12"));
    }

    #[test]
    fn the_error_of_a_policy_is_read_out_of_its_control() {
        assert_eq!(context_number(&[0x30, 3, 0x81, 1, 6], 1), Some(6));
        assert_eq!(context_number(&[0x30, 8, 0xa0, 3, 0x80, 1, 9, 0x81, 1, 5], 1), Some(5));
        assert_eq!(context_number(&[0x30, 0], 1), None);
        assert_eq!(context_number(&[0x30, 9, 1], 1), None);
    }

    proptest::proptest! {
        #[test]
        fn parsing_any_bytes_never_panics(bytes in proptest::collection::vec(0_u8.., 0..200), head in 0_usize..4) {
            let head: &[u8] = [&[][..], &[0x64, 0x20], &[0x30, 0x06], &[0x64, 0x10, 4, 1, b'a', 0x30]][head];
            let bytes = [head, &bytes].concat();
            let _ = parsed(&bytes);
            let _ = context_number(&bytes, 1);
        }
    }
}
