//! The hosted pages without a browser: what crosses the wire. What people see is in tests/browser.

use crate::harness::{ANNA, DISABLED, OLD_PASSWORD, PAGE_COOKIE, Setup, Shape, TestApp, UNBOUND, UNKNOWN, Walker};

const NEW: &str = "Tiantian-2026x";

fn walker(app: &TestApp) -> Walker<'_> {
    Walker::new(app, app.client())
}

fn walker_from<'a>(app: &'a TestApp, address: &str) -> Walker<'a> {
    Walker::new(app, app.client().at(address))
}

#[tokio::test]
async fn the_whole_journey_works_with_forms_alone() {
    let app = TestApp::start().await;
    let mut anna = walker(&app);
    anna.ask(ANNA).await.expect(200);
    let code = anna.code().await;
    let answer = anna.submit("/code", &[("code", &code)]).await;
    anna.follow(answer).await.expect(200);
    let answer = anna.submit("/password", &[("new_password", NEW), ("again", NEW)]).await;
    anna.follow(answer).await.expect(200);
    assert!(anna.page.contains("密码已修改"), "{}", anna.page);
    assert!(app.signs_in(ANNA, NEW).await && !app.signs_in(ANNA, OLD_PASSWORD).await);
    // Loading it again changes nothing, and every earlier page leads here.
    for path in ["/done", "/code", "/password"] {
        let answer = anna.open(path).await;
        assert!(answer.status == 200 || answer.header("location") == Some("/done"), "{path}");
    }
}

#[tokio::test]
async fn code_and_password_on_one_page_work_with_forms_alone() {
    let app = TestApp::start_with(Setup::with("[page]\nflow = \"single\"")).await;
    let mut anna = walker(&app);
    anna.ask(ANNA).await.expect(200);
    let code = anna.code().await;
    // A right code with a password that holds the birthday: the code is not asked for again.
    let bad = [("code", code.as_str()), ("new_password", "Abc-19900102-x"), ("again", "Abc-19900102-x")];
    anna.submit("/password", &bad).await.expect(422);
    assert!(!anna.page.contains("name=\"code\""), "{}", anna.page);
    assert!(anna.page.contains("动态密码验证通过"), "{}", anna.page);
    let answer = anna.submit("/password", &[("new_password", NEW), ("again", NEW)]).await;
    anna.follow(answer).await.expect(200);
    assert!(app.signs_in(ANNA, NEW).await);
}

/// What costs nothing on one page with the code: a wrong form, and two entries that differ.
#[tokio::test]
async fn on_one_page_nothing_counts_before_the_form_is_complete() {
    let app = TestApp::start_with(Setup::with("[page]\nflow = \"single\"")).await;
    let mut anna = walker(&app);
    anna.ask(ANNA).await.expect(200);
    let code = anna.code().await;
    for (new, again) in [(NEW, "other"), ("", ""), ("short", "short")] {
        anna.submit("/password", &[("code", "000000"), ("new_password", new), ("again", again)]).await.expect(422);
        assert!(!anna.page.contains(NEW), "passwords are not sent back");
    }
    anna.submit("/password", &[("code", "12"), ("new_password", NEW), ("again", NEW)]).await.expect(422);
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let answer = anna.submit("/password", &[("code", wrong), ("new_password", NEW), ("again", NEW)]).await;
    anna.follow(answer).await.expect(200);
    assert!(anna.page.contains("还可以试 4 次"), "only the last one counted: {}", anna.page);
}

