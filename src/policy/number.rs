//! The first and last digits of phone numbers.

use crate::domain::signs;

/// The first and the last `length` digits of every number in a stored text. Whoever writes a longer head or tail, or the
/// whole number, writes these as well. A number of fewer than `length` digits gives nothing away.
pub(super) fn ends(stored: &str, length: usize) -> Vec<String> {
    let plain: String = signs::plain(stored).collect();
    let mut ends: Vec<String> = plain
        .split(|sign: char| !is_part_of_number(sign))
        .flat_map(readings)
        .filter_map(|digits| {
            let tail = digits.len().checked_sub(length)?;
            Some([digits[..length].to_owned(), digits[tail..].to_owned()])
        })
        .flatten()
        .collect();
    ends.sort_unstable();
    ends.dedup();
    ends
}

/// What a written number may mean. In `010-55500100-8012` and `010-5550-0100-8012` the last group is an extension, in
/// `138-0013-8000` it is not: so the number counts as it stands, without a short last group where enough is left, and
/// by each group that is a whole subscriber number; and each of them without the zero that is dialled first, and without
/// a country code, which has one to three digits. A wrong guess refuses six other digits of the same number.
fn readings(written: &str) -> Vec<String> {
    let groups: Vec<&str> =
        written.split(|sign: char| !sign.is_ascii_digit()).filter(|group| !group.is_empty()).collect();
    let mut readings = vec![groups.concat()];
    if let Some((last, before)) = groups.split_last() {
        let before = before.concat();
        if last.len() <= 5 && before.len() >= 10 {
            readings.push(before);
        }
    }
    let bare: Vec<_> = readings.iter().map(|digits| digits.trim_start_matches('0').to_owned()).collect();
    let is_international = |digits: &String| written.contains('+') || digits.len() >= LONGEST_NATIONAL;
    for digits in bare.iter().filter(|digits| is_international(digits)) {
        readings.extend((1..=3).filter_map(|code| digits.get(code..).map(str::to_owned)));
    }
    readings.extend(bare);
    readings.extend(groups.into_iter().filter(|group| group.len() >= 7).map(str::to_owned));
    readings
}

/// A number of so many digits, zeros in front left out, holds a country code.
const LONGEST_NATIONAL: usize = 12;

/// Letters, commas and slashes end a number: `010-55500100转8012`, `55500100/55500101`.
fn is_part_of_number(sign: char) -> bool {
    sign.is_ascii_digit() || matches!(sign, '+' | '-' | '(' | ')' | '.' | ' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_of_a_number_do_not_depend_on_how_it_is_stored() {
        for stored in [
            "138-0013-8765",
            "(138) 0013 8765",
            "１３８００１３８７６５",
            "138\u{2010}0013\u{2212}8765",
            "\u{202a}1380013\u{200b}8765\u{202c}",
        ] {
            assert_eq!(ends(stored, 6), ["138001", "138765"], "{stored}");
        }
        for stored in ["+8613800138765", "+86 138 0013 8765", "0086-138-0013-8765", "8613800138765"] {
            let ends = ends(stored, 6);
            assert!(["138001", "138765"].iter().all(|end| ends.iter().any(|known| known == end)), "{stored} {ends:?}");
        }
    }

    #[test]
    fn an_extension_and_a_second_number_are_told_apart() {
        let holds = |stored: &str, wanted: &[&str]| {
            let ends = ends(stored, 6);
            assert!(wanted.iter().all(|end| ends.iter().any(|known| known == end)), "{stored} {ends:?}");
        };
        holds("010-55500100-8012", &["008012", "500100", "010555", "105550", "555001"]);
        holds("010-5550-0100-8012", &["008012", "500100", "010555", "105550"]);
        holds("010-55500100转8012", &["500100", "010555", "105550", "555001"]);
        assert_eq!(ends("55500100/66600211", 6), ["500100", "555001", "600211", "666002"]);
        holds("55500100 55500211", &["500100", "500211", "555001", "555002"]);
        holds("+86-10-55500100", &["500100", "105550", "555001"]);
    }

    #[test]
    fn a_number_shorter_than_the_fragment_gives_nothing() {
        for stored in ["", "8012", "ext. 8012", "-", "n/a"] {
            assert!(ends(stored, 6).is_empty(), "{stored}");
        }
    }
}
