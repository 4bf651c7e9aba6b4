//! D, continued: a password that was refused, and the ways back.

use serde_json::json;

use crate::harness::{ANNA, Device, GOOD_PASSWORD, Site, Visitor};

/// Every rule with its state, in the order of the page.
async fn verdicts(person: &Visitor<'_>) -> Vec<(String, String)> {
    let script =
        "return [...document.querySelectorAll('#rules li')].map(rule => [rule.dataset.rule, rule.dataset.state])";
    serde_json::from_value(person.eval(script).await).unwrap()
}

fn all_met_but(unmet: &str, state: &str) -> Vec<(String, String)> {
    let rule = |rule: &str| (rule.to_owned(), if rule == unmet { state } else { "met" }.to_owned());
    ["length", "classes", "common", "username", "personal", "match"].map(rule).to_vec()
}

#[tokio::test]
async fn d13_every_broken_rule_is_told_at_once_together_with_entries_that_differ() {
    for script in [true, false] {
        let site = Site::start().await;
        let anna = site.visitor_with(Device { script, ..Device::desktop() }).await;
        anna.to_password(ANNA).await;
        anna.fill("#new-password", "13800138000").await.fill("#again", "13800138001").await.submit().await;
        let summary = anna.texts("#summary a").await;
        assert_eq!(
            summary,
            [
                "密码要有 12 到 30 个字符",
                "密码要包含数字、小写字母、大写字母、其他字符中的至少 3 种",
                "密码不能包含手机号、办公电话或生日",
                "两次输入的新密码不一致"
            ],
            "script: {script}"
        );
        let fields: Vec<String> = anna.errors().await.into_iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["new-password", "again"]);
        anna.choose(GOOD_PASSWORD).await;
        assert_eq!((anna.path().await.as_str(), site.codes_sent()), ("/done", 1));
    }
}

#[tokio::test]
async fn d3_the_rules_keep_their_ticks_after_a_refusal_and_what_was_typed_stays() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    anna.to_password(ANNA).await.choose("Xk-13800138000").await;
    assert_eq!(verdicts(&anna).await, all_met_but("personal", "unmet"));
    assert_eq!(anna.text("[data-rule=personal] .sr").await, "，未满足");
    assert_eq!(
        (anna.value("#new-password").await.as_str(), anna.focused().await.as_str()),
        ("Xk-13800138000", "summary")
    );
    // Another password was not judged yet by those who alone can.
    anna.type_into("#new-password", "x").await;
    let open: Vec<_> = verdicts(&anna).await.into_iter().filter(|(_, state)| state == "open").collect();
    assert_eq!(open, [("common".to_owned(), "open".to_owned()), ("personal".to_owned(), "open".to_owned())]);
    // No storage holds it, and the page that is loaded anew does not.
    assert_eq!(anna.eval("return [localStorage.length, sessionStorage.length]").await, json!([0, 0]));
    anna.reload().await;
    assert_eq!(anna.value("#new-password").await, "");
    assert_eq!(anna.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn d3_without_script_the_rules_are_ticked_as_the_service_judged() {
    let site = Site::start().await;
    let anna = site.visitor_with(Device::phone().without_script()).await;
    anna.to_password(ANNA).await.choose("Xk-13800138000").await;
    assert_eq!(verdicts(&anna).await, all_met_but("personal", "unmet"));
    anna.choose("Anna-harbour-lamp").await;
    assert_eq!(verdicts(&anna).await, all_met_but("username", "unmet"));
    assert_eq!(anna.value("#new-password").await, "");
}

#[tokio::test]
async fn d13_the_language_can_be_changed_after_a_refusal_and_an_end_is_shown_as_one() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    anna.to_password(ANNA).await.choose("short").await.follow("nav.languages [lang=en]").await;
    assert_eq!((anna.text("h1").await.as_str(), anna.path().await.as_str()), ("Set a new password", "/password"));
    for password in ["13800138000", "Xk-13800138000", "Xk-01055500123", "Xk-1990-01-02-x", "anna.zhang-2026"] {
        anna.choose(password).await;
    }
    assert_eq!(anna.text("h1").await, "This password reset has ended");
    assert_eq!((anna.focused().await.as_str(), anna.count("#new-password").await), ("h1", 0));
    assert_eq!(anna.axe().await, Vec::<String>::new());
    anna.follow("#retry").await;
    assert_eq!(anna.value("#account").await, ANNA);
}

#[tokio::test]
async fn c17_back_leads_to_the_mailbox_and_costs_neither_message_nor_code() {
    for script in [true, false] {
        let site = Site::start().await;
        let anna = site.visitor_with(Device { script, ..Device::phone() }).await;
        anna.to_code(ANNA).await;
        let code = site.next_code().await;
        assert_eq!(anna.spoken("#back").await, ("返回".to_owned(), "button".to_owned()));
        anna.follow("#back").await;
        assert_eq!((anna.path().await.as_str(), anna.value("#account").await.as_str()), ("/", ANNA));
        anna.answer_captcha().await.submit().await;
        assert_eq!((anna.text("h1").await.as_str(), site.codes_sent()), ("输入动态密码", 1));
        anna.enter_code(&code).await;
        // The page for the password names its mailbox, and leads back as well; the code is not asked for again.
        assert!(anna.text("main").await.contains(&format!("邮件地址 {ANNA}")));
        anna.follow("#back").await.answer_captcha().await.submit().await;
        assert_eq!((anna.path().await.as_str(), site.codes_sent()), ("/password", 1));
        anna.choose(GOOD_PASSWORD).await;
        assert_eq!(anna.path().await, "/done");
    }
}

#[tokio::test]
async fn c17_another_address_begins_with_an_empty_field() {
    let site = Site::start().await;
    let anna = site.visitor_with(Device::phone().speaking("en")).await;
    anna.to_code(ANNA).await;
    assert_eq!(anna.text("#another").await, "Use another address");
    anna.follow("#another").await;
    assert_eq!((anna.path().await.as_str(), anna.value("#account").await.as_str()), ("/", ""));
    // The recovery that was left goes on where it was.
    anna.back().await;
    assert_eq!((anna.text("h1").await.as_str(), site.codes_sent()), ("Enter the code", 1));
}

#[tokio::test]
async fn e4_the_first_page_leads_back_to_where_people_sign_in() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    let way = async || anna.attribute("#sign-in", "href").await.unwrap();
    anna.open("/").await;
    assert_eq!(
        (anna.text("#sign-in").await.as_str(), way().await.as_str()),
        ("返回登录", "https://mail.example.gov.cn/login")
    );
    anna.open("/?return_to=https://portal.example.gov.cn/inbox").await;
    assert_eq!(way().await, "https://portal.example.gov.cn/inbox");
    anna.open("/?return_to=https://evil.example/").await;
    assert_eq!(way().await, "https://mail.example.gov.cn/login");
    let site = Site::start_with("page.login_url = ''").await;
    let bert = site.visitor().await;
    bert.open("/").await;
    assert_eq!(bert.count("#sign-in").await, 0);
}
