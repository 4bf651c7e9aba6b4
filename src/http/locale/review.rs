//! What is doubtful about a locale file that can be used, for `config check`.

use std::collections::BTreeSet;

use super::catalog::BUILT_IN;
use super::file::{self, Entries, LocaleError};
use super::message;

/// What an operator should know about a locale file of their own. Nothing here keeps the service from starting.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LocaleReview {
    /// Keys that it lacks and that are shown in the default language; none for a file that lies over a built-in one.
    pub lacking: Vec<String>,
    /// Line and key that no page reads, and the key that was probably meant.
    pub unknown: Vec<(usize, String, Option<String>)>,
    /// Line and key of a text whose `{placeholders}` are not those of the built-in text, and which belong there.
    pub differing: Vec<(usize, String, String)>,
}

impl LocaleReview {
    /// Compares a locale file with the built-in one of its language, or else with the English one.
    ///
    /// # Errors
    /// When the file cannot be used.
    pub fn of(tag: &str, content: &str) -> Result<Self, LocaleError> {
        let own = file::read(tag, content)?;
        let built_in = BUILT_IN.iter().find(|(known, _)| known.eq_ignore_ascii_case(tag));
        let (known, text) = built_in.unwrap_or(&BUILT_IN[1]);
        let reference = file::read(known, text)?;
        let mut review = Self::default();
        if built_in.is_none() {
            review.lacking = reference.keys().filter(|key| !own.contains_key(*key)).cloned().collect();
        }
        for (key, entry) in &own {
            let Some(wanted) = reference.get(key) else {
                review.unknown.push((entry.line, key.clone(), nearest(key, &reference)));
                continue;
            };
            let (have, want) = (placeholders(&entry.text), placeholders(&wanted.text));
            if have != want {
                let names: Vec<_> = want.iter().map(|name| format!("{{{name}}}")).collect();
                let names = if names.is_empty() { "none".to_owned() } else { names.join(" ") };
                review.differing.push((entry.line, key.clone(), names));
            }
        }
        Ok(review)
    }
}

fn nearest(key: &str, reference: &Entries) -> Option<String> {
    let known = reference.keys().map(|known| (strsim::jaro_winkler(known, key), known));
    let best = known.filter(|(likeness, _)| *likeness > 0.85).max_by(|one, two| one.0.total_cmp(&two.0));
    best.map(|(_, known)| known.clone())
}

/// The names that a text waits for, each once.
pub(super) fn placeholders(text: &str) -> BTreeSet<&str> {
    message::names(text).into_iter().collect()
}
