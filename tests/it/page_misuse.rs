//! The hosted pages against people in a hurry, several tabs, and pages of strangers.

use std::sync::Arc;

use crate::harness::{ANNA, Directory, PAGE_COOKIE, Setup, TestApp, UNBOUND, WIDE_GATES, Walker};

const NEW: &str = "Tiantian-2026x";

fn walker(app: &TestApp) -> Walker<'_> {
    Walker::new(app, app.client())
}

/// Another tab of the same browser.
fn tab<'a>(of: &Walker<'a>) -> Walker<'a> {
    Walker { app: of.app, client: of.client.clone(), cookie: of.cookie.clone(), page: of.page.clone(), base: of.base }
}

#[tokio::test]
async fn on_one_page_the_right_code_and_a_good_password_at_once_lead_to_the_end() {
    let app = TestApp::start_with(Setup::with("[page]\nflow = \"single\"")).await;
    let mut anna = walker(&app);
    anna.ask(ANNA).await.expect(200);
    let code = anna.code().await;
    let answer = anna.submit("/password", &[("code", &code), ("new_password", NEW), ("again", NEW)]).await;
    anna.follow(answer).await.expect(200);
    assert!(anna.page.contains("密码已修改"), "{}", anna.page);
    assert!(app.signs_in(ANNA, NEW).await);
}

/// B18: who presses twice is not told that it was too late while the password is being written.
#[tokio::test]
async fn a_password_sent_twice_is_never_told_to_have_been_too_late() {
    let directory = Arc::new(Directory::default());
    let app = TestApp::start_with(directory.setup("")).await;
    let mut anna = walker(&app);
    anna.ask(ANNA).await.expect(200);
    let code = anna.code().await;
    let answer = anna.submit("/code", &[("code", &code)]).await;
    anna.follow(answer).await.expect(200);
    let mut again = tab(&anna);
    directory.hold_writes();
    let fields = [("new_password", NEW), ("again", NEW)];
    let second = async {
        directory.write_begun().await;
        let answer = again.submit("/password", &fields).await;
        directory.let_go();
        answer
    };
    let (first, second) = tokio::join!(anna.submit("/password", &fields), second);
    assert_eq!(first.header("location"), Some("/done"));
    assert_eq!(second.status, 303, "{}", again.page);
    again.follow(second).await;
    again.open("/code").await;
    again.open("/done").await.expect(200);
}

/// C17: a form of a recovery that this browser has left does nothing to the one it holds now.
#[tokio::test]
async fn a_form_of_one_recovery_does_nothing_to_another() {
    let app = TestApp::start_with(Setup::with(WIDE_GATES)).await;
    app.add("wang@example.org", "+8613800138009").await;
    let mut first = walker(&app);
    first.ask(ANNA).await.expect(200);
    let code = first.code().await;
    let answer = first.submit("/code", &[("code", &code)]).await;
    first.follow(answer).await.expect(200);
    // Another tab goes through a recovery of another mailbox, up to the same page.
    let mut second = tab(&first);
    second.ask("wang@example.org").await.expect(200);
    let mut waiting = tab(&second);
    let code = second.code().await;
    let answer = second.submit("/code", &[("code", &code)]).await;
    second.follow(answer).await.expect(200);
    first.cookie.clone_from(&second.cookie);
    let answer = first.submit("/password", &[("new_password", NEW), ("again", NEW)]).await;
    assert!(!app.signs_in("wang@example.org", NEW).await, "the form was anna's");
    first.follow(answer).await;
    // A code typed for one mailbox costs no try of the other.
    let mut third = tab(&second);
    third.ask(UNBOUND).await.expect(200);
    waiting.cookie.clone_from(&third.cookie);
    for path in ["/code", "/resend"] {
        let answer = tab(&waiting).submit(path, &[("code", "000000")]).await;
        assert_eq!((answer.status, answer.header("location")), (303, Some("/code")), "{path}");
    }
    let answer = third.submit_code_page("000000").await;
    third.follow(answer).await.expect(200);
    assert!(third.page.contains("还可以试 4 次"), "only this one counted: {}", third.page);
}

/// Whoever comes without the cookie to a page that ended is not led to a form that would be refused for lacking it.
#[tokio::test]
async fn the_way_on_from_an_ended_recovery_needs_no_earlier_cookie() {
    let app = TestApp::start().await;
    let mut walker = walker(&app);
    walker.open("/code").await.expect(410);
    assert!(walker.page.contains("<form method=\"get\" action=\"/\">"), "{}", walker.page);
    assert!(!walker.page.contains("name=\"csrf\""), "{}", walker.page);
}

/// C17: what a stop has changed on its way stays changed: the language, and a credential that was given anew.
#[tokio::test]
async fn a_page_that_stops_keeps_what_was_changed_on_the_way() {
    let app = TestApp::start().await;
    let mut anna = walker(&app);
    anna.ask(ANNA).await.expect(200);
    app.advance(3_600);
    let answer = anna.submit("/code", &[("lang", "en")]).await.expect(410);
    assert!(anna.page.contains("<html lang=\"en\""), "{}", anna.page);
    assert!(answer.header("set-cookie").is_some_and(|set| set.contains(".en.")));
}

/// A gate that shuts after the code was right does not take away the right to set a password.
#[tokio::test]
async fn a_gate_that_shuts_after_the_right_code_costs_no_recovery() {
    let app = TestApp::start_with(Setup::with("[page]\nflow = \"single\"\n[limits]\nread = [\"4/1m\"]")).await;
    let mut anna = walker(&app);
    anna.ask(ANNA).await.expect(200);
    let code = anna.code().await;
    let bad = [("code", code.as_str()), ("new_password", "Abc-19900102-x"), ("again", "Abc-19900102-x")];
    let page = anna.page.clone();
    while anna.open("/code").await.status == 200 {}
    anna.page = page;
    anna.submit("/password", &bad).await.expect(429);
    app.advance(120);
    anna.open("/code").await;
    anna.open("/password").await.expect(200);
    let answer = anna.submit("/password", &[("new_password", NEW), ("again", NEW)]).await;
    anna.follow(answer).await.expect(200);
    assert!(app.signs_in(ANNA, NEW).await);
}

/// ASVS 6.2.8: what is not text in UTF-8 is refused, for a password that was altered on its way fits no keyboard.
#[tokio::test]
async fn a_form_that_is_no_text_is_refused() {
    let app = TestApp::start().await;
    let mut anna = walker(&app);
    anna.ask(ANNA).await.expect(200);
    let cookie = format!("{PAGE_COOKIE}={}", anna.cookie.clone().unwrap());
    let body = format!("csrf={}&account={ANNA}&code=%C3%DC%C2%EB", anna.field("csrf"));
    let headers = [("cookie", cookie.as_str()), ("content-type", "application/x-www-form-urlencoded")];
    let answer = app.client().send("POST", "/code", &headers, Some(body.into())).await;
    answer.problem(400, "bad_request");
}
