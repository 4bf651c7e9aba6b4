//! Code entry: the field, what may be typed or pasted into it, and every answer to it.

use resetgate::sms::MessageKind;

use crate::harness::{ANNA, Device, GOOD_PASSWORD, Key, Site, UNBOUND, UNKNOWN, Visitor};

/// A code that is surely wrong.
fn wrong(right: &str) -> String {
    let last = right.chars().last().unwrap();
    format!("{}{}", &right[..5], if last == '9' { '0' } else { '9' })
}

/// What is told of the code: beside the field and, in the same words, in the summary.
async fn told(person: &Visitor<'_>) -> String {
    let errors = person.errors().await;
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert_eq!(errors[0].0, "code");
    assert_eq!(person.text("#summary a[href='#code']").await, errors[0].1);
    assert_eq!(person.attribute("#code", "aria-invalid").await.as_deref(), Some("true"));
    assert_eq!(person.attribute("#code", "aria-describedby").await.as_deref(), Some("code-hint code-error"));
    assert_eq!(person.focused().await, "summary");
    assert!(person.title().await.starts_with("错误："), "{}", person.title().await);
    errors[0].1.clone()
}

#[tokio::test]
async fn c1_the_code_has_one_field_that_phones_and_screen_readers_know() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    anna.to_code(ANNA).await;
    let script = "return [...document.querySelectorAll('#step input:not([type=hidden])')].map(one =>
        ['id', 'type', 'inputmode', 'autocomplete', 'name'].map(name => one.getAttribute(name)).join(' '))";
    let fields: Vec<String> = serde_json::from_value(anna.eval(script).await).unwrap();
    assert_eq!(fields, ["code text numeric one-time-code code"]);
    for cutting in ["maxlength", "size", "pattern", "required", "disabled", "readonly"] {
        assert_eq!(anna.attribute("#code", cutting).await, None, "{cutting}");
    }
    assert_eq!(anna.spoken("#code").await, ("动态密码".to_owned(), "textbox".to_owned()));
    assert_eq!(anna.attribute("#code", "aria-describedby").await.as_deref(), Some("code-hint"));
    assert_eq!(anna.text("#code-hint").await, "短信中的 6 位数字");
    // Nothing is cut: what is too much can be seen, and is told of.
    assert_eq!(anna.fill("#code", "1234567890").await.value("#code").await, "1234567890");
}

#[tokio::test]
async fn c2_a_code_may_be_pasted_as_it_stands_in_the_message() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    anna.to_code(ANNA).await;
    for pasted in [
        "123456",
        "123 456",
        "123-456",
        " 123456 ",
        "１２３４５６",
        "动态密码123456，5分钟",
        "动态密码 123456。5 分钟内有效",
    ] {
        anna.fill("#code", "").await.paste_over("#code", pasted).await;
        assert_eq!(anna.value("#code").await, "123456", "{pasted}");
    }
    // Two numbers that could be it: nobody guesses.
    anna.paste_over("#code", "用 123456 或 654321").await;
    assert_eq!(anna.value("#code").await, "用 123456 或 654321");
    // The whole message that was really sent, with its lines made one, as a field of one line does.
    let code = site.next_code().await;
    let message = site.app.outbound.codes()[0].text.replace('\n', " ");
    assert!(message.contains(&code) && message.len() > code.len() + 10);
    anna.paste_over("#code", &message).await;
    assert_eq!(anna.value("#code").await, code, "{message}");
    anna.submit().await;
    assert_eq!(anna.path().await, "/password");
}

#[tokio::test]
async fn c2_without_script_the_service_reads_what_was_pasted() {
    let site = Site::start().await;
    for shape in
        [|code: &str| format!("动态密码{code}，5分钟"), |code: &str| format!(" {}-{} ", &code[..3], &code[3..])]
    {
        // A browser of its own each time: one that is at the password already is led back there.
        let anna = site.visitor_with(Device::desktop().without_script()).await;
        site.pass(61);
        anna.to_code(ANNA).await;
        let code = site.next_code().await;
        anna.enter_code(&shape(&code)).await;
        assert_eq!(anna.path().await, "/password", "{}", shape(&code));
    }
}

