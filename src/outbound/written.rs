//! What peers write, as text, whatever the charset.
//!
//! What decides about a message or an account is ASCII in every protocol that is spoken here, and nearly every charset
//! writes ASCII alike. So a text in an unknown charset is read in each likely way, and it tells something only where all of
//! these readings agree.

use std::borrow::Cow;

use encoding_rs::{Encoding, GB18030, UTF_8, WINDOWS_1252};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

const NO_JSON: &str = "its body is not the JSON that was expected";
const TWO_MEANINGS: &str = "its body names no charset and says one thing in one charset and another in the next";

/// Stands for a text whose charset is unknown, so that readings are compared by their ASCII alone.
const UNKNOWN: &str = "\u{fffd}";

/// Bytes of a peer, and the charset that it named. The bytes may hold anything, so they have no `Debug`.
pub struct Written<'a> {
    bytes: Cow<'a, [u8]>,
    charset: Option<&'static Encoding>,
}

impl<'a> Written<'a> {
    /// `content_type` is that of the message.
    #[must_use]
    pub fn new(bytes: impl Into<Cow<'a, [u8]>>, content_type: Option<&str>) -> Self {
        Self { bytes: bytes.into(), charset: content_type.and_then(charset) }
    }

    /// As they came.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What they may say, the likeliest first: one text, or several where no charset is certain.
    #[must_use]
    pub fn readings(&self) -> Vec<Cow<'_, str>> {
        if let Some((marked, length)) = Encoding::for_bom(&self.bytes) {
            let rest = &self.bytes[length..];
            return if marked == UTF_8 { unmarked(rest, None) } else { vec![lossy(marked, rest)] };
        }
        unmarked(&self.bytes, self.charset)
    }

    /// The likeliest reading, for people.
    #[must_use]
    pub fn shown(&self) -> Cow<'_, str> {
        self.readings().swap_remove(0)
    }

    /// The bytes as JSON, whatever the content type says: peers label JSON as text and worse. In a text of an unknown charset
    /// every reading that is JSON must say the same in ASCII.
    ///
    /// # Errors
    /// Why it tells nothing. Not the parser's own words: they may quote the body, and the body may quote a secret.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, String> {
        let ascii = |text: &str| serde_json::from_str(text).ok().map(of_ascii);
        let text = self.agreed(ascii)?.ok_or(NO_JSON)?;
        serde_json::from_str(&text).map_err(|_| NO_JSON.to_owned())
    }

    /// The likeliest reading that `decisive` makes something of; nothing where it makes something of none.
    ///
    /// # Errors
    /// That it makes one thing of one reading and another of the next, so that the bytes tell nothing.
    pub fn agreed<T: PartialEq>(&self, decisive: impl Fn(&str) -> Option<T>) -> Result<Option<Cow<'_, str>>, String> {
        let readings = self.readings().into_iter();
        let mut read = readings.filter_map(|text| decisive(&text).map(|told| (text, told)));
        let Some((text, first)) = read.next() else { return Ok(None) };
        if read.all(|(_, other)| other == first) { Ok(Some(text)) } else { Err(TWO_MEANINGS.to_owned()) }
    }
}

/// A text as readings are compared by it: what is not ASCII stands for something unknown.
#[must_use]
pub fn ascii_or_unknown(text: String) -> String {
    if text.is_ascii() { text } else { UNKNOWN.to_owned() }
}

/// The readings of a text without a byte order mark.
fn unmarked<'b>(bytes: &'b [u8], charset: Option<&'static Encoding>) -> Vec<Cow<'b, str>> {
    let named = charset.filter(|charset| *charset != UTF_8);
    if let Ok(text) = std::str::from_utf8(bytes) {
        // UTF-8 hardly comes about by chance, and servers name a charset that nobody chose.
        return match named {
            Some(named) if !(bytes.is_ascii() && named.is_ascii_compatible()) => {
                let (other, is_broken) = named.decode_without_bom_handling(bytes);
                if is_broken {
                    vec![text.into()]
                } else if named.is_ascii_compatible() {
                    vec![text.into(), other]
                } else {
                    vec![other]
                }
            }
            _ => vec![text.into()],
        };
    }
    // What servers name where nobody chose is no charset.
    if let Some(named) = named.filter(|named| *named != WINDOWS_1252) {
        let (text, is_broken) = named.decode_without_bom_handling(bytes);
        return if is_broken { vec![text, String::from_utf8_lossy(bytes)] } else { vec![text] };
    }
    let (chinese, is_broken) = GB18030.decode_without_bom_handling(bytes);
    let plain = String::from_utf8_lossy(bytes);
    if is_broken { vec![plain, chinese] } else { vec![chinese, plain] }
}

fn lossy<'b>(charset: &'static Encoding, bytes: &'b [u8]) -> Cow<'b, str> {
    charset.decode_without_bom_handling(bytes).0
}

/// The charset that a content type names, if anybody knows it.
fn charset(content_type: &str) -> Option<&'static Encoding> {
    let mut parameters = content_type.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
    let (_, label) = parameters.find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))?;
    Encoding::for_label_no_replacement(label.trim().trim_matches(['"', '\'']).as_bytes())
}

/// With one sign in place of every text that is not ASCII.
fn of_ascii(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(ascii_or_unknown(text)),
        Value::Array(items) => Value::Array(items.into_iter().map(of_ascii).collect()),
        Value::Object(members) => {
            let members = members.into_iter().map(|(name, value)| (ascii_or_unknown(name), of_ascii(value)));
            Value::Object(members.collect::<Map<_, _>>())
        }
        other => other,
    }
}

#[cfg(test)]
mod tests;
