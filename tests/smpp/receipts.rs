//! Delivery receipts: whatever a gateway writes, whenever it writes it.

use resetgate::domain::MessageName;
use resetgate::sms::DeliveryState::{Delivered, Failed};

use crate::peer::{DELIVER_SM, ENQUIRE_LINK, Peer, RESPONSE, SUBMIT_SM, deliver};
use crate::provider::{NUMBER, sender};
use crate::smsc::Smsc;

/// case 93: with parameters, with the text alone, and before the answer to the message itself.
#[tokio::test]
async fn receipts_of_a_real_smsc_arrive_with_the_id_of_the_message() {
    let mut smsc = Smsc::start().await;
    let mut sender = sender(smsc.port, "");
    for (number, id) in [(NUMBER, "msg1"), ("13800130001", "msg2"), ("13800130002", "msg3")] {
        assert_eq!(sender.outcome(number).await, id);
        assert_eq!(sender.report().await, (id.to_owned(), Delivered), "{number}");
        // It is told that we have it.
        assert_eq!(smsc.next_with("taken").await["taken"], 0);
    }
}

/// case 93: `message_id ""`: the message was taken, and its receipt cannot be told.
#[tokio::test]
async fn a_message_without_an_id_is_a_message_taken() {
    let peer = Peer::serving(|mut wire| async move {
        wire.bind().await;
        for body in [&b"\0"[..], b""] {
            let submit = wire.read().await.unwrap();
            wire.answer(&submit, 0, body).await;
        }
    })
    .await;
    let sender = sender(peer.port, "");
    assert_eq!(sender.outcome(NUMBER).await, "no id");
    assert_eq!(sender.outcome(NUMBER).await, "no id");
}

/// case 93: hexadecimal in the answer, decimal in the receipt.
#[tokio::test]
async fn an_id_in_another_base_is_the_one_that_the_answer_had() {
    let peer = Peer::serving(|mut wire| async move {
        wire.bind().await;
        let submit = wire.read().await.unwrap();
        wire.answer(&submit, 0, b"0000A1F3\0").await;
        wire.write(DELIVER_SM, 0, 1, &deliver(4, b"id:41459 stat:UNDELIV err:021", &[])).await;
        wire.read().await
    })
    .await;
    let mut sender = sender(peer.port, "receipt_id = \"decimal\"");
    let id = sender.outcome(NUMBER).await;
    assert_eq!(sender.report().await, (id, Failed));
}

/// Leading zeros and large letters in the answer, neither in the receipt.
#[tokio::test]
async fn an_id_with_other_zeros_and_letters_is_the_one_that_the_answer_had() {
    let peer = Peer::serving(|mut wire| async move {
        wire.bind().await;
        let submit = wire.read().await.unwrap();
        wire.answer(&submit, 0, b"00000000A1F3\0").await;
        wire.write(DELIVER_SM, 0, 1, &deliver(4, b"id:a1f3 stat:DELIVRD err:000", &[])).await;
        wire.read().await
    })
    .await;
    let mut sender = sender(peer.port, "");
    let id = sender.outcome(NUMBER).await;
    let (told, state) = sender.report().await;
    assert_eq!((MessageName::from(told), state), (MessageName::from(id), Delivered));
}

/// One odd PDU costs one PDU: the session and what is on its way over it live on.
#[tokio::test]
async fn an_odd_pdu_costs_itself_alone() {
    let peer = Peer::serving(|mut wire| async move {
        wire.bind().await;
        let submit = wire.read().await.unwrap();
        let odd: [(u32, &[u8]); 6] = [
            (DELIVER_SM, b"torn"),
            (DELIVER_SM, &deliver(4, b"", &[(0x1E, b"m0\0\0"), (0x427, b"")])),
            (DELIVER_SM, &deliver(0, b"id:m9 stat:DELIVRD from a phone", &[])),
            (0x0102, b"alert_notification"),
            (0x0BAD, b"no command"),
            (0x8000_0021, b"an answer to nothing"),
        ];
        for (number, (command, body)) in (1..).zip(odd) {
            wire.write(command, 0, number, body).await;
        }
        let mut answers = Vec::new();
        for _ in 0..4 {
            let pdu = wire.read().await.unwrap();
            answers.push((pdu.command, pdu.status, pdu.sequence));
        }
        let taken = DELIVER_SM | RESPONSE;
        assert_eq!(answers, [(taken, 0x65, 1), (taken, 0, 2), (taken, 0, 3), (RESPONSE, 0x03, 5)]);
        wire.write(ENQUIRE_LINK, 0, 9, b"").await;
        assert_eq!(wire.read().await.unwrap().command, ENQUIRE_LINK | RESPONSE);
        assert_eq!(submit.command, SUBMIT_SM);
        wire.answer(&submit, 0, b"m0\0").await;
        wire.read().await
    })
    .await;
    let mut sender = sender(peer.port, "");
    assert_eq!(sender.outcome(NUMBER).await, "m0");
    assert_eq!(sender.report().await.0, "m0");
    assert!(sender.has_no_report());
}
