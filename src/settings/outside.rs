//! Files of others that keys name: authorities, certificates, headers, programs. They are opened where they are used; here it
//! is only told, with everything else, that one could not be.

use std::path::Path;

use toml::Value;

use super::key::KeyPath;
use super::merged::Merged;
use super::problem::{Finding, Number};
use super::secret_file::expand;
use super::sources::Sources;
use crate::domain::{has_blank_edge, single_value};

/// Keys that name a PEM file.
const PEM: [&str; 3] = ["ca_file", "client_cert_file", "client_key_file"];

/// What is wrong with the files of tables that are in use.
#[must_use]
pub fn findings(merged: &Merged, sources: &dyn Sources) -> Vec<Finding> {
    let told = |(path, problem): (&KeyPath, Problem)| {
        let key = path.names().join(".");
        if problem.is_note {
            Finding::note(&key, problem.what, problem.help)
        } else {
            Finding::error(Number::NamedFile, &key, problem.what, problem.help)
        }
    };
    let used = merged.iter().filter(|(path, _)| is_used(merged, path));
    let problems = used.flat_map(|(path, held)| {
        let problems = match (path.last(), &held.value) {
            (last, Value::String(file)) if PEM.contains(&last) => pem(file, sources).into_iter().collect(),
            ("header_files", Value::Table(files)) => {
                files.iter().filter_map(|(_, file)| header(file.as_str()?, sources)).collect()
            }
            ("command", Value::Array(words)) => {
                words.first().and_then(Value::as_str).and_then(|file| program(file, sources)).into_iter().collect()
            }
            _ => Vec::new(),
        };
        problems.into_iter().map(move |problem| (path, problem))
    });
    problems.map(told).collect()
}

struct Problem {
    what: String,
    help: &'static str,
    is_note: bool,
}

impl Problem {
    const fn new(what: String, help: &'static str) -> Self {
        Self { what, help, is_note: false }
    }
}

/// Tables of hooks that are not run and of stores that nobody asks are as they come.
fn is_used(merged: &Merged, path: &KeyPath) -> bool {
    let names: Vec<_> = path.names().iter().map(String::as_str).collect();
    match names[..] {
        ["sms", "provider", ..] => true,
        ["account", "hook", name, ..] => {
            let hooks = merged.at("account.hooks").and_then(Value::as_array);
            hooks.into_iter().flatten().any(|hook| hook.as_str() == Some(name))
        }
        ["account", store, ..] => merged.at("account.kind").and_then(Value::as_str) == Some(store),
        _ => false,
    }
}

fn pem(file: &str, sources: &dyn Sources) -> Option<Problem> {
    const HELP: &str = "name a readable file in PEM, whose first line is -----BEGIN …-----";
    if file.is_empty() {
        return None;
    }
    match sources.read(Path::new(file)) {
        Err(error) => Some(Problem::new(format!("cannot read {file}: {error}"), HELP)),
        Ok(bytes) => {
            let has_begin = bytes.windows(11).any(|signs| signs == b"-----BEGIN ");
            (!has_begin).then(|| Problem::new(format!("{file} is not PEM"), HELP))
        }
    }
}

fn header(file: &str, sources: &dyn Sources) -> Option<Problem> {
    const HELP: &str = "name a file that holds the header's value, readable by the account that runs the service";
    // Headers know the plain form of the variable alone.
    let path = if file.starts_with("${") { Ok(file.into()) } else { expand(file, sources) };
    let read =
        path.and_then(|path| sources.read(&path).map_err(|error| format!("cannot read {}: {error}", path.display())));
    match read {
        Err(problem) => Some(Problem::new(problem, HELP)),
        Ok(bytes) => {
            let has_blank = std::str::from_utf8(&bytes).is_ok_and(|text| has_blank_edge(single_value(text)));
            let what = format!("{file} begins or ends with something blank, which is sent as part of the header");
            has_blank.then(|| Problem { is_note: true, ..Problem::new(what, "take it out unless it belongs there") })
        }
    }
}

/// Of a path that is not absolute another check tells.
fn program(file: &str, sources: &dyn Sources) -> Option<Problem> {
    const HELP: &str = "name a program by its absolute path, and make it one with chmod +x";
    let path = Path::new(file);
    let problem = match sources.is_program(path) {
        _ if !path.is_absolute() => return None,
        Ok(true) => return None,
        Ok(false) => format!("{file} is no program: it cannot be executed"),
        Err(error) => format!("cannot find {file}: {error}"),
    };
    Some(Problem::new(problem, HELP))
}
