//! The sections `[state]` and `[failures]`.

use serde::Deserialize;

use crate::domain::Period;

/// Section `[state]`: how much is remembered.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StateSettings {
    /// Challenges remembered; about 1 KiB each.
    pub max_challenges: u64,
    /// Captchas remembered as used; about 350 bytes each.
    pub max_used: u64,
    /// Accounts whose wrong codes are remembered; up to 1 KiB each. As many addresses that hold no code, beside them.
    pub max_failures: u64,
}

impl StateSettings {
    /// What is out of range: key and problem.
    #[must_use]
    pub fn check(&self) -> Vec<(String, String)> {
        let sizes =
            [("max_challenges", self.max_challenges), ("max_used", self.max_used), ("max_failures", self.max_failures)];
        sizes
            .into_iter()
            .filter(|(_, size)| !(1_000..=100_000_000).contains(size))
            .map(|(key, size)| (key.to_owned(), format!("{size} is outside 1000 to 100000000")))
            .collect()
    }
}

/// Section `[failures]`: what wrong codes lead to.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FailureSettings {
    /// Wrong codes are remembered for this long.
    pub window: Period,
    /// So many in the window cost nothing.
    pub free: u32,
    /// The wait after the first that costs; doubles with each further one.
    pub first_wait: Period,
    /// Where doubling ends.
    pub max_wait: Period,
    /// So many in a row pause recovery by SMS (NIST SP 800-63B-4 3.2.2: at most 100).
    pub pause_after: u32,
}

impl FailureSettings {
    /// What is out of range: key and problem.
    #[must_use]
    pub fn check(&self) -> Vec<(String, String)> {
        let mut problems = Vec::new();
        let mut refuse = |key: &str, problem: String| problems.push((key.to_owned(), problem));
        if !(1..=50).contains(&self.free) {
            refuse("free", format!("{} is outside 1 to 50", self.free));
        }
        if !(self.free..=100).contains(&self.pause_after) {
            refuse(
                "pause_after",
                format!(
                    "{} is outside `free` ({}) to 100, the ceiling of NIST SP 800-63B-4",
                    self.pause_after, self.free
                ),
            );
        }
        if self.window.as_secs() < 3_600 {
            refuse("window", format!("{} is shorter than 1h", self.window));
        }
        if self.max_wait < self.first_wait {
            refuse("max_wait", format!("{} is shorter than first_wait ({})", self.max_wait, self.first_wait));
        }
        problems
    }
}
