//! A configuration as it was when it was read, to be compared with a later one; the files that keys name among it.

use std::collections::{BTreeMap, BTreeSet};

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use toml::Value;

use super::key::KeyPath;
use super::merged::{Merged, shown_value};
use super::sources::Sources;

/// What a running service takes over from a changed configuration: these keys, and all below these tables.
const TAKEN_OVER: [&str; 24] = [
    "text",
    "help",
    "page",
    "mail",
    "limits",
    "policy",
    "log.level",
    "log.access",
    "account.max_age_choices",
    "account.ldap",
    "account.sql",
    "account.http",
    "account.hook",
    "account.hooks",
    "account.hooks_timeout",
    "sms.providers",
    "sms.routes",
    "sms.timeout",
    "sms.connect_timeout",
    "sms.breaker",
    "sms.text",
    "sms.provider",
    "sms.route",
    "sms.receipts",
];

/// What in those tables is laid out once, at the start.
const FIXED: [&str; 2] = ["limits.enabled", "limits.max_keys"];

/// Whether a running service takes over a change of this key. The others decide what is laid out at the start: listeners,
/// threads, stores and what they hold, keys, and the rules that recoveries under way were begun by.
#[must_use]
pub fn is_taken_over(key: &KeyPath) -> bool {
    let below = |tables: &[&str]| tables.iter().any(|table| key.is_within(&KeyPath::dotted(table)));
    below(&TAKEN_OVER) && !below(&FIXED)
}

/// One value, and what was in the file that it names, if it names one.
#[derive(Debug, Clone, PartialEq)]
struct Shot {
    value: Value,
    content: Option<[u8; 32]>,
}

/// All values of a configuration. They may be secrets, so it has no `Debug`.
#[derive(Clone, Default)]
pub struct Snapshot(BTreeMap<KeyPath, Shot>);

/// One key that differs.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Which.
    pub key: KeyPath,
    /// What it was, as it may be shown; nothing when it was not there, or nobody can tell.
    pub before: Option<String>,
    /// What it is, as it may be shown; nothing when it is there no more.
    pub after: Option<String>,
    /// Whether a running service takes it over.
    pub is_taken_over: bool,
}

impl Snapshot {
    /// What the key of seals is derived from the pepper under.
    pub const SEAL_LABEL: &str = "configuration seals";

    /// Of a merged configuration, reading the files that it names.
    #[must_use]
    pub fn of(merged: &Merged, sources: &dyn Sources) -> Self {
        let shot =
            |path: &KeyPath, value: &Value| Shot { value: value.clone(), content: content(path, value, sources) };
        Self(merged.iter().map(|(path, held)| (path.clone(), shot(path, &held.value))).collect())
    }

    /// Whether everything at and below a dotted key is the same in both.
    #[must_use]
    pub fn agrees(&self, other: &Self, table: &str) -> bool {
        let table = KeyPath::dotted(table);
        let below = |snapshot: &Self| {
            let shots = snapshot.0.iter().filter(|(path, _)| path.is_within(&table));
            shots.map(|(path, shot)| (path.clone(), shot.clone())).collect::<Vec<_>>()
        };
        below(self) == below(other)
    }

    /// What differs in a later one, in the order of names.
    #[must_use]
    pub fn changes(&self, later: &Self) -> Vec<Change> {
        let differs = |key: &&KeyPath| self.0.get(*key) != later.0.get(*key);
        let keys: BTreeSet<&KeyPath> = self.0.keys().chain(later.0.keys()).collect();
        keys.iter().filter(|key| differs(key)).map(|key| later.change(key, self.shown(key))).collect()
    }

    /// What differs in this one from a configuration of which only the seals are known.
    #[must_use]
    pub fn changes_since(&self, seals: &BTreeMap<String, String>, key: &[u8; 32]) -> Vec<Change> {
        let own = self.seals(key);
        let gone = seals.keys().filter(|name| !own.contains_key(*name)).map(|name| KeyPath::dotted(name));
        let differing = self.0.keys().filter(|path| seals.get(&path.to_string()) != own.get(&path.to_string()));
        let keys: BTreeSet<KeyPath> = differing.cloned().chain(gone).collect();
        keys.iter().map(|path| self.change(path, None)).collect()
    }

    /// A seal of each value, by key. Who does not hold `key` learns nothing of a value, however short it is.
    #[must_use]
    pub fn seals(&self, key: &[u8; 32]) -> BTreeMap<String, String> {
        let seal = |path: &KeyPath, shot: &Shot| {
            let mut mac = match Hmac::<Sha256>::new_from_slice(key) {
                Ok(mac) => mac,
                Err(impossible) => unreachable!("HMAC takes keys of every length: {impossible}"),
            };
            mac.update(path.to_string().as_bytes());
            mac.update(&[0]);
            mac.update(shot.value.to_string().as_bytes());
            mac.update(&[0]);
            mac.update(shot.content.as_ref().map_or(&[][..], |digest| digest));
            HEXLOWER.encode(&mac.finalize().into_bytes()[..16])
        };
        self.0.iter().map(|(path, shot)| (path.to_string(), seal(path, shot))).collect()
    }

