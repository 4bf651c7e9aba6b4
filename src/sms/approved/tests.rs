use std::time::Duration;

use super::*;
use crate::sms::samples::message;

fn templates(text: &str) -> ApprovedTemplates {
    toml::from_str(text).unwrap()
}

#[test]
fn a_language_gets_its_own_template_or_the_nearest() {
    let templates = templates("code = { zh-CN = \"1\", en = \"2\", pt-BR = \"3\" }");
    let found = |locale| templates.find(MessageKind::Code, locale).unwrap();
    for (locale, id) in [
        ("zh-CN", "1"),
        ("ZH-cn", "1"),
        ("zh-TW", "1"),
        ("zh", "1"),
        ("en-GB", "2"),
        ("pt", "3"),
        ("fr", "2"),
        ("en_GB", "2"),
        ("zh-Hans-CN", "1"),
        ("zh_CN", "1"),
    ] {
        assert_eq!(found(locale), id, "{locale}");
    }
}

#[test]
fn a_template_is_found_under_any_spelling_of_its_language() {
    let templates = templates("code = { en_US = \"1\", zh-Hant = \"2\", zh_CN = \"3\" }");
    for (locale, id) in [("zh-CN", "3"), ("zh-TW", "2"), ("en-GB", "1"), ("EN", "1")] {
        assert_eq!(templates.find(MessageKind::Code, locale).unwrap(), id, "{locale}");
    }
    assert_eq!(templates.problems(|_| true, "1"), []);
}

#[test]
fn without_a_template_for_notices_none_is_carried() {
    let codes_alone = templates("code = { zh-CN = \"1\" }");
    assert!(codes_alone.carries(MessageKind::Code) && !codes_alone.carries(MessageKind::Notice));
    assert_eq!(codes_alone.find(MessageKind::Notice, "zh-CN"), None);
    let both = templates("code = { zh-CN = \"1\" }\nnotice = { zh-CN = \"3\" }");
    assert_eq!(both.find(MessageKind::Notice, "en"), Some("3"));
    assert_eq!(both.ids().into_iter().map(|(id, _)| id).collect::<Vec<_>>(), ["1", "3"]);
}

#[test]
fn templates_that_the_vendor_cannot_have_are_named() {
    let keys = |text: &str| {
        let problems = templates(text).problems(|id| id.bytes().all(|byte| byte.is_ascii_digit()), "1234567");
        problems.into_iter().map(|(key, _)| key).collect::<Vec<_>>()
    };
    assert_eq!(keys("code = { zh-CN = \"1\" }"), [""; 0]);
    assert_eq!(keys("notice = { zh-CN = \"1\" }"), ["template.code"]);
    assert_eq!(
        keys("code = { zh-CN = \"x\" }\nnotice = { en = \"\", \"e n\" = \"1\" }"),
        ["template.code.zh-CN", "template.notice.e n",]
    );
}

/// case 2: the code stays the text that it is.
#[test]
fn variables_are_filled_with_the_code_as_text_and_the_minutes() {
    let message = message("text");
    let by_place = Values::by_place(Some(&["{code}".into(), "{minutes}".into(), "min".into()])).unwrap();
    assert_eq!(by_place.fill(&message), [("", "002569".into()), ("", "5".into()), ("", "min".into())]);
    let by_name = BTreeMap::from([("time".to_owned(), "{minutes}".to_owned()), ("a".to_owned(), "{code}".to_owned())]);
    let by_name = Values::by_name(Some(&by_name)).unwrap();
    assert_eq!(by_name.fill(&message), [("a", "002569".into()), ("time", "5".into())]);
    assert_eq!(Values::by_place(None).unwrap().fill(&message), [("", "002569".into())]);
    assert_eq!(Values::by_name(None).unwrap().fill(&message), [("code", "002569".into())]);
    let odd = SmsMessage { valid_for: Some(Duration::from_secs(61)), ..message };
    assert_eq!(by_place.fill(&odd)[1].1, "2");
    let notice = SmsMessage { kind: MessageKind::Notice, ..odd };
    assert_eq!(by_place.fill(&notice), []);
}

#[test]
fn variables_without_a_code_or_with_an_unknown_name_are_refused() {
    assert!(Values::by_place(Some(&["{minutes}".into()])).unwrap_err().1.contains("carries no code"));
    assert!(Values::by_place(Some(&[])).unwrap_err().1.contains("carries no code"));
    let (key, problem) = Values::by_name(Some(&BTreeMap::from([("a".into(), "{domain}".into())]))).unwrap_err();
    assert!(key == "params_by_name" && problem.contains("known are {code} {minutes}"), "{problem}");
}

#[test]
fn names_of_senders_with_brackets_and_keys_with_line_ends_are_refused() {
    assert_eq!(sign_name_problem("市政邮箱"), None);
    for wrong in ["", "【市政邮箱】", "[City]", "市政 邮箱", "市政邮箱\n"] {
        assert_eq!(sign_name_problem(wrong).unwrap().0, "sign_name", "{wrong}");
    }
    let keys = |id: &str, secret: &str| {
        account_problems(id, &secret.to_owned().into()).into_iter().map(|(key, _)| key).collect::<Vec<_>>()
    };
    assert_eq!(keys("AKIDtest0000", "s3cr3t/+="), [""; 0]);
    assert_eq!(keys("", ""), ["key_id", "key_secret"]);
    assert_eq!(keys("a,Signature=b", "s3cr3t\n"), ["key_id", "key_secret"]);
}
