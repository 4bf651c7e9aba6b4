//! The captcha on the first page: the picture and its ways out.

use crate::harness::{ANNA, Device, Key, Site};

#[tokio::test]
async fn b4_the_answer_has_a_label_and_says_how_many_characters() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    anna.open("/").await;
    assert_eq!(anna.spoken("#answer").await.0, "验证码");
    assert_eq!(anna.text("#answer-hint").await, "输入图片中的 5 个字符，不分大小写");
    assert_eq!(anna.attribute("#answer", "aria-describedby").await.as_deref(), Some("answer-hint"));
    for (name, value) in [("autocomplete", "off"), ("autocapitalize", "off"), ("spellcheck", "false")] {
        assert_eq!(anna.attribute("#answer", name).await.as_deref(), Some(value));
    }
}

#[tokio::test]
async fn b5_the_picture_is_described_by_its_task_and_the_ways_out() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    anna.open("/").await;
    let alt = anna.attribute("#picture", "alt").await.unwrap();
    assert!(alt.contains("输入图中的字符") && alt.contains("换一张") && alt.contains("语音"), "{alt}");
    assert!(!alt.contains(&anna.read_captcha().await));
    let findings = anna.axe().await;
    assert!(findings.is_empty(), "{findings:?}");
}

#[tokio::test]
async fn b6_change_picture_works_by_keyboard() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    anna.open("/").await;
    assert_eq!(anna.spoken("#change").await, ("换一张".to_owned(), "button".to_owned()));
    for key in [Key::Enter, Key::Space] {
        let former = (anna.value("[name=captcha]").await, anna.attribute("#picture", "src").await);
        anna.focus("#answer").await.press(Key::Tab).await;
        assert_eq!(anna.focused().await, "change", "right after the field");
        anna.press(key).await;
        let changed = format!("document.querySelector('[name=captcha]').value !== '{}'", former.0);
        anna.until("another captcha", &changed).await;
        assert_ne!(anna.attribute("#picture", "src").await, former.1);
    }
}

#[tokio::test]
async fn b7_a_changed_picture_empties_and_focuses_the_field_and_is_announced() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    anna.open("/").await.type_into("#answer", "abc").await.click("#change").await;
    anna.until("it is announced", "document.getElementById('captcha-status').textContent === '已换一张图片'").await;
    assert_eq!(anna.attribute("#captcha-status", "role").await.as_deref(), Some("status"));
    assert_eq!((anna.value("#answer").await, anna.focused().await), (String::new(), "answer".to_owned()));
    // Pressed again, it is announced again: a region that holds the same text says nothing.
    anna.eval("window.heard = 0; new MutationObserver(() => window.heard++).observe(document.getElementById('captcha-status'), { childList: true })").await;
    anna.click("#change").await.until("it is announced once more", "window.heard >= 2").await;
}

#[tokio::test]
async fn b8_a_click_on_the_picture_changes_it_too() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    anna.open("/").await;
    let former = anna.value("[name=captcha]").await;
    anna.click("#picture").await;
    anna.until("another captcha", &format!("document.querySelector('[name=captcha]').value !== '{former}'")).await;
    anna.identify(ANNA).await.submit().await;
    assert!(anna.path().await.starts_with("/code"), "and the new one is what counts");
}

#[tokio::test]
async fn b9_without_script_change_picture_keeps_the_mailbox() {
    let site = Site::start().await;
    let anna = site.visitor_with(Device::phone().without_script()).await;
    anna.open("/").await.fill("#account", ANNA).await;
    let former = anna.value("[name=captcha]").await;
    assert!(anna.attribute("#change", "formnovalidate").await.is_some());
    anna.follow("#change").await;
    assert_ne!(anna.value("[name=captcha]").await, former);
    assert_eq!(anna.value("#account").await, ANNA);
    assert_eq!(anna.errors().await, [], "asking for another picture is no error");
}

