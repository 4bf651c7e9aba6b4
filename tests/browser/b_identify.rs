//! B: whose mailbox, and the captcha. The ways without the picture are in `b_ways.rs`.

use crate::harness::{ANNA, Device, Key, Site, State, UNKNOWN, see};

const CAPTCHA: &str = "#captcha input[name=captcha]";

#[tokio::test]
async fn b1_the_mail_field_is_labelled_and_helps_typing() {
    let site = Site::start().await;
    let person = site.visitor().await;
    person.open("/").await;
    assert!(person.shows("label[for=account]").await);
    assert_eq!(person.spoken("#account").await, ("邮箱地址".to_owned(), "textbox".to_owned()));
    for (name, value) in
        [("type", "email"), ("autocomplete", "username"), ("autocapitalize", "off"), ("spellcheck", "false")]
    {
        assert_eq!(person.attribute("#account", name).await.as_deref(), Some(value), "{name}");
    }
    assert!(person.attribute("#step", "novalidate").await.is_some());
    assert_eq!(person.count("[required]").await, 0);
    // Nothing of the browser's own stands in the way of our words.
    person.fill("#account", "no address").await.submit().await;
    assert_eq!(person.errors().await[0].0, "account");
}

#[tokio::test]
async fn b2_spaces_full_width_signs_capitals_and_a_bare_name_are_accepted() {
    let site = Site::start_with("flow.live_per_account = 10").await;
    let person = site.visitor().await;
    for typed in [
        "  anna@example.gov.cn ",
        "anna＠example.gov.cn",
        "ａｎｎａ＠ｅｘａｍｐｌｅ．ｇｏｖ．ｃｎ",
        "Anna@EXAMPLE.gov.CN",
        "anna",
    ] {
        person.to_code(typed).await;
        let code = site.next_code().await;
        person.enter_code(&code).await;
        assert_eq!(person.path().await, "/password", "{typed:?}: {}", person.words().await);
        person.forget().await;
    }
}

#[tokio::test]
async fn b3_a_mailbox_from_the_login_page_is_there_after_every_error() {
    let site = Site::start().await;
    let person = site.visitor().await;
    person.open(&format!("/?account={UNKNOWN}")).await;
    assert_eq!(person.value("#account").await, UNKNOWN);
    person.submit().await;
    assert_eq!(person.value("#account").await, UNKNOWN, "nothing was answered");
    person.fill("#answer", "wrong").await.submit().await;
    assert_eq!(person.value("#account").await, UNKNOWN, "a wrong answer");
    person.follow("#use-pow").await;
    assert_eq!(person.value("#account").await, UNKNOWN, "another way");
    person.follow("#use-image").await.follow("nav button[lang=en]").await;
    assert_eq!(person.value("#account").await, UNKNOWN, "another language");
    person.answer_captcha().await.submit().await;
    site.pass(901);
    person.reload().await;
    assert_eq!(person.text("h1").await, "This page has expired");
    person.follow("#retry").await;
    assert_eq!(person.value("#account").await, UNKNOWN, "started again");
    // The same on a page that has the mailbox only in its form.
    person.answer_captcha().await.submit().await;
    for _ in 0..5 {
        person.enter_code("000000").await;
    }
    person.follow("#retry").await;
    assert_eq!(person.value("#account").await, UNKNOWN, "started again after too many tries");
}

#[tokio::test]
async fn b4_the_captcha_field_says_what_to_type() {
    let site = Site::start().await;
    let person = site.visitor().await;
    person.open("/").await;
    assert!(person.shows("label[for=answer]").await);
    assert_eq!(person.attribute("#answer", "autocomplete").await.as_deref(), Some("off"));
    assert_eq!(person.attribute("#answer", "autocapitalize").await.as_deref(), Some("off"));
    let hint = person.attribute("#answer", "aria-describedby").await.unwrap();
    assert!(person.text(&format!("#{hint}")).await.contains('5'));
    assert!(person.shows(&format!("#{hint}")).await);
}

