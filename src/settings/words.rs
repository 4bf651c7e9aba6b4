//! `[text]`, `[help]` and `[log]`: what people and operators read.

use serde::Deserialize;

use super::check::Problems;
use crate::domain::MailboxAddress;
use crate::http::BUILT_IN;

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
}

/// `[help]`: whom to turn to, shown to everybody alike. Empty texts are not shown.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HelpSettings {
    /// Office or person.
    pub name: String,
    /// As people dial it.
    pub phone: String,
    /// Mail address.
    pub email: String,
    /// When somebody answers.
    pub hours: String,
    /// A page with more.
    pub url: String,
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
    /// A language that there is, and an address that is one.
    #[must_use]
    pub fn check(&self) -> Problems {
        let mut problems = Problems::new();
        let locales = BUILT_IN.map(|(tag, _)| tag);
        if !locales.contains(&self.default_locale.as_str()) {
            let locales = locales.join("\" or \"");
            problems.push((
                "default_locale".into(),
                format!("`{}` is not spoken here; write \"{locales}\"", self.default_locale),
            ));
        }
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
            if text.chars().count() > MAX_HELP || text.chars().any(char::is_control) {
                problems.push((key.into(), format!("longer than {MAX_HELP} characters, or more than one line")));
            }
        }
        if !self.email.is_empty()
            && let Err(error) = MailboxAddress::parse(&self.email)
        {
            problems.push(("email".into(), error.to_string()));
        }
        let link = url::Url::parse(&self.url).is_ok_and(|url| matches!(url.scheme(), "https" | "http"));
        if !self.url.is_empty() && !link {
            problems.push(("url".into(), "is no web address; write it like \"https://it.example.gov.cn/help\"".into()));
        }
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
