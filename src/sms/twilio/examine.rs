//! Whether Twilio would take messages: the state of the account, and its balance.

use reqwest::Method;
use serde::Deserialize;

use super::{Twilio, errors};
use crate::sms::vendor::{Answer, Hidden, Line};
use crate::sms::{Condition, Finding, SmsError};

#[derive(Deserialize)]
struct Account {
    status: String,
}

#[derive(Deserialize)]
struct Balance {
    balance: String,
    currency: String,
}

pub(super) async fn examine(twilio: &Twilio, line: &Line) -> Vec<Finding> {
    let account = account(line.ask(twilio.about(Method::GET, ".json"), true).await);
    if account.state == Condition::Bad {
        return vec![account];
    }
    vec![account, balance(line.ask(twilio.about(Method::GET, "/Balance.json"), true).await)]
}

fn account(answer: Result<Answer, SmsError>) -> Finding {
    let (state, text) = match answer.map(|answer| (answer.body.json::<Account>(), answer)) {
        Err(error) => (Condition::Bad, error.to_string()),
        Ok((Ok(account), answer)) if answer.status.is_success() => match account.status.as_str() {
            "active" => (Condition::Good, "the account is active".to_owned()),
            other => {
                let word = NOTHING_HIDDEN.code(other).unwrap_or_default();
                (Condition::Bad, format!("the account is {word}; see Twilio's console"))
            }
        },
        Ok((_, answer)) => (Condition::Bad, errors::error(&answer, &NOTHING_HIDDEN).to_string()),
    };
    Finding { what: "credentials".to_owned(), state, text }
}

fn balance(answer: Result<Answer, SmsError>) -> Finding {
    let told = answer.map_err(|error| error.to_string()).and_then(|answer| answer.body.json::<Balance>());
    let (state, text) = match told.map(|told| (told.balance.parse::<f64>(), told)) {
        Ok((Ok(amount), told)) => {
            let currency = NOTHING_HIDDEN.code(&told.currency).unwrap_or_default();
            let state = if amount > 0.0 { Condition::Good } else { Condition::Bad };
            (state, format!("{amount} {currency}"))
        }
        // Accounts below another one have none of their own.
        _ => (Condition::Doubtful, "Twilio tells no balance of this account".to_owned()),
    };
    Finding { what: "balance".to_owned(), state, text }
}

const NOTHING_HIDDEN: Hidden<'static> = Hidden::new([""; 3]);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sms::vendor::Body;

    fn answer(status: u16, body: &str) -> Result<Answer, SmsError> {
        let status = reqwest::StatusCode::from_u16(status).unwrap();
        Ok(Answer { status, retry_after: None, body: Body::Read(body.as_bytes().to_vec()) })
    }

    #[test]
    fn an_account_is_good_when_it_is_active() {
        assert_eq!(account(answer(200, r#"{"status":"active"}"#)).state, Condition::Good);
        let suspended = account(answer(200, r#"{"status":"suspended"}"#));
        assert_eq!((suspended.state, suspended.text.contains("suspended")), (Condition::Bad, true));
        let refused = account(answer(401, r#"{"code":20003,"message":"Authenticate","status":401}"#));
        assert_eq!((refused.state, refused.text.contains("20003: Authenticate")), (Condition::Bad, true));
        assert_eq!(account(answer(502, "<html>")).state, Condition::Bad);
        assert_eq!(account(Err(SmsError::Unreachable { reason: "x".to_owned() })).state, Condition::Bad);
    }

    #[test]
    fn a_balance_is_good_when_there_is_one() {
        let told = |amount: &str| balance(answer(200, &format!(r#"{{"balance":"{amount}","currency":"USD"}}"#)));
        assert_eq!((told("12.5").state, &*told("12.5").text), (Condition::Good, "12.5 USD"));
        assert_eq!((told("0.00").state, told("-1").state), (Condition::Bad, Condition::Bad));
        assert_eq!((told("much").state, balance(answer(404, "{}")).state), (Condition::Doubtful, Condition::Doubtful));
    }
}
