//! `[account]`, `[account.sqlite]` and `[account.hash]` of the configuration. Other adapters keep theirs themselves.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use super::MaxAge;
use super::hashing::{
    MAX_BLF_COST, MAX_LANES, MAX_MEMORY_KIB, MAX_PASSES, MAX_PBKDF2_ROUNDS, MAX_SHA_ROUNDS, Mark, Scheme,
};
use super::hooks::{self, HookSettings};
use super::http::HttpStoreSettings;
use super::ldap::LdapSettings;
use super::sql::SqlSettings;
use crate::domain::{ByteSize, Period, Region};

/// Where the accounts live.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AccountKind {
    /// The embedded store, one file.
    Sqlite,
    /// An account API of the operator's own.
    Http,
    /// A directory: LDAP or Active Directory.
    Ldap,
    /// A database of another program.
    Sql,
}

impl AccountKind {
    /// The word in the configuration, and the name of its table.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Http => "http",
            Self::Ldap => "ldap",
            Self::Sql => "sql",
        }
    }
}

/// `[account]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountSettings {
    /// Which adapter.
    pub kind: AccountKind,
    /// A store that takes longer is unavailable (100 ms to 60 s).
    pub timeout: Period,
    /// Validity a person may choose, in the order pages show it.
    pub max_age_choices: Vec<MaxAge>,
    /// Country of stored numbers without a country code.
    pub region: Region,
    /// Names of hook tables that are run after a password was written, in this order.
    pub hooks: Vec<String>,
    /// For all of them together (100 ms to 30 s).
    pub hooks_timeout: Period,
    /// The hooks by name. The defaults have none, so the whole table may be missing.
    #[serde(default)]
    pub hook: BTreeMap<String, HookSettings>,
    /// The embedded store.
    pub sqlite: SqliteSettings,
    /// The account API.
    pub http: HttpStoreSettings,
    /// The directory; boxed, because settings travel through many futures and most have none.
    pub ldap: Box<LdapSettings>,
    /// A database of another program.
    pub sql: SqlSettings,
    /// What a hash costs and how many are made at once.
    pub hash: HashSettings,
}

/// `[account.sqlite]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SqliteSettings {
    /// The file; made when it is missing, its directory is not.
    pub path: PathBuf,
    /// How long to wait for another process's lock; shorter than `account.timeout`.
    pub busy_timeout: Period,
}

/// `[account.hash]`: how passwords are written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HashSettings {
    /// The scheme of new passwords.
    pub scheme: Scheme,
    /// What stands before a new hash.
    pub prefix: Mark,
    /// Memory of one argon2id hash (7 MiB to 256 MiB).
    pub memory: ByteSize,
    /// Passes over that memory (1 to 16).
    pub passes: u32,
    /// Lanes (1 to 16).
    pub lanes: u32,
    /// Cost of BLF-CRYPT: the logarithm of its rounds (10 to 14).
    pub blf_cost: u32,
    /// Rounds of SHA512-CRYPT (100 000 to 1 000 000).
    pub sha512_rounds: u32,
    /// Rounds of PBKDF2 (1 300 000 to 5 000 000).
    pub pbkdf2_rounds: u32,
    /// Hashes at once; 0 is one per processor (at most 256).
    pub workers: usize,
    /// Hashes that may wait (at most 10 000).
    pub queue: usize,
}

/// OWASP's least for bcrypt.
const MIN_BLF_COST: u32 = 10;
/// As long as OWASP's least for the others takes.
const MIN_SHA_ROUNDS: u32 = 100_000;
/// OWASP's number for HMAC-SHA-1.
const MIN_PBKDF2_ROUNDS: u32 = 1_300_000;

type Problem = (String, String);

impl AccountSettings {
    /// `[account.hash]`, with what the preset of `[account.sql]` brings where nothing else is written.
    #[must_use]
    pub fn hash_of_store(&self) -> HashSettings {
        let mut hash = self.hash.clone();
        if hash.prefix == Mark::Auto && self.kind == AccountKind::Sql {
            hash.prefix = self.sql.preset.mark();
        }
        hash
    }

