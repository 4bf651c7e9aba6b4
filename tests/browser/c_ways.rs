//! Ways through the recovery that are not the straight one: without script, on one page, back, again, and in two tabs.

use resetgate::audit::{AuditEvent, EventKind};

use crate::harness::{ANNA, Device, GOOD_PASSWORD, Key, Site, Visitor};

/// From the first page to the last, with a mistake at every step.
async fn stumbles_through(site: &Site, anna: &Visitor<'_>) {
    anna.open("/").await.fill("#account", ANNA).await.fill("#answer", "wrong").await.submit().await;
    assert_eq!(anna.value("#account").await, ANNA);
    anna.answer_captcha().await.submit().await;
    anna.enter_code("000000").await;
    assert_eq!(anna.errors().await.len(), 1);
    let code = site.next_code().await;
    anna.enter_code(&code).await;
    anna.choose("short").await;
    assert_eq!(anna.count("#summary li").await, 2, "{:?}", anna.errors().await);
    anna.choose(GOOD_PASSWORD).await;
    finished(site, anna).await;
}

async fn finished(site: &Site, anna: &Visitor<'_>) {
    assert_eq!((anna.path().await.as_str(), anna.text("h1").await.as_str()), ("/done", "密码已修改"));
    assert!(site.app.signs_in(ANNA, GOOD_PASSWORD).await);
    assert_eq!(site.codes_sent(), 1);
}

#[tokio::test]
async fn the_whole_way_works_without_script() {
    let site = Site::start().await;
    let anna = site.visitor_with(Device::phone().without_script()).await;
    stumbles_through(&site, &anna).await;
    assert!(anna.requests().await.iter().all(|request| request.kind != "Script" && request.kind != "Fetch"));
}

#[tokio::test]
async fn the_whole_way_works_when_the_script_does_not_come() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    anna.block(&["*.js"]).await;
    stumbles_through(&site, &anna).await;
    let requests = anna.requests().await;
    let scripts: Vec<_> = requests.iter().filter(|request| request.kind == "Script").collect();
    assert!(!scripts.is_empty() && scripts.iter().all(|request| request.failed), "{scripts:?}");
}

#[tokio::test]
async fn the_whole_way_works_with_the_keyboard_alone() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    anna.open("/").await.focus("#account").await.type_into("#account", ANNA).await;
    let answer = anna.read_captcha().await;
    anna.press(Key::Tab).await.type_into("#answer", &answer).await.press_on(Key::Enter).await;
    let code = site.next_code().await;
    anna.press(Key::Tab).await;
    assert_eq!(anna.focused().await, "code", "the first stop after the heading");
    anna.type_into("#code", &code).await.press_on(Key::Enter).await;
    anna.press(Key::Tab).await;
    assert_eq!(anna.focused().await, "new-password");
    anna.type_into("#new-password", GOOD_PASSWORD).await;
    for stop in ["show-new-password", "generate", "again"] {
        anna.press(Key::Tab).await;
        assert_eq!(anna.focused().await, stop);
    }
    anna.type_into("#again", GOOD_PASSWORD).await.press_on(Key::Enter).await;
    finished(&site, &anna).await;
}

async fn single() -> Site {
    Site::start_with("page.flow = 'single'").await
}

/// Code and password on one page, with every mistake that can be made there.
async fn stumbles_through_one_page(site: &Site, anna: &Visitor<'_>) {
    anna.to_code(ANNA).await;
    let code = site.next_code().await;
    assert_eq!(anna.text("#submit").await, "确定");
    // Nothing filled in: everything that is missing is named, and no try is used.
    anna.submit().await;
    let fields: Vec<String> = anna.errors().await.into_iter().map(|(field, _)| field).collect();
    assert_eq!(fields, ["code", "new-password"]);
    // A wrong code: the password beside it stays where a script can leave it, in its fields, and nowhere else.
    let wrong = if code == "000000" { "000001" } else { "000000" };
    anna.fill("#code", wrong).await.choose(GOOD_PASSWORD).await;
    assert_eq!(anna.errors().await, [("code".to_owned(), "动态密码不正确，还可以试 4 次".to_owned())]);
    let kept = if anna.scripted().await { GOOD_PASSWORD } else { "" };
    assert_eq!((anna.value("#new-password").await.as_str(), anna.value("#again").await.as_str()), (kept, kept));
    // A password that can never do: the code is not spent, and stands there still.
    anna.fill("#code", &code).await.choose("short").await;
    assert!(anna.errors().await.iter().all(|(field, _)| field == "new-password"), "{:?}", anna.errors().await);
    assert_eq!(anna.value("#code").await, code);
    // Two entries that differ.
    anna.fill("#new-password", GOOD_PASSWORD).await.fill("#again", "another").await.submit().await;
    assert_eq!(anna.errors().await, [("again".to_owned(), "两次输入的新密码不一致".to_owned())]);
    // A password that holds something personal: the code was right, and is asked for no more.
    anna.choose("Xk-13800138000").await;
    assert_eq!(anna.count("#code").await, 0);
    assert!(anna.text("main").await.contains("动态密码验证通过 ✓"));
    assert_eq!(anna.errors().await.len(), 1);
    assert!(!anna.source().await.contains(&code));
    anna.choose(GOOD_PASSWORD).await;
    finished(site, anna).await;
}

