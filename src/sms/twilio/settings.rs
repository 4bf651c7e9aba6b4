//! One `[sms.provider.NAME]` of kind `twilio`.

use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::sms::vendor::Endpoint;

/// Where Twilio is asked when nothing else is written.
pub(super) const USUAL: &str = "https://api.twilio.com";

/// An account at Twilio. There are no defaults beneath a provider table, so what may be left out is optional here.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TwilioSettings {
    /// `AC` and 32 hexadecimal digits.
    pub account_sid: String,
    /// The account's token. It signs receipts, so they need it even where a key is used for sending.
    pub auth_token: Option<SecretString>,
    /// `SK` and 32 hexadecimal digits, instead of the token.
    pub api_key: Option<String>,
    /// The secret of `api_key`.
    pub api_secret: Option<SecretString>,
    /// The sender: a number of the account, or a name of up to 11 signs where names are allowed.
    pub from: Option<String>,
    /// `MG` and 32 hexadecimal digits: the service that chooses a sender, instead of `from`.
    pub messaging_service_sid: Option<String>,
    /// Whether codes get the line that binds them to the pages; false when left out.
    pub otp_line: Option<bool>,
    /// Twilio's own when left out.
    pub endpoint: Option<String>,
    /// PEM of a private authority, believed instead of the system's; empty is none.
    pub ca_file: Option<PathBuf>,
}

/// Neither keys nor senders.
impl std::fmt::Debug for TwilioSettings {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("TwilioSettings").field("account_sid", &self.account_sid).finish_non_exhaustive()
    }
}

impl TwilioSettings {
    /// Every problem, as key below the provider's table and what to write instead. Opens no file and no connection.
    #[must_use]
    pub fn check(&self) -> Vec<(String, String)> {
        let mut problems = Vec::new();
        let mut said = |key: &str, problem: &str| problems.push((key.to_owned(), problem.to_owned()));
        if !is_sid("AC", &self.account_sid) {
            said("account_sid", "must be AC and 32 hexadecimal digits, as Twilio's console shows it");
        }
        match (&self.auth_token, &self.api_key, &self.api_secret) {
            (None, None, None) => said("auth_token", "is missing; write it, or api_key and api_secret"),
            (_, Some(_), None) => said("api_secret", "is missing; write the secret of api_key"),
            (_, None, Some(_)) => said("api_key", "is missing; write the key that api_secret belongs to"),
            (_, Some(key), _) if !is_sid("SK", key) => said("api_key", "must be SK and 32 hexadecimal digits"),
            _ => {}
        }
        for (key, secret) in [("auth_token", &self.auth_token), ("api_secret", &self.api_secret)] {
            if secret.as_ref().is_some_and(|secret| secret.expose_secret().trim().is_empty()) {
                said(key, "is empty; write it, or drop the key");
            }
        }
        match (&self.from, &self.messaging_service_sid) {
            (None, None) => said("from", "is missing; write the sender, or messaging_service_sid"),
            (Some(_), Some(_)) => said("from", "has no use with messaging_service_sid; drop one of them"),
            (Some(from), None) if from.trim().is_empty() => said("from", "is empty; write the sender"),
            (None, Some(service)) if !is_sid("MG", service) => {
                said("messaging_service_sid", "must be MG and 32 hexadecimal digits");
            }
            _ => {}
        }
        problems.extend(Endpoint::problems(self.endpoint.as_deref(), USUAL, self.ca_file.as_ref()));
        problems
    }
}

/// Twilio's ids: two letters for the kind, and 32 hexadecimal digits.
fn is_sid(kind: &str, text: &str) -> bool {
    text.strip_prefix(kind).is_some_and(|rest| rest.len() == 32 && rest.bytes().all(|byte| byte.is_ascii_hexdigit()))
}
