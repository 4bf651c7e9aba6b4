//! case 93, T25: gateways that leave, fall silent, or send what no PDU is. What was written and not answered is unknown.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use resetgate::sms::SmsError;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::peer::{ENQUIRE_LINK, Peer, RESPONSE, SUBMIT_SM, UNBIND, Wire};
use crate::provider::{NUMBER, message, sender, sender_within, soon};
use crate::smsc::Smsc;

const SHORT: &str = "timeout = \"1s\"\nconnect_timeout = \"500ms\"";

/// A peer that serves its first connection with `first` and behaves on every other. Tells when each was bound.
async fn misbehaving<F, Done>(first: F) -> (Peer, mpsc::UnboundedReceiver<usize>)
where
    F: Fn(Wire) -> Done + Clone + Send + Sync + 'static,
    Done: Future<Output: Send> + Send + 'static,
{
    let (told, bound) = mpsc::unbounded_channel();
    let connections = Arc::new(AtomicUsize::new(0));
    let peer = Peer::serving(move |mut wire| {
        let (told, first) = (told.clone(), first.clone());
        let number = connections.fetch_add(1, Ordering::SeqCst);
        async move {
            wire.bind().await;
            let _ = told.send(number);
            if number == 0 {
                first(wire).await;
            } else {
                wire.behave().await;
            }
        }
    })
    .await;
    (peer, bound)
}

/// What becomes of a message on a first connection that ends so, and that the next connection takes messages again.
async fn outcome_and_recovery<F, Done>(first: F) -> SmsError
where
    F: Fn(Wire) -> Done + Clone + Send + Sync + 'static,
    Done: Future<Output: Send> + Send + 'static,
{
    let (peer, _bound) = misbehaving(first).await;
    let sender = sender(peer.port, "");
    let error = sender.provider.send(&message(NUMBER)).await.unwrap_err();
    assert_eq!(sender.outcome(NUMBER).await, "m");
    assert_eq!(peer.connections(), 2);
    error
}

fn reason(error: SmsError) -> String {
    let SmsError::Unknown { reason } = error else { panic!("{error}") };
    reason
}

#[tokio::test]
async fn a_real_smsc_that_unbinds_or_vanishes_or_goes_deaf_is_bound_again() {
    let mut smsc = Smsc::start().await;
    let sender = sender_within(smsc.port, SHORT, "enquire_link = \"1s\"");
    assert!(smsc_binds(&sender, &mut smsc).await);
    for number in ["13800130006", "13800130007", "13800130009"] {
        assert_eq!(sender.outcome(number).await, "provider_unknown", "{number}");
        // The deaf one is found out by enquire_link.
        assert_eq!(smsc.next_with("bind").await["right"], true, "{number}");
        assert!(sender.outcome(NUMBER).await.starts_with("msg"), "{number}");
    }
}

async fn smsc_binds(sender: &crate::provider::Sender, smsc: &mut Smsc) -> bool {
    sender.provider.start();
    smsc.next_with("bind").await["right"] == true
}

#[tokio::test]
async fn a_message_on_a_connection_that_drops_is_unknown() {
    let error = outcome_and_recovery(|mut wire| async move { wire.read().await }).await;
    assert!(reason(error).contains("it closed the connection"));
}

#[tokio::test]
async fn a_message_before_an_unbind_is_unknown_and_the_unbind_is_answered() {
    let (read, mut answers) = mpsc::unbounded_channel();
    let error = outcome_and_recovery(move |mut wire| {
        let read = read.clone();
        async move {
            wire.read().await;
            wire.write(UNBIND, 0, 1, b"").await;
            for _ in 0..2 {
                let _ = read.send(wire.read().await.map(|pdu| pdu.command));
            }
        }
    })
    .await;
    assert!(reason(error).contains("it unbound"));
    // And then the connection is closed.
    assert_eq!((soon(answers.recv()).await, soon(answers.recv()).await), (Some(Some(UNBIND | RESPONSE)), Some(None)));
}

/// case 93: 16 MiB `command_length`, `command_length` below 16. The session ends; no memory is taken for it.
#[tokio::test]
async fn a_length_that_no_pdu_has_ends_the_session() {
    for length in [0_u32, 15, 16 << 20, u32::MAX] {
        let error = outcome_and_recovery(move |mut wire| async move {
            let submit = wire.read().await.unwrap();
            let _ = wire.0.write_all(&length.to_be_bytes()).await;
            wire.answer(&submit, 0, b"late\0").await;
            wire.read().await
        })
        .await;
        assert!(reason(error).contains(&format!("it sent a PDU of {length} bytes")));
    }
}

/// To a gateway that has lost our bind every message is wrong; a new bind mends it.
#[tokio::test]
async fn a_gateway_that_forgot_our_bind_is_bound_again() {
    let error = outcome_and_recovery(|mut wire| async move {
        let submit = wire.read().await.unwrap();
        wire.answer(&submit, 0x04, b"").await;
        wire.read().await
    })
    .await;
    assert!(matches!(error, SmsError::Unreachable { .. }), "{error}");
}