/// A browser that holds a challenge whose code begins with 0.
async fn with_leading_zero<'a>(site: &'a Site, person: &Visitor<'a>) -> String {
    person.to_code(UNKNOWN).await;
    let cookie = person.cookies().await.remove(0);
    let anchor = cookie["value"].as_str().unwrap().split('.').next().unwrap();
    for round in 0..200 {
        // A number of its own each time, so that no code stands in the way of another.
        let account = format!("zero{round}@example.gov.cn");
        site.app.add(&account, &format!("1370000{round:04}")).await;
        let claimant = site.app.claimant().start(&account).await;
        let code = claimant.code().await;
        if code.starts_with('0') {
            let value = format!("{anchor}..{}.{}", claimant.id, claimant.credential);
            let name = cookie["name"].as_str().unwrap();
            person.set_cookie(name, &value).await;
            person.open("/code").await;
            assert!(person.text("main").await.contains(&account), "{}", person.words().await);
            return code;
        }
    }
    panic!("no code of 200 begins with 0");
}

#[tokio::test]
async fn c3_a_leading_zero_is_kept_when_it_is_typed() {
    let site = Site::start().await;
    let person = site.visitor().await;
    let code = with_leading_zero(&site, &person).await;
    person.fill("#code", &code).await;
    assert_eq!(person.value("#code").await, code);
    person.submit().await;
    assert_eq!(person.path().await, "/password");
    assert!(person.sent_to("/code").await[0].ends_with(&format!("code={code}")));
}

#[tokio::test]
async fn c3_a_leading_zero_is_kept_when_it_is_pasted() {
    let site = Site::start().await;
    let person = site.visitor().await;
    let code = with_leading_zero(&site, &person).await;
    person.paste_over("#code", &format!("{} {}", &code[..3], &code[3..])).await;
    assert_eq!(person.value("#code").await, code);
    // Without its zero it would be another one.
    person.enter_code(&code[1..]).await;
    assert_eq!(told(&person).await, "动态密码是 6 位数字，您输入了 5 位");
    person.enter_code(&code).await;
    assert_eq!(person.path().await, "/password");
}

/// A phone whose messages reach the page: `deliver(code)` is the message, `asked` what the page asked for.
const WEB_OTP: &str = "
    globalThis.OTPCredential = class {};
    globalThis.asked = [];
    navigator.credentials.get = asked => {
      globalThis.asked.push(asked);
      return new Promise((deliver, refuse) => {
        globalThis.deliver = code => deliver({ code });
        asked.signal.addEventListener('abort', () => refuse(new DOMException('', 'AbortError')));
      });
    };";

