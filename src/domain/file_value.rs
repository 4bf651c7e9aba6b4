//! Files and variables that hold one value, such as a secret, the way editors, shells and other systems write them.

/// What some editors put in front of UTF-8.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// The value in `text`: without a byte order mark before it and line ends of any kind behind it, which no value has.
#[must_use]
pub fn single_value(text: &str) -> &str {
    text.trim_start_matches(BYTE_ORDER_MARK).trim_end_matches(['\n', '\r'])
}

/// Whether a value begins or ends with something blank, which belongs to few passwords and to many slips.
#[must_use]
pub fn has_blank_edge(value: &str) -> bool {
    value.starts_with(char::is_whitespace) || value.ends_with(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_loses_a_byte_order_mark_and_every_line_end_behind_it() {
        for written in
            ["s3cr3t", "s3cr3t\n", "s3cr3t\r\n", "s3cr3t\n\n", "s3cr3t\r\n\r\n", "s3cr3t\r", "\u{feff}s3cr3t\r\n"]
        {
            assert_eq!(single_value(written), "s3cr3t", "{written:?}");
        }
        assert_eq!((single_value("\u{feff}\r\n"), single_value("a\nb\n"), single_value("a \n")), ("", "a\nb", "a "));
    }

    #[test]
    fn blanks_at_the_edges_are_kept_and_noticed() {
        for blank in ["a ", " a", "a\t", "a\u{3000}", "\na", "a\n "] {
            assert!(has_blank_edge(single_value(blank)), "{blank:?}");
        }
        assert!(!has_blank_edge("a b") && !has_blank_edge(""));
    }
}
