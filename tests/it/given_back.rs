//! A message that surely did not leave costs nobody their turn; one that may have left does.

use std::sync::Arc;
use std::time::Duration;

use resetgate::sms::{SmsError, SmsFault, SmsMessage, SmsProvider, SmsReceipt};

use crate::harness::{ANNA, Directory, Gated, Refusing, Setup, TestApp, UNKNOWN, WIDE_GATES};

async fn ask(app: &TestApp, account: &str, from: u32) -> Option<&'static str> {
    let claimant = app.claimant_from(&format!("2001:db8:{from:x}::1")).start(account).await;
    app.delivery(&claimant.id, 1).await.err()
}

/// Whatever providers say that means that nothing left: the account, the number and the budget are as before.
#[tokio::test]
async fn a_message_that_surely_did_not_leave_gives_its_booking_back() {
    let reason = || "no".to_owned();
    for error in [
        SmsError::Faulty { fault: SmsFault::Balance, reason: reason() },
        SmsError::Throttled { retry_after: None },
        SmsError::NotTaken { reason: reason() },
        SmsError::Unreachable { reason: reason() },
    ] {
        let word = error.name();
        let settings = format!("{WIDE_GATES}account = [\"1/1m\"]\nphone = [\"1/1m\"]\nbudget = [\"1/1h\"]");
        let setup = Setup { provider: Some(Arc::new(Refusing(error))), ..Setup::with(&settings) };
        let app = TestApp::start_with(setup).await;
        assert_eq!(ask(&app, ANNA, 0).await, Some(word));
        for from in 1..3 {
            // A fault of our account opens the breaker at once; no gate of the account is ever the reason.
            let why = ask(&app, ANNA, from).await;
            assert!(why == Some(word) || why == Some("provider_unreachable"), "{word}: {why:?}");
        }
        let (_, metrics) = app.ops("/metrics").await;
        assert!(metrics.contains("resetgate_sms_budget_remaining_ratio 1.0"), "{metrics}");
    }
}

/// A gateway may have sent what it seems to refuse, and strangers may ask for the same refusal again and again: the person may
/// ask at once, and the budget bounds what it costs.
#[tokio::test]
async fn a_refused_message_costs_the_person_no_turn_and_the_budget_its_place() {
    let settings = format!("{WIDE_GATES}account = [\"1/1m\"]\nphone = [\"1/1m\"]\nbudget = [\"2/1h\"]");
    let refusing = Refusing(SmsError::Refused { reason: "no".to_owned() });
    let setup = Setup { provider: Some(Arc::new(refusing)), ..Setup::with(&settings) };
    let app = TestApp::start_with(setup).await;
    for (from, why) in [(0, "provider_refused"), (1, "provider_refused"), (2, "budget")] {
        assert_eq!(ask(&app, ANNA, from).await, Some(why));
    }
}

#[tokio::test]
async fn a_message_that_may_have_left_stays_booked() {
    let error = SmsError::Unknown { reason: "no answer".to_owned() };
    let setup = Setup { provider: Some(Arc::new(Refusing(error))), ..Setup::with(WIDE_GATES) };
    let app = TestApp::start_with(setup).await;
    assert_eq!(ask(&app, ANNA, 0).await, Some("provider_unknown"));
    assert_eq!(ask(&app, ANNA, 1).await, Some("account"));
}

/// While the circuit breaker is open nothing is booked, and the first message after it leaves at once.
#[tokio::test]
async fn an_open_breaker_costs_nobody_their_turn() {
    let settings = format!("{WIDE_GATES}[sms]\nbreaker = {{ failures = 1, window = \"30s\", open_for = \"60s\" }}");
    let setup = Setup {
        provider: Some(Arc::new(Refusing(SmsError::Unreachable { reason: "away".to_owned() }))),
        ..Setup::with(&settings)
    };
    let app = TestApp::start_with(setup).await;
    let late = app.claimant_from("2001:db8:1::1");
    let captchas = [late.captcha().await, late.captcha().await];
    let [first, second] = captchas;
    let mut one = app.claimant_from("2001:db8:1::1");
    let mut two = app.claimant_from("2001:db8:1::1");
    let (one_asks, two_asks) = tokio::join!(one.try_start_with(ANNA, first), two.try_start_with(ANNA, second));
    for answer in [one_asks, two_asks] {
        if answer.status == 202 {
            let why = app.delivery(&answer.text("id"), 1).await.err();
            assert!(matches!(why, Some("provider_unreachable" | "provider_throttled")), "{why:?}");
        }
    }
    let (_, metrics) = app.ops("/metrics").await;
    assert!(metrics.contains("resetgate_sms_budget_remaining_ratio 1.0"), "{metrics}");
}

