//! What the SMSC reads of our messages, and what we make of its answers.

use std::collections::HashSet;

use resetgate::sms::{SmsError, SmsFault};

use crate::provider::{CODE, NUMBER, message, sender, sender_within, text_message};
use crate::smsc::Smsc;

#[tokio::test]
async fn a_message_is_read_as_it_was_written() {
    let mut smsc = Smsc::start().await;
    let sender = sender(smsc.port, "");
    assert_eq!(sender.outcome(NUMBER).await, "msg1");
    assert_eq!(smsc.next().await["right"], true);
    let read = smsc.next().await;
    assert_eq!(read["submit"], format!("动态密码{CODE}，5分钟内有效"));
    assert_eq!((read["to"].as_str(), read["from"].as_str()), (Some("8613800138000"), Some("5/0 MUNIMAIL")));
    assert_eq!((read["coding"].as_u64(), read["receipt"].as_u64()), (Some(8), Some(1)));
}

/// Both parts arrive, tied together; a receipt is asked for the first alone, whose id is the message's.
#[tokio::test]
async fn a_long_message_arrives_in_parts_that_belong_together() {
    let mut smsc = Smsc::start().await;
    let sender = sender(smsc.port, "");
    let text = format!("{}😀{}", "码".repeat(66), "完".repeat(20));
    let receipt = sender.provider.send(&text_message(NUMBER, &text)).await.unwrap();
    assert_eq!(receipt.message_id.as_deref(), Some("msg1"));
    let (first, second) = (smsc.next_with("submit").await, smsc.next_with("submit").await);
    let read = |part: &serde_json::Value| part["submit"].as_str().unwrap().to_owned();
    assert_eq!((read(&first), read(&second)), ("码".repeat(66), format!("😀{}", "完".repeat(20))));
    let header = |part: &serde_json::Value| part["udh"].as_str().unwrap().to_owned();
    let (first_header, second_header) = (header(&first), header(&second));
    assert_eq!((&first_header[first_header.len() - 4..], &second_header[second_header.len() - 4..]), ("0201", "0202"));
    assert_eq!(first_header[..first_header.len() - 2], second_header[..second_header.len() - 2]);
    assert_eq!((first["receipt"].as_u64(), second["receipt"].as_u64()), (Some(1), Some(0)));
}

#[tokio::test]
async fn a_code_is_bound_to_the_pages_where_the_settings_ask_for_it() {
    let mut smsc = Smsc::start().await;
    let sender = sender(smsc.port, "otp_line = true\nregistered_delivery = false");
    sender.provider.send(&text_message(NUMBER, &format!("{CODE} is it"))).await.unwrap();
    let read = smsc.next_with("submit").await;
    assert_eq!(read["submit"], format!("{CODE} is it\n@reset.example.gov.cn #{CODE}"));
    assert_eq!(read["receipt"], 0);
}

/// case 93: throttled 0x58, queue full 0x14, `generic_nack`.
#[tokio::test]
async fn each_answer_has_its_class_and_the_session_lives_on() {
    let mut smsc = Smsc::start().await;
    let sender = sender(smsc.port, "");
    for (number, outcome) in [
        ("13800130011", "provider_refused"),
        ("13800130014", "provider_throttled"),
        ("13800130058", "provider_throttled"),
        ("13800130008", "provider_unknown"),
        ("13800130003", "provider_unreachable"),
    ] {
        assert_eq!(sender.outcome(number).await, outcome, "{number}");
    }
    assert_eq!(sender.outcome(NUMBER).await, "msg6");
    assert_eq!(smsc.next().await["right"], true);
    // One bind for all of them.
    for _ in 0..6 {
        assert!(smsc.next().await.get("submit").is_some());
    }
}

/// case 93: bind refused. Told at once, and with the reason; no secret in it.
#[tokio::test]
async fn a_refused_bind_is_our_account_s_fault_and_nothing_is_sent() {
    let mut smsc = Smsc::start().await;
    // So long between two tries that waiting for the next one is no use.
    let more = "password = \"wrong\"\nreconnect_min = \"30s\"\nreconnect_max = \"60s\"";
    let sender = sender_within(smsc.port, "timeout = \"60s\"\nconnect_timeout = \"20s\"", more);
    for _ in 0..2 {
        let error = sender.provider.send(&message(NUMBER)).await.unwrap_err();
        let SmsError::Faulty { fault: SmsFault::Credentials, reason } = error else { panic!("{error}") };
        assert_eq!(reason, "bind_transceiver was answered 0x0E, ESME_RINVPASWD");
    }
    assert_eq!(smsc.next().await["right"], false);
}

#[tokio::test]
async fn many_messages_at_once_share_one_session_and_each_gets_its_own_answer() {
    let mut smsc = Smsc::start().await;
    let sender = sender(smsc.port, "window = 4");
    let ids = futures_util::future::join_all((0..40).map(|_| sender.outcome(NUMBER))).await;
    let different: HashSet<_> = ids.iter().collect();
    assert!(ids.iter().all(|id| id.starts_with("msg")) && different.len() == 40, "{ids:?}");
    assert!(smsc.next().await.get("bind").is_some());
    let mut read = 0;
    while read < 40 {
        let seen = smsc.next().await;
        assert!(seen.get("bind").is_none());
        read += usize::from(seen.get("submit").is_some());
    }
}

/// As a command does that sends one message: it takes leave.
#[tokio::test]
async fn closing_unbinds_and_a_message_after_that_binds_again() {
    let mut smsc = Smsc::start().await;
    let sender = sender(smsc.port, "registered_delivery = false");
    assert_eq!(sender.outcome(NUMBER).await, "msg1");
    sender.provider.close().await;
    let seen = [smsc.next().await, smsc.next().await, smsc.next().await];
    assert!(seen[0].get("bind").is_some() && seen[1].get("submit").is_some() && seen[2].get("unbind").is_some());
    assert_eq!(sender.outcome(NUMBER).await, "msg2");
    drop(sender);
    assert!(smsc.next_with("unbind").await.get("unbind").is_some());
}

/// The service does so, and the first code does not wait for it.
#[tokio::test]
async fn starting_binds_before_the_first_message() {
    let mut smsc = Smsc::start().await;
    let sender = sender(smsc.port, "");
    sender.provider.start();
    assert_eq!(smsc.next().await["right"], true);
    assert_eq!(sender.provider.examine().await[0].text, "the gateway took the bind");
}
