//! Codes: how they are drawn and typed, how often and how long they work.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::harness::{ANNA, Claimant, Scripted, Setup, TestApp, WIDE_GATES};

async fn scripted(settings: &str) -> (TestApp, Arc<Scripted>) {
    let random = Arc::new(Scripted::default());
    (TestApp::start_with(Setup { random: random.clone(), ..Setup::with(settings) }).await, random)
}

/// A recovery whose code is known beforehand.
async fn start_with_code<'a>(app: &'a TestApp, random: &Scripted, account: &str, code: u64) -> Claimant<'a> {
    let mut claimant = app.claimant();
    let captcha = claimant.captcha().await;
    random.then([code]);
    claimant.try_start_with(account, captcha).await.expect(202);
    assert_eq!(claimant.code().await, format!("{code:06}"));
    claimant
}

/// case 2: a code is a text from the draw to the provider, so that leading zeros arrive.
#[tokio::test]
async fn leading_zeros_reach_the_provider_and_are_accepted() {
    let (app, random) = scripted("").await;
    let mut anna = start_with_code(&app, &random, ANNA, 2_569).await;
    let message = app.outbound.codes().remove(0);
    assert_eq!(message.code.as_deref(), Some("002569"));
    assert!(message.text.contains("002569"), "{}", message.text);
    anna.holder().post(&anna.path("/verify"), &json!({ "code": 2_569 })).await.problem(400, "bad_request");
    anna.verify("2569").await.problem(422, "code_format");
    anna.verify("002569").await.expect(200);
}

/// case 3: nothing but chance goes into a code, so two services of one configuration and one moment do not agree.
#[tokio::test]
async fn two_instances_started_at_one_moment_draw_different_codes() {
    let mut drawn = Vec::new();
    for _ in 0..2 {
        let app = TestApp::start_with(Setup::with("[code]\nlength = 10")).await;
        let anna = app.claimant().start(ANNA).await;
        drawn.push((anna.code().await, anna.id.clone(), anna.credential.clone()));
    }
    let (one, other) = (&drawn[0], &drawn[1]);
    assert!(one.0 != other.0 && one.1 != other.1 && one.2 != other.2, "{drawn:?}");
}

/// case 4: no id, seed or other parameter of a captcha influences a draw; the code is the generator's next number.
#[tokio::test]
async fn no_parameter_of_a_thousand_captchas_reaches_the_code() {
    let (app, random) = scripted(WIDE_GATES).await;
    let client = app.client();
    let mut former = String::from("cap_AAAA");
    for turn in 0..1_000 {
        let kind = ["image", "pow", "audio"][turn % 3];
        let locale = ["zh-CN", "en", "123456"][turn % 3];
        let asked = json!({ "kind": kind, "locale": locale, "replaces": former });
        former = client.post("/v1/captchas", &asked).await.expect(201).text("id");
    }
    let before = random.drawn();
    for member in ["seed", "id", "code", "random", "length"] {
        let asked = json!({ "kind": "image", member: "123456" });
        client.post("/v1/captchas", &asked).await.problem(400, "bad_request");
    }
    assert_eq!(random.drawn(), before, "a refused request draws nothing");
    let anna = app.claimant().start(ANNA).await;
    let code = anna.code().await;
    assert_eq!(code, format!("{:06}", random.drawn().last().unwrap() % 1_000_000));
}

/// case 5 and case 15: a code is accepted once, and never again after it was right or the password was set.
#[tokio::test]
async fn a_code_is_accepted_once_and_never_after_the_password_was_set() {
    let app = TestApp::start().await;
    let mut anna = app.claimant().start(ANNA).await;
    let code = anna.code().await;
    let first = anna.holder();
    anna.verify(&code).await.expect(200);
    let again = json!({ "code": code });
    first.post(&anna.path("/verify"), &again).await.problem(401, "unauthorized");
    assert_eq!(anna.verify(&code).await.problem(409, "flow_state").text("state"), "verified");
    anna.complete("Tiantian-2026x").await.expect(200);
    assert_eq!(anna.verify(&code).await.problem(409, "flow_state").text("state"), "completed");
    let both = json!({ "code": code, "new_password": "Mingtian-2027y" });
    anna.holder().post(&anna.path("/complete"), &both).await.problem(409, "flow_state");
    first.post(&anna.path("/complete"), &both).await.problem(401, "unauthorized");
    assert!(app.signs_in(ANNA, "Tiantian-2026x").await);
}

