//! Nobody learns from an answer who has an account: every step is walked by people with and without one, side by side.

use std::sync::Arc;
use std::time::Duration;

use resetgate::sms::{SmsError, SmsFault};
use serde_json::json;

use crate::harness::{
    ANNA, Answer, Claimant, Client, DISABLED, Directory, Fate, Refusing, Setup, Shape, TestApp, UNBOUND, UNKNOWN,
};

/// With a phone, without one, disabled, unknown, and two that look odd and are sound.
const PEOPLE: [&str; 6] = [ANNA, UNBOUND, DISABLED, UNKNOWN, "o'neil+tag=1/x@mail.example.gov.cn", "x@y"];

/// Everybody has started, each from an address of their own, and every delivery is over.
async fn crowd<'a>(app: &'a TestApp, people: &[&str]) -> Vec<Claimant<'a>> {
    let (mut crowd, mut shapes) = (Vec::new(), Vec::new());
    for (number, person) in (1..).zip(people) {
        let mut claimant = app.claimant_from(&format!("198.51.100.{number}"));
        shapes.push(Shape::of(&claimant.try_start(person).await.expect(202)));
        crowd.push(claimant);
    }
    alike(people, &shapes);
    for claimant in &crowd {
        let _ = app.delivery(&claimant.id, 1).await;
    }
    crowd
}

#[track_caller]
fn alike(people: &[&str], shapes: &[Shape]) {
    for (person, shape) in people.iter().zip(shapes) {
        assert_eq!(shape, &shapes[0], "{person} against {}", people[0]);
        let told = format!("{shape:?}");
        for number in ["13800138000", "138****", "13900139000", "139****"] {
            assert!(!told.contains(number), "a number in {told}");
        }
    }
}

/// Everybody does the same; the answers must not differ. The first person's answer.
async fn each(crowd: &[Claimant<'_>], step: impl AsyncFn(&Claimant<'_>) -> Answer) -> Answer {
    let mut answers = Vec::new();
    for claimant in crowd {
        answers.push(step(claimant).await);
    }
    let shapes: Vec<_> = answers.iter().map(Shape::of).collect();
    alike(&PEOPLE[..crowd.len()], &shapes);
    answers.remove(0)
}

async fn present(claimant: &Claimant<'_>, code: &str) -> Answer {
    claimant.holder().post(&claimant.path("/verify"), &json!({ "code": code })).await
}

/// case 36 and case 38: from the start over five wrong codes to the lock, a decoy answers like a challenge with a code.
#[tokio::test]
async fn all_addresses_get_the_same_answers_up_to_the_lock() {
    let app = TestApp::start().await;
    let crowd = crowd(&app, &PEOPLE).await;
    let wrong = Claimant::wrong(&crowd[0].code().await);
    each(&crowd, async |one| one.status().await).await.expect(200);
    each(&crowd, async |one| present(one, "12345").await).await.problem(422, "code_format");
    for left in [4, 3, 2, 1] {
        let answer = each(&crowd, async |one| present(one, &wrong).await).await.problem(422, "code_incorrect");
        assert_eq!(answer.body["attempts_left"], left);
    }
    each(&crowd, async |one| present(one, &wrong).await).await.problem(423, "flow_locked");
    each(&crowd, async |one| present(one, &wrong).await).await.problem(423, "flow_locked");
    let status = each(&crowd, async |one| one.status().await).await.expect(200);
    assert_eq!(status.text("state"), "locked");
    each(&crowd, async |one| one.resend(&json!({})).await).await.problem(423, "flow_locked");
    each(&crowd, async |one| one.complete("Tiantian-2026x").await).await.problem(423, "flow_locked");
    each(&crowd, async |one| one.holder().send("DELETE", &one.path(""), &[], None).await).await.expect(204);
}

