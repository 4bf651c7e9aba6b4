//! The sections `[sms]`, `[sms.text.*]` and `[sms.provider.*]`; `[sms.route.*]` is in `route.rs`.

use std::collections::BTreeMap;

use secrecy::SecretString;
use serde::Deserialize;

use super::http::HttpSettings;
use super::receipts::{ReceiptKind, ReceiptSettings};
use super::route::RouteSettings;
use super::{
    AliyunSettings, AwsSnsSettings, CmppSettings, HuaweiSettings, SmppSettings, TencentSettings, TwilioSettings,
    VonageSettings,
};
use crate::domain::Period;

/// How messages leave.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmsSettings {
    /// Names of provider tables, tried in this order by messages that no route matches.
    pub providers: Vec<String>,
    /// Names of route tables; the first that matches decides. A list, because tables have no order.
    #[serde(default)]
    pub routes: Vec<String>,
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
    /// The routes by name.
    #[serde(default)]
    pub route: BTreeMap<String, RouteSettings>,
    /// Delivery receipts by the name of the provider.
    #[serde(default)]
    pub receipts: BTreeMap<String, ReceiptSettings>,
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
    Smpp(Box<SmppSettings>),
    /// Twilio.
    Twilio(Box<TwilioSettings>),
    /// Vonage.
    Vonage(Box<VonageSettings>),
    /// Amazon SNS.
    #[serde(rename = "aws_sns")]
    AwsSns(Box<AwsSnsSettings>),
    /// Alibaba Cloud SMS.
    Aliyun(Box<AliyunSettings>),
    /// Tencent Cloud SMS.
    Tencent(Box<TencentSettings>),
    /// Huawei Cloud SMS.
    Huawei(Box<HuaweiSettings>),
    /// Prints to the terminal.
    Console(ConsoleSettings),
    /// A gateway of China Mobile, or one that speaks CMPP like it.
    Cmpp(Box<CmppSettings>),
}

impl ProviderSettings {
    /// Whether it adds a line to codes that binds them to the pages.
    pub(super) fn binds_codes(&self) -> bool {
        match self {
            #[cfg(feature = "smpp")]
            Self::Smpp(smsc) => smsc.otp_line.unwrap_or(false),
            #[cfg(feature = "twilio")]
            Self::Twilio(own) => own.otp_line.unwrap_or(false),
            #[cfg(feature = "vonage")]
            Self::Vonage(own) => own.otp_line.unwrap_or(false),
            #[cfg(feature = "aws_sns")]
            Self::AwsSns(own) => own.otp_line.unwrap_or(false),
            _ => false,
        }
    }

    /// The longest code that the kind carries, where it has such a limit.
    pub(super) const fn longest_code(&self) -> Option<usize> {
        match self {
            // A variable of a template for verification codes is 0 to 6 digits.
            Self::Tencent(_) => Some(6),
            _ => None,
        }
    }

    /// In which vendor's way its receipts are posted; nothing where it posts none, or any gateway may be meant.
    #[must_use]
    pub const fn receipt_kind(&self) -> Option<ReceiptKind> {
        match self {
            Self::Aliyun(_) => Some(ReceiptKind::Aliyun),
            Self::Tencent(_) => Some(ReceiptKind::Tencent),
            Self::Huawei(_) => Some(ReceiptKind::Huawei),
            Self::Twilio(_) => Some(ReceiptKind::Twilio),
            Self::Vonage(_) => Some(ReceiptKind::Vonage),
            Self::Http(_) | Self::Cmpp(_) | Self::Smpp(_) | Self::AwsSns(_) | Self::Console(_) => None,
        }
    }

    /// What signs its receipts, where its own table says so.
    pub(super) fn receipt_token(&self) -> Option<&SecretString> {
        match self {
            #[cfg(feature = "twilio")]
            Self::Twilio(own) => own.auth_token.as_ref(),
            _ => None,
        }
    }
}

/// A terminal needs no settings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsoleSettings {}
