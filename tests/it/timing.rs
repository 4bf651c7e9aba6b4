//! Nor does anybody learn it from how long an answer takes. Real durations of interleaved requests, judged by ranks.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use resetgate::sms::{SmsError, SmsMessage, SmsProvider, SmsReceipt};
use serde_json::json;

use crate::harness::{Claimant, Directory, Setup, TestApp, Walker, mailbox, solve};

/// What a look-up costs for somebody who has an account, and nobody else.
const LOOK_UP: Duration = Duration::from_millis(50);
/// Pairs of samples.
const PAIRS: usize = 120;

/// Takes three seconds for every message.
struct Slow;

#[async_trait]
impl SmsProvider for Slow {
    fn name(&self) -> &'static str {
        "slow"
    }

    async fn send(&self, _: &SmsMessage) -> Result<SmsReceipt, SmsError> {
        tokio::time::sleep(Duration::from_secs(3)).await;
        Ok(SmsReceipt { provider: "slow".into(), message_id: None })
    }
}

fn slow_hits() -> Arc<Directory> {
    let directory = Arc::new(Directory::default());
    directory.be_slow(LOOK_UP);
    directory
}

/// Twenty people with a phone, and room for all their codes.
async fn town(provider: Option<Arc<dyn SmsProvider>>) -> TestApp {
    let limits =
        "[limits]\naccount = [\"1000/1d\"]\nphone = [\"1000/1d\"]\nprefix = [\"10000/1d\"]\nbudget = [\"10000/1d\"]";
    let roomy = format!("{limits}\n[flow]\nlive_per_account = 10\n[sms]\nworkers = 100");
    let setup = Setup { provider, accounts: Some(slow_hits().between()), ..Setup::with(&roomy) };
    let app = TestApp::start_with(setup).await;
    for number in 0..20 {
        app.add(&known(number), &format!("138001380{number:02}")).await;
    }
    app
}

fn known(number: usize) -> String {
    format!("person{:02}@example.gov.cn", number % 20)
}

fn unknown(number: usize) -> String {
    format!("nobody{:02}@example.gov.cn", number % 20)
}

#[expect(clippy::disallowed_methods, reason = "what is tested is the real time of an answer")]
async fn timed<T>(work: impl Future<Output = T>) -> (Duration, T) {
    let began = Instant::now();
    let done = work.await;
    (began.elapsed(), done)
}

/// The time of one start, captcha not included.
async fn start_time(app: &TestApp, client: &crate::harness::Client, account: &str, from: usize) -> Duration {
    let client = client.at(&format!("2001:db8:{from:x}::1"));
    let body = json!({ "account": account, "captcha": solve(&client).await });
    let (took, answer) = timed(client.post("/v1/password-resets", &body)).await;
    answer.expect(202);
    assert!(app.settings.limits.enabled);
    took
}

/// Standard deviations by which the ranks of `one` differ from chance (Mann and Whitney).
fn rank_distance(one: &[Duration], other: &[Duration]) -> f64 {
    let mut all: Vec<_> = one.iter().map(|took| (took, true)).chain(other.iter().map(|took| (took, false))).collect();
    all.sort();
    let ranks = (1_u32..).zip(&all).filter(|(_, (_, mine))| *mine).map(|(rank, _)| f64::from(rank));
    let count = |sample: &[Duration]| f64::from(u32::try_from(sample.len()).unwrap());
    let (n, m) = (count(one), count(other));
    let u = ranks.sum::<f64>() - n * (n + 1.0) / 2.0;
    (u - n * m / 2.0) / (n * m * (n + m + 1.0) / 12.0).sqrt()
}

fn median(sample: &[Duration]) -> Duration {
    let mut sorted = sample.to_vec();
    sorted.sort();
    sorted[sorted.len() / 2]
}

/// What a stranger could learn from two samples.
#[derive(Debug)]
struct Comparison {
    gap: Duration,
    distance: f64,
}

impl Comparison {
    fn of(one: &[Duration], other: &[Duration]) -> Self {
        Self { gap: median(one).abs_diff(median(other)), distance: rank_distance(one, other) }
    }

    /// Told apart by two milliseconds or more, and not by chance (p < 0.0001).
    fn tells(&self) -> bool {
        self.gap >= Duration::from_millis(2) && self.distance.abs() > 3.9
    }
}

