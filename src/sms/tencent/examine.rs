//! Asking whether the templates and the signature are approved and messages are left: `DescribeSmsTemplateList`,
//! `DescribeSmsSignList` and `SmsPackagesStatistics` of the same API.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::{Reply, Tencent};
use crate::domain::{Condition, Finding, Timestamp};
use crate::sms::SmsError;
use crate::sms::vendor::{Hidden, Line, spoken, unanswered};

/// The most that one answer lists.
const PAGE: usize = 100;
/// A package that was bought earlier than so many milliseconds ago, two years, has run out.
const PACKAGES_SINCE: i64 = 2 * 365 * 24 * 3_600_000;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Templates {
    #[serde(default)]
    describe_template_status_set: Vec<Reviewed>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Signs {
    #[serde(default)]
    describe_sign_list_status_set: Vec<Reviewed>,
}

/// A template or a signature.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Reviewed {
    template_id: Option<u64>,
    sign_name: Option<String>,
    status_code: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Packages {
    #[serde(default)]
    sms_packages_statistics_set: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    #[serde(rename = "PackageExpiredTime")]
    ends: i64,
    #[serde(rename = "PackageAmount")]
    amount: i64,
    #[serde(rename = "CurrentUsage")]
    used: i64,
}

impl Tencent {
    /// Credentials show on the way: when nobody gets past the first question, its answer is all.
    pub(super) async fn look(&self, line: &Line) -> Vec<Finding> {
        let ids = self.template.ids().into_iter();
        let ids: Vec<u64> = ids.filter_map(|(id, _)| id.parse().ok()).collect();
        let asked = json!({ "International": 0, "TemplateIdSet": ids });
        let mut findings = match self.ask::<Templates>(line, "DescribeSmsTemplateList", &asked).await {
            Ok(found) => ids.iter().map(|id| template(*id, &found.describe_template_status_set)).collect(),
            Err(error) => vec![unanswered("templates", &error)],
        };
        if findings.iter().any(|finding| finding.what == "templates" && finding.state == Condition::Bad) {
            return findings;
        }
        let asked = json!({ "International": 0, "Limit": PAGE, "Offset": 0 });
        findings.push(match self.ask::<Signs>(line, "DescribeSmsSignList", &asked).await {
            Ok(found) => self.signature(&found.describe_sign_list_status_set),
            Err(error) => unanswered("signature", &error),
        });
        let now = line.stamp().now;
        let since = Timestamp::from_millis(now.as_millis() - PACKAGES_SINCE);
        let asked = json!({
            "SmsSdkAppId": self.app_id, "Limit": PAGE, "Offset": 0, "BeginTime": hour(since), "EndTime": hour(now),
        });
        findings.push(match self.ask::<Packages>(line, "SmsPackagesStatistics", &asked).await {
            Ok(found) => balance(&found.sms_packages_statistics_set, now),
            Err(error) => unanswered("balance", &error),
        });
        findings
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        line: &Line,
        action: &str,
        body: &serde_json::Value,
    ) -> Result<T, SmsError> {
        let answer = line.ask(self.call(action, body, &line.stamp())?, true).await?;
        let Reply { response } = spoken::<Reply<T>>(&answer)?;
        match response.error {
            None => Ok(response.rest),
            Some(failure) => {
                let request = response.request_id.unwrap_or_default();
                Err(failure.error(&request, &answer, &Hidden::new([""; 3])))
            }
        }
    }

    fn signature(&self, found: &[Reviewed]) -> Finding {
        let what = format!("signature {}", self.sign_name);
        let own = found.iter().find(|one| one.sign_name.as_deref() == Some(&*self.sign_name));
        match own {
            Some(own) => judged(what, own.status_code),
            None if found.len() < PAGE => {
                let text = "is not among the signatures of the account; write sign_name as it was approved".to_owned();
                Finding { what, state: Condition::Bad, text }
            }
            None => {
                let text =
                    format!("is not among the first {PAGE} signatures of the account; look at it in the console");
                Finding { what, state: Condition::Doubtful, text }
            }
        }
    }
}

fn template(id: u64, found: &[Reviewed]) -> Finding {
    let what = format!("template {id}");
    let Some(own) = found.iter().find(|one| one.template_id == Some(id)) else {
        let text = "is not among the templates of the account; correct the key `template`".to_owned();
        return Finding { what, state: Condition::Bad, text };
    };
    judged(what, own.status_code)
}

fn judged(what: String, status: i64) -> Finding {
    let (state, text) = match status {
        0 => (Condition::Good, "is approved"),
        1 => (Condition::Bad, "is still being reviewed; messages leave once it is approved"),
        2 => (Condition::Bad, "is approved and not yet in force; messages leave once it is"),
        _ => (Condition::Bad, "was rejected or not registered; read why in the vendor's console"),
    };
    Finding { what, state, text: text.to_owned() }
}

fn balance(packages: &[Package], now: Timestamp) -> Finding {
    let valid = packages.iter().filter(|package| package.ends > now.as_secs());
    let left: i64 = valid.map(|package| package.amount.saturating_sub(package.used).max(0)).sum();
    let (state, text) = if left > 0 {
        (Condition::Good, format!("{left} messages are left in packages"))
    } else {
        let text = "no message is left in a package; buy one, unless the account pays afterwards";
        (Condition::Doubtful, text.to_owned())
    };
    Finding { what: "balance".to_owned(), state, text }
}

/// `2026112308`.
fn hour(time: Timestamp) -> String {
    time.to_string().chars().filter(char::is_ascii_digit).take(10).collect()
}
