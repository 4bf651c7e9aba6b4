//! One `[sms.provider.NAME]` of kind `tencent`.

use std::path::PathBuf;

use secrecy::SecretString;
use serde::Deserialize;

use crate::sms::approved::{ApprovedTemplates, Values, account_problems, sign_name_problem};
use crate::sms::check::Problem;
use crate::sms::vendor::Endpoint;

/// The nearest of the vendor's sites answers.
pub(super) const ENDPOINT: &str = "https://sms.tencentcloudapi.com";
/// The region that is named when none is.
pub(super) const REGION: &str = "ap-guangzhou";
/// The longest variable of a template for verification codes, and it must be digits.
const LONGEST: usize = 6;

/// Tencent Cloud SMS. There are no defaults beneath a provider table, so what may be left out is optional here.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TencentSettings {
    /// The `SecretId`.
    pub key_id: String,
    /// The `SecretKey`.
    pub key_secret: SecretString,
    /// The `SmsSdkAppId`, like `1400006666`.
    pub app_id: String,
    /// The approved name of the sender, without brackets.
    pub sign_name: String,
    /// Approved templates, like `1234567`.
    #[serde(default)]
    pub template: ApprovedTemplates,
    /// The variables of a template in their order; `["{code}"]` when left out.
    pub params: Option<Vec<String>>,
    /// The region that serves us; `ap-guangzhou` when left out.
    pub region: Option<String>,
    /// Another origin of the API.
    pub endpoint: Option<String>,
    /// PEM of a private authority, believed instead of the system's; empty is none.
    pub ca_file: Option<PathBuf>,
}

impl TencentSettings {
    /// Every problem, as key below the provider's table and what to write instead. Opens no file and no connection.
    #[must_use]
    pub fn check(&self) -> Vec<(String, String)> {
        let said = |key: &str, problem: &str| (key.to_owned(), problem.to_owned());
        let mut problems = account_problems(&self.key_id, &self.key_secret);
        if !is_number(&self.app_id) {
            problems.push(said("app_id", "is not the SmsSdkAppId of the console; it is digits, like \"1400006666\""));
        }
        problems.extend(sign_name_problem(&self.sign_name));
        problems.extend(self.template.problems(is_number, "1234567"));
        problems.extend(Values::by_place(self.params.as_deref()).err());
        problems.extend(self.params.iter().flatten().find_map(|param| variable_problem(param)));
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if self.region.as_ref().is_some_and(|region| !region.bytes().all(plain)) {
            problems.push(said("region", "is no region; write one like \"ap-guangzhou\""));
        }
        problems.extend(Endpoint::problems(self.endpoint.as_deref(), ENDPOINT, self.ca_file.as_ref()));
        problems
    }
}

/// A variable of a template for verification codes is 0 to 6 digits and nothing else.
fn variable_problem(param: &str) -> Option<Problem> {
    let fits = matches!(param, "{code}" | "{minutes}")
        || (param.len() <= LONGEST && param.bytes().all(|byte| byte.is_ascii_digit()));
    let problem = format!(
        "holds `{param}`; the vendor takes 0 to {LONGEST} digits a variable: write \"{{code}}\", \"{{minutes}}\" or digits, and put words into the template"
    );
    (!fits).then(|| ("params".to_owned(), problem))
}

fn is_number(text: &str) -> bool {
    (1..=19).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}