/// case 37: a provider that takes three seconds and a store that is slow for hits only leave no trace in the time of a start.
#[tokio::test]
async fn the_time_of_a_start_tells_nothing() {
    let app = town(Some(Arc::new(Slow))).await;
    let client = app.client();
    let (mut hits, mut misses) = (Vec::new(), Vec::new());
    for pair in 0..PAIRS {
        // In turn first and second, so that what one request leaves behind weighs on both alike.
        if pair % 2 == 0 {
            hits.push(start_time(&app, &client, &known(pair), 2 * pair).await);
            misses.push(start_time(&app, &client, &unknown(pair), 2 * pair + 1).await);
        } else {
            misses.push(start_time(&app, &client, &unknown(pair), 2 * pair).await);
            hits.push(start_time(&app, &client, &known(pair), 2 * pair + 1).await);
        }
    }
    let comparison = Comparison::of(&hits, &misses);
    assert!(!comparison.tells(), "{comparison:?}");
}

/// B19: the pages take as long for everybody: from the press of the button to the next page, 200 times each.
#[tokio::test]
async fn b19_the_time_of_a_start_on_the_pages_tells_nothing() {
    let app = town(Some(Arc::new(Slow))).await;
    let press = async |account: &str, from: usize| {
        let mut walker = Walker::new(&app, app.client().at(&format!("2001:db8:{from:x}::1")));
        walker.open("/").await;
        walker.submit("/", &[("account", account), ("action", "pow")]).await.expect(200);
        let nonce = resetgate::captcha::solve_pow(&walker.attribute("data-salt"), 8);
        let fields = [("account", account), ("nonce", nonce.as_str()), ("action", "send")];
        let (took, ()) = timed(async {
            let answer = walker.submit("/", &fields).await;
            walker.follow(answer).await.expect(200);
        })
        .await;
        took
    };
    let (mut hits, mut misses) = (Vec::new(), Vec::new());
    for pair in 0..200 {
        let (hit, miss) = (known(pair), unknown(pair));
        let order = if pair % 2 == 0 { [(&hit, true), (&miss, false)] } else { [(&miss, false), (&hit, true)] };
        for (place, (account, exists)) in order.into_iter().enumerate() {
            let took = press(account, 2 * pair + place).await;
            if exists { hits.push(took) } else { misses.push(took) }
        }
    }
    let comparison = Comparison::of(&hits, &misses);
    assert!(!comparison.tells(), "{comparison:?}");
}

/// case 37, the other way round: the same measurement with a look-up inside what is measured is told apart.
#[tokio::test]
async fn a_look_up_inside_the_request_would_be_seen() {
    let app = town(None).await;
    let (client, store) = (app.client(), slow_hits().between()(app.accounts.clone()));
    let (mut hits, mut misses) = (Vec::new(), Vec::new());
    for pair in 0..30 {
        for (account, times) in [(known(pair), &mut hits), (unknown(pair), &mut misses)] {
            let (look_up, _) = timed(store.find(&mailbox(&account))).await;
            let started = start_time(&app, &client, &account, 2 * pair + usize::from(account == known(pair))).await;
            times.push(look_up + started);
        }
    }
    let comparison = Comparison::of(&hits, &misses);
    assert!(comparison.tells(), "{comparison:?}");
}

/// case 37 and case 38: nor does the time of a wrong code tell a decoy from a challenge with a code.
#[tokio::test]
async fn the_time_of_a_wrong_code_tells_nothing() {
    let app = town(None).await;
    let (mut hits, mut misses) = (Vec::new(), Vec::new());
    for pair in 0..20 {
        let real = app.claimant_from(&format!("2001:db8:{:x}::1", 2 * pair)).start(&known(pair)).await;
        let decoy = app.claimant_from(&format!("2001:db8:{:x}::1", 2 * pair + 1)).start(&unknown(pair)).await;
        let wrong = Claimant::wrong(&real.code().await);
        let _ = app.delivery(&decoy.id, 1).await;
        for (number, claimants) in
            [[&real, &decoy], [&decoy, &real], [&real, &decoy], [&decoy, &real]].iter().enumerate()
        {
            for claimant in claimants {
                let body = json!({ "code": wrong });
                let path = claimant.path("/verify");
                let (took, answer) = timed(claimant.holder().post(&path, &body)).await;
                answer.problem(422, "code_incorrect");
                // The first request of each opens its connection's path through the caches; it says nothing.
                if number > 0 {
                    if claimant.id == real.id { hits.push(took) } else { misses.push(took) }
                }
            }
        }
    }
    let comparison = Comparison::of(&hits, &misses);
    assert!(!comparison.tells(), "{comparison:?}");
}
