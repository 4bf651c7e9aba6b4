//! Pages of others: what they may make a browser send here (nothing), and what they may read (only if allowed by name).

use serde_json::json;

use crate::harness::{ANNA, Answer, Setup, TestApp};

const PORTAL: &str = "https://portal.example.gov.cn";
const ALLOWING: &str =
    "[server]\npublic_url = \"https://mail.example.gov.cn\"\ncors_origins = [\"https://portal.example.gov.cn\"]";
/// Looks like the allowed origin, and is another.
const STRANGERS: [&str; 12] = [
    "https://evil.example",
    "null",
    "https://sub.portal.example.gov.cn",
    "https://example.gov.cn",
    "https://portal.example.gov.cn.",
    "https://portal.example.gov.cn:444",
    "http://portal.example.gov.cn",
    "https://portal.example.gov.cn.evil.example",
    "https://portal.example.gov.cn@evil.example",
    "https://evil.example#https://portal.example.gov.cn",
    "https://PORTAL.example.gov.cn",
    "*",
];

fn no_access(answer: &Answer, origin: &str) {
    for name in ["access-control-allow-origin", "access-control-allow-credentials"] {
        assert!(answer.header(name).is_none(), "{origin}: {answer:?}");
    }
}

/// case 60: no form of a foreign page gets through: not by its media type, and where the browser names the page, not at all.
#[tokio::test]
async fn a_foreign_form_starts_nothing() {
    let app = TestApp::start().await;
    let anna = app.claimant().start(ANNA).await;
    let code = anna.code().await;
    let cookie = format!("__Host-resetgate={}", anna.credential);
    let start = json!({ "account": ANNA, "captcha": anna.captcha().await }).to_string();
    let prove = json!({ "code": code }).to_string();
    let forms = [
        ("text/plain", start.clone()),
        ("text/plain;charset=UTF-8", prove.clone()),
        ("application/x-www-form-urlencoded", format!("account={ANNA}&code={code}")),
        ("application/x-www-form-urlencoded", String::new()),
        (
            "multipart/form-data; boundary=x",
            format!("--x\r\ncontent-disposition: form-data; name=\"code\"\r\n\r\n{code}\r\n--x--"),
        ),
        ("text/plain; application/json", prove.clone()),
        ("application/json; charset=utf-8, text/plain", prove),
        ("", start),
    ];
    let paths = [
        "/v1/password-resets".to_owned(),
        anna.path("/verify"),
        anna.path("/resend"),
        anna.path("/complete"),
        "/v1/captchas".to_owned(),
    ];
    for (kind, body) in &forms {
        for path in &paths {
            let mut headers = vec![("cookie", cookie.as_str())];
            if !kind.is_empty() {
                headers.push(("content-type", kind));
            }
            let plain = app.client().send("POST", path, &headers, Some(body.clone().into())).await;
            plain.problem(415, "unsupported_media_type");
            headers.push(("origin", "https://evil.example"));
            app.client().send("POST", path, &headers, Some(body.clone().into())).await.problem(403, "forbidden");
        }
    }
    assert_eq!(app.events.count(|event| event.kind.name() == "reset.requested"), 1);
    assert_eq!(app.outbound.codes().len(), 1);
    let status = anna.status().await.expect(200);
    assert_eq!((status.text("state").as_str(), &status.body["attempts_left"]), ("code_sent", &json!(5)));
}

/// case 60: sound JSON with a good cookie is refused when the browser says that another page sent it.
#[tokio::test]
async fn a_good_cookie_from_a_foreign_page_is_refused() {
    let app = TestApp::start().await;
    let anna = app.claimant().start(ANNA).await;
    let code = anna.code().await;
    let cookie = format!("__Host-resetgate={}", anna.credential);
    let browser = app.client().with("cookie", &cookie);
    let foreign = [("origin", "https://evil.example"), ("origin", "null"), ("sec-fetch-site", "cross-site")];
    for (name, value) in foreign {
        let browser = browser.clone().with(name, value);
        browser.post(&anna.path("/verify"), &json!({ "code": code })).await.problem(403, "forbidden");
        browser.post(&anna.path("/resend"), &json!({})).await.problem(403, "forbidden");
        browser.send("DELETE", &anna.path(""), &[], None).await.problem(403, "forbidden");
    }
    let own = browser.with("origin", "http://127.0.0.1:8080").with("sec-fetch-site", "same-origin");
    own.post(&anna.path("/verify"), &json!({ "code": code })).await.expect(200);
}

