//! A phone number in E.164 form.

use std::fmt;

use super::{Stored, signs};

/// Why a number cannot receive a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    /// Not a number at all, or not a valid one in its country.
    #[error("not a valid phone number; write it like 13800000000 or +8613800000000")]
    Invalid,
    /// A fixed line, a short code, a premium, satellite or shared-cost number.
    #[error("not a mobile number")]
    NotMobile,
}

/// Longer texts are no number, whatever decorates them.
const LONGEST: usize = 256;

/// A valid mobile number, `+` and up to 15 digits.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PhoneNumber {
    e164: Box<str>,
    country_digits: usize,
    region: Region,
}

impl PhoneNumber {
    /// Reads a stored or typed number, in full width and with what decorates numbers: see [`signs`]. `region` (like
    /// `CN`) is assumed where no country code is written.
    ///
    /// # Errors
    /// When it is not a valid mobile number; extensions and two numbers in one text are not.
    pub fn parse(text: &str, region: Region) -> Result<Self, PhoneError> {
        if text.len() > LONGEST {
            return Err(PhoneError::Invalid);
        }
        let text: String = signs::plain(text).filter(|sign| !matches!(sign, ' ' | '-' | '(' | ')' | '.')).collect();
        if !text.strip_prefix('+').unwrap_or(&text).bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(PhoneError::Invalid);
        }
        // `00` is how people write `+`, and `86…` how address books drop it.
        let text = text.strip_prefix("00").map_or_else(|| text.clone(), |rest| format!("+{rest}"));
        let at_home = |number: &phonenumber::PhoneNumber| number.country().id() == Some(region.0);
        let number = read(&text, region)
            .or_else(|| read(&format!("+{text}"), region).filter(at_home))
            .ok_or(PhoneError::Invalid)?;
        // Numbers that belong to no country are satellite, premium and universal services.
        let region = Region(number.country().id().ok_or(PhoneError::Invalid)?);
        match number.number_type(&phonenumber::metadata::DATABASE) {
            phonenumber::Type::Mobile | phonenumber::Type::FixedLineOrMobile => {}
            _ => return Err(PhoneError::NotMobile),
        }
        Ok(Self {
            country_digits: number.code().value().to_string().len(),
            region,
            e164: number.format().mode(phonenumber::Mode::E164).to_string().into_boxed_str(),
        })
    }

    /// The bound phone of an account, out of every text that its field holds. Each may hold several numbers with commas,
    /// semicolons, slashes, bars or line ends between; the one mobile number among them all is the phone. Two different
    /// ones are unreadable: nobody knows which is meant, and a code is not for trying.
    pub fn among<'a>(texts: impl IntoIterator<Item = &'a str>, region: Region) -> Stored<Self> {
        let mut found = Stored::Nothing;
        for text in texts.into_iter().filter(|text| !signs::trimmed(text).is_empty()) {
            let mut numbers = numbers(text, region).into_iter();
            match (&found, numbers.next()) {
                (Stored::Value(known), Some(next)) if next != *known => return Stored::Unreadable,
                (_, Some(next)) => found = Stored::Value(next),
                (Stored::Nothing, None) => found = Stored::Unreadable,
                (_, None) => {}
            }
            if numbers.any(|next| found.as_ref().value() != Some(&next)) {
                return Stored::Unreadable;
            }
        }
        found
    }

    /// `+8613800000000`, for the provider and for nothing that is kept.
    #[must_use]
    pub fn e164(&self) -> &str {
        &self.e164
    }

    /// `+86`.
    #[must_use]
    pub fn country_code(&self) -> &str {
        &self.e164[..=self.country_digits]
    }

    /// The country: several may share a country code.
    #[must_use]
    pub const fn region(&self) -> Region {
        self.region
    }

    /// The national digits without the country code.
    #[must_use]
    pub fn national(&self) -> &str {
        &self.e164[1 + self.country_digits..]
    }

    /// The number without its last four digits: the block of ten thousand that a pumping attacker owns.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.e164[..self.e164.len().saturating_sub(4)]
    }

    /// `138****0000`: the habit of the field, shown only after the code was right, in the audit trail and in logs.
    #[must_use]
    pub fn masked(&self) -> String {
        let national = self.national();
        let head = national.len().saturating_sub(8).min(3);
        format!("{}****{}", &national[..head], &national[national.len().saturating_sub(4)..])
    }
}

/// A country, written as its two letters (ISO 3166-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Region(phonenumber::country::Id);

impl std::str::FromStr for Region {
    type Err = PhoneError;

    fn from_str(text: &str) -> Result<Self, PhoneError> {
        text.parse().map(Self).map_err(|_| PhoneError::Invalid)
    }
}

impl Region {
    /// Mainland China.
    pub const CN: Self = Self(phonenumber::country::CN);

    /// `+86`; nothing for the few that have no numbers of their own.
    #[must_use]
    pub fn country_code(self) -> Option<String> {
        let known = phonenumber::metadata::DATABASE.by_id(self.0.as_ref())?;
        Some(format!("+{}", known.country_code()))
    }
}

impl fmt::Display for Region {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.0.as_ref())
    }
}

