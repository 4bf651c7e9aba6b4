//! One `[sms.provider.NAME]` of kind `vonage`.

use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::sms::vendor::Endpoint;

/// Where Vonage is asked when nothing else is written.
pub(super) const USUAL: &str = "https://rest.nexmo.com";

/// An account at Vonage. There are no defaults beneath a provider table, so what may be left out is optional here.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VonageSettings {
    /// As the dashboard shows it.
    pub api_key: String,
    /// Its secret.
    pub api_secret: SecretString,
    /// The sender: a number in digits, or up to 11 letters and digits.
    pub from: String,
    /// Whether codes get the line that binds them to the pages; false when left out.
    pub otp_line: Option<bool>,
    /// Vonage's own when left out.
    pub endpoint: Option<String>,
    /// PEM of a private authority, believed instead of the system's; empty is none.
    pub ca_file: Option<PathBuf>,
}

/// Neither the key nor its secret.
impl std::fmt::Debug for VonageSettings {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("VonageSettings").field("from", &self.from).finish_non_exhaustive()
    }
}

impl VonageSettings {
    /// Every problem, as key below the provider's table and what to write instead. Opens no file and no connection.
    #[must_use]
    pub fn check(&self) -> Vec<(String, String)> {
        let mut problems = Vec::new();
        let mut said = |key: &str, problem: &str| problems.push((key.to_owned(), problem.to_owned()));
        let is_word = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !is_word(&self.api_key) {
            said("api_key", "must be letters and digits, as Vonage's dashboard shows it");
        }
        if self.api_secret.expose_secret().trim().is_empty() {
            said("api_secret", "is empty; write the secret of api_key");
        }
        let longest = if self.from.bytes().all(|byte| byte.is_ascii_digit()) { 15 } else { 11 };
        // A name may have a space in it.
        if !is_word(&self.from.replace(' ', "a")) || self.from.len() > longest {
            said("from", "must be a number of up to 15 digits without +, or up to 11 letters and digits");
        }
        problems.extend(Endpoint::problems(self.endpoint.as_deref(), USUAL, self.ca_file.as_ref()));
        problems
    }
}