#[tokio::test]
async fn c4_a_phone_that_reads_the_message_fills_the_code_in_and_submits_it() {
    let site = Site::start().await;
    let anna = site.visitor_with(Device::phone()).await;
    anna.before_scripts(WEB_OTP).await;
    anna.to_code(ANNA).await;
    let code = site.next_code().await;
    assert_eq!(anna.eval("return [asked.length, asked[0].otp.transport.join()]").await, serde_json::json!([1, "sms"]));
    let page = anna.page().await;
    anna.eval(&format!("deliver('{code}')")).await;
    anna.gone_from(page).await;
    assert_eq!(anna.path().await, "/password");
    assert_eq!(anna.sent_to("/code").await.len(), 1);
    assert_eq!(anna.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn c4_a_code_is_not_submitted_by_itself_where_more_is_to_be_filled_in() {
    let site = Site::start_with("page.flow = 'single'").await;
    let anna = site.visitor_with(Device::phone()).await;
    anna.before_scripts(WEB_OTP).await;
    anna.to_code(ANNA).await.hold_forms().await;
    let code = site.next_code().await;
    anna.eval(&format!("deliver('{code}')")).await;
    anna.until("the code is filled in", &format!("document.querySelector('#code').value === '{code}'")).await;
    assert_ne!(anna.eval("return globalThis.submitted").await, true);
}

#[tokio::test]
async fn c4_waiting_for_the_message_ends_when_the_code_is_submitted() {
    let site = Site::start().await;
    let anna = site.visitor_with(Device::phone()).await;
    anna.before_scripts(WEB_OTP).await;
    anna.to_code(ANNA).await.hold_forms().await;
    assert_eq!(anna.eval("return asked[0].signal.aborted").await, false);
    anna.fill("#code", "123456").await.click("#submit").await;
    assert_eq!(anna.eval("return submitted && asked[0].signal.aborted").await, true);
}

#[tokio::test]
async fn c4_browsers_that_cannot_read_messages_are_not_asked_to() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    anna.before_scripts(&format!("{WEB_OTP} delete globalThis.OTPCredential;")).await;
    anna.to_code(ANNA).await;
    assert_eq!(anna.eval("return ['OTPCredential' in window, asked.length]").await, serde_json::json!([false, 0]));
    assert_eq!(anna.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn c7_the_page_says_where_the_code_went_without_a_number_and_the_same_to_everybody() {
    let site = Site::start().await;
    let mut seen = Vec::new();
    for account in [ANNA, UNBOUND, UNKNOWN] {
        let person = site.visitor().await;
        person.to_code(account).await;
        let words = person.text("main").await;
        assert!(words.contains(&format!("如果 {account} 存在并已绑定手机，动态密码短信已发出。")), "{words}");
        assert!(words.contains("5 分钟内有效（15:05 前）。未绑定手机将收不到短信。"), "{words}");
        for part in ["13800138000", "138****", "8000", "•"] {
            assert!(!words.contains(part), "{part} in {words}");
        }
        seen.push(words.replace(account, "someone"));
    }
    assert!(seen.iter().all(|words| *words == seen[0]), "{seen:#?}");
    assert_eq!(site.codes_sent(), 1);
}

#[tokio::test]
async fn c13_a_wrong_code_is_told_with_the_tries_left_and_the_field_is_empty() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    anna.to_code(ANNA).await;
    let code = site.next_code().await;
    for left in [4, 3] {
        anna.enter_code(&wrong(&code)).await;
        assert_eq!(told(&anna).await, format!("动态密码不正确，还可以试 {left} 次"));
        assert!(anna.path().await.starts_with("/code"));
        assert_eq!(anna.value("#code").await, "");
    }
    // To look again is no try, and the link of the summary leads to the field.
    anna.reload().await;
    assert_eq!(told(&anna).await, "动态密码不正确，还可以试 3 次");
    anna.focus("#summary a").await.press(Key::Enter).await;
    anna.until("the field has the focus", "document.activeElement.id === 'code'").await;
    anna.enter_code(&code).await;
    assert_eq!(anna.path().await, "/password");
}

#[tokio::test]
async fn c14_what_cannot_be_a_code_is_told_in_its_own_words_and_costs_no_try() {
    for device in [Device::desktop(), Device::desktop().without_script()] {
        let site = Site::start().await;
        let anna = site.visitor_with(device).await;
        anna.to_code(ANNA).await;
        let code = site.next_code().await;
        for (typed, message) in [
            ("", "输入短信中的 6 位动态密码"),
            ("12345", "动态密码是 6 位数字，您输入了 5 位"),
            ("1234567", "动态密码是 6 位数字，您输入了 7 位"),
            ("12345o", "动态密码只有数字，共 6 位"),
        ] {
            anna.enter_code(typed).await;
            assert_eq!(told(&anna).await, message);
            assert_eq!(anna.value("#code").await, typed, "what was typed can be mended");
        }
        anna.enter_code(&wrong(&code)).await;
        assert_eq!(told(&anna).await, "动态密码不正确，还可以试 4 次");
    }
}

#[tokio::test]
async fn c15_an_expired_code_leaves_one_button_which_sends_another() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    anna.to_code(ANNA).await;
    let code = site.next_code().await;
    site.pass(301);
    anna.enter_code(&code).await;
    assert_eq!(anna.text("h1").await, "动态密码已过期");
    assert_eq!(anna.path().await, "/code");
    assert_eq!(anna.texts("main button").await, ["重新获取动态密码"]);
    assert_eq!(anna.count("main input:not([type=hidden])").await, 0);
    assert_eq!(anna.reload().await.text("h1").await, "动态密码已过期");
    anna.follow("#resend-button").await;
    assert_eq!(anna.text("h1").await, "输入动态密码");
    let fresh = site.next_code().await;
    anna.enter_code(&fresh).await;
    assert_eq!(anna.path().await, "/password");
    assert_eq!(site.codes_sent(), 2);
}

/// The page that says that a recovery is over, and the way back to the first page with the mailbox still there.
async fn expired_with_mailbox(person: &Visitor<'_>) {
    assert_eq!(person.text("h1").await, "页面已过期");
    let words = person.text("main").await;
    assert!(words.contains(ANNA), "{words}");
    let requests = person.requests().await;
    assert_eq!(requests.iter().rfind(|request| request.kind == "Document").unwrap().status, 410);
    person.follow("#retry").await;
    assert_eq!(person.path().await, "/");
    assert_eq!(person.value("#account").await, ANNA);
}

#[tokio::test]
async fn c16_a_code_typed_too_late_meets_a_page_that_keeps_the_mailbox() {
    for minutes in [15, 60 * 24] {
        let site = Site::start().await;
        let anna = site.visitor().await;
        anna.to_code(ANNA).await;
        site.pass(minutes * 60);
        anna.enter_code("123456").await;
        expired_with_mailbox(&anna).await;
    }
}

#[tokio::test]
async fn c16_a_page_loaded_again_too_late_keeps_the_mailbox() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    anna.to_code(ANNA).await;
    site.pass(15 * 60 + 20);
    anna.reload().await;
    expired_with_mailbox(&anna).await;
    anna.answer_captcha().await.submit().await;
    assert!(anna.path().await.starts_with("/code"));
    assert_eq!(site.app.outbound.all().iter().filter(|message| message.kind == MessageKind::Code).count(), 2);
}

