//! Asking whether the account is out of the sandbox, and what it may spend: `GetSMSSandboxAccountStatus` and
//! `GetSMSAttributes`, for which a key needs permissions of their own.

use super::xml::Document;
use super::{AwsSns, asking, errors};
use crate::domain::{Condition, Finding};
use crate::sms::SmsError;
use crate::sms::vendor::{Answer, Hidden, Line, unanswered};

const IN_SANDBOX: &str = "GetSMSSandboxAccountStatusResponse/GetSMSSandboxAccountStatusResult/IsInSandbox";
const ATTRIBUTE: &str = "GetSMSAttributesResponse/GetSMSAttributesResult/attributes/entry";

pub(super) async fn examine(sns: &AwsSns, line: &Line) -> Vec<Finding> {
    let (key, status) = key(ask(sns, line, "GetSMSSandboxAccountStatus").await);
    if key.state == Condition::Bad {
        return vec![key];
    }
    let sandbox = sandbox(status.as_ref().and_then(|status| status.text(IN_SANDBOX)));
    vec![key, sandbox, limit(ask(sns, line, "GetSMSAttributes").await)]
}

async fn ask(sns: &AwsSns, line: &Line, action: &str) -> Result<Answer, SmsError> {
    let request = sns.signed(asking(action).finish(), &line.stamp())?;
    line.ask(request, true).await
}

/// A key may be allowed to publish and not to ask, so that refusal alone is no bad sign.
fn key(answer: Result<Answer, SmsError>) -> (Finding, Option<Document>) {
    const WHAT: &str = "credentials";
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => return (unanswered(WHAT, &error), None),
    };
    let document = Document::of(&answer.body);
    let found = |state, text: String| Finding { what: WHAT.to_owned(), state, text };
    match document {
        Some(document) if answer.status.is_success() => {
            (found(Condition::Good, "the key is accepted".to_owned()), Some(document))
        }
        document => {
            let code = document.as_ref().and_then(|document| document.text("ErrorResponse/Error/Code"));
            let may_not_ask = matches!(code, Some("AuthorizationError" | "AccessDenied" | "AccessDeniedException"));
            let finding = unanswered(WHAT, &errors::error(&answer, &Hidden::new([""; 3])));
            (if may_not_ask { found(Condition::Doubtful, finding.text) } else { finding }, None)
        }
    }
}

fn sandbox(is_in: Option<&str>) -> Finding {
    let (state, text) = match is_in {
        Some("false") => (Condition::Good, "the account is out of it"),
        Some("true") => {
            (Condition::Bad, "the account is in it, and only verified numbers are sent to; ask AWS to move it out")
        }
        _ => (Condition::Doubtful, "cannot be told; allow sns:GetSMSSandboxAccountStatus"),
    };
    Finding { what: "sandbox".to_owned(), state, text: text.to_owned() }
}

/// What may be spent in a month; how much of it is left, its log alone tells.
fn limit(answer: Result<Answer, SmsError>) -> Finding {
    let document = answer.ok().and_then(|answer| Document::of(&answer.body));
    let limit = document.as_ref().and_then(|document| {
        let (keys, values) = (format!("{ATTRIBUTE}/key"), format!("{ATTRIBUTE}/value"));
        let place = document.texts(&keys).position(|key| key == "MonthlySpendLimit")?;
        document.texts(&values).nth(place)?.parse::<f64>().ok()
    });
    let (state, text) = match limit {
        Some(limit) if limit > 0.0 => (Condition::Good, format!("{limit} USD a month")),
        Some(_) => (Condition::Bad, "nothing may be spent; ask AWS for a higher MonthlySpendLimit".to_owned()),
        None => {
            (Condition::Doubtful, "cannot be told; allow sns:GetSMSAttributes, or see the console of SNS".to_owned())
        }
    };
    Finding { what: "spend limit".to_owned(), state, text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sms::samples::answer;

    #[test]
    fn a_key_that_may_not_ask_is_doubtful_and_an_unknown_one_bad() {
        let error = |code: &str| format!("<ErrorResponse><Error><Code>{code}</Code></Error></ErrorResponse>");
        let state = |status, body: &str| key(Ok(answer(status, body))).0.state;
        assert_eq!(state(200, "<a><b>1</b></a>"), Condition::Good);
        assert_eq!(state(403, &error("AuthorizationError")), Condition::Doubtful);
        assert_eq!(state(403, &error("InvalidClientTokenId")), Condition::Bad);
        assert_eq!(state(200, "<html>"), Condition::Doubtful);
        assert_eq!(key(Err(SmsError::Unreachable { reason: "x".to_owned() })).0.state, Condition::Bad);
    }

    #[test]
    fn a_limit_is_found_among_the_attributes() {
        let (head, tail) = ATTRIBUTE.split_once("/attributes/entry").unwrap().0.split_once('/').unwrap();
        let told = |entries: &str| {
            limit(Ok(answer(200, &format!("<{head}><{tail}><attributes>{entries}</attributes></{tail}></{head}>"))))
        };
        let entry = |key: &str, value: &str| format!("<entry><key>{key}</key><value>{value}</value></entry>");
        let found = told(&(entry("DefaultSenderID", "") + &entry("MonthlySpendLimit", "10")));
        assert_eq!((found.state, &*found.text), (Condition::Good, "10 USD a month"));
        assert_eq!(told(&entry("MonthlySpendLimit", "0")).state, Condition::Bad);
        assert_eq!((told("").state, limit(Ok(answer(403, ""))).state), (Condition::Doubtful, Condition::Doubtful));
        assert_eq!((sandbox(Some("false")).state, sandbox(Some("true")).state), (Condition::Good, Condition::Bad));
    }
}
