//! The ways directories write moments and days.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::domain::Timestamp;

const DAY: i64 = 86_400_000;

/// Milliseconds from 1601-01-01, where Active Directory's time begins, to 1970-01-01.
const FILETIME_EPOCH: i64 = 11_644_473_600_000;

/// Active Directory's "never", besides 0.
const FILETIME_NEVER: i64 = i64::MAX;

/// How a moment is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeFormat {
    /// `20261125080000Z`, RFC 4517 3.3.13.
    GeneralizedTime,
    /// Days since 1970, as in `shadowExpire`; the first midnight that is not earlier.
    Days,
    /// Units of 100 ns since 1601, as in `accountExpires`.
    Filetime,
}

impl TimeFormat {
    /// The values to write; none removes the attribute, where the format has no word for "never".
    pub(super) fn values(self, moment: Option<Timestamp>) -> Vec<String> {
        match (self, moment) {
            (Self::Filetime, None) => vec![FILETIME_NEVER.to_string()],
            (_, None) => Vec::new(),
            (Self::GeneralizedTime, Some(moment)) => generalized_time(moment).into_iter().collect(),
            // Rounding down would end a validity earlier than the person was told.
            (Self::Days, Some(moment)) => vec![moment.as_millis().saturating_add(DAY - 1).div_euclid(DAY).to_string()],
            (Self::Filetime, Some(moment)) => {
                vec![moment.as_millis().saturating_add(FILETIME_EPOCH).saturating_mul(10_000).to_string()]
            }
        }
    }

    /// A value that stands for a moment before anybody was born, and so in no entry.
    pub(super) const fn absent(self) -> &'static str {
        match self {
            Self::GeneralizedTime => "00010101000000Z",
            Self::Days => "-700000",
            Self::Filetime => "1",
        }
    }

    /// Reads a value; `None` for "never" and for what is no moment.
    pub(super) fn read(self, text: &str) -> Option<Timestamp> {
        match self {
            Self::GeneralizedTime => read_generalized_time(text),
            Self::Days => text.parse::<i64>().ok()?.checked_mul(DAY).map(Timestamp::from_millis),
            Self::Filetime => match text.parse::<i64>().ok()? {
                FILETIME_NEVER | ..=0 => None,
                units => Some(Timestamp::from_millis(units / 10_000 - FILETIME_EPOCH)),
            },
        }
    }
}

/// A moment that the server itself keeps: whether it is `pwdChangedTime`, `pwdLastSet` or `shadowLastChange` shows.
pub(super) fn read_any(text: &str) -> Option<Timestamp> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return read_generalized_time(text);
    }
    match text.len() {
        ..=6 => TimeFormat::Days.read(text),
        // Since 1917.
        18.. => TimeFormat::Filetime.read(text),
        _ => None,
    }
}

/// `20261125080000Z`; `None` beyond the calendar's ends.
pub(super) fn generalized_time(moment: Timestamp) -> Option<String> {
    let moment = jiff::Timestamp::from_second(moment.as_secs()).ok()?.to_zoned(TimeZone::UTC);
    (0..=9999).contains(&moment.year()).then(|| moment.strftime("%Y%m%d%H%M%SZ").to_string())
}

