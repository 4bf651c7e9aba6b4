//! `[sms.receipts.NAME]`: where and how delivery receipts of the provider NAME are taken.

use std::net::IpAddr;

use ipnet::IpNet;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::ReceiptFormat;
use crate::sms::check::{Problem, said};
use crate::sms::{ProviderSettings, SmsSettings};

/// Receipts of one provider.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiptSettings {
    /// In which vendor's way they are written; as the provider's kind says when left out.
    pub format: Option<ReceiptKind>,
    /// The last part of the address they are posted to; empty is none.
    pub secret: Option<SecretString>,
    /// What Twilio signs with; that of the provider when left out.
    pub auth_token: Option<SecretString>,
    /// Networks they come from; any when empty.
    #[serde(default)]
    pub allow: Vec<String>,
}

/// Vendors that post receipts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReceiptKind {
    /// Alibaba Cloud.
    Aliyun,
    /// Tencent Cloud.
    Tencent,
    /// Huawei Cloud.
    Huawei,
    /// Twilio, which signs.
    Twilio,
    /// Vonage.
    Vonage,
}

impl ReceiptSettings {
    /// How receipts of `provider` are read. Nothing when that was not said.
    #[must_use]
    pub fn format(&self, provider: &ProviderSettings) -> Option<ReceiptFormat> {
        Some(match self.format.or_else(|| provider.receipt_kind())? {
            ReceiptKind::Aliyun => ReceiptFormat::Aliyun,
            ReceiptKind::Tencent => ReceiptFormat::Tencent,
            ReceiptKind::Huawei => ReceiptFormat::Huawei,
            ReceiptKind::Twilio => ReceiptFormat::Twilio { auth_token: self.token(Some(provider))?.clone() },
            ReceiptKind::Vonage => ReceiptFormat::Vonage,
        })
    }

    /// The last part of the address, where there is one.
    #[must_use]
    pub fn secret(&self) -> Option<&SecretString> {
        given(self.secret.as_ref())
    }

    /// Networks they come from.
    ///
    /// # Errors
    /// Names the first that is none.
    pub fn networks(&self) -> Result<Vec<IpNet>, String> {
        self.allow.iter().map(|text| network(text)).collect()
    }

    fn token<'a>(&'a self, provider: Option<&'a ProviderSettings>) -> Option<&'a SecretString> {
        given(self.auth_token.as_ref()).or_else(|| given(provider?.receipt_token()))
    }

    fn check(&self, provider: Option<&ProviderSettings>) -> Vec<Problem> {
        let mut problems = Vec::new();
        let kind = self.format.or_else(|| provider.and_then(ProviderSettings::receipt_kind));
        let secret = self.secret();
        if provider.is_none() {
            problems.push(said(
                "format",
                "is for a provider that has no table [sms.provider.NAME]; write that or drop this",
            ));
        } else if kind.is_none() {
            let problem = "is not given, and the provider's kind does not tell; write one of aliyun, tencent, huawei, \
                           twilio, vonage";
            problems.push(said("format", problem));
        }
        match (kind == Some(ReceiptKind::Twilio), given(self.auth_token.as_ref())) {
            (true, None) if self.token(provider).is_none() => {
                problems.push(said(
                    "auth_token",
                    "is not given, here or at the provider; Twilio signs its receipts with it",
                ));
            }
            (false, Some(_)) => problems.push(said("auth_token", "is for Twilio alone; nobody else signs")),
            _ => {}
        }
        match secret {
            None if kind != Some(ReceiptKind::Twilio) => {
                let problem = "is not given, and anybody could post what is not signed; make one: resetgate secret new";
                problems.push(said("secret", problem));
            }
            Some(secret) if !is_path_secret(secret.expose_secret()) => {
                let problem = "must be 24 to 128 letters, digits, `-` or `_`; make one: resetgate secret new";
                problems.push(said("secret", problem));
            }
            _ => {}
        }
        problems.extend(self.networks().err().map(|problem| said("allow", &problem)));
        problems
    }
}

impl SmsSettings {
    pub(in crate::sms) fn check_receipts(&self) -> Vec<Problem> {
        let tables = self.receipts.iter().flat_map(|(name, table)| {
            let own = table.check(self.provider.get(name)).into_iter();
            own.map(move |(key, problem)| (format!("receipts.{name}.{key}"), problem))
        });
        tables.collect()
    }
}

