//! Media types as senders write them (RFC 9110, 8.3.1), and the mark that some put before their text.

/// Whether a `Content-Type` is of a type, whatever its parameters are; case does not matter.
#[must_use]
pub fn is_media_type(written: &str, expected: &str) -> bool {
    written.split(';').next().is_some_and(|essence| essence.trim().eq_ignore_ascii_case(expected))
}

/// Whether a `Content-Type` leaves the text in UTF-8: it names no charset or this one. What has a parameter that is none
/// does not; empty ones, as after a `;` at the end, are none at all.
#[must_use]
pub fn is_utf8_text(written: &str) -> bool {
    let parameters = written.split(';').skip(1).map(str::trim).filter(|part| !part.is_empty());
    parameters.into_iter().all(|part| {
        part.split_once('=').is_some_and(|(name, value)| {
            let value = value.trim().trim_matches('"');
            !name.trim().eq_ignore_ascii_case("charset")
                || ["utf-8", "utf8"].into_iter().any(|charset| charset.eq_ignore_ascii_case(value))
        })
    })
}

/// A text without the mark that says that it is UTF-8 (RFC 8259, 8.1 lets a reader pass it over).
#[must_use]
pub fn without_byte_order_mark(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_read_in_every_spelling() {
        for written in [
            "application/json",
            "application/json; charset=utf8",
            "application/json;",
            "application/json ; ",
            "APPLICATION/JSON;CHARSET=UTF-8",
            "application/json; charset=\"UTF-8\"",
            "Application/Json; charset = \"utf8\" ;;",
            "application/json; profile=\"x\"; charset=utf-8",
        ] {
            assert!(is_media_type(written, "application/json") && is_utf8_text(written), "{written}");
        }
        for written in ["text/plain; application/json", "application/jsonp", "application/json, text/plain", "", ";"] {
            assert!(!is_media_type(written, "application/json"), "{written}");
        }
        for written in ["a/b; charset=gbk", "a/b; charset=utf-16", "a/b; x", "a/b; charset=utf-8, text/plain"] {
            assert!(!is_utf8_text(written), "{written}");
        }
    }

    #[test]
    fn one_mark_is_passed_over() {
        assert_eq!(without_byte_order_mark(b"\xef\xbb\xbf{}"), b"{}");
        assert_eq!(without_byte_order_mark(b"{}"), b"{}");
        assert_eq!(without_byte_order_mark(b"\xef\xbb\xbf\xef\xbb\xbf{}"), b"\xef\xbb\xbf{}");
    }
}