#[tokio::test]
async fn code_and_password_work_on_one_page() {
    let site = single().await;
    let anna = site.visitor().await;
    stumbles_through_one_page(&site, &anna).await;
    assert_eq!(anna.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn code_and_password_work_on_one_page_without_script() {
    let site = single().await;
    let anna = site.visitor_with(Device::phone().without_script()).await;
    stumbles_through_one_page(&site, &anna).await;
}

#[tokio::test]
async fn one_page_passes_the_judges_in_every_state_of_it() {
    let site = single().await;
    let anna = site.visitor_with(Device::phone()).await;
    anna.to_code(ANNA).await;
    assert_eq!((anna.axe().await, anna.sideways().await), (Vec::new(), 0));
    anna.submit().await;
    assert_eq!((anna.axe().await, anna.lost().await), (Vec::new(), Vec::new()));
    site.pass(301);
    anna.reload().await;
    assert_eq!(anna.text("h1").await, "动态密码已过期");
    assert_eq!((anna.axe().await, anna.texts("main button").await), (Vec::new(), vec!["重新获取动态密码".to_owned()]));
}

#[tokio::test]
async fn a_further_code_can_be_asked_for_on_one_page() {
    let site = single().await;
    let anna = site.visitor().await;
    anna.to_code(ANNA).await;
    site.pass(61);
    anna.reload().await.follow("#resend-button").await;
    assert_eq!(
        (anna.focused().await.as_str(), anna.text("#resend-status").await.as_str()),
        ("resend-button", "新的动态密码已发出")
    );
    site.next_code().await;
    let code = site.next_code().await;
    anna.fill("#code", &code).await.choose(GOOD_PASSWORD).await;
    assert_eq!(anna.path().await, "/done");
}

#[tokio::test]
async fn c17_back_and_reload_send_nothing_and_lose_nothing() {
    for script in [true, false] {
        let site = Site::start().await;
        let anna = site.visitor_with(Device { script, ..Device::desktop() }).await;
        anna.to_code(ANNA).await;
        let code = site.next_code().await;
        anna.reload().await.reload().await.back().await;
        assert_eq!(anna.path().await, "/");
        anna.reload().await.forward().await;
        assert_eq!(anna.text("h1").await, "输入动态密码");
        anna.enter_code(&code).await.reload().await.back().await;
        anna.until("led on from the code", "location.pathname === '/password'").await;
        anna.choose(GOOD_PASSWORD).await.reload().await.back().await;
        if script {
            anna.until("led on to the end", "location.pathname === '/done'").await;
        } else if anna.path().await == "/password" {
            // The browser may show the page that it kept; it leads on as soon as it is used.
            anna.submit().await;
        }
        assert_eq!(anna.text("h1").await, "密码已修改");
        for form in ["/", "/code"] {
            assert_eq!(anna.sent_to(form).await.len(), 1, "{form}");
        }
        let resets = |event: &AuditEvent| matches!(event.kind, EventKind::PasswordReset { .. });
        assert_eq!(site.app.events.count(resets), 1);
        finished(&site, &anna).await;
    }
}

#[tokio::test]
async fn c17_a_page_that_the_browser_kept_gives_no_password_away() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    anna.to_done(ANNA).await.back().await;
    anna.until("led on to the end", "location.pathname === '/done'").await;
    assert_eq!(anna.count("input[type=password]").await, 0);
    assert!(!anna.source().await.contains(GOOD_PASSWORD));
}

#[tokio::test]
async fn c17_going_back_to_a_page_that_told_of_an_error_shows_a_page_and_no_question() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    anna.open("/").await.fill("#account", ANNA).await.fill("#answer", "wrong").await.submit().await;
    anna.reload().await;
    assert_eq!((anna.text("h1").await.as_str(), anna.count("#summary").await), ("忘记密码", 0));
    anna.identify(ANNA).await.submit().await.back().await;
    assert_eq!(anna.text("h1").await, "忘记密码");
    anna.forward().await.enter_code("12345").await.reload().await;
    assert_eq!((anna.text("h1").await.as_str(), anna.count("#summary").await), ("输入动态密码", 0));
    let code = site.next_code().await;
    anna.enter_code("12345").await.enter_code(&code).await.back().await;
    anna.until("led on from the code", "location.pathname === '/password'").await;
    anna.choose("short").await.choose(GOOD_PASSWORD).await.back().await;
    anna.until("led on to the end", "location.pathname === '/done'").await;
    finished(&site, &anna).await;
}

