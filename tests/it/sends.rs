//! The silent gates: what a message costs or disturbs is bounded, and the answer stays what it is.

use resetgate::audit::EventKind;

use crate::harness::{ANNA, Setup, Shape, TestApp, UNKNOWN};

/// Asks for a code from an address of its own; why none left, if none did.
async fn ask(app: &TestApp, account: &str, from: u32) -> Option<&'static str> {
    let claimant = app.claimant_from(&format!("2001:db8:{from:x}::1")).start(account).await;
    app.delivery(&claimant.id, 1).await.err()
}

/// case 46: a second code within the minute is silent, and the next is let through when the minute is over.
#[tokio::test]
async fn a_second_code_within_a_minute_is_silent() {
    let app = TestApp::start().await;
    assert_eq!(ask(&app, ANNA, 1).await, None);
    app.clock.advance(std::time::Duration::from_millis(59_999));
    assert_eq!(ask(&app, ANNA, 2).await, Some("account"));
    app.clock.advance(std::time::Duration::from_millis(1));
    assert_eq!(ask(&app, ANNA, 3).await, None);
    assert_eq!(app.outbound.codes().len(), 2);
}

/// case 46: five in any hour, counted over the account and over the phone that accounts share.
#[tokio::test]
async fn the_sixth_code_in_an_hour_is_silent() {
    let app = TestApp::start().await;
    app.add("anton@example.gov.cn", "13800138000").await;
    let people = [ANNA, "anton@example.gov.cn"];
    for turn in 0..5 {
        assert_eq!(ask(&app, people[turn as usize % 2], turn).await, None);
        app.advance(718);
    }
    app.advance(3_599 - 5 * 718);
    assert_eq!(ask(&app, people[1], 6).await, Some("phone"));
    app.advance(1);
    assert_eq!(ask(&app, people[1], 7).await, None);
    assert_eq!(app.outbound.codes().len(), 6);
}

/// case 46: ten in any 24 hours. The window rolls: neither midnight, in UTC or in China, empties it.
#[tokio::test]
async fn the_eleventh_code_in_a_day_is_silent_across_midnight() {
    let app = TestApp::start().await;
    for turn in 0..10 {
        assert_eq!(ask(&app, ANNA, turn).await, None);
        app.advance(7_200);
    }
    assert_eq!(app.now().to_string(), "2026-11-24T03:00:00Z");
    app.advance(4 * 3_600 - 1);
    assert_eq!(ask(&app, ANNA, 11).await, Some("account"));
    app.advance(1);
    assert_eq!(ask(&app, ANNA, 12).await, None);
    app.advance(60);
    assert_eq!(ask(&app, ANNA, 13).await, Some("account"));
}

/// case 49: when the budget is spent, nobody gets a code, everybody gets the usual answer, and the operator an alarm and figures.
#[tokio::test]
async fn a_spent_budget_is_silent_outside_and_loud_inside() {
    let app = TestApp::start_with(Setup::with("[limits]\nbudget = [\"5/1h\"]")).await;
    let mut shapes = Vec::new();
    for number in 0..6 {
        let person = format!("person{number}@example.gov.cn");
        app.add(&person, &format!("1380013{number}000")).await;
        let mut claimant = app.claimant_from(&format!("2001:db8:{number:x}::1"));
        shapes.push(Shape::of(&claimant.try_start(&person).await.expect(202)));
        assert_eq!(app.delivery(&claimant.id, 1).await.err(), (number == 5).then_some("budget"));
    }
    shapes.push(Shape::of(&app.claimant_from("2001:db8:99::1").try_start(UNKNOWN).await));
    assert!(shapes.iter().all(|shape| *shape == shapes[0]));
    assert_eq!(app.outbound.codes().len(), 5);
    let alarm = app.events.nth(1, |event| matches!(event.kind, EventKind::BudgetLow { .. })).await;
    assert!(matches!(alarm.kind, EventKind::BudgetLow { left } if left <= 0.2), "{alarm:?}");
    let (_, metrics) = app.ops("/metrics").await;
    for line in ["resetgate_sms_budget_remaining_ratio 0.0", "resetgate_rate_limited_total{policy=\"budget\"} 1"] {
        assert!(metrics.contains(line), "{line} in\n{metrics}");
    }
    app.advance(3_600);
    assert_eq!(ask(&app, "person5@example.gov.cn", 0x100).await, None);
}

