//! Asking whether signature and templates are approved: `GetSmsSign` and `GetSmsTemplate` of the same API.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{Aliyun, Word};
use crate::domain::{Condition, Finding};
use crate::sms::vendor::{Answer, Hidden, Line, spoken, unanswered};
use crate::sms::{MessageKind, SmsError};

/// `GetSmsSign`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Sign {
    sign_status: i64,
    /// Whether each operator knows the sender by its real name; messages of others are dropped on the way.
    sign_isp_register_detail_list: Option<Vec<Registration>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Registration {
    operator_code: Option<String>,
    register_status: Option<i64>,
}

/// `GetSmsTemplate`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Template {
    /// The number as text.
    template_status: String,
    template_content: Option<String>,
}

impl Aliyun {
    /// The signature and each template; the credentials show on the way. One answer that nobody gets past ends it.
    pub(super) async fn look(&self, line: &Line) -> Vec<Finding> {
        let mut findings = Vec::new();
        let what = format!("signature {}", self.sign_name);
        match self.ask(line, "GetSmsSign", ("SignName", &self.sign_name)).await {
            Ok(sign) => findings.extend(judge_sign(&what, &sign)),
            Err(error @ SmsError::Refused { .. }) => findings.push(unanswered(&what, &error)),
            Err(error) => return vec![unanswered(&what, &error)],
        }
        for (id, kind) in self.template.ids() {
            let what = format!("template {id}");
            findings.push(match self.ask(line, "GetSmsTemplate", ("TemplateCode", id)).await {
                Ok(template) => self.judge_template(&what, &template, kind),
                Err(error) => unanswered(&what, &error),
            });
        }
        findings
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        line: &Line,
        action: &str,
        parameter: (&str, &str),
    ) -> Result<T, SmsError> {
        let request = self.call(action, vec![parameter], &line.stamp())?;
        let answer = line.ask(request, true).await?;
        read(&answer)
    }

    fn judge_template(&self, what: &str, template: &Template, kind: MessageKind) -> Finding {
        let (state, text) = match template.template_status.as_str() {
            "1" => self.variables(template.template_content.as_deref().unwrap_or_default(), kind),
            "0" => (Condition::Bad, "is still being reviewed; messages leave once it is approved".to_owned()),
            "2" => (Condition::Bad, "was rejected; read why in the vendor's console and submit it again".to_owned()),
            _ => (Condition::Bad, "is not approved; look at it in the vendor's console".to_owned()),
        };
        Finding { what: what.to_owned(), state, text }
    }

    /// Whether the variables of an approved template are those that it is filled with.
    fn variables(&self, content: &str, kind: MessageKind) -> (Condition, String) {
        let mut wanted: Vec<_> = content.split("${").skip(1).filter_map(|rest| Some(rest.split_once('}')?.0)).collect();
        let mut given: Vec<_> = match kind {
            MessageKind::Code => self.values.names().collect(),
            MessageKind::Notice | MessageKind::Expiry => Vec::new(),
        };
        wanted.sort_unstable();
        wanted.dedup();
        given.sort_unstable();
        if content.is_empty() || wanted == given {
            return (Condition::Good, "is approved".to_owned());
        }
        let shown = |names: &[&str]| if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        let text = format!(
            "is approved, but its variables are {} and it is filled with {}; correct params_by_name",
            shown(&wanted),
            shown(&given)
        );
        (Condition::Bad, text)
    }
}

/// An answer to a question, which says `OK` before it says more.
fn read<T: DeserializeOwned>(answer: &Answer) -> Result<T, SmsError> {
    let word: Word = spoken(answer)?;
    if word.code == "OK" { spoken(answer) } else { Err(word.error(answer, &Hidden::new([""; 3]))) }
}

fn judge_sign(what: &str, sign: &Sign) -> Vec<Finding> {
    let found = |state, text: String| Finding { what: what.to_owned(), state, text };
    let approved = match sign.sign_status {
        1 => found(Condition::Good, "is approved".to_owned()),
        0 => found(Condition::Bad, "is still being reviewed; messages leave once it is approved".to_owned()),
        2 => found(Condition::Bad, "was rejected; read why in the vendor's console and apply again".to_owned()),
        _ => found(Condition::Bad, "is not approved; look at it in the vendor's console".to_owned()),
    };
    let registrations = sign.sign_isp_register_detail_list.iter().flatten().filter_map(|one| {
        let operator = match one.operator_code.as_deref()? {
            "mobile" => "China Mobile",
            "unicom" => "China Unicom",
            "telecom" => "China Telecom",
            _ => return None,
        };
        let text = match one.register_status? {
            0 => "refused to register the sender; see the vendor's console",
            2 => "dropped the registration after six months without a message; register the sender again",
            -1 => "has not yet registered the sender; its customers may get nothing",
            -2 => "was never asked to register the sender; bind a qualification to the signature",
            // Registered, proven or not.
            _ => return None,
        };
        Some(found(Condition::Doubtful, format!("{operator} {text}")))
    });
    std::iter::once(approved).chain(registrations.collect::<Vec<_>>()).collect()
}
