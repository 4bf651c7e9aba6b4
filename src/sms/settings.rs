//! The sections `[sms]`, `[sms.text.*]` and `[sms.provider.*]`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::http::HttpSettings;
use crate::domain::Period;

/// How messages leave.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmsSettings {
    /// Names of provider tables, tried in this order.
    pub providers: Vec<String>,
    /// Messages that may wait (1 to 1000000).
    pub queue: usize,
    /// Messages handed over at once (1 to 256).
    pub workers: usize,
    /// For one message at one provider, connecting included (100ms to 60s).
    pub timeout: Period,
    /// For name, connection and TLS; at most `timeout`.
    pub connect_timeout: Period,
    /// When a failing provider is passed by.
    pub breaker: BreakerSettings,
    /// What people read.
    pub text: TextSettings,
    /// The providers by name. The defaults have none, so the whole table may be missing.
    #[serde(default)]
    pub provider: BTreeMap<String, ProviderSettings>,
}

/// When a failing provider is passed by.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BreakerSettings {
    /// So many failures in a row (1 to 1000)
    pub failures: u32,
    /// within this long
    pub window: Period,
    /// pass the provider by for this long.
    pub open_for: Period,
}

/// The texts by language, a BCP 47 tag.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextSettings {
    /// With `{code}`, and `{minutes}` and `{domain}` as wanted.
    pub code: BTreeMap<String, String>,
    /// With `{domain}` and `{time}`, of the change, as wanted.
    pub notice: BTreeMap<String, String>,
    /// With `{domain}` and `{time}`, when the password runs out, as wanted.
    #[serde(default)]
    pub expiry: BTreeMap<String, String>,
}

/// One provider.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum ProviderSettings {
    /// A gateway reached over HTTP.
    Http(Box<HttpSettings>),
    /// Prints to the terminal.
    Console(ConsoleSettings),
}

/// A terminal needs no settings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsoleSettings {}
