//! case 94: what arrives, and what becomes of each answer.

use resetgate::sms::{SmsError, SmsFault};

use crate::harness::{NUMBER, PATIENT, TEXT, chain, client, client_within, message, receipt};
use crate::ismg::Ismg;
use crate::wire::{SUBMIT_RESP, Spoken};

#[tokio::test]
async fn a_message_arrives_as_configured_in_both_versions() {
    for spoken in [Spoken::V2, Spoken::V3] {
        let ismg = Ismg::start(spoken).await;
        let client = client(&ismg, "fee_type = \"02\"\nfee_code = \"10\"");
        let sending = client.send();
        let mut line = ismg.admit().await;
        let submit = line.submit().await;
        assert_eq!((submit.text().as_str(), submit.to.as_str(), submit.src_id.as_str()), (TEXT, NUMBER, "10690001"));
        assert_eq!((submit.sp_id.as_str(), submit.service_id.as_str()), ("900001", "MAIL"));
        assert_eq!(submit.fee, (2, String::new(), "02".to_owned(), "10".to_owned()));
        assert_eq!((submit.parts, submit.registered, submit.udhi, submit.format), ((1, 1), 1, 0, 8));
        // Five minutes after 08:38:27 in Beijing, 32 quarters of an hour ahead of UTC.
        assert_eq!(submit.valid_until, "261123084327032+");
        line.answer(&submit, 0xb2b9_da80_0001_0000, 0).await;
        assert_eq!(sending.outcome().await, Ok(receipt("12878564852733378560")));
    }
}

#[tokio::test]
async fn a_message_that_costs_nobody_a_fee_and_never_runs_out_says_so() {
    let ismg = Ismg::start(Spoken::V3).await;
    let client = client(&ismg, "");
    let mut notice = message("您的邮箱密码已被修改", NUMBER);
    notice.valid_for = None;
    let sending = client.send_message(notice);
    let mut line = ismg.admit().await;
    let submit = line.submit().await;
    assert_eq!(submit.fee, (2, String::new(), "01".to_owned(), "000000".to_owned()));
    assert_eq!(submit.valid_until, "");
    line.answer(&submit, 1, 0).await;
    assert_eq!(sending.outcome().await, Ok(receipt("1")));
}

/// Each class of the table once, over the wire; the table itself is tested where it stands.
#[tokio::test]
async fn a_refusal_has_its_class_and_the_session_goes_on() {
    for spoken in [Spoken::V2, Spoken::V3] {
        let ismg = Ismg::start(spoken).await;
        let client = client(&ismg, "");
        client.provider.start();
        let mut line = ismg.admit().await;
        let mut numbers = Vec::new();
        for result in [8, 13, 10, 9, 3] {
            let sending = client.send();
            let submit = line.submit().await;
            numbers.push(submit.sequence);
            line.answer(&submit, 0, result).await;
            let error = sending.error().await;
            let right = match result {
                8 => error == SmsError::Throttled { retry_after: None },
                13 => matches!(error, SmsError::Refused { .. }),
                10 => matches!(error, SmsError::Faulty { fault: SmsFault::Signature, .. }),
                9 => matches!(error, SmsError::NotTaken { .. }),
                _ => matches!(error, SmsError::Unknown { .. }),
            };
            assert!(right, "{result}: {error:?}");
        }
        numbers.dedup();
        assert_eq!(numbers.len(), 5, "a sequence number was used twice");
    }
}

/// case 94: flow control sends the message to the next provider, because nothing left.
#[tokio::test]
async fn after_flow_control_the_next_provider_is_asked() {
    let (first, second) = (Ismg::start(Spoken::V3).await, Ismg::start(Spoken::V2).await);
    let client = chain([&first, &second], PATIENT);
    let sending = client.send();
    let mut line = first.admit().await;
    let submit = line.submit().await;
    line.answer(&submit, 0, 8).await;
    let mut line = second.admit().await;
    let submit = line.submit().await;
    line.answer(&submit, 5, 0).await;
    assert_eq!(&*sending.outcome().await.unwrap().provider, "second");
}