/// A fourth challenge beside three live ones gets no code, and keeps its turn.
#[tokio::test]
async fn a_challenge_without_a_place_for_its_code_gives_its_booking_back() {
    let app = TestApp::start_with(Setup::with(&format!("{WIDE_GATES}budget = [\"10/1h\"]"))).await;
    for from in 0..3 {
        assert_eq!(ask(&app, ANNA, from).await, None);
        app.advance(61);
    }
    for from in 3..6 {
        assert_eq!(ask(&app, ANNA, from).await, Some("no_slot"));
    }
    let (_, metrics) = app.ops("/metrics").await;
    assert!(metrics.contains("resetgate_sms_budget_remaining_ratio 0.7"), "{metrics}");
}

/// The minute counts from the asking, as the page counts it: a worker that came late must not refuse who comes on time.
#[tokio::test]
async fn a_message_that_waited_for_its_turn_does_not_hold_up_the_next() {
    let directory = Arc::new(Directory::default());
    let app = TestApp::start_with(directory.setup("")).await;
    directory.gather(2);
    let first = app.claimant_from("2001:db8:1::1").start(ANNA).await;
    app.clock.advance(Duration::from_secs(30));
    // The second caller lets the first go on.
    let _ = app.claimant_from("2001:db8:2::1").start(UNKNOWN).await;
    app.delivery(&first.id, 1).await.unwrap();
    directory.gather(1);
    app.clock.advance(Duration::from_millis(29_999));
    assert_eq!(ask(&app, ANNA, 3).await, Some("account"));
    app.clock.advance(Duration::from_millis(1));
    assert_eq!(ask(&app, ANNA, 4).await, None);
}

/// A provider that waits, and then takes nothing.
struct Hesitant(Gated);

#[async_trait::async_trait]
impl SmsProvider for Hesitant {
    fn name(&self) -> &'static str {
        "hesitant"
    }

    async fn send(&self, message: &SmsMessage) -> Result<SmsReceipt, SmsError> {
        self.0.send(message).await?;
        Err(SmsError::Refused { reason: "after all".to_owned() })
    }
}

/// Bookings bound the guesses: who guesses while a message is handed over that is then refused gets no further code for it.
#[tokio::test]
async fn a_code_that_was_guessed_at_stays_booked_and_one_that_did_not_leave_opens_nothing() {
    let provider = Arc::new(Hesitant(Gated::default()));
    let app = TestApp::start_with(Setup { provider: Some(provider.clone()), ..Setup::with(WIDE_GATES) }).await;
    let mut guessing = app.claimant_from("2001:db8:1::1").start(ANNA).await;
    provider.0.asked(1).await;
    guessing.verify("000000").await.problem(422, "code_incorrect");
    provider.0.open(1);
    assert_eq!(app.delivery(&guessing.id, 1).await, Err("provider_refused"));
    assert_eq!(ask(&app, ANNA, 2).await, Some("account"));
    app.advance(60);
    provider.0.open(2);
    let mut waiting = app.claimant_from("2001:db8:3::1").start(ANNA).await;
    assert_eq!(app.delivery(&waiting.id, 1).await, Err("provider_refused"));
    let unsent = provider.0.outbound.code(&waiting.id, 1);
    waiting.verify(&unsent).await.problem(422, "code_incorrect");
    assert_eq!(ask(&app, ANNA, 4).await, Some("provider_refused"), "nobody guessed, so the next may be tried at once");
}