#[tokio::test]
async fn c19_after_the_code_managers_find_name_and_passwords_and_nobody_finds_the_code() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    anna.to_password(ANNA).await;
    let code = site.app.outbound.codes()[0].code.clone().unwrap();
    assert_eq!(anna.attribute("#username", "autocomplete").await.as_deref(), Some("username"));
    for field in ["#new-password", "#again"] {
        assert_eq!(anna.attribute(field, "autocomplete").await.as_deref(), Some("new-password"), "{field}");
    }
    assert!(!anna.source().await.contains(&code));
    // Every address that the browser went to is one that its history may hold.
    let requests = anna.requests().await;
    assert!(requests.len() > 5);
    for request in &requests {
        assert!(!request.url.contains(&code), "{}", request.url);
        assert!(request.headers.values().all(|value| !value.contains(&code)), "{request:?}");
    }
    assert_eq!(anna.eval("return localStorage.length + sessionStorage.length").await, 0);
    anna.choose(GOOD_PASSWORD).await;
    assert!(!anna.source().await.contains(&code));
}

#[tokio::test]
async fn c20_each_step_begins_at_its_heading_or_at_what_is_wrong() {
    for device in [Device::desktop(), Device::desktop().without_script()] {
        let site = Site::start().await;
        let anna = site.visitor_with(device).await;
        anna.to_code(ANNA).await;
        assert_eq!(anna.focused().await, "h1");
        let code = site.next_code().await;
        anna.enter_code(&wrong(&code)).await;
        assert_eq!(anna.focused().await, "summary");
        anna.enter_code(&code).await;
        assert_eq!((anna.text("h1").await, anna.focused().await), ("设置新密码".to_owned(), "h1".to_owned()));
        anna.choose("too short").await;
        assert_eq!(anna.focused().await, "summary");
        anna.choose(GOOD_PASSWORD).await;
        assert_eq!((anna.text("h1").await, anna.focused().await), ("密码已修改".to_owned(), "h1".to_owned()));
    }
}

#[tokio::test]
async fn c20_the_skip_link_is_the_first_stop_and_leads_past_the_frame() {
    let site = Site::start().await;
    let anna = site.visitor().await;
    anna.open("/").await.press(Key::Tab).await;
    assert_eq!(anna.eval_text("return document.activeElement.className").await, "skip");
    let box_ = anna.on(".skip", "(box => box.width > 20 && box.height > 20)(element.getBoundingClientRect())").await;
    assert_eq!(box_, true, "it is seen while it has the focus");
    anna.press(Key::Enter).await;
    anna.until("main has the focus", "document.activeElement.id === 'main'").await;
    anna.press(Key::Tab).await;
    assert_eq!(anna.focused().await, "account");
}
