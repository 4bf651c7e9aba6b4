//! Amazon SNS, as `moto` plays it. It believes every signature; those are compared with what Amazon's own client signs,
//! in `src/sms/aws_sns/tests.rs`.

use std::sync::Arc;
use std::time::Duration;

use resetgate::domain::{Condition, PhoneNumber, Region};
use resetgate::sms::{
    ConsoleWriter, MessageKind, SmsError, SmsMessage, SmsProvider, SmsSettings, Surroundings, build_one,
};

use crate::python::Moto;

fn provider(endpoint: &str, more: &str) -> Arc<dyn SmsProvider> {
    let text = format!(
        "providers = [\"main\"]\nqueue = 1\nworkers = 1\ntimeout = \"20s\"\nconnect_timeout = \"10s\"\n\
         breaker = {{ failures = 5, window = \"30s\", open_for = \"60s\" }}\n\
         [text]\ncode = {{ en = \"{{code}}\" }}\nnotice = {{ en = \"changed\" }}\nexpiry = {{ en = \"ends\" }}\n\
         [provider.main]\nkind = \"aws_sns\"\nregion = \"us-east-1\"\naccess_key_id = \"AKIDEXAMPLE\"\n\
         secret_access_key = \"s3cr3t\"\nendpoint = \"{endpoint}\"\n{more}"
    );
    let settings: SmsSettings = toml::from_str(&text).unwrap();
    assert_eq!(settings.check(), []);
    build_one(&settings, "main", &Surroundings::of_this_machine(ConsoleWriter::new(std::io::sink()))).unwrap()
}

fn message(text: &str) -> SmsMessage {
    SmsMessage {
        to: PhoneNumber::parse("13800138000", Region::CN).unwrap(),
        kind: MessageKind::Code,
        locale: "zh-CN".into(),
        text: text.to_owned().into(),
        code: Some("002569".to_owned().into()),
        valid_for: Some(Duration::from_mins(5)),
        domain: "reset.example.gov.cn".into(),
        unit: None,
        order: "ord_0123456789abcdefghjkmnpqr0".parse().unwrap(),
        challenge: None,
    }
}

/// case 2: what the phone would show is what was meant, whatever signs are in it.
#[tokio::test]
async fn a_message_arrives_at_sns_with_its_number_and_its_text() {
    let moto = Moto::start();
    let provider = provider(&moto.endpoint(), "sender_id = \"MUNIMAIL\"\nmax_price = \"0.50\"\notp_line = true");
    let text = "【市政邮箱】动态密码002569，\"5\" 分钟内有效 + 100% & <b>=~*é😀";
    let receipt = provider.send(&message(text)).await.unwrap();
    let arrived = serde_json::json!([{
        "phone_number": "+8613800138000",
        "message": format!("{text}\n@reset.example.gov.cn #002569"),
        "message_id": receipt.message_id,
    }]);
    assert_eq!(moto.data()["sns"]["SMS"], arrived);
}

/// What cannot be told is doubtful and no failure: moto knows no sandbox.
#[tokio::test]
async fn what_sns_does_not_know_is_doubtful() {
    let moto = Moto::start();
    let found = provider(&moto.endpoint(), "").examine().await;
    // The line to it is looked at for every vendor alike.
    let said =
        || found.iter().filter(|finding| !["connection", "clock", "certificate"].contains(&finding.what.as_str()));
    assert!(said().count() > 0 && said().all(|finding| finding.state == Condition::Doubtful), "{found:?}");
}

#[tokio::test]
async fn a_dead_sns_is_unreachable() {
    let error = provider("http://127.0.0.1:1", "").send(&message("x")).await.unwrap_err();
    assert!(matches!(error, SmsError::Unreachable { .. }), "{error}");
}
