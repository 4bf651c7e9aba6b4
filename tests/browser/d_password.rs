//! The new password: the fields, what fills them, and every answer to what was chosen.

use std::sync::Arc;

use resetgate::account::AccountError;
use serde_json::json;

use crate::harness::{ANNA, Device, Directory, GOOD_PASSWORD, Key, Site, Visitor};

/// One that holds the user name and the mobile number, and follows every other rule.
const PERSONAL: &str = "anna-13800138000";

/// What is told beside the field of the new password, in the same words as in the summary; and what was typed is still in
/// the fields where a script kept it there, and nowhere else.
async fn told(person: &Visitor<'_>, typed: &str) -> Vec<String> {
    let lines = "[...element.childNodes].filter(part => part.nodeType === 3).map(part => part.data.trim())";
    let beside: Vec<String> = serde_json::from_value(person.on("#new-password-error", lines).await).unwrap();
    assert_eq!(person.texts("#summary a[href='#new-password']").await, beside);
    assert_eq!(person.attribute("#new-password", "aria-invalid").await.as_deref(), Some("true"));
    assert_eq!(person.attribute("#new-password", "aria-describedby").await.as_deref(), Some("new-password-error"));
    assert_eq!(person.focused().await, "summary");
    assert_eq!(person.path().await, "/password");
    assert_eq!((person.value("#new-password").await.as_str(), person.value("#again").await.as_str()), (typed, typed));
    assert!(typed.is_empty() || !person.source().await.contains(&format!("value=\"{typed}\"")), "in no document");
    beside
}

#[tokio::test]
async fn d1_password_managers_save_the_right_pair_and_nobody_meets_their_field() {
    let site = Site::start().await;
    let anna = site.visitor_with(Device::phone().sized(320, 640)).await;
    anna.to_password(ANNA).await;
    let script = "return [...document.querySelectorAll('#step input:not([type=hidden])')].map(one =>
        [one.id, one.autocomplete, one.type, one.value].join(' '))";
    let fields: Vec<String> = serde_json::from_value(anna.eval(script).await).unwrap();
    let pair = [format!("username username text {ANNA}"), "new-password new-password password ".to_owned()];
    assert_eq!(fields, [pair[0].as_str(), pair[1].as_str(), "again new-password password "]);
    // In the order of the page: the name stands before the passwords, in the same form.
    assert_eq!(anna.sideways().await, 0);
    assert_eq!(anna.axe().await, Vec::<String>::new());
    let mut stops = Vec::new();
    anna.focus("h1").await;
    for _ in 0..12 {
        stops.push(anna.press(Key::Tab).await.focused().await);
    }
    assert!(stops.contains(&"submit".to_owned()) && !stops.contains(&"username".to_owned()), "{stops:?}");
    assert_eq!(anna.spoken("#new-password").await.0, "输入新密码");
    assert_eq!(anna.spoken("#again").await.0, "再次输入新密码");
}

#[tokio::test]
async fn d8_a_long_password_is_neither_cut_nor_sent_short_but_told_of() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    anna.to_password(ANNA).await;
    let long = format!("{GOOD_PASSWORD}{GOOD_PASSWORD}{GOOD_PASSWORD}");
    for field in ["#new-password", "#again"] {
        assert_eq!(anna.attribute(field, "maxlength").await, None);
        assert_eq!(anna.fill(field, &long).await.value(field).await, long);
    }
    assert_eq!(anna.attribute("[data-rule=length]", "data-state").await.as_deref(), Some("unmet"));
    anna.submit().await;
    assert_eq!(told(&anna, &long).await, ["密码要有 12 到 30 个字符"]);
    let sent = anna.sent_to("/password").await.remove(0);
    assert_eq!(sent.matches(&long).count(), 2, "{sent}");
    // Thirty are not too many.
    anna.choose(&long[..30]).await;
    assert_eq!(anna.path().await, "/done");
    assert!(site.app.signs_in(ANNA, &long[..30]).await);
}

#[tokio::test]
async fn d9_pasting_dropping_and_managers_fill_both_fields() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    anna.to_password(ANNA).await;
    for round in ["paste", "drop", "manager"] {
        for field in ["#new-password", "#again"] {
            anna.on(field, "(element.value = '', element.dispatchEvent(new Event('input', { bubbles: true })))").await;
            match round {
                "paste" => anna.paste_over(field, GOOD_PASSWORD).await,
                "drop" => anna.drop_onto(field, GOOD_PASSWORD).await,
                _ => anna.fill_as_manager(field, GOOD_PASSWORD).await,
            };
            let filled = format!("document.querySelector('{field}').value === '{GOOD_PASSWORD}'");
            anna.until(&format!("{round} into {field}"), &filled).await;
        }
        anna.focus("#submit").await;
        for rule in ["length", "classes", "username", "match"] {
            let state = anna.attribute(&format!("[data-rule={rule}]"), "data-state").await;
            assert_eq!(state.as_deref(), Some("met"), "{rule} after {round}");
        }
    }
    anna.submit().await;
    assert_eq!(anna.path().await, "/done");
}

