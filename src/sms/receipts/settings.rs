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

impl ReceiptKind {
    /// As it is written.
    const fn name(self) -> &'static str {
        match self {
            Self::Aliyun => "aliyun",
            Self::Tencent => "tencent",
            Self::Huawei => "huawei",
            Self::Twilio => "twilio",
            Self::Vonage => "vonage",
        }
    }
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

    /// That another vendor's receipts are read than the provider posts, or any where it posts none.
    fn stranger(&self, provider: &ProviderSettings) -> Option<Problem> {
        let problem = match (provider, provider.receipt_kind().zip(self.format)) {
            (_, Some((kind, given))) if kind != given => {
                let (given, kind) = (given.name(), kind.name());
                format!("is \"{given}\", and the provider is of kind \"{kind}\"; write \"{kind}\" or leave it out")
            }
            (ProviderSettings::Smpp(_) | ProviderSettings::Cmpp(_), _) => {
                "is for vendors that post receipts; this provider's come over its own connection: drop the table"
                    .to_owned()
            }
            (ProviderSettings::AwsSns(_), _) => {
                "is for vendors that post receipts, and Amazon SNS posts none; drop the table".to_owned()
            }
            _ => return None,
        };
        Some(said("format", &problem))
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
        } else if let Some(problem) = provider.and_then(|provider| self.stranger(provider)) {
            problems.push(problem);
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

    #[cfg(all(feature = "aliyun", feature = "aws_sns", feature = "cmpp", feature = "tencent"))]
    #[test]
    fn receipts_of_another_vendor_than_the_provider_is_are_refused() {
        let with = |provider: &str, format: &str| {
            let table =
                format!("providers = [\"main\"]\n[provider.main]\n{provider}\n[receipts.main]\n{format}\n{SECRET}");
            settings(&table).check()
        };
        let cloud = "kind = \"aliyun\"\nkey_id = \"k\"\nkey_secret = \"s\"\nsign_name = \"n\"\ntemplate.code = { en = \"SMS_1\" }";
        assert_eq!(with(cloud, ""), []);
        assert_eq!(with(cloud, "format = \"aliyun\""), []);
        let problem = "is \"tencent\", and the provider is of kind \"aliyun\"; write \"aliyun\" or leave it out";
        assert_eq!(with(cloud, "format = \"tencent\""), [("receipts.main.format".to_owned(), problem.to_owned())]);
        let sns = "kind = \"aws_sns\"\nregion = \"eu-central-1\"\naccess_key_id = \"a\"\nsecret_access_key = \"s\"";
        let line = "kind = \"cmpp\"\nhost = \"10.0.0.1\"\nsp_id = \"900001\"\nsecret = \"s\"\nservice_id = \"s\"\nsrc_id = \"1\"";
        for (provider, format) in [(sns, "format = \"aliyun\""), (line, "format = \"aliyun\""), (line, "")] {
            let problems = with(provider, format);
            assert!(problems.len() == 1 && problems[0].1.contains("drop the table"), "{problems:?}");
        }
    }

    #[test]
    fn networks_are_read_and_addresses_are_networks_of_one() {
        let with = |allow: &str| keys(&format!("format = \"aliyun\"\n{SECRET}\nallow = {allow}"));
        assert_eq!(with("[\"203.0.113.0/24\", \"2001:db8::/32\", \"198.51.100.7\"]"), Vec::<String>::new());
        assert_eq!(with("[\"aliyun.com\"]"), ["receipts.main.allow"]);
    }
}
