//! All layers, read, merged, typed and checked; everything that is wrong comes back at once.

use std::path::Path;

use serde::de::DeserializeOwned;

use super::derived;
use super::file::read_file;
use super::key::KeyPath;
use super::known::DEFAULT_TEXT;
use super::layer::Layer;
use super::merged::Merged;
use super::paths;
use super::problem::{Finding, Number, Place, Problem};
use super::read::read;
use super::report::Report;
use super::secret_file;
use super::sources::{Inputs, Sources};
use super::spoken::{read_arguments, read_environment};

/// How many values one layer gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerRead {
    /// The file, `environment` or `--set`.
    pub name: String,
    /// How many keys it set.
    pub keys: usize,
}

/// A configuration that may be started with.
#[derive(Debug)]
pub struct Loaded<T> {
    /// The settings.
    pub settings: T,
    /// Every value with its origin.
    pub merged: Merged,
    /// What the operator should know; no errors among it.
    pub notes: Report,
    /// What was read.
    pub layers: Vec<LayerRead>,
}

/// Loads a configuration into `T`; `check` says what is wrong with values that could be read.
///
/// # Errors
/// Everything that is wrong, and the notes.
pub fn load<T: DeserializeOwned>(
    inputs: &Inputs,
    sources: &dyn Sources,
    check: impl FnOnce(&T, &Merged) -> Vec<Finding>,
) -> Result<Loaded<T>, Report> {
    let defaults = defaults();
    let mut stack = Stack { merged: defaults.clone(), problems: Vec::new(), secrets: Vec::new(), layers: Vec::new() };
    stack.gather(inputs, sources);
    paths::resolve(&mut stack.merged, sources, false);
    stack.problems.extend(secret_file::fill_in(&mut stack.merged, sources));
    stack.secrets.extend(stack.merged.secrets());

    // What nobody wrote is shown as the reference file has it, and used as an absolute path all the same.
    let mut complete = stack.merged.clone();
    paths::resolve(&mut complete, sources, true);
    derived::fill_in(&mut complete);
    let reading = read::<T>(complete, &defaults, &stack.problems);
    stack.problems.extend(reading.problems);
    if let Some(settings) = &reading.settings {
        stack.judge(check(settings, &stack.merged), &reading.removed);
    }
    let of_kind = |problem: Problem| {
        let kind = problem.key.as_ref().and_then(|key| stack.merged.kind_of(key)).map(str::to_owned);
        problem.of_kind(kind.as_deref())
    };
    let problems = stack.problems.into_iter().map(of_kind).collect();
    let report = Report::new(problems, stack.secrets);
    match reading.settings {
        Some(settings) if report.errors() == 0 => {
            Ok(Loaded { settings, merged: stack.merged, notes: report, layers: stack.layers })
        }
        _ => Err(report),
    }
}

/// The reference file as the bottom layer.
fn defaults() -> Merged {
    let mut merged = Merged::default();
    merged.lay(&mut read_file("built-in defaults", DEFAULT_TEXT));
    merged.forget_places();
    merged
}

struct Stack {
    merged: Merged,
    problems: Vec<Problem>,
    secrets: Vec<String>,
    layers: Vec<LayerRead>,
}

impl Stack {
    fn gather(&mut self, inputs: &Inputs, sources: &dyn Sources) {
        for preset in &inputs.presets {
            self.lay(&preset.name, read_file(&preset.name, &preset.text));
        }
        for path in &inputs.files {
            match text_of(path, sources) {
                Ok(text) => self.lay(&path.display().to_string(), read_file(&path.display().to_string(), &text)),
                Err(problem) => self.problems.push(*problem),
            }
        }
        let environment = read_environment(&sources.variables(), &self.merged.paths());
        self.lay("environment", environment);
        self.lay("--set", read_arguments(&inputs.sets));
    }

    fn lay(&mut self, name: &str, mut layer: Layer) {
        self.layers.push(LayerRead { name: name.to_owned(), keys: layer.entries.len() });
        self.merged.lay(&mut layer);
        self.problems.append(&mut layer.problems);
        self.secrets.append(&mut layer.secrets);
    }

    /// Turns findings into problems, in the order of findings, without those that only follow from what is reported already.
    fn judge(&mut self, findings: Vec<Finding>, removed: &[KeyPath]) {
        let unreadable =
            self.problems.iter().any(|problem| matches!(problem.number, Number::Syntax | Number::Unreadable));
        let unread: Vec<_> = self.problems.iter().filter_map(|problem| problem.key.clone()).collect();
        let mut missing = Vec::new();
        for finding in findings {
            let key = KeyPath::dotted(&finding.key);
            let (_, origin) = self.merged.nearest(&key);
            let follows = unread.contains(&key)
                // That a value is too short is no news once it is missing.
                || missing.contains(&key)
                || removed.iter().any(|table| table.names().first() == key.names().first())
                // What an unreadable file would have set looks as if nobody had set it.
                || (unreadable && origin.is_default());
            if follows {
                continue;
            }
            if matches!(finding.number, Number::SecretMissing | Number::NoProvider) {
                missing.push(key.clone());
            }
            self.problems.push(Problem::found(finding, &key, &origin));
        }
    }
}

fn text_of(path: &Path, sources: &dyn Sources) -> Result<String, Box<Problem>> {
    let problem = |reason: String| {
        Box::new(Problem::new(
            Number::Unreadable,
            format!("cannot read {}: {reason}", path.display()),
            Place::Named(path.display().to_string()),
            "resetgate config example --minimal --out resetgate.toml writes one to begin with",
        ))
    };
    let bytes = sources.read(path).map_err(|error| problem(error.to_string()))?;
    String::from_utf8(bytes)
        .map_err(|error| problem(format!("not UTF-8 text after byte {}", error.utf8_error().valid_up_to())))
}
