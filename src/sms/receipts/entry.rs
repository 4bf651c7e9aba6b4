//! Entries of a post: what is read of them, and no more.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde_json::{Map, Value};
use url::form_urlencoded;

use super::{MOST_RECEIPTS, Posted, ReceiptError, ReportName};
use crate::domain::{OrderId, Timestamp};

/// The most members that are read of a form; receipts have twenty at most.
pub(super) const MOST_MEMBERS: usize = 100;

/// What one receipt consists of.
pub(super) enum Entry {
    /// Names and values of a form or a query; the first of a name counts.
    Form(Vec<(String, String)>),
    /// A JSON object.
    Json(Map<String, Value>),
}

/// The entries of one post.
#[derive(Default)]
pub(super) struct Entries {
    pub(super) read: Vec<Entry>,
    /// Entries beyond the most that are read, and those that are no objects.
    pub(super) dropped: usize,
}

impl Entry {
    pub(super) fn of_form(form: &[u8]) -> Self {
        Self::Form(form_urlencoded::parse(form).take(MOST_MEMBERS).map(owned).collect())
    }

    pub(super) fn of_object(posted: &Posted<'_>) -> Result<Self, ReceiptError> {
        posted.written().json().map(Self::Json).map_err(|_| ReceiptError::Unreadable)
    }

    /// A member as text: a JSON number or truth value as it is written.
    pub(super) fn text(&self, name: &str) -> Option<Cow<'_, str>> {
        match self {
            Self::Form(members) => members.iter().find(|(own, _)| own == name).map(|(_, value)| value.into()),
            Self::Json(members) => match members.get(name)? {
                Value::String(text) => Some(text.into()),
                Value::Number(number) => Some(number.to_string().into()),
                Value::Bool(truth) => Some(truth.to_string().into()),
                Value::Null | Value::Array(_) | Value::Object(_) => None,
            },
        }
    }

    /// The vendor's word: up to 32 plain signs. What is longer or stranger is no word, and so many digits in a row may
    /// be a phone number.
    pub(super) fn code(&self, name: &str) -> Option<Box<str>> {
        let text = self.text(name)?;
        let plain = |sign: u8| sign.is_ascii_alphanumeric() || matches!(sign, b'.' | b'-' | b'_' | b':');
        let has_number = text.split(|sign: char| !sign.is_ascii_digit()).any(|digits| digits.len() > 6);
        let fits = (1..=32).contains(&text.len()) && text.bytes().all(plain) && !has_number;
        fits.then(|| text.into())
    }

    /// The vendor's id of the message: up to 128 visible ASCII signs, as they are kept when it is sent.
    pub(super) fn message(&self, name: &str) -> Option<ReportName> {
        let text = self.text(name)?;
        let fits = (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        fits.then(|| ReportName::Message(text.into()))
    }

    /// Our id of the message, where the vendor carried it along.
    pub(super) fn order(&self, name: &str) -> Option<ReportName> {
        self.text(name)?.trim().to_ascii_lowercase().parse::<OrderId>().ok().map(ReportName::Order)
    }

    /// A moment with its offset (RFC 3339); one without tells no moment.
    pub(super) fn moment(&self, name: &str) -> Option<Timestamp> {
        let moment = self.text(name)?.parse::<jiff::Timestamp>().ok()?;
        Some(Timestamp::from_millis(moment.as_millisecond()))
    }
}

impl Entries {
    pub(super) fn one(entry: Entry) -> Self {
        Self { read: vec![entry], dropped: 0 }
    }

    /// A JSON list of objects.
    pub(super) fn of_list(posted: &Posted<'_>) -> Result<Self, ReceiptError> {
        posted.written().json().map_err(|_| ReceiptError::Unreadable)
    }
}

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(List)
    }
}

/// Reads the first entries and counts the others without keeping them.
struct List;

impl<'de> Visitor<'de> for List {
    type Value = Entries;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a list of receipts")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Entries, A::Error> {
        let mut entries = Entries::default();
        while entries.read.len() + entries.dropped < MOST_RECEIPTS {
            match list.next_element()? {
                None => return Ok(entries),
                Some(Value::Object(members)) => entries.read.push(Entry::Json(members)),
                Some(_) => entries.dropped += 1,
            }
        }
        while list.next_element::<IgnoredAny>()?.is_some() {
            entries.dropped += 1;
        }
        Ok(entries)
    }
}

fn owned((name, value): (Cow<'_, str>, Cow<'_, str>)) -> (String, String) {
    (name.into_owned(), value.into_owned())
}
