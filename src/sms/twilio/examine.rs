//! Asking for the state of the account and for its balance.

use reqwest::Method;
use serde::Deserialize;

use super::{Twilio, errors};
use crate::domain::{Condition, Finding};
use crate::sms::SmsError;
use crate::sms::vendor::{Answer, Hidden, Line, scalar, unanswered};

const NOTHING_HIDDEN: Hidden<'static> = Hidden::new([""; 3]);

#[derive(Deserialize)]
struct Account {
    status: String,
}

#[derive(Deserialize)]
struct Balance {
    #[serde(deserialize_with = "scalar")]
    balance: String,
    currency: String,
}

pub(super) async fn examine(twilio: &Twilio, line: &Line) -> Vec<Finding> {
    let account = account(line.ask(twilio.asking(Method::GET, ".json"), true).await);
    if account.state != Condition::Good {
        return vec![account];
    }
    vec![account, balance(line.ask(twilio.asking(Method::GET, "/Balance.json"), true).await)]
}

fn account(answer: Result<Answer, SmsError>) -> Finding {
    const WHAT: &str = "credentials";
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => return unanswered(WHAT, &error),
    };
    let (state, text) = match answer.body.json::<Account>() {
        Ok(account) if answer.status.is_success() && account.status == "active" => {
            (Condition::Good, "the account is active".to_owned())
        }
        Ok(account) if answer.status.is_success() => {
            let word = NOTHING_HIDDEN.code(&account.status).unwrap_or_default();
            (Condition::Bad, format!("the account is {word}; Twilio's console says why"))
        }
        _ => return unanswered(WHAT, &errors::error(&answer, &NOTHING_HIDDEN)),
    };
    Finding { what: WHAT.to_owned(), state, text }
}

fn balance(answer: Result<Answer, SmsError>) -> Finding {
    let told = answer.map_err(|error| error.to_string()).and_then(|answer| answer.body.json::<Balance>());
    let (state, text) = match told.map(|told| (told.balance.parse::<f64>(), told)) {
        Ok((Ok(amount), told)) => {
            let currency = NOTHING_HIDDEN.code(&told.currency).unwrap_or_default();
            (if amount > 0.0 { Condition::Good } else { Condition::Bad }, format!("{amount} {currency}"))
        }
        // Accounts below another one have none of their own.
        _ => (Condition::Doubtful, "Twilio tells none; see the account above this one".to_owned()),
    };
    Finding { what: "balance".to_owned(), state, text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sms::samples::answer;

    #[test]
    fn an_account_is_good_when_it_is_active() {
        let found = |status, body: &str| account(Ok(answer(status, body)));
        assert_eq!(found(200, r#"{"status":"active"}"#).state, Condition::Good);
        let suspended = found(200, r#"{"status":"suspended"}"#);
        assert_eq!((suspended.state, suspended.text.contains("suspended")), (Condition::Bad, true));
        let refused = found(401, r#"{"code":20003,"message":"Authenticate","status":401}"#);
        assert_eq!((refused.state, refused.text.contains("20003: Authenticate")), (Condition::Bad, true));
        assert_eq!(found(502, "<html>").state, Condition::Doubtful);
        assert_eq!(account(Err(SmsError::Unreachable { reason: "x".to_owned() })).state, Condition::Bad);
    }

    #[test]
    fn a_balance_is_good_when_there_is_one() {
        let told = |amount: &str| balance(Ok(answer(200, &format!(r#"{{"balance":"{amount}","currency":"USD"}}"#))));
        assert_eq!((told("12.5").state, &*told("12.5").text), (Condition::Good, "12.5 USD"));
        assert_eq!((told("0.00").state, told("-1").state), (Condition::Bad, Condition::Bad));
        assert_eq!(
            (told("much").state, balance(Ok(answer(404, "{}"))).state),
            (Condition::Doubtful, Condition::Doubtful)
        );
    }
}
