//! What is met when something behind the service does not work.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use futures_util::future::join_all;
use resetgate::account::AccountError;
use resetgate::sms::{SmsError, SmsMessage, SmsProvider, SmsReceipt};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::receipts;
use super::refusals::WITH_BODY;
use super::replay::verified;
use super::stage::{Stage, example_app};
use crate::harness::{Directory, Setup, TestApp};

/// A provider that says that no message can leave once it is told to.
#[derive(Default)]
struct Dying(Mutex<bool>);

#[async_trait]
impl SmsProvider for Dying {
    fn name(&self) -> &'static str {
        "dying"
    }

    fn is_available(&self) -> bool {
        !*self.0.lock().unwrap()
    }

    async fn send(&self, _: &SmsMessage) -> Result<SmsReceipt, SmsError> {
        Ok(SmsReceipt { provider: "dying".into(), message_id: None })
    }
}

pub async fn messages(stage: &mut Stage) {
    let provider = Arc::new(Dying::default());
    let app = example_app(Setup { provider: Some(provider.clone()), ..Setup::default() }).await;
    let claimant = super::replay::started(stage, app.claimant()).await;
    *provider.0.lock().unwrap() = true;
    let change = [("/captcha", claimant.captcha().await)];
    let act = stage.act("startReset").with_changes("work_done", &change);
    act.expect(&claimant.client, 503, "sms_unavailable").await;
    app.advance(60);
    let act = stage.act_for("resendCode", &claimant).with("free");
    act.expect(&claimant.holder(), 503, "sms_unavailable").await;
}

/// case 79: a definite no keeps the attempt; an unknown outcome says so.
pub async fn accounts(stage: &mut Stage) {
    let reason = || "a test".to_owned();
    let directory = Arc::new(Directory::default());
    let unavailable = AccountError::Unavailable { reason: reason() };
    for error in [unavailable, AccountError::Busy, AccountError::Unknown { reason: reason() }] {
        directory.refuse_write(error);
    }
    let app = example_app(directory.setup("")).await;
    let proven = verified(stage, app.claimant()).await;
    for code in ["store_unavailable", "store_unavailable", "store_outcome_unknown"] {
        let act = stage.act_for("completeReset", &proven).with("verified_before");
        act.expect(&proven.holder(), 503, code).await;
    }
}

/// case 65: a body that never ends is not waited for.
pub async fn slow_bodies(stage: &mut Stage) {
    let app = TestApp::start_with(Setup::with("[server]\nrequest_timeout = \"1s\"")).await;
    let paths = WITH_BODY.map(|id| (id, stage.description.operation(id).path_with("")));
    let answers = join_all(paths.iter().map(|(id, path)| async { (*id, unfinished(&app, path).await) })).await;
    let vendors = receipts::impatient().await;
    let vendors = join_all(
        vendors
            .iter()
            .map(|(id, app)| async { (*id, unfinished(app, &stage.description.operation(id).path_with("")).await) }),
    )
    .await;
    for (id, (status, body)) in answers.into_iter().chain(vendors) {
        assert_eq!(status, 408, "{id}");
        let operation = stage.description.operation(id);
        let (_, response) = operation.responses().into_iter().find(|(known, _)| *known == "408").unwrap();
        let schema = &response["content"]["application/problem+json"]["schema"];
        stage.description.assert_valid(id, schema, &body);
        let scene = format!("{id} > 408 {}", body["code"].as_str().unwrap());
        stage.played.insert(scene);
    }
}

/// Sends a head that promises more than ever comes, and reads the answer.
async fn unfinished(app: &TestApp, path: &str) -> (u16, Value) {
    let mut connection = TcpStream::connect(app.api).await.unwrap();
    let head = format!("POST {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n");
    let head = format!("{head}content-type: application/json\r\ncontent-length: 100\r\n\r\n{{");
    connection.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), serde_json::from_str(body).unwrap())
}
