//! The sections `[state]` and `[failures]`.

use serde::Deserialize;

use crate::domain::{Period, Rate};

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
    /// Messages remembered until their receipts are in; about 1 KiB each.
    pub max_orders: u64,
}

impl StateSettings {
    /// What is out of range: key and problem.
    #[must_use]
    pub fn check(&self) -> Vec<(String, String)> {
        let sizes = [
            ("max_challenges", self.max_challenges),
            ("max_used", self.max_used),
            ("max_failures", self.max_failures),
            ("max_orders", self.max_orders),
        ];
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
    /// More than so many over all accounts raise an alarm, once in that time.
    pub alarm: Rate,
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
        if self.alarm.count.get() > 100_000 {
            refuse("alarm", format!("{} counts more than 100000", self.alarm));
        }
        if !(60..=86_400).contains(&self.alarm.period.as_secs()) {
            refuse("alarm", format!("{} is over less than 1m or more than 1d", self.alarm));
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(changes: &str) -> Vec<String> {
        let defaults: toml::Table = toml::from_str(include_str!("../../config/default.toml")).unwrap();
        let mut section = defaults["failures"].as_table().unwrap().clone();
        section.extend(toml::from_str::<toml::Table>(changes).unwrap());
        let settings: FailureSettings = section.try_into().unwrap();
        settings.check().into_iter().map(|(key, _)| key).collect()
    }

    /// case 97: what is out of range is named by its key; the defaults are not.
    #[test]
    fn a_failure_setting_out_of_range_is_named() {
        assert!(refused("").is_empty());
        for (change, key) in [
            ("free = 0", "free"),
            ("pause_after = 101", "pause_after"),
            ("window = '59m'", "window"),
            ("max_wait = '29s'", "max_wait"),
            ("alarm = '100001/1h'", "alarm"),
            ("alarm = '100/59s'", "alarm"),
            ("alarm = '100/25h'", "alarm"),
        ] {
            assert_eq!(refused(change), [key], "{change}");
        }
        assert!(refused("alarm = '1/1m'").is_empty() && refused("alarm = '100000/1d'").is_empty());
    }
}
