//! The codec against a session that an independent client and an independent server had, byte for byte.

use std::time::Duration;

use zeroize::Zeroizing;

use super::frame::{Frame, Frames, command, encoded};
use super::incoming::{Deliver, message_id};
use super::outgoing::{Address, Bind, Part, Submit, parts, validity};
use super::receipt::{Receipt, ReceiptId};
use crate::sms::DeliveryState;

/// The PDUs of one direction.
fn lines(direction: &str) -> Vec<Vec<u8>> {
    let session = include_str!("../../../tests/smpp/session.hex");
    let lines = session.lines().filter_map(|line| line.strip_prefix(direction));
    lines.map(|line| data_encoding::HEXLOWER.decode(line.trim().as_bytes()).unwrap()).collect()
}

fn frame(bytes: &[u8]) -> Frame {
    let mut frames = Frames::default();
    frames.space().extend_from_slice(bytes);
    frames.next().unwrap().unwrap()
}

/// The text in a captured `submit_sm` from `at` on.
fn text(bytes: &[u8], at: usize) -> String {
    let units: Vec<_> = bytes[at..].chunks(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
    String::from_utf16(&units).unwrap()
}

fn submit(sequence: u32, digits: &str, validity: &str, wants_receipt: bool, part: &Part) -> Zeroizing<Vec<u8>> {
    let source = Address { ton: 5, npi: 0, digits: "MUNIMAIL".into() };
    let destination = Address::international(&format!("+{digits}"));
    let (source, destination) = (&source, &destination);
    let body = Submit { service_type: "", source, destination, validity, wants_receipt, part }.body();
    encoded(command::SUBMIT_SM, 0, sequence, &body)
}

#[test]
fn what_we_send_is_what_another_client_sent() {
    let sent = lines("C->S ");
    let bind = Bind { system_id: "esme1", password: "secret08", system_type: "" }.body();
    assert_eq!(*encoded(command::BIND_TRANSCEIVER, 0, 2, &bind), sent[0]);

    let one = parts("【市政邮箱】验证码 123456，5分钟内有效。", 0).unwrap();
    assert_eq!(one.len(), 1);
    assert_eq!(*submit(3, "8613800138000", &validity(Some(Duration::from_mins(5))), true, &one[0]), sent[1]);

    // The body of a deliver_sm_resp is an empty id.
    assert_eq!(*encoded(command::DELIVER_SM | command::RESPONSE, 0, 1, &[0]), sent[2]);

    let long = text(&sent[3], sent[3].len() - 134) + &text(&sent[4], sent[4].len() - 62);
    let two = parts(&long, 0x89).unwrap();
    assert_eq!(two.len(), 2);
    assert_eq!(*submit(5, "8613800138000", "", false, &two[0]), sent[3]);
    assert_eq!(*submit(6, "8613800138000", "", false, &two[1]), sent[4]);

    let plain = Part { esm_class: 0, data_coding: 0, octets: Zeroizing::new(b"hi".to_vec()) };
    assert_eq!(*submit(7, "8613800000429", "", false, &plain), sent[5]);
    assert_eq!(*encoded(command::UNBIND, 0, 8, &[]), sent[6]);
    assert_eq!(sent.len(), 7);
}

#[test]
fn what_we_read_is_what_another_server_said() {
    let heard: Vec<_> = lines("S->C ").iter().map(|bytes| frame(bytes)).collect();
    let commands: Vec<_> = heard.iter().map(|frame| frame.command & !command::RESPONSE).collect();
    let (submit, deliver) = (command::SUBMIT_SM, command::DELIVER_SM);
    assert_eq!(commands, [command::BIND_TRANSCEIVER, submit, deliver, submit, submit, submit, command::UNBIND]);
    assert_eq!(heard.iter().map(|frame| frame.status).collect::<Vec<_>>(), [0, 0, 0, 0, 0, 0x58, 0]);
    let ids: Vec<_> = [1, 3, 4, 5].map(|place| message_id(&heard[place].body)).into();
    assert_eq!(ids, [Some("msg1".to_owned()), Some("msg2".to_owned()), Some("msg3".to_owned()), None]);

    let deliver = Deliver::read(&heard[2].body).unwrap();
    assert!(deliver.is_receipt());
    let receipt = Receipt::read(&deliver, ReceiptId::Same).unwrap();
    assert_eq!(
        (&*receipt.id, receipt.state, receipt.code.as_deref()),
        ("msg1", DeliveryState::Delivered, Some("DELIVRD"))
    );
}