#[tokio::test]
async fn b5_the_picture_is_described_by_the_task_and_the_ways_out() {
    let site = Site::start().await;
    for (language, words) in
        [("zh-CN", ["输入", "换一张", "语音", "免图片"]), ("en", ["enter", "change", "audio", "without a picture"])]
    {
        let person = site.visitor_with(Device::desktop().speaking(language)).await;
        person.open("/").await;
        let (name, role) = person.spoken("#picture").await;
        assert!(role == "img" || role == "image", "{role}");
        for word in words {
            assert!(name.contains(word), "{word}: {name}");
        }
        assert!(!name.contains(&person.read_captcha().await));
    }
}

#[tokio::test]
async fn b6_change_picture_works_by_keyboard() {
    let site = Site::start().await;
    let person = site.visitor().await;
    person.open("/").await;
    assert_eq!(person.spoken("#change").await, ("换一张".to_owned(), "button".to_owned()));
    assert_eq!(person.on("#change", "element.localName").await, "button");
    for key in [Key::Enter, Key::Space] {
        let before = person.value(CAPTCHA).await;
        person.focus("#answer").await.press(Key::Tab).await;
        assert_eq!(person.focused().await, "change");
        person.press(key).await;
        person.until("another picture", &format!("document.querySelector('{CAPTCHA}').value !== '{before}'")).await;
        assert!(person.attribute("#picture", "src").await.unwrap().contains(&person.value(CAPTCHA).await));
    }
    // The last picture counts.
    person.identify(UNKNOWN).await.submit().await;
    assert!(person.path().await.starts_with("/code"));
}

#[tokio::test]
async fn b7_a_changed_picture_is_announced_and_its_field_empty_and_focused() {
    let site = Site::start().await;
    let person = site.visitor().await;
    person.open("/").await.type_into("#answer", "abc").await.click("#change").await;
    person.until("the news", "document.querySelector('#captcha-status').textContent !== ''").await;
    assert_eq!(person.text("#captcha-status").await, "已换一张图片");
    assert_eq!(person.attribute("#captcha-status", "role").await.as_deref(), Some("status"));
    assert_eq!((person.value("#answer").await.as_str(), person.focused().await.as_str()), ("", "answer"));
    assert_eq!(person.path().await, "/");
}

#[tokio::test]
async fn b8_a_click_on_the_picture_changes_it_too() {
    let site = Site::start().await;
    let person = site.visitor().await;
    person.open("/").await;
    let before = person.value(CAPTCHA).await;
    person.click("#picture").await;
    person.until("another picture", &format!("document.querySelector('{CAPTCHA}').value !== '{before}'")).await;
    assert!(person.shows("#change").await);
}

#[tokio::test]
async fn b9_change_picture_works_without_script_and_keeps_the_mailbox() {
    let site = Site::start().await;
    let person = site.visitor_with(Device::desktop().without_script()).await;
    person.open("/").await.fill("#account", UNKNOWN).await;
    assert_eq!(person.attribute("#change", "type").await.as_deref(), Some("submit"));
    assert!(person.attribute("#change", "formnovalidate").await.is_some());
    let before = person.value(CAPTCHA).await;
    person.follow("#change").await;
    assert_ne!(person.value(CAPTCHA).await, before);
    assert_eq!((person.value("#account").await.as_str(), person.count("#summary").await), (UNKNOWN, 0));
    person.answer_captcha().await.submit().await;
    assert!(person.path().await.starts_with("/code"));
}

#[tokio::test]
async fn b14_a_wrong_answer_brings_a_new_picture_and_keeps_the_mailbox() {
    let site = Site::start().await;
    for device in [Device::desktop(), Device::desktop().without_script()] {
        let person = site.visitor_with(device).await;
        person.open("/").await.fill("#account", UNKNOWN).await.fill("#answer", "wrong").await;
        let before = person.value(CAPTCHA).await;
        person.submit().await;
        assert_ne!(person.value(CAPTCHA).await, before);
        assert_eq!((person.value("#account").await.as_str(), person.value("#answer").await.as_str()), (UNKNOWN, ""));
        assert_eq!(person.focused().await, "summary");
        assert_eq!(person.errors().await, [("answer".to_owned(), "图形验证码不正确，输入新图片中的字符".to_owned())]);
        person.answer_captcha().await.submit().await;
        assert!(person.path().await.starts_with("/code"));
    }
}

