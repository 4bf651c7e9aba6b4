//! Texts for people, by language, from the locale files.

use std::collections::BTreeMap;
use std::sync::Arc;

/// A locale file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("locale {tag}: {problem}")]
pub struct LocaleError {
    /// Which.
    pub tag: String,
    /// What is wrong.
    pub problem: String,
}

type Texts = BTreeMap<String, String>;

/// All texts in all languages.
#[derive(Debug)]
pub struct Catalog {
    locales: BTreeMap<String, Texts>,
    default: String,
}

/// The locale files that are built in: tag and content.
pub const BUILT_IN: [(&str, &str); 2] =
    [("zh-CN", include_str!("../../config/locales/zh-CN.toml")), ("en", include_str!("../../config/locales/en.toml"))];

impl Catalog {
    /// Reads locale files. `default` must be among them.
    ///
    /// # Errors
    /// When a file is no TOML table of texts, or the default is missing.
    pub fn read<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>, default: &str) -> Result<Self, LocaleError> {
        let mut locales = BTreeMap::new();
        for (tag, content) in files {
            let fault = |problem: String| LocaleError { tag: tag.to_owned(), problem };
            let table: toml::Table = content.parse().map_err(|error: toml::de::Error| fault(error.to_string()))?;
            let mut texts = Texts::new();
            flatten("", &table, &mut texts).map_err(fault)?;
            locales.insert(tag.to_owned(), texts);
        }
        if !locales.contains_key(default) {
            let known: Vec<_> = locales.keys().map(String::as_str).collect();
            return Err(LocaleError {
                tag: default.to_owned(),
                problem: format!("there is no such locale; there are: {}", known.join(", ")),
            });
        }
        Ok(Self { locales, default: default.to_owned() })
    }

    /// The languages there are.
    pub fn tags(&self) -> impl Iterator<Item = &str> {
        self.locales.keys().map(String::as_str)
    }

    /// The default language.
    #[must_use]
    pub fn default_tag(&self) -> &str {
        &self.default
    }

    /// The language there is for what was asked: itself, else one of the same first part (`zh` for `zh-CN`), else none.
    #[must_use]
    pub fn find(&self, asked: &str) -> Option<&str> {
        let primary = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
        let exact = self.tags().find(|tag| tag.eq_ignore_ascii_case(asked));
        exact.or_else(|| self.tags().find(|tag| primary(tag) == primary(asked)))
    }

    /// The keys that `tag` lacks and the default language has.
    #[must_use]
    pub fn missing(&self, tag: &str) -> Vec<&str> {
        let (Some(texts), Some(all)) = (self.locales.get(tag), self.locales.get(&self.default)) else {
            return Vec::new();
        };
        all.keys().filter(|key| !texts.contains_key(*key)).map(String::as_str).collect()
    }

    fn text(&self, tag: &str, key: &str) -> Option<&str> {
        let of = |tag: &str| self.locales.get(tag).and_then(|texts| texts.get(key));
        of(tag).or_else(|| of(&self.default)).map(String::as_str)
    }
}

fn flatten(prefix: &str, table: &toml::Table, texts: &mut Texts) -> Result<(), String> {
    for (key, value) in table {
        let path = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        match value {
            toml::Value::String(text) => {
                texts.insert(path, text.clone());
            }
            toml::Value::Table(inner) => flatten(&path, inner, texts)?,
            _ => return Err(format!("`{path}` is not a text")),
        }
    }
    Ok(())
}

/// The texts of one language.
#[derive(Debug, Clone)]
pub struct Language {
    catalog: Arc<Catalog>,
    tag: Box<str>,
}

impl Language {
    /// The best for what was asked, else the default.
    #[must_use]
    pub fn choose<'a>(catalog: &Arc<Catalog>, asked: impl IntoIterator<Item = &'a str>) -> Self {
        let tag = asked.into_iter().find_map(|tag| catalog.find(tag)).unwrap_or(&catalog.default);
        Self { tag: tag.into(), catalog: Arc::clone(catalog) }
    }

    /// The BCP 47 tag.
    #[must_use]
    pub fn tag(&self) -> &str {
        &self.tag
    }

    /// The languages there are.
    #[must_use]
    pub fn catalog(&self) -> &Arc<Catalog> {
        &self.catalog
    }

    /// The text of a key with its `{placeholders}` filled in; a key that no file has is shown as itself.
    #[must_use]
    pub fn text(&self, key: &str, values: &[(&str, &str)]) -> String {
        let template = self.catalog.text(&self.tag, key).unwrap_or(key);
        let mut text = String::with_capacity(template.len() + 16);
        let mut rest = template;
        // One pass, so that a value which holds braces is never filled in again.
        while let Some(open) = rest.find('{') {
            let (before, from) = rest.split_at(open);
            text.push_str(before);
            let filled = from.find('}').and_then(|close| {
                let value = values.iter().find(|(name, _)| *name == &from[1..close])?.1;
                Some((value, &from[close + 1..]))
            });
            let (value, after) = filled.unwrap_or((&from[..1], &from[1..]));
            text.push_str(value);
            rest = after;
        }
        text.push_str(rest);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_languages_have_the_same_keys() {
        let catalog = Catalog::read(BUILT_IN, "zh-CN").unwrap();
        assert_eq!(catalog.missing("en"), Vec::<&str>::new());
        let catalog = Catalog::read(BUILT_IN, "en").unwrap();
        assert_eq!(catalog.missing("zh-CN"), Vec::<&str>::new());
    }

    #[test]
    fn a_language_is_chosen_by_tag_then_by_first_part_then_by_default() {
        let catalog = Arc::new(Catalog::read(BUILT_IN, "zh-CN").unwrap());
        let choose = |asked: &[&str]| Language::choose(&catalog, asked.iter().copied()).tag().to_owned();
        assert_eq!(choose(&["en-GB", "zh"]), "en");
        assert_eq!(choose(&["zh-TW"]), "zh-CN");
        assert_eq!(choose(&["fr", "*"]), "zh-CN");
        assert!(Catalog::read(BUILT_IN, "fr").unwrap_err().to_string().contains("en, zh-CN"));
    }

    #[test]
    fn values_are_filled_in_once_and_unknown_braces_stay() {
        let files = [("en", "a = 'x {one} {two} {'")];
        let catalog = Arc::new(Catalog::read(files, "en").unwrap());
        let language = Language::choose(&catalog, []);
        assert_eq!(language.text("a", &[("one", "{two}"), ("two", "2")]), "x {two} 2 {");
        assert_eq!(language.text("missing.key", &[]), "missing.key");
    }
}