/// case 93: a half-open socket: it takes what we write and never says anything.
#[tokio::test]
async fn a_gateway_that_answers_nothing_is_found_out_by_enquire_link() {
    let (asked, mut questions) = mpsc::unbounded_channel();
    let (peer, mut bound) = misbehaving(move |mut wire| {
        let asked = asked.clone();
        async move {
            while let Some(pdu) = wire.read().await {
                let _ = asked.send(pdu.command);
            }
        }
    })
    .await;
    let sender = sender_within(peer.port, SHORT, "enquire_link = \"1s\"");
    sender.provider.start();
    assert_eq!((soon(bound.recv()).await, soon(questions.recv()).await), (Some(0), Some(ENQUIRE_LINK)));
    assert_eq!(soon(bound.recv()).await, Some(1));
    assert_eq!(sender.outcome(NUMBER).await, "m");
}

/// A gateway that answers `enquire_link` and no message: nothing hangs, and only as many wait as the window allows.
#[tokio::test]
async fn what_finds_no_room_in_the_window_is_withdrawn_and_never_written() {
    let (read, mut submits) = mpsc::unbounded_channel();
    let peer = Peer::serving(move |mut wire| {
        let read = read.clone();
        async move {
            wire.bind().await;
            while let Some(pdu) = wire.read().await {
                let _ = read.send(pdu.command);
            }
        }
    })
    .await;
    let sender = sender_within(peer.port, SHORT, "window = 1");
    let (one, two) = tokio::join!(sender.outcome(NUMBER), sender.outcome(NUMBER));
    let mut outcomes = [one, two];
    outcomes.sort_unstable();
    assert_eq!(outcomes, ["provider_throttled", "provider_unknown"]);
    sender.provider.close().await;
    assert_eq!(soon(submits.recv()).await, Some(SUBMIT_SM));
    assert_eq!(soon(submits.recv()).await, Some(UNBIND));
}

/// case 86: nobody there leads to the next provider, and the message is not kept for later.
#[tokio::test]
async fn a_message_that_found_no_session_is_not_sent_when_there_is_one() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let sender = sender_within(address.port(), SHORT, "");
    let error = sender.provider.send(&message(NUMBER)).await.unwrap_err();
    let SmsError::Unreachable { reason } = error else { panic!("{error}") };
    assert!(reason.starts_with("no connection: "), "{reason}");
    let (read, mut submits) = mpsc::unbounded_channel();
    let _peer = Peer::on(TcpListener::bind(address).await.unwrap(), move |mut wire| {
        let read = read.clone();
        async move {
            wire.bind().await;
            while let Some(pdu) = wire.read().await {
                let _ = read.send(pdu.command);
                wire.answer(&pdu, 0, b"m\0").await;
            }
        }
    });
    assert_eq!(sender.outcome(NUMBER).await, "m");
    sender.provider.close().await;
    assert_eq!((soon(submits.recv()).await, soon(submits.recv()).await), (Some(SUBMIT_SM), Some(UNBIND)));
}

/// Somebody who gives up waiting must not cost anybody a message.
#[tokio::test]
async fn a_send_that_is_given_up_before_it_was_written_is_never_written() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let sender = sender(listener.local_addr().unwrap().port(), "");
    // It is accepted by the system and bound by nobody yet.
    let given_up = tokio::time::timeout(Duration::from_millis(200), sender.outcome(NUMBER)).await;
    assert!(given_up.is_err());
    let (read, mut submits) = mpsc::unbounded_channel();
    let _peer = Peer::on(listener, move |mut wire| {
        let read = read.clone();
        async move {
            wire.bind().await;
            while let Some(pdu) = wire.read().await {
                let _ = read.send(pdu.command);
                wire.answer(&pdu, 0, b"").await;
            }
        }
    });
    assert_eq!(sender.provider.examine().await[0].text, "the gateway took the bind");
    sender.provider.close().await;
    assert_eq!(soon(submits.recv()).await, Some(UNBIND));
}

/// The first part is on its way, so nobody may send the message again.
#[tokio::test]
async fn a_later_part_that_is_refused_leaves_the_message_unknown() {
    let peer = Peer::serving(|mut wire| async move {
        wire.bind().await;
        for status in [0, 0x58] {
            let submit = wire.read().await.unwrap();
            wire.answer(&submit, status, b"m\0").await;
        }
        wire.read().await
    })
    .await;
    let sender = sender(peer.port, "");
    let text = "码".repeat(80);
    let error = sender.provider.send(&crate::provider::text_message(NUMBER, &text)).await.unwrap_err();
    assert!(reason(error).starts_with("part 2 of 2 failed after others were taken: "));
}
