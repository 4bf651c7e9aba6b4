//! Wrong codes of one account: growing waits, a pause, and what ends them. All of it silent.

use resetgate::audit::EventKind;

use crate::harness::{ANNA, Answer, Claimant, OLD_PASSWORD, Setup, TestApp, WIDE_GATES, WIDE_SENDS};

const ALIAS: &str = "anna.zhang@example.gov.cn";

async fn app() -> TestApp {
    TestApp::start_with(Setup::with(&format!("{WIDE_GATES}{WIDE_SENDS}"))).await
}

/// A recovery that got its code, and so many wrong ones after it.
async fn guessed<'a>(app: &'a TestApp, account: &str, times: usize) -> Claimant<'a> {
    let mut claimant = app.claimant().start(account).await;
    let wrong = Claimant::wrong(&claimant.code().await);
    claimant.guess(&wrong, times).await;
    claimant
}

/// What became of a fresh recovery's code.
async fn attempt(app: &TestApp, account: &str) -> Result<String, &'static str> {
    let claimant = app.claimant().start(account).await;
    app.delivery(&claimant.id, 1).await
}

async fn cancel(claimant: &Claimant<'_>) {
    claimant.holder().send("DELETE", &claimant.path(""), &[], None).await.expect(204);
}

/// An answer without what is drawn for it.
fn shape(mut answer: Answer) -> (u16, serde_json::Value) {
    for drawn in ["id", "flow_token"] {
        answer.body[drawn] = answer.text(drawn).len().into();
    }
    (answer.status, answer.body)
}

/// case 9: ten wrong codes cost a wait of 30 s, each further one doubles it, up to an hour. Whoever asks meanwhile gets
/// the same answer and no message, and a new code resets nothing.
#[tokio::test]
async fn the_tenth_wrong_code_begins_a_silent_wait_that_doubles_to_an_hour() {
    let app = app().await;
    guessed(&app, ANNA, 5).await;
    let mut current = guessed(&app, ANNA, 4).await;
    let mut code = attempt(&app, ANNA).await.expect("nine are free");
    for wait in [30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600] {
        current.verify(&Claimant::wrong(&code)).await;
        cancel(&current).await;
        let refused = app.claimant().try_start(ANNA).await;
        assert_eq!(shape(refused), shape(app.claimant().try_start("nobody@example.org").await));
        app.advance(wait - 1);
        assert_eq!(attempt(&app, ANNA).await, Err("waiting"), "{wait} s");
        app.advance(1);
        current = app.claimant().start(ANNA).await;
        code = current.code().await;
    }
}

/// case 9 and case 10: a thousand wrong codes over new challenges from a thousand addresses, each with a fresh browser:
/// ten of them meet a code.
#[tokio::test]
async fn a_thousand_guesses_from_a_thousand_addresses_meet_two_codes() {
    let app = app().await;
    let browser = app.client();
    for round in 0..200_u32 {
        let fresh = browser.at(&format!("10.0.{round}.1")).with("user-agent", &format!("Browser/{round}"));
        let mut claimant = Claimant::new(&app, fresh).start(ANNA).await;
        let right = app.delivery(&claimant.id, 1).await.unwrap_or_else(|_| "123456".to_owned());
        let wrong = Claimant::wrong(&right);
        for guess in 2..7 {
            claimant.client = claimant.client.at(&format!("10.0.{round}.{guess}"));
            let answer = claimant.verify(&wrong).await;
            assert_eq!(answer.status, if guess < 6 { 422 } else { 423 });
        }
    }
    assert_eq!(app.outbound.codes().len(), 2);
    let waiting = app.events.count(|event| matches!(event.kind, EventKind::CodeWithheld { reason: "waiting", .. }));
    assert_eq!(waiting, 198);
}

/// case 9: an alias names the same account, and shares its count.
#[tokio::test]
async fn an_alias_shares_the_count_of_its_account() {
    let app = app().await;
    guessed(&app, ANNA, 5).await;
    guessed(&app, ALIAS, 5).await;
    assert_eq!(attempt(&app, ANNA).await, Err("waiting"));
    assert_eq!(attempt(&app, ALIAS).await, Err("waiting"));
}

/// The wait keeps messages back, not people: who has a code already gets in, and that ends the wait.
#[tokio::test]
async fn a_code_in_hand_works_while_its_account_waits_and_clears_the_count() {
    let app = app().await;
    let mut anna = app.claimant().start(ANNA).await;
    let code = anna.code().await;
    for _ in 0..2 {
        guessed(&app, ANNA, 5).await;
    }
    assert_eq!(attempt(&app, ANNA).await, Err("waiting"));
    anna.verify(&code).await.expect(200);
    assert!(attempt(&app, ANNA).await.is_ok());
    anna.complete("Tiantian-2026x").await.expect(200);
    guessed(&app, ANNA, 5).await;
    guessed(&app, ANNA, 4).await;
    assert!(attempt(&app, ANNA).await.is_ok(), "the former ten are forgotten");
}

