//! The ways people type a day, as bare digits.

use crate::domain::Birthday;

/// Digits that give the birthday away, separators left out: year first, day first, month first, with and without
/// leading zeros, and with a two-digit year.
///
/// Every form has six digits or more. A day without its year (`0102`) or a year alone stands in too many good
/// passwords to be refused, and so does `90/1/2`, which is `9012` without its separators.
pub(super) fn written(birthday: Birthday) -> [String; 11] {
    let (year, month, day) = (birthday.year().unsigned_abs(), birthday.month(), birthday.day());
    let short = year % 100;
    [
        format!("{year:04}{month:02}{day:02}"),
        format!("{year:04}{month}{day}"),
        format!("{year:04}{month:02}{day}"),
        format!("{year:04}{month}{day:02}"),
        // A zero in front of these is found as well: the form without it stands within.
        format!("{day}{month:02}{year:04}"),
        format!("{day}{month}{year:04}"),
        format!("{month}{day:02}{year:04}"),
        format!("{month}{day}{year:04}"),
        format!("{short:02}{month:02}{day:02}"),
        format!("{day:02}{month:02}{short:02}"),
        format!("{month:02}{day:02}{short:02}"),
    ]
}
