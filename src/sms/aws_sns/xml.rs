//! The few elements of an answer that matter. The parser is `quick-xml`, which expands no entity but the five of XML;
//! here are the bounds, and that nothing counts of a document that is not whole.

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};

use crate::outbound::{Body, ascii_or_unknown};

/// Answers are five elements deep and twenty long.
const DEEPEST: usize = 8;
const MOST_ELEMENTS: usize = 200;
/// Bytes of a name.
const LONGEST_NAME: usize = 64;
/// What is kept of a text, in bytes.
const LONGEST_TEXT: usize = 512;

/// An element whose end has not come yet.
struct Open {
    name: String,
    text: String,
    is_leaf: bool,
}

/// Elements that hold no others, as path from the root and text, in their order.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Document(Vec<(String, String)>);

impl Document {
    /// The document in a body, in whatever charset.
    pub(super) fn of(body: &Body) -> Option<Self> {
        let ascii = |text: &str| {
            let Self(found) = Self::read(text)?;
            Some(found.into_iter().map(|(path, text)| (path, ascii_or_unknown(text))).collect::<Vec<_>>())
        };
        Self::read(&body.written().ok()?.agreed(ascii).ok()??)
    }

    /// Reads a whole document; nothing when it is none, or larger than any answer.
    fn read(text: &str) -> Option<Self> {
        let mut reader = Reader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        let mut open: Vec<Open> = Vec::new();
        let (mut found, mut elements) = (Self::default(), 0);
        loop {
            match reader.read_event().ok()? {
                Event::Eof => return Some(found).filter(|_| open.is_empty() && elements > 0),
                Event::Start(start) => {
                    elements += 1;
                    // One root, and so nothing after it.
                    if open.len() == DEEPEST || elements > MOST_ELEMENTS || (open.is_empty() && elements > 1) {
                        return None;
                    }
                    open.last_mut().into_iter().for_each(|parent| parent.is_leaf = false);
                    open.push(Open { name: name(&start)?, text: String::new(), is_leaf: true });
                }
                Event::End(_) => {
                    let path = open.iter().map(|element| element.name.as_str()).collect::<Vec<_>>().join("/");
                    let element = open.pop()?;
                    found.0.extend(element.is_leaf.then(|| (path, element.text.trim().to_owned())));
                }
                Event::Text(text) => add(&mut open, &text.decode().ok()?)?,
                Event::CData(text) => add(&mut open, &text.decode().ok()?)?,
                Event::GeneralRef(reference) => add(&mut open, &resolved(&reference)?)?,
                // No vendor declares types, and only who does can define entities.
                Event::DocType(_) => return None,
                // Empty elements come as a start and an end.
                Event::Empty(_) | Event::Decl(_) | Event::Comment(_) | Event::PI(_) => {}
            }
        }
    }

    /// The first text at `path`, like `ErrorResponse/Error/Code`.
    pub(super) fn text(&self, path: &str) -> Option<&str> {
        self.0.iter().find(|(own, _)| own == path).map(|(_, text)| text.as_str())
    }

    /// Every text at `path`.
    pub(super) fn texts<'a>(&'a self, path: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(own, _)| own == path).map(|(_, text)| text.as_str())
    }
}

/// The name without its namespace. The reader takes almost any bytes for one; vendors use short words.
fn name(start: &BytesStart<'_>) -> Option<String> {
    let name = std::str::from_utf8(start.local_name().as_ref()).ok()?.to_owned();
    (name.len() <= LONGEST_NAME && name.bytes().all(|byte| byte.is_ascii_alphanumeric())).then_some(name)
}

fn resolved(reference: &BytesRef<'_>) -> Option<String> {
    match reference.resolve_char_ref().ok()? {
        Some(sign) => Some(sign.to_string()),
        None => resolve_predefined_entity(&reference.decode().ok()?).map(str::to_owned),
    }
}

/// Adds to the text of the innermost element, up to the bound; outside of the root there may be white space alone.
fn add(open: &mut [Open], text: &str) -> Option<()> {
    let Some(Open { text: kept, .. }) = open.last_mut() else { return text.trim().is_empty().then_some(()) };
    let room = LONGEST_TEXT.saturating_sub(kept.len());
    kept.extend(text.char_indices().take_while(|(place, sign)| place + sign.len_utf8() <= room).map(|(_, sign)| sign));
    Some(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ERROR: &str = r#"<?xml version="1.0"?>
        <ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">
          <Error><Type>Sender</Type><Code>InvalidParameter</Code>
            <Message>a &lt;b&gt; &#38; &#x2019;c<![CDATA[ <d>]]></Message></Error>
          <RequestId>1</RequestId><!-- x --><Empty/>
        </ErrorResponse>"#;

    #[test]
    fn texts_are_found_by_their_path() {
        let document = Document::read(ERROR).unwrap();
        assert_eq!(document.text("ErrorResponse/Error/Code"), Some("InvalidParameter"));
        assert_eq!(document.text("ErrorResponse/Error/Message"), Some("a <b> & \u{2019}c <d>"));
        assert_eq!((document.text("ErrorResponse/RequestId"), document.text("Code")), (Some("1"), None));
        assert_eq!((document.text("ErrorResponse/Empty"), document.text("ErrorResponse/Error")), (Some(""), None));
        let list = Document::read("<a><b>1</b><b>2</b></a>").unwrap();
        assert_eq!(list.texts("a/b").collect::<Vec<_>>(), ["1", "2"]);
    }

    #[test]
    fn what_is_not_one_whole_document_is_none() {
        let deep = format!("{}{}", "<a>".repeat(9), "</a>".repeat(9));
        let many = format!("<a>{}</a>", "<b>1</b>".repeat(200));
        for none in [
            "",
            "  ",
            "text",
            "<a>",
            "<a><b>1</b>",
            "</a>",
            "<a></b>",
            "<a/><b/>",
            "<a>1</a><b>2</b>",
            "<a>1</a>2",
            "<a>&unknown;</a>",
            "<!DOCTYPE a [<!ENTITY b \"c\">]><a>1</a>",
            "{\"a\":1}",
            &deep,
            &many,
            &ERROR[..ERROR.len() - 5],
        ] {
            assert_eq!(Document::read(none), None, "{none}");
        }
    }

    #[test]
    fn a_long_text_is_cut() {
        let long = format!("<a>{}é{}</a>", "x".repeat(511), "&amp;".repeat(9));
        assert_eq!(Document::read(&long).unwrap().text("a").map(str::len), Some(512));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            Document::of(&Body::of(bytes));
        }

        #[test]
        fn parsing_anything_like_xml_keeps_to_the_bounds(
            pieces in proptest::collection::vec("<[ab]>|</[ab]>|<a/>|&(amp|lt|#65|#x110000|zz);|<!\\[CDATA\\[|\\]\\]>|<!--|-->|<\\?|[ -~]{0,4}|é{1,9}", 0..40),
        ) {
            if let Some(document) = Document::read(&format!("<a>{}</a>", pieces.concat())) {
                prop_assert!(document.0.iter().all(|(path, text)| text.len() <= LONGEST_TEXT && path.len() < (LONGEST_NAME + 1) * DEEPEST));
            }
        }
    }
}
