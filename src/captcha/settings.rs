//! The section `[captcha]`.

use serde::Deserialize;

use super::CaptchaKind;
use super::picture::SIGNS;
use crate::domain::Period;

/// Signs that people take for each other; an alphabet has at most one of each group.
const LOOK_ALIKES: [&str; 5] = ["0o", "1li", "2z", "5s", "9gq"];
/// Fewer would make guessing easy.
const FEWEST_SIGNS: usize = 8;
/// Pixels of width that a sign needs to be read.
const CELL: u32 = 24;

/// What a captcha's answer may be used by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bind {
    /// Only the IPv4 /24 or IPv6 /48 that fetched it.
    Network,
    /// Anybody.
    None,
}

/// The section `[captcha]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaptchaSettings {
    /// Whether a start needs one; `false` is for `resetgate dev` only.
    pub required: bool,
    /// What is offered; the first is the default.
    pub kinds: Vec<CaptchaKind>,
    /// Signs in a picture and digits in a recording, 4 to 8.
    pub length: usize,
    /// Signs of the pictures, lower case and digits without look-alikes.
    pub alphabet: String,
    /// Width (120 to 480) and height (40 to 200) of a picture in pixels.
    pub size: (u32, u32),
    /// How long an answer is accepted, 30 s to 10 min.
    pub ttl: Period,
    /// Leading zero bits of a proof of work, 8 to 24.
    pub pow_bits: u8,
    /// Further codes per challenge that need no new captcha.
    pub resend_free: u8,
    /// Who may use an answer.
    pub bind: Bind,
}