/// case 86: where it may have left, no other provider is asked.
#[tokio::test]
async fn after_a_connection_that_was_lost_before_the_answer_nobody_is_asked() {
    let (first, second) = (Ismg::start(Spoken::V3).await, Ismg::start(Spoken::V3).await);
    let client = chain([&first, &second], PATIENT);
    let sending = client.send();
    let mut line = first.admit().await;
    line.submit().await;
    drop(line);
    assert!(matches!(sending.error().await, SmsError::Unknown { .. }));
    assert!(!second.has_caller().await);
    // Nor the first again, although it is connected again.
    let mut line = first.admit().await;
    line.settle().await;
    drop(client);
    assert!(line.read().await.is_some_and(|unit| unit.command == crate::wire::TERMINATE));
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_leaves_the_outcome_unknown() {
    let ismg = Ismg::start(Spoken::V3).await;
    let client = client(&ismg, "");
    let sending = client.send();
    let mut line = ismg.admit().await;
    let submit = line.submit().await;
    line.write(SUBMIT_RESP, submit.sequence, &[0; 10]).await;
    assert!(matches!(sending.error().await, SmsError::Unknown { .. }));
    let sending = client.send();
    let submit = line.submit().await;
    // An answer to nobody's message, then the right one.
    line.write(SUBMIT_RESP, submit.sequence ^ 0x8000, &[0; 12]).await;
    line.answer(&submit, 3, 0).await;
    assert_eq!(sending.outcome().await, Ok(receipt("3")));
}

/// case 94: sixteen wait for an answer and no more; who finds no place in time has sent nothing.
#[tokio::test]
async fn a_full_window_lets_nothing_through_until_there_is_a_place() {
    let ismg = Ismg::start(Spoken::V3).await;
    let client = client_within(&ismg, "timeout = \"8s\"\nconnect_timeout = \"2s\"", "");
    client.provider.start();
    let mut line = ismg.admit().await;
    let sendings: Vec<_> = (0..16).map(|number| client.send_text(&number.to_string())).collect();
    let mut submits = Vec::new();
    for _ in 0..16 {
        submits.push(line.submit().await);
    }
    assert_eq!(client.send_text("too much").error().await, SmsError::Throttled { retry_after: None });
    let patient = client.send_text("patient");
    line.answer(&submits[0], 100, 0).await;
    let submit = line.submit().await;
    assert_eq!(submit.text(), "patient", "a message that was given up was written");
    line.answer(&submit, 101, 0).await;
    assert_eq!(patient.outcome().await, Ok(receipt("101")));
    for submit in &submits[1..] {
        line.answer(submit, 1, 0).await;
    }
    let mut taken = 0;
    for sending in sendings {
        taken += usize::from(sending.outcome().await.is_ok());
    }
    assert_eq!(taken, 16);
}

/// case 95: what does not fit into one message goes in parts that a phone puts together.
#[tokio::test]
async fn a_long_text_goes_in_parts_one_after_the_other() {
    let ismg = Ismg::start(Spoken::V3).await;
    let client = client(&ismg, "");
    let text = format!("{}😀{}", "码".repeat(66), "码".repeat(20));
    let sending = client.send_text(&text);
    let mut line = ismg.admit().await;
    let first = line.submit().await;
    assert_eq!((first.parts, first.udhi, first.content.len(), first.registered), ((2, 1), 1, 6 + 132, 1));

    line.answer(&first, 21, 0).await;
    let second = line.submit().await;
    assert_eq!((second.parts, second.udhi, &second.content[..3]), ((2, 2), 1, &[5, 0, 3][..]));
    // The receipt names the first part, so reports about it are reports about the message.
    assert_eq!(second.registered, 0);
    assert_eq!((second.content[3], &second.content[4..6]), (first.content[3], &[2, 2][..]));
    assert_eq!(first.text() + &second.text(), text);
    line.answer(&second, 22, 0).await;
    assert_eq!(sending.outcome().await, Ok(receipt("21")));
}

/// Half a message has left, so nobody may send the whole again.
#[tokio::test]
async fn a_part_that_is_refused_after_another_was_taken_leaves_the_outcome_unknown() {
    let ismg = Ismg::start(Spoken::V3).await;
    let client = client(&ismg, "");
    let sending = client.send_text(&"码".repeat(100));
    let mut line = ismg.admit().await;
    let first = line.submit().await;
    line.answer(&first, 21, 0).await;
    let second = line.submit().await;
    line.answer(&second, 0, 8).await;
    let SmsError::Unknown { reason } = sending.error().await else { panic!("half a message was called nothing") };
    assert!(reason.starts_with("part 2 of 2"), "{reason}");
}

#[tokio::test]
async fn a_number_outside_of_the_mainland_and_an_endless_text_are_refused_without_a_connection() {
    let ismg = Ismg::start(Spoken::V3).await;
    let client = client(&ismg, "");
    let foreign = client.send_message(message("x", "+85291234567")).error().await;
    assert!(matches!(foreign, SmsError::Refused { .. }), "{foreign:?}");
    assert!(matches!(client.send_text(&"码".repeat(671)).error().await, SmsError::Refused { .. }));
    assert!(!ismg.has_caller().await);
}
