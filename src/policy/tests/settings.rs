use super::{policy, settings};
use crate::policy::{PasswordPolicy, PolicyError, PolicySettings};

#[test]
fn the_defaults_are_in_range_and_describe_themselves() {
    assert_eq!(settings("").check(), []);
    let described = serde_json::to_value(policy("").describe()).unwrap();
    let expected = serde_json::json!({
        "version": described["version"], "min_length": 12, "max_length": 30, "min_classes": 3, "confirm": true,
        "rules": [
            {"id": "length", "check": "client"}, {"id": "classes", "check": "client"},
            {"id": "common", "check": "server"}, {"id": "username", "check": "client"},
            {"id": "personal", "check": "server", "attributes": ["mobile", "work_phone", "birthday"]},
        ],
        "passwordrules": "minlength: 12; maxlength: 30; required: lower; required: upper; required: digit;",
    });
    assert_eq!(described, expected);
}

#[test]
fn rules_that_ask_for_nothing_are_not_described() {
    let nist = policy(r#"preset = "nist""#);
    let ids: Vec<&str> = nist.describe().rules.iter().map(|rule| rule.id).collect();
    assert_eq!(ids, ["length", "common", "username"]);
    assert_eq!(nist.describe().passwordrules, "minlength: 15; maxlength: 128;");
}

#[test]
fn the_version_changes_with_every_rule_and_with_nothing_else() {
    let version = |over: &str| policy(over).describe().version.clone();
    let standard = version("");
    assert!(standard.len() == 9 && standard.starts_with('p'), "{standard}");
    assert_eq!(version("min_length = 12\nforbid_personal = [\"birthday\", \"work_phone\", \"mobile\"]"), standard);
    let list = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(list.path(), "correcthorse\n").unwrap();
    let list = format!("blocklist_file = {:?}", list.path());
    let others = [
        "min_length = 13",
        "max_length = 31",
        "min_classes = 2",
        "forbid_user_name = false",
        "forbid_personal = []",
        "min_fragment = 5",
        "confirm = false",
        &list,
    ];
    for over in others {
        assert_ne!(version(over), standard, "{over}");
    }
}

#[test]
fn a_setting_out_of_range_is_named_with_what_to_write() {
    for (over, key, hint) in [
        ("min_length = 7", "min_length", "write 8 or more"),
        ("max_length = 129", "max_length", "write 128 or less"),
        ("min_length = 31", "min_length", "not above max_length"),
        ("max_length = 11", "max_length", "not above max_length"),
        ("min_classes = 0", "min_classes", "write 1 to 4"),
        ("min_classes = 5", "min_classes", "write 1 to 4"),
        ("min_fragment = 3", "min_fragment", "write 4 to 11"),
        ("min_fragment = 12", "min_fragment", "write 4 to 11"),
    ] {
        let problems = settings(over).check();
        assert!(matches!(&problems[..], [(found, text)] if *found == key && text.contains(hint)), "{problems:?}");
        assert!(matches!(PasswordPolicy::build(&settings(over)), Err(PolicyError::Setting { .. })), "{over}");
    }
}

#[test]
fn unknown_keys_presets_and_facts_are_refused() {
    for line in ["preset = \"bsi\"", "forbid_personal = [\"shoe_size\"]", "min_lenght = 12"] {
        let text = format!("{line}\nmin_fragment = 6\nblocklist_file = \"\"\nconfirm = true\n");
        assert!(toml::from_str::<PolicySettings>(&text).is_err(), "{line}");
    }
}

/// case 75: an operator's list replaces the built-in one; it may be folded, with either line end.
#[test]
fn an_operators_list_replaces_the_built_in_one() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "\u{feff}Correct-Horse-9\r\n\r\n").unwrap();
    let own = policy(&format!("blocklist_file = {:?}", file.path()));
    let common = |text: &str| own.check_shape(&super::password(text)).contains(crate::policy::Rule::Common);
    assert!(common("correct-horse-9") && common("CORRECT-HORSE-9!"));
    assert!(!common("Password2024!"));
}

#[test]
fn a_list_that_cannot_be_used_refuses_to_start_and_says_why() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let refusal = |bytes: &[u8]| {
        std::fs::write(file.path(), bytes).unwrap();
        PasswordPolicy::build(&settings(&format!("blocklist_file = {:?}", file.path()))).unwrap_err().to_string()
    };
    assert!(refusal(b"").contains("holds no password"));
    assert!(refusal(b"ab\n\n").contains("holds no password"));
    assert!(refusal(b"good\nb\xffd\n").contains("line 2"));
    file.as_file().set_len((64 << 20) + 1).unwrap();
    let large = PasswordPolicy::build(&settings(&format!("blocklist_file = {:?}", file.path()))).unwrap_err();
    assert!(matches!(large, PolicyError::TooLarge { .. }), "{large}");
    let missing = PasswordPolicy::build(&settings("blocklist_file = \"/nowhere/list.txt\"")).unwrap_err().to_string();
    assert!(missing.contains("policy.blocklist_file") && missing.contains("/nowhere/list.txt"), "{missing}");
}
