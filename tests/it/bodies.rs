//! Bodies that are too long, too deep, cut off, packed or written otherwise.

use crate::harness::{ANNA, Setup, TestApp, WIDE_GATES};

const PATH: &str = "/v1/password-resets";

async fn post(app: &TestApp, kind: &str, body: impl Into<Vec<u8>>) -> (u16, String) {
    let answer = app.client().send("POST", PATH, &[("content-type", kind)], Some(body.into())).await;
    (answer.status, answer.code().to_owned())
}

/// case 65: what is no JSON object in UTF-8 is refused as such, in every way there is to be none.
#[tokio::test]
async fn what_is_no_json_object_is_refused() {
    let app = TestApp::start().await;
    let good = format!("{{\"account\":\"{ANNA}\"}}");
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(good.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let bodies: [Vec<u8>; 13] = [
        Vec::new(),
        b" ".to_vec(),
        good[..good.len() - 1].into(),
        b"{\"account\":\"anna".to_vec(),
        utf16,
        b"{\"account\":\"anna\xff@example.gov.cn\"}".to_vec(),
        b"{\"account\":\"\\ud800@example.gov.cn\"}".to_vec(),
        b"{\"account\":\"anna\x01@example.gov.cn\"}".to_vec(),
        format!("{good}{good}").into(),
        format!("{good} x").into(),
        format!("{good}\0").into(),
        format!("// a word\n{good}").into(),
        format!("{{\"account\":\"{ANNA}\",}}").into(),
    ];
    for body in bodies {
        let told = String::from_utf8_lossy(&body).into_owned();
        assert_eq!(post(&app, "application/json", body).await, (400, "bad_request".to_owned()), "{told:?}");
    }
}

/// What is JSON in UTF-8 is read, however its sender says so, and gets as far as the captcha.
#[tokio::test]
async fn every_spelling_of_json_in_utf_8_is_read() {
    let app = TestApp::start_with(Setup::with(WIDE_GATES)).await;
    let good = format!("{{\"account\":\"{ANNA}\"}}");
    for kind in [
        "application/json; charset=utf8",
        "application/json;",
        "application/json ; ",
        "APPLICATION/JSON; CHARSET=UTF-8",
        "application/json; charset=\"UTF-8\"",
        "application/json;charset=Utf8;",
        "application/json; profile=x",
    ] {
        assert_eq!(post(&app, kind, good.clone()).await, (422, "captcha_required".to_owned()), "{kind}");
    }
    let marked = format!("\u{feff}{good}");
    assert_eq!(post(&app, "application/json", marked).await, (422, "captcha_required".to_owned()));
}

/// A form is one in every spelling, too, and where no origin is named its anchor decides, as for any other.
#[tokio::test]
async fn every_spelling_of_a_form_is_read() {
    let app = TestApp::start().await;
    for kind in [
        "Application/X-WWW-Form-Urlencoded",
        "application/x-www-form-urlencoded;",
        "application/x-www-form-urlencoded; charset=utf8",
    ] {
        let headers = [("content-type", kind), ("accept", "text/html"), ("origin", "null")];
        let answer = app.client().send("POST", "/help", &headers, Some(b"q=example.gov.cn".to_vec())).await;
        assert_eq!(answer.status, 200, "{kind}");
    }
}

/// case 65: ten thousand levels end in a refusal, not in the end of the stack.
#[tokio::test]
async fn ten_thousand_levels_are_refused() {
    let app = TestApp::start().await;
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let depth = 10_000_usize.min(16_000 / open.len());
        for end in ["", &close.repeat(200)] {
            let deep = format!("{}{end}", open.repeat(depth.min(16_000 / open.len())));
            assert_eq!(post(&app, "application/json", deep.clone()).await.0, 400);
            let inside = format!("{{\"captcha\":{}", &deep[..deep.len().min(16_000)]);
            assert_eq!(post(&app, "application/json", inside).await.0, 400);
        }
    }
}

/// case 65: 16 KiB are read, one byte more is not.
#[tokio::test]
async fn a_body_over_the_limit_is_refused() {
    let app = TestApp::start().await;
    let padded = |length: usize| {
        let good = format!("{{\"account\":\"{ANNA}\"}}");
        format!("{good}{}", " ".repeat(length - good.len()))
    };
    assert_eq!(post(&app, "application/json", padded(16_384)).await, (422, "captcha_required".to_owned()));
    assert_eq!(post(&app, "application/json", padded(16_385)).await, (413, "payload_too_large".to_owned()));
}

/// case 65: another charset, a packed body or another media type is not unpacked and not guessed.
#[tokio::test]
async fn other_encodings_are_refused() {
    let app = TestApp::start().await;
    let good = format!("{{\"account\":\"{ANNA}\"}}");
    let kinds = [
        "application/json; charset=gbk",
        "application/json; charset=utf-16",
        "text/json",
        "application/jsonp",
        "application/json-patch+json",
        "*/*",
        "application/json; x",
    ];
    for kind in kinds {
        assert_eq!(post(&app, kind, good.clone()).await, (415, "unsupported_media_type".to_owned()), "{kind}");
    }
    for coding in ["gzip", "deflate", "br", "zstd", "gzip, gzip", "x-unknown"] {
        let headers = [("content-type", "application/json"), ("content-encoding", coding)];
        let answer = app.client().send("POST", PATH, &headers, Some(good.clone().into())).await;
        answer.problem(415, "unsupported_media_type");
    }
}
