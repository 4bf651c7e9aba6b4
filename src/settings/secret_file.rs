//! Secrets that a file holds: `pepper_file` in place of `pepper`.

use std::path::PathBuf;

use toml::Value;

use super::key::KeyPath;
use super::known::{Found, known};
use super::merged::{Held, Merged};
use super::origin::Origin;
use super::problem::{Number, Problem};
use super::sources::Sources;

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
                let origin = Origin::SecretFile { path, by: Box::new(held.origin) };
                merged.set(key, Value::String(text), origin);
            }
            Err(reason) => {
                let message = format!("{file_key}: {reason}");
                let mut problem = Problem::about(Number::SecretFile, file_key, &held.origin, message);
                problem.help = if is_ours(&key) {
                    format!("resetgate secret new --out {named}, readable by the account that runs the service")
                } else {
                    format!(
                        "write the one that you were given into {named}, alone on one line, readable by the account that runs the service"
                    )
                };
                // Nothing is known about the value, so no check of it is reported beside this.
                problem.key = Some(key);
                problems.push(problem);
            }
        }
    }
    problems
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

/// The path with `$CREDENTIALS_DIRECTORY` filled in, and what the file holds without its last line end.
fn read(named: &str, sources: &dyn Sources) -> Result<(PathBuf, String), String> {
    let path = expand(named, sources)?;
    let bytes = sources.read(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    let text = String::from_utf8(bytes).map_err(|_| format!("{} is not UTF-8 text", path.display()))?;
    let text = text.strip_suffix('\n').map_or(text.as_str(), |text| text.strip_suffix('\r').unwrap_or(text));
    if text.is_empty() {
        return Err(format!("{} is empty", path.display()));
    }
    Ok((path, text.to_owned()))
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
