//! `account.hooks` and `[account.hook.NAME]`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::account::signature::SigningKey;
use crate::domain::Period;
use crate::outbound::{Headers, base_address, header_problems};

/// Where a person's own address stands in a command.
pub(super) const ADDRESS: &str = "{address}";
/// The most hooks.
const MAX_HOOKS: usize = 16;

/// A key below `[account]`, and what to write instead.
type Problem = (String, String);

/// One hook. There are no defaults beneath its table, so what may be left out is optional here.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum HookSettings {
    /// Dovecot, by its doveadm HTTP API.
    Doveadm(DoveadmSettings),
    /// A call of the operator's own.
    Http(Box<CallSettings>),
    /// A program on this machine.
    Command(CommandSettings),
}

/// How Dovecot calls people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserName {
    /// By the whole address.
    Address,
    /// By what stands before the `@`.
    LocalPart,
}

/// `kind = "doveadm"`.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DoveadmSettings {
    /// Like `http://127.0.0.1:8888/doveadm/v1`.
    pub url: String,
    /// Dovecot's `doveadm_api_key`.
    pub api_key: Option<SecretString>,
    /// Or its `doveadm_password`.
    pub password: Option<SecretString>,
    /// The whole address when left out.
    pub user: Option<UserName>,
    /// PEM of a private authority, believed instead of the system's; empty is none.
    pub ca_file: Option<PathBuf>,
    /// For the whole; two seconds when left out.
    pub timeout: Option<Period>,
}

/// `kind = "http"`.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallSettings {
    /// Where a change is told.
    pub url: String,
    /// Names the key that requests are signed with.
    pub key_id: Option<String>,
    /// The key.
    pub key: Option<SecretString>,
    /// Headers by name.
    pub headers: Option<BTreeMap<String, SecretString>>,
    /// Headers whose values are read from files at start.
    pub header_files: Option<BTreeMap<String, PathBuf>>,
    /// Whether success means that sessions were ended.
    pub ends_sessions: bool,
    /// PEM of a private authority, believed instead of the system's; empty is none.
    pub ca_file: Option<PathBuf>,
    /// For the whole; two seconds when left out.
    pub timeout: Option<Period>,
}

/// `kind = "command"`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommandSettings {
    /// An absolute path and its arguments; `{address}` as a whole argument is the person's primary address.
    pub command: Vec<String>,
    /// Whether success means that sessions were ended.
    pub ends_sessions: bool,
    /// It is killed after so long; two seconds when left out.
    pub timeout: Option<Period>,
}

/// An address may hold a key where it should not.
impl std::fmt::Debug for DoveadmSettings {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("DoveadmSettings").field("user", &self.user).finish_non_exhaustive()
    }
}

/// An address may hold a key where it should not.
impl std::fmt::Debug for CallSettings {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("CallSettings").field("ends_sessions", &self.ends_sessions).finish_non_exhaustive()
    }
}

impl CallSettings {
    pub(super) fn given_headers(&self) -> Headers<'_> {
        Headers { inline: self.headers.as_ref(), files: self.header_files.as_ref() }
    }

    pub(super) fn signing_key(&self) -> Option<SigningKey> {
        Some(SigningKey::new(self.key_id.as_deref()?, self.key.as_ref()?))
    }
}

impl HookSettings {
    /// How long it may take.
    pub(super) fn timeout(&self) -> Duration {
        let given = match self {
            Self::Doveadm(own) => own.timeout,
            Self::Http(own) => own.timeout,
            Self::Command(own) => own.timeout,
        };
        given.map_or(Duration::from_secs(2), Period::get)
    }

    fn check(&self, within: Period) -> Vec<(String, String)> {
        let mut problems = match self {
            Self::Doveadm(own) => own.check(),
            Self::Http(own) => own.check(),
            Self::Command(own) => own.check(),
        };
        if self.timeout() > within.get() || self.timeout() < Duration::from_millis(100) {
            problems.push(said("timeout", &format!("must be 100ms to account.hooks_timeout ({within})")));
        }
        problems
    }
}

