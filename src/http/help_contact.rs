//! Whom everybody may turn to.

use std::collections::BTreeMap;

/// From `[help]`; empty texts are not shown.
#[derive(Debug, Clone, Default)]
pub struct HelpContact {
    /// Office or person.
    pub name: String,
    /// The same in other languages, by tag.
    pub name_in: BTreeMap<String, String>,
    /// As people dial it.
    pub phone: String,
    /// Mail address.
    pub email: String,
    /// When somebody answers.
    pub hours: String,
    /// The same in other languages, by tag.
    pub hours_in: BTreeMap<String, String>,
    /// A page with more.
    pub url: String,
}

impl HelpContact {
    /// All of it but the page, in one line for readers of a language; `None` when nothing is known.
    #[must_use]
    pub fn line(&self, tag: &str) -> Option<String> {
        let (name, hours) =
            (self.name_in.get(tag).unwrap_or(&self.name), self.hours_in.get(tag).unwrap_or(&self.hours));
        let parts = [name, &self.phone, &self.email, hours];
        let known: Vec<&str> = parts.into_iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
        (!known.is_empty()).then(|| known.join(" · "))
    }
}
