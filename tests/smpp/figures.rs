//! What the window is for.

use std::time::Instant;

use crate::peer::Peer;
use crate::provider::{NUMBER, sender};

/// The peer answers nothing before it has read ten: without a window of ten, nobody would get an answer.
#[tokio::test]
async fn as_many_messages_as_the_window_holds_are_on_their_way_at_once() {
    let peer = Peer::serving(|mut wire| async move {
        wire.bind().await;
        loop {
            let mut submits = Vec::new();
            while submits.len() < 10 {
                let Some(submit) = wire.read().await else { return };
                submits.push(submit);
            }
            for submit in submits.iter().rev() {
                wire.answer(submit, 0, format!("m{}\0", submit.sequence).as_bytes()).await;
            }
        }
    })
    .await;
    let sender = sender(peer.port, "registered_delivery = false");
    let ids = futures_util::future::join_all((0..20).map(|_| sender.outcome(NUMBER))).await;
    assert!(ids.iter().all(|id| id.starts_with('m')), "{ids:?}");
}

#[tokio::test]
#[expect(clippy::print_stdout, reason = "the figures are for whoever asks with --nocapture")]
#[expect(clippy::disallowed_methods, reason = "it measures")]
async fn messages_a_second_over_loopback() {
    let mut rates = Vec::new();
    for window in [1, 10] {
        let peer = Peer::serving(|mut wire| async move { wire.behave().await }).await;
        let sender = sender(peer.port, &format!("window = {window}\nregistered_delivery = false"));
        sender.outcome(NUMBER).await;
        let start = Instant::now();
        let send = async |_| {
            for _ in 0..100 {
                assert_eq!(sender.outcome(NUMBER).await, "m");
            }
        };
        futures_util::future::join_all((0..20).map(send)).await;
        rates.push(2_000.0 / start.elapsed().as_secs_f64());
    }
    println!("window 1: {:.0}/s, window 10: {:.0}/s, ratio {:.2}", rates[0], rates[1], rates[1] / rates[0]);
}
