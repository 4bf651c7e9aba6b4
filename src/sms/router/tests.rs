use std::sync::Mutex;
use std::time::Duration;

use super::*;
use crate::domain::{ManualClock, PhoneNumber, Region, Timestamp};
use crate::sms::ProviderTurn;
use crate::sms::samples::message;

mod following;
mod visible;

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

fn not_taken() -> SmsError {
    SmsError::NotTaken { reason: "not served".to_owned() }
}

fn refused() -> SmsError {
    SmsError::Refused { reason: "bad number".to_owned() }
}

fn faulty(fault: SmsFault) -> SmsError {
    SmsError::Faulty { fault, reason: "no".to_owned() }
}

/// What the observers were told: `provider result` of each attempt, and each turn.
#[derive(Default)]
struct Log(Mutex<Vec<String>>);

impl Log {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

impl SmsObserver for Log {
    fn attempted(&self, attempt: &Attempt<'_>) {
        let result = attempt.outcome.as_ref().map_or_else(SmsError::name, |_| "accepted");
        self.0.lock().unwrap().push(format!("{} {result}", attempt.provider));
    }

    fn turned(&self, provider: &str, turn: ProviderTurn) {
        self.0.lock().unwrap().push(format!("{provider} {turn:?}"));
    }
}

const BREAKER: &str = "failures = 3\nwindow = \"30s\"\nopen_for = \"60s\"";

/// Providers with the routes that lead to them, by their places; the default way comes first.
fn routed(providers: &[&Arc<Told>], default: &[usize], routes: &[(&str, &[usize])]) -> (Router, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::at(Timestamp::from_millis(0)));
    let station = |told: &&Arc<Told>| Station::new(Arc::<Told>::clone(told), toml::from_str(BREAKER).unwrap());
    let route = |(condition, way): &(&str, &[usize])| {
        (toml::from_str(&format!("providers = []\n{condition}")).unwrap(), way.to_vec())
    };
    let stations = providers.iter().map(station).collect();
    let routes = routes.iter().map(route).collect();
    (Router::new(stations, routes, default.to_vec(), Arc::<ManualClock>::clone(&clock)), clock)
}

fn chain(providers: &[&Arc<Told>]) -> (Router, Arc<ManualClock>) {
    routed(providers, &(0..providers.len()).collect::<Vec<_>>(), &[])
}

fn passed_by(router: &Router) -> Vec<(String, bool)> {
    router.health().into_iter().map(|health| (health.name, health.passed_by)).collect()
}

fn to(number: &str, unit: Option<&str>) -> SmsMessage {
    let to = PhoneNumber::parse(number, Region::CN).unwrap();
    SmsMessage { to, unit: unit.map(Box::from), ..message("text") }
}

