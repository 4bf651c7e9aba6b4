//! One `[sms.provider.NAME]` of kind `aliyun`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use secrecy::SecretString;
use serde::Deserialize;

use crate::sms::approved::{ApprovedTemplates, Values, account_problems, sign_name_problem};
use crate::sms::vendor::Endpoint;

/// Where messages to mainland numbers are taken.
pub(super) const ENDPOINT: &str = "https://dysmsapi.aliyuncs.com";

/// Alibaba Cloud SMS. There are no defaults beneath a provider table, so what may be left out is optional here.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AliyunSettings {
    /// The `AccessKey` ID.
    pub key_id: String,
    /// The `AccessKey` secret.
    pub key_secret: SecretString,
    /// The approved name of the sender, without brackets.
    pub sign_name: String,
    /// Approved templates, like `SMS_123456789`.
    #[serde(default)]
    pub template: ApprovedTemplates,
    /// The variables of a template by name; `{ code = "{code}" }` when left out.
    pub params_by_name: Option<BTreeMap<String, String>>,
    /// Another origin of the API.
    pub endpoint: Option<String>,
    /// PEM of a private authority, believed instead of the system's; empty is none.
    pub ca_file: Option<PathBuf>,
}

impl AliyunSettings {
    /// Every problem, as key below the provider's table and what to write instead. Opens no file and no connection.
    #[must_use]
    pub fn check(&self) -> Vec<(String, String)> {
        let mut problems = account_problems(&self.key_id, &self.key_secret);
        problems.extend(sign_name_problem(&self.sign_name));
        problems.extend(self.template.problems(is_template, "SMS_123456789"));
        problems.extend(Values::by_name(self.params_by_name.as_ref()).err());
        problems.extend(Endpoint::problems(self.endpoint.as_deref(), ENDPOINT, self.ca_file.as_ref()));
        problems
    }
}

fn is_template(id: &str) -> bool {
    let digits = id.strip_prefix("SMS_").unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}