/// case 50: of forty numbers in one block of ten thousand the thirty-first and all after it are silent; the next block is not.
#[tokio::test]
async fn the_thirty_first_number_of_a_block_is_silent() {
    let app = TestApp::start().await;
    for number in 0..41 {
        let prefix = if number < 40 { "1371234" } else { "1371235" };
        app.add(&format!("person{number}@example.gov.cn"), &format!("{prefix}{number:04}")).await;
    }
    for number in 0..41 {
        let outcome = ask(&app, &format!("person{number}@example.gov.cn"), number).await;
        assert_eq!(outcome, (30..40).contains(&number).then_some("prefix"), "number {number}");
    }
    assert_eq!(app.outbound.codes().len(), 31);
}

/// case 56: every way to write one address is one account to the gates, or is refused; no way gets a second code.
#[tokio::test]
async fn variants_of_an_address_do_not_multiply_limits() {
    let app = TestApp::start().await;
    assert_eq!(ask(&app, ANNA, 0).await, None);
    let same = [
        "ANNA@example.gov.cn",
        "anna@EXAMPLE.gov.CN",
        "  anna@example.gov.cn",
        "anna@example.gov.cn \t",
        "anna@example.gov.cn.",
        "ａnna@example.gov.cn",
        "anna@ｅxample.gov.cn",
        "anna.zhang@example.gov.cn",
        "\"anna\"@example.gov.cn",
        "anna@example.gov.cn\n",
        "anna@example.gov.cn\0",
        "anna.@example.gov.cn",
        "anna@example.gov.cn%0a",
        "anna%0a@example.gov.cn",
        "anna+1@example.gov.cn",
        "anna(a)@example.gov.cn",
        "anna@@example.gov.cn",
        "anna@example.gov.cn,b@example.gov.cn",
        "<anna@example.gov.cn>",
        "anna@example。gov.cn",
        "an\u{ad}na@example.gov.cn",
        "anna@exam\u{200b}ple.gov.cn",
        "anna@example.gov.cn..",
    ];
    for (number, variant) in (1..).zip(same) {
        let mut claimant = app.claimant_from(&format!("2001:db8:{number:x}::1"));
        let answer = claimant.try_start(variant).await;
        if answer.status == 202 {
            let outcome = app.delivery(&claimant.id, 1).await.err();
            assert!(matches!(outcome, Some("account" | "unknown_account")), "{variant:?}: {outcome:?}");
        } else {
            answer.problem(422, "validation_failed");
        }
    }
    assert_eq!(app.outbound.codes().len(), 1);
}

/// case 57: a clock that jumps ahead frees at most one window's worth, and nothing panics a century later. (The way back is
/// not walked here: the service's clock cannot go back, which the tests of the clock and of the limits show.)
#[tokio::test]
async fn a_clock_that_jumps_ahead_frees_one_window_only() {
    let app = TestApp::start_with(Setup::with("[limits]\nbudget = [\"2/1h\", \"3/1d\"]")).await;
    for number in 0..4 {
        app.add(&format!("person{number}@example.gov.cn"), &format!("138001{number}8000")).await;
    }
    for (jump, century) in [(0, "2026"), (86_400, "2026"), (100 * 366 * 86_400, "2127")] {
        app.advance(jump);
        assert!(app.now().to_string().starts_with(century), "{}", app.now());
        for (number, outcome) in [(0, None), (1, None), (2, Some("budget")), (3, Some("budget"))] {
            assert_eq!(ask(&app, &format!("person{number}@example.gov.cn"), number).await, outcome);
        }
    }
    let old = app.claimant().start(ANNA).await;
    app.advance(1_000 * 366 * 86_400);
    assert_eq!(old.status().await.expect(200).text("state"), "expired");
    assert_eq!(app.ops("/metrics").await.0, 200);
}
