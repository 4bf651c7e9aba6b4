//! A text as the contents of one message, or of several that a phone puts together again.

use zeroize::Zeroizing;

use super::pdu::Bytes;
use crate::sms::texts::{OF_SEVERAL, ONE_PART};

/// The most parts of one text; more is a mistake and costs money each.
const MOST: usize = 10;

/// The text in UCS-2: whole where it fits into one message, else in parts, each after a header with `reference` that
/// tells which part of which text it is (3GPP TS 23.040, 9.2.3.24.1). `None` when there would be too many parts.
///
/// No part ends between the two halves of a sign outside of the basic plane.
pub(super) fn contents(text: &str, reference: u8) -> Option<Vec<Bytes>> {
    let units = Zeroizing::new(text.encode_utf16().collect::<Vec<_>>());
    if units.len() <= ONE_PART {
        return Some(vec![content(&[], &units)]);
    }
    let mut pieces = Vec::new();
    let mut rest = units.as_slice();
    while !rest.is_empty() {
        let whole = rest.len().min(OF_SEVERAL);
        let splits = whole < rest.len() && (0xD800..0xDC00).contains(&rest[whole - 1]);
        let (piece, after) = rest.split_at(whole - usize::from(splits));
        pieces.push(piece);
        rest = after;
    }
    let total = u8::try_from(pieces.len()).ok().filter(|total| usize::from(*total) <= MOST)?;
    let part = |(number, piece): (u8, &&[u16])| content(&[5, 0, 3, reference, total, number], piece);
    Some((1..).zip(&pieces).map(part).collect())
}

fn content(header: &[u8], units: &[u16]) -> Bytes {
    let mut content = Zeroizing::new(Vec::with_capacity(header.len() + 2 * units.len()));
    content.extend_from_slice(header);
    for unit in units {
        content.extend_from_slice(&unit.to_be_bytes());
    }
    content
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(content: &[u8]) -> String {
        let units: Vec<_> = content.chunks(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
        String::from_utf16(&units).unwrap()
    }

    #[test]
    fn a_text_of_seventy_units_is_one_message_without_a_header() {
        let text = "码".repeat(70);
        let contents = contents(&text, 7).unwrap();
        assert_eq!((contents.len(), contents[0].len()), (1, 140));
        assert_eq!(read(&contents[0]), text);
    }

    #[test]
    fn a_longer_text_is_cut_into_parts_that_say_which_they_are() {
        let contents = contents(&"码".repeat(71), 0xA5).unwrap();
        assert_eq!(contents.iter().map(|part| part.len()).collect::<Vec<_>>(), [140, 14]);
        assert_eq!((&contents[0][..6], &contents[1][..6]), (&[5, 0, 3, 0xA5, 2, 1][..], &[5, 0, 3, 0xA5, 2, 2][..]));
    }

    #[test]
    fn a_sign_of_two_units_is_never_cut_in_half() {
        let contents = contents(&format!("{}😀{}", "a".repeat(66), "b".repeat(10)), 1).unwrap();
        assert_eq!(read(&contents[0][6..]), "a".repeat(66));
        assert_eq!(read(&contents[1][6..]), format!("😀{}", "b".repeat(10)));
    }

    #[test]
    fn a_text_of_too_many_parts_is_none() {
        assert_eq!(contents(&"a".repeat(670), 1).unwrap().len(), 10);
        assert!(contents(&"a".repeat(671), 1).is_none());
    }

    proptest::proptest! {
        #[test]
        fn parsing_the_parts_of_any_text_gives_the_text_without_panic(text in "(\\PC|😀){0,300}", reference: u8) {
            let Some(contents) = contents(&text, reference) else {
                return Err(proptest::test_runner::TestCaseError::reject("more than ten parts"));
            };
            let head = if contents.len() == 1 { 0 } else { 6 };
            proptest::prop_assert!(contents.iter().all(|part| part.len() <= 140));
            proptest::prop_assert_eq!(contents.iter().map(|part| read(&part[head..])).collect::<String>(), text);
        }
    }
}
