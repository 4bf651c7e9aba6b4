//! Captchas at the door of a recovery: one check each, from where they were fetched, for a while.

use std::sync::Arc;

use data_encoding::BASE64URL_NOPAD;
use resetgate::audit::EventKind;
use resetgate::captcha::solve_pow;
use serde_json::{Value, json};

use crate::harness::{Answer, Client, Scripted, Setup, TestApp, UNKNOWN, WIDE_GATES, solve};

const ALPHABET: &str = "34678abdefhjkmnprtuvwxy";
const ANSWER: &str = "7kw4m";

async fn app() -> (TestApp, Arc<Scripted>) {
    let random = Arc::new(Scripted::default());
    (TestApp::start_with(Setup { random: random.clone(), ..Setup::with(WIDE_GATES) }).await, random)
}

/// A picture whose answer is [`ANSWER`].
async fn picture(random: &Scripted, client: &Client) -> Answer {
    random.then(ANSWER.chars().map(|sign| ALPHABET.find(sign).unwrap() as u64));
    client.post("/v1/captchas", &json!({ "kind": "image" })).await.expect(201)
}

fn answered(captcha: &Answer, answer: &str) -> Value {
    json!({ "id": captcha.text("id"), "answer": answer })
}

/// For an account that there is not, so that no code is drawn between the answers that a test has scripted.
async fn start(client: &Client, captcha: &Value) -> Answer {
    client.post("/v1/password-resets", &json!({ "account": UNKNOWN, "captcha": captcha })).await
}

fn recoveries(app: &TestApp) -> usize {
    app.events.count(|event| matches!(event.kind, EventKind::ResetRequested))
}

/// case 26: right then right, and wrong then right: the second is refused.
#[tokio::test]
async fn a_captcha_is_judged_once_right_or_wrong() {
    let (app, random) = app().await;
    let client = app.client();
    let captcha = picture(&random, &client).await;
    start(&client, &answered(&captcha, ANSWER)).await.expect(202);
    start(&client, &answered(&captcha, ANSWER)).await.problem(422, "captcha_incorrect");

    let captcha = picture(&random, &client).await;
    let refused = start(&client, &answered(&captcha, "7kw4n")).await.problem(422, "captcha_incorrect");
    assert_ne!(refused.body["captcha"]["id"], captcha.body["id"], "the refusal carries the next one");
    assert_eq!(refused.body["captcha"]["kind"], "image");
    start(&client, &answered(&captcha, ANSWER)).await.problem(422, "captcha_incorrect");
    assert_eq!(recoveries(&app), 1);
}

/// case 27 and case 33: without an answered captcha nothing starts. An absent or empty answer is asked for again
/// (422, so that a page can say what is missing), another type is no request (400).
#[tokio::test]
async fn no_recovery_starts_without_an_answered_captcha() {
    let (app, random) = app().await;
    let client = app.client();
    let id = picture(&random, &client).await.text("id");
    for captcha in [json!(null), json!(""), json!([]), json!([id, ANSWER]), json!(true), json!(0), json!({})] {
        start(&client, &captcha).await.problem(400, "bad_request");
    }
    for answer in [json!(null), json!([ANSWER]), json!({ "is": ANSWER }), json!(true), json!(0)] {
        start(&client, &json!({ "id": id, "answer": answer })).await.problem(400, "bad_request");
    }
    let without = client.post("/v1/password-resets", &json!({ "account": UNKNOWN })).await;
    without.problem(422, "captcha_required");
    for captcha in [json!({ "id": id }), json!({ "id": id, "answer": "" }), json!({ "id": id, "answer": " " })] {
        start(&client, &captcha).await.problem(422, "captcha_required");
    }
    for id in ["", "cap_", "none", "cap_AAAA"] {
        start(&client, &json!({ "id": id, "answer": ANSWER })).await.problem(422, "captcha_incorrect");
    }
    assert_eq!(recoveries(&app), 0);
    start(&client, &json!({ "id": id, "answer": ANSWER })).await.expect(202);
}

