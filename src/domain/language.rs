//! Which of the languages there are is nearest to one that was asked for: the lookup of RFC 4647, 3.4, and beyond it the
//! language in its likely script, because people who ask for `zh-Hans-CN` or `zh_CN` read `zh-CN`.

use std::cmp::Reverse;

/// More subtags than any tag that people write.
const MOST: usize = 12;

/// Whether two texts are the same tag: case does not matter, and an underscore is a hyphen.
#[must_use]
pub fn is_same_language(one: &str, two: &str) -> bool {
    one.len() == two.len() && subtags(one).eq(subtags(two))
}

/// The nearest of the languages there are; none when no one of them is of the same language. Of several that are equally
/// near the first.
///
/// First the likely script decides (`zh-HK` is written like `zh-TW`), then how far the tags agree from their start, then the
/// region, then the shorter tag.
#[must_use]
pub fn nearest_language<'a>(asked: &str, there_are: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = Parts::of(asked);
    let of_language = there_are.into_iter().map(|tag| (tag, Parts::of(tag)));
    let mut best: Option<(&str, _)> = None;
    for (tag, parts) in of_language.filter(|(_, parts)| parts.language == wanted.language) {
        let agreeing = parts.all.iter().zip(&wanted.all).take_while(|(own, asked)| own == asked).count();
        let rank = (parts.script == wanted.script, agreeing, parts.region == wanted.region, Reverse(parts.all.len()));
        if best.as_ref().is_none_or(|(_, before)| rank > *before) {
            best = Some((tag, rank));
        }
    }
    best.map(|(tag, _)| tag)
}

/// The languages of an `Accept-Language` field, most wanted first; those with `q=0` are not wanted.
#[must_use]
pub fn accepted_languages(field: &str) -> Vec<&str> {
    let mut asked: Vec<(&str, f32)> = field.split(',').take(32).filter_map(accepted).collect();
    asked.sort_by(|one, two| two.1.total_cmp(&one.1));
    asked.into_iter().map(|(tag, _)| tag).collect()
}

fn accepted(item: &str) -> Option<(&str, f32)> {
    let mut parts = item.split(';').map(str::trim);
    let tag = parts.next().filter(|tag| !tag.is_empty())?;
    let weight = parts.find_map(|part| part.split_once('=').filter(|(name, _)| name.trim().eq_ignore_ascii_case("q")));
    let weight: f32 = weight.map_or(Ok(1.0), |(_, value)| value.trim().parse()).ok()?;
    (weight > 0.0 && weight <= 1.0).then_some((tag, weight))
}

fn subtags(tag: &str) -> impl Iterator<Item = String> {
    tag.split(['-', '_']).map(str::to_ascii_lowercase).take(MOST)
}

struct Parts {
    all: Vec<String>,
    language: String,
    script: String,
    region: Option<String>,
}

impl Parts {
    fn of(tag: &str) -> Self {
        let all: Vec<String> = subtags(tag.trim()).collect();
        let language = all.first().cloned().unwrap_or_default();
        // What follows a single sign is an extension and says nothing about the language.
        let named = || all.iter().skip(1).take_while(|part| part.len() > 1);
        let is_letters = |part: &&String| part.bytes().all(|byte| byte.is_ascii_alphabetic());
        let script = named().find(|part| part.len() == 4 && is_letters(part)).cloned();
        let region = named().find(|part| part.len() == 2 && is_letters(part)).cloned();
        let script = script.unwrap_or_else(|| likely_script(&language, region.as_deref()).to_owned());
        Self { all, language, script, region }
    }
}

/// The script of a tag that names none, for the languages that are written in more than one (CLDR's likely subtags);
/// empty for the others.
fn likely_script(language: &str, region: Option<&str>) -> &'static str {
    match (language, region) {
        ("zh", Some("tw" | "hk" | "mo")) => "hant",
        ("zh", _) => "hans",
        ("sr", Some("me")) | ("uz" | "az", _) => "latn",
        ("sr", _) => "cyrl",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_language_is_found_however_it_is_written() {
        let table = [
            ("en_US", &["zh-CN", "en"][..], Some("en")),
            ("en-GB", &["zh-CN", "en"], Some("en")),
            ("EN", &["zh-CN", "en"], Some("en")),
            ("zh_CN", &["en", "zh-CN"], Some("zh-CN")),
            ("ZH-cn", &["en", "zh-CN"], Some("zh-CN")),
            ("zh-Hans-CN", &["en", "zh-TW", "zh-CN"], Some("zh-CN")),
            ("zh-Hans", &["zh-TW", "zh-CN"], Some("zh-CN")),
            ("zh-Hant", &["zh-CN", "zh-TW"], Some("zh-TW")),
            ("zh-Hant", &["en", "zh-CN"], Some("zh-CN")),
            ("zh-HK", &["zh", "zh-CN", "zh-TW"], Some("zh-TW")),
            ("zh", &["zh-TW", "zh-CN"], Some("zh-CN")),
            ("zh-SG", &["zh-TW", "zh-CN"], Some("zh-CN")),
            ("en-AU", &["en-US", "en-GB", "en"], Some("en")),
            ("en", &["en-US", "en-GB"], Some("en-US")),
            ("en-GB-oxendict", &["en", "en-US", "en-GB"], Some("en-GB")),
            ("en-Latn-GB", &["en-US", "en-GB"], Some("en-GB")),
            ("en-u-hc-gb", &["en-GB", "en"], Some("en")),
            ("sr-Latn", &["sr", "sr-Latn-RS"], Some("sr-Latn-RS")),
            (" en ", &["en"], Some("en")),
            ("english", &["en"], None),
            ("fr", &["zh-CN", "en"], None),
            ("*", &["zh-CN", "en"], None),
            ("", &["zh-CN", "en"], None),
            ("-CN", &["zh-CN"], None),
        ];
        for (asked, there_are, expected) in table {
            assert_eq!(nearest_language(asked, there_are.iter().copied()), expected, "{asked} of {there_are:?}");
        }
    }

    #[test]
    fn a_tag_is_the_same_in_every_spelling_and_no_other() {
        assert!(is_same_language("zh_cn", "zh-CN") && is_same_language("en", "EN"));
        assert!(!is_same_language("zh", "zh-CN") && !is_same_language("zh-TW", "zh-CN"));
    }

    #[test]
    fn the_weights_of_a_field_are_honoured() {
        let table = [
            ("en", &["en"][..]),
            ("en-GB, en;q=0.9, zh-CN;q=0.95", &["en-GB", "zh-CN", "en"]),
            ("en ; Q = 0.1 , zh_CN", &["zh_CN", "en"]),
            ("fr;q=0, en;q=0.001", &["en"]),
            ("fr;level=1;q=0.2, en;q=0.3", &["en", "fr"]),
            ("fr;q=NaN, de;q=2, it;q=-1, en;q=1.0", &["en"]),
            ("*, en;q=0.5", &["*", "en"]),
            (" , ;q=1, en", &["en"]),
            ("", &[]),
        ];
        for (field, expected) in table {
            assert_eq!(accepted_languages(field), expected, "{field}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_a_lookup_panic(asked in "\\PC{0,60}", field in "\\PC{0,80}") {
            let found = nearest_language(&asked, ["en", "zh-CN"]);
            proptest::prop_assert!(found.is_none_or(|tag| ["en", "zh-CN"].contains(&tag)));
            let _ = (accepted_languages(&field), is_same_language(&asked, &field));
        }
    }
}
