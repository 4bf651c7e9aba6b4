//! What goes in does not come out: no answer repeats a code, a password or hostile text.

use serde_json::{Value, json};

use crate::harness::{ANNA, Answer, Claimant, TestApp};

const NEW: &str = "Tiantian-2026x";

/// A whole answer, head and body, as one text.
fn whole(answer: &Answer) -> String {
    let head = answer.headers.iter().map(|(name, value)| format!("{name}: {}\n", value.to_str().unwrap_or("?")));
    format!("{}{}", head.collect::<String>(), String::from_utf8_lossy(&answer.bytes))
}

/// case 100: in no answer of a whole journey stands the code that was sent, nor what was presented instead of it.
#[tokio::test]
async fn no_answer_repeats_a_code_or_a_password() {
    let app = TestApp::start().await;
    let mut answers = Vec::new();
    let mut anna = app.claimant();
    answers.push(anna.try_start(ANNA).await.expect(202));
    let code = anna.code().await;
    answers.push(anna.status().await);
    let wrong = Claimant::wrong(&code);
    answers.push(anna.verify(&wrong).await.expect(422));
    answers.push(anna.verify(&format!("{code}7")).await.expect(422));
    answers.push(anna.verify("abcdef").await.expect(422));
    let misnamed = json!({ "kode": code });
    answers.push(anna.holder().post(&anna.path("/verify"), &misnamed).await.expect(400));
    let number = format!("{{\"code\":{code}}}");
    answers.push(anna.holder().post_text(&anna.path("/verify"), &number).await.expect(400));
    answers.push(anna.resend(&json!({})).await);
    answers.push(anna.verify(&code).await.expect(200));
    answers.push(anna.status().await);
    answers.push(anna.complete("Secret-Word-13800138000").await.expect(422));
    answers.push(anna.holder().post(&anna.path("/complete"), &json!({ "new_password": [NEW] })).await.expect(400));
    answers.push(anna.complete(NEW).await.expect(200));
    answers.push(anna.verify(&code).await);
    answers.push(anna.status().await);
    for answer in &answers {
        let text = whole(answer);
        for secret in [code.as_str(), wrong.as_str(), "abcdef", NEW, "Secret-Word", "13800138000"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
    let later = answers.iter().filter(|answer| answer.body["flow_token"].is_string()).count();
    assert_eq!(later, 2, "the credential is told once when it begins and once when it rotates");
}

/// What text interpreters, terminals, directories, data bases and log readers would run.
const HOSTILE: [&str; 10] = [
    "x\r\nSet-Cookie: a=b",
    "x\r\n{\"level\":\"INFO\"}",
    "<script>alert(1)</script>",
    "%0d%0aBcc:x@example.org",
    "*)(uid=*",
    "' OR '1'='1'; --",
    "${jndi:ldap://evil.example/x}",
    "%s%n%x{}{0}{code}",
    "\u{1b}[2J\u{202e}\u{2028}",
    "../../../../etc/passwd",
];

/// case 77: in every field, hostile text is refused or stands for itself; it is never run, never repeated, never a fault.
#[tokio::test]
async fn hostile_text_in_any_field_is_refused_or_stands_for_itself() {
    let app = TestApp::start().await;
    for (round, text) in HOSTILE.into_iter().enumerate() {
        let anna = app.claimant_from(&format!("203.0.113.{round}")).start(ANNA).await;
        app.advance(1_000);
        let holder = app.claimant_from(&format!("198.51.100.{round}")).start(ANNA).await;
        let client = anna.client.at(&format!("192.0.2.{round}"));
        let nested = |id: &str, answer: &str| json!({ "id": id, "answer": answer });
        let bodies: [(&str, Value); 10] = [
            ("", json!({ "account": text })),
            ("", json!({ "account": format!("{text}@example.gov.cn") })),
            ("", json!({ "account": format!("anna@{text}") })),
            ("", json!({ "account": ANNA, "locale": text })),
            ("", json!({ "account": ANNA, "return_to": text })),
            ("", json!({ "account": ANNA, "captcha": nested(text, "abcde") })),
            ("", json!({ "account": ANNA, "captcha": nested("x", text) })),
            ("/verify", json!({ "code": text })),
            ("/complete", json!({ "code": text, "new_password": NEW })),
            ("/complete", json!({ "new_password": NEW, "max_age": text })),
        ];
        for (step, body) in bodies {
            let path = if step.is_empty() { "/v1/password-resets".to_owned() } else { holder.path(step) };
            let answer = client.holding(&holder.credential).post(&path, &body).await;
            harmless(&answer, text, &body);
        }
        // The sender's own member is named as what it is, a JSON string.
        client.post("/v1/password-resets", &json!({ text: text })).await.problem(400, "bad_request");
        for body in [json!({ "kind": text }), json!({ "kind": "pow", "replaces": text })] {
            harmless(&client.post("/v1/captchas", &body).await, text, &body);
        }
        let plain: String = text.chars().filter(char::is_ascii_graphic).collect();
        for header in ["accept-language", "authorization", "user-agent", "x-request-id", "cookie", "x-forwarded-for"] {
            let answer = client.clone().with(header, &plain).get(&holder.path("")).await;
            harmless(&answer, &plain, &json!(header));
        }
    }
    drop_and_read(app).await;
}

#[track_caller]
fn harmless(answer: &Answer, text: &str, given: &Value) {
    let refused = (400..500).contains(&answer.status);
    assert!(refused || [200, 201, 202].contains(&answer.status), "{given}: {answer:?}");
    let told = whole(answer);
    let raw = serde_json::to_string(text).unwrap();
    assert!(!told.contains(text) && !told.contains(raw.trim_matches('"')), "{given}: {told}");
}

/// The trail is read back: one event is one line of JSON, whatever was typed.
async fn drop_and_read(mut app: TestApp) {
    app.stop().await;
    let lines = app.trail();
    assert!(lines.len() > 20);
    for line in lines {
        let event: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert!(event["seq"].is_u64() && event["kind"].is_string(), "{line}");
        assert!(!line.contains(|sign: char| sign.is_control() || sign == '\u{2028}' || sign == '\u{202e}'), "{line:?}");
    }
}

/// case 77: a password is a text like any other: it is written as it is and signs in as it is.
#[tokio::test]
async fn a_password_of_hostile_text_is_stored_as_it_stands() {
    let app = TestApp::start().await;
    let password = "Q7'; --<b>${x}%s*)(\\u0041\"";
    app.claimant().verified(ANNA).await.complete(password).await.expect(200);
    assert!(app.signs_in(ANNA, password).await);
    assert!(!app.signs_in(ANNA, "Q7").await);
}

/// case 77: an address may hold signs that mean something to a data base; it names itself and nobody else.
#[tokio::test]
async fn an_address_with_a_quote_names_its_own_account_only() {
    let app = TestApp::start().await;
    app.add("o'brien--@example.gov.cn", "13800138001").await;
    app.claimant().start("O'Brien--@example.gov.cn").await.code().await;
    let stranger = app.claimant_from("203.0.113.3").start("x'or'1'='1@example.gov.cn").await;
    assert_eq!(app.delivery(&stranger.id, 1).await, Err("unknown_account"));
    assert_eq!(app.outbound.all().len(), 1);
}

/// case 99: neither answers to strangers nor the trail hold a whole number, a whole address, a code or a key.
#[tokio::test]
async fn the_trail_of_a_whole_journey_names_nobody_in_full() {
    let mut app = TestApp::start().await;
    let anna = {
        let anna = app.claimant().verified(ANNA).await;
        anna.complete("Anna-1990-01-02x").await.expect(422);
        anna.complete(NEW).await.expect(200);
        (anna.credential.clone(), app.outbound.codes()[0].code.clone().unwrap())
    };
    app.stop().await;
    let trail = app.trail().join("\n");
    assert!(trail.contains("an***@example.gov.cn") && trail.contains("138****8000"), "{trail}");
    let (credential, code) = anna;
    let keys = ["test-pepper", "test-audit-key"];
    for secret in [&credential, NEW, "Anna-1990", ANNA, "13800138000", "19900102"].into_iter().chain(keys) {
        assert!(!trail.contains(secret), "{secret}");
    }
    let words = trail.split(|sign: char| !sign.is_ascii_alphanumeric());
    assert_eq!(words.filter(|word| *word == code).count(), 0, "the code");
}
