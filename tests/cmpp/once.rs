//! case 86 and T25: whatever happens to connections, no message arrives twice, and what is said of it is true.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use resetgate::sms::SmsError;
use tokio::io::AsyncReadExt;

use crate::harness::client;
use crate::ismg::{Ismg, Line};
use crate::wire::{CONNECT, Connect, SUBMIT, SUBMIT_RESP, Spoken, Submit, TERMINATE, unit};

const MESSAGES: usize = 240;
const AT_ONCE: usize = 12;

type Arrived = Arc<Mutex<HashMap<String, usize>>>;

/// Lets everybody in and answers, until chance has it that the connection ends: before, while or after it reads or
/// answers, with and without a word.
async fn unreliable(ismg: Ismg, arrived: Arrived, lost: Arc<Mutex<usize>>, mut chance: impl FnMut() -> u32) {
    loop {
        let mut line = ismg.accept().await;
        serve(&mut line, &arrived, &mut chance).await;
        *lost.lock().unwrap() += 1;
    }
}

async fn serve(line: &mut Line, arrived: &Arrived, chance: &mut impl FnMut() -> u32) {
    while let Some(told) = line.read().await {
        match told.command {
            CONNECT if chance().is_multiple_of(12) => return,
            CONNECT => {
                let proof = line.proof(&Connect::read(&told.body));
                line.answer_connect(told.sequence, 0, &proof).await;
            }
            SUBMIT => {
                let submit = Submit::read(&told, line.spoken);
                *arrived.lock().unwrap().entry(submit.text()).or_default() += 1;
                let answer = [&7_u64.to_be_bytes()[..], &line.spoken.status(0)].concat();
                let answer = unit(SUBMIT_RESP, submit.sequence, &answer);
                match chance() % 24 {
                    0 => return,
                    1 => return line.write_bytes(&answer[..13]).await,
                    2 => {
                        line.write_bytes(&answer).await;
                        return;
                    }
                    3 => {
                        // The next unit is cut off while it is read.
                        line.write_bytes(&answer).await;
                        let mut half = [0; 60];
                        let _ = line.stream.read_exact(&mut half).await;
                        return;
                    }
                    4 => {
                        line.write(TERMINATE, 1, &[]).await;
                        return;
                    }
                    5 => {
                        // Not even an orderly end: the client is told that the connection was reset.
                        line.stream.set_zero_linger().unwrap();
                        return;
                    }
                    _ => line.write_bytes(&answer).await,
                }
            }
            _ => {}
        }
    }
}

/// The same numbers for the same seed (Knuth's linear congruence), so that a failure can be had again.
fn chance(seed: u64) -> impl FnMut() -> u32 {
    let mut state = seed;
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from(state >> 33).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::print_stdout, reason = "the figures are for whoever asks with --nocapture")]
async fn however_connections_are_lost_no_message_arrives_twice() {
    for (seed, spoken) in [(1, Spoken::V3), (2, Spoken::V2)] {
        let ismg = Ismg::start(spoken).await;
        let client = Arc::new(client(&ismg, "window = 4"));
        let (arrived, lost) = (Arrived::default(), Arc::default());
        let chance = chance(seed);
        let gateway = tokio::spawn(unreliable(ismg, Arc::clone(&arrived), Arc::clone(&lost), chance));
        let (mut taken, mut nothing, mut unknown) = (0, 0, 0);
        for round in 0..MESSAGES / AT_ONCE {
            let texts: Vec<_> = (0..AT_ONCE).map(|number| format!("message {round}.{number}")).collect();
            let sendings: Vec<_> = texts.iter().map(|text| client.send_text(text)).collect();
            for (text, sending) in texts.iter().zip(sendings) {
                let outcome = sending.outcome().await;
                let times = arrived.lock().unwrap().get(text).copied().unwrap_or(0);
                let truth = match outcome {
                    Ok(_) => {
                        taken += 1;
                        times == 1
                    }
                    Err(SmsError::Unreachable { .. } | SmsError::Throttled { .. }) => {
                        nothing += 1;
                        times == 0
                    }
                    Err(SmsError::Unknown { .. }) => {
                        unknown += 1;
                        times <= 1
                    }
                    Err(error) => panic!("seed {seed}: {error:?}"),
                };
                assert!(truth, "seed {seed}: {text} arrived {times} times");
            }
        }
        gateway.abort();
        let lost = *lost.lock().unwrap();
        println!("seed {seed}: {lost} connections lost; {taken} taken, {unknown} unknown, {nothing} sent nothing");
        assert!(lost >= 20 && taken >= 50 && unknown >= 10, "{lost} lost, {taken} taken, {unknown} unknown");
        let arrived = arrived.lock().unwrap();
        assert!(arrived.values().all(|times| *times == 1), "seed {seed}: {arrived:?}");
    }
}
