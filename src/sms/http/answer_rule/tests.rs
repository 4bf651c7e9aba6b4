use serde_json::json;

use super::*;

fn rule(text: &str) -> Rule {
    Rule::read("success", &toml::from_str(text).unwrap()).unwrap()
}

fn says(rule: &Rule, body: &str) -> &'static str {
    match rule.matches(StatusCode::OK, &Reading::of(body)) {
        Match::Yes => "yes",
        Match::No => "no",
        Match::OtherStatus => "other status",
        Match::Unclear(_) => "unclear",
    }
}

/// A gateway writes its code as a number in one version and as a text in the next.
#[test]
fn scalars_are_compared_by_value() {
    for (one, two) in [
        (json!("0"), json!(0)),
        (json!(0), json!(0.0)),
        (json!("0.0"), json!(0)),
        (json!("-1"), json!(-1)),
        (json!(" 7 "), json!(7)),
        (json!("1e2"), json!(100)),
        (json!("true"), json!(true)),
        (json!("False"), json!(false)),
        (json!(u64::MAX), json!(u64::MAX.to_string())),
        (json!(null), json!(null)),
    ] {
        assert!(is_same(&one, &two) && is_same(&two, &one), "{one} {two}");
    }
    for (one, two) in [
        (json!("00"), json!(0)),
        (json!("00"), json!("0")),
        (json!(""), json!(0)),
        (json!(null), json!(0)),
        (json!("null"), json!(null)),
        (json!(false), json!(0)),
        (json!("1"), json!(true)),
        (json!(u64::MAX), json!(u64::MAX - 1)),
        (json!("OK"), json!("ok")),
        (json!([0]), json!(0)),
    ] {
        assert!(!is_same(&one, &two) && !is_same(&two, &one), "{one} {two}");
    }
}

#[test]
fn a_text_is_matched_by_a_pattern_without_what_is_blank_at_its_ends() {
    let text = rule("status = [200]\npattern = '^(0|OK)\\b'");
    assert!(text.reads_body());
    for (body, told) in [
        ("0,20261201", "yes"),
        ("OK\r\n", "yes"),
        ("-1,balance not enough", "no"),
        ("{\"code\":0}", "no"),
        ("", "unclear"),
        (" \r\n", "unclear"),
    ] {
        assert_eq!(says(&text, body), told, "{body}");
    }
    let member = rule("status = [200]\npointer = '/code'\npattern = '^0+$'");
    for (body, told) in
        [("{\"code\":\"000\"}", "yes"), ("{\"code\":0}", "yes"), ("{\"code\":\"01\"}", "no"), ("0", "unclear")]
    {
        assert_eq!(says(&member, body), told, "{body}");
    }
}

#[test]
fn a_reason_shows_what_was_found_and_what_was_wanted_with_their_types() {
    let hidden = Hidden::new(["13800138000", "", "002569"]);
    let told = |text: &str, body: &str| rule(text).described(&Reading::of(body), &hidden);
    let equals = "status = [200]\npointer = '/code'\nequals = 0";
    assert_eq!(told(equals, "{\"code\":\"00\"}").as_deref(), Some("/code = \"00\", not 0"));
    assert_eq!(
        told("status = [200]\npointer = '/code'\nequals = '0'", "{\"code\":1}").as_deref(),
        Some("/code = 1, not \"0\"")
    );
    let pattern = "status = [200]\npattern = '^0,'";
    assert_eq!(told(pattern, "-1,balance not enough\n").as_deref(), Some("\"-1,balance not enough\""));
    for secret in ["-1,13800138000", "-1,code 002569", "-1,1380013 8000", "{\"to\":\"8613900\"}"] {
        assert_eq!(told(pattern, secret), None, "{secret}");
    }
}

#[test]
fn a_pattern_is_bounded() {
    for bad in ["(", "", &"a".repeat(501), "(a{1000}){1000}"] {
        let own = AnswerRule { status: vec![200], pointer: None, equals: None, pattern: Some(bad.to_owned()) };
        assert_eq!(Rule::read("success", &own).unwrap_err()[0].0, "success.pattern", "{bad}");
    }
}
