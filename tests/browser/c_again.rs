//! Back, and start again: what people do when they wait for a message.

use crate::harness::{ANNA, Device, GOOD_PASSWORD, Site, UNKNOWN};

/// The code on the phone works after going back, and the page says that it does and when another may be asked for.
#[tokio::test]
async fn c11_back_and_start_again_and_the_code_that_came_works() {
    for device in [Device::phone(), Device::phone().without_script()] {
        let site = Site::start().await;
        let anna = site.visitor_with(device).await;
        anna.to_code(ANNA).await;
        let code = site.next_code().await;
        assert_eq!(anna.text("#further").await, "如果到 15:01 还没有收到短信，届时可重新获取。");
        site.pass(20);
        anna.back().await.reload().await.identify(ANNA).await.submit().await;
        assert_eq!(anna.path().await, "/code?from=again", "{}", anna.words().await);
        assert!(anna.words().await.contains("此前收到的动态密码在这里仍然有效"), "{}", anna.words().await);
        assert_eq!(anna.text("#further").await, "如果到 15:01 还没有收到短信，届时可重新获取。");
        assert_eq!(site.codes_sent(), 1);
        anna.enter_code(&code).await.choose(GOOD_PASSWORD).await;
        assert_eq!(anna.path().await, "/done", "{}", anna.words().await);
    }
}

/// Whoever goes back after the code was right is led on to the password.
#[tokio::test]
async fn c11_whoever_has_proven_the_code_is_led_on_to_the_password() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    anna.to_password(ANNA).await;
    anna.open("/").await.identify(ANNA).await.submit().await;
    assert_eq!(anna.path().await, "/password", "{}", anna.words().await);
    anna.choose(GOOD_PASSWORD).await;
    assert_eq!(anna.path().await, "/done", "{}", anna.words().await);
    assert_eq!(site.codes_sent(), 1);
}

/// The page is the same for a mailbox that nobody has, and in English.
#[tokio::test]
async fn c11_starting_again_looks_the_same_for_a_mailbox_that_nobody_has() {
    let site = Site::start().await;
    let mut pages = Vec::new();
    for account in [ANNA, UNKNOWN] {
        let visitor = site.visitor().await;
        visitor.open("/?lang=en").await.identify(account).await.submit().await;
        visitor.open("/").await.identify(account).await.submit().await;
        let words = visitor.words().await.replace(account, "");
        assert!(words.contains("If no message arrives by 3:01 pm, ask again then."), "{words}");
        assert!(words.contains("A code that you have already received still works here"), "{words}");
        pages.push(words);
    }
    assert_eq!(pages[0], pages[1]);
}