/// case 28: a captcha is bound to the network that fetched it, so that answers cannot be bought in bulk elsewhere.
#[tokio::test]
async fn a_captcha_is_refused_from_another_network() {
    let (app, random) = app().await;
    let client = app.client();
    for (elsewhere, status) in [("198.51.101.1", 422), ("2001:db8::1", 422), ("198.51.100.77", 202)] {
        let captcha = picture(&random, &client).await;
        start(&client.at(elsewhere), &answered(&captcha, ANSWER)).await.expect(status);
    }
    let captcha = picture(&random, &client.at("2001:db8:1:1::1")).await;
    start(&client.at("2001:db8:1:ffff::2"), &answered(&captcha, ANSWER)).await.expect(202);
    assert_eq!(recoveries(&app), 2);
}

/// case 29: no kind and no member turns the captcha off.
#[tokio::test]
async fn no_kind_and_no_member_goes_round_the_captcha() {
    let (app, _) = app().await;
    let client = app.client();
    for kind in ["none", "debug", "test", "bypass", "", "IMAGE"] {
        client.post("/v1/captchas", &json!({ "kind": kind })).await.problem(400, "bad_request");
        start(&client, &json!({ "id": "cap_AAAA", "answer": ANSWER, "kind": kind })).await.problem(400, "bad_request");
    }
    for member in ["captcha_type", "debug", "test", "bypass", "skip_captcha"] {
        let body = json!({ "account": UNKNOWN, member: "none" });
        client.post("/v1/password-resets", &body).await.problem(400, "bad_request");
        client.post(&format!("/v1/password-resets?{member}=true"), &json!({ "account": UNKNOWN })).await.expect(422);
    }
    for name in ["x-debug", "x-test", "x-bypass-captcha"] {
        let body = json!({ "account": UNKNOWN });
        client.clone().with(name, "1").post("/v1/password-resets", &body).await.problem(422, "captcha_required");
    }
    assert_eq!(recoveries(&app), 0);
}

/// case 30: the answer stands in no header, body, id or byte of the picture.
#[tokio::test]
async fn the_answer_is_nowhere_but_in_the_pixels() {
    let (app, random) = app().await;
    let client = app.client();
    let issued = picture(&random, &client).await;
    let shown = client.get(&issued.text("image")).await.expect(200);
    assert_eq!(shown.header("content-type"), Some("image/png"));
    let id = issued.text("id");
    let sealed = BASE64URL_NOPAD.decode(id.strip_prefix("cap_").unwrap().as_bytes()).unwrap();
    for haystack in [&issued.bytes, &shown.bytes, &sealed] {
        assert!(!holds(haystack, ANSWER.as_bytes()));
        let places = ANSWER.chars().map(|sign| u8::try_from(ALPHABET.find(sign).unwrap()).unwrap());
        assert!(!holds(haystack, &places.collect::<Vec<_>>()));
    }
    for answer in [&issued, &shown] {
        for (name, value) in &answer.headers {
            assert!(!holds(value.as_bytes(), ANSWER.as_bytes()), "{name}: {value:?}");
        }
    }
    assert!(shown.header("set-cookie").is_none() && issued.header("set-cookie").is_none());
    assert_eq!(client.get(&issued.text("image")).await.bytes, shown.bytes, "the same drawing each time");
    let chunks = chunks(&shown.bytes);
    assert!(chunks.iter().all(|kind| ["IHDR", "PLTE", "tRNS", "IDAT", "IEND"].contains(&kind.as_str())), "{chunks:?}");
    let again = picture(&random, &client).await;
    assert_ne!(again.text("id"), id, "an id does not follow from its answer");
    start(&client, &answered(&issued, ANSWER)).await.expect(202);
}

fn holds(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window.eq_ignore_ascii_case(needle))
}

/// The kinds of chunks of a PNG.
fn chunks(png: &[u8]) -> Vec<String> {
    let (mut rest, mut kinds) = (&png[8..], Vec::new());
    while let Some((head, after)) = rest.split_at_checked(8) {
        kinds.push(String::from_utf8_lossy(&head[4..]).into_owned());
        let length = u32::from_be_bytes(head[..4].try_into().unwrap()) as usize;
        rest = &after[length + 4..];
    }
    kinds
}

