//! Which passwords become a mailbox's, whole and as they were meant.

use resetgate::account::NewAccount;
use resetgate::domain::{PhoneNumber, Region};

use crate::harness::{ANNA, Answer, OLD_PASSWORD, Setup, TestApp, mailbox};

/// 34 signs of four classes, of which any beginning is no common password.
const LONG: &str = "Tq7#mZ4!vR9$kL2%wP5^hJ8&cN3*dG6(yF";
/// Gates wide enough for tables of passwords.
const WIDE: &str = "[limits]\nverify = [\"1000/10m\"]\nstart = [\"1000/1d\"]\naccount = [\"100/1d\"]\nphone = [\"100/1d\"]\n\
                    [flow]\nmax_refusals = 20";

fn rules(refused: &Answer) -> Vec<String> {
    let errors = refused.body["errors"].as_array().unwrap();
    errors.iter().map(|error| error["code"].as_str().unwrap().to_owned()).collect()
}

/// Recovers Anna's account with `password`, in a challenge of its own.
async fn recover(app: &TestApp, password: &str) -> Answer {
    app.advance(1_000);
    app.claimant().verified(ANNA).await.complete(password).await
}

/// case 71: refused by code points and before any hash: too short, too long, far too long, spaces alone, control signs.
#[tokio::test]
async fn passwords_that_no_policy_takes_are_refused_with_their_rule_and_the_code_still_counts() {
    let app = TestApp::start_with(Setup::with(WIDE)).await;
    let anna = app.claimant().verified(ANNA).await;
    let table = [
        (LONG[..11].to_owned(), "policy.length"),
        (LONG[..31].to_owned(), "policy.length"),
        (LONG.repeat(4)[..128].to_owned(), "policy.length"),
        (LONG.repeat(4)[..129].to_owned(), "password_too_long"),
        ("\u{1f600}".repeat(300), "password_too_long"),
        (" ".repeat(14), "policy.classes"),
        ("Tq7#mZ4!vR9$\0".to_owned(), "password_control"),
        ("Tq7#mZ4!\nvR9$".to_owned(), "password_control"),
        ("Tq7#mZ4!\u{85}vR9$".to_owned(), "password_control"),
        (String::new(), "password_required"),
    ];
    for (password, rule) in table {
        let refused = anna.complete(&password).await.expect(422);
        assert_eq!(rules(&refused)[0], rule, "{password:?}");
    }
    anna.complete(&"x".repeat(20_000)).await.problem(413, "payload_too_large");
    assert!(app.signs_in(ANNA, OLD_PASSWORD).await);
    anna.complete(&LONG[..12]).await.expect(200);
}

/// case 71 and case 72: what is accepted is taken whole. argon2 knows no limit of 72 bytes: of 84 the last one counts, and
/// so do spaces at the ends; an emoji is one sign.
#[tokio::test]
async fn passwords_are_taken_whole_to_their_last_byte() {
    let app = TestApp::start_with(Setup::with(WIDE)).await;
    let hanzi: String = "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬".chars().take(23).collect();
    let emoji: String = (0..18).filter_map(|step| char::from_u32(0x1f600 + step)).collect();
    let table = [
        LONG[..12].to_owned(),
        LONG[..30].to_owned(),
        format!("Aa1#mZ4{hanzi}"),
        format!("{}{emoji}", &LONG[..12]),
        format!(" {} ", &LONG[..14]),
    ];
    assert!(table[2].len() > 72 && table[2].chars().count() == 30);
    for password in table {
        recover(&app, &password).await.expect(200);
        assert!(app.signs_in(ANNA, &password).await, "{password}");
        let mut cut = password.clone();
        cut.pop();
        assert!(!app.signs_in(ANNA, &cut).await, "{password} without its last sign");
        assert!(!app.signs_in(ANNA, &format!("{cut}x")).await, "{password} with another last sign");
    }
    let long = format!("{}{emoji}x", &LONG[..12]);
    assert_eq!(rules(&recover(&app, &long).await.expect(422)), ["policy.length"], "31 signs");
}

