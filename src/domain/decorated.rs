//! Whatever a human reads as the same number, birthday, address or code is read as the same, or refused by name.

use proptest::prelude::*;

use super::{Birthday, MailboxAddress, OneTimeCode, PhoneNumber, Region, Stored, signs};

/// Every sign of the list in [`signs`], by what it is.
fn listed(is_wanted: fn(char) -> bool) -> Vec<char> {
    ('\0'..='\u{e01ff}').filter(|sign| is_wanted(*sign)).collect()
}

/// A text with signs of the list put into it, and some of its ASCII in full width.
#[derive(Debug, Clone)]
struct Dress {
    between: Vec<String>,
    wide: Vec<bool>,
}

impl Dress {
    fn of(invisible: bool, blank: bool, dash: bool) -> impl Strategy<Value = Self> {
        let mut signs = Vec::new();
        if invisible {
            signs.extend(listed(signs::is_invisible));
        }
        if blank {
            signs.extend(listed(char::is_whitespace));
        }
        if dash {
            signs.extend(listed(signs::is_dash));
        }
        let between = prop::collection::vec(prop::sample::select(signs), 0..3).prop_map(String::from_iter);
        let wide = prop::collection::vec(any::<bool>(), 40);
        (prop::collection::vec(between, 40), wide).prop_map(|(between, wide)| Self { between, wide })
    }

    /// In full width here and there, with signs before, behind and, where `inside` says so, after a sign of the text.
    fn put_on(&self, text: &str, inside: impl Fn(char) -> bool) -> String {
        let mut worn = self.between[39].clone();
        for (at, sign) in text.chars().enumerate() {
            let wide =
                char::from_u32(u32::from(sign) + 0xfee0).filter(|_| self.wide[at % 38] && sign.is_ascii_graphic());
            worn.push(wide.unwrap_or(sign));
            if inside(sign) && at + 1 < text.chars().count() {
                worn.push_str(&self.between[at % 38]);
            }
        }
        worn + &self.between[38]
    }
}

fn day() -> impl Strategy<Value = (i16, i8, i8)> {
    (1901_i16..2030, 1_i8..=12, 1_i8..=28)
}

/// The forms in which a day is read, with whatever may stand behind it.
fn written((y, m, d): (i16, i8, i8), form: usize, time: usize) -> String {
    let date = match form {
        0 => format!("{y}-{m:02}-{d:02}"),
        1 => format!("{y}/{m}/{d}"),
        2 => format!("{y}.{m}.{d}"),
        3 => format!("{y}年{m}月{d}日"),
        _ => format!("{y}{m:02}{d:02}"),
    };
    date + ["", " 00:00:00", "T00:00:00Z", " 0:00", "T00:00:00.000+08:00"][time]
}

proptest! {
    #[test]
    fn a_decorated_number_is_the_same_number(
        text in prop::sample::select(vec!["13800138000", "+8613800138000", "8613800138000", "008613800138000", "(+86)13800138000"]),
        dress in Dress::of(true, true, true), edge in Dress::of(true, true, false),
    ) {
        let worn = edge.put_on(dress.put_on(text, |_| true).trim_matches(signs::is_dash), |_| false);
        let number = PhoneNumber::parse(&worn, Region::CN);
        prop_assert_eq!(number.as_ref().map(PhoneNumber::e164), Ok("+8613800138000"), "{}", worn.escape_unicode());
        prop_assert_eq!(PhoneNumber::among([worn.as_str()], Region::CN), Stored::from(number.ok()));
    }

    #[test]
    fn a_decorated_code_is_the_same_code(code in "[0-9]{6}", dress in Dress::of(true, true, true)) {
        let worn = dress.put_on(&code, |_| true);
        let read = OneTimeCode::parse(&worn, 6).unwrap();
        prop_assert_eq!(read.expose(), code);
    }

    #[test]
    fn a_decorated_birthday_is_the_same_birthday(
        day in day(), form in 0_usize..5, time in 0_usize..5, dress in Dress::of(true, false, false), edge in Dress::of(true, true, false),
    ) {
        let worn = edge.put_on(&dress.put_on(&written(day, form, time), |_| true), |_| false);
        let expected = format!("{:04}-{:02}-{:02}", day.0, day.1, day.2);
        let read = Birthday::read(&worn).map(|day| day.map(|day| day.to_string()));
        prop_assert_eq!(read, Ok(Some(expected)), "{}", worn.escape_unicode());
    }

    /// Blanks around what separates, and dashes of every kind between.
    #[test]
    fn a_birthday_with_blanks_around_its_separators_is_the_same(
        day in day(), form in 0_usize..4, dress in Dress::of(true, true, false), dash in prop::sample::select(listed(signs::is_dash)),
    ) {
        let text = written(day, form, 0).replace('-', &dash.to_string());
        let read = Birthday::read(&dress.put_on(&text, |sign| !sign.is_ascii_digit()));
        prop_assert_eq!(read.map(|day| day.map(|day| (day.year(), day.month(), day.day()))), Ok(Some(day)));
    }

    /// Blanks anywhere may make it another text, but never another day, and never none.
    #[test]
    fn a_birthday_with_anything_in_it_is_the_same_or_refused(
        day in day(), form in 0_usize..5, dress in Dress::of(true, true, true),
    ) {
        if let Ok(read) = Birthday::read(&dress.put_on(&written(day, form, 0), |_| true)) {
            prop_assert_eq!(read.map(|day| (day.year(), day.month(), day.day())), Some(day));
        }
    }

    #[test]
    fn a_decorated_address_is_the_same_address(
        text in "[a-z][a-z0-9+_-]{0,8}(\\.[a-z]{1,4})?@[a-z]{2,6}\\.gov\\.cn", dress in Dress::of(true, true, false),
    ) {
        // The one mark that turns letters around is refused: what is read is another address.
        let worn = dress.put_on(&text, |_| false).replace('\u{202e}', "");
        let read = MailboxAddress::typed(&worn, "").map(|address| address.as_str().to_owned());
        prop_assert_eq!(read, Ok(text), "{}", worn.escape_unicode());
    }

    /// What is invisible, blank or a foreign dash within an address never leads to another account.
    #[test]
    fn an_address_with_anything_in_it_is_the_same_or_refused(
        text in "[a-z]{2,8}@[a-z]{2,6}\\.gov\\.cn", at in 1_usize..10,
        sign in prop::sample::select([listed(signs::is_invisible), listed(char::is_whitespace), listed(|sign| signs::is_dash(sign) && signs::half_width(sign) != '-')].concat()),
    ) {
        let at = at.min(text.len() - 1);
        let worn = format!("{}{sign}{}", &text[..at], &text[at..]);
        for read in [MailboxAddress::typed(&worn, ""), MailboxAddress::parse(&worn)] {
            prop_assert!(read.is_err_and(|error| error != super::MailboxError::Empty), "{}", worn.escape_unicode());
        }
    }
}
