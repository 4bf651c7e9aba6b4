//! The merged values as typed settings, with every value that does not fit.

use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;

use super::key::KeyPath;
use super::known::{Found, known};
use super::merged::Merged;
use super::origin::Origin;
use super::problem::{Number, Problem, how_to_write};

/// What became of the merged values.
pub struct Reading<T> {
    /// The settings; where values did not fit, with the defaults in their place, and where some were missing, with those
    /// of the reference file.
    pub settings: Option<T>,
    /// What did not fit.
    pub problems: Vec<Problem>,
    /// Tables that had to go as a whole; checks of their sections would only repeat that.
    pub removed: Vec<KeyPath>,
}

/// Reads `merged` into `T`. A value that does not fit is reported and replaced by its default, one that is missing by what the
/// reference file has there, and the reading starts again, because a single reading ends at its first error and the operator
/// wants to see all of them. What only follows from `earlier` problems is not told again.
#[must_use]
pub fn read<T: DeserializeOwned>(merged: Merged, defaults: &Merged, earlier: &[Problem]) -> Reading<T> {
    let mut reader = Reader { merged, defaults, earlier, problems: Vec::new(), removed: Vec::new(), lent: Vec::new() };
    loop {
        let settings = match serde_path_to_error::deserialize(toml::Value::Table(reader.merged.to_table())) {
            Ok(settings) => Some(settings),
            Err(error) if reader.mend(&path_of(error.path()), error.inner()) => continue,
            Err(_) => None,
        };
        return Reading { settings, problems: reader.problems, removed: reader.removed };
    }
}

struct Reader<'a> {
    merged: Merged,
    defaults: &'a Merged,
    earlier: &'a [Problem],
    problems: Vec<Problem>,
    removed: Vec<KeyPath>,
    /// Missing keys that were given the value of the reference file.
    lent: Vec<KeyPath>,
}

impl Reader<'_> {
    /// Tells the error, and makes the values such that it does not come again; `false` when nothing can be done.
    fn mend(&mut self, at: &KeyPath, error: &toml::de::Error) -> bool {
        let (path, origin) = self.merged.nearest(at);
        let message = error.message();
        if let Some(key) = quoted(message, "missing field `").map(|name| path.then(name)) {
            return self.missing(&path, &origin, &key, error) || self.drop(&path);
        }
        if let Some(key) = quoted(message, "unknown field `").map(|name| path.then(name))
            && self.stranger(&path, &key)
        {
            return true;
        }
        let mut problem = Problem::about(Number::WrongValue, &path, &origin, format!("{path}: {}", told(&path, error)));
        let meant = quoted(message, "unknown variant `").and_then(|given| nearest_of(given, message));
        if let Some(meant) = meant {
            problem.label = format!("did you mean `{meant}`?");
        }
        self.problems.push(problem);
        match meant.filter(|_| path.last() == "kind") {
            // The rest of the table is read as what was meant.
            Some(meant) => {
                self.merged.set(path, meant.into(), origin);
                true
            }
            None => self.drop(&path),
        }
    }

    /// A key that the table at `path` lacks; `false` when there is nothing to put there.
    fn missing(&mut self, path: &KeyPath, origin: &Origin, key: &KeyPath, error: &toml::de::Error) -> bool {
        let mut told_of = self.earlier.iter().chain(&self.problems).filter_map(|problem| problem.key.as_ref());
        if !told_of.any(|told| told == key) {
            let message = format!("{path}: {}", told(path, error));
            let mut problem = Problem::about(Number::WrongValue, path, origin, message);
            problem.help = how_to_write(key, self.merged.kind_of(key));
            // No check of what is lent is reported beside this.
            problem.key = Some(key.clone());
            self.problems.push(problem);
        }
        let example = known().key(key).filter(|_| key.last() != "kind" && !self.lent.contains(key));
        let Some(value) = example.and_then(|own| own.example(self.merged.kind_of(key))) else { return false };
        self.lent.push(key.clone());
        self.merged.set(key.clone(), value, Origin::Default);
        true
    }

    /// A key of another kind of table, such as of the kind that a lower layer wrote; `false` when it is none.
    fn stranger(&mut self, table: &KeyPath, key: &KeyPath) -> bool {
        let Some(kind) = self.merged.get(&table.then("kind")).cloned() else { return false };
        let is_key = known().key(key).is_some() || known().section(key).is_some();
        let Some(name) = kind.value.as_str().filter(|_| is_key) else { return false };
        let (_, origin) = self.merged.nearest(key);
        let message = format!("{key}: is no key of kind \"{name}\"");
        let mut problem = Problem::about(Number::WrongValue, key, &origin, message);
        problem.detail = vec![format!("kind = \"{name}\" at {}", kind.origin)];
        problem.help = if origin.is_of_layer(&kind.origin) {
            "drop it, or write the kind that has it".to_owned()
        } else {
            "files are laid over each other key by key: take it out there, or give the other kind a table of another name"
                .to_owned()
        };
        self.problems.push(problem);
        self.merged.repair(key, self.defaults)
    }

    fn drop(&mut self, path: &KeyPath) -> bool {
        if self.merged.get(path).is_none() {
            self.removed.push(path.clone());
        }
        self.merged.repair(path, self.defaults)
    }
}

/// The name in backticks after `start`, if that is how serde begins.
fn quoted<'a>(message: &'a str, start: &str) -> Option<&'a str> {
    message.strip_prefix(start)?.split('`').next()
}

/// Of the words that serde expected, the one that was probably meant.
fn nearest_of<'a>(given: &str, message: &'a str) -> Option<&'a str> {
    let expected = message.split_once("expected ")?.1.split('`').skip(1).step_by(2);
    let rated = expected.map(|word| (strsim::jaro_winkler(word, &given.to_lowercase()), word));
    rated.filter(|(likeness, _)| *likeness > 0.8).max_by(|one, two| one.0.total_cmp(&two.0)).map(|(_, word)| word)
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
