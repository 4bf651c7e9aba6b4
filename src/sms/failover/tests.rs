use std::sync::Mutex;

use super::*;
use crate::domain::{ManualClock, Timestamp};
use crate::sms::samples::message;

/// Gives the answers it was told, then takes everything; remembers how often it was asked.
struct Told {
    name: &'static str,
    answers: Mutex<Vec<SmsError>>,
    asked: Mutex<usize>,
    notices: bool,
}

impl Told {
    fn new(name: &'static str, answers: &[SmsError]) -> Arc<Self> {
        let answers = Mutex::new(answers.iter().rev().cloned().collect());
        Arc::new(Self { name, answers, asked: Mutex::new(0), notices: true })
    }

    fn asked(&self) -> usize {
        *self.asked.lock().unwrap()
    }
}

#[async_trait]
impl SmsProvider for Told {
    fn name(&self) -> &'static str {
        self.name
    }

    fn carries(&self, kind: MessageKind) -> bool {
        self.notices || kind == MessageKind::Code
    }

    async fn send(&self, _: &SmsMessage) -> Result<SmsReceipt, SmsError> {
        *self.asked.lock().unwrap() += 1;
        let answer = self.answers.lock().unwrap().pop();
        answer.map_or(Ok(SmsReceipt { provider: self.name.into(), message_id: None }), Err)
    }
}

fn unreachable() -> SmsError {
    SmsError::Unreachable { reason: "refused".to_owned() }
}

fn throttled(seconds: Option<u64>) -> SmsError {
    SmsError::Throttled { retry_after: seconds.map(Duration::from_secs) }
}

fn unknown() -> SmsError {
    SmsError::Unknown { reason: "no answer in time".to_owned() }
}

fn refused() -> SmsError {
    SmsError::Refused { reason: "bad number".to_owned() }
}

fn chain(providers: &[&Arc<Told>]) -> (Failover, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::at(Timestamp::from_millis(0)));
    let breaker = BreakerSettings { failures: 3, window: "30s".parse().unwrap(), open_for: "60s".parse().unwrap() };
    let providers = providers.iter().map(|told| Arc::clone(told) as Arc<dyn SmsProvider>).collect();
    (Failover::new(providers, breaker, Arc::<ManualClock>::clone(&clock)), clock)
}

/// case 86: where nothing left, the next provider is asked, once; the receipt names who took it.
#[tokio::test]
async fn the_next_provider_is_asked_only_where_the_last_one_sent_nothing() {
    for (answer, follows) in [(unreachable(), true), (throttled(None), true), (unknown(), false), (refused(), false)] {
        let (first, second) = (Told::new("first", std::slice::from_ref(&answer)), Told::new("second", &[]));
        let outcome = chain(&[&first, &second]).0.send(&message("text")).await;
        assert_eq!((first.asked(), second.asked()), (1, usize::from(follows)), "{answer}");
        if follows {
            assert_eq!(&*outcome.unwrap().provider, "second");
        } else {
            assert_eq!(outcome.unwrap_err(), answer);
        }
    }
}

#[tokio::test]
async fn when_nobody_takes_it_the_error_says_what_each_one_said() {
    let (first, second) = (Told::new("first", &[throttled(Some(9))]), Told::new("second", &[unreachable()]));
    let error = chain(&[&first, &second]).0.send(&message("text")).await.unwrap_err();
    assert_eq!(error, SmsError::Unreachable { reason: "`first`: limits us; `second`: refused".to_owned() });
    let (first, second) = (Told::new("first", &[throttled(Some(9))]), Told::new("second", &[throttled(Some(5))]));
    let error = chain(&[&first, &second]).0.send(&message("text")).await.unwrap_err();
    assert_eq!(error, throttled(Some(5)));
}

/// case 88, T25: a provider that keeps failing is passed by, and tried again by one message after a while.
#[tokio::test]
async fn a_provider_that_keeps_failing_is_passed_by_for_a_while() {
    let failures = [unreachable(), unreachable(), unreachable()];
    let (first, second) = (Told::new("first", &failures), Told::new("second", &[]));
    let (chain, clock) = chain(&[&first, &second]);
    for _ in 0..5 {
        assert_eq!(&*chain.send(&message("text")).await.unwrap().provider, "second");
    }
    assert_eq!((first.asked(), second.asked()), (3, 5));
    assert_eq!(chain.health(), [("first".to_owned(), true), ("second".to_owned(), false)]);
    clock.advance(Duration::from_mins(1));
    assert_eq!(chain.health(), [("first".to_owned(), false), ("second".to_owned(), false)]);
    assert_eq!(&*chain.send(&message("text")).await.unwrap().provider, "first");
    assert_eq!(&*chain.send(&message("text")).await.unwrap().provider, "first");
}

/// Messages whose fate is unknown are lost to their readers; later ones go where they are taken.
#[tokio::test]
async fn unknown_outcomes_open_the_breaker_and_refusals_and_limits_do_not() {
    let (first, second) = (Told::new("first", &[unknown(), unknown(), unknown()]), Told::new("second", &[]));
    let (lossy, _) = chain(&[&first, &second]);
    for _ in 0..3 {
        assert_eq!(lossy.send(&message("text")).await.unwrap_err(), unknown());
    }
    assert_eq!(&*lossy.send(&message("text")).await.unwrap().provider, "second");

    let told = Told::new("only", &[refused(), throttled(None), refused(), throttled(None)]);
    let (alone, _) = chain(&[&told]);
    for _ in 0..5 {
        let _ = alone.send(&message("text")).await;
    }
    assert_eq!(told.asked(), 5);
}

#[tokio::test]
async fn with_every_provider_passed_by_the_message_is_unreachable_at_once() {
    let told = Told::new("only", &[unreachable(), unreachable(), unreachable()]);
    let (chain, _) = chain(&[&told]);
    for _ in 0..4 {
        assert!(matches!(chain.send(&message("text")).await, Err(SmsError::Unreachable { .. })));
    }
    assert_eq!(told.asked(), 3);
}

#[tokio::test]
async fn a_notice_goes_past_a_provider_that_carries_codes_alone() {
    let codes = Arc::new(Told { notices: false, ..Arc::into_inner(Told::new("codes", &[])).unwrap() });
    let all = Told::new("all", &[]);
    let notice = SmsMessage { kind: MessageKind::Notice, code: None, ..message("text") };
    assert_eq!(&*chain(&[&codes, &all]).0.send(&notice).await.unwrap().provider, "all");
    let (codes_alone, _) = chain(&[&codes]);
    assert!(!codes_alone.carries(MessageKind::Notice));
    assert!(matches!(codes_alone.send(&notice).await, Err(SmsError::Refused { .. })));
    assert_eq!(codes.asked(), 0);
}
