//! Password rules: what a new password must be, and what it must not hold.
//!
//! Two questions, asked at different moments. [`PasswordPolicy::check_shape`] knows only the password, so its answer
//! may be told to anybody. [`PasswordPolicy::check_facts`] knows the person, so it is asked only after the code was
//! right: before that, "contains your birthday" would tell a stranger the birthday.

mod birthday;
mod blocklist;
mod describe;
mod error;
mod facts;
mod fold;
mod number;
mod rules;
mod settings;
mod shape;
#[cfg(test)]
mod tests;
mod user_name;
mod violation;

pub use describe::{CheckedBy, PolicyDescription, RuleDescription};
pub use error::PolicyError;
pub use settings::{Attribute, PolicySettings, Preset};
pub use violation::{Params, Rule, Violation, Violations};

use crate::domain::{NewPassword, PersonalFacts};
use blocklist::Blocklist;
use rules::Rules;

/// The password rules in force. Built once at start and shared.
pub struct PasswordPolicy {
    rules: Rules,
    blocklist: Blocklist,
    description: PolicyDescription,
}

impl PasswordPolicy {
    /// Reads the blocklist and works out the rules: the preset, and the keys that override it.
    ///
    /// # Errors
    /// When a setting is out of range, or the blocklist file cannot be read, is too large, is not UTF-8 or holds no
    /// password.
    pub fn build(settings: &PolicySettings) -> Result<Self, PolicyError> {
        if let Some((key, problem)) = settings.check().into_iter().next() {
            return Err(PolicyError::Setting { key, problem });
        }
        let rules = Rules::of(settings);
        let blocklist = if settings.blocklist_file.as_os_str().is_empty() {
            Blocklist::built_in()
        } else {
            Blocklist::read(&settings.blocklist_file)?
        };
        let description = PolicyDescription::of(&rules, &blocklist);
        Ok(Self { rules, blocklist, description })
    }

    /// Length, classes and common passwords: every broken rule at once. May be told to anybody.
    pub fn check_shape(&self, password: &NewPassword) -> Violations {
        shape::check(password, &self.rules, &self.blocklist)
    }

    /// User name and personal facts: every broken rule at once, never which fact. Only for the ears of somebody whose
    /// code was right.
    pub fn check_facts(&self, password: &NewPassword, facts: &PersonalFacts) -> Violations {
        facts::check(password, facts, &self.rules)
    }

    /// The rules as `GET /v1/config` tells them; the pages list them before the field.
    #[must_use]
    pub const fn describe(&self) -> &PolicyDescription {
        &self.description
    }
}

impl std::fmt::Debug for PasswordPolicy {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("PasswordPolicy").field("rules", &self.rules).finish_non_exhaustive()
    }
}
