//! Which keys there are. Read from `config/default.toml`, so that the reference file and the checks cannot drift apart.

use std::sync::LazyLock;

use toml::{Table, Value};

use super::key::{KeyPath, shown_name};

/// Every key with its default and its explanation; what `resetgate config example` prints.
pub const DEFAULT_TEXT: &str = include_str!("../../config/default.toml");

/// Stands for a name that the operator chooses.
const ANY: &str = "*";

/// Tables whose keys are language tags.
const OPEN_TABLES: [&str; 9] = [
    "help.name_in",
    "help.hours_in",
    "page.name",
    "page.footer",
    "sms.text.code",
    "sms.text.notice",
    "sms.text.expiry",
    "sms.provider.*.template.code",
    "sms.provider.*.template.notice",
];

/// The form of `headers` whose values are file names; the reference file explains it on the line of `headers`.
const HEADER_FILES: &str = r#"header_files = { "x-api-key" = "/path" }"#;

/// Keys that somebody may put a key into, whether or not it is taken: always, after a question mark, or before an `@`.
const MAY_HOLD_KEYS: [&str; 2] = ["body", "url"];

/// Tables that have such keys.
const TABLES_WITH_KEYS: [&str; 3] = ["sms.provider.*", "account.hook.*", "account.http"];

/// What may stand after the equals sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text; quantities, addresses and secrets among it.
    Text,
    /// A whole number, never below zero.
    Whole,
    /// `true` or `false`.
    Switch,
    /// A list of texts.
    Texts,
    /// A list of whole numbers.
    Wholes,
    /// An inline table, whose own keys its capability checks.
    Table,
}

impl Kind {
    fn of(value: &Value) -> Self {
        match value {
            Value::Integer(_) => Self::Whole,
            Value::Boolean(_) => Self::Switch,
            Value::Array(items) if matches!(items.first(), Some(Value::Integer(_))) => Self::Wholes,
            Value::Array(_) => Self::Texts,
            Value::Table(_) => Self::Table,
            Value::String(_) | Value::Float(_) | Value::Datetime(_) => Self::Text,
        }
    }

    /// In words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Text => "text in quotes",
            Self::Whole => "a whole number, 0 or more",
            Self::Switch => "true or false",
            Self::Texts => "a list of texts, like [\"a\", \"b\"]",
            Self::Wholes => "a list of whole numbers, like [1, 2]",
            Self::Table => "a table, like { name = \"value\" }",
        }
    }

    /// Whether `value` is of this kind.
    #[must_use]
    pub fn admits(self, value: &Value) -> bool {
        match (self, value) {
            (Self::Text, Value::String(_)) | (Self::Switch, Value::Boolean(_)) | (Self::Table, Value::Table(_)) => true,
            (Self::Whole, Value::Integer(number)) => *number >= 0,
            (Self::Texts, Value::Array(items)) => items.iter().all(|item| Self::Text.admits(item)),
            (Self::Wholes, Value::Array(items)) => items.iter().all(|item| Self::Whole.admits(item)),
            _ => false,
        }
    }
}

/// One key of the reference file.
#[derive(Debug)]
pub struct Key {
    pattern: Vec<String>,
    /// What it holds.
    pub kind: Kind,
    /// Whether its value must never be shown.
    pub secret: bool,
    /// Its line in the reference file.
    pub line: &'static str,
    /// Its lines in the tables of one kind each, where the file has several tables of one name.
    by_kind: Vec<(String, &'static str)>,
}

impl Key {
    /// Whether the value may also come from a file that `KEY_file` names.
    #[must_use]
    pub fn has_file_form(&self) -> bool {
        self.secret && self.kind == Kind::Text
    }

    /// Whether `value` must not be shown: a secret, or a text of a provider that may hold the gateway's key.
    #[must_use]
    pub fn hides(&self, value: Option<&str>) -> bool {
        let (table, name) = (&self.pattern[..self.pattern.len() - 1], self.pattern.last().map_or("", String::as_str));
        let may = TABLES_WITH_KEYS.contains(&&*table.join(".")) && MAY_HOLD_KEYS.contains(&name);
        // Refused there, but shown by nobody until then.
        let in_database = table.join(".") == "account.sql"
            && name == "url"
            && value.is_some_and(|url| url.rsplit_once('@').is_some_and(|(before, _)| before.matches(':').count() > 1));
        self.secret || in_database || (may && (name == "body" || value.is_none_or(|text| text.contains(['?', '@']))))
    }

