//! The last digits of phone numbers.

use unicode_normalization::UnicodeNormalization;

/// The last `length` digits of every number in a stored text. Whoever writes a longer tail, the whole number or the
/// country code in front of it writes these as well. A number of fewer than `length` digits gives nothing away.
pub(super) fn tails(stored: &str, length: usize) -> Vec<String> {
    let plain: String = stored.nfkc().collect();
    let mut tails: Vec<String> = plain
        .split(|sign: char| !is_part_of_number(sign))
        .flat_map(readings)
        .filter_map(|digits| digits.len().checked_sub(length).map(|start| digits[start..].to_owned()))
        .collect();
    tails.sort_unstable();
    tails.dedup();
    tails
}

/// What a written number may mean. In `010-55500100-8012` and `010-5550-0100-8012` the last group is an extension, in
/// `138-0013-8000` it is not: so the number counts as it stands, without a short last group where enough is left, and
/// by each group that is a whole subscriber number. A wrong guess refuses six other digits of the same number.
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
    readings.extend(groups.into_iter().filter(|group| group.len() >= 7).map(str::to_owned));
    readings
}

/// Letters, commas and slashes end a number: `010-55500100转8012`, `55500100/55500101`.
fn is_part_of_number(sign: char) -> bool {
    sign.is_ascii_digit() || matches!(sign, '+' | '-' | '(' | ')' | '.' | ' ' | '\u{2010}'..='\u{2015}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tail_of_a_number_does_not_depend_on_how_it_is_stored() {
        for stored in ["+8613800138765", "138-0013-8765", "(138) 0013 8765", "１３８００１３８７６５"] {
            assert_eq!(tails(stored, 6), ["138765"], "{stored}");
        }
    }

    #[test]
    fn an_extension_and_a_second_number_are_told_apart() {
        assert_eq!(tails("010-55500100-8012", 6), ["008012", "500100"]);
        assert_eq!(tails("010-5550-0100-8012", 6), ["008012", "500100"]);
        assert_eq!(tails("010-55500100转8012", 6), ["500100"]);
        assert_eq!(tails("55500100/55500211", 6), ["500100", "500211"]);
        assert_eq!(tails("55500100 55500211", 6), ["500100", "500211"]);
        assert_eq!(tails("010-5550-0100", 6), ["500100"]);
    }

    #[test]
    fn a_number_shorter_than_the_tail_gives_nothing() {
        for stored in ["", "8012", "ext. 8012", "-", "n/a"] {
            assert!(tails(stored, 6).is_empty(), "{stored}");
        }
    }
}
