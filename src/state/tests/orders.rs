use std::sync::Arc;

use super::{START, seconds as at};
use crate::domain::{DeliveryReport, DeliveryState, OrderId, ReportName, SystemRandom};
use crate::state::{MemoryOrders, SentOrder, SentOrders, Settled};

fn sent(message_id: Option<&str>) -> SentOrder {
    SentOrder {
        order: OrderId::draw(&SystemRandom),
        provider: "main".into(),
        message_id: message_id.map(Box::from),
        challenge: None,
        handed_at: START,
    }
}

fn report(name: ReportName, state: DeliveryState) -> DeliveryReport {
    DeliveryReport { provider: "main".into(), name, state, code: None, at: None }
}

fn by_id(id: &str, state: DeliveryState) -> DeliveryReport {
    report(ReportName::Message(id.into()), state)
}

/// What it was good for, in one word.
async fn settle(orders: &MemoryOrders, report: DeliveryReport, second: u64) -> &'static str {
    match orders.settle(report, at(second)).await.unwrap() {
        Settled::News(news) => news.report.state.name(),
        Settled::Known => "known",
        Settled::Unknown => "unknown",
    }
}

use DeliveryState::{Accepted, Delivered, Expired, Failed, Rejected, Unknown};

/// Gateways pad an id with zeros in one place and write its letters small in another.
#[tokio::test]
async fn a_receipt_is_of_its_message_whatever_the_zeros_and_letters_of_the_id() {
    let orders = MemoryOrders::new(1_000);
    for (answer, receipt) in [("0000A1F3", "a1f3"), ("17", "0000000017"), ("Msg-0B", "MSG-0b")] {
        orders.note(sent(Some(answer)), at(0)).await.unwrap();
        assert_eq!(settle(&orders, by_id(receipt, Delivered), 1).await, "delivered", "{answer}");
        assert_eq!(settle(&orders, by_id(&format!("{receipt}0"), Delivered), 1).await, "unknown", "{answer}");
    }
}

#[tokio::test]
async fn a_message_is_found_by_its_order_and_by_the_providers_id_of_this_provider_alone() {
    let orders = MemoryOrders::new(1_000);
    for name in 0..2 {
        let order = sent(Some("m-1"));
        let names = [ReportName::Order(order.order), ReportName::Message("m-1".into())];
        assert_eq!(orders.note(order.clone(), START).await.unwrap(), []);
        let stranger = DeliveryReport { provider: "other".into(), ..report(names[name].clone(), Delivered) };
        assert_eq!(settle(&orders, stranger, 1).await, "unknown", "another provider's word");
        let Settled::News(news) = orders.settle(report(names[name].clone(), Delivered), at(2)).await.unwrap() else {
            panic!("it is known");
        };
        assert_eq!((&*news.order, news.came_at), (&order, at(2)));
        assert_eq!(settle(&orders, report(names[1 - name].clone(), Delivered), 3).await, "known", "by its other name");
    }
}

/// case 91: twice, out of order, or contradicting: the first final word stays.
#[tokio::test]
async fn a_final_word_is_the_last_one() {
    for last in [Delivered, Failed, Expired, Rejected] {
        let orders = MemoryOrders::new(1_000);
        orders.note(sent(Some("m-1")), START).await.unwrap();
        let mut said = Vec::new();
        for state in [Accepted, Accepted, Unknown, last, last, Accepted, Delivered, Failed] {
            said.push(settle(&orders, by_id("m-1", state), 1).await);
        }
        assert_eq!(said, ["accepted", "known", "unknown", last.name(), "known", "known", "known", "known"]);
    }
}

/// case 93, case 94: a receipt may be faster than the answer to the message it is about.
#[tokio::test]
async fn what_came_early_is_told_when_the_message_is_noted() {
    let orders = MemoryOrders::new(1_000);
    assert_eq!(settle(&orders, by_id("m-1", Accepted), 1).await, "unknown");
    assert_eq!(settle(&orders, by_id("m-1", Delivered), 2).await, "unknown");
    let order = sent(Some("m-1"));
    assert_eq!(settle(&orders, report(ReportName::Order(order.order), Delivered), 3).await, "unknown");
    let told = orders.note(order, at(4)).await.unwrap();
    let told: Vec<_> = told.iter().map(|news| (news.report.state, news.came_at)).collect();
    assert_eq!(told, [(Accepted, at(1)), (Delivered, at(2))]);
    assert_eq!(settle(&orders, by_id("m-1", Delivered), 5).await, "known");
    assert_eq!(orders.remembered().1, 0, "early ones are told once");
}

#[tokio::test]
async fn neither_an_early_receipt_nor_a_message_is_waited_for_without_end() {
    let orders = MemoryOrders::new(1_000);
    settle(&orders, by_id("m-1", Delivered), 0).await;
    assert_eq!(orders.note(sent(Some("m-1")), at(120)).await.unwrap(), []);
    assert_eq!(settle(&orders, by_id("m-1", Accepted), 72 * 3_600 - 1).await, "accepted");
    assert_eq!(settle(&orders, by_id("m-1", Delivered), 72 * 3_600).await, "unknown");
}

#[tokio::test]
async fn strangers_receipts_push_out_no_message() {
    let orders = MemoryOrders::new(1_000);
    orders.note(sent(Some("m-1")), START).await.unwrap();
    for number in 0..30_000 {
        settle(&orders, by_id(&format!("x-{number}"), Delivered), 1).await;
        settle(&orders, by_id("x", Unknown), 1).await;
    }
    let (messages, early) = orders.remembered();
    assert!(messages == 2 && early <= 10_000, "{messages} {early}");
    assert_eq!(settle(&orders, by_id("m-1", Delivered), 1).await, "delivered");
}

/// Whichever is first, a receipt and the note of its message meet exactly once.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_receipt_at_the_very_moment_is_told_exactly_once() {
    let orders = Arc::new(MemoryOrders::new(1_000));
    for turn in 0..500 {
        let id = format!("m-{turn}");
        let (noting, settling) = (Arc::clone(&orders), Arc::clone(&orders));
        let (order, receipt) = (sent(Some(&id)), by_id(&id, Delivered));
        let noted = tokio::spawn(async move { noting.note(order, START).await.unwrap().len() });
        let settled = tokio::spawn(async move { settling.settle(receipt, START).await.unwrap() });
        let told = usize::from(matches!(settled.await.unwrap(), Settled::News(_)));
        assert_eq!(noted.await.unwrap() + told, 1, "{id}");
    }
}
