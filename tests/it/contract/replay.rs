//! The examples of the description, replayed: each request example is sent, and each answer example is met.

use std::collections::BTreeSet;

use serde_json::json;

use super::description::Description;
use super::stage::{Stage, ZHANGSAN, example_app};
use super::{outages, receipts, refusals};
use crate::harness::{Claimant, Setup};

/// What cannot be met from outside while state and limits live in the memory of the process: they always answer.
const OUT_OF_REACH: [&str; 2] = ["> 503 service_unavailable", "> default internal"];

#[tokio::test]
async fn every_example_is_met_by_the_real_application() {
    let mut stage = Stage::new();
    documents(&mut stage).await;
    captchas(&mut stage).await;
    recoveries(&mut stage).await;
    further_codes(&mut stage).await;
    refusals::bodies(&mut stage).await;
    refusals::starts(&mut stage).await;
    refusals::captchas(&mut stage).await;
    refusals::credentials(&mut stage).await;
    refusals::limits(&mut stage).await;
    refusals::codes(&mut stage).await;
    refusals::passwords(&mut stage).await;
    refusals::further_codes(&mut stage).await;
    refusals::ended(&mut stage).await;
    outages::messages(&mut stage).await;
    outages::accounts(&mut stage).await;
    outages::slow_bodies(&mut stage).await;
    receipts::play(&mut stage).await;
    let all: BTreeSet<_> =
        Description::built_in().operations().iter().flat_map(super::operation::Operation::scenes).collect();
    let unreachable = |scene: &&String| OUT_OF_REACH.iter().any(|end| scene.ends_with(end));
    let missed: Vec<_> = all.difference(&stage.played).filter(|scene| !unreachable(scene)).collect();
    assert!(missed.is_empty(), "never played: {missed:#?}");
    assert!(stage.played.is_subset(&all));
}

async fn documents(stage: &mut Stage) {
    let app = example_app(Setup::default()).await;
    let client = app.client();
    stage.act("readDescription").expect(&client, 200, "").await;
    let config = stage.act("readConfig").expect(&client, 200, "municipal").await;
    let tag = config.header("etag").unwrap().to_owned();
    stage.act("readConfig").header("if-none-match", &tag).expect(&client, 304, "").await;
    stage.act("readProblem").expect(&client, 200, "page").await;
    stage.act("readProblem").of("no_such_code").expect(&client, 404, "not_found").await;
}

async fn captchas(stage: &mut Stage) {
    let app = example_app(Setup::default()).await;
    let client = app.client();
    let picture = stage.act("issueCaptcha").with("picture").expect(&client, 201, "picture").await.text("id");
    stage.act("readCaptchaImage").of(&picture).expect(&client, 200, "").await;
    let replaced = [("/replaces", json!(picture))];
    stage.act("issueCaptcha").with_changes("another_picture", &replaced).expect(&client, 201, "picture").await;
    let sound = stage.act("issueCaptcha").with("recording").expect(&client, 201, "recording").await.text("id");
    stage.act("readCaptchaAudio").of(&sound).expect(&client, 200, "").await;
    stage.act("issueCaptcha").with("proof_of_work").expect(&client, 201, "proof_of_work").await;
}

/// Starts with the example of a proof of work.
pub async fn started<'a>(stage: &mut Stage, mut claimant: Claimant<'a>) -> Claimant<'a> {
    let change = [("/captcha", claimant.captcha().await)];
    let started =
        stage.act("startReset").with_changes("work_done", &change).expect(&claimant.client, 202, "code_sent").await;
    (claimant.id, claimant.credential) = (started.text("id"), started.text("flow_token"));
    claimant
}

/// Started and verified with the examples.
pub async fn verified<'a>(stage: &mut Stage, claimant: Claimant<'a>) -> Claimant<'a> {
    let mut claimant = started(stage, claimant).await;
    let change = [("/code", json!(claimant.code().await))];
    let act = stage.act_for("verifyCode", &claimant).with_changes("typed", &change);
    claimant.credential = act.expect(&claimant.holder(), 200, "verified").await.text("flow_token");
    claimant
}

async fn recoveries(stage: &mut Stage) {
    let app = example_app(Setup::default()).await;
    let waiting = started(stage, app.claimant()).await;
    stage.act_for("readReset", &waiting).expect(&waiting.holder(), 200, "code_sent").await;
    let change = [("/code", json!(waiting.code().await))];
    let done = stage.act_for("completeReset", &waiting).with_changes("with_code", &change);
    done.expect(&waiting.holder(), 200, "completed").await;
    assert!(app.signs_in(ZHANGSAN, "Tiantian-2026x").await);

    app.advance(61);
    let proven = verified(stage, app.claimant_from("198.51.100.2")).await;
    stage.act_for("readReset", &proven).expect(&proven.holder(), 200, "verified").await;
    let done = stage.act_for("completeReset", &proven).with("verified_before");
    done.expect(&proven.holder(), 200, "completed").await;
    stage.act_for("cancelReset", &proven).expect(&proven.holder(), 204, "").await;
}

async fn further_codes(stage: &mut Stage) {
    let app = example_app(Setup::default()).await;
    let claimant = started(stage, app.claimant()).await;
    app.advance(60);
    stage.act_for("resendCode", &claimant).with("free").expect(&claimant.holder(), 202, "code_sent").await;
    app.advance(60);
    let change = [("/captcha", claimant.captcha().await)];
    let act = stage.act_for("resendCode", &claimant).with_changes("work_done", &change);
    act.expect(&claimant.holder(), 202, "code_sent").await;
}
