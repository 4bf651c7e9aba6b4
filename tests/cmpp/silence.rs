//! case 94: gateways that say nothing, and lines that are dead without saying so.

use resetgate::sms::SmsError;

use crate::harness::{client, client_within, receipt};
use crate::ismg::Ismg;
use crate::wire::{ACTIVE_TEST, ACTIVE_TEST_RESP, SUBMIT, Spoken, TERMINATE};

const QUICK: &str = "timeout = \"1s\"\nconnect_timeout = \"700ms\"";

#[tokio::test]
async fn a_link_test_of_the_gateway_is_answered() {
    for spoken in [Spoken::V2, Spoken::V3] {
        let ismg = Ismg::start(spoken).await;
        let client = client(&ismg, "");
        client.provider.start();
        let mut line = ismg.admit().await;
        line.write(ACTIVE_TEST, 41, &[]).await;
        let answer = line.expect(ACTIVE_TEST_RESP).await;
        assert_eq!((answer.sequence, answer.body), (41, vec![0]));
        // A unit that the standard does not know is no reason to leave.
        line.write(0x0000_0099, 42, b"what").await;
        line.write(ACTIVE_TEST, 43, &[]).await;
        assert_eq!(line.expect(ACTIVE_TEST_RESP).await.sequence, 43);
    }
}

/// case 94: three tests without an answer, then a new connection.
#[tokio::test]
async fn a_quiet_line_is_tested_and_given_up_after_three_tests_without_an_answer() {
    let ismg = Ismg::start(Spoken::V3).await;
    let client = client_within(&ismg, QUICK, "idle_test = \"1s\"");
    client.provider.start();
    let mut line = ismg.admit().await;
    // One that is answered counts for nothing.
    let test = line.expect(ACTIVE_TEST).await;
    assert!(test.body.is_empty());
    line.write(ACTIVE_TEST_RESP, test.sequence, &[0]).await;
    for _ in 0..3 {
        line.expect(ACTIVE_TEST).await;
    }
    line.expect(TERMINATE).await;
    assert!(line.read().await.is_none());
    let mut line = ismg.admit().await;
    let sending = client.send();
    let submit = line.submit().await;
    line.answer(&submit, 1, 0).await;
    assert_eq!(sending.outcome().await, Ok(receipt("1")));
}

/// case 94 and case 86: on a half-open line one message is lost, not all of them: until the gateway gives a sign, the
/// others are not written and may go another way.
#[tokio::test]
async fn a_line_that_owes_an_answer_gets_no_further_message_and_is_given_up() {
    let ismg = Ismg::start(Spoken::V3).await;
    let client = client_within(&ismg, QUICK, "");
    client.provider.start();
    let mut line = ismg.admit().await;
    let lost = client.send_text("lost");
    assert_eq!(line.submit().await.text(), "lost");
    assert!(matches!(lost.error().await, SmsError::Unknown { .. }));
    let held = client.send_text("held back").error().await;
    assert!(matches!(held, SmsError::Unreachable { .. }), "{held:?}");
    for _ in 0..3 {
        line.expect(ACTIVE_TEST).await;
    }
    line.expect(TERMINATE).await;
    let mut line = ismg.admit().await;
    let sending = client.send_text("after");
    let submit = line.submit().await;
    assert_eq!(submit.text(), "after", "a message that was given up was written");
    line.answer(&submit, 2, 0).await;
    assert_eq!(sending.outcome().await, Ok(receipt("2")));
}

/// A gateway that is merely slow gives a sign, and the next message goes on at once.
#[tokio::test]
async fn a_slow_gateway_that_answers_the_test_gets_the_next_message() {
    let ismg = Ismg::start(Spoken::V3).await;
    let client = client_within(&ismg, QUICK, "");
    client.provider.start();
    let mut line = ismg.admit().await;
    let slow = client.send_text("slow");
    let late = line.submit().await;
    let test = line.expect(ACTIVE_TEST).await;
    assert!(matches!(slow.error().await, SmsError::Unknown { .. }));
    line.write(ACTIVE_TEST_RESP, test.sequence, &[0]).await;
    let sending = client.send_text("next");
    let submit = line.submit().await;
    // The late answer finds nobody, and disturbs nobody.
    line.answer(&late, 1, 0).await;
    line.answer(&submit, 2, 0).await;
    assert_eq!(sending.outcome().await, Ok(receipt("2")));
}

/// case 94: a lost connection ends what waits on it, and is made again before the next message.
#[tokio::test]
async fn a_connection_that_is_lost_midway_is_made_again() {
    let ismg = Ismg::start(Spoken::V3).await;
    let client = client(&ismg, "");
    client.provider.start();
    let mut line = ismg.admit().await;
    let answered = client.send_text("answered");
    let submit = line.submit().await;
    line.answer(&submit, 1, 0).await;
    answered.outcome().await.unwrap();
    let waiting = client.send_text("waiting");
    assert_eq!(line.submit().await.text(), "waiting");
    drop(line);
    assert!(matches!(waiting.error().await, SmsError::Unknown { .. }));
    let mut line = ismg.admit().await;
    let sending = client.send_text("next");
    let submit = line.submit().await;
    assert_eq!(submit.text(), "next");
    line.answer(&submit, 2, 0).await;
    assert_eq!(sending.outcome().await, Ok(receipt("2")));
}

/// case 93 has the same for another protocol: a length of 16 MiB is not waited for.
#[tokio::test]
async fn a_unit_of_an_impossible_length_ends_the_connection() {
    for length in [0_u32, 11, 16 << 20, u32::MAX] {
        let ismg = Ismg::start(Spoken::V3).await;
        let client = client(&ismg, "");
        let sending = client.send();
        let mut line = ismg.admit().await;
        line.expect(SUBMIT).await;
        line.write_bytes(&length.to_be_bytes()).await;
        let SmsError::Unknown { reason } = sending.error().await else { panic!("{length}") };
        assert!(reason.contains(&format!("{length} bytes")), "{reason}");
        assert!(line.read().await.is_none());
    }
}