fn given(secret: Option<&SecretString>) -> Option<&SecretString> {
    secret.filter(|secret| !secret.expose_secret().is_empty())
}

fn is_path_secret(text: &str) -> bool {
    (24..=128).contains(&text.len())
        && text.bytes().all(|sign| sign.is_ascii_alphanumeric() || matches!(sign, b'-' | b'_'))
}

/// A network, or a single address as a network of one.
fn network(text: &str) -> Result<IpNet, String> {
    let address = text.parse::<IpAddr>().map(|address| IpNet::from(address.to_canonical()));
    address.or_else(|_| text.parse()).map_err(|_| format!("`{text}` is no network; write it like \"203.0.113.0/24\""))
}

#[cfg(test)]
mod tests {
    use crate::sms::samples::settings;

    const SECRET: &str = "secret = \"0123456789abcdefABCDEF-_\"";

    fn keys(table: &str) -> Vec<String> {
        let provider = "providers = [\"main\"]\n[provider.main]\nkind = \"console\"\n";
        let settings = settings(&format!("{provider}[receipts.main]\n{table}"));
        settings.check().into_iter().map(|(key, _)| key).collect()
    }

    #[test]
    fn a_vendor_that_does_not_sign_needs_a_secret_in_the_path() {
        assert_eq!(keys(&format!("format = \"aliyun\"\n{SECRET}")), Vec::<String>::new());
        assert_eq!(keys("format = \"aliyun\""), ["receipts.main.secret"]);
        assert_eq!(keys("format = \"huawei\"\nsecret = \"\""), ["receipts.main.secret"]);
        for bad in ["short", "0123456789abcdefABCDEF/../x", "0123456789abcdefABCDEF%2f%2f"] {
            assert_eq!(keys(&format!("format = \"vonage\"\nsecret = \"{bad}\"")), ["receipts.main.secret"], "{bad}");
        }
    }

    #[test]
    fn twilio_needs_its_token_and_may_have_a_secret_too() {
        assert_eq!(keys("format = \"twilio\"\nauth_token = \"x\""), Vec::<String>::new());
        assert_eq!(keys(&format!("format = \"twilio\"\nauth_token = \"x\"\n{SECRET}")), Vec::<String>::new());
        assert_eq!(keys(&format!("format = \"twilio\"\n{SECRET}")), ["receipts.main.auth_token"]);
        assert_eq!(keys(&format!("format = \"tencent\"\nauth_token = \"x\"\n{SECRET}")), ["receipts.main.auth_token"]);
    }

    /// A provider that sends with a key instead has no token of its own.
    #[cfg(feature = "twilio")]
    #[test]
    fn the_token_of_the_provider_will_do() {
        let with = |credentials: &str| {
            let provider = format!(
                "providers = [\"main\"]\n[provider.main]\nkind = \"twilio\"\nfrom = \"+15005550006\"\n\
                 account_sid = \"AC00000000000000000000000000000000\"\n{credentials}\n[receipts.main]\n"
            );
            settings(&provider).check().into_iter().map(|(key, _)| key).collect::<Vec<_>>()
        };
        assert_eq!(with("auth_token = \"x\""), Vec::<String>::new());
        let key = "api_key = \"SK00000000000000000000000000000000\"\napi_secret = \"x\"";
        assert_eq!(with(key), ["receipts.main.auth_token"]);
    }

    #[test]
    fn the_provider_must_be_there_and_the_format_be_told() {
        assert_eq!(keys(SECRET), ["receipts.main.format"]);
        let stray =
            settings("providers = [\"a\"]\n[provider.a]\nkind = \"console\"\n[receipts.b]\nformat = \"aliyun\"");
        let keys: Vec<_> = stray.check().into_iter().map(|(key, _)| key).collect();
        assert_eq!(keys, ["receipts.b.format", "receipts.b.secret"]);
    }

    #[test]
    fn networks_are_read_and_addresses_are_networks_of_one() {
        let with = |allow: &str| keys(&format!("format = \"aliyun\"\n{SECRET}\nallow = {allow}"));
        assert_eq!(with("[\"203.0.113.0/24\", \"2001:db8::/32\", \"198.51.100.7\"]"), Vec::<String>::new());
        assert_eq!(with("[\"aliyun.com\"]"), ["receipts.main.allow"]);
    }
}
