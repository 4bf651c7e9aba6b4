//! Values that follow from others: the name of the pages in messages, and the domain of the mailboxes in hints.

use toml::Value;

use super::merged::Merged;

/// Stands for `page.name` in the texts of messages, so that the signature is written once.
const NAME: &str = "{name}";
/// The key of hints about how to write an address, and that of the domain that people have.
const EXAMPLE: &str = "text.example_address";
const DOMAIN: &str = "page.mail_domain";

/// Fills in what follows from values that somebody wrote.
pub fn fill_in(merged: &mut Merged) {
    let text = |path: &str| merged.at(path).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (domain, default) = (text(DOMAIN), text("text.default_locale"));
    let names: Vec<(String, String)> = merged
        .iter()
        .filter_map(|(path, held)| match path.names() {
            [page, name, tag] if page == "page" && name == "name" => {
                Some((tag.clone(), held.value.as_str()?.to_owned()))
            }
            _ => None,
        })
        .collect();
    let name = |tag: &str| {
        let of = |wanted: &str| names.iter().find(|(tag, _)| tag.eq_ignore_ascii_case(wanted));
        of(tag).or_else(|| of(&default)).map_or("", |(_, name)| name.as_str())
    };
    merged.change(|path, held| match (path.names(), &mut held.value) {
        ([sms, text, _, tag], Value::String(message)) if sms == "sms" && text == "text" => {
            *message = message.replace(NAME, name(tag));
        }
        (_, Value::String(example))
            if held.origin.is_default() && !domain.is_empty() && path.to_string() == EXAMPLE =>
        {
            let person = example.split('@').next().unwrap_or_default();
            *example = format!("{person}@{domain}");
        }
        _ => {}
    });
}