#[tokio::test]
async fn b15_the_summary_comes_first_and_leads_to_the_fields() {
    let site = Site::start().await;
    for (language, heading) in [("zh-CN", "提交的内容有问题"), ("en", "There is a problem")] {
        let person = site.visitor_with(Device::desktop().speaking(language)).await;
        person.open("/").await.submit().await;
        assert_eq!(person.eval_text("return document.querySelector('main').firstElementChild.id").await, "summary");
        assert_eq!(person.text("#summary h2").await, heading);
        assert_eq!(person.focused().await, "summary");
        let beside: Vec<_> = person.errors().await.into_iter().map(|(_, message)| message).collect();
        assert_eq!((beside.len(), &person.texts("#summary li").await), (2, &beside));
        person.press(Key::Tab).await.press(Key::Enter).await;
        assert_eq!(person.focused().await, "account");
        person.click("#summary li:last-child a").await;
        assert_eq!(person.focused().await, "answer");
    }
}

#[tokio::test]
async fn b16_a_wrong_field_is_told_by_words_and_border_and_to_screen_readers() {
    let states = [State::IdentifyWrong, State::CodeLetters, State::PasswordWrong, State::SingleWrong];
    see(&states, &Device::desktop(), async |person, state| {
        let wrong = person.errors().await;
        assert!(!wrong.is_empty(), "{state:?}");
        for (field, message) in wrong {
            let id = format!("#{field}");
            assert_eq!(person.attribute(&id, "aria-invalid").await.as_deref(), Some("true"), "{state:?} {id}");
            let described = person.attribute(&id, "aria-describedby").await.unwrap();
            let hint = person.count(&format!("{id}-hint")).await == 1;
            let both = format!("{}{field}-error", if hint { format!("{field}-hint ") } else { String::new() });
            assert_eq!(described, both, "{state:?}");
            assert!(person.shows(&format!("{id}-error")).await && !message.is_empty());
            let width: f64 = person.style(&id, "border-top-width").await.trim_end_matches("px").parse().unwrap();
            assert!(width >= 2.0, "{state:?} {id}: {width}");
            assert_eq!(person.style(&id, "border-top-color").await, "rgb(179, 38, 30)", "{state:?} {id}");
        }
        for right in person.texts("input:not([aria-invalid])").await {
            assert_eq!(right, "");
        }
    })
    .await;
}

#[tokio::test]
async fn b17_messages_say_what_to_do_and_blame_nobody() {
    let states = [
        State::IdentifyWrong,
        State::CodeWrong,
        State::CodeLetters,
        State::PasswordWrong,
        State::SingleWrong,
        State::SinglePassword,
    ];
    for language in ["zh-CN", "en"] {
        see(&states, &Device::desktop().speaking(language), async |person, state| {
            for (_, message) in person.errors().await {
                let small = message.to_lowercase();
                for word in ["非法", "无效", "请", "抱歉", "系统错误", "invalid", "illegal", "please", "sorry", "oops"]
                {
                    assert!(!small.contains(word), "{state:?}: {message}");
                }
                assert!(message.chars().count() >= 6, "{state:?}: {message}");
            }
        })
        .await;
    }
}

#[tokio::test]
async fn b18_a_double_click_or_a_double_enter_sends_one_message() {
    let site = Site::start_with("flow.live_per_account = 10").await;
    let person = site.visitor().await;
    for (presses, sent) in [("click", 1), ("enter", 2)] {
        person.open("/").await.identify(ANNA).await;
        let page = person.page().await;
        match presses {
            "click" => person.double_click("#submit").await,
            _ => person.focus("#answer").await.press_twice(Key::Enter).await,
        };
        person.gone_from(page).await;
        assert!(person.path().await.starts_with("/code"), "{presses}: {}", person.words().await);
        site.next_code().await;
        let posts = person.requests().await.iter().filter(|request| request.method == "POST").count();
        assert_eq!((posts, site.codes_sent()), (sent, sent), "{presses}");
        person.forget().await;
    }
}

#[tokio::test]
async fn b20_the_button_says_what_happens() {
    let site = Site::start().await;
    for (language, label) in [("zh-CN", "获取动态密码"), ("en", "Get a code")] {
        let person = site.visitor_with(Device::desktop().speaking(language)).await;
        person.open("/").await;
        assert_eq!(person.spoken("#submit").await, (label.to_owned(), "button".to_owned()));
    }
}