    /// What is out of range, as key below `[account]` and what to write instead.
    #[must_use]
    pub fn check(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let timeout = self.timeout.get();
        if timeout < Duration::from_millis(100) || timeout > Duration::from_mins(1) {
            problems.push(("timeout".to_owned(), format!("{} is out of range; write 100ms to 60s", self.timeout)));
        }
        if self.max_age_choices.is_empty() {
            problems.push(("max_age_choices".to_owned(), "is empty; write at least one, like [\"never\"]".to_owned()));
        }
        let repeated = (1..self.max_age_choices.len())
            .find(|&index| self.max_age_choices[..index].contains(&self.max_age_choices[index]));
        if let Some(index) = repeated {
            let choice = self.max_age_choices[index];
            problems.push(("max_age_choices".to_owned(), format!("holds {choice} twice; write it once")));
        }
        let own = |table: &'static str, found: Vec<(&'static str, String)>| {
            found.into_iter().map(move |(key, problem)| (format!("{table}.{key}"), problem))
        };
        // The tables of stores that are not in use are as they come.
        match self.kind {
            AccountKind::Sqlite => problems.extend(own("sqlite", self.sqlite.check(self.timeout))),
            AccountKind::Ldap => {
                let found = self.ldap.check(self.timeout, self.hash.scheme, &self.max_age_choices);
                problems.extend(found.into_iter().map(|(key, problem)| (key.to_owned(), problem)));
            }
            AccountKind::Sql => {
                let found = self.sql.check(&self.max_age_choices);
                problems.extend(found.into_iter().map(|(key, problem)| (key.to_owned(), problem)));
            }
            AccountKind::Http => problems.extend(own("http", self.http.check(self.timeout))),
        }
        problems.extend(own("hash", self.hash.check()));
        problems.extend(hooks::problems(&self.hooks, &self.hook, self.hooks_timeout));
        problems
    }
}

impl SqliteSettings {
    fn check(&self, timeout: Period) -> Vec<(&'static str, String)> {
        let mut problems = Vec::new();
        if self.path.as_os_str().is_empty() {
            problems.push(("path", "is empty; write a file like \"/var/lib/resetgate/accounts.db\"".to_owned()));
        }
        // Otherwise the store's own time-out comes first, and nobody learns that a lock was the reason.
        if self.busy_timeout >= timeout {
            let problem = format!("{} is not shorter than account.timeout ({timeout}); write less", self.busy_timeout);
            problems.push(("busy_timeout", problem));
        }
        problems
    }
}

impl HashSettings {
    /// Memory of one hash in KiB, as argon2 counts.
    #[must_use]
    pub fn memory_kib(&self) -> u32 {
        u32::try_from(self.memory.get() / 1024).unwrap_or(u32::MAX)
    }

    fn check(&self) -> Vec<(&'static str, String)> {
        let mut problems = Vec::new();
        let memory = self.memory_kib();
        if !(7 * 1024..=MAX_MEMORY_KIB).contains(&memory) {
            problems.push(("memory", format!("{} is out of range; write 7MiB to 256MiB", self.memory)));
        }
        if !(1..=MAX_PASSES).contains(&self.passes) {
            problems.push(("passes", format!("{} is out of range; write 1 to {MAX_PASSES}", self.passes)));
        } else if memory.saturating_mul(self.passes) < 35 * 1024 {
            // The OWASP choices 46/1, 19/2, 12/3, 9/4 and 7/5 all reach 35 MiB times passes.
            let problem =
                "memory times passes is below 35MiB, OWASP's weakest choice; write memory = \"19MiB\", passes = 2";
            problems.push(("passes", problem.to_owned()));
        }
        if !(1..=MAX_LANES).contains(&self.lanes) {
            problems.push(("lanes", format!("{} is out of range; write 1 to {MAX_LANES}", self.lanes)));
        }
        let ranges = [
            ("blf_cost", self.blf_cost, MIN_BLF_COST, MAX_BLF_COST),
            ("sha512_rounds", self.sha512_rounds, MIN_SHA_ROUNDS, MAX_SHA_ROUNDS),
            ("pbkdf2_rounds", self.pbkdf2_rounds, MIN_PBKDF2_ROUNDS, MAX_PBKDF2_ROUNDS),
        ];
        let outside = ranges.iter().filter(|(_, value, low, high)| !(low..=high).contains(&value));
        problems.extend(
            outside.map(|(key, value, low, high)| (*key, format!("{value} is out of range; write {low} to {high}"))),
        );
        if self.prefix == Mark::Crypt && !self.scheme.is_crypt() {
            let problem = format!("crypt(3) does not know {}; write \"scheme\" or \"none\"", self.scheme);
            problems.push(("prefix", problem));
        }
        if self.workers > 256 {
            problems.push(("workers", format!("{} is out of range; write 0 to 256", self.workers)));
        }
        if self.queue > 10_000 {
            problems.push(("queue", format!("{} is out of range; write 0 to 10000", self.queue)));
        }
        problems
    }
}