/// case 6: a second before its end a code works; a second after it does not, and costs no try. A clock stepped back
/// cannot reach the service: that its clock is monotonic is tested where the clock is.
#[tokio::test]
async fn a_code_works_until_its_last_second() {
    let app = TestApp::start().await;
    let mut anna = app.claimant().start(ANNA).await;
    let code = anna.code().await;
    app.advance(299);
    anna.verify(&code).await.expect(200);

    let mut late = app.claimant().start(ANNA).await;
    let code = late.code().await;
    app.advance(301);
    late.verify(&code).await.problem(410, "code_expired");
    assert_eq!(late.status().await.body["attempts_left"], 5);
    late.resend(&json!({})).await.expect(202);
    let further = app.delivery(&late.id, 2).await.unwrap();
    late.verify(&code).await.problem(422, "code_incorrect");
    late.verify(&further).await.expect(200);
}

/// case 7: each form costs a try or is refused without one, never both. Spaces, hyphens and full-width digits are what
/// phones and input methods add.
#[tokio::test]
async fn every_form_of_a_code_costs_one_try_or_none() {
    let (app, random) = scripted(WIDE_GATES).await;
    let mut anna = start_with_code(&app, &random, ANNA, 123_456).await;
    let left = async |anna: &Claimant<'_>| anna.status().await.body["attempts_left"].as_u64().unwrap();
    let refused =
        ["", " ", "12345", "1234567", "١٢٣٤٥٦", "+12345", "1e5", "0x1E240", "123456\0", "12.456", "null", "undefined"];
    for typed in refused {
        anna.verify(typed).await.problem(422, "code_format");
        assert_eq!(left(&anna).await, 5, "{typed:?}");
    }
    for (tries, typed) in ["123457", " 123 457 ", "123-457", "１２３４５７"].into_iter().enumerate() {
        anna.verify(typed).await.problem(422, "code_incorrect");
        assert_eq!(left(&anna).await, 4 - tries as u64, "{typed:?}");
    }
    anna.verify("１２３ 456\u{3000}").await.expect(200);
}

/// case 8: the fifth wrong code ends the challenge, and then the right one is refused like any other.
#[tokio::test]
async fn five_wrong_codes_end_a_challenge() {
    let app = TestApp::start().await;
    let mut anna = app.claimant().start(ANNA).await;
    let code = anna.code().await;
    let wrong = Claimant::wrong(&code);
    let answers = anna.guess(&wrong, 7).await;
    let seen: Vec<_> = answers.iter().map(|answer| (answer.status, answer.body["attempts_left"].as_u64())).collect();
    let locked = (423, None);
    let counted = [(422, Some(4)), (422, Some(3)), (422, Some(2)), (422, Some(1)), locked, locked, locked];
    assert_eq!(seen, counted);
    anna.verify(&code).await.problem(423, "flow_locked");
    anna.resend(&json!({})).await.problem(423, "flow_locked");
    let status = anna.status().await.expect(200);
    assert_eq!((status.text("state").as_str(), &status.body["allowed"]), ("locked", &json!([])));
}

/// case 8: tries are counted over all codes of a challenge; a further code brings no further try.
#[tokio::test]
async fn a_further_code_brings_no_further_try() {
    let app = TestApp::start().await;
    let mut anna = app.claimant().start(ANNA).await;
    let wrong = Claimant::wrong(&anna.code().await);
    anna.guess(&wrong, 4).await;
    app.advance(60);
    assert_eq!(anna.resend(&json!({})).await.expect(202).body["attempts_left"], 1);
    let further = app.delivery(&anna.id, 2).await.unwrap();
    anna.verify(&Claimant::wrong(&further)).await.problem(423, "flow_locked");
    anna.verify(&further).await.problem(423, "flow_locked");
}

/// case 18: a code belongs to its challenge. Elsewhere it is a wrong code there, and costs nothing where it belongs.
#[tokio::test]
async fn a_code_of_one_challenge_is_wrong_in_another() {
    const DORA: &str = "dora@example.gov.cn";
    let (app, random) = scripted("").await;
    app.add(DORA, "13700137000").await;
    let mut anna = start_with_code(&app, &random, ANNA, 111_111).await;
    let mut dora = start_with_code(&app, &random, DORA, 222_222).await;
    dora.verify("111111").await.problem(422, "code_incorrect");
    let tries = async |claimant: &Claimant<'_>| claimant.status().await.body["attempts_left"].clone();
    assert_eq!((tries(&anna).await, tries(&dora).await), (Value::from(5), Value::from(4)));
    let code = json!({ "code": "111111" });
    anna.holder().post(&dora.path("/verify"), &code).await.problem(401, "unauthorized");
    dora.holder().post(&anna.path("/verify"), &code).await.problem(401, "unauthorized");
    assert_eq!((tries(&anna).await, tries(&dora).await), (Value::from(5), Value::from(4)));
    anna.verify("111111").await.expect(200);
    dora.verify("222222").await.expect(200);
}
