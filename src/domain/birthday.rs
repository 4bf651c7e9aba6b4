//! A day of birth, however it is written.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;

use super::signs;

/// Why a text is no day of birth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BirthdayError {
    /// Not a day of the calendar with its year first, or one on which nobody alive was born.
    #[error("not a day; write it like 1990-01-02")]
    NoDay,
    /// What programs write where they know no day.
    #[error("a date that stands for no birthday; leave it empty")]
    Placeholder,
}

/// A day of birth.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Birthday(Date);

/// Years of birth of people who hold mailboxes.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2099;

/// What products write where they know no day: MySQL's zero, the first days of .NET and iRedMail, of MySQL's range, of
/// FILETIME and of SQL Server, the zeros of Excel and Delphi, SQL Server's empty text (nobody alive is that old), and the
/// last days of the calendar. 1970-01-01 is none of them: people were born on it.
const PLACEHOLDERS: [(i16, i8, i8); 10] = [
    (0, 0, 0),
    (1, 1, 1),
    (1000, 1, 1),
    (1601, 1, 1),
    (1753, 1, 1),
    (1899, 12, 30),
    (1899, 12, 31),
    (1900, 1, 1),
    (9999, 12, 30),
    (9999, 12, 31),
];

/// Longer texts are no day, whatever decorates them.
const LONGEST: usize = 512;

impl Birthday {
    /// Reads `1990-01-02`, `1990/1/2`, `1990.1.2`, `1990年1月2日` and `19900102`, with or without a time behind
    /// (`1990-01-02 00:00:00`, `1990-01-02T00:00:00Z`, `19900102000000Z`), in full width and between the signs that
    /// people do not see. The day is taken as it stands, because midnight of whatever zone was meant. A day without its
    /// century, or with the year behind, may be several and is none.
    ///
    /// `None` is no birthday: nothing but blanks, or a date that programs write for nothing.
    ///
    /// # Errors
    /// When something else is written there.
    pub fn read(text: &str) -> Result<Option<Self>, BirthdayError> {
        match text.parse() {
            Ok(day) => Ok(Some(day)),
            Err(BirthdayError::Placeholder) => Ok(None),
            Err(BirthdayError::NoDay) if signs::trimmed(text).is_empty() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Year, for example 1990.
    #[must_use]
    pub fn year(&self) -> i16 {
        self.0.year()
    }

    /// Month, 1 to 12.
    #[must_use]
    pub fn month(&self) -> i8 {
        self.0.month()
    }

    /// Day of the month, 1 to 31.
    #[must_use]
    pub fn day(&self) -> i8 {
        self.0.day()
    }
}

impl FromStr for Birthday {
    type Err = BirthdayError;

    fn from_str(text: &str) -> Result<Self, BirthdayError> {
        if text.len() > LONGEST {
            return Err(BirthdayError::NoDay);
        }
        let plain: String = signs::plain(text).collect();
        let (year, month, day) = ymd(plain.trim()).ok_or(BirthdayError::NoDay)?;
        if PLACEHOLDERS.contains(&(year, month, day)) {
            return Err(BirthdayError::Placeholder);
        }
        let date = Date::new(year, month, day).ok().filter(|date| YEARS.contains(&date.year()));
        date.map(Self).ok_or(BirthdayError::NoDay)
    }
}

/// As stored: `1990-01-02`.
impl fmt::Display for Birthday {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.0)
    }
}

impl fmt::Debug for Birthday {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Birthday(…)")
    }
}

/// Year, month and day of a plain text that holds them and at most a time besides.
fn ymd(text: &str) -> Option<(i16, i8, i8)> {
    let mut rest = Rest(text);
    let first = rest.digits();
    let date = if first.len() == 4 {
        let year = first.parse().ok()?;
        rest.separator(&['-', '/', '.', '年'])?;
        let month = rest.short()?;
        rest.separator(&['-', '/', '.', '月'])?;
        let day = rest.short()?;
        rest.separator(&['日', '号', '號']);
        (year, month, day)
    } else {
        // A time may follow without anything between, as directories write it: hours, minutes, seconds.
        let (day, time) = first.split_at_checked(8)?;
        if !matches!(time.len(), 0 | 2 | 4 | 6) {
            return None;
        }
        if !time.is_empty() {
            rest.fraction();
            rest.zone(true);
        }
        (day[..4].parse().ok()?, day[4..6].parse().ok()?, day[6..].parse().ok()?)
    };
    rest.time();
    rest.0.is_empty().then_some(date)
}

/// What is not read yet.
struct Rest<'a>(&'a str);

