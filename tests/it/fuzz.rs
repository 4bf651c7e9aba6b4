//! Whatever is posted, no answer is a fault of ours, and afterwards the service works as before.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Map, Value, json};

use crate::harness::{ANNA, Claimant, Setup, TestApp};

const STEPS: [&str; 5] = ["captchas", "start", "resend", "verify", "complete"];
const MEMBERS: [&str; 12] = [
    "account",
    "captcha",
    "channel",
    "locale",
    "return_to",
    "kind",
    "replaces",
    "code",
    "new_password",
    "max_age",
    "revoke_sessions",
    "id",
];

/// Any JSON, of members that the API knows and others, with values that come near the right ones.
fn json_value() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        any::<String>(),
        "[0-9]{0,8}",
        "[ -~]{0,40}",
        Just(ANNA.to_owned()),
        Just("Tiantian-2026x".to_owned()),
        prop::sample::select(vec![
            "pow",
            "image",
            "sms",
            "P3M",
            "P255Y",
            "PM",
            "never",
            "zh-CN",
            "en",
            "https://evil.example/"
        ])
        .prop_map(str::to_owned),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text.prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 6, |inner| {
        let name = prop_oneof![prop::sample::select(MEMBERS.to_vec()).prop_map(str::to_owned), any::<String>()];
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((name, inner), 0..5).prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    let near = (json_value(), json_value(), any::<prop::sample::Index>()).prop_map(|(one, other, member)| {
        json!({ MEMBERS[member.index(MEMBERS.len())]: one, "account": other }).to_string().into_bytes()
    });
    let cut = (json_value(), any::<prop::sample::Index>()).prop_map(|(value, at)| {
        let mut text = value.to_string().into_bytes();
        text.truncate(at.index(text.len() + 1));
        text
    });
    prop_oneof![vec(any::<u8>(), 0..300), json_value().prop_map(|value| value.to_string().into_bytes()), near, cut]
}

fn kind() -> impl Strategy<Value = &'static str> {
    prop_oneof![8 => Just("application/json"), 1 => Just("application/json; charset=utf-8"), 1 => Just("text/plain")]
}

async fn post(claimant: &Claimant<'_>, step: &str, kind: &str, body: Vec<u8>) -> u16 {
    let path = match step {
        "captchas" => "/v1/captchas".to_owned(),
        "start" => "/v1/password-resets".to_owned(),
        step => claimant.path(&format!("/{step}")),
    };
    claimant.holder().send("POST", &path, &[("content-type", kind)], Some(body)).await.status
}

/// case 63, case 64 and case 65: random bytes and random JSON to every POST route. A panic in a handler would close the
/// connection, one in a task would be a 503.
#[test]
fn nothing_that_is_posted_is_a_fault_of_ours() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let roomy = "[limits]\nstart = [\"100000/1m\"]\nverify = [\"100000/1m\"]\ncaptcha = [\"100000/1m\"]";
    let app = runtime.block_on(TestApp::start_with(Setup::with(roomy)));
    let waiting = runtime.block_on(app.claimant().start("fuzz@example.gov.cn"));
    let verified = runtime.block_on(app.claimant().verified(ANNA));
    let mut runner = TestRunner::new(Config { cases: 400, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(
        &(prop::sample::select(STEPS.to_vec()), kind(), body(), any::<bool>()),
        |(step, kind, body, early)| {
            let claimant = if early { &waiting } else { &verified };
            let status = runtime.block_on(post(claimant, step, kind, body));
            prop_assert!((200..500).contains(&status), "{} to {}", status, step);
            Ok(())
        },
    );
    outcome.unwrap();
    runtime.block_on(async {
        app.advance(3_600);
        let mut anna = app.claimant().verified(ANNA).await;
        anna.complete("Zhongguan-2026y").await.expect(200);
        anna.try_start(ANNA).await.expect(202);
    });
}
