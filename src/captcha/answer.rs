//! What a person typed, or what their machine computed.

use std::fmt;

use subtle::ConstantTimeEq;

use crate::domain::signs;

/// Signs of the longest answer.
pub(super) const LONGEST: usize = 16;
/// Bytes of the longest text that is looked at: full-width signs, spaces between them, and some more.
const LONGEST_TYPED: usize = 128;

/// An answer as it came in.
#[derive(Clone, PartialEq, Eq)]
pub enum CaptchaAnswer {
    /// To a picture or a recording.
    Text(String),
    /// To a proof of work.
    Nonce(String),
}

impl fmt::Debug for CaptchaAnswer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Text(_) => "Text(…)",
            Self::Nonce(_) => "Nonce(…)",
        })
    }
}

/// Whether `typed` is `answer` (lower case), whatever its case and width and with blanks and invisible signs anywhere, because
/// phones and input methods add them. Takes the same time wherever they differ.
pub(super) fn matches(answer: &[u8], typed: &str) -> bool {
    if answer.is_empty() || typed.len() > LONGEST_TYPED {
        return false;
    }
    let folded: String = signs::plain(typed).filter(|sign| *sign != ' ').collect();
    padded(folded.to_ascii_lowercase().as_bytes()).zip(padded(answer)).is_some_and(|(typed, right)| {
        let alike: bool = typed.ct_eq(&right).into();
        alike && folded.len() == answer.len()
    })
}

/// The same length for every answer.
pub(super) fn padded(answer: &[u8]) -> Option<[u8; LONGEST]> {
    let mut padded = [0; LONGEST];
    padded.get_mut(..answer.len())?.copy_from_slice(answer);
    Some(padded)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// case 32: case, width and spaces do not matter.
    #[test]
    fn case_width_and_spaces_are_folded() {
        for typed in
            ["tsm37", "TSM37", " tsm37\n", "t s m 3 7", "ｔｓｍ３７", "ＴＳＭ３７", "\u{3000}Tsm\u{a0}37\u{200b}"]
        {
            assert!(matches(b"tsm37", typed), "{typed:?}");
        }
    }

    /// case 27: what is nothing, or something else, is not an answer.
    #[test]
    fn other_texts_do_not_match() {
        let long = "tsm37".to_owned() + &" ".repeat(200);
        for typed in ["", " ", "tsm3", "tsm377", "tsm38", "tsm37\0", "tsm-37", "ſsm37", "[\"tsm37\"]", &long] {
            assert!(!matches(b"tsm37", typed), "{typed:?}");
        }
        assert!(!matches(b"", ""));
        assert!(!matches(&[b'7'; LONGEST + 1], &"7".repeat(LONGEST + 1)));
    }

    #[test]
    fn debug_output_holds_no_answer() {
        assert_eq!(format!("{:?}", CaptchaAnswer::Text("tsm37".into())), "Text(…)");
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_judged_without_a_panic(typed in "\\PC{0,80}") {
            proptest::prop_assert!(!matches(b"tsm37", &typed));
        }

        #[test]
        fn only_the_signs_in_their_order_match(typed in "[tsmTSM37 ]{0,8}") {
            let plain: String = typed.chars().filter(|sign| *sign != ' ').collect();
            proptest::prop_assert_eq!(matches(b"tsm37", &typed), plain.eq_ignore_ascii_case("tsm37"));
        }
    }
}
