//! The merged values as typed settings, with every value that does not fit.

use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;

use super::key::KeyPath;
use super::known::{Found, known};
use super::merged::Merged;
use super::problem::{Number, Problem, how_to_write};

/// What became of the merged values.
pub struct Reading<T> {
    /// The settings; where values did not fit, with the defaults in their place.
    pub settings: Option<T>,
    /// What did not fit.
    pub problems: Vec<Problem>,
    /// Tables that had to go as a whole; checks of their sections would only repeat that.
    pub removed: Vec<KeyPath>,
}

/// Reads `merged` into `T`. A value that does not fit is reported and replaced by its default, and the reading starts
/// again, because a single reading ends at its first error and the operator wants to see all of them. What only follows
/// from `earlier` problems is not told again.
#[must_use]
pub fn read<T: DeserializeOwned>(mut merged: Merged, defaults: &Merged, earlier: &[Problem]) -> Reading<T> {
    let mut reading = Reading { settings: None, problems: Vec::new(), removed: Vec::new() };
    loop {
        match serde_path_to_error::deserialize(toml::Value::Table(merged.to_table())) {
            Ok(settings) => {
                reading.settings = Some(settings);
                return reading;
            }
            Err(error) => {
                let (path, origin) = merged.nearest(&path_of(error.path()));
                let lacks = lacking(error.inner().message()).map(|name| path.then(name));
                let mut told_of = earlier.iter().chain(&reading.problems).filter_map(|problem| problem.key.as_ref());
                let follows = lacks.as_ref().is_some_and(|key| told_of.any(|told| told == key));
                if !follows {
                    let message = format!("{path}: {}", told(&path, error.inner()));
                    let mut problem = Problem::about(Number::WrongValue, &path, &origin, message);
                    if let Some(key) = lacks {
                        problem.help = how_to_write(&key);
                    }
                    reading.problems.push(problem);
                }
                if merged.get(&path).is_none() {
                    reading.removed.push(path.clone());
                }
                if !merged.repair(&path, defaults) {
                    return reading;
                }
            }
        }
    }
}

/// The key that a table lacks, if that is what serde says.
fn lacking(message: &str) -> Option<&str> {
    message.strip_prefix("missing field `")?.split('`').next()
}

fn path_of(path: &serde_path_to_error::Path) -> KeyPath {
    KeyPath::new(path.iter().map_while(|segment| match segment {
        Segment::Map { key } => Some(key.clone()),
        _ => None,
    }))
}

/// What serde says, in words for operators. Of a table that may hold secrets, only what cannot repeat a value.
fn told(path: &KeyPath, error: &toml::de::Error) -> String {
    let message = error.message().replace('\n', " ");
    let keeps_quiet = match known().find(path) {
        Found::Key(key) => key.hides(None),
        Found::File(_) => false,
        Found::Section | Found::Unknown => {
            !["missing field", "unknown field", "unknown variant"].iter().any(|harmless| message.starts_with(harmless))
        }
    };
    if keeps_quiet {
        return "does not hold what belongs there (values are not shown)".to_owned();
    }
    let words = [
        ("usize", "a whole number from 0"),
        ("u64", "a whole number from 0"),
        ("u32", "a whole number from 0 to 4294967295"),
        ("u16", "a whole number from 0 to 65535"),
        ("u8", "a whole number from 0 to 255"),
    ];
    let plain = words.iter().find_map(|(kind, words)| {
        message.strip_suffix(&format!("expected {kind}")).map(|start| format!("{start}expected {words}"))
    });
    plain.unwrap_or(message)
}
