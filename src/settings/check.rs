//! Small pieces that range checks are made of.

use std::fmt::Display;

use super::problem::{Finding, Number};

/// The problems of one section: key in the section, and what is wrong with it.
pub type Problems = Vec<(String, String)>;

/// Notes that `value` lies outside `low` to `high`.
pub fn within<T: PartialOrd + Display + Copy>(problems: &mut Problems, key: &str, value: T, low: T, high: T) {
    if value < low {
        problems.push((key.to_owned(), format!("{value} is too little; write {low} to {high}")));
    } else if value > high {
        problems.push((key.to_owned(), format!("{value} is too much; write {low} to {high}")));
    }
}

/// Notes that `text` is longer than `max` characters or holds a line end.
pub fn one_line(problems: &mut Problems, key: &str, text: &str, max: usize) {
    if text.chars().count() > max || text.chars().any(char::is_control) {
        problems.push((key.to_owned(), format!("longer than {max} characters, or more than one line")));
    }
}

/// Notes that `text` is neither empty nor an address that a page can lead to.
pub fn web_link(problems: &mut Problems, key: &str, text: &str, example: &str) {
    let link = url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "https" | "http"));
    if !text.is_empty() && !link {
        problems.push((key.to_owned(), format!("is no web address; write it like \"{example}\"")));
    }
}

/// The problems of a section as findings about `section.key`.
pub fn under<K: AsRef<str>>(section: &str, problems: Vec<(K, String)>) -> Vec<Finding> {
    let found = |(key, problem): (K, String)| {
        Finding::error(Number::OutOfRange, &format!("{section}.{}", key.as_ref()), problem, "")
    };
    problems.into_iter().map(found).collect()
}
