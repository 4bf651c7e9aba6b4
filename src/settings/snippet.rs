//! The line of a file that a problem points at, without what must not be seen.

use std::ops::Range;

use super::known::{Kind, known, mentions_secret};
use super::origin::SourceText;

/// What stands in place of a secret.
pub const MASK: &str = "••••";

/// A longer line would fill the terminal without helping anybody.
const MAX_SHOWN: usize = 160;

/// One line of a file with the part that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snippet {
    /// The file.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// From 1, counted in characters.
    pub column: usize,
    /// The line as it may be shown.
    pub text: String,
    /// Signs of `text` before the part that is wrong.
    pub before: usize,
    /// How many signs of `text` are wrong; at least one.
    pub width: usize,
}

impl Snippet {
    /// The line of `source` that holds the start of `span`.
    #[must_use]
    pub fn of(source: &SourceText, span: &Range<usize>) -> Self {
        let (line, column, bytes) = source.position(span.start);
        let start =
            bytes.start + source.text[bytes.clone()].chars().take(column - 1).map(char::len_utf8).sum::<usize>();
        let end = span.end.clamp(start, bytes.end);
        let mut hidden: Vec<_> =
            source.hidden.iter().filter(|range| range.start < bytes.end && bytes.start < range.end).cloned().collect();
        if source.broken {
            hidden.extend(doubtful(&source.text[bytes.clone()]).map(|from| bytes.start + from..bytes.end));
        }
        let (text, before, width) = masked(&source.text, bytes, &hidden, &(start..end));
        Self { file: source.name.clone(), line, column, text, before, width }
    }

    /// The caret line: as wide as the part that is wrong, in a terminal where Chinese signs take two columns.
    #[must_use]
    pub fn carets(&self) -> String {
        let columns =
            |from: usize, count: usize| self.text.chars().skip(from).take(count).map(columns_of).sum::<usize>();
        let wide = columns(self.before, self.width).max(1);
        format!("{}{}", " ".repeat(columns(0, self.before)), "^".repeat(wide))
    }
}

/// From which byte on a line of a file that is no TOML must be hidden: there, nobody knows what is a value of what.
/// `None` when it is a header or surely assigns a key that is no secret.
fn doubtful(line: &str) -> Option<usize> {
    let trimmed = line.trim();
    let plain = |sign: char| sign.is_ascii_alphanumeric() || "_-.".contains(sign);
    if trimmed.trim_matches(['[', ']']).chars().all(plain) && trimmed.starts_with('[') {
        return None;
    }
    let Some((name, value)) = line.split_once('=') else {
        let indent = line.len() - line.trim_start().len();
        return Some(indent);
    };
    let last = name.trim().rsplit('.').next().unwrap_or_default();
    let mut namesakes =
        known().keys().iter().filter(|key| key.pattern().last().is_some_and(|known| known == last)).peekable();
    let names_key =
        namesakes.peek().is_some() && namesakes.all(|key| !key.hides(Some(line)) && key.kind != Kind::Table);
    if names_key && !mentions_secret(line) {
        return None;
    }
    let shows_name = name.trim().chars().all(plain) && !name.trim().is_empty() && name.trim().len() <= 24;
    let gap = value.len() - value.trim_start().len();
    Some(if shows_name { name.len() + 1 + gap } else { 0 })
}

/// The bytes `line` of `text` with every hidden range replaced, and where `wrong` lies in the result.
fn masked(text: &str, line: Range<usize>, hidden: &[Range<usize>], wrong: &Range<usize>) -> (String, usize, usize) {
    let (mut shown, mut signs, mut before, mut width) = (String::new(), 0, None, 0);
    let mut at_mask = false;
    for (offset, sign) in text[line.clone()].char_indices() {
        let offset = line.start + offset;
        let hides = hidden.iter().any(|range| range.contains(&offset));
        let piece: String = match (hides, at_mask) {
            (true, true) => String::new(),
            (true, false) => MASK.to_owned(),
            (false, _) if sign.is_control() => " ".to_owned(),
            (false, _) => sign.to_string(),
        };
        at_mask = hides;
        let length = piece.chars().count();
        if offset >= wrong.start && before.is_none() {
            // Inside a mask the caret stands under the mask as a whole.
            before = Some(if hides && piece.is_empty() { signs - MASK.chars().count() } else { signs });
            width = if hides && piece.is_empty() { MASK.chars().count() } else { 0 };
        }
        if wrong.contains(&offset) {
            width += length;
        }
        if signs + length > MAX_SHOWN {
            break;
        }
        signs += length;
        shown.push_str(&piece);
    }
    let before = before.unwrap_or(signs).min(signs);
    (shown, before, width.clamp(1, (signs - before).max(1)))
}

