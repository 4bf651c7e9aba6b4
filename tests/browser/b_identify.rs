//! Whose mailbox: the field for it, and what happens between two submits.

use crate::harness::{ANNA, Device, Key, Site, Visitor};

async fn attributes(person: &Visitor<'_>, selector: &str, names: &[&str]) -> Vec<Option<String>> {
    let mut values = Vec::new();
    for name in names {
        values.push(person.attribute(selector, name).await);
    }
    values
}

#[expect(clippy::unnecessary_wraps, reason = "compared with what may be missing")]
fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[tokio::test]
async fn b1_the_mailbox_has_a_label_and_lets_password_managers_and_keyboards_help() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    anna.open("/").await;
    let names = ["type", "autocomplete", "autocapitalize", "spellcheck", "required", "maxlength"];
    let found = attributes(&anna, "#account", &names).await;
    assert_eq!(found, [some("email"), some("username"), some("off"), some("false"), None, None]);
    assert_eq!(anna.spoken("#account").await.0, "邮件地址");
    assert!(anna.shows("label[for=account]").await);
    assert!(anna.attribute("#step", "novalidate").await.is_some(), "the browser's own bubbles name no field");
}

#[tokio::test]
async fn b2_what_input_methods_add_to_an_address_is_accepted() {
    let site = Site::start().await;
    for typed in
        ["  anna@example.gov.cn ", "anna＠example.gov.cn", "ａｎｎａ@example.gov.cn", "ANNA@Example.Gov.CN", "anna"]
    {
        let anna = site.visitor_with(Device::phone().without_script()).await;
        anna.open("/").await.fill("#account", typed).await.answer_captcha().await.submit().await;
        assert!(anna.text("main").await.contains("anna@example.gov.cn"), "{typed}: {}", anna.words().await);
        assert_eq!(site.next_code().await.len(), 6, "{typed}");
        // An account holds so many codes at once and no more.
        site.pass(16 * 60);
    }
}

#[tokio::test]
async fn b3_a_mailbox_from_the_login_page_is_filled_in_and_survives_errors_and_a_new_start() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    anna.open("/?account=anna@example.gov.cn").await;
    assert_eq!(anna.value("#account").await, ANNA);
    anna.until("the address bar holds no address", "!location.href.includes('anna')").await;
    anna.submit().await;
    assert_eq!(anna.value("#account").await, ANNA);
    anna.fill("#answer", "wrong").await.submit().await;
    assert_eq!(anna.value("#account").await, ANNA);
    anna.follow("#use-audio").await;
    assert_eq!(anna.value("#account").await, ANNA);
    anna.answer_captcha().await.submit().await;
    site.pass(16 * 60);
    anna.reload().await;
    assert!(anna.text("main").await.contains("anna@example.gov.cn"), "{}", anna.words().await);
    anna.follow("#retry").await;
    assert_eq!(anna.value("#account").await, ANNA);
}

#[tokio::test]
async fn b14_a_wrong_answer_keeps_the_mailbox_and_brings_another_picture() {
    let site = Site::start().await;
    for device in [Device::desktop(), Device::desktop().without_script()] {
        let anna = site.visitor_with(device).await;
        anna.open("/").await;
        let former = anna.value("[name=captcha]").await;
        anna.fill("#account", ANNA).await.fill("#answer", "wrong").await.submit().await;
        assert_eq!(anna.errors().await, [("answer".to_owned(), "验证码不正确，输入新图片中的字符".to_owned())]);
        assert_ne!(anna.value("[name=captcha]").await, former);
        assert_eq!((anna.value("#account").await, anna.value("#answer").await), (ANNA.to_owned(), String::new()));
        assert_eq!(anna.focused().await, "summary");
        // The new one works at once.
        anna.answer_captcha().await.submit().await;
        assert!(anna.path().await.starts_with("/code"));
        site.pass(61);
    }
}

#[tokio::test]
async fn b15_the_summary_comes_first_and_its_links_lead_to_the_fields() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    anna.open("/").await.submit().await;
    assert_eq!(anna.eval_text("return document.querySelector('main').firstElementChild.id").await, "summary");
    assert_eq!(anna.text("#summary h2").await, "提交的内容有问题");
    assert_eq!(anna.attribute("#summary", "role").await.as_deref(), Some("alert"));
    assert_eq!(anna.focused().await, "summary");
    let beside: Vec<String> = anna.errors().await.into_iter().map(|(_, message)| message).collect();
    assert_eq!(anna.texts("#summary li").await, beside, "the same words at both places");
    assert_eq!(beside.len(), 2);
    for field in ["account", "answer"] {
        anna.focus(&format!("#summary a[href='#{field}']")).await.press(Key::Enter).await;
        anna.until("the link leads to its field", &format!("document.activeElement.id === '{field}'")).await;
    }
}

#[tokio::test]
async fn b16_a_wrong_field_says_so_to_eyes_and_ears() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    anna.open("/").await;
    let before = anna.style("#account", "border-top-width").await;
    anna.fill("#account", "not an address").await.submit().await;
    let found = attributes(&anna, "#account", &["aria-invalid", "aria-describedby"]).await;
    assert_eq!(found, [some("true"), some("account-hint account-error")]);
    let width = anna.style("#account", "border-top-width").await;
    assert_ne!(width, before);
    assert!(width.trim_end_matches("px").parse::<f64>().unwrap() >= 2.0, "{width}");
    assert!(anna.shows("#account-error").await, "text, not colour alone");
    assert!(anna.text("#account-error").await.contains("邮件地址格式不正确"));
}

#[tokio::test]
async fn b18_a_double_click_and_a_double_enter_send_one_message() {
    let site = Site::start().await;
    for press in ["click", "enter"] {
        let anna = site.visitor().await;
        anna.open("/").await.identify(ANNA).await;
        let page = anna.page().await;
        let script = match press {
            "click" => "const button = document.getElementById('submit'); button.click(); button.click();",
            _ => "const form = document.getElementById('step'); form.requestSubmit(); form.requestSubmit();",
        };
        let before = site.codes_sent();
        anna.eval(script).await;
        anna.gone_from(page).await;
        assert!(anna.path().await.starts_with("/code"), "{press}: {}", anna.words().await);
        site.next_code().await;
        assert_eq!(site.codes_sent(), before + 1, "{press}");
        let posts = anna.requests().await.iter().filter(|one| one.method == "POST" && one.path() == "/").count();
        assert_eq!(posts, 1, "{press}");
        site.pass(61);
    }
}

#[tokio::test]
async fn b20_the_button_says_what_happens() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    anna.open("/").await;
    assert_eq!(anna.spoken("#submit").await, ("获取动态密码".to_owned(), "button".to_owned()));
    let english = site.visitor_with(Device::desktop().speaking("en")).await;
    english.open("/").await;
    assert_eq!(english.spoken("#submit").await.0, "Get a code");
}
