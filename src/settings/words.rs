//! `[text]`, `[help]` and `[log]`: what people and operators read.

use std::path::PathBuf;

use serde::Deserialize;

use super::check::{Problems, one_line, web_link};
use super::page::ByLanguage;
use crate::domain::MailboxAddress;

/// Longer texts would push the form off a phone's screen.
const MAX_HELP: usize = 200;

/// `[text]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextSettings {
    /// Language when a request asks for none that there is.
    pub default_locale: String,
    /// In hints about how to write an address.
    pub example_address: String,
    /// Where the operator's own locale files are; "" = nowhere.
    pub locale_dir: PathBuf,
    /// IANA name; "" = the machine's.
    pub time_zone: String,
}

/// `[help]`: whom to turn to, shown to everybody alike. Empty texts are not shown.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HelpSettings {
    /// Office or person.
    pub name: String,
    /// The same for pages in other languages.
    pub name_in: ByLanguage,
    /// As people dial it.
    pub phone: String,
    /// Mail address.
    pub email: String,
    /// When somebody answers.
    pub hours: String,
    /// The same for pages in other languages.
    pub hours_in: ByLanguage,
    /// A page with more.
    pub url: String,
    /// Contacts by unit and mail domain; "" = none.
    pub contacts_file: PathBuf,
}

/// `[mail]`: client settings shown when a password was changed. Empty ones are not shown.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailSettings {
    /// Server and port.
    pub imap: String,
    /// Server and port.
    pub pop: String,
    /// Server and port.
    pub smtp: String,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Text on a terminal, JSON otherwise.
    Auto,
    /// Text.
    Text,
    /// JSON, one object a line.
    Json,
}

/// `[log]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogSettings {
    /// How lines look.
    pub format: LogFormat,
    /// What is logged, like `info,resetgate::sms=debug`.
    pub level: String,
    /// One line a request.
    pub access: bool,
}

impl TextSettings {
    /// An address that is one; whether there is such a language shows only with the files of `locale_dir`.
    #[must_use]
    pub fn check(&self) -> Problems {
        let mut problems = Problems::new();
        if let Err(error) = MailboxAddress::parse(&self.example_address) {
            problems.push(("example_address".into(), error.to_string()));
        }
        problems
    }
}

impl HelpSettings {
    /// Texts that fit the page, an address and a link that work.
    #[must_use]
    pub fn check(&self) -> Problems {
        let mut problems = Problems::new();
        let texts = [
            ("name", &self.name),
            ("phone", &self.phone),
            ("email", &self.email),
            ("hours", &self.hours),
            ("url", &self.url),
        ];
        for (key, text) in texts {
            one_line(&mut problems, key, text, MAX_HELP);
        }
        for (table, texts) in [("name_in", &self.name_in), ("hours_in", &self.hours_in)] {
            for (tag, text) in texts.iter() {
                one_line(&mut problems, &format!("{table}.{tag}"), text, MAX_HELP);
            }
        }
        if !self.email.is_empty()
            && let Err(error) = MailboxAddress::parse(&self.email)
        {
            problems.push(("email".into(), error.to_string()));
        }
        web_link(&mut problems, "url", &self.url, "https://it.example.gov.cn/help");
        problems
    }
}

impl LogSettings {
    /// A filter that can be read.
    #[must_use]
    pub fn check(&self) -> Problems {
        let error = tracing_subscriber::EnvFilter::builder().parse(&self.level).err();
        let problem =
            |error| format!("`{}` is no level ({error}); write \"info\" or \"info,resetgate::sms=debug\"", self.level);
        error.map(|error| ("level".to_owned(), problem(error))).into_iter().collect()
    }
}