/// case 36 and case 38: further codes, the end of the code and the end of the challenge come to all alike.
#[tokio::test]
async fn all_addresses_get_the_same_answers_up_to_the_end_of_time() {
    let app = TestApp::start().await;
    let crowd = crowd(&app, &PEOPLE).await;
    each(&crowd, async |one| one.resend(&json!({})).await).await.problem(429, "resend_too_soon");
    app.advance(60);
    each(&crowd, async |one| one.resend(&json!({})).await).await.expect(202);
    for claimant in &crowd {
        let _ = app.delivery(&claimant.id, 2).await;
    }
    let wrong = Claimant::wrong(&app.outbound.code(&crowd[0].id, 2));
    each(&crowd, async |one| present(one, &wrong).await).await.problem(422, "code_incorrect");
    app.advance(299);
    each(&crowd, async |one| present(one, &wrong).await).await.problem(422, "code_incorrect");
    app.advance(1);
    each(&crowd, async |one| present(one, &wrong).await).await.problem(410, "code_expired");
    app.advance(539);
    each(&crowd, async |one| one.status().await).await.expect(200);
    app.advance(1);
    each(&crowd, async |one| present(one, &wrong).await).await.problem(410, "flow_expired");
    each(&crowd, async |one| one.complete("Tiantian-2026x").await).await.problem(410, "flow_expired");
    assert_eq!(each(&crowd, async |one| one.status().await).await.text("state"), "expired");
}

/// case 38: no code opens a decoy, not even one that is right elsewhere.
#[tokio::test]
async fn no_code_opens_a_decoy() {
    let app = TestApp::start().await;
    let crowd = crowd(&app, &PEOPLE).await;
    let code = crowd[0].code().await;
    for decoy in &crowd[1..] {
        for tried in [code.as_str(), "000000", "123456"] {
            present(decoy, tried).await.problem(422, "code_incorrect");
        }
    }
    present(&crowd[0], &code).await.expect(200);
}

/// case 39: before the code is right, a password is not held against personal facts, whoever asks and whatever they hold.
#[tokio::test]
async fn before_the_code_is_right_no_answer_speaks_of_personal_facts() {
    let app = TestApp::start().await;
    let crowd = crowd(&app, &PEOPLE).await;
    let wrong = Claimant::wrong(&crowd[0].code().await);
    for password in ["Tian-13800138000", "Tian+19900102.x", "Anna-tian-2026"] {
        let body = json!({ "new_password": password });
        let post = async |one: &Claimant<'_>, client: Client| client.post(&one.path("/complete"), &body).await;
        let foreign = format!("ft_{}", "A".repeat(64));
        each(&crowd, async |one| post(one, one.client.clone()).await).await.problem(401, "unauthorized");
        each(&crowd, async |one| post(one, one.client.holding(&foreign)).await).await.problem(401, "unauthorized");
        each(&crowd, async |one| post(one, one.holder()).await).await.problem(409, "flow_state");
        let both = json!({ "new_password": password, "code": wrong });
        let tried = each(&crowd, async |one| one.holder().post(&one.path("/complete"), &both).await).await;
        tried.problem(422, "code_incorrect");
    }
    // What the shape alone shows may be told: it needs no secret, and costs no try.
    let short = json!({ "new_password": "1990-01-02", "code": wrong });
    let answer = each(&crowd, async |one| one.holder().post(&one.path("/complete"), &short).await).await;
    let answer = answer.problem(422, "password_policy");
    let rules: Vec<_> = answer.body["errors"].as_array().unwrap().iter().map(|rule| rule["code"].clone()).collect();
    assert_eq!(rules, ["policy.length", "policy.classes"]);
    assert_eq!(each(&crowd, async |one| one.status().await).await.body["attempts_left"], 2);
}

/// case 41: two accounts share a phone; what one has used up is silent for the other.
#[tokio::test]
async fn a_shared_phone_that_had_its_code_is_silent() {
    let app = TestApp::start().await;
    app.add("anton@example.gov.cn", "13800138000").await;
    let crowd = crowd(&app, &[ANNA, "anton@example.gov.cn", UNKNOWN]).await;
    assert!(app.delivery(&crowd[0].id, 1).await.is_ok());
    assert_eq!(app.delivery(&crowd[1].id, 1).await, Err("phone"));
    assert_eq!(app.outbound.codes().len(), 1);
    each(&crowd, async |one| one.status().await).await.expect(200);
}

