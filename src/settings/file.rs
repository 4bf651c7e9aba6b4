//! A TOML file as a layer of values.

use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::key::KeyPath;
use super::known::{Found, Key, known};
use super::layer::{Entry, Layer};
use super::origin::{Origin, SourceText, Spot};
use super::problem::{Number, Place, Problem, how_to_write, place_of_key};
use super::snippet::Snippet;

type Item<'a> = (&'a Spanned<std::borrow::Cow<'a, str>>, &'a Spanned<DeValue<'a>>);

/// Reads `text`, which `name` holds. Whatever is wrong is collected, and the rest is read all the same.
#[must_use]
pub fn read_file(name: &str, text: &str) -> Layer {
    let (document, errors) = DeTable::parse_recoverable(text);
    let mut hidden = Vec::new();
    hide(document.get_ref(), &KeyPath::root(), &mut hidden);
    let source =
        Arc::new(SourceText { name: name.to_owned(), text: text.to_owned(), hidden, broken: !errors.is_empty() });
    let mut reader = Reader { source, layer: Layer::default() };
    for error in &errors {
        reader.syntax(error);
    }
    reader.table(document.get_ref(), &KeyPath::root());
    reader.layer
}

/// The bytes of every value that is a secret or may be meant as one.
fn hide(table: &DeTable<'_>, at: &KeyPath, hidden: &mut Vec<std::ops::Range<usize>>) {
    for (name, value) in table {
        let path = at.then(name.get_ref());
        match (value.get_ref(), known().find(&path)) {
            (DeValue::Table(inner), Found::Section | Found::Unknown) => hide(inner, &path, hidden),
            // A text where a table belongs may be the secret that belongs into that table.
            (_, Found::Section) => hidden.push(value.span()),
            (given, _) if known().hides(&path, given.as_str()) => hidden.push(value.span()),
            _ => {}
        }
    }
}

struct Reader {
    source: Arc<SourceText>,
    layer: Layer,
}

impl Reader {
    fn origin(&self, (name, value): Item<'_>) -> Origin {
        Origin::File(Spot { source: Arc::clone(&self.source), key: name.span(), value: value.span() })
    }

    fn syntax(&mut self, error: &toml::de::Error) {
        let snippet = Snippet::of(&self.source, &error.span().unwrap_or(0..0));
        let problem = Problem::new(
            Number::Syntax,
            "this is no TOML",
            Place::Line(snippet),
            "text stands in quotes, lists in [ ], one key on a line; resetgate config example shows every key",
        );
        self.layer.problems.push(problem.with_label(error.message().replace('\n', ", ")));
    }

    /// Whether the line of `item` is broken already; what follows from that is not reported again.
    fn follows_from_syntax(&self, (name, value): Item<'_>) -> bool {
        let line = |offset| self.source.position(offset).0;
        let lines = line(name.span().start)..=line(value.span().end);
        self.layer.problems.iter().any(|problem| match &problem.place {
            Place::Line(snippet) => problem.number == Number::Syntax && lines.contains(&snippet.line),
            Place::Named(_) => false,
        })
    }

    fn table(&mut self, table: &DeTable<'_>, at: &KeyPath) {
        for item in table {
            let path = at.then(item.0.get_ref());
            match (known().find(&path), item.1.get_ref()) {
                (Found::Section, DeValue::Table(inner)) => {
                    self.layer.tables.push((path.clone(), self.origin(item)));
                    self.table(inner, &path);
                }
                (Found::Section, _) if self.follows_from_syntax(item) => {}
                (Found::Section, _) => self.wrong_kind(item, &path, "a table"),
                (Found::Key(key), _) => self.value(item, path, key, false),
                (Found::File(key), _) => self.value(item, path, key, true),
                (Found::Unknown, _) => self.unknown(item, &path),
            }
        }
    }

    fn value(&mut self, item: Item<'_>, path: KeyPath, key: &Key, names_file: bool) {
        let value = plain(item.1.get_ref());
        if let Some(value) = value.as_ref().filter(|value| key.hides(value.as_str()) && !names_file) {
            self.layer.keep_secret(value);
        }
        match value.filter(|value| key.kind.admits(value)) {
            Some(value) => self.layer.entries.push(Entry { path, value, origin: self.origin(item) }),
            None if self.follows_from_syntax(item) => {}
            None => self.wrong_kind(item, &path, key.kind.words()),
        }
    }

    fn wrong_kind(&mut self, item: Item<'_>, path: &KeyPath, wanted: &str) {
        let given = match item.1.get_ref() {
            DeValue::Integer(number) if number.as_str().starts_with('-') => "a negative number",
            DeValue::Integer(_) => "a whole number",
            DeValue::Float(_) => "a fraction",
            DeValue::String(_) => "text",
            DeValue::Boolean(_) => "true or false",
            DeValue::Array(_) => "a list, or one with the wrong things in it",
            DeValue::Table(_) => "a table",
            DeValue::Datetime(_) => "a date",
        };
        let message = format!("{path} must be {wanted}");
        let problem = Problem::about(Number::WrongKind, path, &self.origin(item), message);
        self.layer.problems.push(problem.with_label(format!("this is {given}")));
    }

