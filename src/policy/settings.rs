//! Section `[policy]` of the configuration.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::rules::Rules;
use crate::domain::MAX_PASSWORD_CODE_POINTS;

/// The rules to start from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// 12 to 30 characters of at least 3 classes, no user name, nothing personal.
    Municipal,
    /// NIST SP 800-63B-4, 3.1.1.2: 15 to 128 characters, no classes, no user name.
    Nist,
}

/// A personal fact that a password must not contain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Attribute {
    /// The mobile number.
    Mobile,
    /// The office number.
    WorkPhone,
    /// The day of birth.
    Birthday,
}

/// Section `[policy]`. A key that is absent leaves that rule to the preset.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicySettings {
    /// Where the rules start from.
    pub preset: Preset,
    /// Fewest code points, 8 to 128.
    pub min_length: Option<usize>,
    /// Most code points, up to 128.
    pub max_length: Option<usize>,
    /// Fewest of digit, lower case, upper case, other; 1 to 4, and 1 asks for nothing.
    pub min_classes: Option<usize>,
    /// Whether the user name is forbidden.
    pub forbid_user_name: Option<bool>,
    /// Which personal facts are forbidden.
    pub forbid_personal: Option<Vec<Attribute>>,
    /// How many first or last digits of a number make a match, 4 to 11.
    pub min_fragment: usize,
    /// Common passwords, one a line; empty means the built-in list.
    pub blocklist_file: PathBuf,
    /// Whether pages ask for the password twice.
    pub confirm: bool,
}

/// OWASP ASVS 5.0, 6.2.1.
const SHORTEST_MIN_LENGTH: usize = 8;

impl PolicySettings {
    /// What is out of range: the key within the section, and what to write instead.
    #[must_use]
    pub fn check(&self) -> Vec<(&'static str, String)> {
        let Rules { min_length, max_length, min_classes, .. } = Rules::of(self);
        let mut problems = Vec::new();
        if min_length < SHORTEST_MIN_LENGTH {
            problems.push(("min_length", format!("{min_length} is too short; write {SHORTEST_MIN_LENGTH} or more")));
        }
        if max_length > MAX_PASSWORD_CODE_POINTS {
            let most =
                format!("{max_length} is more than a password may have; write {MAX_PASSWORD_CODE_POINTS} or less");
            problems.push(("max_length", most));
        } else if min_length > max_length {
            let key = if self.min_length.is_some() { "min_length" } else { "max_length" };
            let clash = format!(
                "no password has at least {min_length} and at most {max_length} characters; \
                 write a min_length that is not above max_length (a key that is absent comes from the preset)"
            );
            problems.push((key, clash));
        }
        if !(1..=4).contains(&min_classes) {
            problems.push(("min_classes", format!("there are 4 classes, not {min_classes}; write 1 to 4")));
        }
        if !(4..=11).contains(&self.min_fragment) {
            problems.push(("min_fragment", format!("{} is out of range; write 4 to 11", self.min_fragment)));
        }
        problems
    }
}