impl CaptchaSettings {
    /// Every key that cannot be used, and what to write instead.
    #[must_use]
    pub fn check(&self) -> Vec<(&'static str, String)> {
        let mut problems: Vec<(&'static str, String)> = Vec::new();
        problems.extend(self.check_kinds().map(|problem| ("kinds", problem)));
        if !(4..=8).contains(&self.length) {
            problems.push(("length", format!("{} is out of range; write 4 to 8", self.length)));
        }
        problems.extend(self.check_alphabet().map(|problem| ("alphabet", problem)));
        problems.extend(self.check_size().map(|problem| ("size", problem)));
        if !(30..=600).contains(&self.ttl.as_secs()) {
            problems.push(("ttl", format!("{} is out of range; write \"30s\" to \"10m\"", self.ttl)));
        }
        if !(8..=24).contains(&self.pow_bits) {
            problems.push(("pow_bits", format!("{} is out of range; write 8 to 24", self.pow_bits)));
        }
        problems
    }

    fn check_kinds(&self) -> Option<String> {
        if self.kinds.iter().enumerate().any(|(place, kind)| self.kinds[..place].contains(kind)) {
            return Some("a kind is named twice; name each once".to_owned());
        }
        if self.kinds.contains(&CaptchaKind::Pow) || self.kinds.contains(&CaptchaKind::Audio) {
            return None;
        }
        Some("a picture alone shuts out people who cannot see it; add \"pow\" or \"audio\"".to_owned())
    }

    fn check_alphabet(&self) -> Option<String> {
        let signs: Vec<char> = self.alphabet.chars().collect();
        if let Some(sign) = signs.iter().find(|sign| !SIGNS.contains(**sign)) {
            return Some(format!("`{sign}` cannot be drawn; write signs out of {SIGNS}"));
        }
        if let Some((_, sign)) = signs.iter().enumerate().find(|(place, sign)| signs[..*place].contains(sign)) {
            return Some(format!("`{sign}` is there twice; write each sign once"));
        }
        let look_alikes = |group: &&str| group.chars().filter(|sign| signs.contains(sign)).count() > 1;
        if let Some(group) = LOOK_ALIKES.into_iter().find(look_alikes) {
            let group: Vec<String> = group.chars().map(|sign| format!("`{sign}`")).collect();
            return Some(format!("{} look alike; keep one of them", group.join(" and ")));
        }
        (signs.len() < FEWEST_SIGNS)
            .then(|| format!("{} signs are too few to be hard to guess; write at least {FEWEST_SIGNS}", signs.len()))
    }

    fn check_size(&self) -> Option<String> {
        let (width, height) = self.size;
        if !(120..=480).contains(&width) {
            return Some(format!("a width of {width} is out of range; write 120 to 480"));
        }
        if !(40..=200).contains(&height) {
            return Some(format!("a height of {height} is out of range; write 40 to 200"));
        }
        let needed = u32::try_from(self.length).unwrap_or(u32::MAX).saturating_mul(CELL);
        (width < needed)
            .then(|| format!("{} signs do not fit a width of {width}; write at least {needed}", self.length))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct File {
        captcha: CaptchaSettings,
    }

    pub(in crate::captcha) fn defaults() -> CaptchaSettings {
        let text = include_str!("../../config/default.toml");
        let (_, section) = text.split_once("\n[captcha]\n").unwrap();
        let (section, _) = section.split_once("\n[").unwrap();
        toml::from_str::<File>(&format!("[captcha]\n{section}")).unwrap().captcha
    }

    fn problem(change: impl FnOnce(&mut CaptchaSettings)) -> Vec<(&'static str, String)> {
        let mut settings = defaults();
        change(&mut settings);
        settings.check()
    }

    fn keys(problems: &[(&'static str, String)]) -> Vec<&'static str> {
        problems.iter().map(|(key, _)| *key).collect()
    }

    #[test]
    fn the_defaults_are_in_range() {
        assert_eq!(defaults().check(), []);
    }

    /// case 97: every key out of its range is named, all at once.
    #[test]
    fn every_key_out_of_range_is_named() {
        let problems = problem(|settings| {
            settings.kinds = vec![];
            settings.length = 9;
            settings.alphabet = "abc".to_owned();
            settings.size = (480, 201);
            settings.ttl = "29s".parse().unwrap();
            settings.pow_bits = 25;
        });
        assert_eq!(keys(&problems), ["kinds", "length", "alphabet", "size", "ttl", "pow_bits"]);
        let low = problem(|settings| {
            (settings.length, settings.size, settings.pow_bits) = (3, (119, 40), 7);
            settings.ttl = "601s".parse().unwrap();
        });
        assert_eq!(keys(&low), ["length", "size", "ttl", "pow_bits"]);
    }

    #[test]
    fn a_picture_alone_and_a_kind_twice_are_refused() {
        use CaptchaKind::{Audio, Image, Pow};
        assert_eq!(keys(&problem(|settings| settings.kinds = vec![Image])), ["kinds"]);
        assert_eq!(keys(&problem(|settings| settings.kinds = vec![Image, Pow, Image])), ["kinds"]);
        assert!(problem(|settings| settings.kinds = vec![Audio]).is_empty());
        assert!(problem(|settings| settings.kinds = vec![Pow, Image]).is_empty());
    }

    /// case 32: no two signs of an alphabet look alike, and none exists in two cases.
    #[test]
    fn look_alikes_doubles_capitals_and_signs_without_a_drawing_are_refused() {
        for bad in [
            "34678abdei1",
            "34678abdezz",
            "34678abde2z",
            "34678abde5s",
            "34678abdegq",
            "34678abdeA",
            "34678abd0",
            "34678abd好",
        ] {
            assert_eq!(keys(&problem(|settings| settings.alphabet = bad.to_owned())), ["alphabet"], "{bad}");
        }
        assert!(problem(|settings| settings.alphabet = "34678abd".to_owned()).is_empty());
    }

    #[test]
    fn a_text_that_does_not_fit_the_picture_is_refused() {
        let narrow = |settings: &mut CaptchaSettings| (settings.length, settings.size) = (8, (190, 60));
        assert_eq!(keys(&problem(narrow)), ["size"]);
        assert!(problem(|settings| (settings.length, settings.size) = (8, (192, 60))).is_empty());
    }

    /// case 29: a kind that does not exist, and a key that does not exist.
    #[test]
    fn unknown_kinds_and_unknown_keys_are_refused() {
        for kind in ["none", "debug", "test", "bypass", "Image"] {
            assert!(serde_json::from_value::<CaptchaKind>(kind.into()).is_err(), "{kind}");
        }
        let json = r#"{"required":true,"kinds":["pow"],"length":5,"alphabet":"34678abd","size":[320,120],"ttl":"3m","pow_bits":17,"resend_free":1,"bind":"network","bypass":true}"#;
        assert!(serde_json::from_str::<CaptchaSettings>(json).unwrap_err().to_string().contains("bypass"));
    }
}