/// case 31: a captcha lives three minutes. Nothing is stored when one is issued, so a flood of them, of twice as many
/// as may be remembered as used, displaces neither an open one nor the memory that one was used.
#[tokio::test]
async fn a_captcha_expires_and_a_flood_of_them_displaces_none() {
    let random = Arc::new(Scripted::default());
    let settings = format!("{WIDE_GATES}[state]\nmax_used = 1000");
    let app = TestApp::start_with(Setup { random: random.clone(), ..Setup::with(&settings) }).await;
    let client = app.client();
    let (early, late) = (picture(&random, &client).await, picture(&random, &client).await);
    app.advance(179);
    start(&client, &answered(&early, ANSWER)).await.expect(202);
    app.advance(1);
    start(&client, &answered(&late, ANSWER)).await.problem(422, "captcha_expired");
    client.get(&late.text("image")).await.problem(410, "captcha_gone");

    let (open, used) = (picture(&random, &client).await, picture(&random, &client).await);
    start(&client, &answered(&used, ANSWER)).await.expect(202);
    for _ in 0..2_000 {
        client.post("/v1/captchas", &json!({ "kind": "pow" })).await.expect(201);
    }
    start(&client, &answered(&used, ANSWER)).await.problem(422, "captcha_incorrect");
    start(&client, &answered(&open, ANSWER)).await.expect(202);
}

/// Whoever thinks for long gets a fresh captcha and keeps their starts: it counts as one that was fetched. A flood of old
/// ones meets the gate of those.
#[tokio::test]
async fn an_expired_captcha_costs_no_start_and_meets_the_gate_of_captchas() {
    let app = TestApp::start_with(Setup::with("[limits]\nstart = [\"5/10m\"]\ncaptcha = [\"30/10m\"]")).await;
    let client = app.client();
    let late = solve(&client).await;
    app.advance(180);
    let mut fresh = Vec::new();
    for _ in 0..6 {
        let refused = start(&client, &late).await.problem(422, "captcha_expired");
        fresh.push(refused.body["captcha"]["id"].as_str().unwrap().to_owned());
    }
    fresh.dedup();
    assert_eq!(fresh.len(), 6, "each comes with a new one");
    for _ in 0..5 {
        start(&client, &solve(&client).await).await.expect(202);
    }
    // Six for the late one, five to start with, and this: twelve of thirty. The first of all is forgotten by now.
    let good = solve(&client).await;
    start(&client, &good).await.problem(429, "rate_limited");
    for _ in 12..30 {
        start(&client, &late).await.problem(422, "captcha_expired");
    }
    let flooded = start(&client, &late).await.problem(429, "rate_limited");
    assert_eq!(flooded.body["violated-policies"], json!(["captcha"]));
    assert!(flooded.body["captcha"].is_null());
    assert_eq!(start(&client, &good).await.body["violated-policies"], json!(["start"]), "and each gate is its own");
    assert_eq!(recoveries(&app), 5);
}

/// case 33: what is no captcha of ours, or was answered by nobody, is no way around the gate of starts.
#[tokio::test]
async fn only_an_expired_captcha_of_ours_passes_by_the_gate_of_starts() {
    let app = TestApp::start_with(Setup::with("[limits]\nstart = [\"1/1h\"]")).await;
    let client = app.client();
    let late = solve(&client).await;
    app.advance(180);
    let forged = format!("{}x", late["id"].as_str().unwrap());
    start(&client, &json!({ "id": forged, "nonce": "1" })).await.problem(422, "captcha_incorrect");
    start(&client, &json!({ "id": forged, "nonce": "1" })).await.problem(429, "rate_limited");
    start(&client, &json!({ "id": late["id"] })).await.problem(429, "rate_limited");
    start(&client, &late).await.problem(422, "captcha_expired");
}

/// case 31: more than thirty in a minute are refused, with the wait.
#[tokio::test]
async fn the_thirty_first_captcha_of_a_minute_is_refused() {
    let app = TestApp::start().await;
    let client = app.client();
    for _ in 0..30 {
        client.post("/v1/captchas", &json!({})).await.expect(201);
    }
    let refused = client.post("/v1/captchas", &json!({})).await.problem(429, "rate_limited");
    assert!(refused.header("retry-after").unwrap().parse::<u64>().unwrap() >= 1);
    client.at("203.0.113.9").post("/v1/captchas", &json!({})).await.expect(201);
}

