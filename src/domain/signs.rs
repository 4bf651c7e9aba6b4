//! The signs that people do not see or do not mean, and the one spelling in which numbers, codes and days are read.
//!
//! Contacts of phones, spreadsheets, chat programs and input methods leave them in what people copy. The list:
//!
//! | signs | what they are | read as |
//! |---|---|---|
//! | U+00AD, U+061C, U+200B to U+200F, U+202A to U+202E, U+2060 to U+2064, U+2066 to U+2069, U+FEFF | invisible: soft hyphen, joiners, marks of direction, byte order mark | nothing |
//! | U+180B to U+180F, U+FE00 to U+FE0F, U+E0100 to U+E01EF | variation selectors, and the vowel separator among them | nothing |
//! | every `White_Space` of Unicode: tab, line ends, U+00A0, U+2000 to U+200A, U+3000, … | blanks | a blank |
//! | U+2010 to U+2015, U+2212, U+FE58, U+FE63, U+FF0D | dashes | `-` |
//! | U+FF01 to U+FF5E | full-width ASCII | ASCII |
//! | U+3002, U+FF61 | the stops that input methods put for a dot | `.` |
//!
//! No letter or digit of another script is on the list: what only looks alike is never taken for something else.

/// Nothing is seen of it.
#[must_use]
pub const fn is_invisible(sign: char) -> bool {
    matches!(
        sign,
        '\u{ad}'
            | '\u{61c}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2064}'
            | '\u{2066}'..='\u{2069}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{e0100}'..='\u{e01ef}'
    )
}

/// It is drawn as a hyphen or a longer dash.
#[must_use]
pub const fn is_dash(sign: char) -> bool {
    matches!(sign, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}')
}

/// The sign in half width: full-width ASCII becomes ASCII, and so do the two stops of input methods.
#[must_use]
pub fn half_width(sign: char) -> char {
    match sign {
        '\u{ff01}'..='\u{ff5e}' => u32::from(sign).checked_sub(0xfee0).and_then(char::from_u32).unwrap_or(sign),
        '\u{3002}' | '\u{ff61}' => '.',
        _ => sign,
    }
}

/// The text in one spelling: without what is invisible, each blank a space, each dash a hyphen, all in half width.
pub fn plain(text: &str) -> impl Iterator<Item = char> + Clone + '_ {
    text.chars().filter(|sign| !is_invisible(*sign)).map(|sign| match sign {
        _ if sign.is_whitespace() => ' ',
        _ if is_dash(sign) => '-',
        _ => half_width(sign),
    })
}

/// The text without blanks and invisible signs at its ends.
#[must_use]
pub fn trimmed(text: &str) -> &str {
    text.trim_matches(|sign: char| sign.is_whitespace() || is_invisible(sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sign_of_the_list_is_read_as_the_list_says() {
        let invisible = ['\u{ad}', '\u{61c}', '\u{180e}', '\u{200b}', '\u{202a}', '\u{202c}', '\u{2060}', '\u{feff}'];
        for sign in invisible.into_iter().chain('\u{2066}'..='\u{2069}').chain(['\u{fe0f}', '\u{e0100}']) {
            assert_eq!(plain(&format!("a{sign}b")).collect::<String>(), "ab", "{}", sign.escape_unicode());
        }
        for sign in ['\t', '\n', '\r', '\u{85}', '\u{a0}', '\u{2009}', '\u{202f}', '\u{3000}'] {
            assert_eq!(plain(&format!("a{sign}b")).collect::<String>(), "a b", "{}", sign.escape_unicode());
        }
        for sign in ('\u{2010}'..='\u{2015}').chain(['\u{2212}', '\u{fe58}', '\u{fe63}', '\u{ff0d}']) {
            assert_eq!(plain(&format!("a{sign}b")).collect::<String>(), "a-b", "{}", sign.escape_unicode());
        }
        assert_eq!(plain("＋８６（Ａ）＠。｡．／").collect::<String>(), "+86(A)@.../");
    }

    #[test]
    fn no_letter_or_digit_of_another_script_is_on_the_list() {
        let foreign = "١۲๓①²ⅠａnоıﬁK年";
        let read: String = plain(foreign).collect();
        assert_eq!(read, foreign.replace('ａ', "a"), "full width alone is folded");
    }

    #[test]
    fn only_the_ends_are_trimmed() {
        assert_eq!(trimmed("\u{feff} \u{202a}a\u{200b} b\u{3000}\r\n"), "a\u{200b} b");
        assert_eq!(trimmed("\u{200b}\t"), "");
    }
}
