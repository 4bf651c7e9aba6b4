//! Whom people turn to, by unit and mail domain. Shown to everybody alike, so it tells nothing about any account.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

use crate::domain::MailboxAddress;

/// More units than any one mail system serves.
const MAX_ROWS: usize = 10_000;

/// Longest field, in characters.
const MAX_TEXT: usize = 200;

/// More than a page can show so that somebody reads it.
const MAX_FOUND: usize = 50;

const COLUMNS: [&str; 8] = ["domain", "unit", "name", "phone", "email", "address", "hours", "language"];

/// What is wrong with a file of contacts, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}{}: {problem}", .column.map(|(at, name)| format!(", column {at} ({name})")).unwrap_or_default())]
pub struct ContactsError {
    /// From 1, the header's.
    pub line: u64,
    /// Number and name of the column, where one is wrong.
    pub column: Option<(usize, &'static str)>,
    /// What is wrong and what to do.
    pub problem: String,
}

/// Whom the people of one unit or mail domain turn to. A field that is not given is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contact {
    /// Mail domain in A-labels, lower case.
    pub domain: String,
    /// The organisation.
    pub unit: String,
    /// Office or person.
    pub name: String,
    /// As people dial it.
    pub phone: String,
    /// Mail address.
    pub email: String,
    /// Where they sit.
    pub address: String,
    /// When somebody answers.
    pub hours: String,
    /// The BCP 47 tag of the pages that show this row; of all pages when empty.
    pub language: String,
}

/// All contacts, in the order of their file.
#[derive(Debug, Default)]
pub struct Contacts {
    rows: Vec<Contact>,
    /// Unit and domain of each row as they are searched in.
    folded: Vec<(String, String)>,
    by_domain: HashMap<String, Vec<usize>>,
}

impl Contacts {
    /// Reads CSV with a header row; a byte order mark and any line ends are accepted.
    ///
    /// # Errors
    /// Names the first line and column that are wrong.
    pub fn read(text: &str) -> Result<Self, ContactsError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader = csv::ReaderBuilder::new().flexible(true).has_headers(false).from_reader(text.as_bytes());
        let mut contacts = Self::default();
        let mut columns = Vec::new();
        for record in reader.records() {
            // Text is UTF-8 already, and rows may be of any length, so nothing is left that could fail.
            let record = record.map_err(|error| fault(1, None, error.to_string()))?;
            let line = line_of(text, record.position());
            if columns.is_empty() {
                columns = header(&record, line)?;
            } else if contacts.rows.len() == MAX_ROWS {
                return Err(fault(line, None, format!("there are more than {MAX_ROWS} contacts")));
            } else if record.iter().any(|field| !field.trim().is_empty()) {
                contacts.add(row(&columns, &record, line)?);
            }
        }
        if columns.is_empty() {
            return Err(fault(1, None, format!("the header is missing; begin with {}", COLUMNS.join(","))));
        }
        Ok(contacts)
    }

    fn add(&mut self, contact: Contact) {
        if !contact.domain.is_empty() {
            self.by_domain.entry(contact.domain.clone()).or_default().push(self.rows.len());
        }
        self.folded.push((folded(&contact.unit), contact.domain.clone()));
        self.rows.push(contact);
    }

    /// Every contact.
    #[must_use]
    pub fn all(&self) -> &[Contact] {
        &self.rows
    }

    /// The contacts of a mail domain for readers of a language, or else of the nearest domain above it that has any.
    #[must_use]
    pub fn of_domain(&self, domain: &str, language: &str) -> Vec<&Contact> {
        spoken(self.below(domain), language)
    }

    fn below(&self, domain: &str) -> Vec<&Contact> {
        let canonical = canonical(domain);
        let mut at = canonical.as_deref();
        while let Some(domain) = at {
            if let Some(rows) = self.by_domain.get(domain) {
                return rows.iter().take(MAX_FOUND).filter_map(|row| self.rows.get(*row)).collect();
            }
            at = domain.split_once('.').map(|(_, above)| above);
        }
        Vec::new()
    }

    /// The contacts whose unit or domain holds what a person typed, or those of the domain of a typed address, for readers
    /// of a language. At most 50.
    #[must_use]
    pub fn search(&self, text: &str, language: &str) -> Vec<&Contact> {
        spoken(self.matching(text), language)
    }

    fn matching(&self, text: &str) -> Vec<&Contact> {
        let wanted = folded(text);
        if wanted.is_empty() || wanted.chars().count() > MAX_TEXT {
            return Vec::new();
        }
        if let Some((_, domain)) = wanted.rsplit_once('@') {
            return self.below(domain);
        }
        let holds = |(unit, domain): &(String, String)| unit.contains(&wanted) || domain.contains(&wanted);
        let rows = self.rows.iter().zip(&self.folded).filter(|(_, folded)| holds(folded));
        let found: Vec<_> = rows.map(|(contact, _)| contact).take(MAX_FOUND).collect();
        // A domain that nobody wrote down may lie below one that somebody did.
        if found.is_empty() { self.below(&wanted) } else { found }
    }
}

