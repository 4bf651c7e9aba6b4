//! Limits, outages and everything else that stops somebody.

use std::sync::Arc;

use resetgate::account::AccountError;

use crate::harness::{ANNA, Device, Directory, GOOD_PASSWORD, Site, UNKNOWN, Visitor};

/// At the page for a gate that is shut.
async fn to_the_limit(person: &Visitor<'_>) {
    person.to_code(UNKNOWN).await.forget().await;
    person.open("/").await.identify(UNKNOWN).await.submit().await;
    assert_eq!(person.text("h1").await, "操作过于频繁");
}

#[tokio::test]
async fn f1_the_limit_page_counts_down_and_lets_one_try_again() {
    let site = Site::start_with("limits.start = ['1/10m']").await;
    let anna = site.visitor_with(Device::phone().with_held_time()).await;
    to_the_limit(&anna).await;
    let answers = anna.requests().await;
    let stopped = answers.iter().rfind(|one| one.status == 429).expect("a 429");
    let seconds: u32 = stopped.header("retry-after").parse().unwrap();
    assert_eq!(anna.attribute("#wait", "data-seconds").await, Some(seconds.to_string()));
    // 15:00 in Shanghai and ten minutes.
    assert_eq!(anna.text("#retry-at").await, "15:10");
    assert_eq!(anna.text("#wait").await, "还有 10:00");
    assert_eq!(anna.attribute("#retry", "aria-disabled").await.as_deref(), Some("true"));
    assert!(anna.words().await.contains("您原来的密码仍然可用"));
    assert!(anna.shows("#contacts").await);
    anna.pass(61).await;
    assert_eq!(anna.text("#wait").await, "还有 08:59");
    anna.click("#retry").await;
    assert_eq!(anna.text("h1").await, "操作过于频繁", "it does not work yet");
    site.pass(600);
    anna.pass(600).await;
    assert_eq!(
        (anna.text("#wait").await.as_str(), anna.attribute("#retry", "aria-disabled").await),
        ("现在可以再试", None)
    );
    anna.follow("#retry").await;
    assert_eq!((anna.text("h1").await, anna.value("#account").await), ("忘记密码".to_owned(), UNKNOWN.to_owned()));
}

#[tokio::test]
async fn f2_without_script_the_limit_page_tells_the_time() {
    let site = Site::start_with("limits.start = ['1/10m']").await;
    let anna = site.visitor_with(Device::phone().without_script()).await;
    to_the_limit(&anna).await;
    assert_eq!(anna.text("#retry-at").await, "15:10");
    assert_eq!(anna.count("meta[http-equiv]").await, 0);
    site.pass(601);
    anna.follow("#retry").await;
    assert_eq!(anna.value("#account").await, UNKNOWN);
}

