//! One locale file: its texts, each with its line.

use std::collections::BTreeMap;

use toml::de::{DeTable, DeValue};

use super::message;
use crate::http::zone;

/// A locale file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("locale {tag}: {}{problem}", .place.map(|(line, column)| format!("line {line}, column {column}: ")).unwrap_or_default())]
pub struct LocaleError {
    /// Which.
    pub tag: String,
    /// Line and column, from 1, where they are known.
    pub place: Option<(usize, usize)>,
    /// What is wrong.
    pub problem: String,
}

/// One text, and where it stands.
pub(super) struct Entry {
    pub text: String,
    pub line: usize,
}

/// Keys with dots between their parts.
pub(super) type Entries = BTreeMap<String, Entry>;

/// Keys that hold a `strftime` pattern.
const PATTERNS: [&str; 2] = ["time.clock", "time.day"];

pub(super) fn read(tag: &str, content: &str) -> Result<Entries, LocaleError> {
    let fault = |at: Option<usize>, problem: String| LocaleError {
        tag: tag.to_owned(),
        place: at.map(|at| position(content, at)),
        problem,
    };
    if !is_tag(tag) {
        return Err(fault(
            None,
            format!("`{tag}` is no language tag; name the file like \"fr.toml\" or \"zh-TW.toml\""),
        ));
    }
    let table = DeTable::parse(content)
        .map_err(|error| fault(error.span().map(|span| span.start), error.message().replace('\n', " ")))?;
    let mut entries = Entries::new();
    flatten("", table.get_ref(), content, &mut entries)
        .map_err(|(at, path)| fault(Some(at), format!("`{path}` must be a text in quotes")))?;
    for (key, entry) in &entries {
        let refuse = |problem: String| LocaleError { place: Some((entry.line, 1)), ..fault(None, problem) };
        if key == "language.direction" && !["ltr", "rtl"].contains(&entry.text.as_str()) {
            return Err(refuse("`language.direction` must be \"ltr\" or \"rtl\"".to_owned()));
        }
        if let Some(reason) = message::fault_of(&entry.text) {
            return Err(refuse(format!("`{key}`: {reason}")));
        }
        let broken = PATTERNS.contains(&key.as_str()).then(|| zone::fault_of(&entry.text)).flatten();
        if let Some(reason) = broken {
            return Err(refuse(format!("`{key}` is no strftime pattern ({reason}); write one like \"%H:%M\"")));
        }
    }
    Ok(entries)
}

/// Whether a text has the form of a BCP 47 tag.
fn is_tag(text: &str) -> bool {
    let part = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let language = text.split('-').next().unwrap_or_default();
    text.split('-').all(part) && language.len() >= 2 && language.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// Line and column of a byte, from 1.
fn position(content: &str, at: usize) -> (usize, usize) {
    let before = content.get(..at).unwrap_or(content);
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    (before.matches('\n').count() + 1, before[start..].chars().count() + 1)
}

/// Gives back the place and the key of what is neither a text nor a table.
fn flatten(prefix: &str, table: &DeTable<'_>, content: &str, entries: &mut Entries) -> Result<(), (usize, String)> {
    for (key, value) in table {
        let name = key.get_ref();
        let path = if prefix.is_empty() { name.to_string() } else { format!("{prefix}.{name}") };
        match value.get_ref() {
            DeValue::String(text) => {
                let (line, _) = position(content, key.span().start);
                entries.insert(path, Entry { text: text.to_string(), line });
            }
            DeValue::Table(inner) => flatten(&path, inner, content, entries)?,
            _ => return Err((value.span().start, path)),
        }
    }
    Ok(())
}
