//! Asking for the balance, which only the right key is told.

use reqwest::Method;
use serde::Deserialize;

use super::{Vonage, errors};
use crate::domain::{Condition, Finding};
use crate::sms::SmsError;
use crate::sms::vendor::{Answer, Hidden, Line, scalar, unanswered};

#[derive(Deserialize)]
struct Balance {
    /// In euros.
    #[serde(deserialize_with = "scalar")]
    value: String,
}

pub(super) async fn examine(vonage: &Vonage, line: &Line) -> Vec<Finding> {
    findings(line.ask(vonage.asking(Method::GET, "/account/get-balance"), true).await)
}

fn findings(answer: Result<Answer, SmsError>) -> Vec<Finding> {
    const WHAT: &str = "credentials";
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => return vec![unanswered(WHAT, &error)],
    };
    let found = |what: &str, state, text: String| Finding { what: what.to_owned(), state, text };
    let amount = answer.body.json::<Balance>().ok().and_then(|balance| balance.value.trim().parse::<f64>().ok());
    match amount {
        Some(amount) if answer.status.is_success() => {
            let state = if amount > 0.0 { Condition::Good } else { Condition::Bad };
            let key = found(WHAT, Condition::Good, "the key is accepted".to_owned());
            vec![key, found("balance", state, format!("{amount} EUR"))]
        }
        _ => vec![unanswered(WHAT, &errors::turned_away(&answer, &Hidden::new([""; 3])))],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sms::samples::answer;

    #[test]
    fn a_balance_proves_the_key_and_none_is_bad() {
        let states = |status, body: &str| -> Vec<_> {
            findings(Ok(answer(status, body))).into_iter().map(|found| found.state).collect()
        };
        assert_eq!(states(200, r#"{"value":10.28,"autoReload":false}"#), [Condition::Good, Condition::Good]);
        assert_eq!(states(200, r#"{"value":0,"autoReload":false}"#), [Condition::Good, Condition::Bad]);
        let refused = r#"{"error-code":"401","error-code-label":"authentication failed"}"#;
        assert_eq!(states(401, refused), [Condition::Bad]);
        assert_eq!(states(200, "<html>"), [Condition::Doubtful]);
        assert_eq!(findings(Err(SmsError::Unreachable { reason: "x".to_owned() }))[0].state, Condition::Bad);
    }
}
