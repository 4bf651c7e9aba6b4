//! Texts with `{names}` in them: read once at start, filled for every message.

use std::borrow::Cow;

/// What a name in braces stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Code,
    Minutes,
    Domain,
    Time,
    To,
    ToNational,
    Text,
    Ref,
    Locale,
}

impl Field {
    const ALL: [Self; 9] = [
        Self::Code,
        Self::Minutes,
        Self::Domain,
        Self::Time,
        Self::To,
        Self::ToNational,
        Self::Text,
        Self::Ref,
        Self::Locale,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Minutes => "minutes",
            Self::Domain => "domain",
            Self::Time => "time",
            Self::To => "to",
            Self::ToNational => "to_national",
            Self::Text => "text",
            Self::Ref => "ref",
            Self::Locale => "locale",
        }
    }
}

/// A name in braces that means nothing at this place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{{{name}}}` is not known here; known are {known}")]
pub(super) struct UnknownField {
    name: String,
    known: String,
}

#[derive(Debug, Clone)]
enum Piece {
    Literal(Box<str>),
    Field(Field),
}

/// A text and the places in it that are filled.
#[derive(Debug, Clone)]
pub(super) struct Template(Vec<Piece>);

impl Template {
    /// Reads a text. A brace that begins no `{name}` is a brace, so JSON needs no doubling.
    pub(super) fn parse(text: &str, allowed: &[Field]) -> Result<Self, UnknownField> {
        let mut pieces = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            let (before, tail) = rest.split_at(open);
            literal.push_str(before);
            if let Some(name) = name_in_braces(tail) {
                let field = Field::ALL.into_iter().find(|field| field.name() == name && allowed.contains(field));
                let field = field.ok_or_else(|| unknown(name, allowed))?;
                pieces.push(Piece::Literal(std::mem::take(&mut literal).into()));
                pieces.push(Piece::Field(field));
                rest = &tail[name.len() + 2..];
            } else {
                literal.push('{');
                rest = &tail[1..];
            }
        }
        literal.push_str(rest);
        pieces.push(Piece::Literal(literal.into()));
        Ok(Self(pieces))
    }

    /// Whether the text asks for `field`.
    pub(super) fn has(&self, field: Field) -> bool {
        self.0.iter().any(|piece| matches!(piece, Piece::Field(own) if *own == field))
    }

    /// The text up to its first field.
    pub(super) fn head(&self) -> &str {
        match self.0.first() {
            Some(Piece::Literal(head)) => head,
            _ => "",
        }
    }

    /// What stands between the fields.
    pub(super) fn literals(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Literal(text) => Some(text.as_ref()),
            Piece::Field(_) => None,
        })
    }

    /// Puts the values in. They are not read again: a value that holds `{code}` stays as it is.
    pub(super) fn fill<'a>(&self, value: impl Fn(Field) -> Cow<'a, str>) -> String {
        let mut filled = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Literal(text) => filled.push_str(text),
                Piece::Field(field) => filled.push_str(&value(*field)),
            }
        }
        filled
    }
}

/// The name when `text`, which begins with a brace, begins with `{name}`.
fn name_in_braces(text: &str) -> Option<&str> {
    let name = text[1..].split_once('}')?.0;
    let plain = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    plain.then_some(name)
}

fn unknown(name: &str, allowed: &[Field]) -> UnknownField {
    let known: Vec<_> = allowed.iter().map(|field| format!("{{{}}}", field.name())).collect();
    let known = if known.is_empty() { "none".to_owned() } else { known.join(" ") };
    UnknownField { name: name.to_owned(), known }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(text: &str, value: &'static str) -> String {
        Template::parse(text, &[Field::Code]).unwrap().fill(|_| value.into())
    }

    #[test]
    fn names_are_filled_and_other_braces_stay() {
        assert_eq!(filled(r#"{"a":{},"b":"{code}"}"#, "002569"), r#"{"a":{},"b":"002569"}"#);
        assert_eq!(filled("{code}{code}", "1"), "11");
        assert_eq!(filled("{", "1"), "{");
        assert_eq!(filled("{{code}}", "1"), "{1}");
    }

    #[test]
    fn a_name_that_is_not_known_here_is_named_together_with_those_that_are() {
        let error = Template::parse("{cod}", &[Field::Code, Field::Minutes]).unwrap_err();
        assert_eq!(error.to_string(), "`{cod}` is not known here; known are {code} {minutes}");
        assert!(Template::parse("{to}", &[Field::Code]).is_err());
    }

    /// case 78: a value is never read as a template.
    #[test]
    fn a_value_that_looks_like_a_name_stays_as_it_is() {
        assert_eq!(filled("{code}", "{code}{text}"), "{code}{text}");
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_panic_and_filled_with_its_own_names_is_itself(text in "\\PC{0,20}(\\{code\\})?[{}a-z\"]{0,20}") {
            if let Ok(template) = Template::parse(&text, &[Field::Code]) {
                proptest::prop_assert_eq!(template.fill(|_| "{code}".into()), text);
            }
        }
    }
}
