//! Another code: the wait for it, its button, and the captcha before the third.

use crate::harness::{ANNA, Device, GOOD_PASSWORD, Key, Site, UNKNOWN};

#[tokio::test]
async fn c8_the_wait_for_another_code_comes_from_the_server_and_survives_reload() {
    let site = Site::start().await;
    let anna = site.visitor_with(Device::desktop().with_held_time()).await;
    anna.to_code(ANNA).await;
    assert_eq!(anna.text("#resend-button").await, "60 秒后可重新获取");
    anna.pass(1).await;
    assert_eq!(anna.text("#resend-button").await, "59 秒后可重新获取");
    // The service's clock went on by twenty seconds and the page's by one: the service is right.
    site.pass(20);
    anna.reload().await;
    assert_eq!(anna.text("#resend-button").await, "40 秒后可重新获取");
    anna.pass(40).await;
    assert_eq!(anna.text("#resend-button").await, "重新获取动态密码");
    anna.reload().await;
    assert_eq!(anna.text("#resend-button").await, "40 秒后可重新获取");
    assert_eq!(site.codes_sent(), 1);
}

#[tokio::test]
async fn c8_the_wait_is_as_long_as_the_service_is_told() {
    let site = Site::start_with("code.resend_after = '90s'").await;
    let anna = site.visitor_with(Device::desktop().with_held_time()).await;
    anna.to_code(ANNA).await;
    assert_eq!(anna.text("#resend-button").await, "90 秒后可重新获取");
}

#[tokio::test]
async fn c9_the_waiting_button_can_be_reached_and_is_spoken_of_four_times_in_a_minute() {
    let site = Site::start().await;
    let anna = site.visitor_with(Device::desktop().with_held_time()).await;
    anna.to_code(ANNA).await;
    assert_eq!(anna.attribute("#resend-button", "aria-disabled").await.as_deref(), Some("true"));
    assert_eq!(anna.attribute("#resend-button", "disabled").await, None);
    assert_eq!(anna.attribute("#resend-status", "role").await.as_deref(), Some("status"));
    anna.focus("#back").await.press(Key::Tab).await;
    assert_eq!(anna.focused().await, "resend-button");
    // Pressing it early sends nothing and leaves the page alone.
    let page = anna.page().await;
    anna.press(Key::Enter).await.press(Key::Space).await.click("#resend-button").await;
    anna.listen_to("#resend-status").await;
    for _ in 0..59 {
        anna.pass(1).await;
    }
    assert_eq!(anna.attribute("#resend-button", "aria-disabled").await.as_deref(), Some("true"));
    anna.pass(1).await;
    assert_eq!(anna.heard().await, ["45 秒后可重新获取", "30 秒后可重新获取", "15 秒后可重新获取", "可以重新获取"]);
    assert_eq!(anna.attribute("#resend-button", "aria-disabled").await, None);
    assert_eq!(anna.focused().await, "resend-button", "the focus was not taken away");
    assert!((anna.page().await - page).abs() < f64::EPSILON && anna.sent_to("/resend").await.is_empty());
    site.pass(60);
    anna.press_on(Key::Enter).await;
    assert_eq!(anna.sent_to("/resend").await.len(), 1);
    site.next_code().await;
    site.next_code().await;
}

#[tokio::test]
async fn c10_without_script_the_button_is_always_there_and_who_is_early_is_told_when() {
    let site = Site::start().await;
    let anna = site.visitor_with(Device::phone().without_script()).await;
    anna.to_code(ANNA).await;
    assert_eq!(anna.text("#resend-button").await, "重新获取动态密码");
    assert_eq!(anna.attribute("#resend-button", "aria-disabled").await, None);
    anna.follow("#resend-button").await;
    assert_eq!(anna.text("h1").await, "稍候再获取");
    assert_eq!(anna.text("#retry-at").await, "15:01");
    assert_eq!(anna.attribute("#retry-at", "datetime").await.as_deref(), Some("2026-11-23T07:01:00Z"));
    assert!(anna.text("main").await.contains("之前的动态密码仍然有效"));
    assert_eq!(anna.count("meta[http-equiv=refresh]").await, 0);
    let requests = anna.requests().await;
    let answer = requests.iter().rfind(|request| request.path() == "/resend").unwrap();
    assert_eq!((answer.status, answer.header("retry-after")), (429, "60"));
    // The way on leads back to the code, which still works; and in time the button does.
    assert_eq!(anna.text("#back").await, "返回输入动态密码");
    anna.follow("#back").await;
    assert_eq!(anna.count("#code").await, 1, "{}", anna.path().await);
    assert_eq!(site.codes_sent(), 1);
    site.pass(60);
    anna.follow("#resend-button").await;
    assert_eq!(anna.text("#resend-status").await, "新的动态密码已发出");
    site.next_code().await;
    let code = site.next_code().await;
    anna.enter_code(&code).await;
    assert_eq!(anna.path().await, "/password");
}