impl<'de> serde::Deserialize<'de> for Region {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let text = String::deserialize(input)?;
        text.parse()
            .map_err(|_| serde::de::Error::custom(format!("`{text}` is not a country; write two letters like \"CN\"")))
    }
}

/// Each mobile number that a text holds. Of a text with words none is taken: they may say anything of its numbers.
fn numbers(text: &str, region: Region) -> Vec<PhoneNumber> {
    if let Ok(phone) = PhoneNumber::parse(text, region) {
        return vec![phone];
    }
    if text.len() > LONGEST || text.chars().any(char::is_alphabetic) {
        return Vec::new();
    }
    let parts = text.split(|sign| matches!(signs::half_width(sign), ',' | ';' | '/' | '|' | '、' | '\n' | '\r'));
    parts.filter_map(|part| PhoneNumber::parse(part, region).ok()).collect()
}

fn read(text: &str, region: Region) -> Option<phonenumber::PhoneNumber> {
    phonenumber::parse(Some(region.0), text).ok().filter(phonenumber::is_valid)
}

/// Numbers are personal data: `Debug` shows the masked form.
impl fmt::Debug for PhoneNumber {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<String, PhoneError> {
        PhoneNumber::parse(text, Region::CN).map(|number| number.e164().to_owned())
    }

    /// case 69: every way people write a number gives one form; only mobile numbers pass.
    #[test]
    fn every_way_of_writing_a_mobile_number_gives_one_form() {
        for text in [
            "13800138000",
            "+8613800138000",
            "008613800138000",
            "8613800138000",
            "138 0013 8000",
            "138-0013-8000",
            "１３８００１３８０００",
            "(+86) 138 0013 8000",
            "（＋８６）１３８００１３８０００",
            "\u{202a}13800138000\u{202c}",
            "\u{202d}+86 138 0013 8000\u{202c}",
            "138\u{200b}0013\u{2060}8000\u{feff}",
            "138\u{2010}0013\u{2011}8000",
            "138\u{2013}0013\u{2014}8000",
            "138\u{2212}0013\u{ff0d}8000",
            "138\u{a0}0013\u{2009}8000\t\r\n",
        ] {
            assert_eq!(parse(text).unwrap(), "+8613800138000", "{text}");
        }
        for text in [
            "",
            "138001380001",
            "12345678901",
            "110",
            "95588",
            "106900000000",
            "+881612345678",
            "+979123456789",
            "010-55500100",
            "13800138000;ext=1",
            "13800138000,13900139000",
            "+86+13800138000",
            "abc",
        ] {
            assert!(parse(text).is_err(), "{text}: {:?}", parse(text));
        }
    }

    /// case 70: something that is not one mobile number is not the same as nothing.
    #[test]
    fn what_a_field_holds_is_nothing_one_number_or_unreadable() {
        let among = |texts: &[&str]| PhoneNumber::among(texts.iter().copied(), Region::CN);
        for texts in [&[][..], &[""], &[" \u{200b}\t", "\u{3000}"]] {
            assert_eq!(among(texts), Stored::Nothing, "{texts:?}");
        }
        for texts in [
            &["13800138000"][..],
            &["13800138000;+8613800138000"],
            &["010-55500100， 13800138000"],
            &["010-55500100", "13800138000", ""],
            &["13800138000", "call me", "138 0013 8000"],
        ] {
            assert_eq!(among(texts).value().map(|number| number.e164().to_owned()).as_deref(), Some("+8613800138000"));
        }
        for texts in [
            &["call me"][..],
            &["010-55500100"],
            &["1.38E+10"],
            &["13800138000;ext=1"],
            &["not: 13800138000"],
            &["13800138000\n13900139000"],
            &["13800138000、13900139000"],
            &["13800138000", "13900139000"],
            &["13900139000", "010-55500100", "13800138000"],
        ] {
            assert_eq!(among(texts), Stored::Unreadable, "{texts:?}");
        }
    }

    #[test]
    fn parts_and_masked_form_of_a_number() {
        let number = PhoneNumber::parse("13800138765", Region::CN).unwrap();
        assert_eq!((number.country_code(), number.national()), ("+86", "13800138765"));
        assert_eq!((number.region(), Region::CN.to_string()), (Region::CN, "CN".to_owned()));
        assert_eq!(number.prefix(), "+861380013");
        assert_eq!(number.masked(), "138****8765");
        assert_eq!(format!("{number:?}"), "138****8765");
    }

    /// Several countries share `+1`; a number belongs to one of them.
    #[test]
    fn countries_with_one_country_code_are_told_apart() {
        let region = |text| PhoneNumber::parse(text, Region::CN).unwrap().region().to_string();
        assert_eq!((region("+12025550123"), region("+14165550123")), ("US".to_owned(), "CA".to_owned()));
        let code = |text: &str| text.parse::<Region>().unwrap().country_code();
        assert_eq!((code("US"), code("CA"), code("HK")), (code("CA"), Some("+1".to_owned()), Some("+852".to_owned())));
    }

    proptest::proptest! {
        #[test]
        fn parsing_any_text_never_panics_and_is_stable(text in "\\PC{0,70}") {
            if let Ok(once) = parse(&text) {
                proptest::prop_assert_eq!(parse(&once), Ok(once.clone()));
            }
        }
    }
}
