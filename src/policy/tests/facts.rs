use std::sync::LazyLock;

use super::{ids, password, person, policy};
use crate::domain::PersonalFacts;
use crate::policy::PasswordPolicy;

static MUNICIPAL: LazyLock<PasswordPolicy> = LazyLock::new(|| policy(""));

fn broken(text: &str) -> Vec<&'static str> {
    broken_by(&MUNICIPAL, text)
}

fn broken_by(policy: &PasswordPolicy, text: &str) -> Vec<&'static str> {
    ids(&policy.check_facts(&password(text), &person()))
}

/// case 73: the user name, in any case, backwards, with separators, in full width and with tones.
#[test]
fn a_user_name_is_found_however_it_is_written() {
    for text in [
        "zhang.san-Q7!x",
        "ZhangSan-Q7!xx",
        "x7!NasGnahZ-kk",
        "Q-n.a.s.g.n.a.h.z",
        "z_h-a n/g.s+a=n",
        "ｚｈａｎｇｓａｎ-Q7",
        "zhāng sān Q7-ok",
        // A part of it, and its parts in another order.
        "zhang-Q7!xkdwg",
        "SanZhang-2026!",
    ] {
        assert_eq!(broken(text), ["policy.username"], "{text}");
    }
}

/// case 73: numbers and the birthday in the forms people type; the answer is the rule's id only.
#[test]
fn personal_facts_are_found_however_they_are_written() {
    for text in [
        // mobile
        "x-13812345678-Q",
        "x-12345678-Qww",
        "x-345678-Qwwww",
        "x-13812345-Qww",
        "x-138123-Qwwww",
        "+86-138-12-Qxyz",
        "138 1234 5678 Q",
        "+86-138-1234-5678",
        "Q8765432183100",
        "Q876543ww-xyz",
        "１３８１２３４５６７８",
        "1.3.8.1.2.3.4.5.6.7.8",
        // work phone
        "010-55500100-Qx",
        "55500100-8012Qx",
        "010-5550-0100-8012",
        "Qx5550 0100ab",
        "Qx-010555-abcd",
        "Qx-555001-abcd",
        "Qx-00100555-ab",
        // birthday
        "Qx-19900102-ab",
        "Qx1990-1-2ab-k",
        "Qx-1990.01.02a",
        "Qx-900102-abcd",
        "Qx-90/01/02-ab",
        "Qx-01021990-ab",
        "Qx-02011990-ab",
        "Qx-2.1.1990-ab",
        "Qx-1990年1月2日",
        "Qx-１９９０年０１月０２号",
        "Qx-20100991-ab",
        "Qx-201009-abcd",
    ] {
        assert_eq!(broken(text), ["policy.personal"], "{text}");
    }
}

#[test]
fn what_is_no_fact_passes() {
    for text in [
        // a user name of two characters, a part of a part, look-alike digits
        "zs-Q7!xkdwgmpt",
        "zhan-Q7!xkdwgm",
        "zh4ngs4n-Q7!xk",
        // a day without its year, a year alone, a short tail, a short head, the middle of a number, digits between letters
        "Qx-0102-kdwgmp",
        "Qx-1990-kdwgmp",
        "Qx-45678-kdwgm",
        "Qx-13812-kdwgm",
        "Qx-8123456-kdw",
        "1a9b9c0d0e1f0g2",
        "8012-Qxkdwgmpt",
    ] {
        assert_eq!(broken(text), [""; 0], "{text}");
    }
}

#[test]
fn both_rules_are_told_at_once_and_nothing_else_is() {
    let violations = MUNICIPAL.check_facts(&password("zhangsan-19900102-13812345678"), &person());
    assert_eq!(ids(&violations), ["policy.username", "policy.personal"]);
    assert!(violations.iter().all(|violation| violation.params.is_empty()));
    let told = format!("{violations:?}").to_lowercase();
    for secret in ["zhang", "1990", "138", "mobile", "birthday", "work"] {
        assert!(!told.contains(secret), "{told}");
    }
}

#[test]
fn settings_choose_which_facts_count() {
    assert_eq!(broken_by(&policy(r#"preset = "nist""#), "zhangsan-19900102"), ["policy.username"]);
    assert_eq!(broken_by(&policy("forbid_user_name = false"), "zhangsan-19900102"), ["policy.personal"]);
    assert_eq!(broken_by(&policy(r#"forbid_personal = ["mobile"]"#), "xy-19900102"), [""; 0]);
    assert_eq!(broken_by(&policy(r#"forbid_personal = ["mobile"]"#), "xy-345678"), ["policy.personal"]);
    assert_eq!(broken_by(&policy("min_fragment = 4"), "xy-5678-kd"), ["policy.personal"]);
    assert_eq!(broken_by(&policy("min_fragment = 8"), "xy-345678-kd"), [""; 0]);
}

#[test]
fn a_person_without_facts_breaks_no_rule() {
    let nobody = PersonalFacts::default();
    assert!(MUNICIPAL.check_facts(&password("zhangsan-19900102"), &nobody).is_empty());
    let blank = PersonalFacts { user_names: vec![String::new(), "..-".into()], mobile: Some(String::new()), ..nobody };
    assert!(MUNICIPAL.check_facts(&password("zhangsan-19900102"), &blank).is_empty());
}