    /// The kinds that tables with this key may be of; empty where there is one kind.
    pub fn kinds(&self) -> impl Iterator<Item = &str> {
        self.by_kind.iter().map(|(kind, _)| kind.as_str())
    }

    /// Its line in a table of this kind, or else the first.
    #[must_use]
    pub fn line_for(&self, kind: Option<&str>) -> &'static str {
        let own = self.by_kind.iter().find(|(own, _)| kind == Some(own));
        own.map_or(self.line, |(_, line)| line)
    }

    /// The value on that line.
    #[must_use]
    pub fn example(&self, kind: Option<&str>) -> Option<Value> {
        assignment(self.line_for(kind)).map(|(_, value)| value)
    }

    /// Whether its last name is a language tag.
    #[must_use]
    pub fn is_by_language(&self) -> bool {
        self.pattern.split_last().is_some_and(|(_, table)| is_open(table))
    }

    /// Its names; `*` for those that the operator chooses.
    #[must_use]
    pub fn pattern(&self) -> &[String] {
        &self.pattern
    }
}

/// What a way leads to.
#[derive(Debug, Clone, Copy)]
pub enum Found {
    /// A key.
    Key(&'static Key),
    /// The `KEY_file` form of a secret.
    File(&'static Key),
    /// A table of keys.
    Section,
    /// Nothing.
    Unknown,
}

/// All keys, in the order of the reference file.
#[derive(Debug)]
pub struct Known {
    keys: Vec<Key>,
    sections: Vec<Vec<String>>,
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| Known::read(DEFAULT_TEXT));

/// The keys of this binary.
#[must_use]
pub fn known() -> &'static Known {
    &KNOWN
}

impl Known {
    /// Every line that is a header or an assignment counts, commented out once, twice or not.
    pub(super) fn read(text: &'static str) -> Self {
        let mut known = Self { keys: Vec::new(), sections: Vec::new() };
        let (mut section, mut kind) = (Vec::new(), None);
        for line in text.lines() {
            let is_set = !line.starts_with('#');
            let line = line.strip_prefix("# ").unwrap_or(line);
            let line = line.strip_prefix("# ").unwrap_or(line);
            if let Some(header) = header(line) {
                section = header.split('.').map(|name| if name == "NAME" { ANY } else { name }.to_owned()).collect();
                kind = None;
                known.add_sections(&section);
            } else if let Some((names, value)) = assignment(line) {
                let path = [section.as_slice(), names.as_slice()].concat();
                if names == ["kind"] && !is_set {
                    kind = value.as_str().map(str::to_owned);
                }
                match value {
                    // A table with defaults is a section on one line; each of its keys can be set by itself.
                    Value::Table(inner) if is_set || is_open(&path) => {
                        known.add_sections(&path);
                        inner.iter().for_each(|(name, value)| known.add_key(&path, name, value, line, kind.as_ref()));
                    }
                    value => {
                        let (name, table) = path.split_last().map_or(("", &path[..0]), |(name, table)| (name, table));
                        known.add_key(table, name, &value, line, kind.as_ref());
                    }
                }
                if names == ["headers"] {
                    known.add_key(&section, "header_files", &Value::Table(Table::new()), HEADER_FILES, None);
                }
            }
        }
        known
    }

    /// The section and those that it lies in.
    fn add_sections(&mut self, section: &[String]) {
        for depth in 1..=section.len() {
            if !self.sections.iter().any(|known| known == &section[..depth]) {
                self.sections.push(section[..depth].to_vec());
            }
        }
    }

    fn add_key(&mut self, section: &[String], name: &str, value: &Value, line: &'static str, kind: Option<&String>) {
        let name = if is_open(section) { ANY } else { name };
        let pattern: Vec<_> = section.iter().cloned().chain([name.to_owned()]).collect();
        let by_kind = kind.map(|kind| (kind.clone(), line));
        match self.keys.iter_mut().find(|key| key.pattern == pattern) {
            Some(key) => key.by_kind.extend(by_kind),
            None => self.keys.push(Key {
                pattern,
                kind: Kind::of(value),
                secret: line.contains("(secret)"),
                line,
                by_kind: by_kind.into_iter().collect(),
            }),
        }
    }

    /// Every key, in the order of the reference file.
    #[must_use]
    pub fn keys(&self) -> &[Key] {
        &self.keys
    }

    /// What stands at `path`.
    #[must_use]
    pub fn find(&'static self, path: &KeyPath) -> Found {
        if let Some(key) = self.key(path) {
            return Found::Key(key);
        }
        if let Some(key) = path.value_form().and_then(|value| self.key(&value)).filter(|key| key.has_file_form()) {
            return Found::File(key);
        }
        let is_section = self.sections.iter().any(|section| matches(section, path.names()));
        if is_section { Found::Section } else { Found::Unknown }
    }

