//! Section `[audit]` of the configuration.

use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

/// The fewest characters of a key.
const SHORTEST_KEY: usize = 32;

/// Where the trail is kept, and under which key.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditSettings {
    /// The directory; made when it is not there.
    pub path: PathBuf,
    /// Chains the lines and hashes addresses and numbers. Another key begins another trail, in another directory.
    pub key: SecretString,
}

impl AuditSettings {
    /// What is wrong: the key inside the section, and what to write instead.
    #[must_use]
    pub fn check(&self) -> Vec<(&'static str, String)> {
        let mut problems = Vec::new();
        if self.path.as_os_str().is_empty() {
            problems.push(("path", "is empty; write a directory, like \"/var/lib/resetgate/audit\"".to_owned()));
        }
        let length = self.key.expose_secret().chars().count();
        if length < SHORTEST_KEY {
            let problem = format!("has {length} characters and needs {SHORTEST_KEY}; make one: resetgate secret new");
            problems.push(("key", problem));
        }
        problems
    }
}
