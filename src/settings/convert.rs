//! Text from the environment or the command line as a value of the kind that its key has.
//!
//! The kind comes from the reference file and never from the looks of the text: `0123` for a key that
//! holds text stays `0123`, and twenty-three digits stay twenty-three digits.

use toml::Value;

use super::known::Kind;

/// Reads `text` as a value of `kind`.
///
/// # Errors
/// What to write instead; the text itself is not in it, because it may be a secret.
pub fn convert(kind: Kind, text: &str) -> Result<Value, String> {
    let wrong = || format!("must be {}", kind.words());
    match kind {
        Kind::Text => Ok(Value::String(text.to_owned())),
        Kind::Whole => whole(text).ok_or_else(wrong),
        Kind::Switch => text.trim().parse().map(Value::Boolean).map_err(|_| wrong()),
        Kind::Texts => list(text, |item| Some(Value::String(item.to_owned()))),
        Kind::Wholes => list(text, whole),
        Kind::Table => as_toml(text).ok_or_else(wrong),
    }
    .and_then(|value| if kind.admits(&value) { Ok(value) } else { Err(wrong()) })
}

fn whole(text: &str) -> Option<Value> {
    text.trim().parse().ok().map(Value::Integer)
}

/// A TOML array, or items with commas between them; nothing is the empty list.
fn list(text: &str, item: impl Fn(&str) -> Option<Value>) -> Result<Value, String> {
    let wrong = || "must be a list: items with commas between them, or a TOML list in [ ]".to_owned();
    if text.trim_start().starts_with('[') {
        return as_toml(text).ok_or_else(wrong);
    }
    let items = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    items.map(item).collect::<Option<_>>().map(Value::Array).ok_or_else(wrong)
}

fn as_toml(text: &str) -> Option<Value> {
    let mut table: toml::Table = toml::from_str(&format!("value = {text}")).ok()?;
    // Text with a line end could carry further keys; they would be dropped without a word.
    if table.len() == 1 { table.remove("value") } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text_whatever_it_looks_like() {
        for text in ["0123", "12345678901234567890123", "1e5", "true", "[1]", "", " a "] {
            assert_eq!(convert(Kind::Text, text), Ok(Value::String(text.into())));
        }
    }

    #[test]
    fn numbers_switches_and_lists_are_parsed_by_the_kind_of_the_key() {
        assert_eq!(convert(Kind::Whole, "12"), Ok(Value::Integer(12)));
        assert_eq!(convert(Kind::Switch, "false"), Ok(Value::Boolean(false)));
        let texts = |items: &[&str]| Ok(Value::Array(items.iter().map(|&item| Value::String(item.into())).collect()));
        assert_eq!(convert(Kind::Texts, "0123, b"), texts(&["0123", "b"]));
        assert_eq!(convert(Kind::Texts, r#"["a,b", "c"]"#), texts(&["a,b", "c"]));
        assert_eq!(convert(Kind::Texts, ""), texts(&[]));
        assert_eq!(convert(Kind::Wholes, "320,120"), Ok(Value::Array(vec![320.into(), 120.into()])));
        assert!(convert(Kind::Table, r"{ status = [200] }").unwrap().is_table());
    }

    #[test]
    fn what_does_not_fit_is_refused_without_being_repeated() {
        for (kind, text) in [
            (Kind::Whole, "many"),
            (Kind::Whole, "-1"),
            (Kind::Whole, "99999999999999999999"),
            (Kind::Switch, "yes"),
            (Kind::Texts, "[1"),
            (Kind::Texts, "[1]"),
            (Kind::Wholes, "a,b"),
            (Kind::Table, "geheim"),
            (Kind::Table, "{}\nother = 1"),
        ] {
            let problem = convert(kind, text).unwrap_err();
            assert!(problem.starts_with("must be ") && !problem.contains("geheim"), "{text}: {problem}");
        }
    }
}