/// case 61: without a configured origin no answer allows any page to read it, and no preflight is granted.
#[tokio::test]
async fn by_default_no_foreign_page_may_read_an_answer() {
    let app = TestApp::start().await;
    for origin in STRANGERS.into_iter().chain([PORTAL]) {
        let client = app.client().with("origin", origin);
        no_access(&client.get("/v1/config").await.expect(200), origin);
        no_access(&client.post("/v1/captchas", &json!({})).await.expect(403), origin);
        let wish = [("access-control-request-method", "POST"), ("access-control-request-headers", "content-type")];
        no_access(&client.send("OPTIONS", "/v1/password-resets", &wish, None).await.expect(204), origin);
    }
}

/// case 61: a configured origin is allowed by its exact text, without cookies, and whoever resembles it is not.
#[tokio::test]
async fn a_configured_origin_is_allowed_exactly() {
    let app = TestApp::start_with(Setup::with(ALLOWING)).await;
    let wish =
        [("access-control-request-method", "POST"), ("access-control-request-headers", "content-type,authorization")];
    let portal = app.client().with("origin", PORTAL);
    for answer in
        [portal.get("/v1/config").await, portal.post("/v1/captchas", &json!({})).await, portal.get("/none").await]
    {
        assert_eq!(answer.header("access-control-allow-origin"), Some(PORTAL), "{answer:?}");
        assert!(answer.header("access-control-allow-credentials").is_none());
        let exposed = answer.header("access-control-expose-headers").unwrap();
        assert!(["retry-after", "ratelimit", "x-request-id"].iter().all(|name| exposed.contains(name)), "{exposed}");
        assert!(answer.header("vary").is_some_and(|vary| vary.to_ascii_lowercase().contains("origin")));
    }
    let preflight = portal.send("OPTIONS", "/v1/password-resets", &wish, None).await;
    assert!([200, 204].contains(&preflight.status), "{preflight:?}");
    assert_eq!(preflight.header("access-control-allow-origin"), Some(PORTAL));
    assert_eq!(preflight.header("access-control-max-age"), Some("600"));
    for origin in STRANGERS {
        let client = app.client().with("origin", origin);
        no_access(&client.get("/v1/config").await.expect(200), origin);
        no_access(&client.post("/v1/captchas", &json!({})).await.problem(403, "forbidden"), origin);
        no_access(&client.send("OPTIONS", "/v1/password-resets", &wish, None).await, origin);
    }
}

/// The picture and the sound may be shown where their captcha may be asked for; nothing else may.
#[tokio::test]
async fn captchas_may_be_shown_by_pages_of_others_only_where_some_are_allowed() {
    for (settings, expected) in [("", "same-origin"), (ALLOWING, "cross-origin")] {
        let app = TestApp::start_with(Setup::with(settings)).await;
        for kind in ["image", "audio"] {
            let captcha = app.client().post("/v1/captchas", &json!({ "kind": kind })).await.expect(201);
            let media = app.client().with("origin", PORTAL).get(&captcha.text(kind)).await.expect(200);
            assert_eq!(media.header("cross-origin-resource-policy"), Some(expected), "{kind}");
            let allowed = media.header("access-control-allow-origin");
            assert_eq!(allowed, (expected == "cross-origin").then_some(PORTAL), "{kind}");
            assert_eq!(captcha.header("cross-origin-resource-policy"), Some("same-origin"));
        }
        for path in ["/v1/config", "/", "/help"] {
            let answer = app.client().get(path).await;
            assert_eq!(answer.header("cross-origin-resource-policy"), Some("same-origin"), "{path}");
        }
    }
}