impl<'a> Rest<'a> {
    fn digits(&mut self) -> &'a str {
        let end = self.0.find(|sign: char| !sign.is_ascii_digit()).unwrap_or(self.0.len());
        let (digits, rest) = self.0.split_at(end);
        self.0 = rest;
        digits
    }

    /// One or two digits.
    fn short(&mut self) -> Option<i8> {
        let digits = self.digits();
        if digits.len() > 2 { None } else { digits.parse().ok() }
    }

    fn take(&mut self, signs: &[char]) -> Option<char> {
        let sign = self.0.chars().next().filter(|sign| signs.contains(sign))?;
        self.0 = &self.0[sign.len_utf8()..];
        Some(sign)
    }

    /// One of `signs`, with or without blanks around.
    fn separator(&mut self, signs: &[char]) -> Option<char> {
        self.0 = self.0.trim_start();
        let sign = self.take(signs)?;
        self.0 = self.0.trim_start();
        Some(sign)
    }

    fn fraction(&mut self) {
        if self.take(&['.', ',']).is_some() {
            self.digits();
        }
    }

    /// A time of day and a zone, each of which may be missing. What is neither stays.
    fn time(&mut self) {
        let before = self.0;
        self.0 = self.0.trim_start();
        let is_named = self.take(&['T', 't']).is_some();
        let hours = self.digits();
        let mut is_time = is_named && matches!(hours.len(), 4 | 6);
        while matches!(hours.len(), 1 | 2) && self.take(&[':']).is_some() {
            is_time = self.digits().len() == 2;
        }
        if is_time {
            self.fraction();
            let rest = self.0.trim_start();
            self.0 =
                ["AM", "PM", "am", "pm"].iter().find_map(|half| rest.strip_prefix(half)).unwrap_or(rest).trim_start();
        } else {
            self.0 = before;
        }
        self.zone(is_time);
    }

    /// Without a time before it, `-03` is not a zone but one number too many.
    fn zone(&mut self, is_time: bool) {
        let ahead = if is_time { &['+', '-'][..] } else { &['+'] };
        let behind = self.0.strip_prefix(ahead).map(Rest).and_then(|mut zone| {
            let (hours, _, minutes) = (zone.digits().len(), zone.take(&[':']), zone.digits().len());
            matches!((hours, minutes), (2 | 4, 0) | (1 | 2, 2)).then_some(zone.0)
        });
        let utc = || ["Z", "z", "UTC", "GMT"].iter().find_map(|zone| self.0.strip_prefix(zone));
        self.0 = behind.or_else(utc).unwrap_or(self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Option<String>, BirthdayError> {
        Birthday::read(text).map(|day| day.map(|day| day.to_string()))
    }

    #[test]
    fn a_birthday_is_read_however_it_was_written() {
        for text in [
            "1990-01-02",
            "19900102",
            "1990/1/2",
            "1990.1.2",
            "1990-1-2",
            "1990年1月2日",
            "1990 年 01 月 02 号",
            "1990-01-02 00:00:00",
            "1990-01-02 0:00",
            "1990/1/2 12:00:00 AM",
            "1990-01-02T00:00:00",
            "1990-01-02T00:00:00.000Z",
            "1990-01-02T00:00:00+08:00",
            "1990-01-02 00:00:00+08",
            "1990-01-02 00:00:00.0000000 +08:00",
            "1990-01-02+08:00",
            "1990-01-02Z",
            "19900102000000Z",
            "19900102000000.0Z",
            "199001020000+0800",
            "1990010200Z",
            "19900102000000",
            "19900102T000000Z",
            "１９９０－０１－０２",
            "１９９０年１月２日",
            "1990\u{2010}01\u{2212}02",
            "\u{202a}1990-01-02\u{202c}\u{a0}\r\n",
            "1990\u{200b}0102",
        ] {
            assert_eq!(read(text), Ok(Some("1990-01-02".to_owned())), "{text:?}");
        }
    }

    #[test]
    fn what_programs_write_for_nothing_is_no_birthday() {
        for text in [
            "",
            " \u{3000}\u{200b}\t",
            "0000-00-00",
            "0000-00-00 00:00:00",
            "00000000",
            "0001-01-01",
            "00010101000000Z",
            "0001-01-01T00:00:00Z",
            "1900-01-01",
            "1899-12-30",
            "9999-12-31",
        ] {
            assert_eq!(read(text), Ok(None), "{text:?}");
        }
    }

    #[test]
    fn what_is_no_day_or_may_be_several_is_told() {
        for text in [
            "unknown",
            "1990",
            "1990-01",
            "90-01-02",
            "900102",
            "02.01.1990",
            "02/01/1990",
            "1990-02-30",
            "1990-13-01",
            "1990-00-00",
            "19900230",
            "199001021",
            "0990-01-02",
            "2990-01-02",
            "-990-01-02",
            "1990-01-02 1990-01-03",
            "1990-01-02-03",
            "1990-01-02 at noon",
            "1990-01-02 1",
            "1990-01-02T",
            "1990-01-02 12:",
            "1990-01-02 12:0",
            "0000011024-",
            "631238400000",
            "32875",
            "١٩٩٠-٠١-٠٢",
        ] {
            assert_eq!(read(text), Err(BirthdayError::NoDay), "{text:?}");
        }
        assert_eq!(read(&"1".repeat(10_000)), Err(BirthdayError::NoDay));
        assert_eq!("0001-01-01".parse::<Birthday>(), Err(BirthdayError::Placeholder));
    }

    proptest::proptest! {
        #[test]
        fn reading_any_text_never_panics_and_is_stable(text in "\\PC{0,40}", dateish in "[0-9年月日TZ:+/. -]{0,24}") {
            for text in [text, dateish] {
                if let Ok(Some(once)) = Birthday::read(&text) {
                    proptest::prop_assert_eq!(Birthday::read(&once.to_string()), Ok(Some(once)));
                }
            }
        }
    }
}
