use secrecy::ExposeSecret;

use super::*;
use crate::sms::samples::settings;

fn texts(more: &str) -> Texts {
    let mut texts = Texts::new(&settings(more), "zh-CN").unwrap();
    texts.zone = TimeZone::fixed(jiff::tz::offset(8));
    texts
}

fn code() -> OneTimeCode {
    OneTimeCode::parse("002569", 6).unwrap()
}

#[test]
fn units_are_utf_16_units_and_parts_are_what_they_cost() {
    assert_eq!(ucs2_units("动态密码A"), 5);
    assert_eq!(ucs2_units("😀"), 2);
    for (units, cost) in [(0, 1), (70, 1), (71, 2), (134, 2), (135, 3)] {
        assert_eq!(parts(units), cost, "{units}");
    }
}

/// case 2: the leading zeros of a code reach the reader.
#[test]
fn a_code_text_holds_the_code_with_its_leading_zeros() {
    let text = texts("").code_text("zh-CN", &code(), 5, "example.org");
    let text = text.expose_secret();
    assert!(text.contains("动态密码002569，5分钟"), "{text}");
    assert_eq!(parts(ucs2_units(text)), 1);
}

#[test]
fn languages_are_found_in_any_case_and_unknown_ones_get_the_default() {
    let texts = texts("");
    let of = |locale| texts.code_text(locale, &code(), 5, "").expose_secret().to_owned();
    assert!(of("EN").starts_with("002569 is your"));
    assert_eq!(of("fr"), of("zh-CN"));
    assert_ne!(of("en"), of("zh-CN"));
}

/// case 78: only the named values enter a text, and none of them is read as a text again.
#[test]
fn values_are_put_in_literally() {
    let texts = texts("text.code.en = \"{code} {domain}\"\ntext.notice.en = \"{domain} {time}\"");
    assert_eq!(texts.code_text("en", &code(), 5, "{code}{time}").expose_secret(), "002569 {code}{time}");
    let moment = Timestamp::from_millis(1_795_402_872_345);
    assert_eq!(texts.notice_text("en", "example.org", moment), "example.org 2026-11-23 11:01+08:00");
}

#[test]
fn texts_that_cannot_be_filled_are_refused_with_their_key() {
    let error = |more, default| Texts::new(&settings(more), default).unwrap_err().key;
    assert_eq!(error("text.code.en = \"{password}\"", "zh-CN"), "text.code.en");
    assert_eq!(error("", "fr"), "text.code");
}
