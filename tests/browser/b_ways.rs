//! B, continued: the ways without the picture, what a picture is made of, and what a stranger can compare.

use std::time::{Duration, Instant};

use crate::harness::{ANNA, DISABLED, Device, Key, Plain, Site, UNBOUND, UNKNOWN, solve};

const CAPTCHA: &str = "#captcha input[name=captcha]";

/// Counts the workers that a page starts.
const WATCHED: &str = "globalThis.workers = 0; const Real = Worker;
globalThis.Worker = class extends Real { constructor(...given) { super(...given); globalThis.workers++; } };";

/// How long the proof of work takes in this browser, at best: the work is a game of chance.
#[expect(clippy::disallowed_methods, reason = "what is tested is the real time of a person who waits")]
async fn best_of_three(bits: u8, enough: Duration) -> Duration {
    let site = Site::start_with(&format!("captcha.pow_bits = {bits}")).await;
    let person = site.visitor().await;
    let mut best = Duration::MAX;
    for _ in 0..3 {
        person.open("/").await.follow("#use-pow").await;
        let began = Instant::now();
        person.until("the work is done", "document.querySelector('#captcha input[name=nonce]').value").await;
        best = best.min(began.elapsed());
        if best <= enough {
            break;
        }
    }
    best
}

#[tokio::test]
async fn b10_the_way_without_a_picture_asks_nothing_of_anybody() {
    // So much work that it is seen while it runs.
    let site = Site::start_with("captcha.pow_bits = 22").await;
    let person = site.visitor().await;
    person.before_scripts(WATCHED).await;
    person.open("/").await.fill("#account", UNKNOWN).await.follow("#use-pow").await;
    assert!(person.shows("#pow-progress").await && person.shows("#pow-cancel").await);
    assert_eq!(person.spoken("#pow-progress").await.1, "progressbar");
    assert!(person.eval("return workers").await == 1, "the page itself stays awake");
    assert_eq!(person.text("#captcha-status").await, "正在验证，不需要您做什么");
    assert_eq!(person.count("#answer").await, 0);
    person.until("the bar moves", "document.querySelector('#pow-progress').value > 0").await;
    person.follow("#pow-cancel").await;
    assert!(person.shows("#picture").await);
    assert_eq!(person.value("#account").await, UNKNOWN);
}

#[tokio::test]
async fn b10_a_machine_that_did_the_work_gets_a_code_and_leaves_the_picture_alone() {
    let site = Site::start().await;
    let person = site.visitor().await;
    person.open("/").await.fill("#account", ANNA).await.focus("#use-pow").await.press_on(Key::Enter).await;
    person.until("the work is done", "document.querySelector('#captcha input[name=nonce]').value").await;
    assert_eq!(person.text("#captcha-status").await, "验证已通过，可以继续");
    person.submit().await;
    assert!(person.path().await.starts_with("/code"), "{}", person.words().await);
    assert_eq!(site.next_code().await.len(), 6);
}

#[tokio::test]
async fn b10_the_work_of_the_default_settings_takes_two_seconds_at_most() {
    let enough = Duration::from_secs(2);
    let took = best_of_three(17, enough).await;
    assert!(took <= enough, "{took:?}");
}

/// Workers are not slowed down by the browser's own brake; so four times the work stands for a quarter of the speed.
#[tokio::test]
async fn b10_on_a_machine_four_times_slower_it_takes_six_seconds_at_most() {
    let enough = Duration::from_secs(6);
    let took = best_of_three(19, enough).await;
    assert!(took <= enough, "{took:?}");
}

#[tokio::test]
async fn b11_the_sound_works_without_script() {
    let site = Site::start().await;
    let person = site.visitor_with(Device::desktop().without_script()).await;
    person.open("/").await.fill("#account", UNKNOWN).await.follow("#use-audio").await;
    assert!(person.shows("audio#sound[controls]").await);
    assert_eq!(person.value("#account").await, UNKNOWN);
    let sound = person.attribute("#sound", "src").await.unwrap();
    let answer = site.plain().get_bytes(&sound).await;
    assert_eq!(answer.get(..4), Some(b"RIFF".as_slice()), "a recording that every browser plays");
    let digits = person.read_captcha().await;
    assert!(digits.len() == 5 && digits.chars().all(|sign| sign.is_ascii_digit()), "{digits}");
    assert_eq!(person.attribute("#answer", "inputmode").await.as_deref(), Some("numeric"));
    person.fill("#answer", &digits).await.submit().await;
    assert!(person.path().await.starts_with("/code"), "{}", person.words().await);
}

#[tokio::test]
async fn b11_the_browser_plays_the_sound() {
    let site = Site::start().await;
    let person = site.visitor().await;
    person.open("/").await.follow("#use-audio").await.on("#sound", "(element.preload = 'auto', element.load())").await;
    person.until("it can be played", "document.querySelector('#sound').readyState >= 3").await;
    let seconds = person.on("#sound", "element.duration").await.as_f64().unwrap();
    assert!(seconds > 1.0 && seconds <= 6.0, "{seconds}");
}

#[tokio::test]
async fn b12_pictures_have_no_look_alikes_and_keep_their_proportions() {
    let site = Site::start().await;
    let person = site.visitor_with(Device::phone()).await;
    for _ in 0..10 {
        person.open("/").await;
        let answer = person.read_captcha().await;
        assert!(!answer.contains(['0', 'o', '1', 'l', 'i', '2', 'z', '5', 's', '9', 'g', 'q']), "{answer}");
    }
    for width in [320, 360, 1_280] {
        person.screen(width, 740, width < 700).await;
        let ratio = "element.clientWidth / element.clientHeight / (element.naturalWidth / element.naturalHeight)";
        let ratio = person.on("#picture", ratio).await.as_f64().unwrap();
        assert!((ratio - 1.0).abs() < 0.02, "{width}: {ratio}");
    }
    let capitals = person.read_captcha().await.to_uppercase();
    person.fill("#account", UNKNOWN).await.fill("#answer", &capitals).await.submit().await;
    assert!(person.path().await.starts_with("/code"));
}