/// B19: nobody learns from any page who has an account: every answer of four walks has the same bytes.
#[tokio::test]
async fn b19_known_unknown_unbound_and_disabled_mailboxes_see_the_same_bytes() {
    let app = TestApp::start_with(Setup::with("[page.name]\nen = \"Mail\"")).await;
    let mut walks = Vec::new();
    for (number, account) in [ANNA, UNKNOWN, UNBOUND, DISABLED].into_iter().enumerate() {
        let mut walker = walker_from(&app, &format!("203.0.113.{}", number + 1));
        let mut shapes = vec![walker.ask(account).await];
        let _ = app.delivery(&walker.recovery(), 1).await;
        shapes.push(walker.submit("/resend", &[]).await);
        for _ in 0..3 {
            let answer = walker.submit_code_page("000000").await;
            shapes.push(answer.clone());
            shapes.push(walker.follow(answer).await);
        }
        app.advance(0);
        shapes.push(walker.open("/password").await);
        shapes.push(walker.open("/done").await);
        for _ in 0..2 {
            shapes.push(walker.submit_code_page("000000").await);
        }
        shapes.push(walker.open("/code").await);
        let local = account.split('@').next().unwrap();
        let shapes = shapes.iter().map(Shape::of).map(|mut shape| {
            shape.body = shape.body.replace(local, "NAME");
            shape.headers.retain(|(name, _)| name != "content-length");
            shape
        });
        walks.push(shapes.collect::<Vec<_>>());
    }
    for (step, known) in walks[0].iter().enumerate() {
        for other in &walks[1..] {
            assert_eq!(known, &other[step], "step {step}");
        }
    }
    assert_eq!(walks[0].last().unwrap().status, 423);
}

/// J4: a form without this browser's anchor does nothing, whatever else it holds.
#[tokio::test]
async fn j4_a_form_without_the_anchor_of_this_browser_is_refused() {
    let app = TestApp::start().await;
    let mut anna = walker(&app);
    anna.ask(ANNA).await.expect(200);
    let code = anna.code().await;
    let foreign = walker(&app).anchor().await;
    for csrf in ["", "x", foreign.as_str()] {
        anna.submit("/code", &[("csrf", csrf), ("code", &code)]).await.expect(403);
        anna.open("/code").await.expect(200);
    }
    let crossing = anna.client.clone().with("sec-fetch-site", "cross-site").with("origin", "null");
    let own = std::mem::replace(&mut anna.client, crossing);
    anna.submit("/code", &[("code", &code)]).await.expect(403);
    assert!(anna.page.contains("<html"), "a page, not a problem for programs");
    anna.client = own.with("sec-fetch-site", "same-origin").with("origin", "null");
    anna.open("/code").await.expect(200);
    assert_eq!(anna.submit("/code", &[("code", &code)]).await.header("location"), Some("/password"));
}

/// J3, J6, J8: one cookie, for this host alone; links do not follow the Host header, and no URL names anybody.
#[tokio::test]
async fn j3_j6_j8_the_cookie_is_for_this_host_alone_and_no_url_names_anybody() {
    let app = TestApp::start().await;
    let mut anna = Walker::new(&app, app.client().with("host", "evil.example"));
    let first = anna.open("/").await;
    let cookie = first.header("set-cookie").unwrap().to_owned();
    for part in [PAGE_COOKIE, "Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }
    assert!(!cookie.contains("Domain") && first.headers.get_all("set-cookie").iter().count() == 1);
    anna.ask(ANNA).await.expect(200);
    assert!(!anna.page.contains("evil.example"));
    for attribute in ["href=\"", "action=\"", "src=\""] {
        for address in anna.page.split(attribute).skip(1).map(|rest| rest.split('"').next().unwrap()) {
            assert!(address.starts_with(['/', '#', '?']) && !address.contains("anna"), "{address}");
        }
    }
}

/// B18: the same form sent twice at once sends one message.
#[tokio::test]
async fn b18_the_same_form_twice_sends_one_message() {
    let app = TestApp::start().await;
    let mut one = walker(&app);
    one.open("/").await;
    one.submit("/", &[("account", ANNA), ("action", "pow")]).await.expect(200);
    let nonce = resetgate::captcha::solve_pow(&one.attribute("data-salt"), 8);
    let mut other = Walker {
        app: &app,
        client: one.client.clone(),
        cookie: one.cookie.clone(),
        page: one.page.clone(),
        base: one.base,
    };
    let fields = [("account", ANNA), ("nonce", nonce.as_str()), ("action", "send")];
    let (first, second) = tokio::join!(one.submit("/", &fields), other.submit("/", &fields));
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 422]);
}