/// Wrong codes are forgotten after a day.
#[tokio::test]
async fn wrong_codes_are_forgotten_after_a_day() {
    let app = app().await;
    guessed(&app, ANNA, 5).await;
    guessed(&app, ANNA, 4).await;
    app.advance(86_400);
    guessed(&app, ANNA, 5).await;
    assert!(attempt(&app, ANNA).await.is_ok());
}

/// A hundred in a row pause recovery by SMS until the phone is bound anew; codes on their way are void then (NIST SP
/// 800-63B-4, 3.2.2). The mailbox itself is never locked.
#[tokio::test]
async fn a_hundred_in_a_row_pause_recovery_until_the_phone_is_bound_anew() {
    let app = app().await;
    for _ in 0..19 {
        guessed(&app, ANNA, 5).await;
        app.advance(3_600);
    }
    let mut holder = app.claimant().start(ANNA).await;
    let code = holder.code().await;
    guessed(&app, ANNA, 5).await;
    holder.verify(&code).await.problem(422, "code_incorrect");
    for _ in 0..3 {
        assert_eq!(attempt(&app, ANNA).await, Err("paused"));
        app.advance(30 * 86_400);
    }
    assert!(app.signs_in(ANNA, OLD_PASSWORD).await);
    app.bind_phone(ANNA, "13800138000").await;
    let anna = app.claimant().verified(ANNA).await;
    anna.complete("Tiantian-2026x").await.expect(200);
}

/// case 11: one wrong code on each of many accounts from one /64: the gate of the requester counts them all together.
#[tokio::test]
async fn one_guess_on_each_of_many_accounts_shuts_the_gate_of_the_requester() {
    let app = TestApp::start().await;
    let mut claimants = Vec::new();
    for number in 0..21 {
        let claimant = app.claimant_from(&format!("10.0.{number}.1"));
        claimants.push(claimant.start(&format!("person{number}@example.gov.cn")).await);
    }
    for (number, claimant) in claimants.iter_mut().enumerate() {
        claimant.client = claimant.client.at(&format!("2001:db8:0:7:{number:x}::1"));
        let answer = claimant.verify("123456").await;
        if number < 20 {
            answer.problem(422, "code_incorrect");
        } else {
            let refused = answer.problem(429, "rate_limited");
            assert_eq!(refused.body["violated-policies"], serde_json::json!(["verify"]));
            assert!(refused.header("retry-after").is_some());
        }
    }
}

/// case 11: one wrong code on each of many accounts, from as many networks: no count of an account and no gate sees more
/// than one of them. The operator gets one alarm an hour and a figure; the answers stay what they are.
#[tokio::test]
async fn one_guess_on_each_of_many_accounts_from_everywhere_raises_one_alarm() {
    let app = TestApp::start().await;
    let high = |app: &TestApp| app.events.count(|event| matches!(event.kind, EventKind::FailuresHigh { .. }));
    let figure = async || app.figures().await.value("resetgate_failures_alarm", &[]) > 0.0;
    let guess = async |number: u32| {
        let claimant = app.claimant_from(&format!("2001:db8:{number:x}::1"));
        let mut claimant = claimant.start(&format!("person{number}@example.gov.cn")).await;
        claimant.verify("123456").await.problem(422, "code_incorrect").body["attempts_left"].clone()
    };
    let first = guess(0).await;
    for number in 1..100 {
        guess(number).await;
    }
    assert_eq!((high(&app), figure().await), (0, false), "a hundred are allowed");
    app.advance(3_599);
    assert_eq!(guess(100).await, first);
    for number in 101..150 {
        guess(number).await;
    }
    assert_eq!((high(&app), figure().await), (1, true));
    app.advance(3_600);
    assert!(!figure().await, "it ends when they end");
    for number in 200..302 {
        guess(number).await;
    }
    assert_eq!((high(&app), figure().await), (2, true));
    let mut app = app;
    app.stop().await;
    let told: Vec<_> = app.trail().into_iter().filter(|line| line.contains("\"failures.high\"")).collect();
    assert!(told.len() == 2 && told.iter().all(|line| line.contains("\"service\"") && !line.contains("\"target\"")));
}

/// What is right counts for nothing, and neither does what cannot be a code.
#[tokio::test]
async fn only_wrong_codes_raise_the_alarm() {
    let app = TestApp::start_with(Setup::with(&format!("{WIDE_GATES}{WIDE_SENDS}[failures]\nalarm = \"2/1h\""))).await;
    let mut anna = app.claimant().start(ANNA).await;
    let code = anna.code().await;
    anna.guess("12345", 5).await;
    anna.guess(&Claimant::wrong(&code), 2).await;
    anna.verify(&code).await.expect(200);
    anna.guess(&code, 5).await;
    let high = |event: &resetgate::audit::AuditEvent| matches!(event.kind, EventKind::FailuresHigh { .. });
    assert_eq!(app.events.count(high), 0);
    let mut anna = app.claimant().start(ANNA).await;
    let code = anna.code().await;
    anna.guess(&Claimant::wrong(&code), 1).await;
    assert_eq!(app.events.count(high), 1);
}
