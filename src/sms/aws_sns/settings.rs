//! One `[sms.provider.NAME]` of kind `aws_sns`.

use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::sms::vendor::Endpoint;

/// Access to Amazon SNS in one region. There are no defaults beneath a provider table, so what may be left out is
/// optional here.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AwsSnsSettings {
    /// Like `eu-central-1`; one where SNS sends text messages.
    pub region: String,
    /// Of a user or role that may do `sns:Publish`.
    pub access_key_id: String,
    /// Its secret.
    pub secret_access_key: SecretString,
    /// Where the key is of a role for a while.
    pub session_token: Option<SecretString>,
    /// The sender that phones show where names are allowed: 1 to 11 letters, digits and hyphens, a letter among them.
    pub sender_id: Option<String>,
    /// The most that one message may cost, in US dollars, like `0.50`.
    pub max_price: Option<String>,
    /// Whether codes get the line that binds them to the pages; false when left out.
    pub otp_line: Option<bool>,
    /// SNS of the region when left out.
    pub endpoint: Option<String>,
    /// PEM of a private authority, believed instead of the system's; empty is none.
    pub ca_file: Option<PathBuf>,
}

/// Neither keys nor tokens.
impl std::fmt::Debug for AwsSnsSettings {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("AwsSnsSettings").field("region", &self.region).finish_non_exhaustive()
    }
}

impl AwsSnsSettings {
    /// Every problem, as key below the provider's table and what to write instead. Opens no file and no connection.
    #[must_use]
    pub fn check(&self) -> Vec<(String, String)> {
        let mut problems = Vec::new();
        let mut said = |key: &str, problem: &str| problems.push((key.to_owned(), problem.to_owned()));
        let is_label = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let has_region = (1..=32).contains(&self.region.len()) && self.region.bytes().all(is_label);
        if !has_region {
            said("region", "must be the name of a region, like \"eu-central-1\"");
        }
        let is_id = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if self.access_key_id.is_empty() || !self.access_key_id.bytes().all(is_id) {
            said("access_key_id", "must be letters and digits, like \"AKIA…\"");
        }
        if self.secret_access_key.expose_secret().trim().is_empty() {
            said("secret_access_key", "is empty; write the secret of access_key_id");
        }
        if self.session_token.as_ref().is_some_and(|token| !is_header(token.expose_secret())) {
            said("session_token", "is empty or no token; write it on one line, or drop the key");
        }
        if self.sender_id.as_deref().is_some_and(|sender| !is_sender(sender)) {
            said("sender_id", "must be 1 to 11 letters, digits and hyphens with a letter among them, or be left out");
        }
        if self.max_price.as_deref().is_some_and(|price| !is_price(price)) {
            said("max_price", "must be dollars like \"0.50\"");
        }
        if has_region {
            problems.extend(Endpoint::problems(self.endpoint.as_deref(), &self.usual(), self.ca_file.as_ref()));
        }
        problems
    }

    /// Where SNS of the region is. China has a domain of its own.
    pub(super) fn usual(&self) -> String {
        let top = if self.region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
        format!("https://sns.{}.{top}", self.region)
    }
}

fn is_header(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn is_sender(text: &str) -> bool {
    let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    (1..=11).contains(&text.len()) && plain && text.bytes().any(|byte| byte.is_ascii_alphabetic())
}

fn is_price(text: &str) -> bool {
    let (whole, rest) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| (1..=5).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole) && digits(rest)
}