#[tokio::test]
async fn c11_the_countdown_is_right_after_the_tab_slept() {
    let site = Site::start().await;
    let anna = site.visitor_with(Device::phone().with_held_time()).await;
    anna.to_code(ANNA).await;
    anna.pass(1).await.sleep(20).await;
    assert_eq!(anna.text("#resend-button").await, "39 秒后可重新获取");
    anna.reload().await.sleep(120).await;
    assert_eq!(anna.text("#resend-button").await, "重新获取动态密码");
    assert_eq!(anna.attribute("#resend-button", "aria-disabled").await, None);
    assert_eq!(anna.text("#resend-status").await, "可以重新获取");
}

#[tokio::test]
async fn c12_another_code_is_told_of_where_the_focus_stays_and_the_former_one_still_works() {
    for device in [Device::desktop(), Device::desktop().without_script()] {
        let site = Site::start().await;
        let anna = site.visitor_with(device).await;
        anna.to_code(ANNA).await;
        let former = site.next_code().await;
        site.pass(61);
        anna.reload().await.follow("#resend-button").await;
        assert_eq!(anna.text("h1").await, "输入动态密码");
        assert_eq!(anna.text("#resend-status").await, "新的动态密码已发出");
        assert_eq!(anna.focused().await, "resend-button");
        // A live region that comes with the page is not read out; what describes the focused button is.
        assert_eq!(anna.attribute("#resend-button", "aria-describedby").await.as_deref(), Some("resend-status"));
        assert_eq!(anna.count("main [autofocus]").await, 1);
        let latter = site.next_code().await;
        assert_ne!(former, latter);
        anna.enter_code(&former).await;
        assert_eq!(anna.path().await, "/password");
    }
}

/// Two codes were sent, and another is asked for.
#[tokio::test]
async fn a_captcha_comes_before_the_third_code_and_can_be_answered_or_left() {
    for device in [Device::desktop(), Device::desktop().without_script()] {
        let site = Site::start().await;
        let anna = site.visitor_with(device).await;
        anna.to_third_code(ANNA).await;
        assert_eq!(anna.count("#summary").await, 0, "nothing was done wrong yet");
        assert_eq!(anna.focused().await, "h1");
        let asked = anna.attribute("#captcha input[name=captcha]", "value").await;
        anna.fill("#answer", "wrong").await.submit().await;
        assert_eq!(anna.errors().await, [("answer".to_owned(), "验证码不正确，输入新图片中的字符".to_owned())]);
        assert_eq!((anna.focused().await, anna.value("#answer").await), ("summary".to_owned(), String::new()));
        assert_ne!(anna.attribute("#captcha input[name=captcha]", "value").await, asked, "another picture");
        anna.follow("main a[href='/code']").await;
        assert_eq!(anna.text("h1").await, "输入动态密码");
        assert_eq!(site.codes_sent(), 2);
        site.pass(61);
        anna.reload().await.follow("#resend-button").await.answer_captcha().await.submit().await;
        assert_eq!(anna.path().await, "/code?from=resend");
        for _ in 0..2 {
            site.next_code().await;
        }
        let third = site.next_code().await;
        assert!(anna.words().await.contains("本次可获取的动态密码已全部发出。"));
        assert_eq!(anna.count("#resend-button").await, 0);
        anna.enter_code(&third).await;
        anna.choose(GOOD_PASSWORD).await;
        assert_eq!(anna.path().await, "/done");
    }
}

#[tokio::test]
async fn a_captcha_before_the_third_code_can_be_heard_or_computed_instead() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    anna.to_third_code(UNKNOWN).await;
    anna.follow("#use-audio").await;
    assert_eq!((anna.text("h1").await.as_str(), anna.count("audio#sound").await), ("重新获取动态密码", 1));
    anna.follow("#use-pow").await;
    anna.until("the work is done", "document.querySelector('input[name=nonce]').value !== ''").await;
    anna.submit().await;
    assert_eq!(anna.path().await, "/code?from=resend");
}

#[tokio::test]
async fn the_language_can_be_changed_at_the_captcha_before_the_third_code() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    anna.to_third_code(UNKNOWN).await;
    let picture = anna.attribute("#picture", "src").await;
    anna.follow("nav.languages [lang=en]").await;
    assert_eq!(anna.text("h1").await, "Get another code");
    assert_eq!(anna.attribute("#picture", "src").await, picture, "the same picture");
    anna.answer_captcha().await.submit().await;
    assert_eq!(anna.text("#resend-status").await, "Another code is on its way");
}