#[tokio::test]
async fn b10_without_a_picture_the_machine_works_and_can_be_stopped() {
    let site = Site::start_with("[captcha]\npow_bits = 17").await;
    let anna = site.visitor().await;
    anna.open("/").await.fill("#account", ANNA).await.slow_down(4).await;
    anna.follow("#use-pow").await;
    assert_eq!(anna.value("#account").await, ANNA);
    let took = "performance.now() < 6000 && document.querySelector('[name=nonce]').value !== ''";
    anna.until("the work is done within 6 s on a slow phone", took).await;
    assert_eq!(anna.text("#captcha-status").await, "验证已通过，可以继续");
    anna.slow_down(1).await.submit().await;
    assert!(anna.path().await.starts_with("/code"), "{}", anna.words().await);
    // Work that would take minutes shows how far it is, and stops when told to.
    let site = Site::start_with("[captcha]\npow_bits = 24").await;
    let bert = site.visitor().await;
    bert.open("/").await.follow("#use-pow").await;
    bert.until("there is progress", "document.getElementById('pow-progress').value > 0").await;
    assert_eq!(bert.spoken("#pow-progress").await.1, "progressbar");
    assert!(bert.shows("#pow-cancel").await);
    bert.follow("#pow-cancel").await;
    assert!(bert.shows("#picture").await);
}

#[tokio::test]
async fn b11_the_sound_works_without_script() {
    let site = Site::start().await;
    let anna = site.visitor_with(Device::desktop().without_script()).await;
    anna.open("/").await.fill("#account", ANNA).await.follow("#use-audio").await;
    assert!(anna.shows("audio#sound[controls]").await);
    assert_eq!(anna.attribute("#answer", "inputmode").await.as_deref(), Some("numeric"));
    let digits = anna.read_captcha().await;
    assert!(digits.bytes().all(|sign| sign.is_ascii_digit()), "{digits}");
    let sound = anna.on("#sound", "fetch(element.src).then(answer => answer.headers.get('content-type'))").await;
    assert_eq!(sound, "audio/wav");
    anna.answer_captcha().await.submit().await;
    assert!(anna.path().await.starts_with("/code"), "{}", anna.words().await);
}

#[tokio::test]
async fn b12_no_sign_looks_like_another_and_the_picture_keeps_its_shape() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    anna.open("/").await;
    for _ in 0..12 {
        let answer = anna.read_captcha().await;
        assert!(!answer.contains(['0', 'o', '1', 'l', 'i', '2', 'z', '5', 's', '9', 'g', 'q']), "{answer}");
        let former = anna.value("[name=captcha]").await;
        anna.click("#change").await;
        anna.until("another captcha", &format!("document.querySelector('[name=captcha]').value !== '{former}'")).await;
    }
    anna.until("the picture is there", "document.getElementById('picture').naturalWidth > 0").await;
    let shape = "element.naturalWidth / element.naturalHeight / (element.clientWidth / element.clientHeight)";
    let ratio = anna.on("#picture", shape).await.as_f64().unwrap();
    assert!((ratio - 1.0).abs() < 0.02, "{ratio}");
    let answer = anna.read_captcha().await.to_uppercase();
    anna.fill("#account", ANNA).await.fill("#answer", &answer).await.submit().await;
    assert!(anna.path().await.starts_with("/code"), "case does not matter");
}

#[tokio::test]
async fn b13_an_old_picture_is_renewed_quietly_and_costs_no_start() {
    let site = Site::start_with("[limits]\nstart = [\"1/10m\"]").await;
    let anna = site.visitor_with(Device::desktop().with_held_time()).await;
    anna.open("/").await.fill("#account", ANNA).await.focus("#account").await;
    let former = anna.value("[name=captcha]").await;
    site.pass(175);
    anna.pass(175).await;
    anna.until("another captcha", &format!("document.querySelector('[name=captcha]').value !== '{former}'")).await;
    assert_eq!((anna.text("#captcha-status").await, anna.focused().await), (String::new(), "account".to_owned()));
    // Who was typing keeps the old picture, is told, and has not lost the one start that the gate allows.
    let answer = anna.read_captcha().await;
    anna.fill("#answer", &answer).await;
    site.pass(200);
    anna.pass(200).await.submit().await;
    assert_eq!(anna.errors().await[0].1, "图片已更新，输入新图片中的字符");
    anna.answer_captcha().await.submit().await;
    assert!(anna.path().await.starts_with("/code"), "{}", anna.words().await);
}