/// case 42: whatever the provider says, and when the account store is gone, the answer is the one there always is.
#[tokio::test]
async fn what_fails_behind_the_answer_does_not_change_it() {
    let sound = TestApp::start().await;
    let usual = Shape::of(&sound.claimant().try_start(ANNA).await);
    let reason = || "no balance".to_owned();
    let faults = [
        (SmsError::Refused { reason: reason() }, "provider_refused"),
        (SmsError::Throttled { retry_after: None }, "provider_throttled"),
        (SmsError::NotTaken { reason: reason() }, "provider_not_taken"),
        (SmsError::Unreachable { reason: reason() }, "provider_unreachable"),
        (SmsError::Unknown { reason: reason() }, "provider_unknown"),
        (SmsError::Faulty { fault: SmsFault::Credentials, reason: reason() }, "provider_faulty"),
        (SmsError::NumberLimited { wait: Duration::from_hours(1) }, "provider_number_limited"),
    ];
    for (fault, word) in faults {
        let provider = Arc::new(Refusing(fault));
        let app = TestApp::start_with(Setup { provider: Some(provider), ..Setup::default() }).await;
        let crowd = crowd(&app, &PEOPLE).await;
        assert_eq!(app.delivery(&crowd[0].id, 1).await, Err(word));
        assert_eq!(Shape::of(&app.claimant().try_start(ANNA).await).body, usual.body);
        each(&crowd, async |one| present(one, "000000").await).await.problem(422, "code_incorrect");
    }
    let directory = Arc::new(Directory::default());
    directory.decide(Fate::Away);
    let app = TestApp::start_with(directory.setup("")).await;
    let crowd = crowd(&app, &PEOPLE).await;
    assert_eq!(app.delivery(&crowd[0].id, 1).await, Err("store"));
    assert_eq!(Shape::of(&app.claimant_from("198.51.100.77").try_start(ANNA).await), usual);
    each(&crowd, async |one| one.status().await).await.expect(200);
    each(&crowd, async |one| present(one, "000000").await).await.problem(422, "code_incorrect");
}

/// case 43: the masked number is told once the code was right, and never before (every shape above is searched for it).
#[tokio::test]
async fn the_masked_number_is_told_only_after_the_proof() {
    let app = TestApp::start().await;
    let mut anna = crowd(&app, &[ANNA]).await.remove(0);
    let code = anna.code().await;
    each(std::slice::from_ref(&anna), async |one| one.status().await).await.expect(200);
    assert_eq!(anna.verify(&code).await.expect(200).text("phone_masked"), "138****8000");
    let status = anna.status().await.expect(200);
    assert!(!String::from_utf8_lossy(&status.bytes).contains("138"), "{status:?}");
}

/// case 44: other methods and other paths answer without looking at whom they name.
#[tokio::test]
async fn other_methods_and_paths_do_not_depend_on_whom_they_name() {
    let app = TestApp::start().await;
    let paths = ["/v1/password-resets?account=", "/v1/password-resets/", "/v1/accounts/", "/v1/config?account=", "/"];
    for method in ["HEAD", "OPTIONS", "GET", "PUT", "PATCH", "DELETE"] {
        for path in paths {
            let ask = async |whom: &str| app.client().send(method, &format!("{path}{whom}"), &[], None).await;
            let (known, unknown) = (ask("anna@example.gov.cn").await, ask("abba@example.gov.cn").await);
            assert_eq!(Shape::of(&known), Shape::of(&unknown), "{method} {path}");
            assert!(!String::from_utf8_lossy(&known.bytes).contains("example.gov.cn"));
        }
    }
}

/// case 45: whom to ask for help is told to everybody, before anybody has said who they are.
#[tokio::test]
async fn help_is_the_same_for_everybody() {
    let help = "[help]\nname = \"信息中心\"\nphone = \"010-5550-0100\"\nhours = \"工作日 9:00–17:30\"";
    let app = TestApp::start_with(Setup::with(help)).await;
    let before = app.client().get("/v1/config").await.expect(200);
    assert_eq!(before.body["help"]["phone"], "010-5550-0100");
    let crowd = crowd(&app, &PEOPLE).await;
    let after = each(&crowd, async |one| one.holder().get("/v1/config").await).await;
    assert_eq!(Shape::of(&after), Shape::of(&before));
}
