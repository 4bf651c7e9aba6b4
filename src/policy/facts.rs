//! Rules that need to know the person.
//!
//! Separators, case, width and accents are taken out of both sides, and every fact is also looked for backwards; parts of
//! a user name only forwards.
//! Letters are not read from look-alike digits (`zh4ng`): with short names that would refuse good passwords, and
//! people could not tell why.

use super::fold::holds_either_way;
use super::rules::Rules;
use super::settings::Attribute;
use super::violation::{Rule, Violations};
use super::{birthday, fold, number, user_name};
use crate::domain::{NewPassword, PersonalFacts};

pub(super) fn check(password: &NewPassword, facts: &PersonalFacts, rules: &Rules) -> Violations {
    let mut broken = Violations::default();
    let squeezed = fold::squeezed(password.expose());
    if rules.forbid_user_name && facts.user_names.iter().any(|name| user_name::is_held(&squeezed, name)) {
        broken.push(Rule::UserName);
    }
    let digits = fold::digits(&squeezed);
    if rules.forbid_personal.iter().any(|attribute| holds(&digits, *attribute, facts, rules.min_fragment)) {
        broken.push(Rule::Personal);
    }
    broken
}

fn holds(digits: &str, attribute: Attribute, facts: &PersonalFacts, min_fragment: usize) -> bool {
    let phone = |stored: &Option<String>| {
        let ends = stored.as_deref().map(|stored| number::ends(stored, min_fragment)).unwrap_or_default();
        ends.iter().any(|end| holds_either_way(digits, end))
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
