//! Many at once: every step lets exactly as many pass as it says.

use std::future::Future;
use std::sync::Arc;

use resetgate::audit::EventKind;
use resetgate::domain::ChallengeId;
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::harness::{ANNA, Answer, Claimant, Directory, OLD_PASSWORD, Setup, TestApp, WIDE_GATES, WIDE_SENDS};

/// Runs all at once; the answers in their order.
async fn together<F: Future<Output = Answer> + Send + 'static>(calls: impl IntoIterator<Item = F>) -> Vec<Answer> {
    let running: Vec<_> = calls.into_iter().map(tokio::spawn).collect();
    let mut answers = Vec::new();
    for call in running {
        answers.push(call.await.unwrap());
    }
    answers
}

/// Posts the same body, or one for each number, so many times at once.
async fn posted(
    claimant: &Claimant<'_>,
    step: &str,
    times: usize,
    body: impl Fn(usize) -> serde_json::Value,
) -> Vec<Answer> {
    let calls = (0..times).map(|number| {
        let (client, path, body) = (claimant.holder(), claimant.path(step), body(number));
        async move { client.post(&path, &body).await }
    });
    together(calls).await
}

fn count(answers: &[Answer], status: u16) -> usize {
    answers.iter().filter(|answer| answer.status == status).count()
}

/// How many presented codes were compared, and how: wrong, the last one, right.
fn compared(app: &TestApp, claimant: &Claimant<'_>) -> (usize, usize, usize) {
    let id: ChallengeId = claimant.id.parse().unwrap();
    let of =
        |wanted: fn(&EventKind) -> bool| app.events.count(|event| event.challenge == Some(id) && wanted(&event.kind));
    (
        of(|kind| matches!(kind, EventKind::CodeRejected { result: "wrong" })),
        of(|kind| matches!(kind, EventKind::CodeRejected { result: "locked" })),
        of(|kind| matches!(kind, EventKind::CodeVerified)),
    )
}

async fn wide() -> TestApp {
    TestApp::start_with(Setup::with(WIDE_GATES)).await
}

/// case 12: of 200 wrong codes at once exactly five are compared.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_hundred_guesses_at_once_five_are_compared() {
    let app = wide().await;
    let anna = app.claimant().start(ANNA).await;
    let right: usize = anna.code().await.parse().unwrap();
    let guess = |number| json!({ "code": format!("{:06}", (right + 1 + number) % 1_000_000) });
    let answers = posted(&anna, "/verify", 200, guess).await;
    assert_eq!((count(&answers, 422), count(&answers, 423)), (4, 196));
    let mut left: Vec<_> = answers.iter().filter_map(|answer| answer.body["attempts_left"].as_u64()).collect();
    left.sort_unstable();
    assert_eq!(left, [1, 2, 3, 4], "no two guesses share a try");
    assert_eq!(compared(&app, &anna), (4, 1, 0));
}

/// case 12: with the right one among them at most five are compared, and it ends either right or locked.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_right_code_among_two_hundred_guesses_buys_no_further_try() {
    let app = wide().await;
    let anna = app.claimant().start(ANNA).await;
    let right: usize = anna.code().await.parse().unwrap();
    let guess = |number| json!({ "code": format!("{:06}", (right + 1_000_000 + number - 3) % 1_000_000) });
    let answers = posted(&anna, "/verify", 200, guess).await;
    let (wrong, locked, matched) = compared(&app, &anna);
    assert!(wrong + locked + matched <= 5, "{wrong} {locked} {matched}");
    assert_eq!(locked + matched, 1);
    assert_eq!(count(&answers, 200), matched);
}

/// case 13: of 50 right codes at once one gets a credential.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_right_codes_at_once_one_gets_a_credential() {
    let app = wide().await;
    let mut anna = app.claimant().start(ANNA).await;
    let code = anna.code().await;
    let answers = posted(&anna, "/verify", 50, |_| json!({ "code": code })).await;
    assert_eq!((count(&answers, 200), count(&answers, 401)), (1, 49));
    let told: Vec<_> = answers.iter().filter(|answer| answer.body["flow_token"].is_string()).collect();
    assert_eq!(told.len(), 1);
    assert_eq!(compared(&app, &anna), (0, 0, 1));
    anna.credential = told[0].text("flow_token");
    anna.complete("Tiantian-2026x").await.expect(200);
}

/// case 14: of 50 completions at once, all of which have found the account unchanged, one writes and one notice leaves.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_completions_at_once_one_writes_and_one_notice_leaves() {
    let directory = Arc::new(Directory::default());
    let mut app = TestApp::start_with(directory.setup(WIDE_GATES)).await;
    let anna = app.claimant().verified(ANNA).await;
    directory.gather(50);
    let password = |number: usize| format!("Tiantian-2026-{number:02}x");
    let answers = posted(&anna, "/complete", 50, |number| json!({ "new_password": password(number) })).await;
    assert_eq!((count(&answers, 200), count(&answers, 409)), (1, 49));
    assert_eq!(directory.begun(), 1);
    let winner = answers.iter().position(|answer| answer.status == 200).unwrap();
    assert!(app.signs_in(ANNA, &password(winner)).await);
    app.stop().await;
    assert_eq!(app.outbound.notices().len(), 1);
    assert_eq!(app.events.count(|event| matches!(event.kind, EventKind::PasswordReset { .. })), 1);
}

