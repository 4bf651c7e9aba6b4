//! The forgotten-password journey as a person walks it.

use std::sync::Arc;

use async_trait::async_trait;
use resetgate::sms::{SmsError, SmsMessage, SmsProvider, SmsReceipt};
use serde_json::json;

use crate::harness::{ANNA, Claimant, OLD_PASSWORD, Setup, TestApp, UNKNOWN};

#[tokio::test]
async fn a_person_with_a_phone_gets_back_in() {
    let app = TestApp::start().await;
    let mut anna = app.claimant().start(ANNA).await;
    let code = anna.code().await;
    assert_eq!(app.outbound.codes()[0].to, "+8613800138000");
    let verified = anna.verify(&code).await.expect(200);
    assert_eq!(verified.text("phone_masked"), "138****8000");
    let body = json!({ "new_password": "Tiantian-2026x", "max_age": "P3M" });
    let done = anna.holder().post(&anna.path("/complete"), &body).await.expect(200);
    assert_eq!(done.text("state"), "completed");
    assert_eq!(done.text("password_expires_at"), "2027-02-23T07:00:00Z");
    assert!(app.signs_in(ANNA, "Tiantian-2026x").await);
    assert!(!app.signs_in(ANNA, OLD_PASSWORD).await);
}

#[tokio::test]
async fn code_and_password_may_come_in_one_call() {
    let app = TestApp::start().await;
    let anna = app.claimant().start(ANNA).await;
    let code = anna.code().await;
    let with = |code: &str, password: &str| json!({ "code": code, "new_password": password });
    let path = anna.path("/complete");
    anna.holder().post(&path, &with(&Claimant::wrong(&code), "Tiantian-2026x")).await.problem(422, "code_incorrect");
    anna.holder().post(&path, &with(&code, "short")).await.problem(422, "password_policy");
    let refused = anna.holder().post(&path, &with(&code, "Anna-Tian-2026x")).await.problem(422, "password_policy");
    assert_eq!(refused.text("state"), "verified");
    let rotated = anna.client.holding(&refused.text("flow_token"));
    rotated.post(&path, &json!({ "new_password": "Tiantian-2026x" })).await.expect(200);
    assert!(app.signs_in(ANNA, "Tiantian-2026x").await);
}

#[tokio::test]
async fn a_refused_password_does_not_cost_the_code() {
    let app = TestApp::start().await;
    let anna = app.claimant().verified(ANNA).await;
    let refused = anna.complete("13800138000").await.problem(422, "password_policy");
    let rules: Vec<_> = refused.body["errors"].as_array().unwrap().iter().map(|error| error["code"].clone()).collect();
    assert_eq!(rules, ["policy.length", "policy.classes", "policy.personal"], "{refused:?}");
    anna.complete("Tiantian-2026x").await.expect(200);
}

/// Passed by after repeated failures, as a chain of dead providers is.
struct Down;

#[async_trait]
impl SmsProvider for Down {
    fn name(&self) -> &'static str {
        "down"
    }

    fn is_available(&self) -> bool {
        false
    }

    async fn send(&self, _: &SmsMessage) -> Result<SmsReceipt, SmsError> {
        unreachable!("nothing is handed to a provider that is passed by")
    }
}

#[tokio::test]
async fn an_outage_of_all_providers_is_told_to_everybody_alike() {
    let app = TestApp::start_with(Setup { provider: Some(Arc::new(Down)), ..Setup::default() }).await;
    for account in [ANNA, UNKNOWN] {
        let refused = app.claimant().try_start(account).await.problem(503, "sms_unavailable");
        assert_eq!(refused.header("retry-after"), Some("30"));
    }
}
