//! case 94: how a session begins, and who is not let in.

use resetgate::sms::{SmsError, SmsFault};

use crate::harness::{client, client_within, receipt};
use crate::ismg::{Ismg, SECRET};
use crate::wire::{CONNECT_RESP, Spoken, md5};

fn credentials(error: SmsError) -> String {
    let SmsError::Faulty { fault: SmsFault::Credentials, reason } = error else { panic!("{error:?}") };
    reason
}

#[tokio::test]
async fn nothing_is_connected_before_there_is_a_reason_to() {
    let ismg = Ismg::start(Spoken::V3).await;
    let client = client(&ismg, "");
    assert!(!ismg.has_caller().await);
    client.provider.start();
    let mut line = ismg.admit().await;
    line.settle().await;
    let closing = tokio::spawn(async move { client.provider.close().await });
    line.part().await;
    closing.await.unwrap();
}

/// The digest is the documented one, at the documented time.
#[tokio::test]
async fn the_client_proves_itself_as_the_known_vector_has_it() {
    let ismg = Ismg::start(Spoken::V3).await;
    let client = client(&ismg, "");
    client.provider.start();
    let mut line = ismg.accept().await;
    let (_, connect) = line.connect().await;
    assert_eq!(connect.timestamp, 1_123_083_827);
    assert_eq!(data_encoding::HEXLOWER.encode(&connect.authenticator), "fa8f8d505c7dc11e72d87ab3c204fb12");
    assert!(connect.is_right(SECRET));
}

/// case 94: wrong secret. It is an operator's fault, and the gateway is not asked again for every message.
#[tokio::test]
async fn a_wrong_secret_is_told_and_not_tried_again_with_every_message() {
    for spoken in [Spoken::V2, Spoken::V3] {
        let ismg = Ismg::start(spoken).await;
        let client = client(&ismg, "");
        let sending = client.send();
        let mut line = ismg.accept().await;
        let (sequence, connect) = line.connect().await;
        assert!(!connect.is_right("999999"));
        line.answer_connect(sequence, 3, &[0; 16]).await;
        assert!(credentials(sending.error().await).contains("status 3: not authenticated"));
        assert!(credentials(client.send().error().await).contains("status 3"));
        assert!(!ismg.has_caller().await);
    }
}

/// case 94: version too high; the gateway may say so in the form of its own version.
#[tokio::test]
async fn a_version_that_is_too_high_is_told_with_what_to_write() {
    for spoken in [Spoken::V2, Spoken::V3] {
        let ismg = Ismg::start(Spoken::V3).await;
        let client = client(&ismg, "");
        let sending = client.send();
        let mut line = ismg.accept().await;
        let (sequence, _) = line.connect().await;
        line.spoken = spoken;
        line.answer_connect(sequence, 4, &[0; 16]).await;
        assert!(credentials(sending.error().await).contains("write version = \"2.0\""));
    }
}

#[tokio::test]
async fn a_gateway_that_answers_in_another_version_is_not_believed_to_understand_us() {
    let ismg = Ismg::start(Spoken::V3).await;
    let client = client(&ismg, "");
    let sending = client.send();
    let mut line = ismg.accept().await;
    let (sequence, connect) = line.connect().await;
    line.spoken = Spoken::V2;
    let proof = line.proof(&connect);
    line.answer_connect(sequence, 0, &proof).await;
    assert!(credentials(sending.error().await).contains("in the form of CMPP 2.0"));
    assert!(line.read().await.is_none());
}

/// case 94: a gateway that shows MD5 of the status alone proves nothing, and gets no message until the operator says so.
#[tokio::test]
async fn a_gateway_that_proves_nothing_gets_no_message_unless_the_operator_says_so() {
    for spoken in [Spoken::V2, Spoken::V3] {
        let ismg = Ismg::start(spoken).await;
        let proof = md5(&[&spoken.status(0)]);
        let strict = client(&ismg, "");
        let sending = strict.send();
        let mut line = ismg.accept().await;
        let (sequence, _) = line.connect().await;
        line.answer_connect(sequence, 0, &proof).await;
        assert!(credentials(sending.error().await).contains("verify_ismg = false"));
        assert!(line.read().await.is_none(), "it was sent something");

        let lenient = client(&ismg, "verify_ismg = false");
        let sending = lenient.send();
        let mut line = ismg.accept().await;
        let (sequence, _) = line.connect().await;
        line.answer_connect(sequence, 0, &proof).await;
        let submit = line.submit().await;
        line.answer(&submit, 7, 0).await;
        assert_eq!(sending.outcome().await, Ok(receipt("7")));
    }
}

#[tokio::test]
async fn somebody_who_speaks_something_else_is_not_a_gateway() {
    for answer in [&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..], &[0, 0, 0, 12, 0x80, 0, 0, 2, 0, 0, 0, 1], &[255; 40]] {
        let ismg = Ismg::start(Spoken::V3).await;
        let client = client(&ismg, "");
        let sending = client.send();
        let mut line = ismg.accept().await;
        line.connect().await;
        line.write_bytes(answer).await;
        assert!(matches!(sending.error().await, SmsError::Unreachable { .. }));
        assert!(line.read().await.is_none());
    }
}

/// A proof of fifteen bytes is none.
#[tokio::test]
async fn an_answer_of_the_wrong_length_lets_nobody_in() {
    let ismg = Ismg::start(Spoken::V3).await;
    let client = client(&ismg, "verify_ismg = false");
    let sending = client.send();
    let mut line = ismg.accept().await;
    let (sequence, _) = line.connect().await;
    line.write(CONNECT_RESP, sequence, &[0; 20]).await;
    assert!(matches!(sending.error().await, SmsError::Unreachable { .. }));
}

#[tokio::test]
async fn who_does_not_answer_in_time_is_unreachable() {
    let ismg = Ismg::start(Spoken::V3).await;
    let client = client_within(&ismg, "timeout = \"10s\"\nconnect_timeout = \"500ms\"", "");
    let sending = client.send();
    let mut line = ismg.accept().await;
    line.connect().await;
    assert!(matches!(sending.error().await, SmsError::Unreachable { .. }));
    drop(ismg);
    assert!(matches!(client.send().error().await, SmsError::Unreachable { .. }));
}
