//! What a column holds, the same for every server; and how moments are read from the many ways tables keep them.

use std::fmt;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use crate::domain::Timestamp;

/// What one column of one row holds.
#[derive(Clone, PartialEq)]
pub(super) enum Cell {
    Null,
    Text(String),
    Texts(Vec<String>),
    Whole(i64),
    Truth(bool),
    Moment(Timestamp),
    Day(Date),
    /// Something that is not read here, by the name of its type.
    Other(String),
}

/// Holds personal data and hashes.
impl fmt::Debug for Cell {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Cell(…)")
    }
}

/// Whole numbers below this are seconds, others milliseconds: as seconds it is the year 5138, as milliseconds 1973.
const MILLIS_FROM: i64 = 100_000_000_000;

impl Cell {
    /// Text, and numbers written out: phones and keys are kept as either.
    pub(super) fn text(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text),
            Self::Whole(number) => Some(number.to_string()),
            Self::Day(day) => Some(day.to_string()),
            Self::Moment(at) => Some(at.to_string()[..10].to_owned()),
            _ => None,
        }
    }

    /// A list: an array, or one text with commas, semicolons, blanks or line ends between.
    pub(super) fn list(self) -> Vec<String> {
        match self {
            Self::Texts(texts) => texts,
            Self::Text(text) => {
                let parts = text.split([',', ';', ' ', '\n', '\r', '\t']).filter(|part| !part.is_empty());
                parts.map(str::to_owned).collect()
            }
            _ => Vec::new(),
        }
    }

    /// A moment in UTC: of its own type, a date, text like `2026-11-25 17:19:52`, or seconds or milliseconds since 1970.
    /// Zero, the dates of zeros that MySQL keeps, and what is none at all are none.
    pub(super) fn moment(self) -> Option<Timestamp> {
        match self {
            Self::Moment(at) => Some(at),
            Self::Day(day) => utc(day.at(0, 0, 0, 0)),
            Self::Whole(0) => None,
            Self::Whole(number) if number.abs() < MILLIS_FROM => number.checked_mul(1_000).map(Timestamp::from_millis),
            Self::Whole(number) => Some(Timestamp::from_millis(number)),
            Self::Text(text) => moment_of(text.trim()),
            _ => None,
        }
    }

    /// Whether it says yes; `None` for what says neither.
    pub(super) fn truth(&self) -> Option<bool> {
        match self {
            Self::Truth(truth) => Some(*truth),
            Self::Whole(number) => Some(*number != 0),
            Self::Null => Some(false),
            Self::Text(text) => match text.trim().to_ascii_lowercase().as_str() {
                "1" | "t" | "true" | "y" | "yes" | "on" | "active" | "enabled" => Some(true),
                "" | "0" | "f" | "false" | "n" | "no" | "off" | "inactive" | "disabled" => Some(false),
                _ => None,
            },
            _ => None,
        }
    }
}

fn utc(at: DateTime) -> Option<Timestamp> {
    let at = at.to_zoned(TimeZone::UTC).ok()?;
    Some(Timestamp::from_millis(at.timestamp().as_millisecond()))
}

fn moment_of(text: &str) -> Option<Timestamp> {
    if let Ok(at) = text.parse::<jiff::Timestamp>() {
        return Some(Timestamp::from_millis(at.as_millisecond()));
    }
    if let Ok(number) = text.parse::<i64>() {
        return Cell::Whole(number).moment();
    }
    text.parse::<DateTime>().ok().and_then(utc)
}

/// A moment from the microseconds since a day, as PostgreSQL counts; its two infinities are none.
pub(super) fn since(micros: i64, epoch_secs: i64) -> Option<Timestamp> {
    if micros == i64::MAX || micros == i64::MIN {
        return None;
    }
    Some(Timestamp::from_millis(micros.div_euclid(1_000).checked_add(epoch_secs * 1_000)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: Timestamp = Timestamp::from_millis(1_795_402_800_000);

    fn text(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }

    /// case 105: whatever the column, the moment is one in UTC.
    #[test]
    fn moments_are_read_from_every_way_of_keeping_them() {
        for cell in [
            Cell::Moment(AT),
            Cell::Whole(1_795_402_800),
            Cell::Whole(1_795_402_800_000),
            text("1795402800"),
            text("2026-11-23 03:00:00"),
            text("2026-11-23T03:00:00Z"),
            text("2026-11-23 11:00:00+08:00"),
            text(" 2026-11-23 03:00:00.000 "),
        ] {
            assert_eq!(cell.moment(), Some(AT));
        }
        let day = Timestamp::from_millis(AT.as_millis() - 3 * 3_600_000);
        assert_eq!(text("2026-11-23").moment(), Some(day));
        for none in ["", "never", "0", "0000-00-00 00:00:00", "2026-02-30", "23.11.2026"] {
            assert_eq!(text(none).moment(), None, "{none}");
        }
        assert_eq!(Cell::Null.moment(), None);
        assert_eq!(Cell::Whole(0).moment(), None);
        assert_eq!(since(i64::MAX, 946_684_800), None);
        assert_eq!(since(848_718_000_000_000, 946_684_800), Some(AT));
    }

    #[test]
    fn yes_and_no_are_read_from_every_way_of_writing_them() {
        for yes in [Cell::Truth(true), Cell::Whole(1), text("Y"), text(" active "), text("TRUE")] {
            assert_eq!(yes.truth(), Some(true));
        }
        for no in [Cell::Truth(false), Cell::Whole(0), Cell::Null, text("n"), text(""), text("disabled")] {
            assert_eq!(no.truth(), Some(false));
        }
        assert_eq!(text("perhaps").truth(), None);
        assert_eq!(Cell::Other("POINT".to_owned()).truth(), None);
    }

    #[test]
    fn a_list_is_an_array_or_one_text() {
        let texts = vec!["a@b".to_owned(), "c@d".to_owned()];
        assert_eq!(text("a@b, c@d\n").list(), texts);
        assert_eq!(Cell::Texts(texts.clone()).list(), texts);
        assert_eq!(Cell::Null.list(), [""; 0]);
    }

    proptest::proptest! {
        #[test]
        fn parsing_any_cell_never_panics(content in "\\PC{0,40}", number: i64) {
            let _ = (text(&content).moment(), text(&content).truth(), Cell::Whole(number).moment());
            let _ = (since(number, 946_684_800), Cell::Whole(number).text());
        }
    }
}