    /// The key at exactly `path`.
    #[must_use]
    pub fn key(&self, path: &KeyPath) -> Option<&Key> {
        self.keys.iter().find(|key| matches(&key.pattern, path.names()))
    }

    /// The section at exactly `path`, as the reference file has it.
    #[must_use]
    pub fn section(&self, path: &KeyPath) -> Option<&[String]> {
        self.sections.iter().find(|section| matches(section, path.names())).map(Vec::as_slice)
    }

    /// Whether the value at `path` must not be shown: it is a secret, or it may be meant as one. Without a `value` at
    /// hand, whatever it may be counts.
    #[must_use]
    pub fn hides(&'static self, path: &KeyPath, value: Option<&str>) -> bool {
        match self.find(path) {
            Found::Key(key) => key.hides(value),
            Found::File(_) | Found::Section => false,
            Found::Unknown => {
                let meant = self.suggest(path).and_then(|name| self.key(&path.parent().then(&name)));
                mentions_secret(path.last()) || meant.is_none_or(|key| key.secret)
            }
        }
    }

    /// The name in the table of `path` that was probably meant.
    #[must_use]
    pub fn suggest(&self, path: &KeyPath) -> Option<String> {
        let parent = path.parent();
        let depth = parent.names().len();
        let file_forms = self.keys.iter().filter(|key| key.has_file_form()).map(|key| {
            let mut pattern = key.pattern.clone();
            pattern.iter_mut().last().into_iter().for_each(|name| name.push_str("_file"));
            pattern
        });
        let names =
            self.keys.iter().map(|key| key.pattern.clone()).chain(file_forms).chain(self.sections.iter().cloned());
        names
            .filter(|names| names.len() == depth + 1 && matches(&names[..depth], parent.names()) && names[depth] != ANY)
            .map(|names| (strsim::jaro_winkler(&names[depth], &path.last().to_lowercase()), names[depth].clone()))
            .filter(|(likeness, _)| *likeness > 0.8)
            .max_by(|one, two| one.0.total_cmp(&two.0))
            .map(|(_, name)| name)
    }

    /// A section that has a key of this name, for a key that stands in the wrong one.
    #[must_use]
    pub fn section_with(&self, name: &str) -> Option<String> {
        let key = self.keys.iter().find(|key| key.pattern.last().is_some_and(|last| last == name))?;
        Some(shown_section(&key.pattern[..key.pattern.len() - 1]))
    }
}

/// A section as it stands in a file; names that the operator chooses as `NAME`.
#[must_use]
pub fn shown_section(names: &[String]) -> String {
    let names: Vec<_> = names.iter().map(|name| if name == ANY { "NAME".into() } else { shown_name(name) }).collect();
    format!("[{}]", names.join("."))
}

/// Whether a name speaks of something secret, whatever table it stands in.
#[must_use]
pub fn mentions_secret(text: &str) -> bool {
    let text = text.to_lowercase();
    ["pepper", "key", "secret", "pass", "pwd", "token", "header", "auth", "cred"].iter().any(|word| text.contains(word))
}

fn matches(pattern: &[String], names: &[String]) -> bool {
    pattern.len() == names.len() && pattern.iter().zip(names).all(|(want, name)| want == ANY || want == name)
}

/// The name in `[name]`, with or without a remark after it.
fn header(line: &str) -> Option<&str> {
    let (name, rest) = line.strip_prefix('[')?.split_once(']')?;
    let rest = rest.trim_start();
    (rest.is_empty() || rest.starts_with('#')).then_some(name)
}

/// The names and the value of `key = value` or `table.key = value`; every value of the reference file stands on one line.
fn assignment(line: &str) -> Option<(Vec<String>, Value)> {
    let first = line.split_once('=')?.0.trim_end();
    let is_name = first.chars().all(|sign| sign.is_ascii_alphanumeric() || "_-.".contains(sign));
    if first.is_empty() || !is_name {
        return None;
    }
    let names: Vec<_> = first.split('.').map(str::to_owned).collect();
    let whole = Value::Table(toml::from_str(line).ok()?);
    let value = names.iter().try_fold(whole, |at, name| at.as_table()?.get(name).cloned())?;
    Some((names, value))
}

/// Whether the keys of a table are language tags.
fn is_open(table: &[String]) -> bool {
    OPEN_TABLES.contains(&table.join(".").as_str())
}
