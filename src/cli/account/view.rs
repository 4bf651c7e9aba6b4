//! What is shown of an account. Numbers and birthdays are masked unless the operator asks for them.

use std::fmt::Write;

use serde::Serialize;

use crate::account::AccountRecord;
use crate::domain::{Birthday, PhoneNumber, Region, Timestamp};

#[derive(Serialize)]
pub struct View {
    pub address: String,
    pub aliases: Vec<String>,
    pub name: Option<String>,
    pub unit: Option<String>,
    pub mobile: Option<String>,
    /// Whether a code can be sent to it.
    pub mobile_usable: bool,
    pub work_phone: Option<String>,
    pub birthday: Option<String>,
    pub enabled: bool,
    pub has_password: bool,
    pub password_changed_at: Option<String>,
    pub password_expires_at: Option<String>,
    pub phone_bound_at: Option<String>,
    /// `mobile` and `birthday`, where something is stored that is none.
    pub unreadable: Vec<&'static str>,
}

impl View {
    pub fn of(record: &AccountRecord, region: Region, reveal: bool) -> Self {
        let phone = record.phone(region);
        let unreadable = [("mobile", phone.is_unreadable()), ("birthday", record.birthday.is_unreadable())];
        let phone = phone.value();
        let mobile = if reveal {
            record.mobile.clone()
        } else {
            phone.as_ref().map(PhoneNumber::masked).or_else(|| record.mobile.as_deref().map(masked))
        };
        let work_phone = record.work_phone.as_deref();
        let birthday = record.birthday.as_ref().value().map(Birthday::to_string);
        Self {
            address: record.address.as_str().to_owned(),
            aliases: record.aliases.iter().map(|alias| alias.as_str().to_owned()).collect(),
            name: record.name.clone(),
            unit: record.unit.clone(),
            mobile,
            mobile_usable: phone.is_some(),
            work_phone: work_phone.map(|text| if reveal { text.to_owned() } else { masked(text) }),
            birthday: birthday.map(|text| if reveal { text } else { "****-**-**".to_owned() }),
            enabled: record.enabled,
            has_password: record.has_password(),
            password_changed_at: record.password_changed_at.as_ref().map(Timestamp::to_string),
            password_expires_at: record.password_expires_at.as_ref().map(Timestamp::to_string),
            phone_bound_at: record.phone_bound_at.as_ref().map(Timestamp::to_string),
            unreadable: unreadable.into_iter().filter(|(_, is)| *is).map(|(field, _)| field).collect(),
        }
    }

    pub fn state(&self) -> &'static str {
        if self.enabled { "enabled" } else { "disabled" }
    }

    /// The mobile number for a table or a page.
    pub fn mobile_text(&self) -> String {
        match (&self.mobile, self.mobile_usable) {
            (None, _) => "-".to_owned(),
            (Some(text), true) => clean(text),
            (Some(text), false) => format!("{} (not usable)", clean(text)),
        }
    }

    /// The page of one account.
    pub fn page(&self) -> String {
        let optional = |text: &Option<String>| text.as_deref().map_or_else(|| "-".to_owned(), clean);
        let since = |label: &str, moment: &Option<String>| {
            moment.as_ref().map_or_else(String::new, |moment| format!(", {label} {moment}"))
        };
        let password = if self.has_password {
            let changed = since("changed", &self.password_changed_at);
            format!("set{changed}, expires {}", self.password_expires_at.as_deref().unwrap_or("never"))
        } else {
            "not set".to_owned()
        };
        let aliases = if self.aliases.is_empty() { "-".to_owned() } else { self.aliases.join(" ") };
        let lines = [
            ("address", self.address.clone()),
            ("aliases", aliases),
            ("name", optional(&self.name)),
            ("unit", optional(&self.unit)),
            ("mobile", self.mobile_text() + &since("bound", &self.phone_bound_at)),
            ("work phone", optional(&self.work_phone)),
            (
                "birthday",
                if self.unreadable.contains(&"birthday") {
                    "(not readable)".to_owned()
                } else {
                    optional(&self.birthday)
                },
            ),
            ("password", password),
            ("state", self.state().to_owned()),
        ];
        lines.iter().fold(String::new(), |mut page, (label, text)| {
            // Writing to a string cannot fail.
            let _ = writeln!(page, "{label:<12}{text}");
            page
        })
    }
}

/// The last four signs of a number that is long enough to keep something back.
fn masked(text: &str) -> String {
    let signs: Vec<char> = text.chars().collect();
    let tail: String = if signs.len() >= 8 { signs[signs.len() - 4..].iter().collect() } else { String::new() };
    format!("****{tail}")
}

/// Stored text may hold anything; on a terminal it must move no cursor, break no line and turn no text around.
pub fn clean(text: &str) -> String {
    let turns =
        |sign: char| matches!(sign, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().fold(String::new(), |mut line, sign| {
        if sign.is_control() || turns(sign) {
            line.extend(sign.escape_unicode());
        } else {
            line.push(sign);
        }
        line
    })
}

/// Name and unit, for the line of a list.
pub fn who(view: &View) -> String {
    [&view.name, &view.unit].into_iter().flatten().map(|text| clean(text)).collect::<Vec<_>>().join(", ")
}
