use std::sync::LazyLock;

use super::{ids, password, policy};
use crate::policy::{PasswordPolicy, Rule};

static MUNICIPAL: LazyLock<PasswordPolicy> = LazyLock::new(|| policy(""));

fn broken(text: &str) -> Vec<&'static str> {
    broken_by(&MUNICIPAL, text)
}

fn broken_by(policy: &PasswordPolicy, text: &str) -> Vec<&'static str> {
    ids(&policy.check_shape(&password(text)))
}

/// case 71: the municipal preset takes 12 to 30 code points, and an emoji is one.
#[test]
fn length_is_counted_in_code_points() {
    for (text, fits) in [
        ("aB3defg-hKm", false),
        ("aB3defg-hKmx", true),
        ("aB3defg-hKmxaB3defg-hKmxaB3def", true),
        ("aB3defg-hKmxaB3defg-hKmxaB3defg", false),
        ("aB3defg-hK😀", false),
        ("aB3defg-hKm😀", true),
        ("天安门上太阳升Abc9", false),
        ("天安门上太阳升Abc95", true),
    ] {
        assert_eq!(broken(text), if fits { vec![] } else { vec!["policy.length"] }, "{text}");
    }
}

/// case 71, case 74: the same word in both normal forms has one length; spaces at the ends count.
#[test]
fn normal_form_does_not_change_the_length_and_spaces_at_the_ends_count() {
    assert_eq!(password("Cafe\u{301}-9876-xyZ").code_points(), password("Café-9876-xyZ").code_points());
    assert_eq!(broken("  aB3defghKm"), [""; 0]);
    assert_eq!(broken("            "), ["policy.classes", "policy.common"]);
}

#[test]
fn three_of_four_classes_are_asked_for_and_a_chinese_character_is_other() {
    let policies: Vec<PasswordPolicy> = (1..=4).map(|asked| policy(&format!("min_classes = {asked}"))).collect();
    for (text, classes) in [
        ("kdwgqmzvtxhr", 1),
        ("kdwgqmzv4829", 2),
        ("kdwgqmzv-天安门", 2),
        ("kdwgqmzvé天安门", 2),
        ("kdwgqmzv482天", 3),
        ("KDwgqmzv4829", 3),
        ("KDwgqmzv482-", 4),
    ] {
        for (asked, policy) in (1..).zip(&policies) {
            let found = broken_by(policy, text);
            assert_eq!(found, if classes < asked { vec!["policy.classes"] } else { vec![] }, "{text} {asked}");
        }
    }
}

/// case 75: what is on the list, or is put together from it the way people do, is refused.
#[test]
fn common_passwords_are_refused_whatever_case_width_and_ending() {
    for text in [
        "password",
        "PassWord",
        "ｐａｓｓｗｏｒｄ",
        "Password2024!",
        "P@ssw0rd2024!!",
        "Woaini1314520",
        "Woaini5201314!",
        "Admin@123456",
        "Qwerty123456!",
        "1qaz2wsx3EDC",
        "!QAZ2wsx#EDC",
        "Abc@12345678",
        "Aa123456789!",
        "Dragon20240815!",
        "Beijing2008!!!",
        "111111111111",
        "Huawei@12345",
        "Zhangwei1988!",
        "Summer2024!!",
    ] {
        assert!(broken(text).contains(&"policy.common"), "{text}");
    }
}

#[test]
fn passwords_that_only_contain_a_common_word_are_not_common() {
    for text in [
        "the quick Sunshine of 7 May",
        "correct horse battery staple",
        "password manager made this: x",
        "kT7-pass-vQ2-word",
        "rufvo3-Zuvbaq-datmyk",
        "天安门上太阳升Ab",
        "Kx7#20240815",
        "830174629155",
        "😀😁😂🤣😃😄😅😆😉😊😋😎",
    ] {
        assert!(!broken(text).contains(&"policy.common"), "{text}");
    }
}

#[test]
fn every_broken_rule_is_told_at_once_with_its_numbers() {
    let violations = MUNICIPAL.check_shape(&password("Password"));
    assert_eq!(ids(&violations), ["policy.length", "policy.classes", "policy.common"]);
    let params: Vec<String> =
        violations.iter().map(|violation| serde_json::to_string(&violation.params).unwrap()).collect();
    assert_eq!(params, [r#"{"max":30,"min":12}"#, r#"{"k":3}"#, "{}"]);
    assert!(violations.contains(Rule::Common) && !violations.contains(Rule::Personal));
}

#[test]
fn the_nist_preset_asks_for_length_and_nothing_else() {
    let nist = policy(r#"preset = "nist""#);
    assert_eq!(broken_by(&nist, "kdwgqmzvtxhrpb"), ["policy.length"]);
    assert_eq!(broken_by(&nist, "kdwgqmzvtxhrpbf"), [""; 0]);
    assert_eq!(broken_by(&nist, &"kdwgqmzv".repeat(16)), [""; 0]);
    assert_eq!(broken_by(&nist, "passwordpassword"), ["policy.common"]);
}

/// case 39: before the code is right only this is asked, and it cannot know the person.
#[test]
fn the_shape_of_a_password_says_nothing_about_a_person() {
    for text in ["xK-zhang.san-q7", "xK-19900102-q7", "xK-13812345678-q7"] {
        assert_eq!(broken(text), [""; 0], "{text}");
    }
}