/// case 86: where nothing left, the next provider is asked, once; the receipt names who took it.
#[tokio::test]
async fn the_next_provider_is_asked_only_where_the_last_one_sent_nothing() {
    let follow = [unreachable(), throttled(None), not_taken()].map(|answer| (answer, true));
    let end = [unknown(), refused()].map(|answer| (answer, false));
    for (answer, follows) in follow.into_iter().chain(end) {
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
    let (first, second) = (Told::new("first", &[not_taken()]), Told::new("second", &[not_taken()]));
    let error = chain(&[&first, &second]).0.send(&message("text")).await.unwrap_err();
    assert_eq!(error, SmsError::NotTaken { reason: "`first`: not served; `second`: not served".to_owned() });
}

/// case 88: a provider that keeps failing is passed by, and tried again by one message after a while.
#[tokio::test]
async fn a_provider_that_keeps_failing_is_passed_by_for_a_while() {
    let failures = [unreachable(), unreachable(), unreachable()];
    let (first, second) = (Told::new("first", &failures), Told::new("second", &[]));
    let (chain, clock) = chain(&[&first, &second]);
    for _ in 0..5 {
        assert_eq!(&*chain.send(&message("text")).await.unwrap().provider, "second");
    }
    assert_eq!((first.asked(), second.asked()), (3, 5));
    assert_eq!(passed_by(&chain), [("first".to_owned(), true), ("second".to_owned(), false)]);
    clock.advance(Duration::from_mins(1));
    assert_eq!(passed_by(&chain), [("first".to_owned(), false), ("second".to_owned(), false)]);
    assert_eq!(&*chain.send(&message("text")).await.unwrap().provider, "first");
    assert_eq!(&*chain.send(&message("text")).await.unwrap().provider, "first");
}

/// Whoever owns a number that a provider does not serve cannot turn everybody else away from it.
#[tokio::test]
async fn numbers_that_a_provider_does_not_serve_do_not_open_its_breaker() {
    let (first, second) = (Told::new("first", &vec![not_taken(); 9]), Told::new("second", &[]));
    let (chain, _) = chain(&[&first, &second]);
    for _ in 0..9 {
        assert_eq!(&*chain.send(&message("text")).await.unwrap().provider, "second");
    }
    assert_eq!((first.asked(), second.asked()), (9, 9));
    assert_eq!(chain.outage(), Outage::None);
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

/// case 88, T25: the first route that matches decides, in their order; what no route matches takes the default.
#[tokio::test]
async fn the_first_route_that_matches_decides() {
    let told = ["default", "virtual", "abroad", "tax"].map(|name| Told::new(name, &[]));
    let [default, r#virtual, abroad, tax] = &told;
    let conditions: &[(&str, &[usize])] = &[
        ("prefix = [\"+86170\", \"+86171\"]", &[1]),
        ("country = [\"HK\", \"US\"]", &[2]),
        ("unit = [\"税务局\"]\ncountry = [\"CN\"]", &[3, 0]),
    ];
    let (ways, _) = routed(&[default, r#virtual, abroad, tax], &[0], conditions);
    for (number, unit, taken_by) in [
        ("13800138000", None, "default"),
        ("17012345678", None, "virtual"),
        ("17012345678", Some("税务局"), "virtual"),
        ("+85261234567", Some("税务局"), "abroad"),
        ("+12025550123", None, "abroad"),
        ("+14165550123", None, "default"),
        ("13800138000", Some("税务局"), "tax"),
        ("13800138000", Some("税务"), "default"),
    ] {
        assert_eq!(&*ways.hand_over(&to(number, unit)).await.unwrap().provider, taken_by, "{number} {unit:?}");
    }
}

/// A breaker belongs to the provider: what one route learns of it, the other knows.
#[tokio::test]
async fn routes_share_the_breaker_of_a_provider() {
    let (first, second) =
        (Told::new("first", &[unreachable(), unreachable(), unreachable()]), Told::new("second", &[]));
    let (router, _) = routed(&[&first, &second], &[0, 1], &[("unit = [\"x\"]", &[0])]);
    for _ in 0..3 {
        assert_eq!(&*router.hand_over(&to("13800138000", None)).await.unwrap().provider, "second");
    }
    let unsent = router.hand_over(&to("13800138000", Some("x"))).await.unwrap_err();
    assert_eq!(unsent.provider.as_deref(), Some("first"));
    assert_eq!(unsent.error.name(), "provider_unreachable");
    assert_eq!(first.asked(), 3);
}

/// case 89: a number that had enough is nobody else's message.
#[tokio::test]
async fn a_number_that_had_enough_ends_it_and_opens_nothing() {
    let wait = Duration::from_hours(1);
    let (first, second) = (Told::new("first", &vec![SmsError::NumberLimited { wait }; 9]), Told::new("second", &[]));
    let (router, _) = chain(&[&first, &second]);
    for _ in 0..9 {
        let unsent = router.hand_over(&message("text")).await.unwrap_err();
        assert_eq!(unsent, Unsent { provider: Some("first".into()), error: SmsError::NumberLimited { wait } });
    }
    assert_eq!((first.asked(), second.asked(), passed_by(&router)[0].1), (9, 0, false));
}

/// case 87: a fault of the account is told once and opens the breaker at once; the end of it is told once.
#[tokio::test]
async fn a_fault_of_the_account_opens_at_once_and_is_told_once() {
    for fault in [SmsFault::Credentials, SmsFault::Clock, SmsFault::Balance] {
        let (first, second) = (Told::new("first", &[faulty(fault), faulty(fault)]), Told::new("second", &[]));
        let log = Arc::new(Log::default());
        let (router, clock) = chain(&[&first, &second]);
        let router = router.observed_by(vec![Arc::<Log>::clone(&log)]);
        for _ in 0..3 {
            assert_eq!(&*router.hand_over(&message("text")).await.unwrap().provider, "second");
        }
        let taken = "second accepted".to_owned();
        let faulty =
            ["first provider_faulty".to_owned(), format!("first Faulty({fault:?})"), "first Opened(60s)".to_owned()];
        assert_eq!(log.take(), [&faulty[..], &[taken.clone(), taken.clone(), taken.clone()]].concat());
        assert_eq!(router.health()[0], ProviderHealth { name: "first".into(), passed_by: true, faults: vec![fault] });
        clock.advance(Duration::from_mins(1));
        router.hand_over(&message("text")).await.unwrap();
        assert_eq!(log.take(), ["first provider_faulty".to_owned(), taken]);
        clock.advance(Duration::from_mins(1));
        router.hand_over(&message("text")).await.unwrap();
        assert_eq!(
            log.take(),
            ["first accepted".to_owned(), format!("first Mended({fault:?})"), "first Closed".to_owned()]
        );
        assert_eq!(router.health()[0].faults, []);
    }
}

/// A template or signature may be approved for another language, so the provider is still asked.
#[tokio::test]
async fn a_fault_of_a_text_opens_nothing_and_lasts_until_such_a_text_is_taken() {
    let told = Told::new("only", &vec![faulty(SmsFault::Template); 4]);
    let log = Arc::new(Log::default());
    let router = chain(&[&told]).0.observed_by(vec![Arc::<Log>::clone(&log)]);
    for _ in 0..4 {
        assert_eq!(router.hand_over(&message("text")).await.unwrap_err().error.name(), "provider_faulty");
    }
    assert_eq!(log.take().iter().filter(|line| line.contains("Template")).count(), 1);
    let english = SmsMessage { locale: "en".into(), ..message("text") };
    router.hand_over(&english).await.unwrap();
    assert_eq!(log.take(), ["only accepted"], "another language says nothing of this one");
    assert!(!router.health()[0].passed_by);
    router.hand_over(&message("text")).await.unwrap();
    assert_eq!(log.take(), ["only accepted", "only Mended(Template)"]);
}

/// A provider that says when to come back is not asked before, and the message goes on.
#[tokio::test]
async fn a_provider_that_asks_for_time_is_passed_by_for_that_long() {
    let twice = [throttled(Some(20)), throttled(Some(20))];
    let numbers = ["13800138000", "13800138001", "13800138000"];
    let (first, second) = (Told::new("first", &twice), Told::new("second", &[]));
    let (router, clock) = chain(&[&first, &second]);
    for number in numbers {
        assert_eq!(&*router.hand_over(&to(number, None)).await.unwrap().provider, "second");
    }
    assert_eq!((first.asked(), second.asked()), (2, 3), "one number alone may be what it limits");
    clock.advance(Duration::from_secs(20));
    assert_eq!(&*router.hand_over(&message("text")).await.unwrap().provider, "first");
    let alone = Told::new("alone", &twice);
    let (router, clock) = chain(&[&alone]);
    for number in &numbers[..2] {
        router.hand_over(&to(number, None)).await.unwrap_err();
    }
    clock.advance(Duration::from_secs(5));
    let unsent = router.hand_over(&message("text")).await.unwrap_err();
    assert_eq!(unsent, Unsent { provider: Some("alone".into()), error: throttled(Some(15)) });
}