/// Minutes, seconds and fractions may be missing; the zone is `Z` or `+hhmm`.
fn read_generalized_time(text: &str) -> Option<Timestamp> {
    if !text.is_ascii() || text.len() > 40 {
        return None;
    }
    let zone = text.find(['Z', '+', '-'])?;
    let (local, zone) = text.split_at(zone);
    let (digits, fraction) = local.split_once(['.', ',']).map_or((local, ""), |(digits, fraction)| (digits, fraction));
    let number = |range: std::ops::Range<usize>| -> Option<i8> {
        let part = digits.get(range)?;
        part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok()).flatten()
    };
    let optional = |from: usize| if digits.len() > from { number(from..from + 2) } else { Some(0) };
    if !matches!(digits.len(), 10 | 12 | 14) || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let date = read_date(digits.get(..8)?)?;
    // A leap second is the one before.
    let time = Time::new(number(8..10)?, optional(10)?, optional(12)?.min(59), 0).ok()?;
    let ahead = match (zone.split_at(1), zone.len()) {
        (("Z", ""), _) => 0,
        ((sign, offset), 5) if offset.bytes().all(|byte| byte.is_ascii_digit()) => {
            let minutes = offset[..2].parse::<i64>().ok()? * 60 + offset[2..].parse::<i64>().ok()?;
            if sign == "-" { -minutes } else { minutes }
        }
        _ => return None,
    };
    let moment = date.to_datetime(time).to_zoned(TimeZone::UTC).ok()?.timestamp().as_millisecond();
    Some(Timestamp::from_millis(moment - ahead * 60_000))
}

/// Eight digits.
fn read_date(text: &str) -> Option<Date> {
    if text.len() != 8 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Date::new(text[..4].parse().ok()?, text[4..6].parse().ok()?, text[6..].parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::from_millis(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
    }

    #[test]
    fn a_moment_reads_back_in_every_format() {
        let moment = at("2026-02-23T03:00:00Z");
        for (format, written) in
            [(TimeFormat::GeneralizedTime, "20260223030000Z"), (TimeFormat::Filetime, "134162892000000000")]
        {
            assert_eq!(format.values(Some(moment)), [written]);
            assert_eq!(format.read(written), Some(moment), "{format:?}");
        }
        assert_eq!(TimeFormat::Days.values(Some(moment)), ["20508"]);
        assert_eq!(TimeFormat::Days.read("20508"), Some(at("2026-02-24T00:00:00Z")));
        assert_eq!(TimeFormat::Days.values(Some(at("2026-02-23T00:00:00Z"))), ["20507"]);
    }

    #[test]
    fn never_is_the_directorys_word_for_it_or_nothing() {
        assert_eq!(TimeFormat::GeneralizedTime.values(None), [""; 0]);
        assert_eq!(TimeFormat::Days.values(None), [""; 0]);
        assert_eq!(TimeFormat::Filetime.values(None), ["9223372036854775807"]);
        assert_eq!((TimeFormat::Filetime.read("0"), TimeFormat::Filetime.read("9223372036854775807")), (None, None));
    }

    #[test]
    fn what_a_server_keeps_is_read_by_its_look() {
        assert_eq!(read_any("20260223030000Z"), Some(at("2026-02-23T03:00:00Z")));
        assert_eq!(read_any("20260223030000.123456Z"), Some(at("2026-02-23T03:00:00Z")));
        assert_eq!(read_any("202602231100+0800"), Some(at("2026-02-23T03:00:00Z")));
        assert_eq!(read_any("134162892000000000"), Some(at("2026-02-23T03:00:00Z")));
        assert_eq!(read_any("20507"), Some(at("2026-02-23T00:00:00Z")));
        for text in [
            "",
            "Z",
            "2026",
            "20260230000000Z",
            "20260223250000Z",
            "20260223030000",
            "20260223030000Z1",
            "+",
            "0000011024-",
        ] {
            assert!(read_any(text).is_none_or(|moment| text == "2026" && moment.as_millis() == 2026 * DAY), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn parsing_any_text_never_panics(text in "\\PC{0,30}", digits in "[0-9]{0,20}[.,]?[0-9]{0,4}[Z+-]?[0-9]{0,5}") {
            for text in [text, digits] {
                let _ = read_any(&text);
                for format in [TimeFormat::GeneralizedTime, TimeFormat::Days, TimeFormat::Filetime] {
                    let _ = format.read(&text);
                }
            }
        }

        #[test]
        fn writing_any_moment_never_panics(millis: i64) {
            for format in [TimeFormat::GeneralizedTime, TimeFormat::Days, TimeFormat::Filetime] {
                let _ = format.values(Some(Timestamp::from_millis(millis)));
            }
        }
    }
}
