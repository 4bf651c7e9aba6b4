//! A phone number in E.164 form.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

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

/// A valid mobile number, `+` and up to 15 digits.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PhoneNumber {
    e164: Box<str>,
    country_digits: usize,
    region: Region,
}

impl PhoneNumber {
    /// Reads a stored or typed number. `region` (like `CN`) is assumed where no country code is written.
    ///
    /// # Errors
    /// When it is not a valid mobile number; extensions and two numbers in one text are not.
    pub fn parse(text: &str, region: Region) -> Result<Self, PhoneError> {
        if text.len() > 64 {
            return Err(PhoneError::Invalid);
        }
        let text: String = text.nfkc().collect();
        let text = text.trim();
        let plain = |sign: char| sign.is_ascii_digit() || matches!(sign, '+' | ' ' | '-' | '(' | ')' | '.');
        if !text.chars().all(plain) || text.chars().skip(1).any(|sign| sign == '+') {
            return Err(PhoneError::Invalid);
        }
        // `00` is how people write `+`, and `86…` how address books drop it.
        let text = text.strip_prefix("00").map_or_else(|| text.to_owned(), |rest| format!("+{rest}"));
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
