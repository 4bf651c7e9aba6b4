//! The name of one setting.

use std::fmt;

/// The way to a setting from the top of the file: `sms`, `provider`, `main`, `url`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyPath(Vec<String>);

impl KeyPath {
    /// From its names, outermost first.
    pub fn new(names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self(names.into_iter().map(Into::into).collect())
    }

    /// From text with dots between the names, as in `--set`.
    #[must_use]
    pub fn dotted(text: &str) -> Self {
        Self::new(text.split('.'))
    }

    /// The top of the file.
    #[must_use]
    pub const fn root() -> Self {
        Self(Vec::new())
    }

    /// Its names, outermost first.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.0
    }

    /// The same way, one step further.
    #[must_use]
    pub fn then(&self, name: &str) -> Self {
        let mut names = self.0.clone();
        names.push(name.to_owned());
        Self(names)
    }

    /// The last name; empty at the top of the file.
    #[must_use]
    pub fn last(&self) -> &str {
        self.0.last().map_or("", String::as_str)
    }

    /// The table that holds it.
    #[must_use]
    pub fn parent(&self) -> Self {
        Self(self.0[..self.0.len().saturating_sub(1)].to_vec())
    }

    /// Whether it is `table` or lies below it.
    #[must_use]
    pub fn is_within(&self, table: &Self) -> bool {
        self.0.starts_with(&table.0)
    }

    /// The key that names a file in place of the value: `pepper` gives `pepper_file`.
    #[must_use]
    pub fn file_form(&self) -> Self {
        self.parent().then(&format!("{}_file", self.last()))
    }

    /// The key whose value a file holds: `pepper_file` gives `pepper`.
    #[must_use]
    pub fn value_form(&self) -> Option<Self> {
        Some(self.parent().then(self.last().strip_suffix("_file")?))
    }

    /// The environment variable that sets it.
    #[must_use]
    pub fn variable(&self) -> String {
        let names: Vec<_> = self.0.iter().map(|name| name.to_uppercase().replace('-', "_")).collect();
        format!("RESETGATE__{}", names.join("__"))
    }
}

impl fmt::Display for KeyPath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.0.iter().map(|name| shown_name(name)).collect();
        out.write_str(&names.join("."))
    }
}

/// A name as TOML wants it: bare where that is possible.
#[must_use]
pub fn shown_name(name: &str) -> String {
    let bare = !name.is_empty() && name.chars().all(|sign| sign.is_ascii_alphanumeric() || sign == '_' || sign == '-');
    if bare { name.to_owned() } else { format!("\"{}\"", name.escape_debug()) }
}
