//! `[code]` and `[flow]`: the code, its keys, and how long a challenge lives.

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::check::{Problems, within};
use super::server::bound;
use crate::domain::{ChallengeRules, CodeKeys, Period};

/// A shorter key could be searched for.
const MIN_SECRET: usize = 32;

/// Fewer different signs than this were typed, not drawn.
const MIN_SIGNS: usize = 8;

/// `[code]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeSettings {
    /// Digits of a code.
    pub length: u8,
    /// How long a code works.
    pub ttl: Period,
    /// Until a further code may be asked for.
    pub resend_after: Period,
    /// Codes per challenge.
    pub max_sends: u8,
    /// Wrong codes per challenge, over all its codes.
    pub max_attempts: u8,
    /// Key of the digests; empty while none is given.
    pub pepper: SecretString,
    /// The former key while a rotation lasts; empty for none.
    pub previous_pepper: SecretString,
}

/// `[flow]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FlowSettings {
    /// From request to end.
    pub ttl: Period,
    /// Time to choose a password after the code was right.
    pub verified_ttl: Period,
    /// Passwords refused for personal facts before the challenge ends.
    pub max_refusals: u8,
    /// Challenges of one account that may hold a code at once.
    pub live_per_account: u8,
}

impl CodeSettings {
    /// Values out of range, and keys that can be guessed. A missing key is no matter of range: `safety` tells of it.
    #[must_use]
    pub fn check(&self) -> Problems {
        let mut problems = Problems::new();
        within(&mut problems, "length", self.length, 6, 10);
        within(&mut problems, "ttl", self.ttl, bound("2m"), bound("10m"));
        within(&mut problems, "resend_after", self.resend_after, bound("10s"), bound("10m"));
        within(&mut problems, "max_sends", self.max_sends, 1, 5);
        within(&mut problems, "max_attempts", self.max_attempts, 1, 10);
        for (key, secret) in [("pepper", &self.pepper), ("previous_pepper", &self.previous_pepper)] {
            problems.extend(weakness(secret.expose_secret()).map(|problem| (key.to_owned(), problem)));
        }
        let given = !self.previous_pepper.expose_secret().is_empty();
        if given && self.previous_pepper.expose_secret() == self.pepper.expose_secret() {
            let problem = "the same as pepper; write the key that pepper had before, or \"\"";
            problems.push(("previous_pepper".to_owned(), problem.to_owned()));
        }
        problems
    }

    /// A name of this installation that everybody may see: replicas that share the key share it, and it tells nothing of
    /// the key.
    #[must_use]
    pub fn instance(&self) -> String {
        data_encoding::HEXLOWER.encode(&self.keys().derive("instance")[..8])
    }

    /// The keys of the digests.
    #[must_use]
    pub fn keys(&self) -> CodeKeys {
        let bytes = |secret: &SecretString| secret.expose_secret().as_bytes().to_vec();
        let previous = Some(bytes(&self.previous_pepper)).filter(|bytes| !bytes.is_empty());
        CodeKeys::new(bytes(&self.pepper).into(), previous.map(Into::into))
    }
}

impl FlowSettings {
    /// Values out of range, and a flow that ends before its code does.
    #[must_use]
    pub fn check(&self, code: &CodeSettings) -> Problems {
        let mut problems = Problems::new();
        within(&mut problems, "ttl", self.ttl, bound("2m"), bound("1h"));
        within(&mut problems, "verified_ttl", self.verified_ttl, bound("1m"), bound("30m"));
        within(&mut problems, "max_refusals", self.max_refusals, 1, 20);
        within(&mut problems, "live_per_account", self.live_per_account, 1, 10);
        if self.ttl < code.ttl {
            let problem = format!("{} ends before a code of {} does; write at least code.ttl", self.ttl, code.ttl);
            problems.push(("ttl".to_owned(), problem));
        }
        problems
    }
}

/// The rules of every challenge.
#[must_use]
pub fn challenge_rules(code: &CodeSettings, flow: &FlowSettings) -> ChallengeRules {
    ChallengeRules {
        code_ttl: code.ttl.get(),
        resend_after: code.resend_after.get(),
        max_sends: code.max_sends,
        max_attempts: code.max_attempts,
        ttl: flow.ttl.get(),
        verified_ttl: flow.verified_ttl.get(),
        max_refusals: flow.max_refusals,
    }
}

/// Why a key can be guessed; never repeats the key. No key at all is no weakness.
fn weakness(secret: &str) -> Option<String> {
    const NEW: &str = "make one: resetgate secret new";
    if secret.is_empty() {
        return None;
    }
    let length = secret.chars().count();
    if length < MIN_SECRET {
        return Some(format!("has {length} characters and needs at least {MIN_SECRET}; {NEW}"));
    }
    let small = secret.to_lowercase();
    let signs: std::collections::BTreeSet<_> = small.chars().collect();
    if signs.len() < MIN_SIGNS {
        return Some(format!("repeats {} characters; {NEW}", signs.len()));
    }
    // Keys from examples and templates are known to everybody.
    let placeholder =
        ["example", "changeme", "change-me", "change_me", "replace"].iter().any(|word| small.contains(word));
    placeholder.then(|| format!("is an example that everybody can read; {NEW}"))
}
