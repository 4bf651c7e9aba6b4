//! What of all this a stranger can see, and how many are let through at once.

use tokio::sync::Semaphore;

use super::*;

#[tokio::test]
async fn only_the_default_way_shows_and_only_when_all_of_it_is_out() {
    let dead = [unreachable(), unreachable(), unreachable()];
    let told = ["first", "second", "other"].map(|name| Told::new(name, &dead));
    let [first, second, other] = &told;
    let (router, clock) = routed(&[first, second, other], &[0, 1], &[("unit = [\"x\"]", &[2])]);
    for _ in 0..3 {
        router.hand_over(&to("13800138000", Some("x"))).await.unwrap_err();
    }
    assert!(passed_by(&router)[2].1, "the operator sees the route's provider");
    assert_eq!(router.outage(), Outage::None, "a stranger does not");
    assert!(router.is_available());
    for _ in 0..3 {
        router.hand_over(&to("13800138000", None)).await.unwrap_err();
    }
    assert_eq!((router.outage(), router.is_available()), (Outage::Full, false));
    clock.advance(Duration::from_mins(1));
    assert_eq!(router.outage(), Outage::None, "worth a try");
    router.hand_over(&to("13800138000", None)).await.unwrap();
    clock.advance(Duration::from_mins(1));
    assert_eq!(router.outage(), Outage::Partial, "the second was not tried, and its turn is over");
}

/// case 42: one message to an existing account, whatever the provider says to it, changes nothing that a stranger sees.
#[tokio::test]
async fn one_message_alone_shows_nothing_whatever_it_meets() {
    let wait = Duration::from_hours(1);
    let faults = [SmsFault::Credentials, SmsFault::Clock, SmsFault::Balance, SmsFault::Signature, SmsFault::Template];
    let words =
        [unreachable(), unknown(), refused(), not_taken(), throttled(Some(60)), SmsError::NumberLimited { wait }];
    for word in words.into_iter().chain(faults.map(faulty)) {
        let told = Told::new("only", &vec![word.clone(); 9]);
        let (router, clock) = chain(&[&told]);
        for _ in 0..5 {
            router.hand_over(&message("text")).await.unwrap_err();
            assert_eq!(router.outage(), Outage::None, "{word}");
            // As far apart as the gates keep the messages of one account.
            clock.advance(Duration::from_mins(1));
        }
    }
}

/// Stands still with what it was asked to take, and then fails.
struct Stuck {
    asked: Semaphore,
    go: Semaphore,
}

#[async_trait]
impl SmsProvider for Stuck {
    fn name(&self) -> &'static str {
        "stuck"
    }

    async fn send(&self, _: &SmsMessage) -> Result<SmsReceipt, SmsError> {
        self.asked.add_permits(1);
        self.go.acquire().await.unwrap().forget();
        Err(unreachable())
    }
}

/// case 88: of fifty messages at once after the open time exactly one tries, and it is somebody's own.
#[tokio::test]
async fn of_fifty_messages_at_once_one_tries_a_provider_that_was_out() {
    let stuck = Arc::new(Stuck { asked: Semaphore::new(0), go: Semaphore::new(3) });
    let clock = Arc::new(ManualClock::at(Timestamp::from_millis(0)));
    let provider: Arc<dyn SmsProvider> = stuck.clone();
    let router = Router::alone(provider, toml::from_str(BREAKER).unwrap(), clock.clone());
    for _ in 0..3 {
        router.hand_over(&message("text")).await.unwrap_err();
    }
    clock.advance(Duration::from_mins(1));
    let router = Arc::new(router);
    let fifty: Vec<_> = (0..50)
        .map(|_| {
            let router = Arc::clone(&router);
            tokio::spawn(async move { router.hand_over(&message("text")).await.unwrap_err().error.to_string() })
        })
        .collect();
    stuck.asked.acquire_many(4).await.unwrap().forget();
    stuck.go.add_permits(1);
    let mut words = Vec::new();
    for one in fifty {
        words.push(one.await.unwrap());
    }
    assert_eq!(words.iter().filter(|word| word.contains("passed by")).count(), 49);
    assert_eq!(stuck.asked.available_permits(), 0, "nobody else was let through");
}
