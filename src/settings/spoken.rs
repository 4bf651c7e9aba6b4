//! Values from the environment and from `--set`.

use std::ffi::OsString;

use super::convert::convert;
use super::file::did_you_mean;
use super::key::KeyPath;
use super::known::{Found, Key, known};
use super::layer::{Entry, Layer};
use super::origin::Origin;
use super::problem::{Level, Number, Place, Problem, how_to_write};
use crate::domain::{has_blank_edge, single_value};

/// How every variable of this service begins. `RESETGATE_CONFIG`, with one underscore, is no setting.
const PREFIX: &str = "RESETGATE__";

/// Reads the environment. `taken` are the keys that lower layers have: names that the operator chose are found there.
#[must_use]
pub fn read_environment(variables: &[(OsString, OsString)], taken: &[KeyPath]) -> Layer {
    let mut layer = Layer::default();
    let mut ours: Vec<_> = variables
        .iter()
        .filter_map(|(name, value)| Some((name.to_str()?, value)))
        .filter(|(name, _)| name.get(..PREFIX.len()).is_some_and(|start| start.eq_ignore_ascii_case(PREFIX)))
        .collect();
    ours.sort_unstable();
    for (name, value) in ours {
        let origin = Origin::Variable(name.to_owned());
        let Some(path) = named_by(name, taken) else {
            layer.problems.push(unknown(name, &origin));
            continue;
        };
        match value.to_str() {
            Some(text) => give(&mut layer, path, text, origin),
            None => layer.problems.push(Problem::about(
                Number::NotText,
                &path,
                &origin,
                format!("the value of {name} is not UTF-8 text"),
            )),
        }
    }
    layer
}

/// Reads the arguments of `--set`.
#[must_use]
pub fn read_arguments(arguments: &[String]) -> Layer {
    let mut layer = Layer::default();
    for (index, argument) in arguments.iter().enumerate() {
        let plain = |sign: char| sign.is_ascii_alphanumeric() || "_-.".contains(sign);
        let Some((name, text)) = argument.split_once('=').filter(|(name, _)| name.trim().chars().all(plain)) else {
            // The argument is not repeated: what follows a forgotten equals sign may be a secret.
            layer.problems.push(Problem::new(
                Number::Argument,
                format!("argument {} of --set is not section.key=value", index + 1),
                Place::Named("command line".into()),
                "like --set server.listen=0.0.0.0:8080",
            ));
            continue;
        };
        let path = KeyPath::dotted(name.trim());
        let origin = Origin::Argument(path.clone());
        match known().find(&path) {
            Found::Key(_) | Found::File(_) => give(&mut layer, path, text, origin),
            Found::Section | Found::Unknown => {
                let message = format!("`{path}` is no key");
                let problem = Problem::new(
                    Number::UnknownKey,
                    message,
                    Place::Named(origin.to_string()),
                    how_to_write(&path, None),
                );
                layer.problems.push(problem.with_label(did_you_mean(&path, false)));
            }
        }
    }
    layer
}

/// Takes `text` as the value of `path`, which is known to be a key or the file form of one.
fn give(layer: &mut Layer, path: KeyPath, text: &str, origin: Origin) {
    let (key, names_file): (&Key, bool) = match known().find(&path) {
        Found::Key(key) => (key, false),
        Found::File(key) => (key, true),
        Found::Section | Found::Unknown => return,
    };
    // Arguments have an order, so the later wins; variables have none.
    if matches!(origin, Origin::Argument(_)) {
        layer.entries.retain(|entry| entry.path != path);
    }
    if layer.entries.iter().any(|entry| entry.path == path) {
        let message = format!("{path} is given twice");
        layer.problems.push(Problem::about(Number::GivenTwice, &path, &origin, message));
        return;
    }
    // No setting begins with a byte order mark or ends with a line end; files of variables from other systems do.
    let text = single_value(text);
    let hidden = key.hides(Some(text)) && !names_file;
    if hidden {
        layer.secrets.push(text.to_owned());
    }
    if key.secret && !names_file && has_blank_edge(text) {
        let message = format!("{origin}: {path} begins or ends with something blank, which is part of the secret");
        let note = Problem::about(Number::Remark, &path, &origin, message);
        layer.problems.push(Problem {
            level: Level::Note,
            help: "take it out unless it belongs there".to_owned(),
            ..note
        });
    }
    match convert(key.kind, text) {
        Ok(value) => {
            if hidden {
                layer.keep_secret(&value);
            }
            layer.entries.push(Entry { path, value, origin });
        }
        Err(problem) => {
            let shown = if hidden { String::new() } else { format!(", not `{}`", text.escape_debug()) };
            let message = format!("{origin}: {path} {problem}{shown}");
            layer.problems.push(Problem::about(Number::WrongKind, &path, &origin, message));
        }
    }
}

