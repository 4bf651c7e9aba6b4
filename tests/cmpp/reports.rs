//! case 94: what a gateway delivers on its own: status reports, and what people write.

use resetgate::domain::Timestamp;
use resetgate::sms::{DeliveryReport, DeliveryState, ReportName};

use crate::harness::{client, receipt};
use crate::ismg::Ismg;
use crate::wire::{Spoken, delivery, status_report};

fn report(message_id: &str, state: DeliveryState, code: &str) -> DeliveryReport {
    DeliveryReport {
        provider: "first".into(),
        name: ReportName::Message(message_id.into()),
        state,
        code: Some(code.into()),
        // 08:39 in Beijing.
        at: Some(Timestamp::from_millis(1_795_394_340_000)),
    }
}

/// case 94: a report may be quicker than the answer to the message it is about.
#[tokio::test]
async fn a_report_that_comes_before_the_answer_is_taken() {
    for spoken in [Spoken::V2, Spoken::V3] {
        let ismg = Ismg::start(spoken).await;
        let mut client = client(&ismg, "");
        let sending = client.send();
        let mut line = ismg.admit().await;
        let submit = line.submit().await;
        let body = delivery(spoken, true, &status_report(spoken, 77, "DELIVRD"), None);
        assert_eq!(line.deliver(1, &body).await, 0);
        assert_eq!(client.report().await, report("77", DeliveryState::Delivered, "DELIVRD"));
        line.answer(&submit, 77, 0).await;
        assert_eq!(sending.outcome().await, Ok(receipt("77")));
    }
}

/// case 94: ACCEPTD is no end of a message, and a word that nobody knows is no harm.
#[tokio::test]
async fn an_intermediate_report_is_no_end_and_unknown_words_are_passed_on() {
    let ismg = Ismg::start(Spoken::V3).await;
    let mut client = client(&ismg, "");
    client.provider.start();
    let mut line = ismg.admit().await;
    for (stat, state) in [
        ("ACCEPTD", DeliveryState::Accepted),
        ("MB:0041", DeliveryState::Failed),
        ("XYZZY", DeliveryState::Unknown),
        ("EXPIRED", DeliveryState::Expired),
    ] {
        let body = delivery(Spoken::V3, true, &status_report(Spoken::V3, 5, stat), None);
        assert_eq!(line.deliver(9, &body).await, 0);
        let taken = client.report().await;
        assert_eq!(taken, report("5", state, stat));
        assert_eq!(taken.state.is_final(), ["MB:0041", "EXPIRED"].contains(&stat));
    }
}

/// case 94: a delivery that lies about its length is refused alone; the next one and the session are as before.
#[tokio::test]
async fn a_delivery_whose_length_lies_costs_that_delivery_alone() {
    for spoken in [Spoken::V2, Spoken::V3] {
        let ismg = Ismg::start(spoken).await;
        let mut client = client(&ismg, "");
        client.provider.start();
        let mut line = ismg.admit().await;
        let content = status_report(spoken, 6, "DELIVRD");
        for lie in [0, 59, 61, 72, 255] {
            assert_eq!(line.deliver(2, &delivery(spoken, true, &content, Some(lie))).await, 4, "{lie}");
        }
        assert_eq!(line.deliver(3, &delivery(spoken, true, &content[..34], None)).await, 1);
        assert_eq!(line.deliver(4, &[0; 8]).await, 4);
        assert!(!client.has_report());
        assert_eq!(line.deliver(5, &delivery(spoken, true, &content, None)).await, 0);
        assert_eq!(client.report().await, report("6", DeliveryState::Delivered, "DELIVRD"));
        let sending = client.send();
        let submit = line.submit().await;
        line.answer(&submit, 8, 0).await;
        assert_eq!(sending.outcome().await, Ok(receipt("8")));
    }
}

/// What people write back is acknowledged, or the gateway would deliver it for days; nobody reads it.
#[tokio::test]
async fn what_a_person_writes_is_acknowledged_and_is_no_report() {
    let ismg = Ismg::start(Spoken::V3).await;
    let mut client = client(&ismg, "");
    client.provider.start();
    let mut line = ismg.admit().await;
    assert_eq!(line.deliver(1, &delivery(Spoken::V3, false, "退订".as_bytes(), None)).await, 0);
    let like_a_report = status_report(Spoken::V3, 5, "DELIVRD");
    assert_eq!(line.deliver(2, &delivery(Spoken::V3, false, &like_a_report, None)).await, 0);
    assert!(!client.has_report());
}
