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

/// C5: the line that lets a phone fill the code in comes out as phones read it, whatever the host.
#[test]
fn c5_a_last_line_that_binds_the_code_to_the_page_comes_out_exactly() {
    let texts = texts("text.code.en = \"{code} is your code.\\n@{domain} #{code}\"");
    let text = texts.code_text("en", &code(), 5, "reset.example.gov.cn");
    assert_eq!(text.expose_secret(), "002569 is your code.\n@reset.example.gov.cn #002569");
    assert_eq!(text.expose_secret().lines().last(), Some("@reset.example.gov.cn #002569"));
}

/// C5: every other form of that line is refused, because phones would pass it by without a word.
#[test]
fn c5_a_line_that_phones_would_not_read_is_refused() {
    for (right, text) in [
        (true, "{code}\\n@{domain} #{code}"),
        (true, "{code}\\n@portal.example.cn #{code} @{domain}"),
        (true, "{code}, questions: it@{domain}"),
        (false, "{code} @{domain} #{code}"),
        (false, "{code}\\n@{domain}  #{code}"),
        (false, "{code}\\n@{domain}#{code}"),
        (false, "{code}\\n@{domain}:8080 #{code}"),
        (false, "{code}\\n@https://{domain} #{code}"),
        (false, "{code}\\n@{domain}/forgot #{code}"),
        (false, "{code}\\n@{domain} #{code}\\n"),
        (false, "{code}\\n@{domain} #{code} "),
        (false, "@{domain} #{code}\\n{code}"),
        (false, "{code}\\n@{domain} {code}"),
    ] {
        let settings =
            settings(&format!("providers = [\"a\"]\nprovider.a.kind = \"console\"\ntext.code.en = \"{text}\""));
        let keys: Vec<_> = settings.check().into_iter().map(|(key, _)| key).collect();
        assert_eq!(keys.is_empty(), right, "{text}: {keys:?}");
        assert!(right || keys == ["text.code.en"], "{text}: {keys:?}");
    }
}

/// C5: phones read such a line only in texts of at most 140 characters; ours are refused earlier, at a message's cost.
#[test]
fn c5_a_text_over_140_characters_with_such_a_line_is_refused() {
    let of = |filler: usize| {
        let text = format!("{}{{code}}\\n@{{domain}} #{{code}}", "x".repeat(filler));
        settings(&format!("text.code.en = \"{text}\"")).check_texts("reset.example.gov.cn", "zh-CN")
    };
    assert_eq!(of(2).len(), 0);
    assert_eq!(of(120)[0].0, "text.code.en");
}

/// I6: a language of the operator's own needs no text messages of its own.
#[test]
fn i6_an_added_language_without_texts_gets_the_default_ones() {
    let texts = texts("text.notice.fr = \"changed\"");
    let of = |locale| texts.code_text(locale, &code(), 5, "").expose_secret().to_owned();
    assert_eq!(of("fr"), of("zh-CN"));
    let moment = Timestamp::from_millis(0);
    assert_eq!(
        (texts.notice_text("fr", "", moment).as_str(), texts.notice_text("de", "", moment)),
        ("changed", texts.notice_text("zh-CN", "", moment))
    );
}

#[test]
fn times_are_told_in_the_zone_that_is_set() {
    let texts = texts("text.notice.en = \"{time}\"").in_zone(TimeZone::UTC);
    assert_eq!(texts.notice_text("en", "", Timestamp::from_millis(0)), "1970-01-01 00:00+00:00");
}

#[test]
fn texts_that_cannot_be_filled_are_refused_with_their_key() {
    let error = |more, default| Texts::new(&settings(more), default).unwrap_err().key;
    assert_eq!(error("text.code.en = \"{password}\"", "zh-CN"), "text.code.en");
    assert_eq!(error("", "fr"), "text.code");
}
