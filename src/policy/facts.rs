//! Rules that need to know the person.
//!
//! Separators, case, width and accents are taken out of both sides, and every fact is also looked for backwards.
//! Letters are not read from look-alike digits (`zh4ng`): with short names that would refuse good passwords, and
//! people could not tell why.

use super::rules::Rules;
use super::settings::Attribute;
use super::violation::{Rule, Violations};
use super::{birthday, fold, number};
use crate::domain::{NewPassword, PersonalFacts};

/// A shorter user name stands in too many good passwords.
const SHORTEST_USER_NAME: usize = 3;

pub(super) fn check(password: &NewPassword, facts: &PersonalFacts, rules: &Rules) -> Violations {
    let mut broken = Violations::default();
    let squeezed = fold::squeezed(password.expose());
    if rules.forbid_user_name && facts.user_names.iter().any(|name| holds_user_name(&squeezed, name)) {
        broken.push(Rule::UserName);
    }
    let digits = fold::digits(&squeezed);
    if rules.forbid_personal.iter().any(|attribute| holds(&digits, *attribute, facts, rules.min_fragment)) {
        broken.push(Rule::Personal);
    }
    broken
}

fn holds_user_name(squeezed: &str, name: &str) -> bool {
    let name = fold::squeezed(name);
    name.chars().nth(SHORTEST_USER_NAME - 1).is_some() && holds_either_way(squeezed, &name)
}

fn holds(digits: &str, attribute: Attribute, facts: &PersonalFacts, min_fragment: usize) -> bool {
    let phone = |stored: &Option<String>| {
        let tails = stored.as_deref().map(|stored| number::tails(stored, min_fragment)).unwrap_or_default();
        tails.iter().any(|tail| holds_either_way(digits, tail))
    };
    match attribute {
        Attribute::Mobile => phone(&facts.mobile),
        Attribute::WorkPhone => phone(&facts.work_phone),
        Attribute::Birthday => facts
            .birthday
            .value()
            .is_some_and(|birthday| birthday::written(birthday).iter().any(|form| holds_either_way(digits, form))),
    }
}

fn holds_either_way(text: &str, fact: &str) -> bool {
    text.contains(fact) || text.contains(&fold::reversed(fact))
}
