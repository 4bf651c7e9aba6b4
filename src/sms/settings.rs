//! The sections `[sms]`, `[sms.text.*]` and `[sms.provider.*]`.

use std::collections::BTreeMap;

use serde::Deserialize;

#[cfg(feature = "cmpp")]
use super::cmpp::CmppSettings;
use super::http::HttpSettings;
#[cfg(feature = "smpp")]
use super::smpp::SmppSettings;
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
    /// An SMSC or a gateway that speaks SMPP 3.4.
    #[cfg(feature = "smpp")]
    Smpp(Box<SmppSettings>),
    /// An SMSC, to a binary that cannot speak to one.
    #[cfg(not(feature = "smpp"))]
    Smpp(NotBuilt),
    /// Prints to the terminal.
    Console(ConsoleSettings),
    /// A gateway of China Mobile, or one that speaks CMPP like it.
    #[cfg(feature = "cmpp")]
    Cmpp(Box<CmppSettings>),
    /// Such a gateway, to a binary that cannot speak to one.
    #[cfg(not(feature = "cmpp"))]
    Cmpp(NotBuilt),
}

impl ProviderSettings {
    /// Whether it adds a line to codes that binds them to the pages.
    pub(super) fn binds_codes(&self) -> bool {
        match self {
            #[cfg(feature = "smpp")]
            Self::Smpp(smsc) => smsc.otp_line.unwrap_or(false),
            _ => false,
        }
    }
}

/// Stands for the settings of a kind that this binary was built without: there are none, and reading them says why.
#[derive(Debug, Clone, Copy)]
pub enum NotBuilt {}

impl<'de> Deserialize<'de> for NotBuilt {
    fn deserialize<D: serde::Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        let problem = "this binary was built without this kind of provider; \
                       build it with the Cargo feature of the same name, or use another kind";
        Err(serde::de::Error::custom(problem))
    }
}

/// A terminal needs no settings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsoleSettings {}