/// case 71 and case 74: both spellings of a word are one password. The API takes it once; pages compare two entries before
/// they send one, and whatever spelling arrives, the same password is written.
#[tokio::test]
async fn both_normal_forms_of_a_password_are_one_password() {
    let app = TestApp::start_with(Setup::with(WIDE)).await;
    let (composed, decomposed) = ("Tq7#mZ4!vR9\u{e9}", "Tq7#mZ4!vR9e\u{301}");
    for (typed, other) in [(composed, decomposed), (decomposed, composed)] {
        recover(&app, typed).await.expect(200);
        assert!(app.signs_in(ANNA, other).await && app.signs_in(ANNA, typed).await);
        assert!(!app.signs_in(ANNA, "Tq7#mZ4!vR9e").await);
    }
    let short = "Tq7#mZ4!vRe\u{301}";
    assert_eq!(rules(&recover(&app, short).await.expect(422)), ["policy.length"], "12 signs typed, 11 in the word");
}

/// case 73: whatever holds a personal fact in a way people write it is refused, and the answer names the rule alone.
#[tokio::test]
async fn passwords_with_personal_facts_are_refused_and_the_fact_is_not_named() {
    let app = TestApp::start_with(Setup::with(WIDE)).await;
    let zhangsan = NewAccount {
        mobile: PhoneNumber::parse("13800138765", Region::CN).ok(),
        work_phone: Some("010-55500123".to_owned()),
        birthday: "1990-01-02".parse().ok(),
        ..NewAccount::bare(mailbox("zhangsan@example.gov.cn"))
    };
    app.accounts.add(&zhangsan).await.unwrap();
    let claimant = app.claimant().verified("zhangsan@example.gov.cn").await;
    let table = [
        ("Qv#zhangsan#mZ!x", "policy.username"),
        ("Qv7#ZhAnGsAn!mZx", "policy.username"),
        ("Qv7#nasgnahz!mZx", "policy.username"),
        ("Qv7#zhang.san!Zx", "policy.username"),
        ("Qv#55500123#mZxy", "policy.personal"),
        ("Qv#555-00-123mZx", "policy.personal"),
        ("Qv#32100555#mZxy", "policy.personal"),
        ("Qv#19900102#mZxy", "policy.personal"),
        ("Qv#1990-1-2#mZxy", "policy.personal"),
        ("Qv#900102!mZxykl", "policy.personal"),
        ("Qv#90/01/02!mZxy", "policy.personal"),
        ("Qv#00138765!mZxy", "policy.personal"),
        ("Qv#13800138765mZ", "policy.personal"),
    ];
    for (password, rule) in table {
        let refused = claimant.complete(password).await.problem(422, "password_policy");
        assert_eq!(rules(&refused), [rule], "{password}");
        let body = String::from_utf8(refused.bytes.clone()).unwrap().to_lowercase();
        for fact in
            ["zhangsan", "55500123", "1990", "0102", "8765", "birthday", "mobile_phone", &password.to_lowercase()]
        {
            assert!(!body.contains(fact), "{fact} in {body}");
        }
    }
    claimant.complete(&LONG[..16]).await.expect(200);
}

/// case 75: what is on the list of common passwords, or put together from it, is refused.
#[tokio::test]
async fn common_passwords_are_refused() {
    let app = TestApp::start_with(Setup::with(WIDE)).await;
    let anna = app.claimant().verified(ANNA).await;
    for password in ["Password1234", "Qwerty123456", "P@ssw0rd1234", "Password2026!"] {
        let refused = anna.complete(password).await.problem(422, "password_policy");
        assert!(rules(&refused).contains(&"policy.common".to_owned()), "{password}: {refused:?}");
    }
}

/// case 75: the policy keeps no history, so the present password may be chosen again. Comparing would need a hash for
/// every attempt, and refusing would tell a stranger with the phone what the old password was.
#[tokio::test]
async fn the_present_password_may_be_chosen_again() {
    let app = TestApp::start_with(Setup::with(WIDE)).await;
    for _ in 0..2 {
        recover(&app, &LONG[..20]).await.expect(200);
        assert!(app.signs_in(ANNA, &LONG[..20]).await);
    }
}
