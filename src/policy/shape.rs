//! Rules that need nothing but the password.

use super::blocklist::Blocklist;
use super::fold;
use super::rules::Rules;
use super::violation::{Rule, Violations};
use crate::domain::NewPassword;

pub(super) fn check(password: &NewPassword, rules: &Rules, blocklist: &Blocklist) -> Violations {
    let mut broken = Violations::default();
    if !(rules.min_length..=rules.max_length).contains(&password.code_points()) {
        broken.push_with(Rule::Length, [("min", rules.min_length), ("max", rules.max_length)]);
    }
    if classes(password.expose()) < rules.min_classes {
        broken.push_with(Rule::Classes, [("k", rules.min_classes)]);
    }
    if blocklist.explains(&fold::folded(password.expose())) {
        broken.push(Rule::Common);
    }
    broken
}

/// How many of digit, lower case, upper case and other there are. The first three are ASCII, so that pages, password
/// generators and this service count alike; a Chinese character or an accented letter is "other".
fn classes(text: &str) -> usize {
    let mut seen = [false; 4];
    for sign in text.chars() {
        let class = match sign {
            '0'..='9' => 0,
            'a'..='z' => 1,
            'A'..='Z' => 2,
            _ => 3,
        };
        seen[class] = true;
    }
    seen.into_iter().filter(|seen| *seen).count()
}