impl DoveadmSettings {
    fn check(&self) -> Vec<Problem> {
        let mut problems = address(&self.url, "http://127.0.0.1:8888/doveadm/v1", self.ca_file.as_ref());
        let given =
            |secret: &Option<SecretString>| secret.as_ref().is_some_and(|text| !text.expose_secret().is_empty());
        if given(&self.api_key) == given(&self.password) {
            problems.push(said("api_key", "write either this, Dovecot's doveadm_api_key, or password"));
        }
        problems
    }
}

impl CallSettings {
    fn check(&self) -> Vec<Problem> {
        let mut problems = address(&self.url, "https://webmail.example.gov.cn/changed", self.ca_file.as_ref());
        problems.extend(header_problems(self.given_headers()));
        match (&self.key_id, &self.key) {
            (None, None) if self.headers.is_none() && self.header_files.is_none() => {
                problems.push(said(
                    "key_id",
                    "is missing, and so are headers, so anybody could call; write key_id and key",
                ));
            }
            (None, None) => {}
            (Some(id), Some(key)) => {
                problems.extend(SigningKey::problems(id, key).into_iter().map(|(key, problem)| said(key, &problem)));
            }
            _ => problems.push(said("key_id", "goes with key; write both or neither")),
        }
        problems
    }
}

impl CommandSettings {
    fn check(&self) -> Vec<Problem> {
        let Some((program, arguments)) = self.command.split_first() else {
            return vec![said(
                "command",
                "is empty; write a path and its arguments, like [\"/usr/local/bin/kick\", \"{address}\"]",
            )];
        };
        let mut problems = Vec::new();
        if !program.starts_with('/') {
            problems.push(said("command", "must begin with an absolute path; no shell looks it up"));
        }
        let partly = |argument: &&String| argument.contains(ADDRESS) && *argument != ADDRESS;
        if program.contains(ADDRESS) || arguments.iter().any(|argument| partly(&argument)) {
            problems.push(said("command", "holds {address} inside of an argument; write it as an argument of its own"));
        }
        if self.command.iter().any(|argument| argument.contains('\0')) {
            problems.push(said("command", "holds a NUL, which no argument can"));
        }
        problems
    }
}

/// What is wrong with the hooks as a whole and one by one.
pub(in crate::account) fn problems(
    names: &[String],
    hooks: &BTreeMap<String, HookSettings>,
    within: Period,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    if within.get() < Duration::from_millis(100) || within.get() > Duration::from_secs(30) {
        problems.push(said("hooks_timeout", &format!("{within} is out of range; write 100ms to 30s")));
    }
    if names.len() > MAX_HOOKS {
        problems.push(said("hooks", &format!("must be at most {MAX_HOOKS}")));
    }
    for (place, name) in names.iter().enumerate() {
        if !hooks.contains_key(name) {
            problems
                .push(said("hooks", &format!("there is no table [account.hook.{name}]; write it or drop the name")));
        }
        if names[..place].contains(name) {
            problems.push(said("hooks", &format!("`{name}` stands there twice; name each hook once")));
        }
    }
    for (name, hook) in hooks {
        if !names.contains(name) {
            problems.push(said(&format!("hook.{name}"), "is not used; add its name to `hooks` or drop the table"));
        }
        let own = hook.check(within).into_iter();
        problems.extend(own.map(|(key, problem)| (format!("hook.{name}.{key}"), problem)));
    }
    problems
}

fn address(url: &str, example: &str, ca_file: Option<&PathBuf>) -> Vec<Problem> {
    match base_address(url, example) {
        Err(problem) => vec![said("url", &problem)],
        Ok(url) if url.scheme() == "http" && ca_file.is_some_and(|path| !path.as_os_str().is_empty()) => {
            vec![said("ca_file", "has no use without https; drop it")]
        }
        Ok(_) => Vec::new(),
    }
}

fn said(key: &str, problem: &str) -> Problem {
    (key.to_owned(), problem.to_owned())
}
