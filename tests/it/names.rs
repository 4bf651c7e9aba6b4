//! Names and numbers as people, other alphabets and other programs write them.

use resetgate::account::NewAccount;
use resetgate::domain::{PhoneNumber, Region};

use crate::harness::{ANNA, TestApp, mailbox};

/// A claimant of their own for each try, so that the gates by requester do not meet.
fn from(number: usize) -> String {
    format!("198.51.100.{}", number + 1)
}

/// case 66: no sign outside ASCII is folded into a name inside it; nothing is sent, and the holder's own spelling works.
#[tokio::test]
async fn look_alikes_of_a_name_are_refused_and_reach_nobody() {
    let app = TestApp::start().await;
    app.add("mike@example.gov.cn", "13800138001").await;
    let typed = [
        "m\u{131}ke@example.gov.cn",
        "M\u{130}KE@example.gov.cn",
        "mi\u{212a}e@example.gov.cn",
        "o\u{fb01}ce@example.gov.cn",
        "a\u{301}nna@example.gov.cn",
        "\u{202e}anna@example.gov.cn",
        "an\u{200d}na@example.gov.cn",
        "\u{430}nna@example.gov.cn",
    ];
    for (number, typed) in typed.into_iter().enumerate() {
        let refused = app.claimant_from(&from(number)).try_start(typed).await.problem(422, "validation_failed");
        assert_eq!(refused.body["errors"][0]["pointer"], "/account", "{typed}");
        assert!(!String::from_utf8_lossy(&refused.bytes).contains(typed), "what was typed is not repeated");
    }
    // Full width is how an input method writes the same letters, and blanks and marks at the ends are seen by nobody: it
    // is the holder's own spelling, and the holder's phone gets the code.
    let own = [
        "MIKE@Example.GOV.CN",
        "\u{ff4d}\u{ff49}ke\u{ff20}example\u{ff0e}gov\u{3002}cn",
        "\u{feff} mike@example.gov.cn\u{202c}\u{200b}\t",
    ];
    for (number, typed) in own.into_iter().enumerate() {
        app.advance(1_000);
        app.claimant_from(&from(100 + number)).start(typed).await.code().await;
    }
    let sent: Vec<_> = app.outbound.all().into_iter().map(|message| message.to).collect();
    assert_eq!(sent, ["+8613800138001"; 3]);
}

/// case 67: both spellings of an international domain are one account; a homograph of it, and of ours, is unknown.
#[tokio::test]
async fn both_spellings_of_an_international_domain_reach_one_account_and_homographs_none() {
    let app = TestApp::start().await;
    app.add("wang@bücher.example", "13800138001").await;
    for (number, typed) in
        ["wang@bücher.example", "Wang@BÜCHER.example", "wang@xn--bcher-kva.example"].iter().enumerate()
    {
        app.advance(1_000);
        app.claimant_from(&from(number)).start(typed).await.code().await;
    }
    assert!(app.outbound.all().iter().all(|message| message.to == "+8613800138001"));
    for (number, typed) in ["wang@bücher.ex\u{430}mple", "anna@ex\u{430}mple.gov.cn"].into_iter().enumerate() {
        let mut stranger = app.claimant_from(&from(100 + number));
        let answer = stranger.try_start(typed).await;
        if answer.status == 202 {
            assert_eq!(app.delivery(&stranger.id, 1).await, Err("unknown_account"), "{typed}");
        } else {
            answer.problem(422, "validation_failed");
        }
    }
    assert_eq!(app.outbound.all().len(), 3);
}

/// case 69: however a store writes a mobile number, its one international form gets the message.
#[tokio::test]
async fn every_way_to_store_a_mobile_number_reaches_its_one_form() {
    let app = TestApp::start().await;
    let stored = [
        "13800138000",
        "+8613800138000",
        "008613800138000",
        "8613800138000",
        "138 0013 8000",
        "138-0013-8000",
        "１３８００１３８０００",
        "\u{202a}13800138000\u{202c}",
        "138\u{200b}0013\u{2060}8000",
        "138\u{2010}0013\u{2015}8000",
    ];
    for (number, stored) in stored.into_iter().enumerate() {
        app.plant_number(ANNA, stored).await;
        app.advance(1_000);
        app.claimant_from(&from(number)).start(ANNA).await.code().await;
        assert_eq!(app.outbound.codes().last().unwrap().to, "+8613800138000", "{stored}");
    }
}

/// case 69 and case 70: a short, malformed, empty, double, landline, satellite or premium number gets nothing; the answer
/// is the one of every address, and the trail says why.
#[tokio::test]
async fn a_stored_number_that_no_code_can_reach_gets_none_and_the_answer_does_not_say_so() {
    let app = TestApp::start().await;
    let stored = [
        "",
        "   ",
        "unknown",
        "138001380001",
        "1380013800",
        "110",
        "95588",
        "106900000000",
        "010-55500100",
        "+881612345678",
        "+979123456789",
        "13800138000,13900139000",
        "13800138000 / 13900139000",
        "13800138000;ext=1",
        "+86+13800138000",
        "'; DROP TABLE account; --",
    ];
    let members =
        |answer: &crate::harness::Answer| answer.body.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let usual = members(&app.claimant_from("203.0.113.1").try_start("nobody@example.gov.cn").await.expect(202));
    for (number, stored) in stored.into_iter().enumerate() {
        app.plant_number(ANNA, stored).await;
        let mut anna = app.claimant_from(&from(number));
        let answer = anna.try_start(ANNA).await.expect(202);
        assert_eq!(members(&answer), usual, "{stored}");
        // The claimant sees one answer; the operator sees that something is stored there.
        let reason = if stored.trim().is_empty() { "no_phone" } else { "phone_unreadable" };
        assert_eq!(app.delivery(&anna.id, 1).await, Err(reason), "{stored}");
    }
    assert!(app.outbound.all().is_empty());
}

/// case 69: a country that is not allowed costs nothing.
#[tokio::test]
async fn a_mobile_number_of_another_country_gets_nothing_unless_its_country_is_allowed() {
    let app = TestApp::start().await;
    app.plant_number(ANNA, "+447400123456").await;
    let anna = app.claimant().start(ANNA).await;
    assert_eq!(app.delivery(&anna.id, 1).await, Err("country"));
}

/// case 78: nothing of the account but its number is in the message, so no name can become a link or a placeholder.
#[tokio::test]
async fn what_an_account_is_called_never_enters_the_message() {
    let app = TestApp::start().await;
    let text = "{code}【银行】http://evil.example {domain} %s ${jndi:x}";
    let account = NewAccount {
        name: Some(text.to_owned()),
        unit: Some(text.to_owned()),
        work_phone: Some(text.to_owned()),
        mobile: PhoneNumber::parse("13800138001", Region::CN).ok(),
        ..NewAccount::bare(mailbox("{code}{domain}@example.gov.cn"))
    };
    app.accounts.add(&account).await.unwrap();
    let claimant = app.claimant().start("{code}{domain}@example.gov.cn").await;
    let code = claimant.code().await;
    assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()));
    let sent = app.outbound.codes().remove(0);
    assert_eq!(sent.text, format!("【市政邮箱】动态密码{code}，5分钟内有效，用于重置邮箱密码，勿告诉他人。"));
}
