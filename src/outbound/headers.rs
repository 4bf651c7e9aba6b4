//! Headers of a request, from the settings and from files.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::domain::single_value;

/// A key below the table, and what to write instead.
type Problem = (String, String);

/// What frames a request is written by the client alone.
const RESERVED: [&str; 6] = ["host", "content-length", "transfer-encoding", "connection", "te", "upgrade"];

/// The keys `headers` and `header_files` of a table.
#[derive(Clone, Copy)]
pub struct Headers<'a> {
    /// Values by name.
    pub inline: Option<&'a BTreeMap<String, SecretString>>,
    /// Files that hold the values, by name.
    pub files: Option<&'a BTreeMap<String, PathBuf>>,
}

/// Problems of names and inline values; files are read at start.
#[must_use]
pub fn header_problems(given: Headers<'_>) -> Vec<Problem> {
    let inline = given.inline.into_iter().flatten();
    let named = inline.clone().map(|(name, _)| ("headers", name));
    let named = named.chain(given.files.into_iter().flatten().map(|(name, _)| ("header_files", name)));
    let mut seen = Vec::new();
    let mut problems = Vec::new();
    for (key, name) in named {
        let lower = name.to_ascii_lowercase();
        let problem = if HeaderName::from_bytes(name.as_bytes()).is_err() {
            Some("is not a header name")
        } else if RESERVED.contains(&lower.as_str()) {
            Some("is written by the client itself; drop it")
        } else if seen.contains(&lower) {
            Some("is given twice; give it once, in headers or in header_files")
        } else {
            None
        };
        problems.extend(problem.map(|problem| (format!("{key}.{name}"), problem.to_owned())));
        seen.push(lower);
    }
    for (name, value) in inline {
        problems.extend(header_value(value.expose_secret()).err().map(|problem| (format!("headers.{name}"), problem)));
    }
    problems
}

/// All headers of a request, values marked as not to be shown. `credentials` stands for `$CREDENTIALS_DIRECTORY`.
///
/// # Errors
/// Names the first key that cannot be used.
pub fn read_headers(given: Headers<'_>, credentials: Option<&OsStr>) -> Result<HeaderMap, Problem> {
    let mut headers = HeaderMap::new();
    for (name, value) in given.inline.into_iter().flatten() {
        insert(&mut headers, name, value.expose_secret()).map_err(|problem| (format!("headers.{name}"), problem))?;
    }
    for (name, path) in given.files.into_iter().flatten() {
        let value = file(path, credentials);
        let inserted = value.and_then(|value| insert(&mut headers, name, &value));
        inserted.map_err(|problem| (format!("header_files.{name}"), problem))?;
    }
    Ok(headers)
}

fn insert(headers: &mut HeaderMap, name: &str, value: &str) -> Result<(), String> {
    let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| "is not a header name".to_owned())?;
    headers.insert(name, header_value(value)?);
    Ok(())
}

/// The value is not repeated in the error: it is a secret.
fn header_value(value: &str) -> Result<HeaderValue, String> {
    let visible = !value.is_empty() && value.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
    let made = HeaderValue::from_str(value).ok().filter(|_| visible);
    let mut made = made.ok_or("is empty or holds signs that a header cannot carry; write visible ASCII on one line")?;
    made.set_sensitive(true);
    Ok(made)
}

/// The value in a file.
fn file(path: &Path, credentials: Option<&OsStr>) -> Result<Zeroizing<String>, String> {
    let path = filled_in(path, credentials)?;
    let text = std::fs::read_to_string(&path).map(Zeroizing::new);
    let text = text.map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(Zeroizing::new(single_value(&text).to_owned()))
}

/// `$CREDENTIALS_DIRECTORY` at the start of a path is where systemd put the secrets.
fn filled_in(path: &Path, credentials: Option<&OsStr>) -> Result<PathBuf, String> {
    match path.strip_prefix("$CREDENTIALS_DIRECTORY") {
        Err(_) => Ok(path.to_owned()),
        Ok(rest) => credentials.map(|directory| Path::new(directory).join(rest)).ok_or_else(|| {
            "$CREDENTIALS_DIRECTORY is not set; start it by a systemd unit with LoadCredential=, or write a plain path".to_owned()
        }),
    }
}

#[cfg(test)]
mod tests;