/// case 14: the one-page form, code and password in one call.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_one_page_completions_at_once_one_writes() {
    let directory = Arc::new(Directory::default());
    let app = TestApp::start_with(directory.setup(WIDE_GATES)).await;
    let anna = app.claimant().start(ANNA).await;
    let code = anna.code().await;
    let body = |number: usize| json!({ "code": code, "new_password": format!("Tiantian-2026-{number:02}x") });
    let answers = posted(&anna, "/complete", 50, body).await;
    assert_eq!((count(&answers, 200), count(&answers, 401)), (1, 49));
    assert_eq!(directory.begun(), 1);
}

/// case 26: of 50 uses of one captcha at once one passes.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_uses_of_a_captcha_at_once_one_passes() {
    let app = wide().await;
    let captcha = app.claimant().captcha().await;
    let calls = (0..50).map(|_| {
        let (client, body) = (app.client(), json!({ "account": ANNA, "captcha": captcha }));
        async move { client.post("/v1/password-resets", &body).await }
    });
    let answers = together(calls).await;
    assert_eq!((count(&answers, 202), count(&answers, 422)), (1, 49));
    assert_eq!(app.events.count(|event| matches!(event.kind, EventKind::ResetRequested)), 1);
}

/// case 24: of ten recoveries of one account at once three get a code.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_ten_recoveries_at_once_three_get_a_code() {
    let app = TestApp::start_with(Setup::with(&format!("{WIDE_GATES}{WIDE_SENDS}"))).await;
    let mut calls = Vec::new();
    for _ in 0..10 {
        let (client, captcha) = (app.client(), app.claimant().captcha().await);
        let body = json!({ "account": ANNA, "captcha": captcha });
        calls.push(async move { client.post("/v1/password-resets", &body).await.expect(202) });
    }
    let mut outcomes = Vec::new();
    for answer in together(calls).await {
        outcomes.push(app.delivery(&answer.text("id"), 1).await.map(|_| ()));
    }
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 3);
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Err("no_slot")).count(), 7);
    assert_eq!(app.outbound.codes().len(), 3);
}

/// Of 50 requests for a further code at once one is granted.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_requests_for_a_further_code_one_is_granted() {
    let app = wide().await;
    let mut anna = app.claimant().start(ANNA).await;
    let first = anna.code().await;
    app.advance(60);
    let answers = posted(&anna, "/resend", 50, |_| json!({})).await;
    assert_eq!(count(&answers, 202), 1);
    // Who comes a moment later already finds the second send, after which a captcha is asked for.
    let refused = answers.iter().filter(|answer| ["resend_too_soon", "captcha_required"].contains(&answer.code()));
    assert_eq!(refused.count(), 49);
    app.delivery(&anna.id, 2).await.unwrap();
    assert_eq!(anna.status().await.body["sends_left"], 1);
    assert_eq!(app.outbound.codes().len(), 2);
    anna.verify(&first).await.expect(200);
}

/// A client that resets its connection in the middle of a completion does not stop the write.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_connection_reset_does_not_stop_a_write_midway() {
    let directory = Arc::new(Directory::default());
    let app = TestApp::start_with(directory.setup(&format!("[server]\nworkers = 1\n{WIDE_GATES}"))).await;
    let anna = app.claimant().verified(ANNA).await;
    directory.hold_writes();
    let body = json!({ "new_password": "Tiantian-2026x" }).to_string();
    let request = format!(
        "POST {} HTTP/1.1\r\nhost: {}\r\nx-forwarded-for: 198.51.100.1\r\nauthorization: Flow {}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        anna.path("/complete"),
        app.api,
        anna.credential,
        body.len(),
    );
    let mut connection = TcpStream::connect(app.api).await.unwrap();
    connection.write_all(request.as_bytes()).await.unwrap();
    directory.write_begun().await;
    connection.set_zero_linger().unwrap();
    drop(connection);
    // The one worker takes its connections' news in turn: when these are answered, it has long seen the reset.
    for _ in 0..20 {
        app.client().get("/v1/config").await.expect(200);
    }
    assert!(app.signs_in(ANNA, OLD_PASSWORD).await);
    directory.let_go();
    app.events.nth(1, |event| matches!(event.kind, EventKind::PasswordReset { .. })).await;
    assert!(app.signs_in(ANNA, "Tiantian-2026x").await);
    assert_eq!(anna.complete("Mingtian-2027y").await.problem(409, "flow_state").text("state"), "completed");
}
