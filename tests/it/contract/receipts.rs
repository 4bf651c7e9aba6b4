//! What vendors of messages meet.

use std::sync::Arc;

use data_encoding::{BASE64, HEXLOWER};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::stage::{Stage, example_app};
use crate::harness::{Setup, TestApp, Vendor};

const TOKEN: &str = "12345678901234567890123456789012";
const FORM: &str = "application/x-www-form-urlencoded";

const PROVIDER: &str = "[sms]\nproviders = [\"main\"]\n[sms.provider.main]\nkind = \"console\"\n[sms.receipts.main]\n";

/// With the secret of the description's example.
fn with_secret(format: &str) -> Setup {
    setup(&format!("format = \"{format}\"\nsecret = \"0123456789abcdefABCDEF-_\"\n"))
}

fn signed() -> Setup {
    setup(&format!("format = \"twilio\"\nauth_token = \"{TOKEN}\"\n"))
}

fn setup(lines: &str) -> Setup {
    Setup { provider: Some(Arc::new(Vendor::default())), ..Setup::with(&format!("{PROVIDER}{lines}")) }
}

/// Each operation, and an application that does not wait for a body that never ends.
pub async fn impatient() -> [(&'static str, TestApp); 2] {
    let start = async |setup: Setup| {
        let settings = format!("{}[server]\nrequest_timeout = \"1s\"\n", setup.settings);
        TestApp::start_with(Setup { settings, ..setup }).await
    };
    [("reportDeliveries", start(with_secret("aliyun")).await), ("reportSigned", start(signed()).await)]
}

pub async fn play(stage: &mut Stage) {
    let aliyun = example_app(with_secret("aliyun")).await;
    let client = aliyun.client();
    let list = json!([{ "out_id": "x", "success": true }]).to_string();
    stage.act("reportDeliveries").text(&list).expect(&client, 200, "aliyun").await;
    stage.act("reportDeliveries").text("{").expect(&client, 400, "bad_request").await;
    stage.act("reportDeliveries").of("nobody").text(&list).expect(&client, 404, "not_found").await;
    let large = json!("x".repeat(1 << 20)).to_string();
    stage.act("reportDeliveries").text(&large).expect(&client, 413, "payload_too_large").await;
    let foreign = stage.act("reportDeliveries").header("origin", "https://elsewhere.example");
    foreign.expect(&client, 403, "forbidden").await;
    let vonage = example_app(with_secret("vonage")).await;
    let act = stage.act("reportDeliveries").text(r#"{"messageId":"x","status":"delivered"}"#);
    act.expect(&vonage.client(), 204, "").await;

    let twilio = example_app(signed()).await;
    let client = twilio.client();
    let url = format!("{}/v1/delivery-reports/main", twilio.settings.server.public_url.as_str());
    let good = signature(&format!("{url}MessageSidm-1"));
    let act = stage.act("reportSigned").header("content-type", FORM).header("x-twilio-signature", &good);
    act.text("MessageSid=m-1").expect(&client, 204, "").await;
    let act = stage.act("reportSigned").header("content-type", FORM).text("MessageSid=m-1");
    act.expect(&client, 404, "not_found").await;
    // JSON is signed by its digest in the query; a list is no receipt.
    let query = format!("bodySHA256={}", HEXLOWER.encode(&Sha256::digest(b"[]")));
    let good = signature(&format!("{url}?{query}"));
    let act = stage.act("reportSigned").of(&format!("main?{query}")).header("x-twilio-signature", &good);
    act.text("[]").expect(&client, 400, "bad_request").await;
    let act = stage.act("reportSigned").header("content-type", FORM);
    act.text(&"x".repeat(100_000)).expect(&client, 413, "payload_too_large").await;
    let foreign = stage.act("reportSigned").header("origin", "https://elsewhere.example");
    foreign.expect(&client, 403, "forbidden").await;
}

/// What Twilio signs this text with.
fn signature(text: &str) -> String {
    let mut mac = Hmac::<Sha1>::new_from_slice(TOKEN.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    BASE64.encode(&mac.finalize().into_bytes())
}