/// E4: a place that is not allowed is no way back.
#[tokio::test]
async fn e4_only_an_allowed_place_is_led_back_to() {
    let setup = "[page]\nlogin_url = \"https://login.example.gov.cn/\"\n[server]\nreturn_to_allow = [\"https://portal.example.gov.cn/\"]";
    for (asked, led) in [
        ("https://portal.example.gov.cn/inbox", "https://portal.example.gov.cn/inbox"),
        ("https://evil.example/", "https://login.example.gov.cn/"),
        ("javascript:alert(1)", "https://login.example.gov.cn/"),
        ("", "https://login.example.gov.cn/"),
    ] {
        let app = TestApp::start_with(Setup::with(setup)).await;
        let mut anna = walker(&app);
        anna.open(&format!("/?return_to={asked}")).await;
        anna.submit("/", &[("account", ANNA), ("action", "pow"), ("return_to", asked)]).await;
        let nonce = resetgate::captcha::solve_pow(&anna.attribute("data-salt"), 8);
        let answer = anna.submit("/", &[("account", ANNA), ("nonce", &nonce), ("return_to", asked)]).await;
        anna.follow(answer).await.expect(200);
        let code = anna.code().await;
        let answer = anna.submit("/code", &[("code", &code)]).await;
        anna.follow(answer).await;
        let answer = anna.submit("/password", &[("new_password", NEW), ("again", NEW)]).await;
        anna.follow(answer).await;
        assert!(anna.page.contains(&format!("href=\"{led}\"")), "{asked}: {}", anna.page);
        assert!(!anna.page.contains("evil") && !anna.page.contains("javascript:"));
    }
}

/// A text of the configuration or of a form is shown literally (case 77).
#[tokio::test]
async fn nothing_that_is_typed_or_configured_becomes_part_of_a_page() {
    let app = TestApp::start_with(Setup::with("[help]\nname = '<script>alert(1)</script>\"'")).await;
    let mut walker = walker(&app);
    walker.open("/?account=%22%3E%3Cscript%3Ealert(2)%3C/script%3E&return_to=%22%3E%3Cb%3E").await.expect(200);
    for shown in [walker.page.clone(), {
        walker.submit("/", &[("account", "\"><i>x")]).await;
        walker.page.clone()
    }] {
        assert!(!shown.contains("<script>") && !shown.contains("\"><i>") && !shown.contains("\"><b>"), "{shown}");
        assert!(shown.contains("&lt;script&gt;"), "{shown}");
    }
}

#[tokio::test]
async fn pages_are_for_people_and_problems_for_programs() {
    let app = TestApp::start().await;
    let mut person = walker(&app);
    for (path, status) in [("/nowhere", 404), ("/resend", 405), ("/code", 410), ("/password", 410), ("/done", 410)] {
        let answer = person.open(path).await.expect(status);
        assert!(answer.header("content-type").unwrap().starts_with("text/html"), "{path}");
        assert!(person.page.contains("<html lang=\"zh-CN\""), "{path}");
    }
    assert_eq!(person.open("/resend").await.header("allow"), Some("POST, OPTIONS"));
    person.open("/v1/nowhere").await.problem(404, "not_found");
    app.client().get("/nowhere").await.problem(404, "not_found");
    app.client().get("/code").await.problem(410, "flow_expired");
}

/// What stops people on the pages is counted as what stops programs is.
#[tokio::test]
async fn errors_of_forms_are_figures() {
    let app = TestApp::start().await;
    let mut anna = walker(&app);
    anna.open("/").await;
    anna.submit("/", &[("account", "not an address"), ("answer", "")]).await.expect(422);
    anna.ask(ANNA).await.expect(200);
    anna.submit_code_page("12").await.expect(422);
    let (_, figures) = app.ops("/metrics").await;
    for (code, times) in [("validation_failed", 1), ("code_format", 1)] {
        let line = format!("resetgate_form_errors_total{{code=\"{code}\"}} {times}");
        assert!(figures.contains(&line), "{line} in {figures}");
    }
}
