//! One `[sms.provider.NAME]` of kind `huawei`.

use std::path::PathBuf;

use secrecy::SecretString;
use serde::Deserialize;

use crate::sms::approved::{ApprovedTemplates, Values, account_problems, sign_name_problem};
use crate::sms::vendor::Endpoint;

/// The region that most mainland applications are of; the console shows each application's own.
pub(super) const ENDPOINT: &str = "https://smsapi.cn-north-4.myhuaweicloud.com";

/// Huawei Cloud SMS. There are no defaults beneath a provider table, so what may be left out is optional here.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HuaweiSettings {
    /// The application's key.
    pub key_id: String,
    /// The application's secret.
    pub key_secret: SecretString,
    /// How requests prove who sent them; `sdk-hmac` when left out.
    pub auth: Option<HuaweiAuth>,
    /// How WSSE writes its digest; `hex` when left out.
    pub wsse_digest: Option<WsseDigest>,
    /// The number of the channel that messages come from.
    pub from: String,
    /// The approved name of the sender, without brackets; needed only by templates for all signatures.
    pub sign_name: Option<String>,
    /// Approved templates, 32 signs each.
    #[serde(default)]
    pub template: ApprovedTemplates,
    /// The variables of a template in their order; `["{code}"]` when left out.
    pub params: Option<Vec<String>>,
    /// The address of the application in the console.
    pub endpoint: Option<String>,
    /// PEM of a private authority, believed instead of the system's; empty is none.
    pub ca_file: Option<PathBuf>,
}

/// How requests prove who sent them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HuaweiAuth {
    /// SDK-HMAC-SHA256 over the headers; the vendor recommends it.
    SdkHmac,
    /// A digest of nonce, time and secret.
    Wsse,
}

/// What of the SHA-256 is written in base 64. The vendor's text says the digest; its example and its samples are of the
/// digest's hex.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WsseDigest {
    /// The 32 bytes.
    Raw,
    /// Their 64 hex digits.
    Hex,
}

impl HuaweiSettings {
    /// Every problem, as key below the provider's table and what to write instead. Opens no file and no connection.
    #[must_use]
    pub fn check(&self) -> Vec<(String, String)> {
        let said = |key: &str, problem: &str| (key.to_owned(), problem.to_owned());
        let mut problems = account_problems(&self.key_id, &self.key_secret);
        if self.wsse_digest.is_some() && self.auth != Some(HuaweiAuth::Wsse) {
            problems.push(said("wsse_digest", "has no use without auth = \"wsse\"; drop it"));
        }
        if !(1..=21).contains(&self.from.len()) || !self.from.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            problems.push(said("from", "is not the channel number of the signature, like \"8823040504797\""));
        }
        problems.extend(self.sign_name.as_deref().filter(|name| !name.is_empty()).and_then(sign_name_problem));
        problems.extend(self.template.problems(is_template, "0af54a31d9b84a2ab8c6d1a2e0e0a0a0"));
        problems.extend(Values::by_place(self.params.as_deref()).err());
        problems.extend(Endpoint::problems(self.endpoint.as_deref(), ENDPOINT, self.ca_file.as_ref()));
        problems
    }
}

fn is_template(id: &str) -> bool {
    (1..=32).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
}