/// The rows of a language and those of none; where every row is of another language, all of them, because anybody is
/// better than nobody.
fn spoken<'a>(mut rows: Vec<&'a Contact>, language: &str) -> Vec<&'a Contact> {
    let primary = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
    let speaks = |row: &&Contact| row.language.is_empty() || primary(&row.language) == primary(language);
    if rows.iter().any(speaks) {
        rows.retain(speaks);
    }
    rows
}

/// One width, one case, and no white space: 税务局, ＴＡＸ and tax are found however they are typed.
fn folded(text: &str) -> String {
    text.nfkc().filter(|sign| !sign.is_whitespace()).flat_map(char::to_lowercase).collect()
}

fn canonical(domain: &str) -> Option<String> {
    let address = MailboxAddress::parse(&format!("a@{domain}")).ok()?;
    Some(address.domain().to_owned())
}

fn fault(line: u64, column: Option<(usize, &'static str)>, problem: String) -> ContactsError {
    ContactsError { line, column, problem }
}

/// The reader's position is where the record before ended, which is before an empty line or the second half of a CRLF.
fn line_of(text: &str, position: Option<&csv::Position>) -> u64 {
    let Some(position) = position else { return 1 };
    let rest = usize::try_from(position.byte()).ok().and_then(|start| text.as_bytes().get(start..)).unwrap_or_default();
    let ends = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).filter(|byte| **byte == b'\n');
    position.line() + ends.count() as u64
}

fn header(record: &csv::StringRecord, line: u64) -> Result<Vec<&'static str>, ContactsError> {
    let mut columns = Vec::new();
    for (at, field) in record.iter().enumerate() {
        let name = field.trim().to_ascii_lowercase();
        let Some(column) = COLUMNS.into_iter().find(|column| *column == name) else {
            let problem =
                format!("there is no column `{}`; the columns are {}", name.escape_debug(), COLUMNS.join(","));
            return Err(fault(line, None, problem));
        };
        if columns.contains(&column) {
            return Err(fault(line, Some((at + 1, column)), "the column is there twice; keep one".to_owned()));
        }
        columns.push(column);
    }
    Ok(columns)
}

fn row(columns: &[&'static str], record: &csv::StringRecord, line: u64) -> Result<Contact, ContactsError> {
    if record.len() != columns.len() {
        let (have, want) = (record.len(), columns.len());
        let problem = format!("has {have} fields, the header has {want}; put fields that hold commas in quotes");
        return Err(fault(line, None, problem));
    }
    let mut contact = Contact::default();
    for (at, (&column, field)) in columns.iter().zip(record).enumerate() {
        let wrong = |problem: String| fault(line, Some((at + 1, column)), problem);
        let text = field.trim();
        if text.chars().count() > MAX_TEXT || text.chars().any(char::is_control) {
            return Err(wrong(format!("is longer than {MAX_TEXT} characters, or more than one line")));
        }
        let place = match column {
            "domain" => {
                let problem = || wrong(format!("`{text}` is no domain; write it like example.gov.cn"));
                contact.domain = if text.is_empty() { String::new() } else { canonical(text).ok_or_else(problem)? };
                continue;
            }
            "email" => {
                if !text.is_empty() {
                    MailboxAddress::parse(text).map_err(|error| wrong(error.to_string()))?;
                }
                &mut contact.email
            }
            "unit" => &mut contact.unit,
            "name" => &mut contact.name,
            "phone" => &mut contact.phone,
            "address" => &mut contact.address,
            "language" => {
                if !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
                    return Err(wrong(format!("`{text}` is no language tag; write it like zh-CN or en")));
                }
                &mut contact.language
            }
            _ => &mut contact.hours,
        };
        text.clone_into(place);
    }
    let lacks = |what: &str| Err(fault(line, None, what.to_owned()));
    if contact.name.is_empty() {
        return lacks("`name` is empty; write the office or the person");
    }
    if contact.phone.is_empty() && contact.email.is_empty() {
        return lacks("`phone` and `email` are empty; write one of them");
    }
    if contact.domain.is_empty() && contact.unit.is_empty() {
        return lacks("`domain` and `unit` are empty; write one of them, so that people find the contact");
    }
    Ok(contact)
}

#[cfg(test)]
mod tests;
