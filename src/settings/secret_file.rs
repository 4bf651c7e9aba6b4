//! Secrets that a file holds: `pepper_file` in place of `pepper`.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use toml::Value;

use super::key::KeyPath;
use super::known::{Found, known};
use super::merged::{Held, Merged};
use super::origin::Origin;
use super::paths::base_of;
use super::problem::{Level, Number, Problem};
use super::sources::Sources;
use crate::domain::{has_blank_edge, single_value};

/// Replaces every `KEY_file` by the value that its file holds. What goes wrong is returned, and the key stays empty.
pub fn fill_in(merged: &mut Merged, sources: &dyn Sources) -> Vec<Problem> {
    let paths = merged.paths();
    let named = paths.iter().filter(|path| matches!(known().find(path), Found::File(_)));
    let mut problems = Vec::new();
    for file_key in named {
        let (Some(held), Some(key)) = (merged.take(file_key), file_key.value_form()) else { continue };
        let Some(named) = held.value.as_str().filter(|named| !named.is_empty()) else { continue };
        // "" is how a key says that it has no value, so it is none that was given.
        let inline = merged.get(&key).filter(|inline| inline.value.as_str() != Some(""));
        if let Some(inline) = inline {
            problems.push(given_twice(&key, file_key, inline, &held.origin));
            continue;
        }
        match read(named, sources) {
            Ok((path, text)) => {
                problems.extend(has_blank_edge(&text).then(|| blank_edge(file_key, &held.origin, &path)));
                let origin = Origin::SecretFile { path, by: Box::new(held.origin) };
                merged.set(key, Value::String(text), origin);
            }
            Err(unread) => {
                let message = format!("{file_key}: {}", unread.reason);
                let mut problem = Problem::about(Number::SecretFile, file_key, &held.origin, message);
                problem.help = help(&key, named, &held.origin, &unread, sources);
                // Nothing is known about the value, so no check of it is reported beside this.
                problem.key = Some(key);
                problems.push(problem);
            }
        }
    }
    problems
}

/// What to do about a file that gives no value. That a new secret be made only where there surely is none: it would take the
/// place of one that is used.
fn help(key: &KeyPath, named: &str, by: &Origin, unread: &Unread, sources: &dyn Sources) -> String {
    const READABLE: &str = "readable by the account that runs the service";
    if let Some(elsewhere) = elsewhere(named, by, sources) {
        return format!(
            "there is a file {}: write that path; a relative one begins at the directory of the file that names it",
            elsewhere.display()
        );
    }
    match unread.kind {
        Some(ErrorKind::NotFound) if is_ours(key) => format!("resetgate secret new --out {named}, {READABLE}"),
        None if is_ours(key) && !named.starts_with('$') => {
            format!(
                "put the secret back into {named}; if there never was one, remove the file, then resetgate secret new --out {named}"
            )
        }
        Some(ErrorKind::NotFound) | None if !named.starts_with('$') => {
            format!("write the one that you were given into {named}, alone on one line, {READABLE}")
        }
        Some(_) => format!("make {named} a file that is {READABLE}"),
        None => "name the file by a plain path, or start the service by systemd with LoadCredential=".to_owned(),
    }
}

/// The same relative path from the working directory, where it began before it began at its file, if there is something.
fn elsewhere(named: &str, by: &Origin, sources: &dyn Sources) -> Option<PathBuf> {
    let Origin::File(spot) = by else { return None };
    let base = base_of(Path::new(&spot.source.name), sources)?;
    let relative = Path::new(named).strip_prefix(base).ok().filter(|relative| !relative.as_os_str().is_empty())?;
    let path = sources.absolute(relative);
    (path != Path::new(named) && sources.read(&path).is_ok()).then_some(path)
}

fn blank_edge(file_key: &KeyPath, by: &Origin, path: &Path) -> Problem {
    let message =
        format!("{file_key}: {} begins or ends with something blank, which is part of the secret", path.display());
    let problem = Problem::about(Number::Remark, file_key, by, message);
    Problem {
        level: Level::Note,
        help: "take it out unless it belongs there; line ends at the end do not count".to_owned(),
        ..problem
    }
}

/// Whether the secret is one that we make up, and not one that somebody else gave out.
fn is_ours(key: &KeyPath) -> bool {
    let key = key.to_string();
    let below = |table: &str, name: &str| key.starts_with(table) && key.ends_with(name);
    ["code.pepper", "code.previous_pepper", "audit.key", "account.http.key"].contains(&key.as_str())
        || below("sms.receipts.", ".secret")
        || below("account.hook.", ".key")
}

fn given_twice(key: &KeyPath, file_key: &KeyPath, inline: &Held, by: &Origin) -> Problem {
    let message = format!("{key} is given twice, as a value and as a file");
    let mut problem = Problem::about(Number::SecretTwice, key, by, message);
    problem.detail = vec![format!("{} at {}", key.last(), inline.origin), format!("{} at {by}", file_key.last())];
    problem.help = format!("keep one of {} and {}", key.last(), file_key.last());
    problem
}

/// The path with `$CREDENTIALS_DIRECTORY` filled in, and the value that the file holds.
fn read(named: &str, sources: &dyn Sources) -> Result<(PathBuf, String), Unread> {
    let path = expand(named, sources).map_err(Unread::named)?;
    let bytes = sources.read(&path).map_err(|error| Unread {
        reason: format!("cannot read {}: {error}", path.display()),
        kind: Some(error.kind()),
    })?;
    let text = String::from_utf8(bytes).map_err(|_| {
        Unread::named(format!("{} is not UTF-8 text; write it anew with a plain editor", path.display()))
    })?;
    let value = single_value(&text);
    if value.is_empty() {
        return Err(Unread::named(format!("{} is empty", path.display())));
    }
    Ok((path, value.to_owned()))
}

/// Why a file gives no value.
struct Unread {
    reason: String,
    /// Of the operating system, where it was its word.
    kind: Option<ErrorKind>,
}

impl Unread {
    const fn named(reason: String) -> Self {
        Self { reason, kind: None }
    }
}

/// The path with `$CREDENTIALS_DIRECTORY` filled in.
pub(super) fn expand(named: &str, sources: &dyn Sources) -> Result<PathBuf, String> {
    for start in ["$CREDENTIALS_DIRECTORY", "${CREDENTIALS_DIRECTORY}"] {
        let Some(rest) = named.strip_prefix(start).filter(|rest| rest.starts_with('/')) else { continue };
        let directory = sources.variable("CREDENTIALS_DIRECTORY").ok_or_else(|| {
            "$CREDENTIALS_DIRECTORY is not set; systemd sets it for units with LoadCredential=".to_owned()
        })?;
        return Ok(PathBuf::from(format!("{}{rest}", directory.trim_end_matches('/'))));
    }
    Ok(PathBuf::from(named))
}
