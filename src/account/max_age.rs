//! How validity is written in the configuration, and the day it ends.

use std::fmt;
use std::str::FromStr;

use jiff::ToSpan;
use jiff::tz::TimeZone;

use super::MaxAge;
use crate::domain::Timestamp;

/// Ten years; whoever wants longer means never.
const MAX_MONTHS: u8 = 120;

/// Not a validity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no validity; write months like \"3m\", years like \"1y\" (at most 10y), or \"never\"")]
pub struct MaxAgeError(String);

impl MaxAge {
    /// As the API writes it, ISO 8601 or `never`: `P3M`, `P1Y`.
    #[must_use]
    pub fn iso(self) -> String {
        match self {
            Self::Never => self.to_string(),
            Self::Months(_) => format!("P{}", self.to_string().to_ascii_uppercase()),
        }
    }

    /// Reads what [`Self::iso`] writes: whole months up to `P120M`, whole years up to `P10Y`, or `never`. Other spellings
    /// of ISO 8601 (`P03M`, `P1Y6M`, `P30D`) are none, as the schema says.
    ///
    /// # Errors
    /// When it is none of them.
    pub fn from_iso(text: &str) -> Result<Self, MaxAgeError> {
        let wrong = || MaxAgeError(text.to_owned());
        match text.strip_prefix('P') {
            _ if text == "never" => Ok(Self::Never),
            Some(span) if span.starts_with(|sign: char| matches!(sign, '1'..='9')) && span.ends_with(['M', 'Y']) => {
                span.to_ascii_lowercase().parse().map_err(|_| wrong())
            }
            _ => Err(wrong()),
        }
    }

    /// The first of them that ends; a store that keeps no end must not offer it, or what a person chose is forgotten in
    /// silence.
    pub(super) fn first_with_an_end(choices: &[Self]) -> Option<Self> {
        choices.iter().copied().find(|choice| *choice != Self::Never)
    }

    /// The end of a password written at `now`: the one that was chosen, and never later than `own`, which the store's own
    /// rule leaves. Without a choice it is the store's.
    pub(super) fn end(choice: Option<Self>, own: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
        choice.and_then(|choice| choice.expiry(now)).into_iter().chain(own).min()
    }

    /// The end of a password written at `from`: the same day and time so many calendar months later in UTC, or the
    /// last day of a shorter month. `None` is never, and also what lies beyond the calendar's end.
    #[must_use]
    pub fn expiry(self, from: Timestamp) -> Option<Timestamp> {
        let Self::Months(months) = self else { return None };
        let start = jiff::Timestamp::from_millisecond(from.as_millis()).ok()?.to_zoned(TimeZone::UTC);
        let end = start.checked_add(i64::from(months).months()).ok()?;
        Some(Timestamp::from_millis(end.timestamp().as_millisecond()))
    }
}

impl FromStr for MaxAge {
    type Err = MaxAgeError;

    fn from_str(text: &str) -> Result<Self, MaxAgeError> {
        let wrong = || MaxAgeError(text.to_owned());
        if text == "never" {
            return Ok(Self::Never);
        }
        let (digits, months_each) = match (text.strip_suffix('m'), text.strip_suffix('y')) {
            (Some(digits), _) => (digits, 1),
            (_, Some(digits)) => (digits, 12),
            _ => return Err(wrong()),
        };
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(wrong());
        }
        let months = digits.parse::<u8>().ok().and_then(|count| count.checked_mul(months_each)).ok_or_else(wrong)?;
        if (1..=MAX_MONTHS).contains(&months) { Ok(Self::Months(months)) } else { Err(wrong()) }
    }
}

impl fmt::Display for MaxAge {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Never => out.write_str("never"),
            Self::Months(months) if months % 12 == 0 => write!(out, "{}y", months / 12),
            Self::Months(months) => write!(out, "{months}m"),
        }
    }
}

impl<'de> serde::Deserialize<'de> for MaxAge {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        String::deserialize(input)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::from_millis(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
    }

    #[test]
    fn months_are_calendar_months_and_stop_at_the_end_of_a_shorter_one() {
        let expiry = |age: MaxAge, from: &str| age.expiry(at(from)).unwrap();
        assert_eq!(expiry(MaxAge::Months(3), "2025-11-23T10:00:00Z"), at("2026-02-23T10:00:00Z"));
        assert_eq!(expiry(MaxAge::Months(1), "2025-01-31T10:00:00Z"), at("2025-02-28T10:00:00Z"));
        assert_eq!(expiry(MaxAge::Months(12), "2024-02-29T00:00:00.250Z"), at("2025-02-28T00:00:00.250Z"));
        assert_eq!(MaxAge::Never.expiry(at("2025-11-23T10:00:00Z")), None);
        assert_eq!(MaxAge::Months(1).expiry(Timestamp::from_millis(i64::MAX)), None);
    }

    #[test]
    fn what_is_chosen_shortens_the_stores_own_rule_and_never_lengthens_it() {
        let (now, own) = (at("2026-11-23T03:00:00Z"), at("2027-02-21T03:00:00Z"));
        let end = |choice| MaxAge::end(choice, Some(own), now);
        for choice in [None, Some(MaxAge::Never), Some(MaxAge::Months(12))] {
            assert_eq!(end(choice), Some(own), "{choice:?}");
        }
        assert_eq!(end(Some(MaxAge::Months(1))), Some(at("2026-12-23T03:00:00Z")));
        assert_eq!(MaxAge::end(None, None, now), None);
        assert_eq!(MaxAge::end(Some(MaxAge::Months(1)), None, now), Some(at("2026-12-23T03:00:00Z")));
    }

    #[test]
    fn a_validity_is_read_as_it_is_printed() {
        for text in ["1m", "3m", "6m", "1y", "10y", "never"] {
            assert_eq!(text.parse::<MaxAge>().unwrap().to_string(), text);
        }
        assert_eq!("12m".parse::<MaxAge>().unwrap(), MaxAge::Months(12));
    }

    #[test]
    fn the_api_reads_months_and_years_up_to_ten_years_and_nothing_else() {
        for (text, months) in [("P1M", 1), ("P120M", 120), ("P1Y", 12), ("P10Y", 120)] {
            assert_eq!(MaxAge::from_iso(text), Ok(MaxAge::Months(months)), "{text}");
        }
        assert_eq!(MaxAge::from_iso("never"), Ok(MaxAge::Never));
        for text in
            ["P486Y", "P11Y", "P121M", "P255M", "P0M", "P03M", "P+3M", "P3m", "p3M", "P1Y6M", "P30D", "3M", "P", ""]
        {
            assert!(MaxAge::from_iso(text).is_err(), "{text}");
        }
        for age in [MaxAge::Never, MaxAge::Months(3), MaxAge::Months(12), MaxAge::Months(13)] {
            assert_eq!(MaxAge::from_iso(&age.iso()), Ok(age));
        }
    }

    proptest::proptest! {
        #[test]
        fn any_other_text_is_refused_without_a_panic(text in "\\PC{0,12}") {
            if let Ok(age) = text.parse::<MaxAge>() {
                proptest::prop_assert_eq!(age.to_string().parse::<MaxAge>().unwrap(), age);
            }
        }
    }

    #[test]
    fn what_is_no_validity_is_refused_with_the_way_to_write_it() {
        for text in ["", "m", "0m", "-1m", "+1m", "11y", "121m", "1d", "1 m", "Never", "999999999999m"] {
            assert!(text.parse::<MaxAge>().unwrap_err().to_string().contains("\"3m\""), "{text}");
        }
    }
}