/// case 32: case and width do not matter; look-alikes are not in the alphabet.
#[tokio::test]
async fn case_and_width_of_an_answer_do_not_matter() {
    let (app, random) = app().await;
    let client = app.client();
    for typed in ["7KW4M", "７ｋｗ４ｍ", "７ＫＷ４Ｍ", " 7k w4m\t"] {
        let captcha = picture(&random, &client).await;
        start(&client, &answered(&captcha, typed)).await.expect(202);
    }
    assert_eq!(app.settings.captcha.alphabet, ALPHABET);
    assert!(ALPHABET.chars().all(|sign| !"0o1li2z5s9gqc".contains(sign)));
}

/// case 33: there is no other door.
#[tokio::test]
async fn other_paths_methods_and_versions_start_nothing() {
    let (app, random) = app().await;
    let client = app.client();
    let captcha = picture(&random, &client).await;
    let body = json!({ "account": UNKNOWN, "captcha": answered(&captcha, ANSWER) });
    let paths = ["/password-resets", "/v0/password-resets", "/v2/password-resets", "/V1/password-resets"];
    for path in paths.into_iter().chain(["/v1//password-resets", "/v1/password-resets/", "/v1/reset/request"]) {
        let answer = client.post(path, &body).await;
        assert!([404, 405].contains(&answer.status), "{path}: {}", answer.status);
    }
    for method in ["GET", "PUT", "PATCH", "DELETE"] {
        let json = [("content-type", "application/json")];
        let sent = client.send(method, "/v1/password-resets", &json, Some(body.to_string().into())).await;
        sent.problem(405, "method_not_allowed");
    }
    assert_eq!(recoveries(&app), 0);
    client.post("/v1/password-resets", &body).await.expect(202);
}

/// case 34: a wrong nonce, a replay, a late one and a cost lowered by the client are refused; a work done counts once.
/// That one of another purpose is refused is tested at the desk, which is told the purpose.
#[tokio::test]
async fn proof_of_work_counts_once_in_time_and_at_its_sealed_cost() {
    let (app, _) = app().await;
    let client = app.client();
    let issue = async || client.post("/v1/captchas", &json!({ "kind": "pow" })).await.expect(201);
    let nonce = |captcha: &Answer, bits| solve_pow(&captcha.text("salt"), bits);
    let done = |captcha: &Answer, nonce: &str| json!({ "id": captcha.text("id"), "nonce": nonce });

    let wrong = issue().await;
    start(&client, &done(&wrong, "not a solution")).await.problem(422, "captcha_incorrect");
    start(&client, &done(&wrong, &nonce(&wrong, 8))).await.problem(422, "captcha_incorrect");
    let cheap = issue().await;
    let lowered = json!({ "id": cheap.text("id"), "nonce": nonce(&cheap, 1), "bits": 1 });
    start(&client, &lowered).await.problem(400, "bad_request");

    let late = issue().await;
    let solution = done(&late, &nonce(&late, 8));
    app.advance(180);
    start(&client, &solution).await.problem(422, "captcha_expired");

    let good = issue().await;
    let solution = done(&good, &nonce(&good, 8));
    start(&client, &solution).await.expect(202);
    start(&client, &solution).await.problem(422, "captcha_incorrect");
    assert_eq!(recoveries(&app), 1);
}

/// case 35: "change picture" voids the former one.
#[tokio::test]
async fn a_replaced_captcha_is_void() {
    let (app, random) = app().await;
    let client = app.client();
    let former = picture(&random, &client).await;
    random.then(ANSWER.chars().map(|sign| ALPHABET.find(sign).unwrap() as u64));
    let asked = json!({ "kind": "image", "replaces": former.text("id") });
    let present = client.post("/v1/captchas", &asked).await.expect(201);
    start(&client, &answered(&former, ANSWER)).await.problem(422, "captcha_incorrect");
    start(&client, &answered(&present, ANSWER)).await.expect(202);
    let unknown = json!({ "kind": "image", "replaces": "cap_AAAA" });
    client.post("/v1/captchas", &unknown).await.expect(201);
}