#[tokio::test]
async fn d10_each_field_has_a_button_that_shows_it_and_says_so() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    anna.to_password(ANNA).await;
    let state = async |field: &str| {
        let kind = anna.attribute(&format!("#{field}"), "type").await.unwrap();
        let button = format!("#show-{field}");
        (kind, anna.text(&button).await, anna.spoken(&button).await.0)
    };
    let is = |kind: &str, text: &str, name: &str| (kind.to_owned(), text.to_owned(), name.to_owned());
    assert_eq!(state("new-password").await, is("password", "显示", "显示新密码"));
    assert_eq!(state("again").await, is("password", "显示", "显示再次输入的新密码"));
    assert_eq!(anna.spoken("#show-again").await.1, "button");
    anna.fill("#new-password", GOOD_PASSWORD).await.press(Key::Tab).await;
    assert_eq!(anna.focused().await, "show-new-password");
    anna.press(Key::Space).await;
    assert_eq!(state("new-password").await, is("text", "隐藏", "隐藏新密码"));
    assert_eq!(state("again").await, is("password", "显示", "显示再次输入的新密码"), "each for itself");
    assert_eq!(anna.focused().await, "show-new-password", "its new name is told to who pressed it");
    assert_eq!(anna.value("#new-password").await, GOOD_PASSWORD);
    anna.press(Key::Enter).await;
    assert_eq!(state("new-password").await, is("password", "显示", "显示新密码"));
    anna.click("#show-again").await;
    assert_eq!(state("again").await, is("text", "隐藏", "隐藏再次输入的新密码"));
    // Submitted fields are hidden again, so that browsers offer to save them and keep them in no list of texts.
    anna.press(Key::Enter).await.click("#show-new-password").await.click("#show-again").await;
    anna.eval("XMLHttpRequest.prototype.send = () => { globalThis.submitted = true; }").await;
    anna.click("#submit").await;
    let kinds =
        "return globalThis.submitted && [...document.querySelectorAll('#new-password, #again')].map(one => one.type)";
    assert_eq!(anna.eval(kinds).await, json!(["password", "password"]));
}

#[tokio::test]
async fn d10_without_script_there_is_no_button_that_does_nothing() {
    let site = Site::start().await;
    let anna = site.visitor_with(Device::desktop().without_script()).await;
    anna.to_password(ANNA).await;
    for button in ["#show-new-password", "#show-again", "#generate"] {
        assert!(!anna.shows(button).await, "{button}");
    }
    assert!(anna.shows("#submit").await && anna.shows("#rules li").await);
}

#[tokio::test]
async fn d12_the_button_is_never_disabled_and_explains_instead() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    anna.to_password(ANNA).await;
    for typed in ["", "a", PERSONAL] {
        anna.fill("#new-password", typed).await;
        assert_eq!(anna.on("#submit", "element.disabled").await, false, "{typed}");
        assert_eq!(anna.attribute("#submit", "aria-disabled").await, None, "{typed}");
        assert_eq!(anna.attribute("#new-password", "required").await, None);
    }
    anna.fill("#new-password", "").await.submit().await;
    assert_eq!(told(&anna, "").await, ["输入新密码"]);
    anna.choose("a").await;
    let rules = told(&anna, "a").await;
    assert_eq!(
        rules,
        [
            "密码要有 12 到 30 个字符",
            "密码要包含数字、小写字母、大写字母、其他字符中的至少 3 种",
            "这个密码太常见，容易被猜到"
        ]
    );
}

#[tokio::test]
async fn d13_a_refused_password_costs_no_message_and_names_every_rule_twice() {
    for script in [true, false] {
        let site = Site::start().await;
        let anna = site.visitor_with(Device { script, ..Device::desktop() }).await;
        let kept = |typed| if script { typed } else { "" };
        anna.to_password(ANNA).await;
        anna.choose(PERSONAL).await;
        assert_eq!(told(&anna, kept(PERSONAL)).await, ["密码不能包含用户名", "密码不能包含手机号、办公电话或生日"]);
        anna.choose("13800138000").await;
        let rules = told(&anna, kept("13800138000")).await;
        assert_eq!(rules.len(), 3, "{rules:?}");
        assert!(rules[0].contains("12 到 30") && rules[1].contains("至少 3 种") && rules[2].contains("手机号"));
        assert!(anna.title().await.starts_with("错误："));
        // To look at the page again asks for no code either.
        anna.open("/code").await;
        assert_eq!((anna.path().await.as_str(), site.codes_sent()), ("/password", 1));
        anna.choose(GOOD_PASSWORD).await;
        assert_eq!((anna.path().await.as_str(), site.codes_sent()), ("/done", 1));
    }
}