    fn change(&self, key: &KeyPath, before: Option<String>) -> Change {
        Change { key: key.clone(), before, after: self.shown(key), is_taken_over: is_taken_over(key) }
    }

    fn shown(&self, key: &KeyPath) -> Option<String> {
        self.0.get(key).map(|shot| shown_value(key, &shot.value))
    }
}

/// A digest of what is in the file or the files that a value names.
fn content(path: &KeyPath, value: &Value, sources: &dyn Sources) -> Option<[u8; 32]> {
    let mut files: Vec<std::path::PathBuf> = Vec::new();
    if path.last() == "locale_dir" {
        let directory = value.as_str().filter(|directory| !directory.is_empty())?;
        files = sources.list(std::path::Path::new(directory)).ok()?;
    } else if path.names().iter().any(|name| name.ends_with("_file") || name.ends_with("_files")) {
        let named = |value: &Value| value.as_str().filter(|name| !name.is_empty()).map(Into::into);
        match value {
            Value::Table(table) => files.extend(table.values().filter_map(named)),
            Value::Array(list) => files.extend(list.iter().filter_map(named)),
            one => files.extend(named(one)),
        }
    }
    if files.is_empty() {
        return None;
    }
    let mut digest = Sha256::new();
    for file in files {
        digest.update(file.as_os_str().as_encoded_bytes());
        match sources.read_up_to(&file, MAX_CONTENT) {
            Ok(bytes) => digest.update(Sha256::digest(bytes)),
            Err(error) => digest.update(error.kind().to_string()),
        }
    }
    Some(digest.finalize().into())
}

/// No file that a key names may be larger.
const MAX_CONTENT: u64 = 16 << 20;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Inputs, MemorySources, Mode, Preset, Settings};

    fn snapshot(text: &str) -> Snapshot {
        let presets = vec![Preset { name: "test".to_owned(), text: text.to_owned() }];
        let sources = MemorySources::default();
        let loaded = Settings::load(&Inputs { presets, ..Inputs::default() }, &sources, Mode::Tool);
        Snapshot::of(&loaded.unwrap_or_else(|report| panic!("{}", report.render(false))).merged, &sources)
    }

    const SECRET: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn what_changed_is_told_with_what_becomes_of_it_and_secrets_are_not() {
        let before = snapshot("[limits]\nstart = [\"5/10m\"]\n");
        let after =
            snapshot(&format!("[limits]\nstart = [\"9/10m\"]\n[code]\npepper = \"{SECRET}\"\n[page.name]\nen = \"X\""));
        let told: Vec<_> = before.changes(&after).into_iter().map(|change| (change.key.to_string(), change)).collect();
        let keys: Vec<_> = told.iter().map(|(key, change)| (key.as_str(), change.is_taken_over)).collect();
        assert_eq!(keys, [("code.pepper", false), ("limits.start", true), ("page.name.en", true)]);
        assert!(!format!("{told:?}").contains(SECRET) && told[0].1.after.as_deref() == Some("\"••••\""), "{told:?}");
        assert_eq!(told[1].1.before.as_deref(), Some("[\"5/10m\"]"));
        assert!(before.changes(&before.clone()).is_empty());
        assert!(before.agrees(&after, "policy") && !before.agrees(&after, "limits"));
    }

    /// A stranger who asks the running service learns which keys differ, and without the key nothing at all.
    #[test]
    fn seals_tell_what_differs_to_whoever_holds_the_key() {
        let (before, after) = (snapshot(""), snapshot("[log]\nlevel = \"debug\"\n[help]\nphone = \"1\""));
        let seals = before.seals(&[7; 32]);
        let keys = |key: &[u8; 32]| after.changes_since(&seals, key).len();
        assert_eq!(keys(&[7; 32]), 2);
        assert_eq!(keys(&[8; 32]), seals.len());
        assert!(before.changes_since(&seals, &[7; 32]).is_empty());
    }

    #[test]
    fn what_is_laid_out_at_the_start_needs_a_restart() {
        for key in [
            "server.listen",
            "server.public_url",
            "ops.listen",
            "code.pepper",
            "code.ttl",
            "flow.ttl",
            "captcha.ttl",
            "failures.free",
            "state.max_used",
            "account.kind",
            "account.sqlite.path",
            "account.hash.memory",
            "sms.queue",
            "sms.workers",
            "audit.path",
            "audit.key",
            "log.format",
            "limits.max_keys",
            "limits.enabled",
        ] {
            assert!(!is_taken_over(&KeyPath::dotted(key)), "{key}");
        }
        for key in [
            "limits.account",
            "sms.provider.main.url",
            "sms.route.one.units",
            "sms.receipts.main.secret",
            "sms.text.code.en",
            "policy.blocklist_file",
            "help.contacts_file",
            "account.ldap.ca_file",
            "log.level",
        ] {
            assert!(is_taken_over(&KeyPath::dotted(key)), "{key}");
        }
    }
}