#[tokio::test]
async fn b13_a_picture_renews_itself_before_it_expires() {
    let site = Site::start_with("limits.start = ['1/10m']").await;
    let person = site.visitor_with(Device::desktop().with_held_time()).await;
    person.open("/").await.fill("#account", UNKNOWN).await;
    for _ in 0..3 {
        let before = person.value(CAPTCHA).await;
        site.pass(175);
        person.pass(175).await;
        person.until("another picture", &format!("document.querySelector('{CAPTCHA}').value !== '{before}'")).await;
        assert_eq!((person.text("#captcha-status").await.as_str(), person.focused().await.as_str()), ("", "account"));
    }
    person.answer_captcha().await.submit().await;
    assert!(person.path().await.starts_with("/code"), "none of it cost the one start there is");
}

#[tokio::test]
async fn b13_a_tab_that_slept_renews_its_picture_when_it_wakes() {
    let site = Site::start().await;
    let person = site.visitor_with(Device::desktop().with_held_time()).await;
    person.open("/").await;
    let before = person.value(CAPTCHA).await;
    site.pass(600);
    person.sleep(600).await;
    person.until("another picture", &format!("document.querySelector('{CAPTCHA}').value !== '{before}'")).await;
    person.identify(UNKNOWN).await.submit().await;
    assert!(person.path().await.starts_with("/code"));
}

#[tokio::test]
async fn b13_without_script_an_expired_picture_is_renewed_and_costs_no_start() {
    let site = Site::start_with("limits.start = ['1/10m']").await;
    let person = site.visitor_with(Device::desktop().without_script()).await;
    person.open("/").await.identify(UNKNOWN).await;
    site.pass(181);
    person.submit().await;
    assert_eq!(person.errors().await, [("answer".to_owned(), "图片已更新，输入新图片中的字符".to_owned())]);
    assert_eq!(person.value("#account").await, UNKNOWN);
    person.answer_captcha().await.submit().await;
    assert!(person.path().await.starts_with("/code"), "{}", person.words().await);
}

/// One start: the shapes of its answer and of the page that follows, and how long the answer took.
#[expect(clippy::disallowed_methods, reason = "what is tested is the real time of an answer")]
async fn started(site: &Site, plain: &mut Plain, csrf: &str, account: &str) -> (String, Duration) {
    let work = solve(&site.app.client().at("127.0.0.1")).await;
    let (captcha, nonce) = (work["id"].as_str().unwrap(), work["nonce"].as_str().unwrap());
    let fields = [("csrf", csrf), ("account", account), ("captcha", captcha), ("nonce", nonce), ("action", "send")];
    let began = Instant::now();
    let answer = plain.post("/", &fields).await;
    let took = began.elapsed();
    let page = plain.get(answer.header("location")).await;
    let body = page.body.replace(account, "ACCOUNT");
    (format!("{}{}{}{body}", answer.shape(), answer.body, page.shape()), took)
}

/// Standard deviations by which the ranks of `one` differ from chance (Mann and Whitney).
fn rank_distance(one: &[Duration], other: &[Duration]) -> f64 {
    let mut all: Vec<_> = one.iter().map(|took| (took, true)).chain(other.iter().map(|took| (took, false))).collect();
    all.sort();
    let ranks = (1_u32..).zip(&all).filter(|(_, (_, mine))| *mine).map(|(rank, _)| f64::from(rank));
    let count = |sample: &[Duration]| f64::from(u32::try_from(sample.len()).unwrap());
    let (n, m) = (count(one), count(other));
    (ranks.sum::<f64>() - n * (n + 1.0) / 2.0 - n * m / 2.0) / (n * m * (n + m + 1.0) / 12.0).sqrt()
}

/// 200 starts of each kind of account. A difference in time counts when it is there twice: at one in a hundred (2.58
/// standard deviations), chance alone would be seen once in thirty runs.
#[tokio::test]
async fn b19_no_answer_tells_what_kind_of_account_it_was() {
    let site = Site::start().await;
    let mut plain = site.plain();
    let csrf = plain.get("/").await.hidden("csrf").to_owned();
    let accounts = [ANNA, UNKNOWN, UNBOUND, DISABLED];
    let mut suspects: Vec<usize> = vec![1, 2, 3];
    for _ in 0..2 {
        let mut times: [Vec<Duration>; 4] = Default::default();
        let mut shapes = Vec::new();
        for turn in 0..800 {
            // Each in turn goes first, so that what one leaves behind weighs on all alike.
            let kind = (turn + turn / 4) % 4;
            let (shape, took) = started(&site, &mut plain, &csrf, accounts[kind]).await;
            if !shapes.contains(&shape) {
                shapes.push(shape);
            }
            times[kind].push(took);
        }
        assert_eq!(shapes.len(), 1, "{shapes:#?}");
        suspects.retain(|kind| rank_distance(&times[0], &times[*kind]).abs() > 2.58);
        if suspects.is_empty() {
            return;
        }
    }
    let told: Vec<_> = suspects.iter().map(|kind| accounts[*kind]).collect();
    panic!("the time of an answer tells these from an account with a phone: {told:?}");
}
