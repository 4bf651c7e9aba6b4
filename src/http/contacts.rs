//! Whom people turn to, by unit and mail domain. Shown to everybody alike, so it tells nothing about any account.

use std::collections::HashMap;

use crate::domain::{MailboxAddress, Row, Table, TableError, signs};

/// More units than any one mail system serves.
const MAX_ROWS: usize = 10_000;

/// Longest field, in characters.
const MAX_TEXT: usize = 200;

/// More than a page can show so that somebody reads it.
const MAX_FOUND: usize = 50;

const COLUMNS: [&str; 8] = ["domain", "unit", "name", "phone", "email", "address", "hours", "language"];

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
    assumed: Option<String>,
}

impl Contacts {
    /// Reads a file as spreadsheets save it: see [`Table::read`].
    ///
    /// # Errors
    /// Names the first line and column that are wrong.
    pub fn read(file: &[u8]) -> Result<Self, TableError> {
        let table = Table::read(file, &COLUMNS)?;
        let columns: Vec<_> = table.columns().iter().filter_map(|at| COLUMNS.get(*at).copied()).collect();
        let mut contacts = Self { assumed: table.assumed(), ..Self::default() };
        for record in table.rows() {
            let record = record?;
            if contacts.rows.len() == MAX_ROWS {
                return Err(TableError::of_line(record.line, format!("there are more than {MAX_ROWS} contacts")));
            }
            contacts.add(row(&columns, &record)?);
        }
        Ok(contacts)
    }

    /// What was assumed of the file, where it is not UTF-8 with commas.
    #[must_use]
    pub fn assumed(&self) -> Option<&str> {
        self.assumed.as_deref()
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
    signs::plain(text).filter(|sign| *sign != ' ').flat_map(char::to_lowercase).collect()
}

fn canonical(domain: &str) -> Option<String> {
    let address = MailboxAddress::typed(&format!("a@{domain}"), "").ok()?;
    Some(address.domain().to_owned())
}

fn row(columns: &[&'static str], record: &Row) -> Result<Contact, TableError> {
    let line = record.line;
    let mut contact = Contact::default();
    for (at, (&column, field)) in columns.iter().zip(record.cells()).enumerate() {
        let wrong = |problem: String| TableError { line, column: Some((at + 1, column)), problem };
        let text = signs::trimmed(field);
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
                    let address = MailboxAddress::typed(text, "").map_err(|error| wrong(error.to_string()))?;
                    address.as_str().clone_into(&mut contact.email);
                }
                continue;
            }
            "unit" => &mut contact.unit,
            "name" => &mut contact.name,
            "phone" => {
                contact.phone = signs::plain(text).collect();
                continue;
            }
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
    let lacks = |what: &str| Err(TableError::of_line(line, what));
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
