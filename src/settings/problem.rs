//! One thing that is wrong with the configuration: what, where, and what to do.

use super::example::example_of;
use super::key::KeyPath;
use super::known::{Found, known, shown_section};
use super::origin::Origin;
use super::snippet::Snippet;

/// The number of a problem. Stable: operators search for it, so a number is never given a second meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Number {
    /// A file cannot be read.
    Unreadable = 1,
    /// A file is no TOML.
    Syntax = 10,
    /// There is no such section.
    UnknownSection = 11,
    /// There is no such key.
    UnknownKey = 12,
    /// A number where a text belongs, and the like.
    WrongKind = 13,
    /// The right kind, but no value that can be meant.
    WrongValue = 14,
    /// Out of range, or at odds with another value.
    OutOfRange = 15,
    /// Two variables set one key.
    GivenTwice = 16,
    /// An argument of `--set` that is not `section.key=value`.
    Argument = 17,
    /// A variable whose value is no text.
    NotText = 18,
    /// A secret both inline and in a file.
    SecretTwice = 20,
    /// A secret's file cannot be read.
    SecretFile = 21,
    /// A file that a key names cannot be used.
    NamedFile = 22,
    /// The captcha is off.
    CaptchaOff = 31,
    /// The gates are off.
    LimitsOff = 32,
    /// Codes are printed instead of sent.
    ConsoleSms = 33,
    /// A secret is missing.
    SecretMissing = 34,
    /// One secret serves two uses.
    SecretShared = 35,
    /// People reach the service without encryption.
    PlainHttp = 36,
    /// Anybody may claim any client address.
    TrustsEverybody = 37,
    /// No way to send a code.
    NoProvider = 38,
    /// Codes can be guessed.
    GuessBudget = 40,
    /// Logs may show what passes.
    TraceLog = 41,
    /// Development mode that others can reach.
    DevReachable = 42,
    /// Remarks that refuse nothing.
    Remark = 90,
}

impl Number {
    /// As it is printed, like `C012`.
    #[must_use]
    pub fn code(self) -> String {
        format!("C{:03}", self as u16)
    }
}

/// Whether the service may start all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// It may not.
    Error,
    /// It may; the operator should know.
    Note,
}

/// What a check of values found; the loader adds where the value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Its number.
    pub number: Number,
    /// Whether the service may start.
    pub level: Level,
    /// The setting, from the top of the file, like `code.ttl`.
    pub key: String,
    /// What is wrong and what to write instead.
    pub problem: String,
    /// Further lines, such as arithmetic.
    pub detail: Vec<String>,
    /// What to do; empty for the line of the reference file.
    pub help: String,
}

impl Finding {
    /// Something that refuses to start.
    pub fn error(number: Number, key: &str, problem: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            number,
            level: Level::Error,
            key: key.to_owned(),
            problem: problem.into(),
            detail: Vec::new(),
            help: help.into(),
        }
    }

    /// Something worth knowing.
    pub fn note(key: &str, problem: impl Into<String>, help: impl Into<String>) -> Self {
        Self { level: Level::Note, ..Self::error(Number::Remark, key, problem, help) }
    }
}

/// Where a problem is.
#[derive(Debug, Clone)]
pub enum Place {
    /// A line of a file.
    Line(Snippet),
    /// Anything else, in words.
    Named(String),
}

/// One thing that is wrong, ready to be printed.
#[derive(Debug, Clone)]
pub struct Problem {
    /// Its number.
    pub number: Number,
    /// Whether the service may start.
    pub level: Level,
    /// What is wrong.
    pub message: String,
    /// Where.
    pub place: Place,
    /// What stands after the caret.
    pub label: String,
    /// Further lines.
    pub detail: Vec<String>,
    /// What to do.
    pub help: String,
    /// The setting, if it is one.
    pub key: Option<KeyPath>,
}

impl Problem {
    /// An error without caret text.
    pub fn new(number: Number, message: impl Into<String>, place: Place, help: impl Into<String>) -> Self {
        Self {
            number,
            level: Level::Error,
            message: message.into(),
            place,
            label: String::new(),
            detail: Vec::new(),
            help: help.into(),
            key: None,
        }
    }

    /// An error about a value, shown where the value was given.
    #[must_use]
    pub fn about(number: Number, key: &KeyPath, origin: &Origin, message: impl Into<String>) -> Self {
        Self { key: Some(key.clone()), ..Self::new(number, message, place_of_value(origin), how_to_write(key, None)) }
    }

    /// A finding, shown where its value was given.
    #[must_use]
    pub fn found(finding: Finding, key: &KeyPath, origin: &Origin) -> Self {
        let help = if finding.help.is_empty() { how_to_write(key, None) } else { finding.help };
        let message = format!("{key}: {}", finding.problem);
        Self { level: finding.level, detail: finding.detail, help, ..Self::about(finding.number, key, origin, message) }
    }

    /// The same; help out of the reference file becomes that for the kind of table that its key stands in, which nobody
    /// knows before all layers are read.
    #[must_use]
    pub fn of_kind(self, kind: Option<&str>) -> Self {
        match self.key.as_ref().filter(|key| how_to_write(key, None) == self.help) {
            Some(key) => Self { help: how_to_write(key, kind), ..self },
            None => self,
        }
    }

    /// The same with a text after the caret.
    #[must_use]
    pub fn with_label(self, label: impl Into<String>) -> Self {
        Self { label: label.into(), ..self }
    }
}

/// The place of a value.
#[must_use]
pub fn place_of_value(origin: &Origin) -> Place {
    match origin {
        Origin::File(spot) => Place::Line(Snippet::of(&spot.source, &spot.value)),
        Origin::Default => Place::Named("no file, variable or --set gives it; this is the built-in default".into()),
        other => Place::Named(other.to_string()),
    }
}

/// The place of a key.
#[must_use]
pub fn place_of_key(origin: &Origin) -> Place {
    match origin {
        Origin::File(spot) => Place::Line(Snippet::of(&spot.source, &spot.key)),
        other => place_of_value(other),
    }
}

/// The line of the reference file, which says what the key means and what it may hold; that of this kind of table.
#[must_use]
pub fn how_to_write(key: &KeyPath, kind: Option<&str>) -> String {
    match known().find(key) {
        Found::Key(found) | Found::File(found) => {
            let section = shown_section(&found.pattern()[..found.pattern().len().saturating_sub(1)]);
            if key.last() == "kind" && found.kinds().next().is_some() {
                let kinds: Vec<_> = found.kinds().map(|kind| format!("\"{kind}\"")).collect();
                return format!("under {section}: kind = {}", kinds.join(" | "));
            }
            let line = found.line_for(kind).split_whitespace().collect::<Vec<_>>().join(" ");
            let name = found.pattern().last().map_or("", String::as_str);
            // An empty secret is what the reference file has, and what is refused.
            match line.strip_prefix(&format!("{name} = \"\"")).filter(|_| found.has_file_form()) {
                Some(meaning) => format!("under {section}: {name}_file = \"/path/to/file\"{meaning}"),
                None => format!("under {section}: {line}"),
            }
        }
        Found::Section | Found::Unknown => example_of(key, kind),
    }
}
