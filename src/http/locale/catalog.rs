//! All languages.

use std::collections::BTreeMap;

use super::file::{self, LocaleError};
use crate::domain::{is_same_language, nearest_language};

type Texts = BTreeMap<String, String>;

/// All texts in all languages.
#[derive(Debug)]
pub struct Catalog {
    locales: BTreeMap<String, Texts>,
    default: String,
}

/// The locale files that are built in: tag and content.
pub const BUILT_IN: [(&str, &str); 2] = [
    ("zh-CN", include_str!("../../../config/locales/zh-CN.toml")),
    ("en", include_str!("../../../config/locales/en.toml")),
];

impl Catalog {
    /// Reads locale files. A further file of one tag lies over the earlier, text by text. `default` must be among them.
    ///
    /// # Errors
    /// When a file is no TOML table of texts, or the default is missing.
    pub fn read<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>, default: &str) -> Result<Self, LocaleError> {
        let mut locales = BTreeMap::<String, Texts>::new();
        for (tag, content) in files {
            let entries = file::read(tag, content)?;
            let known = locales.keys().find(|known| is_same_language(known, tag)).cloned();
            let texts = locales.entry(known.unwrap_or_else(|| tag.to_owned())).or_default();
            texts.extend(entries.into_iter().map(|(key, entry)| (key, entry.text)));
        }
        let Some(default) = nearest_language(default, locales.keys().map(String::as_str)).map(str::to_owned) else {
            let known: Vec<_> = locales.keys().map(String::as_str).collect();
            return Err(LocaleError {
                tag: default.to_owned(),
                place: None,
                problem: format!("there is no such locale; there are: {}", known.join(", ")),
            });
        };
        Ok(Self { locales, default })
    }

    /// The languages that are built in, Chinese first.
    ///
    /// # Errors
    /// Never, as the tests show.
    pub fn built_in() -> Result<Self, LocaleError> {
        Self::read(BUILT_IN, BUILT_IN[0].0)
    }

    /// The languages there are.
    pub fn tags(&self) -> impl Iterator<Item = &str> {
        self.locales.keys().map(String::as_str)
    }

    /// Every language with its name in itself, the default first.
    pub fn languages(&self) -> impl Iterator<Item = (&str, &str)> {
        let others = self.tags().filter(|tag| *tag != self.default);
        std::iter::once(self.default.as_str()).chain(others).map(|tag| (tag, self.native_name(tag)))
    }

    /// The default language.
    #[must_use]
    pub fn default_tag(&self) -> &str {
        &self.default
    }

    /// The language there is that is nearest to what was asked, if one is near.
    #[must_use]
    pub fn find(&self, asked: &str) -> Option<&str> {
        nearest_language(asked, self.tags())
    }

    /// The keys that `tag` lacks and the default language has.
    #[must_use]
    pub fn missing(&self, tag: &str) -> Vec<&str> {
        let (Some(texts), Some(all)) = (self.locales.get(tag), self.locales.get(&self.default)) else {
            return Vec::new();
        };
        all.keys().filter(|key| !texts.contains_key(*key)).map(String::as_str).collect()
    }

    /// The name of a language in itself, else its tag.
    pub(super) fn native_name<'a>(&'a self, tag: &'a str) -> &'a str {
        self.own(tag, "language.name").unwrap_or(tag)
    }

    /// The text of exactly this language.
    pub(super) fn own(&self, tag: &str, key: &str) -> Option<&str> {
        self.locales.get(tag).and_then(|texts| texts.get(key)).map(String::as_str)
    }

    /// The text of this language, else of the default one; where that comes from a file that is not whole, of any.
    pub(super) fn text(&self, tag: &str, key: &str) -> Option<&str> {
        let others = || ["en"].into_iter().chain(self.tags()).find_map(|tag| self.own(tag, key));
        self.own(tag, key).or_else(|| self.own(&self.default, key)).or_else(others)
    }
}