/// Columns a sign takes in a terminal; exact enough for Latin and Chinese.
fn columns_of(sign: char) -> usize {
    if matches!(u32::from(sign), 0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xfe30..=0xfe6f | 0xff00..=0xff60 | 0x20000..=0x3fffd)
    {
        2
    } else {
        1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str, hidden: &[&str], broken: bool) -> SourceText {
        let hidden = hidden
            .iter()
            .map(|part| {
                let at = text.find(part).unwrap();
                at..at + part.len()
            })
            .collect();
        SourceText { name: "a.toml".into(), text: text.into(), hidden, broken }
    }

    fn snippet(source: &SourceText, wrong: &str) -> (String, String) {
        let at = source.text.find(wrong).unwrap();
        let snippet = Snippet::of(source, &(at..at + wrong.len()));
        (snippet.text.clone(), snippet.carets())
    }

    #[test]
    fn the_caret_stands_under_the_part_that_is_wrong() {
        let source = source("[help]\nname = \"信息\" # 中\nfone = 1\n", &[], false);
        assert_eq!(snippet(&source, "fone"), ("fone = 1".into(), "^^^^".into()));
        assert_eq!(snippet(&source, "\"信息\""), ("name = \"信息\" # 中".into(), "       ^^^^^^".into()));
        assert_eq!(snippet(&source, "# 中"), ("name = \"信息\" # 中".into(), "              ^^^^".into()));
        let (line, column, _) = source.position(source.text.find("fone").unwrap());
        assert_eq!((line, column), (3, 1));
    }

    #[test]
    fn a_hidden_value_is_masked_and_the_caret_stays_with_its_part() {
        let source = source("code = { pepper = \"geheim\", lenght = 6 }", &["\"geheim\""], false);
        assert_eq!(
            snippet(&source, "lenght"),
            ("code = { pepper = ••••, lenght = 6 }".into(), "                        ^^^^^^".into())
        );
        assert_eq!(
            snippet(&source, "geheim"),
            ("code = { pepper = ••••, lenght = 6 }".into(), "                  ^^^^".into())
        );
    }

    #[test]
    fn of_a_broken_file_only_headers_and_harmless_keys_are_shown() {
        for (line, shown) in [
            ("listen = \"127", "listen = \"127"),
            ("[server", "[server"),
            ("pepper = \"geheim", "pepper = ••••"),
            ("peper = geheim", "peper = ••••"),
            ("length = 6 pepper = \"geheim\"", "length = ••••"),
            ("code = { length = 6, x = geheim", "code = ••••"),
            ("url = \"https://a/?k=geheim", "url = ••••"),
            ("url = \"https://a/", "url = \"https://a/"),
            ("body = '{\"k\":\"geheim", "body = ••••"),
            ("  geheim", "  ••••"),
            ("Z2VoZWlt+/geheim==", "••••"),
        ] {
            let source = source(line, &[], true);
            assert_eq!(Snippet::of(&source, &(0..1)).text, shown, "{line}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_span_of_any_text_makes_a_snippet(text in "\\PC{0,40}\n\\PC{0,40}", from in 0_usize..100, len in 0_usize..100, hide in 0_usize..100) {
            let broken = from % 2 == 0;
            let source = SourceText { name: "a".into(), text, hidden: std::iter::once(hide..hide + 7).collect(), broken };
            let snippet = Snippet::of(&source, &(from..from + len));
            proptest::prop_assert!(snippet.carets().ends_with('^'));
        }
    }
}
