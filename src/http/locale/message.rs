//! One text with its placeholders: `{name}`, and `{name, plural, one {# attempt} other {# attempts}}` where a number
//! decides the form. The second is the plural of ICU `MessageFormat`, with the categories that CLDR gives each language.

use icu_locale_core::Locale;
use icu_plurals::{PluralCategory, PluralRules, PluralRulesOptions};

/// One piece of a text.
enum Part<'a> {
    /// As it stands.
    Plain,
    /// The value of a name.
    Value(&'a str),
    /// The form that the value of a name needs: categories, or `=1` for an exact number, each with its text.
    Plural(&'a str, Vec<(&'a str, &'a str)>),
}

/// Fills a text in for the language of `tag`; a placeholder without a value stays as it is. In one pass, so that a value
/// which holds braces is never filled in again.
pub(super) fn fill(text: &str, tag: &str, values: &[(&str, &str)]) -> String {
    let value_of = |name: &str| values.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
    let mut filled = String::with_capacity(text.len() + 16);
    each_part(text, |part, source| match part {
        Part::Value(name) => filled.push_str(value_of(name).unwrap_or(source)),
        Part::Plural(name, forms) => match value_of(name) {
            Some(value) => filled.push_str(&fill(form(&forms, tag, value), tag, values).replace('#', value)),
            None => filled.push_str(source),
        },
        Part::Plain => filled.push_str(source),
    });
    filled
}

/// The names that a text waits for.
pub(super) fn names(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    each_part(text, |part, _| match part {
        Part::Value(name) => names.push(name),
        Part::Plural(name, forms) => {
            names.push(name);
            names.extend(forms.iter().flat_map(|(_, text)| self::names(text)));
        }
        Part::Plain => {}
    });
    names
}

/// What is wrong with the plurals of a text.
pub(super) fn fault_of(text: &str) -> Option<String> {
    let mut fault = None;
    each_part(text, |part, source| match part {
        Part::Plural(_, forms) => {
            let known = |word: &str| category(word).is_some() || exact(word).is_some();
            if let Some((word, _)) = forms.iter().find(|(word, _)| !known(word)) {
                fault = Some(format!("`{word}` is no plural category; write zero, one, two, few, many, other or =1"));
            } else if !forms.iter().any(|(word, _)| *word == "other") {
                fault = Some(format!("`{source}` lacks the form `other`, which every language needs"));
            }
        }
        Part::Plain if source.contains(", plural,") => {
            fault =
                Some(format!("`{source}` is no plural; write it like {{n, plural, one {{# day}} other {{# days}}}}"));
        }
        _ => {}
    });
    fault
}

fn form<'a>(forms: &[(&'a str, &'a str)], tag: &str, value: &str) -> &'a str {
    let of = |wanted: &dyn Fn(&str) -> bool| forms.iter().find(|(word, _)| wanted(word)).map(|(_, text)| *text);
    let number: Option<u64> = value.parse().ok();
    let by_number = number.and_then(|number| of(&|word| exact(word) == Some(number)));
    let by_category = || {
        let locale = Locale::try_from_str(tag).ok()?;
        let rules = PluralRules::try_new(locale.into(), PluralRulesOptions::default()).ok()?;
        let found = rules.category_for(number?);
        of(&|word| category(word) == Some(found))
    };
    by_number.or_else(by_category).or_else(|| of(&|word| word == "other")).unwrap_or_default()
}

fn exact(word: &str) -> Option<u64> {
    word.strip_prefix('=')?.parse().ok()
}

fn category(word: &str) -> Option<PluralCategory> {
    PluralCategory::get_for_cldr_string(word)
}

/// Hands each piece and its source on. What only begins like a placeholder is plain.
fn each_part<'a>(text: &'a str, mut take: impl FnMut(Part<'a>, &'a str)) {
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let (before, from) = rest.split_at(open);
        take(Part::Plain, before);
        let part = inside(from).and_then(|inner| Some((part(inner)?, &from[..inner.len() + 2])));
        let (part, source) = part.unwrap_or((Part::Plain, &from[..1]));
        take(part, source);
        rest = &from[source.len()..];
    }
    take(Part::Plain, rest);
}

/// What stands between a brace at the start and the one that closes it.
fn inside(text: &str) -> Option<&str> {
    let mut depth = 0_usize;
    for (at, sign) in text.char_indices() {
        match sign {
            '{' => depth += 1,
            '}' if depth == 1 => return text.get(1..at),
            '}' => depth -= 1,
            _ => {}
        }
    }
    None
}

fn part(inner: &str) -> Option<Part<'_>> {
    let is_name = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if is_name(inner) {
        return Some(Part::Value(inner));
    }
    let (name, rest) = inner.split_once(',')?;
    let mut rest = rest.trim_start().strip_prefix("plural")?.trim_start().strip_prefix(',')?;
    let mut forms = Vec::new();
    while !rest.trim_start().is_empty() {
        let (word, from) = rest.split_at(rest.find('{')?);
        let text = inside(from)?;
        forms.push((word.trim(), text));
        rest = &from[text.len() + 2..];
    }
    is_name(name).then_some(Part::Plural(name, forms))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEFT: &str = "You have {left, plural, one {# attempt} other {# attempts}} left of {all}";

    #[test]
    fn a_number_takes_the_form_that_its_language_has_for_it() {
        let say = |left| fill(LEFT, "en", &[("left", left), ("all", "5")]);
        assert_eq!(say("1"), "You have 1 attempt left of 5");
        assert_eq!(say("4"), "You have 4 attempts left of 5");
        assert_eq!(say("0"), "You have 0 attempts left of 5");
        let polish = "{n, plural, =0 {nic} one {# próba} few {# próby} many {# prób} other {# próby}}";
        let said = ["0", "1", "2", "5", "22"].map(|n| fill(polish, "pl", &[("n", n)]));
        assert_eq!(said, ["nic", "1 próba", "2 próby", "5 prób", "22 próby"]);
        assert_eq!(fill("{n, plural, other {# 次}}", "zh-CN", &[("n", "1")]), "1 次");
    }

    #[test]
    fn placeholders_without_a_value_stay_and_values_are_not_filled_in_again() {
        assert_eq!(fill("x {one} {two} {", "en", &[("one", "{two}"), ("two", "2")]), "x {two} 2 {");
        assert_eq!(fill(LEFT, "en", &[]), LEFT);
        assert_eq!(fill("{Not} {} }{", "en", &[]), "{Not} {} }{");
    }

    #[test]
    fn names_and_faults_of_plurals_are_told() {
        assert_eq!(names(LEFT), ["left", "all"]);
        assert_eq!(fault_of(LEFT), None);
        assert!(fault_of("{n, plural, one {a}}").unwrap().contains("lacks the form `other`"));
        assert!(fault_of("{n, plural, once {a} other {b}}").unwrap().contains("`once` is no plural category"));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_filled_without_a_panic(text in "[{}#a-c, plural=1é]{0,60}") {
            let _ = (fill(&text, "en", &[("a", "1"), ("b", "{a}")]), names(&text).len(), fault_of(&text));
        }
    }
}