#[tokio::test]
async fn d14_that_two_entries_differ_is_told_after_the_second_was_left_or_submitted() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    anna.to_password(ANNA).await;
    let state = async || anna.attribute("[data-rule=match]", "data-state").await.unwrap();
    anna.fill("#new-password", GOOD_PASSWORD).await;
    for typed in ["T", "Tiantian-2026y"] {
        anna.fill("#again", typed).await;
        assert_eq!(state().await, "open", "while {typed} is typed");
    }
    anna.focus("#submit").await;
    assert_eq!(state().await, "unmet");
    assert_eq!(anna.count("main .error").await, 0, "an error waits for the submission");
    anna.submit().await;
    let message = "两次输入的新密码不一致".to_owned();
    assert_eq!(anna.errors().await, [("again".to_owned(), message.clone())]);
    assert_eq!(anna.texts("#summary a[href='#again']").await, [message]);
    assert_eq!(anna.attribute("#again", "aria-invalid").await.as_deref(), Some("true"));
    anna.choose(GOOD_PASSWORD).await;
    assert_eq!(anna.path().await, "/done");
}

#[tokio::test]
async fn d14_the_password_is_asked_for_once_where_that_is_configured() {
    let site = Site::start_with("policy.confirm = false").await;
    let anna = site.visitor().await;
    anna.to_password(ANNA).await;
    assert_eq!(anna.count("#again, #show-again, [data-rule=match]").await, 0);
    anna.click("#generate").await.submit().await;
    assert_eq!(anna.path().await, "/done");
    assert_eq!(anna.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn d15_no_bar_of_strength_contradicts_the_rules() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    anna.to_password(ANNA).await.fill("#new-password", "aaaaaaaaaaaa").await;
    assert_eq!(anna.count("meter, progress, [role=meter], [role=progressbar]").await, 0);
    // The rules alone judge, and their words do not praise what they refuse.
    assert_eq!(anna.attribute("[data-rule=classes]", "data-state").await.as_deref(), Some("unmet"));
}

#[tokio::test]
async fn d16_caps_lock_is_told_in_words_while_it_is_on() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    anna.to_password(ANNA).await;
    assert_eq!(anna.attribute("#caps", "role").await.as_deref(), Some("status"));
    for field in ["#new-password", "#again"] {
        for (locked, told) in [(true, "大写锁定已打开"), (false, "")] {
            let stroke = format!(
                "element.dispatchEvent(new KeyboardEvent('keydown', {{ key: 'A', bubbles: true, modifierCapsLock: {locked} }}))"
            );
            anna.on(field, &stroke).await;
            assert_eq!(anna.text("#caps").await, told, "{field}");
        }
    }
}

#[tokio::test]
async fn d17_what_the_store_refuses_is_told_as_a_rule() {
    let directory = Arc::new(Directory::default());
    let site = Site::start_over(directory.setup("")).await;
    let anna = site.visitor().await;
    anna.to_password(ANNA).await;
    directory.refuse_write(AccountError::PasswordRefused { reason: "in history".to_owned() });
    anna.choose(GOOD_PASSWORD).await;
    assert_eq!(told(&anna, GOOD_PASSWORD).await, ["账户系统不接受这个密码"]);
    let requests = anna.requests().await;
    assert_eq!(requests.iter().rfind(|request| request.path() == "/password").unwrap().status, 422);
    assert!(!anna.source().await.contains("in history"), "the store's own words are for the log");
    anna.choose("Tiantian-2027y").await;
    assert_eq!((anna.path().await.as_str(), directory.written(), site.codes_sent()), ("/done", 1, 1));
}

#[tokio::test]
async fn d18_the_time_left_is_told_when_it_gets_short_and_its_end_keeps_the_mailbox() {
    let site = Site::start().await;
    let anna = site.visitor_with(Device::desktop().with_held_time()).await;
    anna.to_password(ANNA).await;
    assert!(anna.text("main").await.contains("在 15:10 之前完成。"));
    anna.listen_to("#time-left").await.pass(479).await;
    assert_eq!(anna.text("#time-left").await, "");
    anna.pass(1).await;
    assert_eq!(anna.text("#time-left").await, "还剩 02:00");
    for _ in 0..119 {
        anna.pass(1).await;
    }
    assert_eq!(anna.heard().await, ["还剩 02:00", "还剩 01:30", "还剩 01:00", "还剩 00:30"]);
    site.pass(601);
    let page = anna.page().await;
    anna.pass(1).await.gone_from(page).await;
    assert_eq!(anna.text("h1").await, "页面已过期");
    anna.follow("#retry").await;
    assert_eq!((anna.path().await.as_str(), anna.value("#account").await.as_str()), ("/", ANNA));
}

#[tokio::test]
async fn d18_a_page_that_is_opened_late_tells_the_time_left_at_once() {
    let site = Site::start().await;
    let anna = site.visitor_with(Device::desktop().with_held_time()).await;
    anna.to_password(ANNA).await;
    site.pass(600 - 45);
    anna.reload().await;
    assert_eq!(anna.text("#time-left").await, "还剩 00:45");
    // Verified late: the recovery ends when it ends, and its last page says so truly.
    site.pass(45);
    anna.choose(GOOD_PASSWORD).await;
    assert_eq!(anna.text("h1").await, "页面已过期");
    assert!(!site.app.signs_in(ANNA, GOOD_PASSWORD).await);
    anna.follow("#retry").await;
    assert_eq!(anna.value("#account").await, ANNA);
}
