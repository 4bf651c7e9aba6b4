//! The rules as integrators and pages read them.

use data_encoding::HEXLOWER;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::blocklist::Blocklist;
use super::rules::Rules;
use super::settings::Attribute;
use super::violation::Rule;

/// Who can check a rule while the claimant types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckedBy {
    /// The page can; the service decides all the same.
    Client,
    /// Only the service knows what is needed.
    Server,
}

/// One rule of the policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleDescription {
    /// The id of the violation without `policy.`: `length`.
    pub id: &'static str,
    /// Who can check it while the claimant types.
    pub check: CheckedBy,
    /// Which facts a password must not contain; for `personal` alone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<Attribute>,
}

/// The policy as `GET /v1/config` tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PolicyDescription {
    /// Changes when any rule or the list of common passwords changes.
    pub version: String,
    /// Fewest code points.
    pub min_length: usize,
    /// Most code points.
    pub max_length: usize,
    /// Fewest of digit, lower case, upper case, other; 1 asks for nothing.
    pub min_classes: usize,
    /// Whether pages ask for the password twice.
    pub confirm: bool,
    /// The rules in force.
    pub rules: Vec<RuleDescription>,
    /// For the `passwordrules` attribute, so that a generated password passes.
    pub passwordrules: String,
}

impl PolicyDescription {
    pub(super) fn of(rules: &Rules, blocklist: &Blocklist) -> Self {
        Self {
            version: version(rules, blocklist),
            min_length: rules.min_length,
            max_length: rules.max_length,
            min_classes: rules.min_classes,
            confirm: rules.confirm,
            rules: described(rules),
            passwordrules: passwordrules(rules),
        }
    }
}

fn described(rules: &Rules) -> Vec<RuleDescription> {
    let rule = |rule: Rule, check| RuleDescription { id: rule.name(), check, attributes: Vec::new() };
    let mut list = vec![rule(Rule::Length, CheckedBy::Client)];
    if rules.min_classes > 1 {
        list.push(rule(Rule::Classes, CheckedBy::Client));
    }
    list.push(rule(Rule::Common, CheckedBy::Server));
    if rules.forbid_user_name {
        list.push(rule(Rule::UserName, CheckedBy::Client));
    }
    if !rules.forbid_personal.is_empty() {
        let attributes = rules.forbid_personal.clone();
        list.push(RuleDescription { attributes, ..rule(Rule::Personal, CheckedBy::Server) });
    }
    list
}

/// Generators read `required` as "at least one of"; requiring as many classes as the rule asks for satisfies it.
fn passwordrules(rules: &Rules) -> String {
    let mut text = format!("minlength: {}; maxlength: {};", rules.min_length, rules.max_length);
    if rules.min_classes > 1 {
        for class in ["lower", "upper", "digit", "special"].iter().take(rules.min_classes) {
            text.push_str(" required: ");
            text.push_str(class);
            text.push(';');
        }
    }
    text
}

/// 32 bits of a digest tell one policy from the next; nothing is protected by it.
fn version(rules: &Rules, blocklist: &Blocklist) -> String {
    // Taken apart, so that a rule added later cannot be forgotten here.
    let Rules { min_length, max_length, min_classes, forbid_user_name, forbid_personal, min_fragment, confirm } = rules;
    let personal: Vec<u8> = forbid_personal.iter().map(|attribute| *attribute as u8).collect();
    let mut hash = Sha256::new();
    hash.update(format!("{min_length} {max_length} {min_classes} {forbid_user_name} {min_fragment} {confirm} "));
    hash.update([personal.as_slice(), b"\n"].concat());
    hash.update(blocklist.digest());
    format!("p{}", HEXLOWER.encode(&hash.finalize()[..4]))
}