fn unknown(name: &str, origin: &Origin) -> Problem {
    let names = name.get(PREFIX.len()..).unwrap_or_default().to_lowercase();
    let path = KeyPath::new(names.split("__"));
    let message = format!("{} names no key", name.escape_debug());
    let problem =
        Problem::new(Number::UnknownKey, message, Place::Named(origin.to_string()), how_to_write(&path, None));
    problem.with_label(match known().suggest(&path) {
        Some(meant) => format!("did you mean {}?", path.parent().then(&meant).variable()),
        None => did_you_mean(&path, false),
    })
}

/// The key that a variable names, whatever its case.
fn named_by(variable: &str, taken: &[KeyPath]) -> Option<KeyPath> {
    let names: Vec<_> = variable.get(PREFIX.len()..)?.split("__").collect();
    let chosen = known().keys().iter().find_map(|key| {
        let pattern = key.pattern();
        fits(pattern, &names).then(|| resolve(key, &names, taken)).or_else(|| {
            let (last, first) = names.split_last()?;
            let value_name = last.get(..last.len().checked_sub("_file".len())?)?;
            let is_file = key.has_file_form() && last[value_name.len()..].eq_ignore_ascii_case("_file");
            let names: Vec<_> = first.iter().copied().chain([value_name]).collect();
            (is_file && fits(pattern, &names)).then(|| resolve(key, &names, taken).file_form())
        })
    })?;
    Some(chosen)
}

fn fits(pattern: &[String], names: &[&str]) -> bool {
    let same =
        |(want, name): (&String, &&str)| if want == "*" { !name.is_empty() } else { folded(want) == folded(name) };
    pattern.len() == names.len() && pattern.iter().zip(names).all(same)
}

/// Environment names have neither case nor hyphens that one could rely on.
fn folded(name: &str) -> String {
    name.to_lowercase().replace('-', "_")
}

/// Fills in the names that the operator chose: as a lower layer wrote them, or else as the variable does.
fn resolve(key: &Key, names: &[&str], taken: &[KeyPath]) -> KeyPath {
    let is_locale = key.is_by_language();
    key.pattern().iter().zip(names).fold(KeyPath::root(), |at, (want, name)| {
        if want != "*" {
            return at.then(want);
        }
        let depth = at.names().len();
        let same = |path: &&KeyPath| {
            path.is_within(&at) && path.names().get(depth).is_some_and(|known| folded(known) == folded(name))
        };
        match taken.iter().find(same).and_then(|path| path.names().get(depth)) {
            Some(known) => at.then(known),
            None if is_locale => at.then(&locale(name)),
            None if name.chars().any(char::is_lowercase) => at.then(name),
            None => at.then(&name.to_lowercase()),
        }
    })
}

/// `ZH_TW` as the tag `zh-TW`.
fn locale(name: &str) -> String {
    let mut parts = name.split(['_', '-']);
    let language = parts.next().unwrap_or_default().to_lowercase();
    parts.fold(language, |tag, part| {
        let part = if part.len() == 2 { part.to_uppercase() } else { part.to_owned() };
        format!("{tag}-{part}")
    })
}
