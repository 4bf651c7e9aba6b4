//! How sessions end: from either side, with and without time to say so.

use resetgate::sms::SmsError;

use crate::harness::{client, receipt};
use crate::ismg::Ismg;
use crate::wire::{Spoken, TERMINATE, TERMINATE_RESP};

#[tokio::test]
async fn a_closed_provider_takes_leave_and_sends_nothing_more() {
    for spoken in [Spoken::V2, Spoken::V3] {
        let ismg = Ismg::start(spoken).await;
        let client = client(&ismg, "");
        let sending = client.send();
        let mut line = ismg.admit().await;
        let submit = line.submit().await;
        line.answer(&submit, 4, 0).await;
        assert_eq!(sending.outcome().await, Ok(receipt("4")));
        let closing = {
            let provider = std::sync::Arc::clone(&client.provider);
            tokio::spawn(async move { provider.close().await })
        };
        line.part().await;
        closing.await.unwrap();
        assert!(matches!(client.send().error().await, SmsError::Unreachable { .. }));
        assert!(!ismg.has_caller().await);
    }
}

#[tokio::test]
async fn a_provider_that_is_dropped_takes_leave() {
    let ismg = Ismg::start(Spoken::V3).await;
    let client = client(&ismg, "");
    client.provider.start();
    let mut line = ismg.admit().await;
    line.settle().await;
    drop(client);
    line.part().await;
}

/// A process that ends drops its tasks where they stand; the gateway need not find out by a time-out.
#[test]
fn a_runtime_that_ends_takes_leave() {
    let here = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let ismg = here.block_on(Ismg::start(Spoken::V3));
    let client = client(&ismg, "");
    let there = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    there.block_on(async { client.provider.start() });
    let mut line = here.block_on(async {
        let mut line = ismg.admit().await;
        line.settle().await;
        line
    });
    drop(there);
    here.block_on(async {
        line.expect(TERMINATE).await;
        assert!(line.read().await.is_none());
    });
}

/// case 94: the gateway ends the session; what waits for an answer is unknown, and the next message finds a new one.
#[tokio::test]
async fn a_gateway_that_ends_the_session_is_answered_and_found_again() {
    for spoken in [Spoken::V2, Spoken::V3] {
        let ismg = Ismg::start(spoken).await;
        let client = client(&ismg, "");
        let sending = client.send();
        let mut line = ismg.admit().await;
        line.submit().await;
        line.write(TERMINATE, 9, &[]).await;
        assert_eq!(line.expect(TERMINATE_RESP).await.sequence, 9);
        assert!(line.read().await.is_none());
        assert!(matches!(sending.error().await, SmsError::Unknown { .. }));
        let mut line = ismg.admit().await;
        let sending = client.send();
        let submit = line.submit().await;
        line.answer(&submit, 1, 0).await;
        assert_eq!(sending.outcome().await, Ok(receipt("1")));
    }
}
