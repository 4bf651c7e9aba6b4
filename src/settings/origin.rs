//! Where a value came from.

use std::fmt;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use super::key::KeyPath;

/// A file that was read, kept so that a problem can show its line.
#[derive(Debug, Default)]
pub struct SourceText {
    /// Its path as the operator gave it.
    pub name: String,
    /// What it holds.
    pub text: String,
    /// Ranges of bytes that no output may show.
    pub hidden: Vec<Range<usize>>,
    /// Whether it is no valid TOML, so that `hidden` cannot be relied upon.
    pub broken: bool,
}

impl SourceText {
    /// Line and column of a byte, both from 1, and the range of bytes of its line.
    #[must_use]
    pub fn position(&self, offset: usize) -> (usize, usize, Range<usize>) {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let before = &self.text[..offset];
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let end = self.text[offset..].find('\n').map_or(self.text.len(), |at| offset + at);
        let line = before.matches('\n').count() + 1;
        (line, self.text[start..offset].chars().count() + 1, start..end)
    }
}

/// A place in a file.
#[derive(Debug, Clone)]
pub struct Spot {
    /// The file.
    pub source: Arc<SourceText>,
    /// The bytes of the key.
    pub key: Range<usize>,
    /// The bytes of the value.
    pub value: Range<usize>,
}

/// Where a value came from.
#[derive(Debug, Clone)]
pub enum Origin {
    /// The defaults built into the binary.
    Default,
    /// A file.
    File(Spot),
    /// An environment variable.
    Variable(String),
    /// `--set` on the command line.
    Argument(KeyPath),
    /// A file that holds nothing but this value.
    SecretFile {
        /// The file.
        path: PathBuf,
        /// What named it.
        by: Box<Self>,
    },
}

impl Origin {
    /// Whether both were set in one layer.
    #[must_use]
    pub fn is_of_layer(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::SecretFile { by, .. }, other) => by.is_of_layer(other),
            (own, Self::SecretFile { by, .. }) => own.is_of_layer(by),
            (Self::File(one), Self::File(two)) => one.source.name == two.source.name,
            (one, two) => std::mem::discriminant(one) == std::mem::discriminant(two),
        }
    }

    /// Whether nobody set the value.
    #[must_use]
    pub const fn is_default(&self) -> bool {
        matches!(self, Self::Default)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => out.write_str("default"),
            Self::File(spot) => {
                let (line, column, _) = spot.source.position(spot.key.start);
                write!(out, "{}:{line}:{column}", spot.source.name)
            }
            Self::Variable(name) => write!(out, "environment variable {name}"),
            Self::Argument(key) => write!(out, "--set {key}"),
            Self::SecretFile { path, by } => write!(out, "{}, named by {by}", path.display()),
        }
    }
}
