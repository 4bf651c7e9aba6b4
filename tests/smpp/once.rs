//! T25: whenever connections drop, no message is submitted twice, and none that was submitted is given to another provider.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use crate::peer::{Peer, SUBMIT_SM, Wire};
use crate::provider::{NUMBER, sender_within, text_message};

/// Where a connection ends.
#[derive(Debug, Clone, Copy)]
enum End {
    BeforeBind,
    AfterBindWasRead,
    AfterBind,
    AfterSubmits(usize),
    AfterAnswers(usize),
}

/// Chance that is the same in every run: a multiplicative generator (Knuth).
fn ends(run: u64) -> impl FnMut() -> End + Send {
    let mut state = run;
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let (draw, count) = ((state >> 33) % 9, usize::try_from((state >> 40) % 4).unwrap());
        match draw {
            0 => End::BeforeBind,
            1 => End::AfterBindWasRead,
            2 => End::AfterBind,
            3..=5 => End::AfterSubmits(count + 1),
            _ => End::AfterAnswers(count + 1),
        }
    }
}

type Seen = Arc<Mutex<HashMap<String, usize>>>;

async fn serve(mut wire: Wire, end: End, seen: Seen) {
    if matches!(end, End::BeforeBind) {
        return;
    }
    if matches!(end, End::AfterBindWasRead) {
        wire.read().await;
        return;
    }
    wire.bind().await;
    if matches!(end, End::AfterBind) {
        return;
    }
    let mut count = 0;
    while let Some(pdu) = wire.read().await {
        if pdu.command == SUBMIT_SM {
            count += 1;
            // The text is what follows the digits' address and the fixed fields; the number in it is unique.
            let text: String =
                pdu.body.iter().filter(|octet| octet.is_ascii_graphic()).map(|octet| char::from(*octet)).collect();
            let number = text.split('#').nth(1).unwrap().to_owned();
            *seen.lock().unwrap().entry(number).or_default() += 1;
            if matches!(end, End::AfterSubmits(most) if count >= most) {
                return;
            }
            wire.answer(&pdu, 0, b"m\0").await;
            if matches!(end, End::AfterAnswers(most) if count >= most) {
                return;
            }
        } else {
            wire.answer(&pdu, 0, b"").await;
        }
    }
}

/// Sends 40 messages, four at a time, to a peer that drops its connections by chance.
async fn messages_and_submits(run: u64) -> (usize, usize, usize) {
    let submits = Seen::default();
    let (kept, next_end) = (Arc::clone(&submits), Mutex::new(ends(run)));
    let peer = Peer::serving(move |wire| serve(wire, next_end.lock().unwrap()(), Arc::clone(&kept))).await;
    // So little time to connect that some messages find no session.
    let times = "timeout = \"5s\"\nconnect_timeout = \"100ms\"";
    let sender = sender_within(peer.port, times, "window = 3\nregistered_delivery = false\nreconnect_max = \"100ms\"");
    let send = async |from: usize| {
        let mut outcomes = Vec::new();
        for number in (from..40).step_by(4) {
            let outcome = sender.provider.send(&text_message(NUMBER, &format!("#{number}#"))).await;
            outcomes.push((number.to_string(), outcome));
        }
        outcomes
    };
    let outcomes = futures_util::future::join_all((0..4).map(send)).await.concat();
    sender.provider.close().await;
    let submits = submits.lock().unwrap();
    let (mut taken, mut unknown, mut elsewhere) = (0, 0, 0);
    for (number, outcome) in outcomes {
        let count = submits.get(&number).copied().unwrap_or(0);
        match outcome {
            Ok(_) => {
                taken += 1;
                assert_eq!(count, 1, "run {run}: message {number} was taken");
            }
            Err(error) if error.lets_another_try() => {
                elsewhere += 1;
                assert_eq!(count, 0, "run {run}: message {number} may be sent by another: {error}");
            }
            Err(error) => {
                unknown += 1;
                assert!(count <= 1, "run {run}: message {number} was submitted {count} times: {error}");
            }
        }
    }
    (taken, unknown, elsewhere)
}

#[tokio::test]
#[expect(clippy::print_stdout, reason = "the figures are for whoever asks with --nocapture")]
async fn connections_that_drop_anywhere_never_double_a_message() {
    let runs = futures_util::future::join_all((1..=8).map(messages_and_submits)).await;
    println!("taken, unknown, free for another provider: {runs:?}");
    let (taken, unknown, elsewhere) =
        runs.iter().fold((0, 0, 0), |sum, run| (sum.0 + run.0, sum.1 + run.1, sum.2 + run.2));
    // All of them happened, so the drops were where they matter.
    assert!(taken > 30 && unknown > 15 && elsewhere > 0, "{runs:?}");
}
