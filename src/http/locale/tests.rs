use std::sync::Arc;

use super::*;
use crate::domain::Timestamp;
use crate::http::Zone;

fn language(files: &[(&'static str, &'static str)], default: &str, tag: &str) -> Language {
    let files = BUILT_IN.into_iter().chain(files.iter().copied());
    Language::choose(&Arc::new(Catalog::read(files, default).unwrap()), [tag])
}

#[test]
fn the_built_in_languages_have_the_same_keys_and_placeholders() {
    let catalog = Catalog::read(BUILT_IN, "zh-CN").unwrap();
    assert_eq!(catalog.missing("en"), Vec::<&str>::new());
    let catalog = Catalog::read(BUILT_IN, "en").unwrap();
    assert_eq!(catalog.missing("zh-CN"), Vec::<&str>::new());
    let (chinese, english) = (BUILT_IN[0].1, file::read("en", BUILT_IN[1].1).unwrap());
    for (key, entry) in file::read("zh-CN", chinese).unwrap() {
        let (one, two) = (review::placeholders(&entry.text), review::placeholders(&english[&key].text));
        assert_eq!(one, two, "{key}");
    }
}

/// The guide's words stand on pages, in problems and in messages alike, and nothing else stands in their place.
#[test]
fn chinese_texts_use_the_words_of_the_municipal_guide() {
    let ours = [
        ("邮箱地址", "邮件地址"),
        ("图形验证码", "验证码"),
        ("邮箱管理员", "组织管理员"),
        ("当前密码", "现用密码"),
        ("下一步", "确定"),
        ("改不了", "无法修改"),
        ("看不懂", "无法识别"),
        ("长期有效", "密码有效期：永久"),
    ];
    let texts = file::read("zh-CN", BUILT_IN[0].1).unwrap();
    let texts = texts.iter().map(|(key, entry)| (key.as_str(), entry.text.as_str()));
    let settings = include_str!("../../../config/default.toml").lines().map(|line| ("default.toml", line));
    for (place, text) in texts.chain(settings) {
        for (word, guide) in ours {
            assert!(!text.contains(word), "{place}: {text}: write {guide}");
        }
    }
}

#[test]
fn english_counts_attempts_and_seconds_as_people_do() {
    let english = language(&[], "zh-CN", "en");
    let left = |left| english.text("page.code.incorrect", &[("left", left)]);
    assert_eq!(left("4"), "The code is not right. You have 4 attempts left");
    assert_eq!(left("1"), "The code is not right. You have 1 attempt left");
    let wait = |seconds| english.text("problem.resend_too_soon.detail", &[("seconds", seconds)]);
    assert_eq!(wait("1"), "You can ask for another code in 1 second");
    assert_eq!(wait("59"), "You can ask for another code in 59 seconds");
    assert_eq!(english.text("page.password.again", &[]), "Confirm new password");
    assert_eq!(english.text("page.done.expires_never", &[]), "The password does not expire.");
}

#[test]
fn a_language_is_chosen_by_tag_then_by_first_part_then_by_default() {
    let catalog = Arc::new(Catalog::built_in().unwrap());
    let choose = |asked: &[&str]| Language::choose(&catalog, asked.iter().copied()).tag().to_owned();
    assert_eq!(choose(&["en-GB", "zh"]), "en");
    assert_eq!(choose(&["zh-TW"]), "zh-CN");
    assert_eq!(choose(&["fr", "*"]), "zh-CN");
    assert!(Catalog::read(BUILT_IN, "fr").unwrap_err().to_string().contains("en, zh-CN"));
}

#[test]
fn values_are_filled_in_once_and_unknown_braces_stay() {
    let files = [("en", "a = 'x {one} {two} {'")];
    let catalog = Arc::new(Catalog::read(files, "en").unwrap());
    let language = Language::choose(&catalog, []);
    assert_eq!(language.text("a", &[("one", "{two}"), ("two", "2")]), "x {two} 2 {");
    assert_eq!(language.text("missing.key", &[]), "missing.key");
}