#[tokio::test]
async fn c17_a_form_that_is_sent_again_without_script_sends_no_message_and_costs_no_try() {
    let site = Site::start().await;
    let anna = site.visitor_with(Device::desktop().without_script()).await;
    anna.open("/").await.fill("#account", ANNA).await.fill("#answer", "wrong").await.submit().await.reload().await;
    assert_eq!((anna.sent_to("/").await.len(), site.codes_sent()), (2, 0));
    assert_eq!(anna.value("#account").await, ANNA);
    anna.answer_captcha().await.submit().await.enter_code("12345").await.reload().await;
    assert_eq!(anna.sent_to("/code").await.len(), 2);
    anna.enter_code("000000").await.reload().await;
    assert_eq!(anna.errors().await[0].1, "动态密码不正确，还可以试 4 次");
    let code = site.next_code().await;
    anna.enter_code(&code).await.choose("short").await.reload().await;
    assert_eq!((anna.path().await.as_str(), anna.count("#summary li").await), ("/password", 2));
    anna.choose(GOOD_PASSWORD).await;
    finished(&site, &anna).await;
}

#[tokio::test]
async fn c17_a_second_tab_sends_nothing_and_goes_on_with_the_same_recovery() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    anna.to_code(ANNA).await;
    let code = site.next_code().await;
    anna.second_tab("/code", "#code").await;
    assert_eq!(site.codes_sent(), 1);
    // A second first page begins nothing before it is submitted.
    anna.eval("second.location = '/'").await;
    anna.in_second("#account").await;
    anna.enter_code(&code).await;
    assert_eq!(anna.path().await, "/password");
    anna.second_tab("/password", "#new-password").await;
    let finish = "for (const id of ['new-password', 'again']) second.document.getElementById(id).value = arguments[0];
        second.document.getElementById('submit').click()";
    anna.eval_with(finish, &[GOOD_PASSWORD.into()]).await;
    site.app.events.nth(1, |event| matches!(event.kind, EventKind::PasswordReset { .. })).await;
    // The form of the first tab comes too late, and its visitor is told how it ended.
    anna.choose("Another-password-77").await;
    finished(&site, &anna).await;
}

#[tokio::test]
async fn c18_what_to_do_without_a_message_is_told_on_request() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    anna.to_code(ANNA).await;
    assert_eq!(anna.on("#no-sms", "element.localName + element.open").await, "detailsfalse");
    assert_eq!(anna.text("#no-sms summary").await, "没有收到短信？");
    assert!(!anna.shows("#no-sms li").await);
    anna.focus("#no-sms summary").await.press(Key::Enter).await;
    anna.until("it is open", "document.querySelector('#no-sms').open").await;
    assert!(anna.shows("#no-sms li").await);
    let words = anna.text("#no-sms").await;
    for part in ["垃圾短信", "号码不能在这里更改", "未绑定手机将收不到短信", "联系本单位的组织管理员"]
    {
        assert!(words.contains(part), "{part} in {words}");
    }
    // Those of the domain, and those of the house.
    assert!(anna.text("#no-sms #contacts").await.contains("010-5550-0134"));
    for phone in ["010-5550-0134", "010-5550-0100"] {
        assert_eq!(anna.text("body").await.matches(phone).count(), 1, "{phone} once");
    }
    assert_eq!((anna.axe().await, anna.lost().await), (Vec::new(), Vec::new()));
}

#[tokio::test]
async fn c18_contacts_are_in_the_language_of_the_page() {
    let site = Site::start().await;
    let anna = site.visitor_with(Device::desktop().speaking("en")).await;
    anna.to_code(ANNA).await;
    let contacts = anna.text("#contacts").await;
    assert!(contacts.contains("Mail administrator City Information Centre") && !contacts.contains("市"), "{contacts}");
    assert!(anna.text("footer").await.contains("Help · Information Centre · 010-5550-0100"));
    assert!(anna.text("footer").await.contains("Mon to Fri"));
}

#[tokio::test]
async fn c18_help_stands_in_the_same_place_on_every_page() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    let mut seen = Vec::new();
    let place = async || {
        let script = "const link = document.querySelector('body > :last-child a');
            return [link.getAttribute('href'), link.textContent, link.parentElement.textContent,
                document.querySelectorAll('footer a').length].join('|')";
        anna.eval_text(script).await
    };
    anna.open("/").await;
    seen.push(place().await);
    anna.identify(ANNA).await.submit().await;
    seen.push(place().await);
    let code = site.next_code().await;
    anna.enter_code(&code).await;
    seen.push(place().await);
    anna.choose("short").await;
    seen.push(place().await);
    anna.choose(GOOD_PASSWORD).await;
    seen.push(place().await);
    for path in ["/nowhere", "/resend"] {
        anna.open(path).await;
        seen.push(place().await);
    }
    // Where the page itself names the house, the foot does not.
    anna.open("/help").await;
    assert!(place().await.starts_with("/help|帮助|"));
    assert_eq!(anna.text("body").await.matches("010-5550-0100").count(), 1);
    assert!(seen[0].starts_with("/help|帮助|") && seen[0].contains("010-5550-0100"), "{seen:?}");
    assert!(seen.iter().all(|help| *help == seen[0]), "{seen:#?}");
}
