//! What the policy answers, from the outside.

mod facts;
mod properties;
mod settings;
mod shape;

use super::{PasswordPolicy, PolicySettings, Violations};
use crate::domain::{NewPassword, PersonalFacts, Stored};

/// Section `[policy]` of the defaults, with the keys in `over` laid on top.
fn settings(over: &str) -> PolicySettings {
    let defaults: toml::Table = include_str!("../../../config/default.toml").parse().unwrap();
    let mut section = defaults["policy"].as_table().unwrap().clone();
    section.extend(over.parse::<toml::Table>().unwrap());
    section.try_into().unwrap()
}

fn policy(over: &str) -> PasswordPolicy {
    PasswordPolicy::build(&settings(over)).unwrap()
}

fn password(text: &str) -> NewPassword {
    NewPassword::parse(text).unwrap()
}

fn ids(violations: &Violations) -> Vec<&'static str> {
    violations.iter().map(super::Violation::id).collect()
}

fn person() -> PersonalFacts {
    PersonalFacts {
        user_names: vec!["zhang.san".into(), "zs".into()],
        mobile: Some("+8613812345678".into()),
        work_phone: Some("010-55500100-8012".into()),
        birthday: Stored::Value("1990-01-02".parse().unwrap()),
    }
}
