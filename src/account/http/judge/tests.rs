use serde_json::json;

use super::*;
use crate::account::http::wire::Written;

#[expect(clippy::unnecessary_wraps, reason = "that is how answers come")]
fn answer(status: u16, body: &str) -> Result<Answer, Unanswered> {
    Ok(Answer::of(status, Body::of(body)))
}

fn written(answer: Result<Answer, Unanswered>) -> Result<(), AccountError> {
    Said::<Written>::of(answer).and_then(Written::read).write("S3cr3t-Word").map(|_| ())
}

const DONE: &str = r#"{"changed_at":"2026-11-23T07:00:00.25Z","expires_at":null,"sessions_revoked":false}"#;

/// case 79: the one question is whether it was surely not written.
#[test]
fn a_write_is_undone_only_where_the_store_says_so() {
    assert_eq!(written(answer(200, DONE)), Ok(()));
    let problem = |status: u16, code: &str| answer(status, &json!({ "code": code }).to_string());
    for (status, code) in [(404, "not_found"), (409, "disabled")] {
        assert_eq!(written(problem(status, code)), Err(AccountError::NoSuchAccount), "{code}");
    }
    for (status, code) in [(503, "unavailable"), (401, "unauthorized"), (400, "bad_request"), (501, "not_supported")] {
        assert!(matches!(written(problem(status, code)), Err(AccountError::Unavailable { .. })), "{code}");
    }
    let unclear = [
        problem(500, "unavailable"),
        problem(404, "disabled"),
        problem(418, "teapot"),
        answer(503, "<html>"),
        answer(404, "{}"),
        answer(302, ""),
        answer(201, DONE),
        answer(204, ""),
        answer(200, "{}"),
        answer(200, &DONE.replace("null", "\"soon\"")),
        answer(200, &DONE.replace("null", "null,\"more\":1")),
        answer(200, &DONE.replace(",\"expires_at\":null", "")),
        Err(Unanswered::Lost("no answer in time".to_owned())),
    ];
    for unclear in unclear {
        let shown = format!("{unclear:?}");
        assert!(matches!(written(unclear), Err(AccountError::Unknown { .. })), "{shown}");
    }
    let unsent = Err(Unanswered::NotSent("no connection in time".to_owned()));
    assert!(matches!(written(unsent), Err(AccountError::Unavailable { .. })));
}

#[test]
fn the_words_of_a_refusal_are_short_and_never_the_password() {
    let refused = |violations: serde_json::Value| {
        let body = json!({ "code": "policy", "violations": violations }).to_string();
        match written(answer(422, &body)) {
            Err(AccountError::PasswordRefused { reason }) => reason,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(refused(json!(["used before", "too\nsimple"])), "used before, too simple");
    assert_eq!(refused(json!(["S3cr3t-Word is on a list"])), "no rule was named");
    assert!(refused(json!(vec!["x".repeat(999); 99])).len() < 1_000);
    let body = json!({ "code": "policy" }).to_string();
    assert!(matches!(written(answer(422, &body)), Err(AccountError::PasswordRefused { .. })));
}

#[test]
fn a_phone_is_bound_by_204_and_nothing_else() {
    assert_eq!(Said::of_nothing(answer(204, "")).write(""), Ok(()));
    for other in [answer(200, ""), answer(202, ""), answer(500, "")] {
        assert!(matches!(Said::of_nothing(other).write(""), Err(AccountError::Unknown { .. })));
    }
}

proptest::proptest! {
    #[test]
    fn any_answer_is_judged_without_panic(status in 100_u16..600, body in "\\PC{0,200}") {
        let _ = written(answer(status, &body));
        let _ = Said::<crate::account::http::wire::Found>::of(answer(status, &body)).question().map(drop);
    }

    #[test]
    fn any_account_is_read_without_panic(id in "\\PC{0,9}", address in "\\PC{0,20}", time in "\\PC{0,20}", phone in "\\PC{0,20}") {
        let body = json!({ "account": {
            "id": id, "address": address, "aliases": [address], "unit": null, "enabled": true, "phone": phone,
            "phone_bound_at": time, "password_changed_at": null, "work_phone": null, "birthday": time } });
        let said = Said::<crate::account::http::wire::Found>::of(answer(200, &body.to_string()));
        let asked = crate::domain::MailboxAddress::parse("a@example.org").unwrap();
        let _ = said.and_then(|found| found.subject(&asked, crate::domain::Region::CN)).question().map(drop);
    }
}
