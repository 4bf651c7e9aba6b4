//! `[page]`: what the hosted pages are called, how they look and where they lead.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

use super::check::{Problems, one_line, web_link};
use super::web_address::CorsOrigin;
use crate::domain::{MailboxAddress, nearest_language};
use crate::http::Colour;

/// Longer names would push the form off a phone's screen.
const MAX_NAME: usize = 60;

/// Enough for a name, a licence number and an address.
const MAX_FOOTER: usize = 500;

/// How many pages a recovery takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PageFlow {
    /// The code on one page, the password on the next.
    Steps,
    /// Both on one page.
    Single,
}

/// `[page]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageSettings {
    /// How many pages.
    pub flow: PageFlow,
    /// Where the last page leads without `return_to`; "" = nowhere.
    pub login_url: String,
    /// Added when a person types only a name; "" = nothing is.
    pub mail_domain: String,
    /// Pages elsewhere that may show ours in a frame.
    pub embed_origins: Vec<CorsOrigin>,
    /// Colour and files.
    pub brand: BrandSettings,
    /// What the pages call themselves.
    pub name: ByLanguage,
    /// What stands at their end.
    pub footer: ByLanguage,
}

/// `[page.brand]`. Paths that are empty name nothing.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BrandSettings {
    /// Of buttons and links.
    pub colour: Colour,
    /// SVG or PNG.
    pub logo_file: PathBuf,
    /// Laid over our own style sheet.
    pub css_file: PathBuf,
}

/// One text in several languages, by tag.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct ByLanguage(BTreeMap<String, String>);

impl ByLanguage {
    /// The text of a language, else of the default one, else "".
    #[must_use]
    pub fn get(&self, tag: &str, default: &str) -> &str {
        let of = |wanted: &str| nearest_language(wanted, self.0.keys().map(String::as_str));
        of(tag).or_else(|| of(default)).and_then(|tag| self.0.get(tag)).map_or("", String::as_str)
    }

    /// Tags and texts.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(tag, text)| (tag.as_str(), text.as_str()))
    }
}

impl PageSettings {
    /// Texts that fit, addresses that are some, and a colour that people can read.
    #[must_use]
    pub fn check(&self) -> Problems {
        let mut problems = Problems::new();
        web_link(&mut problems, "login_url", &self.login_url, "https://mail.example.gov.cn");
        let is_domain = MailboxAddress::parse(&format!("a@{}", self.mail_domain)).is_ok();
        if !self.mail_domain.is_empty() && !is_domain {
            let problem = format!("`{}` is no domain; write it like \"example.gov.cn\"", self.mail_domain);
            problems.push(("mail_domain".into(), problem));
        }
        if let Err(error) = self.brand.colour.check_on_white() {
            problems.push(("brand.colour".into(), format!("{}: {error}", self.brand.colour)));
        }
        for (table, texts, max) in [("name", &self.name, MAX_NAME), ("footer", &self.footer, MAX_FOOTER)] {
            for (tag, text) in texts.iter() {
                one_line(&mut problems, &format!("{table}.{tag}"), text, max);
            }
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_found_by_its_language_then_by_the_default() {
        let texts: ByLanguage = toml::from_str("zh-CN = '市政邮箱'\nen = 'City Mail'").unwrap();
        assert_eq!(texts.get("EN", "zh-CN"), "City Mail");
        assert_eq!(texts.get("fr", "zh-CN"), "市政邮箱");
        assert_eq!(texts.get("fr", "de"), "");
    }
}
