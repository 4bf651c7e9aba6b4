//! One layer of values, in the order they were given.

use std::ops::Range;

use super::key::KeyPath;
use super::origin::Origin;
use super::problem::Problem;

/// A value that somebody gave to a key that exists, of the kind that the key wants.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The key.
    pub path: KeyPath,
    /// What it was given.
    pub value: toml::Value,
    /// By whom.
    pub origin: Origin,
}

/// What was read from one file, the environment or the command line.
#[derive(Debug, Default)]
pub struct Layer {
    /// Values in order.
    pub entries: Vec<Entry>,
    /// Tables with a name that the operator chose, such as `[sms.provider.main]`.
    pub tables: Vec<(KeyPath, Origin)>,
    /// What was wrong.
    pub problems: Vec<Problem>,
    /// Values that no output may hold, known keys or not.
    pub secrets: Vec<String>,
    /// Ranges of bytes that no output may show; for files.
    pub hidden: Vec<Range<usize>>,
}

impl Layer {
    /// Keeps every text in `value` away from all output.
    pub fn keep_secret(&mut self, value: &toml::Value) {
        match value {
            toml::Value::String(text) => self.secrets.push(text.clone()),
            toml::Value::Array(items) => items.iter().for_each(|item| self.keep_secret(item)),
            toml::Value::Table(table) => table.iter().for_each(|(_, item)| self.keep_secret(item)),
            _ => {}
        }
    }
}