/// I6: one file adds a language, and what it lacks is shown in the default one.
#[test]
fn i6_a_file_adds_a_language_and_what_it_lacks_comes_from_the_default() {
    let arabic = ("ar", "[language]\nname = 'العربية'\ndirection = 'rtl'\n[field]\nkind = 'أ'\n");
    let added = language(&[arabic], "en", "ar");
    assert_eq!((added.tag(), added.name(), added.direction()), ("ar", "العربية", "rtl"));
    assert_eq!(added.text("field.kind", &[]), "أ");
    assert_eq!(added.text("field.max_age", &[]), "This validity is not offered");
    assert_eq!(added.catalog().languages().next(), Some(("en", "English")));
    assert!(added.catalog().languages().any(|one| one == ("zh-CN", "中文")));
    // Its name and direction are its own: those of the default would be wrong.
    let bare = language(&[arabic, ("fr", "[field]\nkind = 'x'")], "ar", "fr");
    assert_eq!((bare.name(), bare.direction()), ("fr", "ltr"));
}

#[test]
fn a_default_language_that_is_not_whole_falls_back_to_a_built_in_one() {
    let french = language(&[("fr", "[field]\nkind = 'x'")], "fr", "fr");
    assert_eq!(french.text("field.max_age", &[]), "This validity is not offered");
}

#[test]
fn a_file_lies_over_the_built_in_one_of_its_language_text_by_text() {
    let own = language(&[("ZH-cn", "[field]\nkind = '别的'")], "zh-CN", "zh-CN");
    assert_eq!((own.text("field.kind", &[]).as_str(), own.tag()), ("别的", "zh-CN"));
    assert_eq!(own.text("field.password_required", &[]), "输入新密码");
    assert_eq!(own.catalog().tags().count(), 2);
}

/// I5: 15:30 is written as people of the language write it.
#[test]
fn i5_times_and_days_are_written_as_the_language_does() {
    let (shanghai, moment) = (Zone::parse("Asia/Shanghai").unwrap(), Timestamp::from_millis(1_795_419_000_000));
    let (chinese, english) = (language(&[], "zh-CN", "zh-CN"), language(&[], "zh-CN", "en"));
    assert_eq!(chinese.clock(moment, &shanghai), "15:30");
    assert_eq!(english.clock(moment, &shanghai), "3:30 pm");
    assert_eq!(chinese.day(moment, &shanghai), "2026年11月23日");
    assert_eq!(english.day(moment, &shanghai), "23 November 2026");
    // The day is that of the zone, not that of Greenwich.
    let late = moment.plus(std::time::Duration::from_hours(9));
    assert_eq!(chinese.day(late, &shanghai), "2026年11月24日");
    assert_eq!(chinese.day(late, &Zone::utc()), "2026年11月23日");
}

#[test]
fn a_file_that_cannot_be_used_is_refused_with_its_line() {
    let problem = |tag: &str, content: &str| Catalog::read([(tag, content)], tag).unwrap_err().to_string();
    assert!(problem("fr", "[field]\nkind = x\n").starts_with("locale fr: line 2, column 8: "));
    assert_eq!(
        problem("fr", "[field]\nkind = 'a'\nmax = 3\n"),
        "locale fr: line 3, column 7: `field.max` must be a text in quotes"
    );
    assert!(problem("fr", "[language]\ndirection = 'up'").contains("line 2, column 1: `language.direction`"));
    assert!(problem("fr", "\n[time]\nday = '%'").contains("line 3, column 1: `time.day` is no strftime pattern"));
    let one = problem("fr", "[field]\nkind = '{n, plural, one {# a}}'");
    assert!(one.contains("line 2, column 1: `field.kind`: `{n, plural, one {# a}}` lacks the form `other`"), "{one}");
    for tag in ["french_canada", "f", "1a", "", "../x", "verylongtag"] {
        assert!(problem(tag, "").contains("is no language tag"), "{tag}");
    }
}

#[test]
fn a_review_names_what_is_lacking_unknown_and_filled_in_otherwise() {
    let file = "[field]\nkind = 'a'\nmax_agee = 'b'\naccount_format = 'sans exemple'\n[zzz]\ny = ''\n";
    let found = LocaleReview::of("fr", file).unwrap();
    assert!(found.lacking.contains(&"field.max_age".to_owned()) && !found.lacking.contains(&"field.kind".to_owned()));
    let meant = Some("field.max_age".to_owned());
    assert_eq!(found.unknown, [(3, "field.max_agee".to_owned(), meant), (6, "zzz.y".to_owned(), None)]);
    assert_eq!(found.differing, [(4, "field.account_format".to_owned(), "{example}".to_owned())]);
    // A file over a built-in one lacks nothing.
    assert_eq!(LocaleReview::of("EN", "[field]\nkind = 'a'").unwrap(), LocaleReview::default());
}
