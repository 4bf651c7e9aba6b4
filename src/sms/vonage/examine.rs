//! Whether Vonage would take messages: one question about the balance, which only the right key is answered.

use reqwest::Method;
use serde::Deserialize;

use super::{Vonage, errors};
use crate::sms::vendor::{Answer, Hidden, Line};
use crate::sms::{Condition, Finding, SmsError};

#[derive(Deserialize)]
struct Balance {
    /// In euros.
    value: f64,
}

pub(super) async fn examine(vonage: &Vonage, line: &Line) -> Vec<Finding> {
    findings(line.ask(vonage.asking(Method::GET, "/account/get-balance"), true).await)
}

fn findings(answer: Result<Answer, SmsError>) -> Vec<Finding> {
    let found = |what: &str, state, text: String| Finding { what: what.to_owned(), state, text };
    match answer.map(|answer| (answer.body.json::<Balance>(), answer)) {
        Err(error) => vec![found("credentials", Condition::Bad, error.to_string())],
        Ok((Ok(balance), answer)) if answer.status.is_success() => {
            let state = if balance.value > 0.0 { Condition::Good } else { Condition::Bad };
            vec![
                found("credentials", Condition::Good, "the key is accepted".to_owned()),
                found("balance", state, format!("{} EUR", balance.value)),
            ]
        }
        Ok((_, answer)) => {
            let error = errors::turned_away(&answer, &Hidden::new([""; 3]));
            vec![found("credentials", Condition::Bad, error.to_string())]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sms::vendor::Body;

    fn states(status: u16, body: &str) -> Vec<Condition> {
        let status = reqwest::StatusCode::from_u16(status).unwrap();
        let answer = Answer { status, retry_after: None, body: Body::Read(body.as_bytes().to_vec()) };
        findings(Ok(answer)).into_iter().map(|found| found.state).collect()
    }

    #[test]
    fn a_balance_proves_the_key_and_none_is_bad() {
        assert_eq!(states(200, r#"{"value":10.28,"autoReload":false}"#), [Condition::Good, Condition::Good]);
        assert_eq!(states(200, r#"{"value":0,"autoReload":false}"#), [Condition::Good, Condition::Bad]);
        let refused = r#"{"error-code":"401","error-code-label":"authentication failed"}"#;
        assert_eq!(states(401, refused), [Condition::Bad]);
        assert_eq!(states(200, "<html>"), [Condition::Bad]);
        assert_eq!(findings(Err(SmsError::Unreachable { reason: "x".to_owned() })).len(), 1);
    }
}
