//! One spelling for the many ways of typing the same text. Buffers are wiped when dropped, and never grow: growing
//! would leave a copy of a password behind.

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// Upper and lower case, full and half width read alike.
pub(super) fn folded(text: &str) -> Zeroizing<String> {
    gathered(text.nfkc().flat_map(char::to_lowercase))
}

/// Folded, with accents and everything but letters and digits left out: `Zhāng.San` reads `zhangsan`.
pub(super) fn squeezed(text: &str) -> Zeroizing<String> {
    gathered(text.nfkd().flat_map(char::to_lowercase).filter(|sign| sign.is_alphanumeric()))
}

/// The digits of a squeezed text; a gap stands for a letter, and the signs of a Chinese date are none:
/// `1990年1月2日x7` reads `199012 7`.
pub(super) fn digits(squeezed: &str) -> Zeroizing<String> {
    let kept = squeezed.chars().filter(|sign| !matches!(sign, '年' | '月' | '日' | '号' | '號'));
    gathered(kept.map(|sign| if sign.is_ascii_digit() { sign } else { ' ' }))
}

/// Forwards or backwards.
pub(super) fn holds_either_way(text: &str, fact: &str) -> bool {
    text.contains(fact) || text.contains(&fact.chars().rev().collect::<String>())
}

fn gathered(signs: impl Iterator<Item = char> + Clone) -> Zeroizing<String> {
    let size = signs.clone().map(char::len_utf8).sum();
    let mut text = Zeroizing::new(String::with_capacity(size));
    text.extend(signs);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_width_accents_and_separators_are_folded() {
        assert_eq!(*folded("ＰassＷord-１"), "password-1");
        assert_eq!(*squeezed("Zhāng_San . ①"), "zhangsan1");
        assert_eq!(*digits(&squeezed("1990 年 1 月 2 日 x7")), "199012 7");
    }

    proptest::proptest! {
        #[test]
        fn no_text_outgrows_its_buffer(text in "\\PC{0,60}") {
            for folded in [folded(&text), squeezed(&text), digits(&text)] {
                proptest::prop_assert_eq!(folded.len(), folded.capacity());
            }
        }
    }
}