    fn unknown(&mut self, item: Item<'_>, path: &KeyPath) {
        if self.follows_from_syntax(item) {
            return;
        }
        let name = path.last().escape_debug().to_string();
        let place = place_of_key(&self.origin(item));
        let is_table = matches!(item.1.get_ref(), DeValue::Table(_));
        let (number, what) = if is_table { (Number::UnknownSection, "section") } else { (Number::UnknownKey, "key") };
        let mut problem = Problem::new(number, format!("unknown {what} `{name}`"), place, how_to_write(path, None));
        problem.label = did_you_mean(path, is_table);
        problem.key = Some(path.clone());
        self.layer.problems.push(problem);
    }
}

/// The name that was probably meant, or the section that has such a key.
#[must_use]
pub fn did_you_mean(path: &KeyPath, is_table: bool) -> String {
    if let Some(name) = known().suggest(path) {
        return format!("did you mean `{name}`?");
    }
    match known().section_with(path.last()).filter(|_| !is_table) {
        Some(section) => format!("that key belongs under {section}"),
        None => String::new(),
    }
}

/// The value without its places; `None` for a number that does not fit.
fn plain(value: &DeValue<'_>) -> Option<toml::Value> {
    Some(match value {
        DeValue::String(text) => toml::Value::String(text.to_string()),
        DeValue::Integer(number) => toml::Value::Integer(i64::from_str_radix(number.as_str(), number.radix()).ok()?),
        DeValue::Float(number) => toml::Value::Float(number.as_str().parse().ok()?),
        DeValue::Boolean(switch) => toml::Value::Boolean(*switch),
        DeValue::Datetime(moment) => toml::Value::Datetime(*moment),
        DeValue::Array(items) => {
            toml::Value::Array(items.iter().map(|item| plain(item.get_ref())).collect::<Option<_>>()?)
        }
        DeValue::Table(table) => toml::Value::Table(
            table
                .iter()
                .map(|(name, item)| Some((name.get_ref().to_string(), plain(item.get_ref())?)))
                .collect::<Option<_>>()?,
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::report::Report;

    fn rendered(text: &str) -> String {
        Report::new(read_file("/etc/resetgate.toml", text).problems, Vec::new()).render(false)
    }

    /// case 97: an unknown key is refused with its place and the key that was meant.
    #[test]
    fn an_unknown_key_is_shown_in_three_parts() {
        let text = "[ops]\nlisten = \"\"\n\n[server]\nlistn = \"0.0.0.0:8080\"\n";
        assert_eq!(
            rendered(text),
            "error[C012]: unknown key `listn`
  --> /etc/resetgate.toml:5:1
 5 | listn = \"0.0.0.0:8080\"
   | ^^^^^ did you mean `listen`?
help: resetgate config example | grep -A12 '^\\[server\\]'
"
        );
    }

    #[test]
    fn an_unknown_section_and_a_key_in_the_wrong_section_are_told_apart() {
        let text = rendered("[servr]\nx = 1\n[flow]\npepper = \"0123456789\"\n");
        assert!(
            text.contains("error[C011]: unknown section `servr`") && text.contains("did you mean `server`?"),
            "{text}"
        );
        assert!(text.contains("unknown key `pepper`") && text.contains("that key belongs under [code]"), "{text}");
        assert!(text.contains("pepper = ••••") && !text.contains("0123456789"), "{text}");
    }

    /// case 97: a wrong kind, a negative number and a table in the wrong place are refused.
    #[test]
    fn a_wrong_kind_is_refused_and_the_reference_line_is_the_help() {
        let layer =
            read_file("a", "code = 7\n[captcha]\nrequired = \"yes\"\nlength = -1\nkinds = [1]\n[server.listen]\n");
        let messages: Vec<_> = layer.problems.iter().map(|problem| problem.message.as_str()).collect();
        assert_eq!(layer.entries.len(), 0);
        for message in [
            "code must be a table",
            "captcha.required must be true or false",
            "captcha.length must be a whole number, 0 or more",
            "captcha.kinds must be a list of texts, like [\"a\", \"b\"]",
            "server.listen must be text in quotes",
        ] {
            assert!(messages.contains(&message), "{message}: {messages:?}");
        }
        let help = &layer.problems.iter().find(|problem| problem.message.contains("length")).unwrap().help;
        assert!(help.starts_with("under [captcha]: length = 5 #"), "{help}");
    }

    #[test]
    fn every_syntax_error_is_reported_and_the_rest_is_still_read() {
        let layer =
            read_file("a", "[server]\nlisten = \nworkers = 2\n[code]\nlength = = 6\nmax_sends = 2\nlenght = 1\n");
        let numbers: Vec<_> = layer.problems.iter().map(|problem| problem.number).collect();
        assert!(numbers.iter().filter(|number| **number == Number::Syntax).count() >= 2, "{:?}", layer.problems);
        assert!(numbers.contains(&Number::UnknownKey), "{:?}", layer.problems);
        let read: Vec<_> = layer.entries.iter().map(|entry| entry.path.to_string()).collect();
        assert!(read.contains(&"server.workers".to_owned()) && read.contains(&"code.max_sends".to_owned()), "{read:?}");
    }

    #[test]
    fn the_reference_file_itself_is_read_without_a_problem() {
        let layer = read_file("default.toml", crate::settings::known::DEFAULT_TEXT);
        assert!(layer.problems.is_empty(), "{:?}", layer.problems);
    }
}