#[cfg(test)]
impl AccountSettings {
    /// The defaults, with hashing that costs next to nothing: the cost is the schemes' business and not that of tests.
    pub(in crate::account) fn cheap() -> Self {
        let mut settings = tests::with(&[]).unwrap();
        let hash = &mut settings.hash;
        (hash.memory, hash.passes, hash.blf_cost) = ("8KiB".parse().unwrap(), 1, 4);
        (hash.sha512_rounds, hash.pbkdf2_rounds, hash.workers) = (1_000, 10, 2);
        settings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Root {
        account: AccountSettings,
    }

    pub(super) fn with(changes: &[(&str, &str)]) -> Result<AccountSettings, toml::de::Error> {
        let mut text = include_str!("../../config/default.toml").to_owned();
        for (from, to) in changes {
            assert!(text.contains(from), "{from}");
            text = text.replace(from, to);
        }
        toml::from_str::<Root>(&text).map(|root| root.account)
    }

    #[test]
    fn the_defaults_are_read_and_sound() {
        let settings = with(&[]).unwrap();
        assert_eq!(settings.check(), []);
        assert_eq!(settings.hash.memory_kib(), 19 * 1024);
        assert_eq!(settings.max_age_choices.last(), Some(&MaxAge::Never));
    }

    #[test]
    fn every_key_out_of_range_is_named() {
        let cases = [
            ("timeout = \"3s\"", "timeout = \"50ms\"", "timeout"),
            ("\"1m\", \"3m\", \"6m\", \"1y\", \"never\"", "", "max_age_choices"),
            ("\"1m\", \"3m\", \"6m\", \"1y\", \"never\"", "\"12m\", \"1y\"", "max_age_choices"),
            ("path = \"resetgate.db\"", "path = \"\"", "sqlite.path"),
            ("busy_timeout = \"2s\"", "busy_timeout = \"3s\"", "sqlite.busy_timeout"),
            ("memory = \"19MiB\"", "memory = \"6MiB\"", "hash.memory"),
            ("memory = \"19MiB\"", "memory = \"512MiB\"", "hash.memory"),
            ("passes = 2", "passes = 1", "hash.passes"),
            ("passes = 2", "passes = 17", "hash.passes"),
            ("lanes = 1", "lanes = 0", "hash.lanes"),
            ("queue = 64", "queue = 10001", "hash.queue"),
            ("blf_cost = 11", "blf_cost = 9", "hash.blf_cost"),
            ("sha512_rounds = 200000", "sha512_rounds = 5000", "hash.sha512_rounds"),
            ("pbkdf2_rounds = 1300000", "pbkdf2_rounds = 6000000", "hash.pbkdf2_rounds"),
            ("prefix = \"auto\"", "prefix = \"crypt\"", "hash.prefix"),
        ];
        for (from, to, key) in cases {
            let problems = with(&[(from, to)]).unwrap().check();
            assert!(
                problems.iter().any(|(named, text)| *named == key && text.contains("write")),
                "{key}: {problems:?}"
            );
        }
        let many = HashSettings { workers: 257, ..with(&[]).unwrap().hash };
        assert_eq!(many.check()[0].0, "workers");
    }

    /// Dovecot takes a hash without its mark for one of its default scheme, and nobody could sign in any more.
    #[test]
    fn a_preset_marks_hashes_unless_something_else_is_written() {
        let preset = ("preset = \"none\"", "preset = \"postfixadmin\"");
        let of = |changes: &[(&str, &str)]| with(changes).unwrap().hash_of_store().prefix;
        assert_eq!(of(&[("kind = \"sqlite\"", "kind = \"sql\""), preset]), Mark::Scheme);
        assert_eq!(
            of(&[("kind = \"sqlite\"", "kind = \"sql\""), preset, ("prefix = \"auto\"", "prefix = \"none\"")]),
            Mark::None
        );
        let unmarked = |mark: Mark| Scheme::BlfCrypt.marked(mark).is_empty();
        assert!(unmarked(of(&[("kind = \"sqlite\"", "kind = \"sql\"")])) && unmarked(of(&[preset])));
    }

    #[test]
    fn an_unknown_key_and_a_validity_that_is_none_are_refused() {
        assert!(with(&[("lanes = 1", "lane = 1")]).is_err());
        assert!(with(&[("\"never\"]", "\"forever\"]")]).unwrap_err().to_string().contains("forever"));
        assert!(with(&[("kind = \"sqlite\"", "kind = \"postgres\"")]).is_err());
    }
}