#[tokio::test]
async fn f3_an_account_over_its_limit_looks_like_one_that_does_not_exist() {
    let site = Site::start_with("limits.account = ['1/1h']").await;
    let mut seen = Vec::new();
    let first = site.visitor().await;
    first.to_code(ANNA).await;
    site.next_code().await;
    for account in [ANNA, UNKNOWN] {
        let person = site.visitor().await;
        person.to_code(account).await;
        let code_page = person.words().await;
        person.enter_code("000000").await;
        let name = account.split('@').next().unwrap();
        seen.push((code_page + &person.words().await).replace(name, "NAME"));
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!(site.codes_sent(), 1, "and indeed nothing was sent");
}

#[tokio::test]
async fn f4_the_outage_page_says_that_nothing_was_changed_and_when_to_come_back() {
    let site = Site::mute().await;
    let anna = site.visitor_with(Device::phone().with_held_time()).await;
    anna.open("/").await.identify(ANNA).await.submit().await;
    assert_eq!(anna.text("h1").await, "暂时无法发送短信");
    let words = anna.words().await;
    assert!(words.contains("您的密码没有变化") && words.contains("010-5550-0134"), "{words}");
    for jargon in ["503", "HTTP", "SMS", "provider", "系统错误", "抱歉"] {
        assert!(!words.contains(jargon), "{jargon}: {words}");
    }
    let answers = anna.requests().await;
    let outage = answers.iter().rfind(|one| one.status == 503).expect("a 503");
    assert_eq!(anna.attribute("#wait", "data-seconds").await.as_deref(), Some(outage.header("retry-after")));
    assert_eq!(anna.count(".error, #summary").await, 0, "it is nobody's mistake");
}

#[tokio::test]
async fn f5_when_the_account_system_fails_the_code_stays_good_and_a_second_try_works() {
    let directory = Arc::new(Directory::default());
    let site = Site::start_over(directory.setup("")).await;
    let anna = site.visitor().await;
    anna.to_password(ANNA).await;
    directory.refuse_write(AccountError::Unavailable { reason: "away".to_owned() });
    anna.choose(GOOD_PASSWORD).await;
    assert_eq!(anna.errors().await[0].1, "暂时无法修改密码。您的动态密码仍然有效，请稍后再提交");
    assert_eq!(anna.text("h1").await, "设置新密码");
    anna.choose(GOOD_PASSWORD).await;
    assert_eq!(anna.path().await, "/done");
    assert_eq!(site.codes_sent(), 1);
}

#[tokio::test]
async fn f6_unknown_paths_and_methods_are_pages_in_the_persons_language_with_a_way_back() {
    let site = Site::start().await;
    for (language, missing, wrong, back) in [
        ("zh-CN", "没有这个页面", "不能这样打开这个页面", "重新开始"),
        ("en", "There is no such page", "This page cannot be opened that way", "Start again"),
    ] {
        let anna = site.visitor_with(Device::desktop().speaking(language)).await;
        for (path, status, heading) in [("/no/such/page", 404, missing), ("/resend", 405, wrong)] {
            anna.open(path).await;
            assert_eq!(anna.text("h1").await, heading);
            let answers = anna.requests().await;
            assert!(answers.iter().any(|one| one.path() == path && one.status == status), "{path}");
            assert_eq!(anna.text("#retry").await, back);
            anna.follow("#retry").await;
            assert!(anna.shows("#account").await);
        }
    }
}

#[tokio::test]
async fn f7_an_error_page_carries_the_number_of_its_request() {
    let site = Site::start_with("limits.start = ['1/10m']").await;
    let anna = site.visitor().await;
    to_the_limit(&anna).await;
    let answers = anna.requests().await;
    let stopped = answers.iter().rfind(|one| one.status == 429).unwrap();
    assert!(!stopped.header("x-request-id").is_empty());
    assert_eq!(anna.text("#incident code").await, stopped.header("x-request-id"));
    assert!(anna.text("#incident").await.contains("事件编号"));
}

#[tokio::test]
async fn f8_without_a_network_the_page_says_so_near_the_button_and_the_form_still_works() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    anna.open("/").await.identify(ANNA).await.offline(true).await;
    anna.click("#change").await;
    anna.until("it is told", "document.getElementById('captcha-status').textContent.includes('检查网络')").await;
    assert_eq!(anna.value("#account").await, ANNA, "nothing is lost");
    anna.offline(false).await.submit().await;
    assert!(anna.path().await.starts_with("/code"), "{}", anna.words().await);
}

#[tokio::test]
async fn f9_after_five_wrong_codes_the_attempt_ends_and_the_old_password_works() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    anna.to_code(ANNA).await;
    let code = site.next_code().await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    for left in (1..5).rev() {
        anna.enter_code(wrong).await;
        assert_eq!(anna.errors().await[0].1, format!("动态密码不正确，还可以试 {left} 次"));
    }
    anna.enter_code(wrong).await;
    assert_eq!(anna.text("h1").await, "本次验证已结束");
    assert!(anna.words().await.contains("您原来的密码仍然可用"));
    anna.open("/code").await;
    assert_eq!(anna.text("h1").await, "本次验证已结束", "the right code would come too late");
    anna.follow("#retry").await;
    assert_eq!(anna.value("#account").await, ANNA);
}

#[tokio::test]
async fn f10_without_the_script_file_everything_works() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    anna.block(&["*.js"]).await;
    anna.to_done(ANNA).await;
    assert!(anna.requests().await.iter().any(|one| one.kind == "Script" && one.failed));
    assert!(site.app.signs_in(ANNA, GOOD_PASSWORD).await);
    for dead in ["#generate", "[data-copy]", "button[id^=show-]"] {
        assert!(!anna.shows(dead).await, "{dead} would do nothing");
    }
}

#[tokio::test]
async fn f11_without_cookies_a_page_says_so_before_any_message_leaves() {
    let site = Site::start().await;
    for device in [Device::desktop().without_cookies(), Device::desktop().without_cookies().without_script()] {
        let anna = site.visitor_with(device).await;
        anna.open("/").await.identify(ANNA).await.submit().await;
        assert_eq!(anna.text("h1").await, "需要 Cookie", "{}", anna.words().await);
        anna.follow("#retry").await;
        assert!(anna.shows("#account").await, "a page and no loop");
    }
    assert_eq!(site.codes_sent(), 0);
}

#[tokio::test]
async fn f12_a_clock_that_is_wrong_by_a_day_changes_no_countdown() {
    let site = Site::start().await;
    for off in [-86_400, 86_400] {
        let anna = site.visitor_with(Device::phone().with_clock_off(off)).await;
        anna.to_code(UNKNOWN).await;
        let told = anna.text("#resend-button").await;
        assert!(["60", "59", "58", "57", "56", "55"].iter().any(|left| told.contains(left)), "{told}");
        assert!(anna.words().await.contains("15:05"), "the service's time: {}", anna.words().await);
    }
}
