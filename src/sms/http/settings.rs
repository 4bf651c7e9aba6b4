//! One `[sms.provider.NAME]` of kind `http`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;

use crate::outbound::Headers;

/// A gateway reached over HTTP. There are no defaults beneath a provider table, so what may be left out is optional here.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpSettings {
    /// Where messages are handed over; `https`, or `http` on this machine. Its query may hold a key.
    pub url: String,
    /// POST when left out.
    pub method: Option<Method>,
    /// Headers by name.
    pub headers: Option<BTreeMap<String, SecretString>>,
    /// Headers whose values are read from files at start.
    pub header_files: Option<BTreeMap<String, PathBuf>>,
    /// What is sent, with `{to}` `{to_national}` `{text}` `{code}` `{ref}` `{locale}`. May hold the account's key.
    pub body: Option<SecretString>,
    /// How the body is written; JSON when left out.
    pub format: Option<Format>,
    /// The answer that means "taken".
    pub success: AnswerRule,
    /// JSON pointer to the gateway's id of the message; empty is none.
    pub message_id: Option<String>,
    /// The answer that means "nothing left, try another". 429 does, unless `number_limited` describes it.
    pub throttled: Option<AnswerRule>,
    /// The answer that means "this number had enough for a while". No other provider is asked then.
    pub number_limited: Option<AnswerRule>,
    /// PEM of a private authority, believed instead of the system's; empty is none.
    pub ca_file: Option<PathBuf>,
}

impl HttpSettings {
    /// Whether the text of a message is sent, and not its code alone.
    pub(in crate::sms) fn sends_text(&self) -> bool {
        let body = self.body.as_ref().map_or("", ExposeSecret::expose_secret);
        [self.url.as_str(), body].iter().any(|text| text.contains("{text}"))
    }

    pub(super) fn given_headers(&self) -> Headers<'_> {
        Headers { inline: self.headers.as_ref(), files: self.header_files.as_ref() }
    }
}

/// Everything but the kind may hold a key.
impl std::fmt::Debug for HttpSettings {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("HttpSettings")
            .field("method", &self.method)
            .field("format", &self.format)
            .finish_non_exhaustive()
    }
}

/// How the gateway is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// With a body.
    Post,
    /// With a body.
    Put,
    /// With everything in the URL, where proxies log it: only on this machine.
    Get,
}

/// How a body is written and values in it are escaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// `application/json`.
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
}

/// Recognises one kind of answer: a status, and a member of the JSON body or the text of any body where the status alone does
/// not tell.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerRule {
    /// Any of these.
    pub status: Vec<u16>,
    /// JSON pointer (RFC 6901) to the member.
    pub pointer: Option<String>,
    /// What the member must be: a text, a number or a truth value. Compared by value, whatever the type.
    pub equals: Option<Value>,
    /// A regular expression that the member, or without `pointer` the whole text, must match; without what is blank at its ends.
    pub pattern: Option<String>,
}
